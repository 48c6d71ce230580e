from tests.bundles import Good


def alter(good: Good) -> bytes:
    return good.zip[:6] + b"\1\0" + good.zip[8:]
