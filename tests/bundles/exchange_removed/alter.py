from tests.bundles import Good


def alter(good: Good) -> bytes:
    return good.recorded(
        {**r, "exchanges": [n for n in r["exchanges"] if n != 3]} if "exchanges" in r else r
        for r in good.records
        if r.get("number") != 3
    )
