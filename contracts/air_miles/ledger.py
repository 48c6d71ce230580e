"""The programme's books: append-only entries of miles credited, taken back, or noted. Knows nothing of HTTP."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from accredit import Rules

from .offers import AMRP_OFFER, BONUS
from .transaction_day import day_of, is_change

CERTIFICATION = "certification"
CREDIT, DEBIT, NOTE = "credit", "debit", "note"
_LATE = timedelta(hours=1)
_LAG = timedelta(minutes=1)


@dataclass(frozen=True)
class Line:
    """One basket line that earned, or gave back, miles by AIR MILES' own calculation. Money in cents."""

    item: str
    quantity: int
    cents: int


@dataclass(frozen=True)
class Entry:
    """One line of the books. Nothing ever changes it.

    Attributes:
        kind: `credit`, `debit` or `note`; a note moves nothing.
        collector: None for a transaction of somebody who is no collector.
        transaction: The partner's own id of the basket or event.
        miles: Never negative; `kind` says which way they go.
        day: The Transaction Day.
        settles_at: Until then the entry is pending and counts for no balance.
        original: The transaction that a debit names as the one it takes back; empty when it names none.
    """

    kind: str
    environment: str
    collector: str | None
    operation: str
    transaction: str
    offer: str
    location: str
    miles: int
    day: date
    booked_at: datetime
    settles_at: datetime
    lines: tuple[Line, ...] = ()
    original: str = ""

    @property
    def effect(self) -> int:
        return {CREDIT: self.miles, DEBIT: -self.miles}.get(self.kind, 0)


class Ledger:
    """Entries in the order they were booked. `balance` is their sum, which is what Summary shows (seed:002)."""

    def __init__(self, rules: Rules) -> None:
        self._rules = rules
        self.entries: list[Entry] = []

    def day(self, checkout: datetime) -> date:
        """The Transaction Day of a checkout. Each defect has its own idea of it."""
        now, zone = self._rules.now(), self._rules.setting("time.zone")
        if self._rules.wrong("late_sales_land_today") and now - checkout > _LATE:
            checkout = now
        if self._rules.wrong("day_ends_an_hour_early"):
            checkout += timedelta(hours=1)
        found = day_of(checkout, zone)
        if self._rules.wrong("changes_of_clock_skip_a_day") and is_change(found):
            found += timedelta(days=1)
        return found

    def append(self, entry: Entry) -> None:
        self.entries.append(entry)

    def of(self, number: str, environment: str = CERTIFICATION) -> list[Entry]:
        """The collector's entries in one environment's books."""
        return [e for e in self.entries if e.collector == number and self._is_in(e, environment)]

    def posted(self, number: str, environment: str = CERTIFICATION) -> int:
        """The collector's miles, pending ones left out."""
        return sum(e.effect for e in self.of(number, environment) if self.is_settled(e))

    def balance(self, number: str, environment: str = CERTIFICATION) -> int:
        """The collector's miles as other parts of the programme are told them."""
        return self.posted(number, environment) - self._withheld(number, environment)

    def is_settled(self, entry: Entry) -> bool:
        if entry.settles_at > entry.booked_at:
            if self._rules.wrong("pending_never_settles"):
                return False
            if self._rules.wrong("pending_counts_at_once"):
                return True
        return self._rules.now() >= entry.settles_at

    def pending(self, environment: str = CERTIFICATION) -> list[Entry]:
        """What was accepted and has not come true yet, oldest first."""
        return [e for e in self.entries if self._is_in(e, environment) and not self.is_settled(e)]

    def days_report(self, day: date, environment: str = CERTIFICATION) -> dict[str, dict[str, int]]:
        """AIR MILES' side of a day's reconciliation: offer code → counts and miles of credits, reversals and pending."""
        report: dict[str, dict[str, int]] = {}
        for entry in self._on(day, environment):
            totals = report.setdefault(entry.offer, dict.fromkeys(_TOTALS, 0))
            kind = "pending" if not self.is_settled(entry) else "credits" if entry.kind == CREDIT else "reversals"
            totals[kind] += 1
            totals[f"{kind} miles"] += entry.effect if kind == "pending" else entry.miles
        return report

    def _on(self, day: date, environment: str) -> Iterator[Entry]:
        for entry in self.entries:
            if entry.kind == NOTE or entry.day != day or not self._is_in(entry, environment):
                continue
            if entry.operation in ("postEvent", "reverseEvent") and self._rules.wrong("day_report_leaves_out_events"):
                continue
            yield entry
            if entry.kind == DEBIT and self._rules.wrong("day_report_counts_reversals_twice"):
                yield entry

    def _is_in(self, entry: Entry, environment: str) -> bool:
        return entry.environment == environment or self._rules.wrong("environments_share_books")

    def _withheld(self, number: str, environment: str) -> int:
        """Miles of a bonus offer that a defect shows a minute late."""
        if not self._rules.wrong("bonus_shows_late"):
            return 0
        young = self._rules.now() - _LAG
        return sum(
            e.effect
            for e in self.of(number, environment)
            if e.offer == BONUS and self.is_settled(e) and e.booked_at > young
        )


_TOTALS = ("credits", "credits miles", "reversals", "reversals miles", "pending", "pending miles")

__all__ = ["AMRP_OFFER", "CERTIFICATION", "CREDIT", "DEBIT", "NOTE", "Entry", "Ledger", "Line"]
