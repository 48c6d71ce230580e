"""Plans a cutover: the day, what follows it in both readings, and the calendar file; or a provider's own steps where it has no such day."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from typing import Any

from accredit.model.calendar import FARTHEST, WEEKDAYS, Calendar, Reading, Window, start_of
from accredit.model.errors import UsageError
from accredit.model.process import Transition, entered
from accredit.release.course import Course
from accredit.release.ics import Entry, calendar_file

_BEHIND_UTC = timedelta(hours=12)
_OFFERED = 3
_READINGS: tuple[Reading, ...] = ("A", "B")
_SAID = {"A": "the day of the cutover is the first monitored day", "B": "monitoring begins the day after"}


@dataclass(frozen=True, slots=True)
class CutoverPlan:
    """What is planned.

    Attributes:
        cutover: None where the provider publishes no day, and nobody named one.
        passed_over: Days of the right weekday before it that are blocked, with the reason.
        windows: What follows by both readings; empty without published days of monitoring.
        concerns: What a person should know: a holiday among the monitored days, a clock change, settings left open.
        steps: The provider's own, in the order of its process.
    """

    course: Course
    earliest: date
    cutover: date | None
    calendar: Calendar | None
    passed_over: tuple[tuple[date, str], ...]
    windows: tuple[Window, ...]
    concerns: tuple[str, ...]
    steps: tuple[tuple[str, Transition], ...]

    @property
    def chosen(self) -> Reading | None:
        """The reading that the settings choose."""
        return self.calendar.reading if self.calendar else None

    def to_record(self) -> dict[str, Any]:
        """For machines."""
        return {
            "provider": self.course.dossier.name,
            "from": self.earliest.isoformat(),
            "cutover": self.cutover.isoformat() if self.cutover else None,
            "timezone": self.calendar.zone.key if self.calendar else None,
            "reading": self.chosen,
            "passed_over": [{"day": day.isoformat(), "reason": why} for day, why in self.passed_over],
            "windows": [
                {"reading": w.reading, "monitored": [d.isoformat() for d in w.monitored], "verdict_at": w.verdict_at.isoformat(),
                 "fallback_day": w.fallback_day.isoformat(), "fallback_by": w.fallback_by.isoformat()} for w in self.windows
            ],
            "concerns": list(self.concerns),
            "steps": [{"enters": state, "mover": t.mover, "actor": t.actor, "trigger": t.trigger, "guard": t.guard,
                       "deliverables": [e.what for e in t.evidence]} for state, t in self.steps],
        }  # fmt: skip


def plan_cutover(course: Course, earliest: date, chosen: date | None = None) -> CutoverPlan:
    """Plans the cutover on the next available day from `earliest` on, or on the day that was chosen.

    Raises:
        UsageError: the chosen day cannot be; every day for a year is blocked; a setting cannot be used.
    """
    calendar = course.calendar(min(earliest, chosen or earliest))
    steps = tuple(_steps(course))
    if calendar is None:
        return CutoverPlan(course, earliest, chosen, None, (), (), (), steps)
    if chosen is not None:
        calendar.must_be_available(chosen)
    day = chosen or calendar.next_available(earliest)
    before = islice(calendar.candidates(earliest), max(0, (day - earliest).days // 7 + 1))
    passed_over = tuple((d, calendar.blocked[d]) for d in before if d < day and d in calendar.blocked)
    windows = tuple(calendar.window(day, reading) for reading in _READINGS)
    return CutoverPlan(
        course, earliest, day, calendar, passed_over, windows, tuple(_concerns(course, calendar, windows)), steps
    )


def must_be_ahead(course: Course, option: str, day: date, now: datetime) -> None:
    """Raises UsageError, with the next days that are available, for a day that is over everywhere on earth, or too far to know its holidays."""
    today = (now - _BEHIND_UTC).date()
    if today <= day <= today + FARTHEST:
        return
    why = "has passed" if day < today else "is more than two years ahead"
    calendar, first = course.calendar(today), tomorrow(now.date())
    offered = (
        ", ".join(map(str, islice(calendar.available(first), _OFFERED))) if calendar else "any day from tomorrow on"
    )
    raise UsageError(f"{option} {day}: that {why}; next available: {offered or 'none for a year, all are blocked'}.")


def calendar_file_of(plan: CutoverPlan) -> bytes:
    """The plan as a calendar file. Same plan, same bytes."""
    return calendar_file(f"{plan.course.dossier.provider.title}: going live", _entries(plan), plan.earliest)


def _steps(course: Course) -> Iterator[tuple[str, Transition]]:
    """Every way of the process once, from the beginning on, as they follow each other."""
    return ((entered(t, course.settings), t) for t in course.process.transition)


def _concerns(course: Course, calendar: Calendar, windows: tuple[Window, ...]) -> Iterator[str]:
    facts = course.process.calendar
    if facts is not None and not course.settings[facts.countries]:
        yield f'no public holidays were looked at: name the countries concerned in accredit.toml, "{facts.countries}" = ["CL"]'
    for window in windows:
        for day in sorted({*window.monitored, window.fallback_day}):
            if day in calendar.blocked:
                yield f"reading {window.reading}: {_named(day)} is among the days that count, and is blocked: {calendar.blocked[day]}; who is there?"
        # In UTC: the difference of two times of one zone is that of their faces, whatever clocks did between.
        began = start_of(window.cutover, calendar.zone).astimezone(UTC)
        hours = (window.fallback_by.astimezone(UTC) - began).total_seconds() / 3600
        days = (window.fallback_day - window.cutover).days + 1
        if hours != 24 * days:
            yield f"reading {window.reading}: clocks are changed on the way, so that its {days} days have {hours:g} hours"
        if window.fallback_day.isoweekday() > 5:
            yield f"reading {window.reading}: a fallback would have to be complete by a {WEEKDAYS[window.fallback_day.isoweekday() - 1]}"


def _entries(plan: CutoverPlan) -> Iterator[Entry]:
    about = plan.course.dossier
    if plan.cutover is None:
        return
    stem = f"{about.name}-{plan.cutover}"
    yield Entry(f"{stem}-cutover", f"{about.provider.title}: cutover", plan.cutover, _told(plan))
    for window in plan.windows:
        said = f"Reading {window.reading}: {_SAID[window.reading]}."
        for number, day in enumerate(window.monitored, 1):
            yield Entry(
                f"{stem}-{window.reading}-day-{number}",
                f"{about.provider.title}: monitored day {number} ({window.reading})",
                day,
                said,
            )
        yield Entry(f"{stem}-{window.reading}-verdict", f"{about.provider.title}: end of monitoring ({window.reading})", window.verdict_at,
                    f"{said} The provider decides whether there is a fallback.")  # fmt: skip
        yield Entry(f"{stem}-{window.reading}-fallback", f"{about.provider.title}: a fallback is complete by now ({window.reading})",
                    window.fallback_by, f"{said} Only if the provider decided on one.")  # fmt: skip


def _told(plan: CutoverPlan) -> str:
    return f"Chosen reading: {plan.chosen}." if plan.chosen else "The provider publishes no days of monitoring."


def _named(day: date) -> str:
    """`Thursday 2026-11-26`."""
    return f"{WEEKDAYS[day.isoweekday() - 1]} {day}"


def tomorrow(today: date) -> date:
    """The earliest day that can still be agreed on."""
    return today + timedelta(days=1)
