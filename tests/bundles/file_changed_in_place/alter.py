from tests.bundles import Good, replaced


def alter(good: Good) -> bytes:
    return replaced(good.zip, good.files["report.html"], good.files["report.html"].replace(b"passed", b"PASSED", 1))
