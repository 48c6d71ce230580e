"""What a run must not have written: all its values in every form, found in any bytes. Lives in memory, and is never written."""

import json
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from accredit.model.disguise import SHORTEST_HUNTED, disguises, parts
from accredit.model.leaks import Sought
from accredit.model.provider import Masking
from accredit.wire.hunt import Forms

_ENOUGH = 1024
"""Characters. Of a longer value its beginning is looked for: who finds that has found it."""
_SHORT, _FEW = 8, 4
"""A form of fewer bytes, or of fewer different ones, turns up by chance inside digests and numbers: it counts where it stands alone."""
_NEIGHBOURS = frozenset(bytes([byte]) for byte in range(128) if chr(byte).isalnum())


UNPLANTED = "values of it were met, and nobody had planted one"
ABSENT = "nothing that a provider said, or a step sent, carried one"


@dataclass(frozen=True, slots=True)
class Values:
    """What one process of a run knows that must not be written.

    Attributes:
        learned: Value → what stands in its place.
        given: The partner's secrets.
        canaries: Value → the names under which it was planted.
        excused: Declared name → why no canary of it could be looked for.
        segment: File name of the journal's segment that this process wrote.
        since: Value → how many records of that segment had been written when it was learned.
    """

    learned: Mapping[str, str]
    given: frozenset[str] = frozenset()
    canaries: Mapping[str, Sequence[str]] = field(default_factory=dict)
    excused: Mapping[str, str] = field(default_factory=dict)
    segment: str = ""
    since: Mapping[str, int] = field(default_factory=dict)

    def packed(self) -> str:
        """For handing to the process that leads, over the pipe between the two: JSON in ASCII, whatever the values hold."""
        told = (
            dict(self.learned),
            sorted(self.given),
            dict(self.canaries),
            dict(self.excused),
            self.segment,
            dict(self.since),
        )
        return json.dumps(told)

    @classmethod
    def unpacked(cls, text: str) -> "Values":
        learned, given, *others = json.loads(text)
        return cls(learned, frozenset(given), *others)


class Search:
    """A `Hidden`: what every process of a run knew, looked for at once.

    Args:
        masking: What is declared. Names without a canary are told.
    """

    def __init__(self, known: Iterable[Values], masking: Masking) -> None:
        known = list(known)
        canaries = {value: names for values in known for value, names in values.canaries.items()}
        excused = {name: why for values in known for name, why in values.excused.items()}
        learned = {value: token for values in known for value, token in values.learned.items()}
        given = frozenset[str]().union(*(values.given for values in known))
        names = {value: f"[{called[0]}, a canary]" for value, called in canaries.items()} | learned
        self._values, self._learned = list(names), learned
        self._since = {values.segment: values.since for values in known}
        self._names, self._given = list(names.values()), [value in given for value in names]
        forms: dict[bytes, int] = {}
        for which, value in enumerate(names):
            for form in _forms(value):
                forms.setdefault(form, which)
        self._forms, self._which = Forms(list(forms)), list(forms.values())
        self._alone = [len(form) < _SHORT or len(set(form)) < _FEW for form in forms]
        self.longest = max(map(len, forms), default=0)
        short = sum(not _is_hunted(value) for value in names)
        met = "\0".join(learned)
        planted = Counter(name for called in canaries.values() for name in called)
        self.sought = Sought(len(names) - short, len(given), len(forms), short, len(canaries), dict(sorted(planted.items())),
                             sum(value in met for value in canaries), _bare(masking, planted, excused, learned.values()))  # fmt: skip

    def found(self, data: bytes) -> Iterator[tuple[int, int, int]]:
        """Where a value begins and ends, and which it is."""
        for start, end, form in self._forms.found(data):
            if not self._alone[form] or _stands_alone(data, start, end):
                yield start, end, self._which[form]

    def name(self, which: int) -> str:
        return self._names[which]

    def is_late(self, which: int, segment: str, record: int) -> bool:
        """True when a value was learned only after that record had been written. What another process learned, the one that wrote it
        never knew; a canary that nobody learned is a gap in the mask."""
        value = self._values[which]
        since = self._since.get(segment, {}).get(value)
        return value in self._learned and (since is None or record < since)

    def is_given(self, which: int) -> bool:
        return self._given[which]


def _forms(value: str) -> Iterator[bytes]:
    for part in parts(value):
        beginning = part[:_ENOUGH]
        if _is_hunted(beginning):
            for form in disguises(beginning):
                yield form.encode("utf-8", "surrogatepass")
                if "\\" in form:  # a record is JSON, and escapes once more what the mask would have known in a text
                    yield json.dumps(form, ensure_ascii=False)[1:-1].encode("utf-8", "surrogatepass")
            # Spreadsheets and PDF write so. The mask need not know: to it this is no text.
            wide = beginning.encode("utf-16-be", "surrogatepass")
            yield from (
                wide,
                beginning.encode("utf-16-le", "surrogatepass"),
                wide.hex().encode(),
                wide.hex().upper().encode(),
            )


def _is_hunted(value: str) -> bool:
    return len(value) >= SHORTEST_HUNTED


def _stands_alone(data: bytes, start: int, end: int) -> bool:
    before = data[max(0, start - 2) : start]
    is_fraction = before[-1:] == b"." and before[:1].isdigit()
    return not is_fraction and before[-1:] not in _NEIGHBOURS and data[end : end + 1] not in _NEIGHBOURS


def _bare(
    masking: Masking, planted: Collection[str], excused: Mapping[str, str], tokens: Iterable[str]
) -> Mapping[str, str]:
    """Declared names without a canary, and why."""
    met = {part for token in tokens for part in token[1:].partition(":")[0].lower().split(".")}
    declared = (name for name in (*masking.personal, *masking.secret) if name not in planted)
    return {
        name: excused.get(name) or (UNPLANTED if name.rpartition(".")[2].lower() in met else ABSENT)
        for name in declared
    }
