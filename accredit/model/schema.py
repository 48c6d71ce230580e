"""The doorman of jsonschema-rs: what a JSON value has that its schema does not allow."""

from collections.abc import Mapping
from functools import cache, cached_property
from typing import Any
from urllib.parse import quote, unquote

import jsonschema_rs

_DOCUMENT = "urn:contract"
_WORDS = {
    "type": "is no {types}",
    "required": "lacks {property}",
    "enum": "is none of the documented values",
    "const": "is not the documented value",
    "format": "is no {format}",
    "pattern": "does not match its pattern",
    "minLength": "is shorter than {limit}",
    "maxLength": "is longer than {limit}",
    "minimum": "is below {limit}",
    "maximum": "is above {limit}",
    "exclusiveMinimum": "is not above {limit}",
    "exclusiveMaximum": "is not below {limit}",
    "multipleOf": "is no multiple of {multiple_of}",
    "minItems": "has fewer items than {limit}",
    "maxItems": "has more items than {limit}",
    "uniqueItems": "repeats an item",
    "minProperties": "has fewer fields than {limit}",
    "maxProperties": "has more fields than {limit}",
    "additionalProperties": "has fields that are not documented",
    "unevaluatedProperties": "has fields that are not documented",
    "anyOf": "fits none of the alternatives",
    "oneOf": "does not fit exactly one of the alternatives",
    "falseSchema": "may not be there",
}


class Schema:
    """A schema where it stands in its document, compiled once."""

    def __init__(self, validator: jsonschema_rs.Validator) -> None:
        self._validator = validator

    def fits(self, value: Any) -> bool:
        try:
            return self._validator.is_valid(value)
        except ValueError:
            return False

    def misfits(self, value: Any, subject: str = "the body") -> list[str]:
        """Where and why `value` does not fit, one line each, without the value itself: `the body: points: is no integer`."""
        try:
            if self._validator.is_valid(value):
                return []
            errors = list(self._validator.iter_errors(value))
        except ValueError:
            return [f"{subject}: cannot be compared: it is nested too deeply, or holds what is no text"]
        return [
            f"{': '.join(filter(None, (subject, '.'.join(map(str, e.instance_path)))))}: {_told(e)}" for e in errors
        ]

    def broken(self, value: Any) -> set[str]:
        """Where the keywords stand that `value` breaks, as JSON pointers into the document."""
        try:
            return {_plain(e.absolute_keyword_location or "") for e in self._validator.iter_errors(value)}
        except ValueError:
            return set()


class Schemas:
    """The schemas of one document, by where they stand; references are followed within it. Nothing is ever fetched."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self._document = document
        self._made: dict[str, Schema] = {}

    @cached_property
    def _registry(self) -> jsonschema_rs.Registry:
        return jsonschema_rs.Registry([(_DOCUMENT, dict(self._document))], draft=jsonschema_rs.Draft202012)

    def at(self, pointer: str) -> Schema:
        """The schema that a JSON pointer leads to.

        Raises:
            ValueError: there is none to hold anything to; says why.
        """
        if pointer not in self._made:
            self._made[pointer] = Schema(_compiled({"$ref": f"{_DOCUMENT}#{quote(pointer)}"}, self._registry))
        return self._made[pointer]


def misfits(schema: Mapping[str, Any], value: Any) -> list[str]:
    """Where and why `value` does not fit a schema that is whole in itself."""
    return compiled(schema).misfits(value)


def compiled(schema: Mapping[str, Any]) -> Schema:
    """A schema that is whole in itself, for who holds many values to it.

    Raises:
        ValueError: it is no schema to hold anything to; says why.
    """
    return Schema(_compiled(schema, None))


def faults(schema: Mapping[str, Any]) -> str:
    """Why this is no schema to hold anything to; empty when it is one."""
    try:
        _compiled(schema, None)
    except ValueError as wrong:
        return str(wrong)
    return ""


def _compiled(schema: Mapping[str, Any], registry: jsonschema_rs.Registry | None) -> jsonschema_rs.Validator:
    try:
        return jsonschema_rs.validator_for(dict(schema), registry=registry, validate_formats=True, offline=True)
    except (jsonschema_rs.ValidationError, jsonschema_rs.ReferencingError, ValueError) as wrong:
        raise ValueError(str(wrong).splitlines()[0]) from None


@cache
def _plain(location: str) -> str:
    """The pointer in `urn:contract#/paths/~1%7Bid%7D`. There are as many as the contract has places."""
    return unquote(location.partition("#")[2])


def _told(error: jsonschema_rs.ValidationError) -> str:
    name, facts = error.kind.name, error.kind.as_dict()
    if name == "type":
        facts["types"] = " or ".join(facts["types"])
    return _WORDS[name].format(**facts) if name in _WORDS else f"breaks {name}"
