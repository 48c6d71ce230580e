"""A watch's folder: what was planned, when the watch began, and a segment of the journal for each process that took part in it."""

import fcntl
import json
import os
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from accredit.evidence.journal import MAIN, segment_name
from accredit.model.chain import Segment
from accredit.model.errors import UsageError
from accredit.model.probe import Finality
from accredit.model.provider import Provider
from accredit.model.reading import Strict, read
from accredit.model.watched import Folded, Schedule, Watched

PLAN = "watch.json"
_LOCK = ".watch.lock"
Take = Callable[[Mapping[str, Any]], None]
_NUMBERED = re.compile(r"journal\.gw(\d+)\.jsonl")


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchPlan(Strict):
    """What a watch set out to do; never altered once it has begun.

    Attributes:
        began, until: Aware, by the run's clock.
        every: Seconds between looks.
        zone: In which its days are counted.
    """

    format: int
    run: str
    provider: str
    environment: str
    began: datetime
    until: datetime
    every: float
    zone: str

    @property
    def schedule(self) -> Schedule:
        return Schedule(self.began, self.until, timedelta(seconds=self.every))


def plan_in(folder: Path) -> WatchPlan | None:
    """What the watch in this folder set out to do; None when there is none yet.

    Raises:
        UsageError: it cannot be read.
    """
    path = folder / PLAN
    try:
        told: dict[str, Any] = json.loads(path.read_bytes())
        return read(WatchPlan, told, str(path))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError) as wrong:
        raise UsageError(
            f"{path} cannot be read ({wrong}); a watch whose plan is lost begins anew in another folder."
        ) from None


def keep_plan(folder: Path, plan: WatchPlan) -> None:
    """Writes the plan, whole or not at all."""
    told = {"format": plan.format, "run": plan.run, "provider": plan.provider, "environment": plan.environment,
            "began": plan.began.isoformat(), "until": plan.until.isoformat(), "every": plan.every, "zone": plan.zone}  # fmt: skip
    partial = folder / f"{PLAN}.partial"
    with partial.open("w", encoding="utf-8") as file:
        json.dump(told, file, indent=1)
        file.flush()
        os.fsync(file.fileno())
    partial.replace(folder / PLAN)


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Keeps a second process out of the folder; whoever dies lets go of it.

    Raises:
        UsageError: somebody is watching already.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / _LOCK).open("w") as held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise UsageError(f"{folder} is being watched by another process; let it go on, or end it first.") from None
        yield


def segments_in(folder: Path) -> list[Path]:
    """The segments in the order in which they were begun."""
    numbered = [
        (int(found[1]), path) for path in folder.glob("journal.gw*.jsonl") if (found := _NUMBERED.fullmatch(path.name))
    ]
    return [*([folder / MAIN] if (folder / MAIN).is_file() else []), *(path for _, path in sorted(numbered))]


def next_worker(folder: Path) -> str:
    """What the next process calls itself: nothing for the first, then `gw1`."""
    count = len(segments_in(folder))
    worker = f"gw{count}" if count else ""
    assert not (folder / segment_name(worker)).exists()
    return worker


@dataclass(frozen=True, slots=True)
class Records:
    """A watch that was read back.

    Attributes:
        torn: Segments whose last line was cut off by a crash; what stands before it is whole.
        state: Segment → records and chain, as the end of a watch tells of them.
    """

    folded: Folded
    header: dict[str, Any]
    starts: tuple[dict[str, Any], ...]
    torn: tuple[str, ...]
    ended: bool
    state: dict[str, dict[str, Any]]

    @property
    def watched(self) -> Watched:
        return self.folded.watched


def records_in(
    folder: Path,
    plan: WatchPlan,
    provider: Provider,
    finality: Finality | None,
    take: Take | None = None,
) -> Records:
    """Reads every record once, in the order in which they were written.

    Args:
        take: Is handed each record.

    Raises:
        BundleRefused: a segment was altered.
    """
    folded, torn, ended = Folded(plan.schedule, provider, finality), list[str](), False
    header, starts, state = dict[str, Any](), list[dict[str, Any]](), dict[str, dict[str, Any]]()
    for path in segments_in(folder):
        with path.open("rb") as lines:
            segment = Segment(path.name, lines)
            for record in segment:
                folded.take(record)
                if take is not None:
                    take(record)
                header = dict(record) if record["kind"] == "header" else header
                starts += [dict(record)] if record["kind"] == "start" else []
                ended = ended or record["kind"] == "ended"
        torn += [path.name] if segment.torn else []
        state[path.name] = {"records": segment.count, "chain": segment.chain}
    return Records(folded, header, tuple(starts), tuple(torn), ended, state)
