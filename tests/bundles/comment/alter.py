from tests.bundles import Good


def alter(good: Good) -> bytes:
    return good.zip[:-2] + b"\2\0hi"
