"""A request or an answer as places and values: `response.body.accruals[].points` → every value that stands there."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from accredit.model.contract import Contract, Operation
from accredit.model.exchange import Exchange, Headers

DEEPEST = 64
"""Levels of a body that are looked at."""
_FORM = "application/x-www-form-urlencoded"
NOT_JSON = object()
_LOOPBACK = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True, slots=True)
class Base:
    """Where a request went. `prefix` is what its URL begins with, `name` what people read: the host of a simulator is made up.
    `is_known`: the run was to reach it."""

    name: str
    prefix: str
    is_known: bool = True


NOWHERE = Base("", "")


@dataclass(frozen=True)
class Message:
    """One side of an exchange.

    Attributes:
        root: `request` or `response`.
        value: The body as data; NOT_JSON when it is text, None when it is empty.
    """

    root: str
    headers: Mapping[str, str]
    text: str = ""
    value: Any = None
    more: Mapping[str, tuple[Any, ...]] = field(default_factory=dict)

    @cached_property
    def places(self) -> Mapping[str, tuple[Any, ...]]:
        """Every place of the body, lists and objects too, and of the URL; parents before what they hold."""
        found: dict[str, list[Any]] = {}
        if self.value is not NOT_JSON and self.value is not None:
            for place, value in _walked(self.value, f"{self.root}.body"):
                found.setdefault(place, []).append(value)
        headers = {f"{self.root}.header.{name}": (value,) for name, value in self.headers.items()}
        return {place: tuple(values) for place, values in found.items()} | dict(self.more) | headers


def request_of(exchange: Exchange, base: Base, contract: Contract) -> Message:
    """The request. `base` is where it went, as `base_of` has it."""
    sent = exchange.request
    parts = urlsplit(sent.url)
    more: dict[str, tuple[Any, ...]] = {f"request.query.{name}": (value,) for name, value in parse_qsl(parts.query, keep_blank_values=True)}  # fmt: skip
    operation = next((o for o in contract.operations if o.id == exchange.operation), None)
    values: dict[str, str] = {}
    if operation is not None and not base.is_known:
        base = _up_to(operation, sent.method, base, sent.url)
    path = _path(sent.url, base.prefix)
    if operation is not None:
        path = operation.path_with(path, lambda name, value: values.setdefault(name, value) and f"{{{name}}}")
    if exchange.direction == "incoming":
        path = ""  # the partner's own place, which it named anew for the run
    more |= {f"request.path.{name}": (value,) for name, value in values.items()}
    more |= {"request.url.base": (base.name,), "request.line": (f"{sent.method} {path}".strip(),)}
    headers = _by_name(sent.headers)
    return Message("request", headers, sent.body, _value(sent.body, headers.get("content-type", "")), more)


def response_of(exchange: Exchange) -> Message | None:
    """The answer, if any came."""
    if exchange.response is None:
        return None
    headers = _by_name(exchange.response.headers)
    return Message("response", headers, exchange.response.body, _value(exchange.response.body, headers.get("content-type", "")))  # fmt: skip


def base_of(url: str, known: Iterable[str], simulated: Iterable[str] = ()) -> Base:
    """The base URL among those the run was to reach; scheme and host of any other.

    Args:
        simulated: Base paths (`/sandbox`) that a simulator serves on loopback, where it does.
    """
    parts = urlsplit(url)
    origin = f"{parts.scheme}://{parts.netloc}" if parts.netloc else ""
    if parts.hostname in _LOOPBACK and (served := sorted(simulated, key=len, reverse=True)):
        path = next((p for p in served if f"{parts.path}/".startswith(f"{p}/")), "")
        return Base(f"the simulator{path}", f"{origin}{path}")
    fitting = (
        b for b in sorted(known, key=len, reverse=True) if f"{url}/".startswith(f"{b}/") or url.startswith(f"{b}?")
    )
    base = next(fitting, "")
    return Base(base, base) if base else Base(origin, origin, is_known=False)


def kind_of(value: Any) -> str:
    """A JSON type: `integer`, `string`, …"""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int):
        return "integer"
    if isinstance(value, Decimal):
        return "number"
    return "string" if isinstance(value, str) else "array" if isinstance(value, list) else "object"


def _up_to(operation: Operation, method: str, base: Base, url: str) -> Base:
    """The base that leaves the operation's own path, if one does: then it is the base alone that is another."""
    parts = _path(url, base.prefix).split("/")
    count = operation.path.count("/")
    head, tail = "/".join(parts[:-count]), "/" + "/".join(parts[-count:])
    return Base(f"{base.name}{head}", f"{base.prefix}{head}") if operation.matches(method, tail) else base


def _path(url: str, base: str) -> str:
    return urlsplit(url.removeprefix(base)).path if base else urlsplit(url).path


def _by_name(headers: Headers) -> dict[str, str]:
    """Names in lower case; of one that comes twice the values are joined, as HTTP says."""
    found: dict[str, str] = {}
    for name, value in headers:
        key = name.lower()
        found[key] = f"{found[key]}, {value}" if key in found else value
    return found


def _value(text: str, kind: str) -> Any:
    if not text:
        return None
    if kind.partition(";")[0].strip().lower() == _FORM:
        return dict(parse_qsl(text, keep_blank_values=True))
    try:
        return json.loads(text, parse_float=Decimal)
    except (ValueError, RecursionError, ArithmeticError):
        return NOT_JSON


def _walked(value: Any, at: str, depth: int = 0) -> Iterator[tuple[str, Any]]:
    yield at, value
    if depth >= DEEPEST:
        return
    if isinstance(value, dict):
        for name, item in value.items():
            yield from _walked(item, f"{at}.{name}", depth + 1)
    elif isinstance(value, list):
        for item in value:
            yield from _walked(item, f"{at}[]", depth + 1)
