import json

from tests.bundles import Good


def alter(good: Good) -> bytes:
    told = json.loads(good.files["manifest.dsse.json"])
    return good.with_({"manifest.dsse.json": json.dumps({**told, "signatures": []}, indent=1).encode() + b"\n"})
