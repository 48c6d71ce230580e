"""The bundle's zip: written the same way every time, read without trusting it."""

import zipfile
from collections.abc import Mapping
from pathlib import Path, PurePosixPath

from accredit.model.errors import BundleRefused, UsageError

MOST_BYTES = 1024**3
MOST_FILES = 10_000
_STAMP = (1980, 1, 1, 0, 0, 0)


def write(path: Path, files: Mapping[str, bytes]) -> None:
    """Same files, same bytes: sorted, with one fixed date, and stored as they are, since compressors differ."""
    partial = path.with_suffix(".partial")
    try:
        with zipfile.ZipFile(partial, "w", zipfile.ZIP_STORED) as archive:
            for name in sorted(files):
                entry = zipfile.ZipInfo(name, _STAMP)
                entry.external_attr = 0o644 << 16
                entry.create_system = 3
                archive.writestr(entry, files[name])
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


def read(path: Path) -> dict[str, bytes]:
    """Every file of a bundle by name.

    Raises:
        UsageError: there is no such file.
        BundleRefused: it is no zip, is damaged, or holds what no bundle holds (`..`, links, two files of one name).
    """
    if not path.is_file():
        raise UsageError(f"{path} does not exist; name a bundle (.zip).")
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
            _check(entries)
            return {entry.filename: archive.read(entry) for entry in entries}
    except (
        zipfile.BadZipFile,
        zipfile.LargeZipFile,
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
