"""Watches a provider: probes on a schedule, each in the journal, taken up again by the next process after a crash. Only ever reads."""

import os
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from accredit.evidence.journal import Journal
from accredit.model.errors import CannotJudge, UsageError
from accredit.model.leaks import Hidden
from accredit.model.moment import stamp
from accredit.model.probe import Probe, WatchFacts
from accredit.model.watched import TOLERATED, Watched
from accredit.release.course import Course
from accredit.release.permission import must_be_allowed
from accredit.release.probes import make, why_left_out
from accredit.release.standing import standing
from accredit.release.watching import (
    Records,
    WatchPlan,
    alone,
    keep_plan,
    next_worker,
    plan_in,
    records_in,
    segments_in,
)
from accredit.suite.live import Live
from accredit.suite.plan import Choices, Plan
from accredit.wire.hidden import Search

_ANEW = " A simulator's time begins anew with each process: name another folder."
MOST_FOLLOWED = 50
"""Transactions asked for in one look; the others have their turn in the next."""
Progress = Callable[[Watched, datetime], None]
"""What was seen so far, and when the last look was due."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What the user asks of a watch.

    Attributes:
        until: Aware; None with `hours`, or to go on with a watch that has begun.
        every: Between looks; None for a watch that has begun.
        transactions: A file of ids of the partner's own transactions, one a line, read again before each look.
    """

    environment: str
    folder: Path
    hours: float | None = None
    until: datetime | None = None
    every: timedelta | None = None
    transactions: Path | None = None
    partner_file: Path | None = None


@dataclass(frozen=True)
class _Run(Plan):
    """The run of one process in a watch's folder."""

    place: Path = Path()

    @property
    def folder(self) -> Path:
        return self.place


def watch(course: Course, asked: Asked, progress: Progress) -> Hidden | None:
    """Watches until the end, beginning or going on in the folder; what this process had to hide. None when it had ended already.

    Raises:
        UsageError: the folder holds another watch, or production may not be called.
        CannotJudge: the clock went backwards, nothing can be probed, or nobody knows whether production may be called.
    """
    facts = course.process.watch
    if facts is None:
        raise CannotJudge(f"process.toml of {course.dossier.provider.title} names nothing to probe.")
    must_be_allowed(course, asked.environment)
    with alone(asked.folder):
        known = plan_in(asked.folder)
        if known is None and any(path.stat().st_size for path in segments_in(asked.folder)):
            raise UsageError(f"{asked.folder} holds records, and no plan that they belong to; name another folder.")
        _must_be_the_same(known, course, asked)
        if known and records_in(asked.folder, known, course.dossier.provider, facts.finality).ended:
            return None
        if known is None and (asked.every is None or not (asked.until or asked.hours)):
            raise UsageError(
                "a new watch takes its end and how often to look: --hours 72 or --until 2026-11-27T00:00:00-03:00, and --every 15m."
            )
        worker = next_worker(asked.folder)
        run = known.run if known else f"watch-{secrets.token_hex(4)}"
        live = Live(_run(course, asked, run), worker, leads=True)  # nobody calls a watch back
        try:
            plan = known or _planned(course, asked, run, live.clock.now())
            if known is None:
                keep_plan(asked.folder, plan)
            before = records_in(asked.folder, plan, course.dossier.provider, facts.finality)
            _Watch(course, facts, asked, plan, live).go_on(before, progress)
            return Search([live.values], course.dossier.provider.masking)
        finally:
            live.close()


class _Watch:
    """One process's part in a watch."""

    def __init__(self, course: Course, facts: WatchFacts, asked: Asked, plan: WatchPlan, live: Live) -> None:
        self._course, self._facts, self._asked, self._plan, self._live = course, facts, asked, plan, live
        self._last: datetime | None = None
        self._probes: Sequence[Probe] = ()

    def go_on(self, before: Records, progress: Progress) -> None:
        """Takes every look that is still to come. One whose time is over is a gap, and stays one."""
        live, schedule = self._live, self._plan.schedule
        self._folded = before.folded
        self._last, taken = before.watched.last, {look.due for look in before.watched.looks}
        self._tick()
        self._begin(before)
        for due in schedule.times():
            if due in taken or live.clock.now() >= due + schedule.every:
                continue
            live.clock.wait(max(0.0, (due - live.clock.now()).total_seconds()))
            self._tick()
            self._look(due)
            progress(self._folded.watched, due)
        live.clock.wait(max(0.0, (schedule.until - live.clock.now()).total_seconds()))
        self._end()

    def _begin(self, before: Records) -> None:
        live, following = self._live, self._asked.transactions is not None
        left_out = {probe.name: why for probe in self._facts.probe if (why := why_left_out(probe, live, following))}
        self._probes = [probe for probe in self._facts.probe if probe.name not in left_out]
        # Not live.begin(): the first process may have died before it wrote a word, and somebody has to write the header.
        live.journal.append(
            {"kind": "segment", "run": self._plan.run, "name": live.worker} if before.header else live.header()
        )
        self._append({"kind": "start", "at": stamp(live.clock.now()), "left_out": left_out, "torn": list(before.torn),
                      "state": standing(self._course.log).state})  # fmt: skip
        if not self._probes:
            reasons = "; ".join(f"{name}: {why}" for name, why in left_out.items())
            raise CannotJudge(f"nothing can be probed: {reasons}.")

    def _look(self, due: datetime) -> None:
        failures: dict[str, str] = {}
        for probe in self._probes:
            for each in self._open_transactions() if probe.each else ("",):
                if failed := make(probe, self._live, each):
                    failures[probe.name] = self._live.mask.text(failed)
        for exchange in self._live.line.exchanges:
            self._folded.take(exchange.to_record())
        self._live.line.exchanges.clear()  # three days of them are in the journal
        self._append(
            {"kind": "look", "due": due.isoformat(), "at": stamp(self._live.clock.now()), "failures": failures}
        )

    def _open_transactions(self) -> list[str]:
        path = self._asked.transactions
        try:
            named = path.read_text(encoding="utf-8").split() if path else []
        except (OSError, UnicodeDecodeError) as failed:
            raise UsageError(f"{path} cannot be read ({failed}); it holds ids of transactions, one a line.") from None
        seen, asked = self._folded.watched.followed, self._folded.watched.asked
        open_ = [id_ for id_ in dict.fromkeys(named) if id_ not in seen or not seen[id_].is_final]
        # Whoever waits longest comes first, so that ids nobody knows never keep the others from being asked for.
        return sorted(open_, key=lambda id_: asked.get(id_, datetime.min.replace(tzinfo=UTC)))[:MOST_FOLLOWED]

    def _tick(self) -> None:
        """Raises CannotJudge when the clock says less than it said before."""
        now = self._live.clock.now()
        if self._last is not None and self._last - now > TOLERATED:
            raise CannotJudge(f"the clock says {now:%Y-%m-%d %H:%M:%S} UTC, the last record of this watch is of {self._last:%Y-%m-%d %H:%M:%S}: it was "
                              "moved backwards. Set it right, then start the same command again; what was recorded is kept."
                              f"{_ANEW if self._live.clock.kind == 'simulated' else ''}")  # fmt: skip
        self._last = now

    def _end(self) -> None:
        segments = records_in(self._asked.folder, self._plan, self._course.dossier.provider, self._facts.finality).state
        self._append({"kind": "ended", "at": stamp(self._live.clock.now()), "segments": segments})

    def _append(self, record: dict[str, Any]) -> None:
        """On the disk when it returns: a machine that is switched off loses one look at most."""
        self._live.journal.append(record)
        self._folded.take(record)
        _sync(self._live.journal)


def _sync(journal: Journal) -> None:
    descriptor = os.open(journal.path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _run(course: Course, asked: Asked, run: str) -> _Run:
    choices = Choices(environment=asked.environment, partner_file=asked.partner_file, features=False)
    return _Run(run, course.dossier, choices, course.facts, (), secrets.token_bytes(16), place=asked.folder)


def _planned(course: Course, asked: Asked, run: str, now: datetime) -> WatchPlan:
    until, every = asked.until or now + timedelta(hours=asked.hours or 0), asked.every or timedelta()
    if until <= now or every <= timedelta():
        raise UsageError(
            f"a watch until {until.isoformat()} every {every.total_seconds():g} s has no look in it; it is {now.isoformat()}."
        )
    facts = course.process.calendar
    zone = str(course.settings[facts.timezone]) if facts else "UTC"
    return WatchPlan(format=1, run=run, provider=course.dossier.name, environment=asked.environment, began=now, until=until,
                     every=every.total_seconds(), zone=zone)  # fmt: skip


def _must_be_the_same(known: WatchPlan | None, course: Course, asked: Asked) -> None:
    if known is None:
        return
    if (known.provider, known.environment) != (course.dossier.name, asked.environment):
        raise UsageError(f"{asked.folder} holds a watch of {known.provider}, {known.environment}; name another folder.")
    if (asked.until and asked.until != known.until) or (asked.every and asked.every.total_seconds() != known.every):
        raise UsageError(f"{asked.folder} holds a watch until {known.until.isoformat()} every {known.every:g} s; go on with it as it was "
                         "planned (leave --hours, --until and --every out), or name another folder.")  # fmt: skip
