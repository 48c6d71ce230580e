import json

from accredit.evidence.keys import envelope
from tests.bundles import Good


def alter(good: Good) -> bytes:
    told, other = json.loads(good.files["manifest.dsse.json"]), json.loads(envelope(b"{}", good.key))
    return good.with_(
        {"manifest.dsse.json": json.dumps({**told, "signatures": other["signatures"]}, indent=1).encode() + b"\n"}
    )
