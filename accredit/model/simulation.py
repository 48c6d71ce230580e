"""What a provider's simulator is handed and what it gives back; the server that carries it lives in `wire`."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from random import Random
from typing import Any, ClassVar, Protocol


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


@dataclass(frozen=True, slots=True)
class Setup:
    """What a simulator is built from.

    Attributes:
        settings: Every setting of `provider.toml` by its dotted name, the partner's choice where there is one.
        now: The simulator's own clock: aware, UTC. Never the machine's.
        defects: Names of the defects that are switched on.
        random: The only source of chance, so that a run can be repeated.
    """

    settings: Mapping[str, Any]
    now: Callable[[], datetime]
    defects: frozenset[str]
    random: Random


class Rules:
    """What every part of a simulator goes by: the clock it is handed, the settings, its defects, and chance.

    Args:
        defects: The catalogue: every defect there is.
    """

    def __init__(self, setup: Setup, defects: Mapping[str, str]) -> None:
        self._setup, self._defects = setup, defects
        self.random = setup.random

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
