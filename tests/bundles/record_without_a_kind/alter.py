from tests.bundles import Good


def alter(good: Good) -> bytes:
    return good.recorded([*good.records[:5], {"number": 1}, *good.records[5:]])
