"""An append-only, hash-chained log that outlives processes: one line an entry, on the disk before anybody goes on.

Unlike a run's journal it is written to again by whoever comes next, one at a time, and its last line may have been cut off by a
crash: that is found, told, and set aside before anything is added. Nothing in it is ever altered.
"""

import fcntl
import hashlib
import io
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from errno import ENOSPC
from pathlib import Path
from typing import Any, BinaryIO

from accredit.model.chain import START, Segment, write_line
from accredit.model.errors import UsageError

MOST_BYTES = 16 * 1024**2


class Log:
    """A log that was read; while its lock is held entries can be added.

    Attributes:
        entries: In their order, oldest first.
        chains: The chain's value after each of them.
        torn: What stands after them: the beginning of an entry whose writer did not live to end it. Empty as a rule.
    """

    def __init__(self, path: Path, file: BinaryIO | None = None) -> None:
        """Reads a file from its beginning; None is a log that is not there.

        Raises:
            BundleRefused: an entry was altered, removed or moved.
            UsageError: it is longer than any of ours.
        """
        self.entries: tuple[Mapping[str, Any], ...] = ()
        self.chains: list[str] = []
        self.torn = b""
        self._path, self._file, self._size = path, file, 0
        if file is not None:
            self._read(file)

    @property
    def chain(self) -> str:
        """The value that tells this log from any other."""
        return self.chains[-1] if self.chains else START

    def add(self, entry: Mapping[str, Any]) -> None:
        """Adds an entry, after setting aside what a crash left of another. It is on the disk when this returns.

        Raises:
            OSError: it cannot be written. What was in the log is kept.
        """
        assert self._file is not None
        chain, line = write_line(self.chain, entry)
        if self.torn:
            _keep(self._aside(self.torn), self.torn)
        descriptor = self._file.fileno()
        try:
            if os.pwrite(descriptor, line, self._size) != len(line):
                raise OSError(ENOSPC, "no space left for the whole entry")
            os.ftruncate(descriptor, self._size + len(line))
            os.fsync(descriptor)
        except OSError:
            # As it was, what was cut off included; that first, since it had its place: a full disk keeps nobody from it.
            with suppress(OSError):
                os.pwrite(descriptor, self.torn, self._size)
                os.ftruncate(descriptor, self._size + len(self.torn))
            raise
        self._size, self.torn = self._size + len(line), b""
        self.entries, self.chains = (*self.entries, entry), [*self.chains, chain]

    def told_torn(self) -> dict[str, Any]:
        """What an entry says of one that was cut off before it: how long it was, and where what is left of it is kept."""
        return {"after_torn": {"bytes": len(self.torn), "kept": self._aside(self.torn).name}} if self.torn else {}

    def _read(self, file: BinaryIO) -> None:
        if os.fstat(file.fileno()).st_size > MOST_BYTES:
            raise UsageError(f"{self._path} has more than {MOST_BYTES} bytes; no log of ours is so long.")
        data = file.read()
        segment, entries = Segment(self._path.name, io.BytesIO(data)), []
        for entry in segment:
            entries.append(entry)
            self.chains.append(segment.chain)
        self.entries, self._size, self.torn = tuple(entries), segment.size, data[segment.size :]

    def _aside(self, torn: bytes) -> Path:
        return self._path.with_name(f"{self._path.name}.torn-{hashlib.sha256(torn).hexdigest()[:8]}")


def read_log(path: Path) -> Log:
    """The log; an empty one when there is no file.

    Raises:
        BundleRefused: an entry was altered, removed or moved.
        UsageError: it cannot be read.
    """
    try:
        with path.open("rb") as file:
            return Log(path, file)
    except FileNotFoundError:
        return Log(path)
    except OSError as failed:
        raise UsageError(f"{path} cannot be read ({failed.strerror}).") from None


def append(path: Path, entry_after: Callable[[Log], Mapping[str, Any]]) -> Mapping[str, Any]:
    """Adds one entry, made of what the log says when nobody else can write to it; the entry, which tells of one that was cut off.

    Raises:
        BundleRefused: the log was altered.
        UsageError: it cannot be written. What was in it is kept.
    """
    try:
        with held(path) as log:
            entry = {**entry_after(log), **log.told_torn()}
            log.add(entry)
    except OSError as failed:
        raise UsageError(
            f"{path} cannot be written ({failed.strerror}); nothing was recorded. Put that right, then try again."
        ) from None
    return entry


@contextmanager
def held(path: Path) -> Iterator[Log]:
    """The log, made if need be, to which nobody else adds meanwhile; whoever dies lets go of it.

    Raises:
        BundleRefused, UsageError: as of `Log`.
        OSError: it cannot be opened for writing.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    while True:
        is_new = not path.exists()
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        with os.fdopen(descriptor, "r+b", buffering=0) as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            if _bears(path, descriptor):  # and was not put aside while we waited
                if is_new:
                    _flush_folder(path.parent)
                yield Log(path, file)
                return


def _bears(path: Path, descriptor: int) -> bool:
    try:
        return os.path.samestat(os.fstat(descriptor), path.stat())
    except FileNotFoundError:
        return False


def _keep(path: Path, data: bytes) -> None:
    with path.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    _flush_folder(path.parent)


def _flush_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
