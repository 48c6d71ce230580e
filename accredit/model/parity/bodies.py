"""Bodies side by side: which fields there are, of what type and written how; and of refusals, what they say."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from accredit.model.parity.differences import Difference, difference
from accredit.model.parity.formats import MASKED, normal, unlike, written
from accredit.model.parity.messages import NOT_JSON, Message, kind_of

_MOST_VALUES = 20
"""Of one place whose formats are compared."""
_SMALL = 10_000
"""A number below it in a refusal is a code; one above may count something."""
_HIDDEN = "hidden"
_MAY_BE_HIDDEN = {_HIDDEN, "string", "integer", "number"}


@dataclass(frozen=True, slots=True)
class Expectation:
    """How a message is compared.

    Attributes:
        same: Places whose values have to be the same.
        effects: Places of a meaning: compared elsewhere by their value, here by their type alone.
        refusal: It says why something was not done, so that its words count.
    """

    operation: str
    same: Collection[str] = ()
    effects: Collection[str] = ()
    refusal: bool = False


def compare_bodies(first: Message, second: Message, how: Expectation) -> Iterator[Difference]:
    """Every difference, the outermost of those that lie in each other."""
    place = f"{first.root}.body"
    ours, theirs = _sort(first.value), _sort(second.value)
    if ours != theirs:
        yield difference("body", how.operation, place, ours, theirs)
    elif first.value is NOT_JSON:
        if how.refusal and normal(first.text) != normal(second.text):
            yield difference("message", how.operation, place, normal(first.text), normal(second.text))
    else:
        yield from _compare(first, second, how)


def _sort(value: Any) -> str:
    return "no body" if value is None else "a body that is no JSON" if value is NOT_JSON else "JSON"


def _compare(first: Message, second: Message, how: Expectation) -> Iterator[Difference]:
    told: list[str] = []
    ours, theirs = _below(first), _below(second)
    for place in [*ours, *(place for place in theirs if place not in ours)]:
        if any(place.startswith((f"{outer}.", f"{outer}[")) for outer in told):
            continue
        if place not in theirs:
            found = difference("field-missing", how.operation, place, _kinds(ours[place]), "not there")
        elif place not in ours:
            found = difference("field-extra", how.operation, place, "not there", _kinds(theirs[place]))
        elif (otherwise := _otherwise(place, ours[place], theirs[place], how)) is not None:
            found = otherwise
        else:
            continue
        told.append(place)
        yield found


def _below(message: Message) -> dict[str, tuple[Any, ...]]:
    body = f"{message.root}.body"
    return {p: values for p, values in message.places.items() if p == body or p.startswith((f"{body}.", f"{body}["))}


def _otherwise(place: str, ours: Sequence[Any], theirs: Sequence[Any], how: Expectation) -> Difference | None:
    one, other = _types(ours), _types(theirs)
    if _HIDDEN in one | other:
        one, other = one - _MAY_BE_HIDDEN, other - _MAY_BE_HIDDEN
    if place in how.effects:
        one, other = ({"number" if kind == "integer" else kind for kind in kinds} for kinds in (one, other))
    if one != other:
        kind = "null" if "null" in one ^ other else "type"
        return difference(kind, how.operation, place, _kinds(ours), _kinds(theirs))
    if "array" in one and any(ours) != any(theirs):
        return difference("array", how.operation, place, *("items" if any(v) else "empty" for v in (ours, theirs)))
    if place in how.effects:
        return None
    return _values(place, ours, theirs, how)


def _values(place: str, ours: Sequence[Any], theirs: Sequence[Any], how: Expectation) -> Difference | None:
    if "[]" in place and (len(ours) != 1 or len(theirs) != 1):
        return None  # a list of what there is: which things are in it is another matter in each run
    plain, others = ([v for v in values if not isinstance(v, dict | list)] for values in (ours, theirs))
    if place in how.same and (wanted := _told(plain)) != (got := _told(others)):
        return difference("value", how.operation, place, wanted, got)
    if how.refusal and (wanted := _said(plain)) != (got := _said(others)):
        return difference("message", how.operation, place, wanted, got)
    if place in how.same or how.refusal:
        return None
    texts, others = ([v for v in dict.fromkeys(map(_text, values)) if v is not None][:_MOST_VALUES] for values in (plain, others))  # fmt: skip
    for some, rest, turned in ((texts, others, False), (others, texts, True)):
        for text in some:
            if rest and all(unlike(text, another) for another in rest):
                apart = unlike(rest[0], text) if turned else unlike(text, rest[0])
                return difference("format", how.operation, place, *(apart or ("", "")))
    return None


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None


def _types(values: Sequence[Any]) -> set[str]:
    return {_HIDDEN if isinstance(v, str) and MASKED.fullmatch(v) else kind_of(v) for v in values}


def _kinds(values: Sequence[Any]) -> str:
    """`null or string`."""
    return " or ".join(sorted({kind_of(value) for value in values}))


def _told(values: Sequence[Any]) -> str:
    """Every value once, hidden ones apart."""
    return ", ".join(sorted({"a hidden value" if written(str(v)) == "a hidden value" else str(v) for v in values}))


def _said(values: Sequence[Any]) -> str:
    """What a refusal says, without what differs from call to call."""
    texts = {normal(v) if isinstance(v, str) else str(v) for v in values if not _counts_something(v)}
    return ", ".join(sorted(texts))


def _counts_something(value: Any) -> bool:
    return value is None or (not isinstance(value, str | bool) and abs(value) >= _SMALL)
