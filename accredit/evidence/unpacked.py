"""Looks into what a file holds packed: zip members, compressed streams of PDF, gzip and deflate in base64. Bounded in depth and size."""

import base64
import binascii
import io
import mmap
import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

DEEPEST = 5
MOST_BYTES = 4 * 1024**3
"""That all streams of one file may unpack to. None of ours comes near."""
_PIECE = 1024 * 1024
_BASE64 = re.compile(rb"[A-Za-z0-9+/_-]{40,}={0,2}")
_PACKED = tuple(re.compile(head) for head in (b"H4sI", b"UEsD", b"e[JAFN][w-zE-H4-7o-r][A-Za-z0-9+/_-]{36}"))
"""How gzip, zip and zlib begin in base64. One by one: a pattern that begins with one letter is found ten times as quick."""
_SHORTEST = 64
"""Bytes within which each of these patterns is known to begin, or not to."""
_STANDARD = bytes.maketrans(b"-_", b"+/")
_TRIED = 400
"""Characters by which it shows whether something inflates, before all of it is tried."""
_STREAM = re.compile(rb"stream\r?\n")
_DRAWN = (
    b"\x89PNG",
    b"\xff\xd8\xff",
    b"GIF8",
    b"RIFF",
    b"wOF2",
    b"7z\xbc\xaf",
    b"BZh",
    b"\xfd7zXZ",
    b"\x28\xb5\x2f\xfd",
)
"""Pictures, fonts and archives that nothing here can read."""


Bytes = bytes | mmap.mmap


@dataclass(frozen=True, slots=True)
class Inner:
    """Something that was packed in a file. `data` is None when it could not be unpacked."""

    place: str
    data: bytes | None


def inner_of(data: Bytes, name: str) -> Iterator[Inner]:
    """Everything packed directly in `data`, unpacked. What it holds in its turn is for the caller to ask for."""
    head = bytes(data[:8])
    if head.startswith(b"PK\x03\x04"):
        yield from _members(data)
    elif head.startswith(b"%PDF"):
        yield from _pdf_streams(data)
    elif head.startswith(b"\x1f\x8b"):
        yield Inner("unpacked", _inflated(data, zlib.MAX_WBITS | 16))
    elif head.startswith(_DRAWN):
        yield Inner("", None)
    elif name.endswith((".html", ".svg")):
        yield from _in_base64(data, _starts(_BASE64, data), (zlib.MAX_WBITS | 32, -zlib.MAX_WBITS))
    else:
        yield from _in_base64(data, _beginnings(data), (zlib.MAX_WBITS | 32,))


def _members(data: Bytes) -> Iterator[Inner]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for entry in archive.infolist():
                whole = None
                if not entry.flag_bits & 1 and entry.file_size <= MOST_BYTES:
                    whole = archive.read(entry)
                yield Inner(f"member {entry.filename}", whole)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError, ValueError, RuntimeError):
        # What zipfile raises of an archive that is broken, encrypted, or packed in a way it does not know: told as closed, not as clean.
        yield Inner("", None)


def _pdf_streams(data: Bytes) -> Iterator[Inner]:
    """Streams that are deflated. Others stand in the file as they are."""
    for number, begins in enumerate(_STREAM.finditer(data), 1):
        if (unpacked := _inflated(data, zlib.MAX_WBITS, begins.end())) is not None:
            yield Inner(f"stream {number}", unpacked)


def _in_base64(data: Bytes, places: Iterable[int], formats: tuple[int, ...]) -> Iterator[Inner]:
    """Compressed data written as text. A page may leave out what says that it is packed."""
    for at in places:
        found = _BASE64.match(data, at)
        if found is None:
            continue
        if found[0].startswith(b"UEsD"):
            yield Inner(f"base64 at {at}", _decoded(found[0]))
        for bits in formats:
            if _inflated(_decoded(found[0][:_TRIED]), bits) and (unpacked := _inflated(_decoded(found[0]), bits)):
                yield Inner(f"base64 at {at}", unpacked)


def _beginnings(data: Bytes) -> Iterator[int]:
    for head in _PACKED:
        yield from _starts(head, data)


def _starts(pattern: re.Pattern[bytes], data: Bytes) -> Iterator[int]:
    """Where it is found. Goes on a piece at a time; what begins in one may end in the next ones."""
    place = gone = 0
    while place < len(data):
        end = place + _PIECE
        found = pattern.search(data, place, min(end + _SHORTEST, len(data)))
        if found is not None and found.start() < end:
            yield found.start()
            whole = pattern.match(data, found.start()) or found
            end = whole.end()
        place = end
        if place - gone >= _PIECE:
            let_go(data, gone, place)
            gone = place


def let_go(data: Bytes, start: int, end: int) -> None:
    """Of a file that is mapped, what was gone through need not stay in memory: it would count as ours."""
    if isinstance(data, mmap.mmap) and hasattr(mmap, "MADV_DONTNEED"):
        data.madvise(mmap.MADV_DONTNEED, start - start % mmap.PAGESIZE, min(end, len(data)) - start)


def _decoded(text: bytes) -> bytes:
    text = text.rstrip(b"=")
    text = text[: len(text) - (len(text) % 4 == 1)]
    try:
        return base64.b64decode(text.translate(_STANDARD) + b"=" * (-len(text) % 4))
    except binascii.Error:
        return b""


def _inflated(data: Bytes, bits: int, start: int = 0) -> bytes | None:
    """None when it is nothing of that kind, or more than anybody should unpack. What is cut off counts as far as it goes."""
    unpacker, pieces, size = zlib.decompressobj(bits), list[bytes](), 0
    for at in range(start, len(data), _PIECE):
        try:
            pieces.append(unpacker.decompress(data[at : at + _PIECE], MOST_BYTES - size))
        except zlib.error:
            return None
        size += len(pieces[-1])
        if unpacker.eof or size >= MOST_BYTES:
            break
    return b"".join(pieces)
