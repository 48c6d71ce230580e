from tests.bundles import Good, zipped


def alter(good: Good) -> bytes:
    return zipped((f"{number:05}", b"") for number in range(10_001))
