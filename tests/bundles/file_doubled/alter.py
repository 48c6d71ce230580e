from tests.bundles import Good, zipped


def alter(good: Good) -> bytes:
    return zipped(sorted([*good.files.items(), ("report.html", b"all is well")]))
