from tests.bundles import Good


def alter(good: Good) -> bytes:
    return good.with_({"report.html": good.files["report.html"].replace(b"passed", b"PASSED", 1)})
