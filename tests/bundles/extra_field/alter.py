from tests.bundles import Good


def alter(good: Good) -> bytes:
    length = int.from_bytes(good.zip[26:28], "little")
    place = 30 + length
    return good.zip[:28] + b"\4\0" + good.zip[30:place] + b"\xff\xff\0\0" + good.zip[place:]
