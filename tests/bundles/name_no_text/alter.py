from tests.bundles import Good, replaced


def alter(good: Good) -> bytes:
    return replaced(good.zip, b"report.html", b"report\xff\xfe\xff\xfe\xff", 3)
