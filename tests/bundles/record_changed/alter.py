from tests.bundles import Good


def alter(good: Good) -> bytes:
    return good.sealed({"journal.jsonl": good.files["journal.jsonl"].replace(b'"status":200', b'"status":201', 1)})
