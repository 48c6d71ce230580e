from tests.bundles import Good, line_of


def alter(good: Good) -> bytes:
    return good.sealed({"journal.jsonl": line_of(b"[" + b"[]," * 1_000_000 + b"[]]")})
