from tests.bundles import Good


def alter(good: Good) -> bytes:
    return good.with_({"a" * 300: b"x"})
