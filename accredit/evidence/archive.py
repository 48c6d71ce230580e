"""The bundle's zip: written the same way every time, read without trusting it. Large files pass through as streams."""

import hashlib
import io
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from accredit.evidence.layout import (
    MOST_BYTES,
    MOST_FILES,
    Entry,
    check_names,
    directory,
    fault_of,
    header,
    read_layout,
)
from accredit.model.errors import BundleRefused, CannotJudge, UsageError

LONGEST_LINE = 64 * 1024**2
"""A record holds two bodies of 5 MB at most, each byte of which may take six in JSON."""
_CHUNK = 1024**2
_LINE = 16 * 1024
"""Most records have fewer bytes."""

Content = bytes | Path
"""What goes into a bundle: bytes, or the file that holds them."""


def digest(content: Content) -> str:
    """Hex SHA-256."""
    if isinstance(content, bytes):
        return hashlib.sha256(content).hexdigest()
    with content.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def write(path: Path, files: Mapping[str, Content]) -> None:
    """Same files, same bytes: see `layout`.

    Raises:
        CannotJudge: they are more than a bundle may hold, or have names that not every machine can.
    """
    check_names(_writable(files))
    partial = path.with_suffix(".partial")
    try:
        with partial.open("w+b") as target:
            entries = [_add(target, name, files[name]) for name in sorted(files)]
            target.write(directory(entries))
            if (size := target.tell()) > MOST_BYTES:
                raise CannotJudge(f"the bundle would have {size} bytes, and {MOST_BYTES} is the most that anybody will verify; "
                                  "run fewer cases, or one provider's operations at a time.")  # fmt: skip
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


def _writable(files: Mapping[str, Content]) -> list[str]:
    for name in files:
        if fault := fault_of(name):
            raise CannotJudge(f"{name!r} is {fault}, so no bundle may hold it; rename the file, then run again.")
    if len(files) > MOST_FILES:
        raise CannotJudge(f"the bundle would have {len(files)} files, and {MOST_FILES} is the most; leave some out.")
    return sorted(files)


def _add(target: BinaryIO, name: str, content: Content) -> Entry:
    """Adds a file. Its header tells the content's CRC-32, so of a file that passes through it is written last."""
    offset = target.tell()
    if isinstance(content, bytes):
        entry = Entry(name, len(content), zlib.crc32(content), offset)
        target.write(header(entry) + content)
        return entry
    target.write(header(Entry(name, 0, 0, offset)))
    size = crc = 0
    with content.open("rb") as source:
        while chunk := source.read(_CHUNK):
            target.write(chunk)
            size, crc = size + len(chunk), zlib.crc32(chunk, crc)
    if target.tell() > MOST_BYTES:
        raise CannotJudge(f"{name} is too large: a bundle may have {MOST_BYTES} bytes; run fewer cases.")
    entry = Entry(name, size, crc, offset)
    target.seek(offset)
    target.write(header(entry))
    target.seek(entry.end)
    return entry


class Bundle:
    """A bundle's zip, open for reading.

    Every method raises BundleRefused when a file turns out to be damaged.
    """

    def __init__(self, path: Path, file: BinaryIO) -> None:
        self._path, self._file = path, file
        self._entries = {entry.name: entry for entry in read_layout(file)}
        self.names = frozenset(self._entries)
        check_names(sorted(self.names))

    def read(self, name: str, most: int = _CHUNK * 16) -> bytes:
        """The whole of a file: for those that are small, of `most` bytes."""
        entry = self._entries[name]
        if entry.size > most:
            raise BundleRefused(
                f"{name} has {entry.size} bytes, where {most} is the most; it is not as accredit writes it."
            )
        return b"".join(self._chunks(entry))

    def digest(self, name: str) -> str:
        """Hex SHA-256 of a file."""
        told = hashlib.sha256()
        for chunk in self._chunks(self._entries[name]):
            told.update(chunk)
        return told.hexdigest()

    def lines(self, name: str) -> Iterator[bytes]:
        """The lines of a file, one by one."""
        entry = self._entries[name]
        stream = io.BufferedReader(_Part(self._file, entry), _CHUNK)
        while line := stream.readline(LONGEST_LINE):
            if len(line) == LONGEST_LINE:
                raise BundleRefused(
                    f"{name} has a line of more than {LONGEST_LINE} bytes; accredit writes none as long."
                )
            yield line

    def line_at(self, name: str, offset: int) -> bytes:
        """The line of a file that begins so many bytes after its start, as reading its lines told before."""
        entry = self._entries[name]
        part = _Part(self._file, entry)
        part.skip(offset)
        return io.BufferedReader(part, _LINE).readline(LONGEST_LINE)

    def _chunks(self, entry: Entry) -> Iterator[bytes]:
        """The content of a file, and at its end the proof that the header speaks of it."""
        place, crc = entry.start, 0
        while place < entry.end:
            self._file.seek(place)
            chunk = self._file.read(min(_CHUNK, entry.end - place))
            if not chunk:
                break
            place, crc = place + len(chunk), zlib.crc32(chunk, crc)
            yield chunk
        if place != entry.end or crc != entry.crc:
            raise BundleRefused(f"{entry.name}: content and CRC-32 in the zip do not fit; the bundle was altered or damaged. "
                                "Ask for the original file.")  # fmt: skip


class _Part(io.RawIOBase):
    """One file's bytes. Keeps its own place, so that several can be read in turns."""

    def __init__(self, file: BinaryIO, entry: Entry) -> None:
        self._file, self._place, self._end = file, entry.start, entry.end

    def readable(self) -> bool:
        return True

    def skip(self, count: int) -> None:
        """Goes on from so many bytes later."""
        self._place = min(self._place + count, self._end)

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]  # typeshed asks for any buffer; readers give these
        self._file.seek(self._place)
        data = self._file.read(min(len(buffer), self._end - self._place))
        buffer[: len(data)] = data
        self._place += len(data)
        return len(data)


@contextmanager
def opened(path: Path) -> Iterator[Bundle]:
    """A bundle to be read.

    Raises:
        UsageError: there is no such file.
        BundleRefused: it is no zip as accredit writes them, to the byte.
    """
    if not path.is_file():
        raise UsageError(f"{path} does not exist; name a bundle (.zip).")
    with path.open("rb") as file:
        yield Bundle(path, file)
