from tests.bundles import Good


def alter(good: Good) -> bytes:
    return good.with_({"report.html\0.txt": b"x"})
