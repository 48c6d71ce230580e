"""A bundle's zip, byte for byte: there is one way to write it, so no byte of it is unaccounted for. Opens no file.

Files are stored as they are, sorted by name, with one fixed date and mode, nothing before, between or after them. So there are no
compression bombs, no second directory, no comment, no extra field and no zip64 in it for anything to hide in.
"""

import re
import struct
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from io import SEEK_END
from typing import BinaryIO

from accredit.model.errors import BundleRefused

MOST_BYTES = 1024**3
MOST_FILES = 10_000
LONGEST_NAME = 240
_LOCAL, _CENTRAL, _END = struct.Struct("<4s5H3L2H"), struct.Struct("<4s6H3L5H2L"), struct.Struct("<4s4H2LH")
_VERSION, _UNIX, _UTF8, _STORED, _MIDNIGHT, _FIRST_DAY = 20, 3 << 8, 0x800, 0, 0, 1 << 5 | 1
_MODE = 0o644 << 16
_AWKWARD = re.compile(r'[\\:*?"<>|]')
_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\.|$)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Entry:
    """A file's place in the zip. `crc` is the CRC-32 of its content; `offset` is where its header begins."""

    name: str
    size: int
    crc: int
    offset: int

    @property
    def start(self) -> int:
        """Where its content begins."""
        return self.offset + _LOCAL.size + len(self.name.encode())

    @property
    def end(self) -> int:
        return self.start + self.size


def header(entry: Entry) -> bytes:
    """What stands before a file's content."""
    name = entry.name.encode()
    return _LOCAL.pack(b"PK\3\4", _VERSION, *_common(entry), len(name), 0) + name


def directory(entries: Sequence[Entry]) -> bytes:
    """What stands after the last file's content."""
    listed = b"".join(
        _CENTRAL.pack(b"PK\1\2", _UNIX | _VERSION, _VERSION, *_common(e), len(e.name.encode()), 0, 0, 0, 0, _MODE, e.offset)
        + e.name.encode() for e in entries
    )  # fmt: skip
    began = entries[-1].end if entries else 0
    return listed + _END.pack(b"PK\5\6", 0, 0, len(entries), len(entries), len(listed), began, 0)


def _common(entry: Entry) -> tuple[int, ...]:
    flags = 0 if entry.name.isascii() else _UTF8
    return flags, _STORED, _MIDNIGHT, _FIRST_DAY, entry.crc, entry.size, entry.size


def read_layout(file: BinaryIO) -> list[Entry]:
    """Every file of a zip that accredit wrote; takes time and memory by the number of files, never by what a header claims.

    Raises:
        BundleRefused: a byte outside of the files' contents is not as accredit writes it, or a name is one no bundle has.
    """
    total = file.seek(0, SEEK_END)
    if total > MOST_BYTES:
        raise BundleRefused(f"it has {total} bytes; no bundle of ours has more than {MOST_BYTES}. Ask what it is.")
    entries: list[Entry] = []
    place = 0
    while (entry := _entry_at(file, place, total)) is not None:
        _check_order(entries, entry)
        entries.append(entry)
        place = entry.end
    file.seek(place)
    wanted = directory(entries)
    if not entries or file.read(len(wanted) + 1) != wanted:
        raise _altered(place)
    return entries


def _entry_at(file: BinaryIO, place: int, total: int) -> Entry | None:
    """The file whose header begins at `place`; None when no file's header does."""
    file.seek(place)
    head = file.read(_LOCAL.size)
    if len(head) < _LOCAL.size or not head.startswith(b"PK\3\4"):
        return None
    *_, crc, _, size, length, _ = _LOCAL.unpack(head)
    raw = file.read(min(length, LONGEST_NAME * 4 + 1))
    try:
        name = raw.decode()
    except UnicodeDecodeError:
        raise BundleRefused(f"the zip holds {raw!r}, a name that is no text; it is unsafe to unpack.") from None
    if fault := fault_of(name):
        raise BundleRefused(f"the zip holds {name[:LONGEST_NAME]!r}, {fault}; it is unsafe to unpack.")
    entry = Entry(name, size, crc, place)
    if head + raw != header(entry) or entry.end > total:
        raise _altered(place)
    return entry


def _check_order(before: Sequence[Entry], entry: Entry) -> None:
    if len(before) == MOST_FILES:
        raise BundleRefused(f"the zip holds more than {MOST_FILES} files; it is no bundle of ours.")
    if before and entry.name == before[-1].name:
        raise BundleRefused(
            f"the zip holds two files named {entry.name}, so nobody can say which is meant; it was altered."
        )
    if before and entry.name < before[-1].name:
        raise BundleRefused(f"the zip holds {entry.name} after {before[-1].name}; its files were moved or added to.")


def _altered(place: int) -> BundleRefused:
    return BundleRefused(
        f"it is no whole zip as accredit writes them, from byte {place} on: cut off, altered, or packed anew by another program. "
        "Ask for the original file."
    )


def check_names(names: Sequence[str]) -> None:
    """No two names are one where a file system tells no case apart, and no file is another's folder.

    Raises:
        BundleRefused: two are.
    """
    seen: dict[str, str] = {}
    for name in names:
        if (other := seen.setdefault(name.casefold(), name)) != name:
            raise BundleRefused(f"the zip holds {other} and {name}, one file on many machines; it is unsafe to unpack.")
    for name in names:
        parts = name.casefold().split("/")
        for depth in range(1, len(parts)):
            if (other := seen.get("/".join(parts[:depth]), "")) != "":
                raise BundleRefused(f"the zip holds the file {other} and the folder of {name}; it is unsafe to unpack.")


def fault_of(name: str) -> str:
    """What is wrong with a file's name; empty when every file system can hold it and every reader sees what it is."""
    if not name or len(name) > LONGEST_NAME:
        return "a name that is empty or too long"
    if not name.isprintable() or unicodedata.normalize("NFC", name) != name:
        return "a name with characters that do not show, or that can be written in two ways"
    for part in name.split("/"):
        if part in ("", ".", "..") or _AWKWARD.search(part) or part != part.strip() or part.endswith("."):
            return "a name no bundle has"
        if _RESERVED.match(part):
            return "a name that means a device on Windows"
    return ""
