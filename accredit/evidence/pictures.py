"""A run's exchanges from afar: how they were answered, in their order, and how long each operation took. Folded as they pass."""

import math
from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field

from accredit.model.exchange import Exchange

MOST_COLUMNS, HEIGHT = 120, 100
_FINER = math.log(1.02)
"""Durations are counted in steps of two per cent, so that memory does not grow with the run."""
KINDS = {
    "good": "2xx",
    "moved": "3xx",
    "refused": "4xx",
    "broken": "5xx",
    "silent": "no answer",
    "incoming": "came in",
}
"""How an exchange ended: the name of its colour, and the words for it."""


@dataclass(slots=True)
class Column:
    """Some exchanges next to each other in the run."""

    first: int = 0
    last: int = 0
    began: str = ""
    kinds: Counter[str] = field(default_factory=Counter)
    marked: list[int] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Bar:
    """A piece of a column, in units of the picture; y counts from the top."""

    kind: str
    x: int
    y: float
    height: float


@dataclass(slots=True)
class Durations:
    """How long one operation took, in milliseconds."""

    counts: Counter[int] = field(default_factory=Counter)
    slowest: float = 0.0

    def take(self, elapsed: float) -> None:
        """Seconds."""
        ms = elapsed * 1000
        self.slowest = max(self.slowest, ms)
        self.counts[math.ceil(math.log(max(ms, 0.1)) / _FINER)] += 1

    @property
    def count(self) -> int:
        return self.counts.total()

    def within(self, share: float) -> float:
        """So many milliseconds were enough for that share of them; at most two per cent too many."""
        due, seen = math.ceil(share * self.count), 0
        for step in sorted(self.counts):
            seen += self.counts[step]
            if seen >= due:
                return min(math.exp(step * _FINER), self.slowest)
        return self.slowest


class Pictures:
    """Takes every exchange of a run by number.

    Args:
        total: How many there will be.
        marked: Numbers to point at: those that count against the run.
    """

    def __init__(self, total: int, marked: Collection[int]) -> None:
        self.total, self._marked, self._taken = total, marked, 0
        self.kinds: Counter[str] = Counter()
        self.columns: list[Column] = [Column() for _ in range(min(total, MOST_COLUMNS))]
        self._durations: dict[str, Durations] = {}

    def take(self, e: Exchange) -> None:
        """One more."""
        column = self.columns[min(self._taken * len(self.columns) // max(self.total, 1), len(self.columns) - 1)]
        self._taken += 1
        kind = kind_of(e)
        self.kinds[kind] += 1
        column.kinds[kind] += 1
        column.first, column.began = column.first or e.number, column.began or e.sent_at
        column.last = e.number
        if e.number in self._marked:
            column.marked.append(e.number)
        if e.elapsed is not None and kind != "incoming":
            self._durations.setdefault(e.operation or "unknown operation", Durations()).take(e.elapsed)

    @property
    def tallest(self) -> int:
        return max((column.kinds.total() for column in self.columns), default=0)

    def bars(self) -> Iterator[Bar]:
        """The columns, each stacked from the bottom: what went well below, what did not on top."""
        for x, column in enumerate(self.columns):
            top = float(HEIGHT)
            for kind in KINDS:
                if count := column.kinds[kind]:
                    height = count * HEIGHT / self.tallest
                    top -= height
                    yield Bar(kind, x, round(top, 2), round(height, 2))

    @property
    def durations(self) -> list[tuple[str, Durations]]:
        """By operation, the slowest first."""
        return sorted(self._durations.items(), key=lambda item: (-item[1].within(0.5), item[0]))

    @property
    def scale(self) -> float:
        """The longest there was, in milliseconds."""
        return max((d.slowest for d in self._durations.values()), default=0.0)

    def place(self, ms: float) -> float:
        """Where a duration stands on a scale of 0 to 100, logarithmic from a tenth of a millisecond to the longest."""
        far = math.log(max(self.scale, 1.0) / 0.1)
        return round(100 * math.log(max(ms, 0.1) / 0.1) / far, 2)


def kind_of(e: Exchange) -> str:
    """One of `KINDS`."""
    if e.direction == "incoming":
        return "incoming"
    if e.response is None:
        return "silent"
    return {2: "good", 3: "moved", 4: "refused"}.get(e.response.status // 100, "broken")
