from tests.bundles import Good


def alter(good: Good) -> bytes:
    return good.with_({"aux.txt": b"x"})
