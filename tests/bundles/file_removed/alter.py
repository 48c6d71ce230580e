from tests.bundles import Good


def alter(good: Good) -> bytes:
    return good.without("report.html")
