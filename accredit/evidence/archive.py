"""The bundle's zip: written the same way every time, read without trusting it. Large files pass through as streams."""

import hashlib
import io
import shutil
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from accredit.model.errors import BundleRefused, UsageError

MOST_BYTES = 1024**3
MOST_FILES = 10_000
_STAMP = (1980, 1, 1, 0, 0, 0)

Content = bytes | Path
"""What goes into a bundle: bytes, or the file that holds them."""


def digest(content: Content) -> str:
    """Hex SHA-256."""
    if isinstance(content, bytes):
        return hashlib.sha256(content).hexdigest()
    with content.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def write(path: Path, files: Mapping[str, Content]) -> None:
    """Same files, same bytes: sorted, with one fixed date, and stored as they are, since compressors differ."""
    partial = path.with_suffix(".partial")
    try:
        with zipfile.ZipFile(partial, "w", zipfile.ZIP_STORED) as archive:
            for name in sorted(files):
                _add(archive, name, files[name])
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


def _add(archive: zipfile.ZipFile, name: str, content: Content) -> None:
    entry = zipfile.ZipInfo(name, _STAMP)
    entry.external_attr = 0o644 << 16
    entry.create_system = 3
    if isinstance(content, bytes):
        archive.writestr(entry, content)
        return
    entry.file_size = content.stat().st_size  # as writestr does: it decides between zip and zip64
    with content.open("rb") as source, archive.open(entry, "w") as target:
        shutil.copyfileobj(source, target)


class Bundle:
    """A bundle's zip, open for reading.

    Every method raises BundleRefused when the zip turns out to be damaged.
    """

    def __init__(self, path: Path, archive: zipfile.ZipFile) -> None:
        self._path, self._archive = path, archive
        self.names = frozenset(archive.namelist())

    def read(self, name: str) -> bytes:
        """The whole of a file: for those that are small."""
        with _whole(self._path):
            return self._archive.read(name)

    def digest(self, name: str) -> str:
        """Hex SHA-256 of a file."""
        with _whole(self._path), self._stream(name) as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()

    def lines(self, name: str) -> Iterator[bytes]:
        """The lines of a file, one by one."""
        with _whole(self._path), self._stream(name) as stream:
            yield from stream

    def _stream(self, name: str) -> io.BufferedReader:
        stream = self._archive.open(name)
        assert isinstance(stream, zipfile.ZipExtFile)
        return io.BufferedReader(stream)


@contextmanager
def opened(path: Path) -> Iterator[Bundle]:
    """A bundle to be read.

    Raises:
        UsageError: there is no such file.
        BundleRefused: it is no zip, is damaged, or holds what no bundle holds (`..`, links, two files of one name).
    """
    if not path.is_file():
        raise UsageError(f"{path} does not exist; name a bundle (.zip).")
    with _whole(path):
        archive = zipfile.ZipFile(path)
    with archive:
        _check(archive.infolist())
        yield Bundle(path, archive)


@contextmanager
def _whole(path: Path) -> Iterator[None]:
    try:
        yield
    except (
        zipfile.BadZipFile,
        zipfile.LargeZipFile,
        zlib.error,
        NotImplementedError,
        EOFError,
        ValueError,
        RuntimeError,
    ) as broken:
        raise BundleRefused(
            f"{path} is no whole zip ({broken}); it was damaged or cut off. Ask for it again."
        ) from None


def _check(entries: list[zipfile.ZipInfo]) -> None:
    names = [entry.filename for entry in entries]
    if len(set(names)) != len(names):
        raise BundleRefused("the zip holds two files of one name, so nobody can say which is meant; it was altered.")
    if len(entries) > MOST_FILES or sum(entry.file_size for entry in entries) > MOST_BYTES:
        raise BundleRefused(
            f"the zip would unpack to more than {MOST_FILES} files or {MOST_BYTES // 1024**2} MB; it is no bundle of ours."
        )
    for entry in entries:
        path, kind = PurePosixPath(entry.filename), (entry.external_attr >> 16) & 0o170000
        if (
            entry.is_dir()
            or path.is_absolute()
            or ".." in path.parts
            or "\\" in entry.filename
            or str(path) != entry.filename
        ):
            raise BundleRefused(f"the zip holds {entry.filename!r}, a name no bundle has; it is unsafe to unpack.")
        if kind not in (0, 0o100000):
            raise BundleRefused(f"{entry.filename} is a link or a device; it is unsafe to unpack.")
