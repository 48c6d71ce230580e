"""One difference between two runs, and what is made of all that are the same: a finding under an id that its content gives it."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from accredit.model.drift.difference import shown

Field = Literal["technical", "commercial"]
MOST_PLACES = 20
"""Of one finding that are named, the rest are counted."""


@dataclass(frozen=True, slots=True)
class Kind:
    """What can differ: which of the two validations it concerns, and the sentence that says so."""

    field: Field
    says: str


KINDS: Mapping[str, Kind] = {
    "outcome": Kind("technical", "A requirement came out otherwise."),
    "scenario-missing": Kind("technical", "A scenario was not run on one side, and nobody chose so."),
    "scenario-extra": Kind("technical", "Production ran a scenario that the other run did not."),
    "told": Kind("technical", "The runs were made with other settings or claims."),
    "flow-missing": Kind("technical", "A call is missing in production."),
    "flow-extra": Kind("technical", "Production has one call more."),
    "flow-order": Kind("technical", "A call comes at another place in the flow."),
    "unsteady": Kind("technical", "What was final changed again."),
    "no-answer": Kind("technical", "One side drew an answer and the other none."),
    "status": Kind("technical", "Another status."),
    "host": Kind("technical", "The request went to another host or base path."),
    "path": Kind("technical", "Another method or path."),
    "query": Kind("technical", "A query parameter is on one side only."),
    "header-missing": Kind("technical", "A header is missing in production."),
    "header-extra": Kind("technical", "A header is there in production only."),
    "header": Kind("technical", "A header says something else."),
    "body": Kind("technical", "A body is empty, or no JSON, on one side only."),
    "field-missing": Kind("technical", "A field is missing in production."),
    "field-extra": Kind("technical", "A field is there in production only."),
    "type": Kind("technical", "A value has another type."),
    "null": Kind("technical", "A value is null on one side only."),
    "array": Kind("technical", "A list is empty on one side only."),
    "value": Kind("technical", "A value that has to be the same is another."),
    "format": Kind("technical", "A value is written in another format."),
    "message": Kind("technical", "A refusal says something else."),
    "echo": Kind("technical", "A value is no longer the one that was told before."),
    "repeat": Kind("technical", "A value that was new repeats one that was told before."),
    "delivery": Kind("technical", "A delivery compares otherwise with what was promised."),
    "not-different": Kind("technical", "What must differ, or must be there on one side only, is not so."),
    "quantity": Kind("commercial", "Another quantity."),
    "amount": Kind("commercial", "Another amount."),
    "currency": Kind("commercial", "Another currency or unit."),
    "product": Kind("commercial", "Another product."),
    "rule": Kind("commercial", "Another rule."),
    "partner": Kind("commercial", "Another partner."),
    "member": Kind("commercial", "Another member than the one that was told before."),
    "balance": Kind("commercial", "The balance moved otherwise."),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that is otherwise, once.

    Attributes:
        operation: operationId, a callback's name, or empty for what concerns a whole scenario or run.
        place: `response.body.accruals[].points`.
        wanted: What the first run has there, in words; never a value that must differ between runs.
        got: What production has there.
        scenario: Empty for what concerns the whole run.
        first, second: Numbers of the exchanges; 0 for none.
    """

    kind: str
    operation: str
    place: str
    wanted: str
    got: str
    scenario: str = ""
    first: int = 0
    second: int = 0

    @property
    def content(self) -> tuple[str, ...]:
        """What makes two differences the same finding."""
        return (self.kind, self.operation, self.place, self.wanted, self.got)


@dataclass(frozen=True, slots=True)
class Finding:
    """Differences that are the same, wherever they show."""

    differences: tuple[Difference, ...]

    @property
    def first(self) -> Difference:
        return self.differences[0]

    @property
    def id(self) -> str:
        """`P-1a2b3c4d`."""
        return f"P-{hashlib.sha256(json.dumps(self.first.content).encode()).hexdigest()[:8]}"

    @property
    def kind(self) -> Kind:
        return KINDS[self.first.kind]

    def to_record(self) -> dict[str, object]:
        """As the signed record tells it."""
        told = self.first
        return {
            "id": self.id, "kind": told.kind, "field": self.kind.field, "says": self.kind.says, "operation": told.operation,
            "place": told.place, "expected": told.wanted, "got": told.got, "count": len(self.differences),
            "where": [{"scenario": d.scenario, "first": d.first, "second": d.second} for d in self.differences[:MOST_PLACES]],
        }  # fmt: skip


def difference(kind: str, operation: str, place: str, wanted: object, got: object) -> Difference:
    """A difference whose values came over the wire: each as one short line."""
    return Difference(kind, operation, shown(place), shown(wanted), shown(got))


def grouped(differences: Iterable[Difference]) -> tuple[Finding, ...]:
    """By content; commercial ones first, then as they came."""
    groups: dict[tuple[str, ...], list[Difference]] = {}
    for one in differences:
        groups.setdefault(one.content, []).append(one)
    found = [Finding(tuple(group)) for group in groups.values()]
    return tuple(sorted(found, key=lambda finding: finding.kind.field != "commercial"))
