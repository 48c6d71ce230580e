from tests.bundles import Good


def alter(good: Good) -> bytes:
    place = good.zip.rindex(b"report.html")
    return good.zip[:place] + b"REPORT.html" + good.zip[place + 11 :]
