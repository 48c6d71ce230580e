"""What the contract promises of one operation's answers, and what somebody with the partner's token sees of it."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from accredit.model.contract import Operation
from accredit.model.provider import Auth
from accredit.model.simulation import Answer

Document = Mapping[str, Any]
JSON = "application/json"
REFUSALS = frozenset({400, 404, 409, 422})
"""Statuses of a request that was let in and then refused for what it says."""
_DEEPEST = 6
_FORMATS = {
    "date": "2026-11-21",
    "date-time": "2026-11-21T12:00:00Z",
    "uuid": "00000000-0000-4000-8000-000000000001",
    "email": "somebody@example.test",
    "uri": "https://example.test/",
}
_PLAIN = {"string": "text", "integer": 1, "number": 1, "boolean": True, "null": None}


@dataclass(frozen=True, slots=True)
class Field:
    """A declared field of a JSON answer.

    Attributes:
        path: Names from the answer's root; 0 stands for the first item of a list.
        schema: Its own, the reference followed.
        required: True when the object that holds it must have it.
    """

    path: tuple[str | int, ...]
    schema: Mapping[str, Any]
    required: bool

    @property
    def name(self) -> str:
        """`accruals[0].id`"""
        return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in self.path).lstrip(".")


@dataclass(frozen=True, slots=True)
class Surface:
    """One operation of the contract, as it is seen from outside.

    Attributes:
        document: The OpenAPI document it stands in.
        told: The operation there.
    """

    operation: Operation
    auth: Auth
    document: Document
    told: Mapping[str, Any]

    @property
    def is_reached(self) -> bool:
        """True when the partner's token opens it, or it is open to all."""
        schemes = self.operation.schemes
        own = not self.auth.scheme or self.auth.scheme in schemes or self.operation.id == self.auth.operation
        return not schemes or own

    @property
    def can_be_misused(self) -> bool:
        """True when a request can break what the contract says of its body or query."""
        asked = [resolved(self.document, told) for told in self.told.get("parameters", ())]
        return "requestBody" in self.told or any(p["in"] == "query" and p.get("required") for p in asked)

    @property
    def documented(self) -> frozenset[int]:
        """The statuses that are named; whole classes and `default` are not."""
        return frozenset(int(status) for status in self.told["responses"] if str(status).isdigit())

    @property
    def is_open_ended(self) -> bool:
        """True when any status may come."""
        return not all(str(status).isdigit() for status in self.told["responses"])

    @property
    def successes(self) -> list[int]:
        return sorted(status for status in self.documented if 200 <= status < 300)

    @property
    def refusals(self) -> frozenset[int]:
        return self.documented & REFUSALS

    def kinds(self, status: int) -> set[str]:
        """Content types that an answer of that status may have; empty when the contract says nothing of a body."""
        return set(self._content(status))

    def schema(self, status: int) -> Mapping[str, Any] | None:
        """The JSON Schema of an answer of that status, whole in itself; None where no JSON is promised."""
        told = self._content(status).get(JSON, {}).get("schema")
        return None if told is None else {**told, "components": self.document.get("components", {})}

    def fields(self, status: int) -> list[Field]:
        """Every declared field of a JSON answer of that status. Of a granted token all but the token itself, without which
        there would be no caller left to see what is wrong."""
        schema = self.schema(status)
        found = [] if schema is None else list(self._fields(schema, (), _DEEPEST))
        is_token = self.operation.id == self.auth.operation and status in self.successes
        return [field for field in found if not (is_token and field.path == (self.auth.token_field,))]

    def sample(self, status: int) -> Any:
        """A JSON answer of that status as the contract shows it, or as small as it allows; None where no JSON is promised."""
        schema = self.schema(status)
        return None if schema is None else self._sample(schema, _DEEPEST)

    def shown(self, status: int, path: tuple[str | int, ...]) -> Any:
        """What the contract shows at that place of a JSON answer: an object or a list that is there for a field's sake."""
        schema: Mapping[str, Any] = self.schema(status) or {}
        for step in path:
            schema = resolved(self.document, schema)
            schema = schema["items"] if isinstance(step, int) else schema["properties"][step]
        return self._sample(schema, _DEEPEST)

    def _content(self, status: int) -> Mapping[str, Any]:
        told = {str(named): answer for named, answer in self.told["responses"].items()}
        found: Mapping[str, Any] = resolved(self.document, told.get(str(status), {})).get("content", {})
        return found

    def _fields(self, schema: Mapping[str, Any], path: tuple[str | int, ...], depth: int) -> Iterator[Field]:
        schema = resolved(self.document, schema)
        if depth == 0:
            return
        for name, told in schema.get("properties", {}).items():
            yield Field((*path, name), resolved(self.document, told), name in schema.get("required", ()))
            yield from self._fields(told, (*path, name), depth - 1)
        if path and "items" in schema:
            yield from self._fields(schema["items"], (*path, 0), depth - 1)

    def _sample(self, schema: Mapping[str, Any], depth: int) -> Any:
        schema = resolved(self.document, schema)
        shown = [*schema.get("examples", ()), *(schema[name] for name in ("const", "example") if name in schema)]
        if shown or "enum" in schema:
            return shown[0] if shown else schema["enum"][0]
        types = schema.get("type", "object")
        kind = types if isinstance(types, str) else types[0]
        if kind == "object":
            chosen = schema.get("properties", {}) if depth else {}
            return {name: self._sample(told, depth - 1) for name, told in chosen.items()}
        if kind == "array":
            return [self._sample(schema["items"], depth - 1)] if schema.get("minItems") else []
        return _FORMATS.get(schema.get("format", "")) or schema.get("minimum") or _PLAIN[kind]


def shown_by(surface: Surface, answer: Answer) -> Callable[[tuple[str | int, ...]], Any]:
    """What the contract shows at each place of an answer like this one."""
    return lambda path: surface.shown(answer.status, path)


def resolved(document: Document, node: Mapping[str, Any]) -> Mapping[str, Any]:
    """What a reference within the document refers to; anything else as it is."""
    while "$ref" in node:
        found: Any = document
        for part in str(node["$ref"]).removeprefix("#/").split("/"):
            found = found[part.replace("~1", "/").replace("~0", "~")]
        node = found
    return node
