from tests.bundles import Good, line_of


def alter(good: Good) -> bytes:
    return good.sealed({"journal.jsonl": line_of(b"[" * 100_000 + b"]" * 100_000)})
