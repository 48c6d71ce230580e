from tests.bundles import Good


def alter(good: Good) -> bytes:
    return good.with_({"a\x1b[2Kb": b"x"})
