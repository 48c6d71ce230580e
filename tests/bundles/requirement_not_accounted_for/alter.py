import json

from tests.bundles import Good


def alter(good: Good) -> bytes:
    rows = json.loads(good.files["manifest.json"])["predicate"]["requirements"]
    return good.sealed({}, requirements=rows[1:])
