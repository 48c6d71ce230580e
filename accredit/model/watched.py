"""What a watch saw, folded from its records as they pass: calls by class, looks and gaps, statuses that became final. Pure."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from accredit.model.exchange import Exchange
from accredit.model.following import NOT_KNOWN, UNANSWERED, VANISHED, Followed, Missing, asked_in, followed_in, shown_in
from accredit.model.probe import Finality
from accredit.model.provider import Provider

TOLERATED = timedelta(seconds=2)
"""A time server may set a clock back by this much without anybody having moved it."""
_SUCCESS, _REDIRECT, _REFUSED, _BROKEN = 200, 300, 400, 500
_UNAUTHORISED, _TOO_MANY = 401, 429


class Class(StrEnum):
    """How a call ended."""

    FINE = "as promised"
    TOKEN = "token error"  # noqa: S105 - a name, no secret
    FIREWALL = "denied by the firewall"
    LIMITED = "429"
    REFUSED = "other 4xx"
    BROKEN = "5xx"
    UNREACHABLE = "unreachable"
    MISFIT = "not as the contract says"
    MISSING = "without the transaction asked for"


_NO_ERRORS = (Class.FINE, Class.LIMITED, Class.MISSING)
ERRORS = tuple(c for c in Class if c not in _NO_ERRORS)


@dataclass(frozen=True, slots=True)
class Schedule:
    """When a watch looks: from `began` on, every so often, until `until`, which is no look's time any more. Aware."""

    began: datetime
    until: datetime
    every: timedelta

    def times(self) -> Iterator[datetime]:
        at = self.began
        while at < self.until:
            yield at
            at += self.every

    @property
    def count(self) -> int:
        return max(0, -((self.began - self.until) // self.every))


@dataclass(frozen=True, slots=True)
class Look:
    """One round of probes. `failures`: why a probe came to nothing, by its name, but for what its exchanges tell."""

    due: datetime
    at: datetime
    failures: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Gap:
    """Looks that were due and not taken: nothing is known of that time."""

    first: datetime
    last: datetime
    count: int


@dataclass(slots=True)
class Watched:
    """Everything that was seen of a watch, or of a part of its time.

    Attributes:
        asked: Transaction → when the provider was asked for it last.
        missing: Those of them that the provider has not shown, and those it has lost sight of.
    """

    schedule: Schedule
    classes: Counter[Class] = field(default_factory=Counter)
    looks: list[Look] = field(default_factory=list)
    failed: set[datetime] = field(default_factory=set)
    followed: dict[str, Followed] = field(default_factory=dict)
    asked: dict[str, datetime] = field(default_factory=dict)
    missing: dict[str, Missing] = field(default_factory=dict)
    backwards: list[tuple[datetime, datetime]] = field(default_factory=list)
    last: datetime | None = None

    @property
    def calls(self) -> int:
        return self.classes.total()

    @property
    def errors(self) -> int:
        return sum(self.classes[c] for c in ERRORS)

    def due(self, now: datetime) -> list[datetime]:
        """The looks that should have been taken by now."""
        return [at for at in self.schedule.times() if at <= now]

    def gaps(self, now: datetime) -> list[Gap]:
        """Looks that were missed, those in a row together."""
        taken, gaps = {look.due for look in self.looks}, list[Gap]()
        for at in self.due(now - self.schedule.every):
            if at in taken:
                continue
            if gaps and at - gaps[-1].last == self.schedule.every:
                gaps[-1] = Gap(gaps[-1].first, at, gaps[-1].count + 1)
            else:
                gaps.append(Gap(at, at, 1))
        return gaps

    def longest_outage(self) -> timedelta:
        """The longest time in which every look failed: from the first of them to the next that did not, or to the last taken."""
        longest, since = timedelta(), None
        for look in sorted(self.looks, key=lambda look: look.due):
            if since is not None:
                longest = max(longest, look.due - since)
            since = (since or look.due) if look.due in self.failed else None
        return longest

    def share_final(self, seconds: float) -> tuple[int, int]:
        """Of how many followed transactions it is known whether they were final by that age, and how many were."""
        known = [f for f in self.followed.values() if f.is_final or f.seconds >= seconds]
        return sum(f.is_final and f.seconds <= seconds for f in known), len(known)


def class_of(exchange: Exchange, provider: Provider) -> Class:
    """How a call ended, by its record."""
    came = exchange.response
    if came is None:
        return Class.UNREACHABLE
    if provider.edge and provider.edge.marker in came.body:
        return Class.FIREWALL
    if came.status == _UNAUTHORISED or (exchange.operation == provider.auth.operation and came.status >= _REDIRECT):
        return Class.TOKEN
    if came.status == _TOO_MANY:
        return Class.LIMITED
    if came.status >= _BROKEN:
        return Class.BROKEN
    if came.status >= _REFUSED:
        return Class.REFUSED
    return Class.MISFIT if exchange.misfits or came.status >= _REDIRECT or exchange.error else Class.FINE


class Folded:
    """A watch while its records are read, in the order in which they were written."""

    def __init__(self, schedule: Schedule, provider: Provider, finality: Finality | None) -> None:
        self._provider, self._finality = provider, finality
        self.watched = Watched(schedule)
        self._ended: dict[str, Class] = {}

    def take(self, record: Mapping[str, Any]) -> Exchange | None:
        """One record; the exchange, if it is one."""
        kind = record["kind"]
        if kind == "exchange":
            exchange = Exchange.from_record(record)
            self._exchange(exchange)
            return exchange
        if kind == "look":
            self._look(record)
        elif kind in ("start", "clock"):
            self._ended.clear()
            self._tick(datetime.fromisoformat(record["at"]))
        return None

    def _exchange(self, exchange: Exchange) -> None:
        at = datetime.fromisoformat(exchange.sent_at)
        self._tick(at)
        ended = class_of(exchange, self._provider)
        if self._finality and exchange.operation == self._finality.operation:
            ended = self._follow(exchange, self._finality, at, ended)
        self.watched.classes[ended] += 1
        # A refused token is asked for anew at once, and what counts for the look is how a probe's last call went.
        self._ended[exchange.scenario] = ended

    def _follow(self, exchange: Exchange, how: Finality, at: datetime, ended: Class) -> Class:
        """How the call ended, once more: an answer as promised without the transaction that was asked for is not fine."""
        seen, fine = self.watched, ended is Class.FINE
        if fine:
            seen.followed.update(followed_in(exchange, how, at))
        if not (asked := asked_in(exchange, how)):
            return ended
        seen.asked[asked] = at
        if fine and asked in shown_in(exchange, how):
            seen.missing.pop(asked, None)
        elif fine or asked not in seen.followed:
            before = seen.missing.get(asked)
            words = VANISHED if asked in seen.followed else NOT_KNOWN if fine else UNANSWERED
            # One answer that does not know it is not undone by a later failure to answer.
            seen.missing[asked] = Missing(
                before.words if before and not fine else words, before.since if before else at, at
            )
        return Class.MISSING if fine and asked in seen.missing else ended

    def _look(self, record: Mapping[str, Any]) -> None:
        at, due = datetime.fromisoformat(record["at"]), datetime.fromisoformat(record["due"])
        self._tick(at)
        self.watched.looks.append(Look(due, at, dict(record["failures"])))
        if record["failures"] or set(self._ended.values()) - set(_NO_ERRORS):
            self.watched.failed.add(due)
        self._ended.clear()

    def _tick(self, at: datetime) -> None:
        last = self.watched.last
        if last is not None and last - at > TOLERATED:
            self.watched.backwards.append((last, at))
        self.watched.last = max(at, last or at)
