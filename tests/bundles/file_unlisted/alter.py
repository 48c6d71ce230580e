import zlib

from accredit.evidence.layout import Entry, header
from tests.bundles import Good


def alter(good: Good) -> bytes:
    entry = Entry("AAA.txt", 6, zlib.crc32(b"hidden"), 0)
    return header(entry) + b"hidden" + good.zip
