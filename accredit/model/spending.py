"""What was spent of a budget, folded from a ledger's records, and what of it is left. Counts what was sent. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from accredit.model.budget import Budget

UNKNOWN_FROM = 500
"""From this status on an answer does not say whether the request was acted on."""
LEEWAY = timedelta(seconds=2)
"""How far a clock may be set right backwards without anybody being asked."""


@dataclass(frozen=True, slots=True)
class Charge:
    """What one writing request takes of a budget, read from the very bytes that are about to leave.

    Attributes:
        points: That move by it, in either direction.
        roles: Who or what it is about, by role: `members: collecting`. No values.
        own: The partner's own id of it: a second request of that id is the same write. Empty when such requests have none.
        digest: Hex SHA-256 of method, target and body.
    """

    operation: str
    points: int
    roles: tuple[str, ...]
    own: str
    digest: str

    @property
    def write(self) -> tuple[str, str]:
        """What one write is told from another by."""
        return self.operation, self.own or self.digest


@dataclass(frozen=True, slots=True)
class Entry:
    """One writing request that was about to leave.

    Attributes:
        budget: SHA-256 of the budget's file.
        status: What was answered; None while nobody knows.
        unsent: It provably did not leave, and is not counted.
        settled: What somebody found out of it by looking at the provider: `arrived` or `absent`. Counted either way.
        torn: Nobody knows what it was: the ledger's last line was cut off while it was written.
    """

    number: int
    budget: str
    ticket: str
    run: str
    at: str
    charge: Charge
    status: int | None = None
    unsent: bool = False
    settled: str = ""
    torn: bool = False

    @property
    def is_clear(self) -> bool:
        """Whether it is known what became of it."""
        return self.unsent or bool(self.settled) or (self.status is not None and self.status < UNKNOWN_FROM)

    def __str__(self) -> str:
        """`write 3 of 2026-11-24T12:00:01.250Z: requestAccrual "tx-20261124T120000-a1b2c3-0001", 120 points`."""
        what = (
            "a line that was cut off"
            if self.torn
            else f'{self.charge.operation} "{self.charge.own or self.charge.digest[:12]}"'
        )
        return f"write {self.number} of {self.at}: {what}, {self.charge.points} points"


@dataclass(slots=True)
class Spent:
    """Everything that a ledger's records say, in their order."""

    id: str = ""
    last_at: datetime | None = None
    entries: dict[int, Entry] = field(default_factory=dict)

    def take(self, record: Mapping[str, Any]) -> None:
        """One record more.

        Raises:
            KeyError, ValueError, TypeError: it is none of ours.
        """
        kind, at = record["kind"], datetime.fromisoformat(record["at"])
        self.last_at = max(at, self.last_at or at)
        if kind == "ledger":
            self.id = str(record["id"])
        elif kind in ("spent", "torn"):
            self.entries[int(record["number"])] = _entry(record)
        else:
            known = self.entries[int(record["number"])]
            self.entries[known.number] = replace(known, **_learned(kind, record))

    @property
    def sent(self) -> Iterator[Entry]:
        """Everything that left, or may have."""
        return (entry for entry in self.entries.values() if not entry.unsent)

    def under(self, *, budget: str = "", ticket: str = "") -> tuple[int, int]:
        """Requests and points under a budget, or under a ticket whichever its budgets."""
        mine = [e for e in self.sent if (e.budget == budget if budget else e.ticket == ticket)]
        return len(mine), sum(e.charge.points for e in mine)

    def count(self, budget: str, operation: str) -> int:
        """Requests of an operation under a budget. What was cut off counts as one of each."""
        return sum(e.budget == budget and (e.torn or e.charge.operation == operation) for e in self.sent)

    def unclear(self, besides: str | None = None) -> tuple[Entry, ...]:
        """Writes of which nobody knows how they went, of every run but one. What was sent again and answered then is clear."""
        answered = {e.charge.write for e in self.entries.values() if e.is_clear and not e.unsent and not e.torn}
        return tuple(
            e for e in self.entries.values()
            if not e.is_clear and e.run != besides and (e.torn or e.charge.write not in answered)
        )  # fmt: skip


def objection(
    budget: Budget, digest: str, spent: Spent, charge: Charge, moment: datetime, again_on: tuple[int, ...]
) -> str:
    """Why a request may not leave at that moment; empty when it may.

    Args:
        again_on: Statuses after which the same bytes may be sent again, and count again.
    """
    return (moved_backwards(spent, moment) or budget.not_at(moment) or _repeats(spent, charge, again_on)
            or _beyond(budget, digest, spent, charge))  # fmt: skip


def moved_backwards(spent: Spent, moment: datetime) -> str:
    """Why that moment cannot be now: what was spent is of a later one. Empty when it can."""
    if spent.last_at is None or moment >= spent.last_at - LEEWAY:
        return ""
    return (f"the clock says {moment.isoformat()}, and the last that was spent is of {spent.last_at.isoformat()}: "
            "the clock was moved backwards; set it right and try again")  # fmt: skip


def _repeats(spent: Spent, charge: Charge, again_on: tuple[int, ...]) -> str:
    same = [e for e in spent.sent if not e.torn and e.charge.write == charge.write]
    if not same:
        return ""
    last, what = same[-1], f'{charge.operation} "{charge.own or charge.digest[:12]}"'
    if last.charge.digest != charge.digest:
        return f"{what} was sent before, with other contents; each write has an id of its own"
    if last.settled:
        return f"{what} was counted before, and was found to be {last.settled}; send what is missing under a new id"
    if last.status is None:
        return f"{what} was sent before, and nobody knows how it went; look at the provider before it is sent again"
    if charge.own and last.status not in again_on:
        return f"{what} was sent before, and was answered {last.status}; it is not sent again"
    return ""


def _beyond(budget: Budget, digest: str, spent: Spent, charge: Charge) -> str:
    allowed, ticket = budget.operations[charge.operation].count, budget.ticket
    sent, (_, points) = spent.count(digest, charge.operation), spent.under(budget=digest)
    requests_of_ticket, points_of_ticket = spent.under(ticket=ticket.name)
    if sent >= allowed:
        return f"the budget of {ticket.name} allows {allowed} of {charge.operation}, and {sent} were sent"
    if points + charge.points > budget.points.total:
        return f"the budget of {ticket.name} allows {budget.points.total} points, {points} were sent, and this is {charge.points} more"
    if requests_of_ticket >= ticket.requests:
        return f"the ticket {ticket.name} allows {ticket.requests} requests, and {requests_of_ticket} were sent"
    if points_of_ticket + charge.points > ticket.points:
        return f"the ticket {ticket.name} allows {ticket.points} points, {points_of_ticket} were sent, and this is {charge.points} more"
    return ""


def _learned(kind: str, record: Mapping[str, Any]) -> dict[str, Any]:
    """What a later record tells of a write."""
    if kind == "answered":
        return {"status": int(record["status"])}
    if kind == "settled":
        return {"settled": str(record["how"])}
    if kind == "unsent":
        return {"unsent": True}
    raise ValueError(f"a record of the kind {kind!r}")


def _entry(record: Mapping[str, Any]) -> Entry:
    points, torn = record["moved"], record["kind"] == "torn"
    if type(points) is not int or points < 0:
        raise ValueError(f"{points!r} points")
    charge = Charge(
        "" if torn else str(record["operation"]),
        points,
        () if torn else tuple(record["roles"]),
        "" if torn else str(record["own"]),
        "" if torn else str(record["sha256"]),
    )
    return Entry(
        int(record["number"]),
        str(record["budget"]),
        str(record["ticket"]),
        str(record["run"]),
        str(record["at"]),
        charge,
        torn=torn,
    )
