"""What a watch saw, folded from its records as they pass: calls by class, looks and gaps, statuses that became final. Pure."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from accredit.model.exchange import Exchange
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


ERRORS = tuple(c for c in Class if c not in (Class.FINE, Class.LIMITED))


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


@dataclass(frozen=True, slots=True)
class Followed:
    """A transaction as it was seen last: seconds from its beginning to its end, or to that sight while it is not final."""

    status: str
    is_final: bool
    seconds: float


@dataclass(slots=True)
class Watched:
    """Everything that was seen of a watch, or of a part of its time."""

    schedule: Schedule
    classes: Counter[Class] = field(default_factory=Counter)
    looks: list[Look] = field(default_factory=list)
    failed: set[datetime] = field(default_factory=set)
    followed: dict[str, Followed] = field(default_factory=dict)
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
        self.watched.classes[ended] += 1
        # A refused token is asked for anew at once, and what counts for the look is how a probe's last call went.
        self._ended[exchange.scenario] = ended
        if self._finality and exchange.operation == self._finality.operation and ended is Class.FINE:
            self.watched.followed.update(_followed(exchange, self._finality, at))

    def _look(self, record: Mapping[str, Any]) -> None:
        at, due = datetime.fromisoformat(record["at"]), datetime.fromisoformat(record["due"])
        self._tick(at)
        self.watched.looks.append(Look(due, at, dict(record["failures"])))
        if record["failures"] or set(self._ended.values()) - {Class.FINE, Class.LIMITED}:
            self.watched.failed.add(due)
        self._ended.clear()

    def _tick(self, at: datetime) -> None:
        last = self.watched.last
        if last is not None and last - at > TOLERATED:
            self.watched.backwards.append((last, at))
        self.watched.last = max(at, last or at)


def _followed(exchange: Exchange, how: Finality, at: datetime) -> Iterable[tuple[str, Followed]]:
    try:
        told = json.loads(exchange.response.body if exchange.response else "")
        items = told[how.items]
        for item in items:
            began, is_final = datetime.fromisoformat(item[how.began]), item[how.status] in how.final
            ended = datetime.fromisoformat(item[how.ended]) if is_final else at
            yield (
                str(item[how.key]),
                Followed(str(item[how.status]), is_final, max(0.0, (ended - began).total_seconds())),
            )
    except (ValueError, LookupError, TypeError):
        return  # an answer of another shape tells nothing; that it does not fit the contract counts elsewhere
