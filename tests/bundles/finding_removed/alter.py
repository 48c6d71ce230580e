from tests.bundles import Good


def alter(good: Good) -> bytes:
    at = next(place for place, r in enumerate(good.records) if r["kind"] == "finding")
    return good.recorded(good.records[:at] + good.records[at + 1 :])
