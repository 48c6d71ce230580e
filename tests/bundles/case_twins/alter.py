from tests.bundles import Good


def alter(good: Good) -> bytes:
    return good.sealed({"REPORT.html": b"all is well"})
