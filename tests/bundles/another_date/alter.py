from tests.bundles import Good


def alter(good: Good) -> bytes:
    return good.zip[:12] + b"\x75\x5b" + good.zip[14:]
