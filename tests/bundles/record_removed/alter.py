from tests.bundles import Good


def alter(good: Good) -> bytes:
    lines = good.files["journal.jsonl"].splitlines(keepends=True)
    return good.sealed({"journal.jsonl": b"".join(lines[:3] + lines[4:])})
