"""Records that a partner moved from one state to another: only along the process, with its evidence, by a clock that goes forward."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from accredit.evidence.log import Log, append
from accredit.model.calendar import FARTHEST, Calendar
from accredit.model.errors import CannotJudge, UsageError
from accredit.model.process import Transition
from accredit.release.course import Course
from accredit.release.exhibits import proofs_for
from accredit.release.standing import Move, Standing, standing, standing_in


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A move as somebody reports it.

    Attributes:
        shown: Files, and ids of requirements.
        on: The day it happened; None is today.
        scheduled: The day of the cutover that it agrees on.
    """

    state: str
    by: str
    shown: Sequence[str]
    on: date | None = None
    scheduled: date | None = None


def move(course: Course, wanted: Wanted, now: datetime) -> Move:
    """Records a move; the entry.

    Args:
        now: Aware.

    Raises:
        UsageError: it is forbidden, not shown, or on a wrong day.
        CannotJudge: the clock goes backwards.
        BundleRefused: the record, a bundle or an attestation was altered.
    """
    made: list[Move] = []

    def entry(log: Log) -> dict[str, object]:
        made.append(_move(course, wanted, standing_in(log, str(course.log)), now))
        return made[0].to_record()

    if not wanted.by.strip():
        raise UsageError("somebody has to answer for a move: name them with --by.")
    _move(course, wanted, standing(course.log), now)  # before there is a file, or a lock
    append(course.log, entry)
    return made[0]


def _move(course: Course, wanted: Wanted, at: Standing, now: datetime) -> Move:
    if at.last is not None and now < at.last.at:
        raise CannotJudge(f"the clock says {now:%Y-%m-%d %H:%M:%S} UTC, the last entry was recorded at {at.last.at:%Y-%m-%d %H:%M:%S}: "
                          "it was moved backwards. Set it right, then record the move.")  # fmt: skip
    way = course.process.way(at.state, wanted.state, course.settings)
    today = (now + timedelta(hours=14)).date()  # somewhere on earth it is that day already
    on = wanted.on or now.date()
    if on > today:
        raise UsageError(f"{on} lies ahead; a move is recorded once it happened.")
    if at.last is not None and on < at.last.on:
        raise UsageError(f"{on} is before {at.last.on}, when {at.state} was entered; correct --on.")
    notes = _days(way, wanted, on, at, course.calendar(min(on, wanted.scheduled or on)))
    proofs = proofs_for(way, wanted.shown, course, now.date())
    return Move(kind="move", at=now, on=on, leaves=at.state, enters=wanted.state, by=wanted.by.strip(), evidence=proofs,
                scheduled=wanted.scheduled, notes=tuple(notes))  # fmt: skip


def _days(way: Transition, wanted: Wanted, on: date, at: Standing, calendar: Calendar | None) -> list[str]:
    """What is worth noting of the day; raises UsageError when it cannot be the day."""
    if wanted.scheduled and way.when != "schedules":
        raise UsageError(f"--scheduled belongs to the move that agrees on a day, not to the one into {wanted.state}.")
    if calendar is None or not way.when:
        return []
    if way.when == "schedules":
        return _agreed(wanted.scheduled, on, calendar)
    if way.when == "cutover":
        calendar.must_be_available(on)
        if at.scheduled and on != at.scheduled:
            raise UsageError(
                f"agreed on is {at.scheduled}, not {on}; agree on the day anew first: accredit cutover move {at.state} --scheduled {on}."
            )
        return []
    if way.when == "verdict":
        return _verdict(on, at, calendar)
    due = calendar.due_after(at.last.on if at.last else on)
    return [f"late: a fallback had to be complete by {due}"] if on > due else []


def _agreed(day: date | None, on: date, calendar: Calendar) -> list[str]:
    if day is None:
        raise UsageError(
            f"which {calendar.day} was agreed on? Name it with --scheduled; `accredit cutover plan` says which are available."
        )
    if day > on + FARTHEST:
        raise UsageError(f"{day} is more than two years after {on}; name the {calendar.day} that was agreed on.")
    calendar.must_be_available(day)
    if day < on:
        raise UsageError(f"{day} is before {on}, when it was agreed on.")
    first = calendar.next_available(on)
    return [f"not the next available {calendar.day}, which was {first}"] if day > first else []


def _verdict(on: date, at: Standing, calendar: Calendar) -> list[str]:
    if at.last is None:
        return []
    last = calendar.window(at.last.on, calendar.reading).monitored[-1]
    return [f"before the monitored days end, {last} by reading {calendar.reading}"] if on < last else []
