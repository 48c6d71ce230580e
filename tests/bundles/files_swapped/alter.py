from tests.bundles import Good


def alter(good: Good) -> bytes:
    return good.with_({"requirements.csv": good.files["report.html"], "report.html": good.files["requirements.csv"]})
