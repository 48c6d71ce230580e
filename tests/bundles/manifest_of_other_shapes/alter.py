import json

from tests.bundles import Good


def alter(good: Good) -> bytes:
    told = json.loads(good.files["manifest.json"])
    return good.signed(json.dumps({**told, "subject": [1, 2, 3]}).encode())
