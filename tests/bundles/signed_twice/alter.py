import json

from accredit.evidence.keys import envelope
from accredit.model.keys import new_private
from tests.bundles import Good


def alter(good: Good) -> bytes:
    told, other = (json.loads(envelope(good.files["manifest.json"], key)) for key in (good.key, new_private()))
    told["signatures"] += other["signatures"]
    return good.with_({"manifest.dsse.json": json.dumps(told, indent=1).encode() + b"\n"})
