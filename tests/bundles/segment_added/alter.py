from tests.bundles import Good, chained


def alter(good: Good) -> bytes:
    return good.sealed({"journal.gw7.jsonl": chained([{"kind": "remark"}])})
