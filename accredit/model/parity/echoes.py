"""Which values come again: an answer that tells what was sent, a status of the report that was made, a call under the same key.

What must differ between runs (ids, members) cannot be compared by its value; where it was heard before can.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from accredit.model.parity.differences import Difference, difference
from accredit.model.parity.formats import MASKED, identity, is_id, written
from accredit.model.parity.messages import Message

_ALWAYS_NEW = ("request.header.authorization", "request.header.signature", "request.header.digest", "request.url", "request.line")  # fmt: skip
_HIDDEN = ":"
"""How the identity of a hidden value begins."""
Heard = Mapping[str, frozenset[str]]
"""Place → the values of one message that can be told apart."""


class Echoes:
    """What both sides said so far in one scenario, message by message."""

    def __init__(self) -> None:
        self._first_heard: dict[str, int] = {}
        self._theirs: list[frozenset[str]] = []
        self._at: tuple[set[tuple[str, str]], set[tuple[str, str]]] = (set(), set())

    def compare(
        self, operation: str, first: Message, second: Message, effects: Mapping[str, str], incoming: bool
    ) -> Iterator[Difference]:
        """Compares one message with those before it, and remembers it."""
        theirs_to_say = first.root == "response" or incoming
        ours, theirs = _values(first, effects, theirs_to_say), _values(second, effects, theirs_to_say)
        for place in sorted(ours.keys() & theirs.keys()):
            if any(len(message.places[place]) != 1 for message in (first, second)):
                continue  # a list of what there is: whose things are in it is another matter in each run
            yield from self._compare(operation, place, ours[place], theirs[place], effects.get(place, ""))
        self._remember(*(_values(m, effects, theirs_to_say, remember=True) for m in (first, second)))

    def _compare(
        self, operation: str, place: str, ours: frozenset[str], theirs: frozenset[str], means: str
    ) -> Iterator[Difference]:
        before = {self._first_heard[value] for value in ours if value in self._first_heard}
        if any(not theirs & self._theirs[message] for message in before):
            yield difference(
                "member" if means == "member" else "echo", operation, place, "the one told before", "another"
            )
        elif not before and self._is_repeated(place, ours, theirs):
            yield difference("repeat", operation, place, "a new one", "one told before")

    def _is_repeated(self, place: str, ours: frozenset[str], theirs: frozenset[str]) -> bool:
        """Which members come again is the roles' affair."""
        again = any((place, value) in self._at[1] for value in theirs if not value.startswith(_HIDDEN))
        return again and not any((place, value) in self._at[0] for value in ours)

    def _remember(self, ours: Heard, theirs: Heard) -> None:
        number = len(self._theirs)
        self._theirs.append(frozenset[str]().union(*theirs.values()))
        for values in ours.values():
            for value in values:
                self._first_heard.setdefault(value, number)
        for side, heard in enumerate((ours, theirs)):
            self._at[side].update((place, value) for place, values in heard.items() for value in values)


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
