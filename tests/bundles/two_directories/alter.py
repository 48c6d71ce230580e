from tests.bundles import Good


def alter(good: Good) -> bytes:
    return good.zip + good.with_({"report.html": b"all is well"})
