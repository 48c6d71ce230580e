from tests.bundles import Good


def alter(good: Good) -> bytes:
    return good.with_({"report\u202elmth.exe": b"x"})
