from tests.bundles import Good


def alter(good: Good) -> bytes:
    return b"no zip at all"
