"""Compares what two schemas say of a value itself, its fields and items left aside."""

from collections.abc import Iterator

from accredit.model.drift.difference import shown
from accredit.model.drift.limits import limit_in_words, tightness
from accredit.model.drift.rules import Direction
from accredit.model.drift.shape import Shape, holds, types_in_words

Told = tuple[str, str, str]
"""A code without its direction, what we have, what they publish."""

_WITHIN = {("int32", "int64"), ("float", "double")}
"""Formats whose every value is one of the other's."""


def value_differences(direction: Direction, a: Shape, b: Shape) -> Iterator[Told]:
    """What differs about a value itself: code without direction, ours, theirs."""
    yield from _types(direction, a, b)
    if a.types & b.types or (holds(b.types, "integer") and holds(a.types, "integer")):
        yield from _enums(a, b)
        yield from _limits(a, b)
        yield from _patterns(direction, a, b)
        yield from _formats(direction, a, b)
        if "object" in a.types and "object" in b.types and (a.others is False) != (b.others is False):
            yield ("closed" if b.others is False else "opened"), _beyond(a), _beyond(b)
    if a.opaque != b.opaque:
        yield "incomparable", a.opaque or "nothing of the kind", b.opaque or "nothing of the kind"


def _types(direction: Direction, a: Shape, b: Shape) -> Iterator[Told]:
    fewer = not all(holds(b.types, type_) for type_ in a.types)
    more = {type_ for type_ in b.types if not holds(a.types, type_)}
    words = " or ".join(types_in_words(a.types)), " or ".join(types_in_words(b.types))
    if direction == "answer" and more == {"null"} and not (fewer and not a.types & b.types):
        yield "null-new", *words
    elif (direction == "request" and fewer) or (direction == "answer" and not more and fewer):
        yield "type-narrowed", *words
    elif more:
        yield "type-widened", *words


def _enums(a: Shape, b: Shape) -> Iterator[Told]:
    if a.enum is None and b.enum is None:
        return
    ours, theirs = ({shown(v) for v in s.enum} if s.enum is not None else None for s in (a, b))
    words = _in_words(ours), _in_words(theirs)
    if theirs is not None and (ours is None or ours - theirs):
        yield "enum-narrowed", *words
    if ours is not None and (theirs is None or theirs - ours):
        yield "enum-widened", *words


def _limits(a: Shape, b: Shape) -> Iterator[Told]:
    for name in sorted({*a.limits, *b.limits}):
        ours, theirs = a.limits.get(name), b.limits.get(name)
        if tightness(name, ours) != tightness(name, theirs):
            code = "limit-narrowed" if tightness(name, theirs) > tightness(name, ours) else "limit-widened"
            yield code, limit_in_words(name, ours), limit_in_words(name, theirs)
    if a.multiple != b.multiple:
        words = _steps(a.multiple), _steps(b.multiple)
        if b.multiple and (not a.multiple or a.multiple % b.multiple):
            yield "limit-narrowed", *words
        if a.multiple and (not b.multiple or b.multiple % a.multiple):
            yield "limit-widened", *words


def _patterns(direction: Direction, a: Shape, b: Shape) -> Iterator[Told]:
    words = ", ".join(sorted(a.patterns)) or "no pattern", ", ".join(sorted(b.patterns)) or "no pattern"
    fewer, more = a.patterns - b.patterns, b.patterns - a.patterns
    # Which of two patterns is the narrower cannot be told, so a change breaks either way.
    if more and (direction == "request" or not fewer):
        yield "pattern-narrowed", *words
    elif fewer:
        yield "pattern-widened", *words


def _formats(direction: Direction, a: Shape, b: Shape) -> Iterator[Told]:
    if a.format == b.format:
        return
    words = a.format or "no format", b.format or "no format"
    wider = not b.format or (a.format, b.format) in _WITHIN
    narrower = not a.format or (b.format, a.format) in _WITHIN
    if wider or (direction == "answer" and not narrower):
        yield "format-widened", *words
    else:
        yield "format-narrowed", *words


def _in_words(enum: set[str] | None) -> str:
    return "any value" if enum is None else ", ".join(sorted(enum))


def _steps(multiple: float | None) -> str:
    return "any step" if multiple is None else f"multiples of {multiple:g}"


def _beyond(shape: Shape) -> str:
    return "no other fields" if shape.others is False else "other fields too"
