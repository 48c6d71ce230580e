"""What the provider sends of its own accord: expected by a scenario, compared with what was promised, never dropped."""

import base64
import json
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any
from urllib.parse import urlsplit

from accredit.model.contract import Contract
from accredit.model.errors import Unmet, UsageError
from accredit.model.exchange import GENERATED, NO_FINDING, OUR_OWN
from accredit.wire.clock import Clock
from accredit.wire.line import Line
from accredit.wire.receiver import Incoming


class Kind(StrEnum):
    """How a delivery compares with what was expected."""

    AS_PROMISED = "as promised"
    TURNED_AWAY = "turned away"
    ELSEWHERE = "elsewhere"
    GENERATED = GENERATED
    OUR_OWN = OUR_OWN
    DUPLICATE = "duplicate"
    CONTRADICTING = "contradicting"
    LATE = "late"
    UNMATCHED = "unmatched"
    FORGED = "forged"
    MALFORMED = "malformed"
    UNAUTHORISED = "unauthorised"
    TOO_LARGE = "too large"
    BROKEN_OFF = "broken off"
    UNREADABLE = "unreadable"


_ANSWERED = {
    Kind.OUR_OWN: 204,
    Kind.ELSEWHERE: 404,
    Kind.MALFORMED: 400,
    Kind.UNAUTHORISED: 401,
    Kind.TOO_LARGE: 413,
    Kind.BROKEN_OFF: 408,
    Kind.UNREADABLE: 500,
}
"""All others are acknowledged: what was understood need not be sent again."""


@dataclass(frozen=True, slots=True)
class Delivered:
    """One delivery.

    Attributes:
        exchange: Its number in the run.
        headers: Names in lower case.
        json: The body, when it is JSON; None otherwise.
        at: By the run's clock.
        seconds: Since it was expected; 0 when it was not.
        asked_for: Whether it could be told whose it is.
    """

    exchange: int
    kind: Kind
    headers: Mapping[str, str]
    body: bytes
    json: Any
    at: datetime
    seconds: float
    scenario: str
    asked_for: bool


@dataclass(eq=False, slots=True)
class Expected:
    """A delivery that a scenario waits for.

    Attributes:
        by: Fields of its body that say which it is.
        echo: Fields that must then be as they were sent.
        within: Seconds of the run's clock.
        basic: Credentials it must show; None when it needs none.
    """

    callback: str
    by: Mapping[str, Any]
    echo: Mapping[str, Any]
    within: float
    basic: tuple[str, str] | None
    since: datetime
    scenario: str
    came: list[Delivered] = field(default_factory=list)

    def __str__(self) -> str:
        return f"{self.callback} with " + ", ".join(f"{name} {value!r}" for name, value in self.by.items())


class Callbacks:
    """Every delivery of one run. Safe for threads: deliveries come in one, steps wait in another.

    Args:
        url: What the provider is told; whatever comes to another place is on record and nobody's finding.
        private: Nobody but the provider knows the place, as with a simulator; then what nobody asked for is its doing, and a
            finding of the scenario under way. Otherwise it leaves the run's verdict unknown.
    """

    def __init__(self, contract: Contract, line: Line, clock: Clock, url: str, *, private: bool) -> None:
        self._contract, self._line, self._clock = contract, line, clock
        self.url, self._path, self._private = url, urlsplit(url).path, private
        self._lock = threading.RLock()
        self._expected: list[Expected] = []
        self._all: list[Delivered] = []
        self._claimed: set[int] = set()
        self._away = 0
        self.mark = ""
        """What the path of a request of our own ends in, while one is under way; empty when none is."""

    @property
    def generated(self) -> str:
        """The place that generated requests name. What comes there belongs to none in particular, and has to fit the contract."""
        return self.url_for("generated")

    def url_for(self, name: str) -> str:
        """A place of its own below `url`."""
        return f"{self.url}/{name}"

    def turn_away(self, status: int) -> None:
        """Answers every delivery with this status, as a receiver does that is out of order, until it is called with 0."""
        self._away = status

    def expect(self, callback: str, *, by: Mapping[str, Any], echo: Mapping[str, Any] | None = None, within: float,
               basic: tuple[str, str] | None = None) -> Expected:  # fmt: skip
        """Tells of a delivery to come. To be told before the call that brings it about: it may be quicker than the answer.

        Raises:
            UsageError: the contract has no callback of that name.
        """
        if callback not in self._contract.callbacks:
            known = ", ".join(self._contract.callbacks) or "none"
            raise UsageError(f"{callback}: no such callback in the contract; it has {known}.")
        if basic:
            self._line.mask.learn("password", basic[1])
        expected = Expected(callback, by, echo or {}, within, basic, self._clock.now(), self._line.scenario)
        with self._lock:
            self._expected.append(expected)
        return expected

    def wait_for(self, expected: Expected, count: int = 1) -> Delivered:
        """The first delivery, or the `count`th, of whatever kind; ends the moment it is there.

        Raises:
            Unmet: it did not come in time.
        """
        left = expected.within - (self._clock.now() - expected.since).total_seconds()
        if not self._clock.wait_for(lambda: len(expected.came) >= count, max(left, 0)):
            raise Unmet(f"a delivery of {expected}", f"one within {expected.within:g} seconds",
                        f"{len(expected.came)} of {count}")  # fmt: skip
        return expected.came[count - 1]

    def all_for(self, expected: Expected) -> list[Delivered]:
        """Everything that came for it so far."""
        self.settle()
        return list(expected.came)

    def settle(self) -> None:
        """Lets everything be delivered that is due by now."""
        self._clock.wait(0)

    def claim(self, kind: str) -> list[Delivered]:
        """Deliveries of that kind to the scenario under way, which knows of them: they are no finding any more."""
        wanted = Kind(kind)
        self.settle()
        with self._lock:
            found = [d for d in self._all if d.kind is wanted and d.scenario == self._line.scenario]
            for delivered in found:
                self._claimed.add(delivered.exchange)
                self._line.claim(delivered.exchange)
        return found

    def unclaimed(self, scenario: str) -> list[Delivered]:
        """What came to a scenario, is not as promised, and of which it did not know."""
        with self._lock:
            return [d for d in self._all if d.scenario == scenario and d.kind not in NO_FINDING
                    and d.exchange not in self._claimed and (d.asked_for or self._private)]  # fmt: skip

    def take(self, incoming: Incoming) -> int:
        """Judges and records a request that came in; the status to answer. Whatever it holds, it is on record."""
        try:
            return self._taken(incoming)
        except Exception as fault:
            error = f"our own fault, {type(fault).__name__}"
            self._line.receive(incoming.method, self._path, (), b"", status=500, error=error, callback="",
                               delivery=Kind.UNREADABLE.value, scenario=None)  # fmt: skip
            return _ANSWERED[Kind.UNREADABLE]

    def _taken(self, incoming: Incoming) -> int:
        with self._lock:
            now = self._clock.now()
            told, expected = self._correlated(incoming)
            kind, fault = self._judged(incoming, told, expected, now)
            status = self._away or _ANSWERED.get(kind, 200)
            number = self._line.receive(incoming.method, incoming.target, incoming.headers, incoming.body, status=status, error=fault,
                                        callback=expected.callback if expected else "", delivery=kind.value,
                                        scenario=expected.scenario if expected else None)  # fmt: skip
            if expected or kind is Kind.GENERATED:
                self._line.witness.delivered(self._named(expected, told), incoming.body, told)
            headers = {name.lower(): value for name, value in incoming.headers}
            seconds = (now - expected.since).total_seconds() if expected else 0.0
            owner = expected.scenario if expected else self._line.scenario
            delivered = Delivered(number, kind, headers, incoming.body, told, now, seconds, owner, expected is not None)
            if kind is not Kind.GENERATED:
                self._all.append(delivered)
            if expected and kind is not Kind.TURNED_AWAY:
                expected.came.append(delivered)
        self._clock.tell()
        return status

    def _is_here(self, target: str) -> bool:
        path = target.partition("?")[0]
        return path == self._path or path.startswith(f"{self._path}/")

    def _correlated(self, incoming: Incoming) -> tuple[Any, Expected | None]:
        if not self._is_here(incoming.target):
            return None, None
        try:
            told = json.loads(incoming.body)
        except (ValueError, RecursionError):
            return None, None
        if not isinstance(told, dict):
            return told, None
        return told, next((e for e in reversed(self._expected) if _holds(told, e.by)), None)

    def _judged(self, incoming: Incoming, told: Any, expected: Expected | None, now: datetime) -> tuple[Kind, str]:
        """How it compares, and why."""
        if self.mark and incoming.target.endswith(self.mark):
            return Kind.OUR_OWN, ""
        if not self._is_here(incoming.target):
            return Kind.ELSEWHERE, "not a place that the provider was told of"
        if self._away:
            return Kind.TURNED_AWAY, f"answered {self._away} on purpose"
        if incoming.fault:
            return Kind(incoming.fault), f"{len(incoming.body)} bytes were read"
        if told is None:
            return Kind.MALFORMED, "no JSON"
        if expected is None:
            return self._stranger(told, asked_for=incoming.target.startswith(urlsplit(self.generated).path))
        if expected.basic and not _shows(incoming.header("authorization"), expected.basic):
            return Kind.UNAUTHORISED, "wrong or missing credentials"
        if wrong := self._contract.callbacks[expected.callback].misfits(told):
            return Kind.MALFORMED, "; ".join(wrong)
        if different := [name for name, value in expected.echo.items() if told.get(name) != value]:
            return Kind.FORGED, f"another {', '.join(different)} than was sent"
        if earlier := [d for d in expected.came if d.kind in (Kind.AS_PROMISED, Kind.LATE)]:
            return (
                Kind.DUPLICATE if earlier[0].json == told else Kind.CONTRADICTING
            ), f"after exchange {earlier[0].exchange}"
        if (seconds := (now - expected.since).total_seconds()) > expected.within:
            return Kind.LATE, f"{seconds:.3f} seconds, {expected.within:g} were agreed"
        return Kind.AS_PROMISED, ""

    def _named(self, expected: Expected | None, told: Any) -> str:
        """The callback that a delivery is; of one that nobody waits for, the first that it fits."""
        fitting = (name for name, body in self._contract.callbacks.items() if body.fits(told))
        return expected.callback if expected else next(fitting, "")

    def _stranger(self, told: Any, *, asked_for: bool) -> tuple[Kind, str]:
        if all(body.misfits(told) for body in self._contract.callbacks.values()):
            return Kind.MALFORMED, "fits no callback of the contract"
        return (Kind.GENERATED, "") if asked_for else (Kind.UNMATCHED, "nothing of ours asked for it")


def described(deliveries: Sequence[Delivered]) -> str:
    """`exchange 12 (duplicate), exchange 13 (late)`."""
    return ", ".join(f"exchange {d.exchange} ({d.kind.value})" for d in deliveries)


def _holds(told: Mapping[str, Any], fields: Mapping[str, Any]) -> bool:
    return all(told.get(name) == value for name, value in fields.items())


def _shows(header: str, pair: tuple[str, str]) -> bool:
    scheme, _, shown = header.partition(" ")
    return scheme.lower() == "basic" and shown.strip() == base64.b64encode(":".join(pair).encode()).decode()
