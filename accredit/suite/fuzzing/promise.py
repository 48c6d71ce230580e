"""Tells whether a generated request keeps to the contract as it travels, parameter by parameter.

The stock check lets off a request of which one query parameter is wrong for the sake of another that is right.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from urllib.parse import parse_qsl

from accredit.model.schema import fitting
from accredit.suite.fuzzing.generator import Drawn

Fits = Callable[[Any], bool]
_METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
_FORM = "application/x-www-form-urlencoded"


class Promise:
    """One contract document, as requests are held to it."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self._document = document
        self._operations = {
            item[method]["operationId"]: item[method]
            for item in document.get("paths", {}).values()
            for method in _METHODS
            if method in item
        }
        self._made: dict[str, tuple[list[tuple[Mapping[str, Any], Fits]], dict[str, Fits]]] = {}

    def broken_by(self, drawn: Drawn) -> str:
        """The first place that is not as the contract has it: `query.from`, `body`; empty when all is."""
        if drawn.operation not in self._made:
            self._made[drawn.operation] = self._validators(self._operations[drawn.operation])
        parameters, _ = self._made[drawn.operation]
        broken = (f"{told['in']}.{told['name']}" for told, fits in parameters if not _is_kept(drawn, told, fits))
        return next(broken, "") or ("" if self._body_fits(drawn) else "body")

    def _validators(self, operation: Mapping[str, Any]) -> tuple[list[tuple[Mapping[str, Any], Fits]], dict[str, Fits]]:
        parameters = [(told, self._fitting(told.get("schema", {}))) for told in operation.get("parameters", ())]
        content = self._resolved(operation.get("requestBody", {})).get("content", {})
        return parameters, {kind: self._fitting(told.get("schema", {})) for kind, told in content.items()}

    def _fitting(self, schema: Mapping[str, Any]) -> Fits:
        return fitting({**schema, "components": self._document.get("components", {})})

    def _body_fits(self, drawn: Drawn) -> bool:
        told = self._resolved(self._operations[drawn.operation].get("requestBody", {}))
        if not told:
            return True
        if not drawn.body:
            return not told.get("required", False)
        kind = next((value for name, value in drawn.headers if name.lower() == "content-type"), "")
        kind = kind.partition(";")[0].strip().lower()
        fits = self._made[drawn.operation][1].get(kind)
        try:
            return fits is not None and fits(_read(drawn.body, kind))
        except ValueError:
            return False

    def _resolved(self, node: Mapping[str, Any]) -> Mapping[str, Any]:
        while "$ref" in node:
            found: Any = self._document
            for part in str(node["$ref"]).removeprefix("#/").split("/"):
                found = found[part.replace("~1", "/").replace("~0", "~")]
            node = found
        return node


def _is_kept(drawn: Drawn, told: Mapping[str, Any], fits: Fits) -> bool:
    case = drawn.case
    sent: Mapping[str, Any] = {"path": case.path_parameters, "query": case.query, "header": case.headers}.get(
        told["in"]
    ) or {}
    known = {name.lower(): value for name, value in sent.items()} if told["in"] == "header" else sent
    name = told["name"].lower() if told["in"] == "header" else told["name"]
    if name not in known:
        return not told.get("required", False)
    value = known[name]
    # Of a parameter that comes more than once, some servers read one; which one is not said.
    each = [value, *value] if isinstance(value, list) else [value]
    return any(fits(reading) for one in each for reading in _readings(one))


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
