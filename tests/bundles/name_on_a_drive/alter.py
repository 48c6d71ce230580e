from tests.bundles import Good


def alter(good: Good) -> bytes:
    return good.with_({"C:/boot.ini": b"x"})
