from tests.bundles import Good


def alter(good: Good) -> bytes:
    return good.signed(b"[" * 100_000 + b"]" * 100_000)
