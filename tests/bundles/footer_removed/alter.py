from tests.bundles import Good


def alter(good: Good) -> bytes:
    return good.recorded(good.records[:-1])
