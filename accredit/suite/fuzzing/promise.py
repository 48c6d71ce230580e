"""Tells what of the contract a generated request breaks as it travels, parameter by parameter and the body.

The stock check lets off a request of which one query parameter is wrong for the sake of another that is right.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple
from urllib.parse import parse_qsl

from accredit.model.schema import Schema, compiled
from accredit.suite.fuzzing.bindings import Node, operations, own
from accredit.suite.fuzzing.generator import Drawn

_FORM = "application/x-www-form-urlencoded"


class _Parameter(NamedTuple):
    """`name` is in lower case where that of a header is meant, whose case says nothing."""

    place: str
    name: str
    required: bool
    schema: Schema

    @property
    def words(self) -> str:
        return f"{self.place}.{self.name}"


class _Operation(NamedTuple):
    parameters: tuple[_Parameter, ...]
    bodies: Mapping[str, Schema]
    needs_body: bool


class Promise:
    """One contract document, as requests are held to it. What it does not name is not forbidden."""

    def __init__(self, document: Node) -> None:
        self._document = document
        self._told = {operation["operationId"]: operation for operation in operations(document)}
        self._made: dict[str, _Operation] = {}

    def breaks(self, drawn: Drawn) -> frozenset[str]:
        """What is not as the contract has it, in words without a value: `query.from: is no date`; empty when all is."""
        return frozenset(self._broken(drawn))

    def broken_by(self, drawn: Drawn) -> str:
        """The first place that is not as the contract has it: `query.from`, `body`; empty when all is."""
        return next(self._broken(drawn), "").partition(":")[0]

    def _broken(self, drawn: Drawn) -> Iterator[str]:
        if drawn.operation not in self._made:
            self._made[drawn.operation] = self._compiled(self._told[drawn.operation])
        operation = self._made[drawn.operation]
        for parameter in operation.parameters:
            yield from _parameter_breaks(parameter, _sent(drawn, parameter.place))
        yield from _body_breaks(operation, drawn)

    def _compiled(self, told: Node) -> _Operation:
        body = own(self._document, told.get("requestBody", {}))
        parameters = (own(self._document, parameter) for parameter in told.get("parameters", ()))
        return _Operation(
            tuple(
                _Parameter(p["in"], _named(p["in"], p["name"]), bool(p.get("required")), self._schema(p))
                for p in parameters
            ),
            {kind: self._schema(content) for kind, content in body.get("content", {}).items()},
            bool(body.get("required")),
        )

    def _schema(self, told: Node) -> Schema:
        return compiled({**told.get("schema", {}), "components": self._document.get("components", {})})


def _parameter_breaks(parameter: _Parameter, sent: Mapping[str, Any]) -> Iterator[str]:
    if parameter.name not in sent:
        if parameter.required:
            yield f"{parameter.words}: is missing"
        return
    value = sent[parameter.name]
    # Of a parameter that comes more than once, some servers read one; which one is not said.
    each = [value, *value] if isinstance(value, list) else [value]
    if not any(parameter.schema.fits(reading) for one in each for reading in _readings(one)):
        yield from parameter.schema.misfits(value, parameter.words)


def _body_breaks(operation: _Operation, drawn: Drawn) -> Iterator[str]:
    if not drawn.body:
        if operation.needs_body:
            yield "body: is missing"
        return
    kind = next((value for name, value in drawn.headers if name.lower() == "content-type"), "")
    kind = kind.partition(";")[0].strip().lower()
    if kind not in operation.bodies:
        if operation.bodies:
            yield "body: is of another content type"
        return
    try:
        told = _read(drawn.body, kind)
    except ValueError:
        yield "body: cannot be read"
        return
    yield from operation.bodies[kind].misfits(told, "body")


def _sent(drawn: Drawn, place: str) -> Mapping[str, Any]:
    case = drawn.case
    sent = {"path": case.path_parameters, "query": case.query, "header": case.headers}.get(place) or {}
    return {_named(place, name): value for name, value in sent.items()}


def _named(place: str, name: str) -> str:
    return name.lower() if place == "header" else name


def _readings(value: Any) -> Iterator[Any]:
    """Whatever a value may be taken for on the other side: it goes out as text."""
    yield value
    if not isinstance(value, list | dict):
        text = "null" if value is None else str(value).lower() if isinstance(value, bool) else str(value)
        yield text
        try:
            yield json.loads(text)
        except ValueError:
            return


def _read(body: bytes, kind: str) -> Any:
    """
    Raises:
        ValueError: it is nothing of that kind.
    """
    if kind != _FORM:
        return json.loads(body)
    told = parse_qsl(body.decode(), keep_blank_values=True, strict_parsing=True)
    names = [name for name, _ in told]
    return {name: value if names.count(name) == 1 else [v for n, v in told if n == name] for name, value in told}
