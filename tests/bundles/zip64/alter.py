import struct

from tests.bundles import Good


def alter(good: Good) -> bytes:
    end = good.zip[-22:]
    count, size, began = (int.from_bytes(end[a:b], "little") for a, b in ((10, 12), (12, 16), (16, 20)))
    large = struct.pack("<4sQ2H2L4Q", b"PK\6\6", 44, 45, 45, 0, 0, count, count, size, began)
    place = struct.pack("<4sLQL", b"PK\6\7", 0, began + size, 1)
    return good.zip[:-22] + large + place + end
