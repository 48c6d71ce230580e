"""Links between operations, as a contract tells them: what an answer gives to the next request. Pure."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

Document = Mapping[str, Any]
_METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
_LOCATIONS = {"path": "path", "query": "query", "header": "headers"}


@dataclass(frozen=True, slots=True)
class Link:
    """From an answer of one operation to a request of another.

    Attributes:
        status: Of the answer that leads on: `202`.
        parameters: `path.id`, or a name alone → runtime expression or constant.
        body: Runtime expression, constant, or an object of them that is laid over a generated body; None for none.
    """

    name: str
    source: str
    status: str
    target: str
    parameters: Mapping[str, Any] = field(default_factory=dict)
    body: Any = None


@dataclass(frozen=True, slots=True)
class Told:
    """What a link's expressions look at: one request and its answer."""

    path: Mapping[str, Any]
    query: Mapping[str, Any]
    headers: Mapping[str, Any]
    body: Any
    answer_headers: Mapping[str, str]
    answer: bytes


class Missing(LookupError):
    """What an expression refers to is not there. The message is the expression."""


def links_of(document: Document) -> Iterator[Link]:
    """Every link that a document tells by operationId."""
    for item in document.get("paths", {}).values():
        for operation in (item[method] for method in _METHODS if method in item):
            for status, response in operation.get("responses", {}).items():
                for name, told in response.get("links", {}).items():
                    yield Link(name, operation["operationId"], str(status), told["operationId"],
                               told.get("parameters", {}), told.get("requestBody"))  # fmt: skip


def evaluated(value: Any, told: Told) -> Any:
    """The value of a runtime expression; of an object or a list, with every expression in it evaluated.

    Raises:
        Missing: it refers to something that is not there.
    """
    if isinstance(value, Mapping):
        return {key: evaluated(item, told) for key, item in value.items()}
    if isinstance(value, list):
        return [evaluated(item, told) for item in value]
    if not isinstance(value, str) or not value.startswith("$"):
        return value
    source, _, pointer = value.partition("#")
    side, _, part = source.removeprefix("$").partition(".")
    kind, _, name = part.partition(".")
    if kind == "body":
        return _pointed(_body(side, told, value), pointer, value)
    if kind == "header" and side == "response":
        return _named(told.answer_headers, name, value)
    if side == "request" and kind in _LOCATIONS:
        return _named(getattr(told, _LOCATIONS[kind]), name, value)
    raise Missing(value)


def _body(side: str, told: Told, expression: str) -> Any:
    if side == "request":
        return told.body
    try:
        return json.loads(told.answer)
    except (ValueError, RecursionError):
        raise Missing(expression) from None


def _named(values: Mapping[str, Any], name: str, expression: str) -> Any:
    found = {key.lower(): value for key, value in values.items()}
    if name.lower() not in found:
        raise Missing(expression)
    return found[name.lower()]


def _pointed(value: Any, pointer: str, expression: str) -> Any:
    for part in pointer.split("/")[1:]:
        part = part.replace("~1", "/").replace("~0", "~")
        try:
            value = value[int(part)] if isinstance(value, list) else value[part]
        except (KeyError, IndexError, ValueError, TypeError):
            raise Missing(expression) from None
    return value
