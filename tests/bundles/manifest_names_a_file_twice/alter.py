import json

from tests.bundles import Good


def alter(good: Good) -> bytes:
    told = json.loads(good.files["manifest.json"])
    told["subject"].append({"name": "report.html", "digest": {"sha256": "0" * 64}})
    return good.signed(json.dumps(told).encode())
