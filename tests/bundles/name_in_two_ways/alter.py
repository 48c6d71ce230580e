from tests.bundles import Good


def alter(good: Good) -> bytes:
    return good.with_({"re\u0301sume\u0301.txt": b"x"})
