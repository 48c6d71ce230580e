"""What of the contract a run has exercised: counted as it goes on, from what is not masked, and kept as names alone."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from accredit.model.promises import Body

KIND = "coverage"
Shape = object
_MOST_SHAPES = 2_000
"""A bound on memory; what is of yet another shape is looked through each time."""


@dataclass(slots=True)
class Keywords:
    """Where the schema keywords stand that bodies were held to, as JSON pointers.

    Attributes:
        bodies: How many there were.
        shapes: Those of bodies that fitted; another of the same shape adds nothing. Not kept on record.
    """

    bodies: int = 0
    kept: set[str] = field(default_factory=set)
    broken: set[str] = field(default_factory=set)
    shapes: set[Shape] = field(default_factory=set)

    def hold(self, value: Any, body: Body) -> None:
        """Adds what a body keeps and breaks of its schema."""
        shape = shape_of(value)
        if shape in self.shapes and body.fits(value):
            return
        kept, broken = body.reached(value)
        self.kept |= kept
        self.broken |= broken
        if kept and not broken and len(self.shapes) < _MOST_SHAPES:
            self.shapes.add(shape)

    def add(self, other: "Keywords") -> None:
        self.bodies += other.bodies
        self.kept |= other.kept
        self.broken |= other.broken

    def to_record(self) -> dict[str, Any]:
        return {"bodies": self.bodies, "kept": sorted(self.kept), "broken": sorted(self.broken)}

    @classmethod
    def from_record(cls, record: Mapping[str, Any]) -> "Keywords":
        return cls(record["bodies"], set(record["kept"]), set(record["broken"]))


@dataclass(slots=True)
class Exercise:
    """One operation, or one callback.

    Attributes:
        calls: How many were sent, or came in.
        generated: How many of them were generated.
        statuses: As documented (`200`, `2XX`) → how often it came.
        parameters: Key of a parameter → how often it was sent; left out it was in all other calls.
        bodies: `request application/json`, `200 application/json` → its keywords.
    """

    calls: int = 0
    generated: int = 0
    statuses: Counter[str] = field(default_factory=Counter)
    parameters: Counter[str] = field(default_factory=Counter)
    bodies: dict[str, Keywords] = field(default_factory=dict)

    def add(self, other: "Exercise") -> None:
        self.calls += other.calls
        self.generated += other.generated
        self.statuses.update(other.statuses)
        self.parameters.update(other.parameters)
        for name, keywords in other.bodies.items():
            self.bodies.setdefault(name, Keywords()).add(keywords)

    def to_record(self) -> dict[str, Any]:
        return {
            "calls": self.calls,
            "generated": self.generated,
            "statuses": dict(sorted(self.statuses.items())),
            "parameters": dict(sorted(self.parameters.items())),
            "bodies": {name: keywords.to_record() for name, keywords in sorted(self.bodies.items())},
        }

    @classmethod
    def from_record(cls, record: Mapping[str, Any]) -> "Exercise":
        bodies = {name: Keywords.from_record(told) for name, told in record["bodies"].items()}
        return cls(
            record["calls"], record["generated"], Counter(record["statuses"]), Counter(record["parameters"]), bodies
        )


def shape_of(value: object) -> Shape:
    """What a JSON value is made of: names and types, without what they hold."""
    if isinstance(value, dict):
        return tuple((name, shape_of(item)) for name, item in value.items())
    if isinstance(value, list):
        return frozenset(map(shape_of, value))
    return type(value)


@dataclass(slots=True)
class Exercised:
    """Everything that was, by operationId and by name of the callback."""

    operations: dict[str, Exercise] = field(default_factory=dict)
    callbacks: dict[str, Exercise] = field(default_factory=dict)

    def to_record(self) -> dict[str, Any]:
        """As each segment of a journal keeps it, at its end."""
        return {
            "kind": KIND,
            "operations": {name: exercise.to_record() for name, exercise in sorted(self.operations.items())},
            "callbacks": {name: exercise.to_record() for name, exercise in sorted(self.callbacks.items())},
        }


def exercised_from(records: Iterable[Mapping[str, Any]]) -> Exercised:
    """What all segments together exercised."""
    whole = Exercised()
    for record in records:
        for name, told in record["operations"].items():
            whole.operations.setdefault(name, Exercise()).add(Exercise.from_record(told))
        for name, told in record["callbacks"].items():
            whole.callbacks.setdefault(name, Exercise()).add(Exercise.from_record(told))
    return whole
