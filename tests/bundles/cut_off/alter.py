from tests.bundles import Good


def alter(good: Good) -> bytes:
    return good.zip[: len(good.zip) // 2]
