"""What a provider's writing requests say that a budget counts: `budget.toml`. Reads a charge from a request's very bytes. Pure.

Nothing is let through that is not understood: each field of the body, each header and each part of the path has to be one
that these facts name.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from accredit.model.budget import Budget
from accredit.model.provider import Fact
from accredit.model.reading import read
from accredit.model.spending import Charge

_EVERYWHERE = frozenset(
    {"host", "user-agent", "accept", "accept-encoding", "content-length", "content-type", "connection"}
)
_JSON = frozenset({"application/json", "application/json; charset=utf-8"})
_LONGEST_OWN = 200
_MOST_BYTES = 64 * 1024


class NotCovered(Exception):
    """The budget does not let this request leave; says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Writes(Fact):
    """One operation that writes: where its requests say what a budget counts.

    Attributes:
        never: Why no budget can cover it; empty when one can. Then nothing else is said.
        points: JSON pointer of the points it moves, `*` for each of a list; empty when it moves none.
        own: JSON pointer of the partner's own id of it, or the name of a header after `header:`; empty when it has none.
        named: JSON pointer → who or what of the budget must stand there: `members.ffn`, `products`.
        free: JSON pointers of fields that say nothing of the kind. `/*` at the end: of each field below.
        headers: Name of a header besides those of every request → what of the budget must stand there; empty when that is nothing, and
            the header may be left out.
        path: Parameter of the path → the settings whose values it may have.
        shows: Requirements whose scenarios make this write.
        kept_out: Requirements whose scenarios make it too, and never do in production; with the reason.
        asks: Kind → role → those of `shows` whose scenarios put who or what plays it into this write.
    """

    never: str = ""
    points: str = ""
    own: str = ""
    named: dict[str, str] = field(default_factory=dict)
    free: tuple[str, ...] = ()
    headers: dict[str, str] = field(default_factory=dict)
    path: dict[str, tuple[str, ...]] = field(default_factory=dict)
    shows: tuple[str, ...] = ()
    kept_out: dict[str, str] = field(default_factory=dict)
    asks: dict[str, dict[str, tuple[str, ...]]] = field(default_factory=dict)

    @property
    def held(self) -> frozenset[str]:
        """The kinds of which nobody stands in it whom the budget does not name."""
        return frozenset(told.partition(".")[0] for told in (*self.named.values(), *self.headers.values()) if told)


@dataclass(frozen=True, slots=True)
class Sending:
    """A request that is about to leave.

    Attributes:
        parameters: Of the path, as they stand there.
        is_plain: Whether its URL is written in the one way there is: nothing encoded, no query, no fragment.
        usual: Names of headers, in lower case, that every request to this provider carries.
        settings: Every setting's value.
    """

    operation: str
    method: str
    url: str
    parameters: Mapping[str, str]
    is_plain: bool
    headers: Sequence[tuple[str, str]]
    body: bytes
    usual: frozenset[str] = frozenset()
    settings: Mapping[str, Any] = field(default_factory=dict)


def writes_from(data: Mapping[str, Any], where: str) -> dict[str, Writes]:
    """The facts from parsed `budget.toml`: a table for each operation, named by it."""
    return {name: read(Writes, table, f"{where}, [{name}]") for name, table in data.items()}


def charge_of(sending: Sending, facts: Mapping[str, Writes], budget: Budget) -> Charge:
    """What the request takes of the budget.

    Raises:
        NotCovered: it is not what the budget names, or not understood in every part.
    """
    operation, writes = sending.operation, facts.get(sending.operation)
    if operation not in budget.operations:
        raise NotCovered(f"the budget of {budget.ticket.name} names {', '.join(budget.operations)}, not {operation}")
    if writes is None or writes.never:
        raise NotCovered(f"{operation} cannot be budgeted: {writes.never if writes else 'no facts say what it moves'}")
    _check_way(sending, writes)
    headers = _checked_headers(sending, writes, budget)
    reader = _Reader(writes, budget, headers)
    body = _object(sending.body)
    reader.walk(body, "")
    points = reader.total()
    if points > budget.points.each:
        raise NotCovered(f"{points} points; the budget of {budget.ticket.name} allows {budget.points.each} a request")
    own = _own(writes, body, headers)
    parts = (sending.method.encode(), sending.url.encode(), sending.body)
    return Charge(operation, points, tuple(reader.roles), own, hashlib.sha256(b"\0".join(parts)).hexdigest())


def _check_way(sending: Sending, writes: Writes) -> None:
    if not sending.is_plain:
        raise NotCovered("its URL has a query, a fragment or an encoded character; a write to production has none")
    for name, value in sending.parameters.items():
        if value not in [sending.settings.get(setting) for setting in writes.path.get(name, ())]:
            raise NotCovered(f"its path says a {name} that no setting names")


def _checked_headers(sending: Sending, writes: Writes, budget: Budget) -> Mapping[str, str]:
    """Headers by name in lower case: all of them known, none twice, and each there that says who or what it is about."""
    known = {name.lower(): kind for name, kind in writes.headers.items()}
    found: dict[str, str] = {}
    for name, value in sending.headers:
        name = name.lower()
        if name in found or name not in _EVERYWHERE | sending.usual | known.keys():
            raise NotCovered(f"the header {name} stands there twice, or is none of those that its facts name")
        found[name] = value
        if (kind := known.get(name)) and value not in budget.players(kind):
            raise NotCovered(f"the header {name} says what is none of the budget's {kind}")
    if missing := [name for name, kind in known.items() if kind and name not in found]:
        raise NotCovered(
            f"the header {missing[0]} is not there, which says for which of the budget's {known[missing[0]]} it is"
        )
    if found.get("content-type", "").lower() not in _JSON:
        raise NotCovered("its content type is not application/json")
    if found.get("content-length") not in (None, str(len(sending.body))):
        raise NotCovered("its content-length is not its body's")
    return found


class _Reader:
    """Goes through a body, field by field, and refuses what it does not know."""

    def __init__(self, writes: Writes, budget: Budget, headers: Mapping[str, str]) -> None:
        self._writes, self._budget = writes, budget
        self._points: list[int] = []
        kinds = {kind.partition(".")[0] for kind in writes.named.values()}
        self._missing = kinds
        self.roles: list[str] = [_player(budget, kind, headers[name.lower()])
                                 for name, kind in writes.headers.items() if kind and name.lower() in headers]  # fmt: skip

    def walk(self, value: Any, pointer: str) -> None:
        """A value and all below it."""
        if kind := self._writes.named.get(pointer):
            self._named(value, pointer, kind)
        elif pointer and pointer == self._writes.points:
            self._count(value, pointer)
        elif isinstance(value, dict | list) and value:
            for key, below in _children(value):
                self.walk(below, f"{pointer}/{key}")
        elif not self._is_free(pointer) or isinstance(value, dict | list):
            raise NotCovered(f"{pointer or 'the body'} is no field that its facts name")

    def total(self) -> int:
        """The points, once everything was gone through."""
        if self._missing:
            raise NotCovered(f"it does not say for which of the budget's {' and '.join(sorted(self._missing))} it is")
        if self._writes.points and not self._points:
            raise NotCovered(f"it does not say at {self._writes.points} how many points it moves")
        return sum(self._points)

    def _named(self, value: Any, pointer: str, kind: str) -> None:
        if not any(_same(value, player) for player in self._budget.players(kind)):
            raise NotCovered(f"{pointer} is none of the budget's {kind.replace('.', ', ')}")
        self._missing = self._missing - {kind.partition(".")[0]}
        role = _player(self._budget, kind, value)
        self.roles += [role] * (role not in self.roles)

    def _count(self, value: Any, pointer: str) -> None:
        if type(value) is not int or value < 1:
            raise NotCovered(f"{pointer} is not a whole number above 0, written as such")
        self._points.append(value)

    def _is_free(self, pointer: str) -> bool:
        return (
            pointer in (self._writes.own, *self._writes.free) or f"{pointer.rpartition('/')[0]}/*" in self._writes.free
        )


def _children(value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, list):
        return (("*", below) for below in value)
    # A name that is a star would be taken for a place in a list.
    return ((key.replace("~", "~0").replace("/", "~1").replace("*", "~*"), below) for key, below in value.items())


def _player(budget: Budget, kind: str, value: Any) -> str:
    """`members: collecting`."""
    kind, _, name = kind.partition(".")
    for role, player in budget.roles.get(kind, {}).items():
        if _same(player.get(name) if name and isinstance(player, Mapping) else player, value):
            return f"{kind}: {role}"
    return kind


def _same(one: Any, other: Any) -> bool:
    """As JSON: to Python 1, 1.0 and true are equal."""
    return json.dumps(one, sort_keys=True, default=str) == json.dumps(other, sort_keys=True, default=str)


def _own(writes: Writes, body: Any, headers: Mapping[str, str]) -> str:
    where, found = writes.own, body
    if not where:
        return ""
    if where.startswith("header:"):
        found = headers.get(where.removeprefix("header:").lower())
    else:
        for key in where.split("/")[1:]:
            found = found.get(key) if isinstance(found, dict) else None
    if not isinstance(found, str) or not 0 < len(found) <= _LONGEST_OWN:
        raise NotCovered(f"it has no id of its own at {where}, by which it would be known again")
    return found


def _object(body: bytes) -> dict[str, Any]:
    """A JSON object that every reader of JSON reads alike."""
    if len(body) > _MOST_BYTES:
        raise NotCovered(f"its body is longer than {_MOST_BYTES} bytes")
    try:
        told = json.loads(body.decode("utf-8"), object_pairs_hook=_distinct, parse_constant=_no_number)
    except (ValueError, RecursionError) as wrong:
        raise NotCovered(f"its body is not JSON that can be read in one way only ({str(wrong)[:80]})") from None
    if not isinstance(told, dict):
        raise NotCovered("its body is no object")
    return told


def _distinct(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len(dict(pairs)) != len(pairs):
        raise ValueError("a name stands in it twice")
    return dict(pairs)


def _no_number(name: str) -> Any:
    raise ValueError(f"{name} is no number of JSON")
