from tests.bundles import Good


def alter(good: Good) -> bytes:
    place = good.zip.index(b"PK\3\4", 1)
    return good.zip[:place] + b"hidden" + good.zip[place:]
