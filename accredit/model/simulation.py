"""What a provider's simulator is handed and what it gives back; the server that carries it lives in `wire`."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from random import Random
from string import ascii_lowercase, ascii_uppercase, digits
from typing import Any, ClassVar, Protocol

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_FIRST_BORN, _DAYS_OF_BIRTH = date(1940, 1, 1), 60 * 365
"""Of age, whatever a programme asks for."""


class Cut(StrEnum):
    """Where the line breaks while an answer is on its way."""

    NOWHERE = "nowhere"
    BEFORE_THE_ANSWER = "before the answer"
    MIDWAY = "midway"


@dataclass(frozen=True, slots=True)
class Call:
    """One request as the simulator sees it.

    Attributes:
        operation: The contract's operationId, or None when method and path belong to none.
        service: The document that operation stands in, by its stem; empty without one.
        environment: `certification` or `production`: which of the provider's two doors it came through.
        path: Percent-decoded, with the environment's base path still in front.
        target: Path and query exactly as sent: what a signature covers.
        query: Every value of every parameter, in the order sent.
        headers: Names in lower case.
    """

    operation: str | None
    environment: str
    method: str
    path: str
    query: Mapping[str, list[str]]
    headers: Mapping[str, str]
    body: bytes
    service: str = ""
    target: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the simulator says back. A cut answer reaches the caller as a broken connection."""

    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    cut: Cut = Cut.NOWHERE

    @classmethod
    def of_json(cls, status: int, value: object) -> "Answer":
        """An answer of `application/json`."""
        return cls(status, json.dumps(value, ensure_ascii=False).encode(), {"content-type": "application/json"})

    @classmethod
    def of_text(cls, status: int, text: str, content_type: str = "text/plain") -> "Answer":
        """An answer of text in UTF-8."""
        return cls(status, text.encode(), {"content-type": f"{content_type}; charset=utf-8"})


@dataclass(frozen=True, slots=True)
class Delivery:
    """One thing that a provider sends of its own accord: a callback, a notification.

    Attributes:
        callback: Its name in the contract.
        headers: All that are sent, `content-type` included.
        told: Called with the status that was answered, or None when nobody answered. Retries begin here.
    """

    callback: str
    url: str
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)
    told: Callable[[int | None], None] = lambda _: None


class Canaries:
    """Secret and personal values that are made up for one run, by what they are called. Whatever is declared, none of them may be found
    in anything the run writes: so a rule that is missing shows.

    Who a generated request is about, such as a member's number, is marked and not drawn: the same seed has to give the same requests.

    Args:
        chance: Another one in every run. Without it shapes are kept as they are.

    Attributes:
        planted: Value → every declared name under which it stands.
        excused: Declared name → why no value of it could be looked for.
    """

    def __init__(self, chance: Random | None = None) -> None:
        self._chance = chance
        self._drawn: dict[tuple[str, str], str] = {}
        self.planted: dict[str, tuple[str, ...]] = {}
        self.excused: dict[str, str] = {}

    def like(self, name: str, shape: str, *also: str) -> str:
        """A value that nobody ever had: a day for a day, else letters for the shape's letters, digits for its digits; what follows an @
        is kept. The same for the same shape, as long as the run lasts.

        Args:
            also: Other names under which it stands, or above it.
        """
        if (name, shape) not in self._drawn:
            free, at, kept = shape.partition("@")
            drawn = self._another_day(shape) if _DAY.fullmatch(shape) else "".join(map(self._another, free)) + at + kept
            self._drawn[name, shape] = self.mark(name, drawn, *also)
        return self._drawn[name, shape]

    def mark(self, name: str, value: str, *also: str) -> str:
        """A value that is what it has to be, such as a token that was drawn already; gives it back."""
        self.planted[value] = tuple(dict.fromkeys((*self.planted.get(value, ()), name, *also)))
        return value

    def excuse(self, why: str, *names: str) -> None:
        """Says why nothing that these names carry can be told from what stands there by chance."""
        self.excused |= dict.fromkeys(names, why)

    def _another_day(self, shape: str) -> str:
        return str(_FIRST_BORN + timedelta(days=self._chance.randrange(_DAYS_OF_BIRTH))) if self._chance else shape

    def _another(self, c: str) -> str:
        alphabet = digits if c.isdigit() else ascii_lowercase if c.islower() else ascii_uppercase if c.isupper() else c
        return self._chance.choice(alphabet) if self._chance else c


@dataclass(frozen=True, slots=True)
class Setup:
    """What a simulator is built from.

    Attributes:
        settings: Every setting of `provider.toml` by its dotted name, the partner's choice where there is one.
        now: The simulator's own clock: aware, UTC. Never the machine's.
        defects: Names of the defects that are switched on.
        random: The only source of chance, so that a run can be repeated; but for the canaries, which nothing depends on.
    """

    settings: Mapping[str, Any]
    now: Callable[[], datetime]
    defects: frozenset[str]
    random: Random
    canaries: Canaries = field(default_factory=Canaries)


class Rules:
    """What every part of a simulator goes by: the clock it is handed, the settings, its defects, and chance.

    Args:
        defects: The catalogue: every defect there is.
    """

    def __init__(self, setup: Setup, defects: Mapping[str, str]) -> None:
        self._setup, self._defects = setup, defects
        self.random, self.canaries = setup.random, setup.canaries

    def now(self) -> datetime:
        """Aware, UTC. Never the machine's clock."""
        return self._setup.now()

    def setting(self, name: str) -> Any:
        """What stands in `provider.toml` under that dotted name, or what the partner chose instead."""
        return self._setup.settings[name]

    def wrong(self, defect: str) -> bool:
        """True when that defect is switched on. A name that the catalogue lacks is a slip, and raises KeyError."""
        return bool(self._defects[defect]) and defect in self._setup.defects


class Simulation(Protocol):
    """What `contracts/<provider>/simulator.py` must offer, as a class named `Simulator` built from a `Setup`.

    Public methods beyond these are its control channel: steps of `@simulator` scenarios call them by name. One that sends of
    its own accord has an `outbox`.
    """

    DEFECTS: ClassVar[Mapping[str, str]]
    """Name of each defect → one sentence saying how the simulator is then wrong."""

    def __init__(self, setup: Setup) -> None: ...

    def answer(self, call: Call) -> Answer:
        """Answer one request. Called by one thread at a time."""

    def access(self, environment: str) -> Mapping[str, str]:
        """The secrets a partner would have been given for that environment, by their names in `provider.toml`."""

    def roles(self, environment: str) -> Mapping[str, Any]:
        """Members, products and the like by role, in the shape of the partner's `accredit.toml`."""
