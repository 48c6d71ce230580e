"""Writes and reads a run's journal: append-only, hash-chained, one segment a worker, flushed record by record."""

import re
import threading
from array import array
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack
from errno import ENOSPC
from pathlib import Path
from typing import Any

from accredit.model.chain import START, Segment, record_in, write_line
from accredit.model.errors import CannotJudge, UsageError
from accredit.model.exchange import Exchange
from accredit.model.folding import run_from
from accredit.model.run import Run

MAIN = "journal.jsonl"
_NUMBERED = re.compile(rb'\{"kind":"exchange","number":(\d+),')
"""How the record of an exchange begins, as `Exchange.to_record` has it."""
_FARTHEST, _MOST_SEGMENTS = 1 << 48, 1 << 16
_NUMBER = _FARTHEST * _MOST_SEGMENTS


def segment_name(worker: str) -> str:
    """File name of a worker's segment: `journal.gw0.jsonl`; the main one has no worker."""
    return f"journal.{worker}.jsonl" if worker else MAIN


def is_segment(name: str) -> bool:
    """True of a name that `segment_name` gives."""
    return re.fullmatch(r"journal(\.[^/]+)?\.jsonl", name) is not None


class Journal:
    """One segment being written. Each record is with the operating system when `append` returns: a killed process loses
    nothing that had completed."""

    def __init__(self, folder: Path, worker: str = "") -> None:
        self.path = folder / segment_name(worker)
        self._chain, self.records = START, 0
        self.failure: CannotJudge | None = None
        self._lock = threading.Lock()
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._file = self.path.open("xb", buffering=0)
        except OSError as failed:
            raise _cannot_write(self.path, failed) from None

    def append(self, record: Mapping[str, Any]) -> None:
        """Chains a record to those before it.

        Raises:
            CannotJudge: it could not be written, a full disk for one. What was written before is kept.
        """
        with self._lock:
            chain, line = write_line(self._chain, record)
            try:
                if self._file.write(line) != len(line):
                    raise OSError(ENOSPC, "no space left for the whole record")
            except OSError as failed:
                self.failure = _cannot_write(self.path, failed)
                raise self.failure from None
            self._chain, self.records = chain, self.records + 1

    @property
    def state(self) -> dict[str, Any]:
        """How many records, and the chain's value: what the footer tells of a segment."""
        return {"records": self.records, "chain": self._chain}

    def close(self) -> None:
        """Closes the file. Appends no footer: only who knows that the run has ended may."""
        self._file.close()


def _cannot_write(path: Path, failed: OSError) -> CannotJudge:
    return CannotJudge(f"{path} cannot be written ({failed.strerror}); what was recorded before is kept, the run is incomplete. "
                       "Make room or choose another folder with --output, then run again.")  # fmt: skip


def segment_paths(folder: Path) -> list[Path]:
    """Every segment of the journal in `folder`, the main one first.

    Raises:
        UsageError: there is none.
    """
    if folder.suffix == ".zip":
        beside = folder.with_name(folder.stem.removeprefix("accredit-"))
        raise UsageError(f"{folder} is a bundle; name the folder that it was made from, beside it: {beside}.")
    if not (folder / MAIN).is_file():
        raise UsageError(f"{folder} holds no {MAIN}; name the folder that a run was recorded in.")
    return [folder / MAIN, *sorted(p for p in folder.glob("journal.*.jsonl") if p.name != MAIN)]


def read_segments(folder: Path) -> list[Segment]:
    """The journal in `folder`, to be read as it is iterated."""
    return [Segment(path.name, _lines(path)) for path in segment_paths(folder)]


def _lines(path: Path) -> Iterator[bytes]:
    with path.open("rb") as lines:
        yield from lines


class Exchanges:
    """Every exchange recorded in `folder`, generated ones with their case, by number; read from the journal whenever it is iterated.

    Workers' numbers lie apart and their segments side by side; what is held is where each exchange stands, not what it says.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._places: array[int] | None = None

    def __iter__(self) -> Iterator[Exchange]:
        """Raises UsageError when there is no journal, BundleRefused when it was altered."""
        if self._places is None:
            self._places = array("Q", (place % _NUMBER for place in sorted(_places(read_segments(self._folder)))))
        with ExitStack() as held:
            files = [held.enter_context(path.open("rb")) for path in segment_paths(self._folder)]
            for place in self._places:
                file = files[place // _FARTHEST]
                file.seek(place % _FARTHEST)
                yield Exchange.from_record(record_in(file.readline()))


def exchanges_of(folder: Path) -> Iterator[Exchange]:
    """One pass over the exchanges recorded in `folder`, by number."""
    return iter(Exchanges(folder))


def _places(segments: Iterable[Segment]) -> Iterator[int]:
    """Number, segment and offset of each exchange, in one integer, which sorts as they do; without the number it takes eight bytes."""
    for index, segment in enumerate(segments):
        offset = 0
        for payload in segment.payloads():
            if numbered := _NUMBERED.match(payload):
                yield int(numbered[1]) * _NUMBER + index * _FARTHEST + offset
            offset = segment.size


def read_run(folder: Path) -> Run:
    """The run recorded in `folder`.

    Raises:
        UsageError: there is none.
        BundleRefused: its journal was altered.
    """
    return run_from(read_segments(folder))
