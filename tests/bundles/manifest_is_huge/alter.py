import json

from tests.bundles import Good


def alter(good: Good) -> bytes:
    return good.signed(json.dumps("a" * 9_000_000).encode())
