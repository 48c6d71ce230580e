from tests.bundles import Good


def alter(good: Good) -> bytes:
    return good.recorded([{**r, "number": None} if r["kind"] == "exchange" else r for r in good.records])
