from tests.bundles import Good


def alter(good: Good) -> bytes:
    return good.with_({"a\\..\\escape.txt": b"x"})
