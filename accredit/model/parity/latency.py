"""How long answers took: classes and percentiles by operation, to be looked at and not judged."""

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, field
from math import ceil

BOUNDS = (0.1, 0.3, 1.0, 3.0)
CLASSES = ("under 100 ms", "under 300 ms", "under 1 s", "under 3 s", "slower")


@dataclass
class Latencies:
    """Seconds by operation, of both sides."""

    seconds: dict[str, tuple[list[float], list[float]]] = field(default_factory=dict)

    def take(self, operation: str, side: int, elapsed: float | None) -> None:
        if elapsed is not None:
            self.seconds.setdefault(operation, ([], []))[side].append(elapsed)


@dataclass(frozen=True, slots=True)
class Latency:
    """Of one operation on one side. `p50` and `p95` in seconds, None when nothing came back; `classes` counts by `CLASSES`."""

    count: int
    p50: float | None
    p95: float | None
    classes: tuple[int, ...]


def latency_of(seconds: Iterable[float]) -> Latency:
    ordered = sorted(seconds)
    classes = [0] * len(CLASSES)
    for one in ordered:
        classes[bisect_right(BOUNDS, one)] += 1
    return Latency(len(ordered), _percentile(ordered, 0.5), _percentile(ordered, 0.95), tuple(classes))


def _percentile(ordered: list[float], share: float) -> float | None:
    """The value that this share of them does not exceed (nearest rank)."""
    return ordered[ceil(share * len(ordered)) - 1] if ordered else None
