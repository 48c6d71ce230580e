from tests.bundles import Good


def alter(good: Good) -> bytes:
    kept = {name: data for name, data in good.files.items() if name != "journal.jsonl"}
    return Good(kept, good.zip, good.key).sealed({})
