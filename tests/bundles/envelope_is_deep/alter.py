from tests.bundles import Good


def alter(good: Good) -> bytes:
    return good.with_({"manifest.dsse.json": b"[" * 100_000})
