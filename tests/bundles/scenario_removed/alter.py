from tests.bundles import Good


def alter(good: Good) -> bytes:
    gone = "mini/points: Gold is told"
    [header] = [r for r in good.records if r["kind"] == "header"]
    header = {**header, "expected": [e for e in header["expected"] if e["scenario"] != gone]}
    kept = [
        {**r, "scenarios": [s for s in r["scenarios"] if s != gone]} if r["kind"] == "collected" else r
        for r in good.records[1:]
    ]
    return good.recorded([header, *(r for r in kept if r.get("scenario") != gone)])
