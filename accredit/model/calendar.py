"""The days of a cutover: which one is available, which are monitored, when a fallback has to be complete. Reads no clock."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import count, islice
from typing import Literal
from zoneinfo import ZoneInfo

from accredit.model.errors import UsageError

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_SATURDAY = 6
_WEEKS = 53
"""How far ahead a day is looked for."""
_OFFERED = 3
FARTHEST = timedelta(days=2 * 366)
"""Beyond this from today no cutover is planned or agreed on: nobody knows the holidays."""

Reading = Literal["A", "B"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """What days are by a provider's rules and a partner's settings.

    Attributes:
        weekday: Of the cutover, ISO: Monday is 1.
        monitored_days: Their number.
        counts_first: Whether the day of the cutover is the first of them: reading A.
        business_days: Whether weekends and blocked days are no days of monitoring.
        zone: In which a day begins and ends.
        blocked: Day → why nothing is cut over on it.
    """

    weekday: int
    monitored_days: int
    counts_first: bool
    business_days: bool
    zone: ZoneInfo
    blocked: Mapping[date, str]

    @property
    def reading(self) -> Reading:
        """The one that the settings choose."""
        return "A" if self.counts_first else "B"

    @property
    def day(self) -> str:
        """`Tuesday`."""
        return WEEKDAYS[self.weekday - 1]

    def why_not(self, day: date) -> str:
        """Why there can be no cutover on a day; empty when there can."""
        if day.isoweekday() != self.weekday:
            return f"{day} is a {WEEKDAYS[day.isoweekday() - 1]}, not a {self.day}"
        return f"{day} is blocked: {self.blocked[day]}" if day in self.blocked else ""

    def candidates(self, earliest: date) -> Iterator[date]:
        """Every day of the right weekday from `earliest` on, for a year, blocked ones too."""
        first = earliest + timedelta(days=(self.weekday - earliest.isoweekday()) % 7)
        return islice((first + timedelta(weeks=week) for week in count()), _WEEKS)

    def available(self, earliest: date) -> Iterator[date]:
        """Those of them that are not blocked."""
        return (day for day in self.candidates(earliest) if not self.why_not(day))

    def next_available(self, earliest: date) -> date:
        """The first day there can be a cutover on.

        Raises:
            UsageError: every one for a year is blocked; says by what.
        """
        if (found := next(self.available(earliest), None)) is not None:
            return found
        reasons = sorted({self.blocked[day] for day in self.candidates(earliest)})
        raise UsageError(f"every {self.day} for a year from {earliest} is blocked ({'; '.join(reasons[:_OFFERED])}); "
                         "shorten the blackouts in accredit.toml.")  # fmt: skip

    def must_be_available(self, day: date) -> None:
        """Raises UsageError, with the next days that are, when there can be no cutover on that one."""
        if why := self.why_not(day):
            offered = ", ".join(map(str, islice(self.available(day), _OFFERED)))
            raise UsageError(f"{why}; next available: {offered or 'none for a year, all are blocked'}.")

    def window(self, cutover: date, reading: Reading) -> "Window":
        """The days of monitoring and the deadline of a fallback after a cutover on that day."""
        days = tuple(
            islice(self._working(cutover if reading == "A" else cutover + timedelta(days=1)), self.monitored_days)
        )
        due = self.due_after(days[-1])
        return Window(reading, cutover, days, due, end_of(days[-1], self.zone), end_of(due, self.zone))

    def due_after(self, verdict: date) -> date:
        """The day by whose end a fallback has to be complete that was decided on that day."""
        return next(self._working(verdict + timedelta(days=1)))

    def _working(self, first: date) -> Iterator[date]:
        days = (first + timedelta(days=n) for n in count())
        return (day for day in days if not self.business_days or self._is_business(day))

    def _is_business(self, day: date) -> bool:
        return day.isoweekday() < _SATURDAY and day not in self.blocked


@dataclass(frozen=True, slots=True)
class Window:
    """What follows a cutover by one reading.

    Attributes:
        monitored: The days of monitoring, in order; the verdict is due at the end of the last.
        fallback_day: By whose end a fallback, if any, has to be complete.
        verdict_at, fallback_by: The ends of those days: aware, in the calendar's zone.
    """

    reading: Reading
    cutover: date
    monitored: tuple[date, ...]
    fallback_day: date
    verdict_at: datetime
    fallback_by: datetime


def end_of(day: date, zone: ZoneInfo) -> datetime:
    """The midnight that ends a day, in its zone: 23 or 25 hours after the one before where clocks are changed."""
    return datetime.combine(day + timedelta(days=1), time(), zone)


def start_of(day: date, zone: ZoneInfo) -> datetime:
    """The midnight that begins it."""
    return datetime.combine(day, time(), zone)


def days_in(text: str, where: str) -> tuple[date, ...]:
    """The days of `2026-12-24`, or of `2026-12-24/2027-01-03`, both included.

    Raises:
        UsageError: it is neither.
    """
    first, slash, last = text.partition("/")
    try:
        start, end = date.fromisoformat(first), date.fromisoformat(last if slash else first)
        if start > end or (end - start).days > 2 * 366:
            raise ValueError
    except ValueError:
        raise UsageError(
            f"{where}: {text!r} is no day or span of days; write 2026-12-24 or 2026-12-24/2027-01-03."
        ) from None
    return tuple(start + timedelta(days=n) for n in range((end - start).days + 1))
