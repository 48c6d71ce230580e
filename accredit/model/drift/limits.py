"""The limits a schema sets: which are the tighter, and how they are said."""

from collections.abc import Iterator, Sequence

from accredit.model.drift.document import Node

_LOWER = {"minimum": "at least", "minLength": "characters at least", "minItems": "items at least",
          "minProperties": "fields at least", "uniqueItems": ""}  # fmt: skip
_UPPER = {
    "maximum": "at most",
    "maxLength": "characters at most",
    "maxItems": "items at most",
    "maxProperties": "fields at most",
}


def limits_of(words: Sequence[Node], types: frozenset[str]) -> dict[str, tuple[float, bool]]:
    """The tightest of each; for integers `more than 0` is `at least 1`."""
    found: dict[str, tuple[float, bool]] = {}
    for word in words:
        for name, value in _stated(word):
            sign = 1 if name in _LOWER else -1
            number, beyond = value
            if beyond and not types & {"number"} and number == int(number):
                number, beyond = number + sign, False
            if name not in found or (sign * number, beyond) > (sign * found[name][0], found[name][1]):
                found[name] = (number, beyond)
    return {
        name: value
        for name, value in found.items()
        if name not in ("minLength", "minItems", "minProperties") or value[0] > 0
    }


def _stated(word: Node) -> Iterator[tuple[str, tuple[float, bool]]]:
    if word.get("uniqueItems") is True:
        yield "uniqueItems", (1, False)
    for name in (*_LOWER, *_UPPER):
        beyond = f"exclusive{name.capitalize()}"
        if is_number(word.get(name)):
            yield name, (word[name], word.get(beyond) is True)  # 3.0 and 2.0 say so by a flag
        if name in ("minimum", "maximum") and is_number(word.get(beyond)):
            yield name, (word[beyond], True)


def limit_in_words(name: str, value: tuple[float, bool] | None) -> str:
    """`at least 1`, `more than 0`, `at most 50 characters`; `no limit`."""
    if value is None:
        return "no limit"
    if name == "uniqueItems":
        return "each item once"
    number = f"{value[0]:g}" if isinstance(value[0], float) else str(value[0])
    if value[1]:
        return f"{'more' if name in _LOWER else 'less'} than {number}"
    unit, _, rest = ({**_LOWER, **_UPPER}[name]).rpartition("at ")
    return f"at {rest} {number} {unit}".strip()


def tightness(name: str, value: tuple[float, bool] | None) -> tuple[float, bool]:
    """Greater for the narrower limit."""
    if value is None:
        return (float("-inf"), False)
    return (value[0] if name in _LOWER else -value[0], value[1])


def is_number(value: object) -> bool:
    """A number that can be compared: no truth value, nothing without end."""
    return (
        isinstance(value, int | float) and not isinstance(value, bool) and value == value and abs(value) != float("inf")
    )
