from tests.bundles import Good


def alter(good: Good) -> bytes:
    return good.signed(b"[" + b"[]," * 1_000_000 + b"[]]")
