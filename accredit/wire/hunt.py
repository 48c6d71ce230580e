"""The doorman of ahocorasick_rs: finds every learned form in a text at once, however many there are."""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain

from ahocorasick_rs import BytesAhoCorasick, Implementation

from accredit.model.disguise import SHORTEST_HUNTED

_NEWEST = 16
"""Heads looked for one by one, before it is worth building an automaton of them."""
_PIECE = 65536
"""Bytes of a text that are looked through at once."""
_LONGEST_NAME = 100
_FEW = 5000
"""Heads up to which the quickest automaton, which is also the largest, stays small."""

Found = tuple[int, int, str]
"""Where a form begins, where it ends, and what stands in its place."""


class Hunt:
    """Forms and what stands in their places. Forms are only ever added; one thread adds, any may read meanwhile.

    The automata know no more of a form than its head, its first five bytes: so they stay small, and a table knows the rest.
    Each is more than twice as large as the next, like the digits of a binary number: so adding costs the same, however
    many there are.

    Args:
        names: Declared names. One that stands in a token (`[ffn:1f3a9c20]`) is left alone there.
    """

    def __init__(self, names: Iterator[str]) -> None:
        self._places: dict[bytes, str] = {}
        self._lengths: dict[bytes, tuple[int, ...]] = {}
        self._alike: dict[tuple[int, ...], tuple[int, ...]] = {}
        self._looked_for: tuple[tuple[_Heads, ...], tuple[bytes, ...]] = ((), ())
        known = b"|".join(re.escape(name.encode()) for name in sorted(names, key=len, reverse=True))
        self._token = re.compile(rb"\[(?:%s):(?=[0-9a-f]{8}\])" % known, re.IGNORECASE)

    def add(self, form: str, token: str) -> None:
        """Hunts for `form`, of five characters or more, from now on. A form that is hunted already keeps its token."""
        data = _bytes(form)
        if data in self._places:
            return
        self._places[data] = token
        head, known = data[:SHORTEST_HUNTED], self._lengths.get(data[:SHORTEST_HUNTED], ())
        lengths = tuple(sorted({*known, len(data)}, reverse=True))
        self._lengths[head] = self._alike.setdefault(lengths, lengths)
        if not known:
            self._look_for(head)

    def replaced(self, text: str) -> str:
        """The text with every form replaced. Forms that overlap are hidden together, under the longest one's token."""
        data = _bytes(text)
        pieces, at = list[bytes](), 0
        for start, end, token in _together(self._found(data)):
            pieces += (data[at:start], _bytes(token))
            at = end
        return b"".join([*pieces, data[at:]]).decode("utf-8", "surrogatepass") if pieces else text

    def _look_for(self, head: bytes) -> None:
        settled, newest = self._looked_for
        newest = (*newest, head)
        if len(newest) >= _NEWEST:
            heads, newest = newest, ()
            while settled and len(settled[-1].heads) <= 2 * len(heads):
                heads, settled = settled[-1].heads + heads, settled[:-1]
            settled = (*settled, _Heads(heads))
        self._looked_for = settled, newest  # at once: who reads meanwhile sees the heads before or after, never fewer

    def _found(self, data: bytes) -> Iterator[Found]:
        """The longest form at each place, in order."""
        for start in self._starts(data):
            for length in self._lengths[data[start : start + SHORTEST_HUNTED]]:
                token = self._places.get(data[start : start + length])
                if token is not None:
                    if not self._is_name_in_a_token(data, start, start + length):
                        yield start, start + length, token
                    break

    def _starts(self, data: bytes) -> Iterator[int]:
        """Where a head stands, in order."""
        settled, newest = self._looked_for
        for base in range(0, len(data), _PIECE):
            piece = data[base : base + _PIECE + SHORTEST_HUNTED - 1] if len(data) > _PIECE else data
            found = set(chain.from_iterable(_all(head, piece) for head in newest if head in piece))
            for heads in settled:
                found.update(start for _, start, _ in heads.automaton.find_matches_as_indexes(piece, overlapping=True))
            yield from (base + start for start in sorted(found))

    def _is_name_in_a_token(self, data: bytes, start: int, end: int) -> bool:
        opened = data.rfind(b"[", max(0, start - _LONGEST_NAME), start + 1)
        token = self._token.match(data, opened) if opened >= 0 else None
        return token is not None and end <= token.end()


class Forms:
    """Forms that are all known beforehand, for going through much at once. A form is known to others by its place in `forms`."""

    _HEAD, _LONGEST_HEAD, _CROWD = 8, 32, 4
    """Bytes of a form that the automaton knows: enough that it is seldom wrong, and few enough that it stays small. Where more forms
    begin alike (`https://`), it knows twice as many of them."""

    def __init__(self, forms: Sequence[bytes]) -> None:
        self._forms = forms
        by_head = dict(self._by_head(range(len(forms)), self._HEAD))
        self._rests = list(by_head.values())
        kind = Implementation.DFA if len(by_head) <= _FEW else None  # twice as quick
        self._automaton = BytesAhoCorasick(list(by_head), implementation=kind) if forms else None

    def _by_head(self, places: Iterable[int], length: int) -> Iterator[tuple[bytes, list[int]]]:
        alike: dict[bytes, list[int]] = {}
        for place in places:
            alike.setdefault(self._forms[place][:length], []).append(place)
        for head, found in alike.items():
            longer = [place for place in found if len(self._forms[place]) > length]
            if len(longer) <= self._CROWD or length >= self._LONGEST_HEAD:
                yield head, found
                continue
            if whole := [place for place in found if len(self._forms[place]) <= length]:
                yield head, whole
            yield from self._by_head(longer, 2 * length)

    def found(self, data: bytes) -> Iterator[tuple[int, int, int]]:
        """Where each form begins and ends, and which it is."""
        if self._automaton is None:
            return
        for head, start, _ in self._automaton.find_matches_as_indexes(data, overlapping=True):
            for place in self._rests[head]:
                if data.startswith(form := self._forms[place], start):
                    yield start, start + len(form), place


class _Heads:
    """Heads, and the automaton that finds them."""

    __slots__ = ("automaton", "heads")

    def __init__(self, heads: tuple[bytes, ...]) -> None:
        self.heads, self.automaton = heads, BytesAhoCorasick(heads)


def _all(head: bytes, piece: bytes) -> Iterator[int]:
    at = piece.find(head)
    while at >= 0:
        yield at
        at = piece.find(head, at + 1)


def _together(found: Iterator[Found]) -> Iterator[Found]:
    """Those that overlap as one, from the first's beginning to the last's end."""
    first = next(found, None)
    if first is None:
        return
    start, end, token = first
    longest = end - start
    for next_start, next_end, next_token in found:
        if next_start >= end:
            yield start, end, token
            start, end, token, longest = next_start, next_end, next_token, next_end - next_start
        else:
            if next_end - next_start > longest:
                token, longest = next_token, next_end - next_start
            end = max(end, next_end)
    yield start, end, token


def _bytes(text: str) -> bytes:
    # What came over the wire may hold half a surrogate pair.
    return text.encode("utf-8", "surrogatepass")
