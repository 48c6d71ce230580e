"""What a schema allows, said in one way whatever specification and whatever words it was written with."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from accredit.model.drift.document import Node

Nodes = tuple[Node, ...]
"""Schemas that hold together, all of them."""

ANYTHING = frozenset({"null", "boolean", "object", "array", "number", "string"})


@dataclass(frozen=True, slots=True)
class Shape:
    """What a value may be.

    Attributes:
        key: Equal for the same schemas of the same document.
        types: JSON types; `number` has `integer` in it.
        enum: The values it may have, null left to `types`; None for any.
        limits: Word of JSON Schema → number, and whether that number itself is out of bounds.
        required: Names of fields that must be there.
        others: Schema of the fields beyond `fields`; True when they are free, False when there are none.
        choices: Whole shapes, one of which it must have; none when there is but one.
        name: Of the shared schema, when it is one.
        opaque: What cannot be compared, as it is written.
    """

    key: tuple[int, ...]
    types: frozenset[str]
    enum: tuple[Any, ...] | None
    format: str
    patterns: frozenset[str]
    limits: Mapping[str, tuple[float, bool]]
    multiple: float | None
    fields: Mapping[str, Nodes]
    required: frozenset[str]
    items: Nodes
    others: Nodes | bool
    choices: tuple[Nodes, ...]
    name: str
    opaque: str
    inferred: bool
    read_only: bool
    write_only: bool
    default: str

    @property
    def in_words(self) -> str:
        """`string, date-time`."""
        said = [*types_in_words(self.types), *([self.format] if self.format else [])]
        return ", ".join(said) or "nothing"


def types_in_words(types: frozenset[str]) -> list[str]:
    """In alphabetical order, `any type` for all."""
    return ["any type"] if types >= ANYTHING else sorted(types)


def holds(types: frozenset[str], type_: str) -> bool:
    return type_ in types or (type_ == "integer" and "number" in types)
