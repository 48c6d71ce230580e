"""An append-only, hash-chained log that outlives processes: one line an entry, on the disk when `append` returns.

Unlike a run's journal it is written to again by whoever comes next, and its last line may have been cut off by a crash: that is
found, told, and set aside before anything is added. Nothing in it is ever altered.
"""

import fcntl
import hashlib
import io
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from errno import ENOSPC
from pathlib import Path
from typing import Any, BinaryIO

from accredit.model.chain import START, Segment, write_line
from accredit.model.errors import UsageError

MOST_BYTES = 16 * 1024**2


@dataclass(frozen=True, slots=True)
class Logged:
    """A log that was read.

    Attributes:
        size: Bytes of the whole entries.
        torn: What stands after them: the beginning of an entry whose writer did not live to end it. Empty as a rule.
    """

    entries: tuple[Mapping[str, Any], ...] = ()
    chain: str = START
    size: int = 0
    torn: bytes = b""


def read_log(path: Path) -> Logged:
    """The log; an empty one when there is no file.

    Raises:
        BundleRefused: an entry was altered, removed or moved.
        UsageError: it cannot be read.
    """
    try:
        with path.open("rb") as file:
            return _read(file, path)
    except FileNotFoundError:
        return Logged()
    except OSError as failed:
        raise UsageError(f"{path} cannot be read ({failed.strerror}).") from None


def append(path: Path, entry_after: Callable[[Logged], Mapping[str, Any]]) -> Mapping[str, Any]:
    """Adds one entry, made of what the log says when nobody else can write to it; the entry.

    What a crash left of an entry is kept beside, `NAME.torn-1f3a9c20`, and the next entry tells of it.

    Raises:
        BundleRefused: the log was altered.
        UsageError: it cannot be written. What was in it is kept.
    """
    try:
        with _held(path) as file:
            logged = _read(file, path)
            entry = dict(entry_after(logged))
            if logged.torn:
                entry["after_torn"] = {"bytes": len(logged.torn), "kept": _set_aside(path, logged.torn)}
                file.truncate(logged.size)
            _, line = write_line(logged.chain, entry)
            file.seek(logged.size)
            if file.write(line) != len(line):  # unbuffered: one write, whole or torn, never mixed with another's
                raise OSError(ENOSPC, "no space left for the whole entry")
            os.fsync(file.fileno())
    except OSError as failed:
        raise UsageError(
            f"{path} cannot be written ({failed.strerror}); nothing was recorded. Make room, then try again."
        ) from None
    _sync(path.parent)
    return entry


def _read(file: BinaryIO, path: Path) -> Logged:
    if os.fstat(file.fileno()).st_size > MOST_BYTES:
        raise UsageError(f"{path} has more than {MOST_BYTES} bytes; no log of ours is so long.")
    data = file.read()
    segment = Segment(path.name, io.BytesIO(data))
    entries = tuple(segment)
    return Logged(entries, segment.chain, segment.size, data[segment.size :])


@contextmanager
def _held(path: Path) -> Iterator[BinaryIO]:
    """The file, which nobody else writes to meanwhile; whoever dies lets go of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    with os.fdopen(descriptor, "r+b", buffering=0) as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield file


def _set_aside(path: Path, torn: bytes) -> str:
    kept = path.with_name(f"{path.name}.torn-{hashlib.sha256(torn).hexdigest()[:8]}")
    kept.write_bytes(torn)
    return kept.name


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
