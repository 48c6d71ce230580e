from tests.bundles import Good


def alter(good: Good) -> bytes:
    mode = (0o644 << 16).to_bytes(4, "little")
    place = good.zip.rindex(mode)
    return good.zip[:place] + (0o120777 << 16).to_bytes(4, "little") + good.zip[place + 4 :]
