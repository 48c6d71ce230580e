from tests.bundles import Good


def alter(good: Good) -> bytes:
    return good.zip[:18] + b"\xff\xff\xff\xff" * 2 + good.zip[26:]
