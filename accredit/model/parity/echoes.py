"""Which values come again: an answer that tells what was sent, a status of the report that was made, a call under the same key.

What must differ between runs (ids, members) cannot be compared by its value; where it was heard before can.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from accredit.model.parity.differences import Difference, difference
from accredit.model.parity.formats import MASKED, identity, is_id, written
from accredit.model.parity.messages import Message

_ALWAYS_NEW = ("request.header.authorization", "request.header.signature", "request.header.digest", "request.url", "request.line")  # fmt: skip
Heard = Mapping[str, frozenset[str]]
"""Place → the values of one message that can be told apart."""


class Echoes:
    """What both sides said so far in one scenario, message by message."""

    def __init__(self) -> None:
        self._heard: list[tuple[Heard, Heard]] = []

    def compare(self, operation: str, first: Message, second: Message, effects: Mapping[str, str], incoming: bool) -> Iterator[Difference]:  # fmt: skip
        """Compares one message with those before it, and remembers it."""
        theirs_to_say = first.root == "response" or incoming
        ours, theirs = _values(first, effects, theirs_to_say), _values(second, effects, theirs_to_say)
        for place in sorted(ours.keys() & theirs.keys()):
            if any(len(message.places[place]) != 1 for message in (first, second)):
                continue  # a list of what there is: whose things are in it is another matter in each run
            yield from self._compare(operation, place, ours[place], theirs[place], effects.get(place, ""))
        remembered = [_values(m, effects, theirs_to_say, remember=True) for m in (first, second)]
        self._heard.append((remembered[0], remembered[1]))

    def _compare(self, operation: str, place: str, ours: frozenset[str], theirs: frozenset[str], means: str) -> Iterator[Difference]:  # fmt: skip
        before = {self._first_heard(value, 0) for value in ours} - {None}
        lost = sorted(k for k in before if k is not None and not theirs & _all(self._heard[k][1]))
        if lost:
            kind = "member" if means == "member" else "echo"
            yield difference(kind, operation, place, "the one told before", "another")
        elif not before and (again := self._repeated(place, ours, theirs)):
            yield difference("repeat", operation, place, "a new one", again)

    def _repeated(self, place: str, ours: frozenset[str], theirs: frozenset[str]) -> str:
        shown = {v for v in theirs if not v.startswith(":")}
        again = any(shown & heard.get(place, frozenset()) for _, heard in self._heard)
        return "one told before" if again and not any(ours & heard.get(place, frozenset()) for heard, _ in self._heard) else ""  # fmt: skip

    def _first_heard(self, value: str, side: int) -> int | None:
        return next((k for k, heard in enumerate(self._heard) if value in _all(heard[side])), None)


def _all(heard: Heard) -> frozenset[str]:
    return frozenset[str]().union(*heard.values())


def _values(message: Message, effects: Mapping[str, str], theirs_to_say: bool, *, remember: bool = False) -> dict[str, frozenset[str]]:  # fmt: skip
    """By place. Which member a partner asks for is its roles' affair; which one is answered for is the provider's."""
    found = {}
    for place, values in message.places.items():
        if place.startswith((*_ALWAYS_NEW, "response.header")):
            continue
        hidden_count = theirs_to_say or remember
        moments_count = theirs_to_say or message.root == "request"
        if remember and theirs_to_say:
            moments_count = False
        kept = frozenset(_kept(values, effects.get(place) == "id", hidden_count, moments_count))
        if kept:
            found[place] = kept
    return found


def _kept(values: Sequence[Any], is_told_id: bool, hidden: bool, moments: bool) -> Iterator[str]:
    for value in values:
        if is_told_id and not isinstance(value, dict | list) and value is not None:
            yield str(value)
        elif not isinstance(value, str):
            continue
        elif MASKED.fullmatch(value):
            if hidden:
                yield identity(value)
        elif "…" not in value and (is_id(value) or (moments and written(value).startswith("a date-time"))):
            yield value
