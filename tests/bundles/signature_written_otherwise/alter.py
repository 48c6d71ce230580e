from tests.bundles import Good


def alter(good: Good) -> bytes:
    data = good.files["manifest.dsse.json"]
    place = data.index(b'==",')
    alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    last = alphabet[alphabet.index(data[place - 1]) + 1]
    return good.with_({"manifest.dsse.json": data[: place - 1] + bytes([last]) + data[place:]})
