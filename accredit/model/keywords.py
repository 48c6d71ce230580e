"""The keywords of a schema that a value can keep or break: all there are, and those that one value meets."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from accredit.model.pointers import Document, Node, escaped, find
from accredit.model.schema import Schemas

EXCUSE = "x-not-exercised"
"""Beside a status, a parameter, a field or an operation: why no run can be expected to exercise it. Where a reference has no
room beside it, the operation has a table: status or name of the parameter → why."""
_JUDGING = frozenset((
    "type", "enum", "const", "format", "pattern", "minLength", "maxLength", "minimum", "maximum", "exclusiveMinimum",
    "exclusiveMaximum", "multipleOf", "required", "dependentRequired", "minProperties", "maxProperties", "propertyNames",
    "minItems", "maxItems", "uniqueItems", "contains", "minContains", "maxContains", "anyOf", "oneOf", "not",
))  # fmt: skip
_OF_TYPE: Mapping[str, type | tuple[type, ...]] = {
    **dict.fromkeys(("minLength", "maxLength", "pattern", "format"), str),
    **dict.fromkeys(("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"), (int, float)),
    **dict.fromkeys(("minItems", "maxItems", "uniqueItems", "contains", "minContains", "maxContains"), list),
    **dict.fromkeys(("required", "dependentRequired", "minProperties", "maxProperties", "propertyNames"), dict),
    **dict.fromkeys(("additionalProperties", "unevaluatedProperties"), dict),
    **dict.fromkeys(("items", "unevaluatedItems"), list),
}
"""Keywords that say nothing of a value of another type."""
_CLOSING = ("additionalProperties", "unevaluatedProperties", "items", "unevaluatedItems")
"""These judge only where they are `false`."""
_BELOW = {
    "items": "[]",
    "contains": "[]",
    "additionalProperties": ".*",
    "unevaluatedProperties": ".*",
    "propertyNames": ".*",
}
_CHOOSING = ("anyOf", "oneOf", "not", "if", "contains")
_LISTS = ("anyOf", "oneOf", "allOf", "prefixItems")


@dataclass(frozen=True, slots=True)
class Keyword:
    """One place of a schema that judges.

    Attributes:
        at: Its pointer in the document.
        field: Where it is found in a body, `accruals[].email`; empty for the whole of it.
        chooses: It stands in an alternative or a condition: a value that it does not fit is passed over, and never breaks it.
    """

    at: str
    field: str
    word: str
    excuse: str = ""
    chooses: bool = False


def keywords_of(schema: Node) -> list[Keyword]:
    """Each once, in the order they stand."""
    return list(_walk(schema.document, schema.pointer, "", "", set(), False))


def keywords_met(schema: Node, schemas: Schemas, value: Any) -> set[str]:
    """Where the keywords stand that have something to say of `value`, whether it keeps them or not. Of alternatives, those that
    it does not fit are not met: it passes them over."""
    return set(_met(schema.document, schemas, schema.pointer, value))


def _met(document: Document, schemas: Schemas, pointer: str, value: Any) -> Iterator[str]:
    try:
        told = find(document, pointer)
    except ValueError:
        return  # an `if` without a `then`
    if not isinstance(told, Mapping):
        return
    for word, wanted in told.items():
        if _judges(word, wanted) and isinstance(value, _OF_TYPE.get(word, object)):
            yield f"{pointer}/{word}"
    if str(told.get("$ref", "")).startswith("#"):
        yield from _met(document, schemas, str(told["$ref"])[1:], value)
    for below, part in _parts(told, value):
        yield from _met(document, schemas, pointer + below, part)
    for below in _chosen(told, lambda below: schemas.at(pointer + below).fits(value)):
        yield from _met(document, schemas, pointer + below, value)


def _parts(told: Mapping[str, Any], value: Any) -> Iterator[tuple[str, Any]]:
    """Pointer from here of each schema for a part of `value`, and that part."""
    if isinstance(value, dict):
        known, patterns = told.get("properties", {}), told.get("patternProperties", {})
        for name, item in value.items():
            matching = [pattern for pattern in patterns if re.search(pattern, name)]
            yield from ((f"/patternProperties/{escaped(pattern)}", item) for pattern in matching)
            if name in known:
                yield f"/properties/{escaped(name)}", item
            elif not matching:
                yield from [("/additionalProperties", item)] if "additionalProperties" in told else ()
            yield from [("/propertyNames", name)] if "propertyNames" in told else ()
    elif isinstance(value, list):
        first = len(told.get("prefixItems", ()))
        yield from ((f"/prefixItems/{number}", item) for number, item in enumerate(value[:first]))
        yield from (("/items", item) for item in value[first:] if "items" in told)


def _chosen(told: Mapping[str, Any], fits: Callable[[str], bool]) -> Iterator[str]:
    """Pointer from here of each schema that holds for the whole of a value."""
    yield from (f"/allOf/{number}" for number in range(len(told.get("allOf", ()))))
    for word in ("anyOf", "oneOf"):
        yield from (f"/{word}/{number}" for number in range(len(told.get(word, ()))) if fits(f"/{word}/{number}"))
    if "if" in told:
        yield from ("/if", "/then") if fits("/if") else ("/else",)


def _judges(word: str, wanted: Any) -> bool:
    return word in _JUDGING or (word in _CLOSING and wanted is False)


def _walk(
    document: Document, pointer: str, field: str, excuse: str, seen: set[str], chooses: bool
) -> Iterator[Keyword]:
    told = find(document, pointer)
    if not isinstance(told, Mapping) or pointer in seen:
        return
    seen.add(pointer)
    excuse = str(told.get(EXCUSE, excuse))
    if str(told.get("$ref", "")).startswith("#"):
        yield from _walk(document, str(told["$ref"])[1:], field, excuse, seen, chooses)
    for word, value in told.items():
        if _judges(word, value):
            yield Keyword(f"{pointer}/{word}", field, word, excuse, chooses)
    for below, name in _schemas_below(told, field):
        inner = chooses or below.split("/")[1] in _CHOOSING
        yield from _walk(document, pointer + below, name, excuse, seen, inner)


def _schemas_below(told: Mapping[str, Any], field: str) -> Iterator[tuple[str, str]]:
    """Pointer from here, and field, of each schema that stands in this one."""
    for name in told.get("properties", ()):
        yield f"/properties/{escaped(name)}", f"{field}.{name}".lstrip(".")
    for name in told.get("patternProperties", ()):
        yield f"/patternProperties/{escaped(name)}", f"{field}.*".lstrip(".")
    for word, suffix in _BELOW.items():
        yield from [(f"/{word}", f"{field}{suffix}".lstrip("."))] if word in told else ()
    for word in ("not", "if", "then", "else"):
        yield from [(f"/{word}", field)] if word in told else ()
    for word in _LISTS:
        for number in range(len(told.get(word, ()))):
            yield f"/{word}/{number}", f"{field}[]" if word == "prefixItems" else field
