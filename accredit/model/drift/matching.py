"""Finds the operations that two documents both have, by method and path, whatever stands before the path."""

import re
from collections.abc import Iterator, Sequence

from accredit.model.drift.promised import Promised

Address = tuple[str, ...]


def matched(ours: Sequence[Promised], theirs: Sequence[Promised]) -> list[tuple[Promised, Promised]]:
    """Which of theirs is which of ours; each is in one pair at most.

    A whole path counts before one that only ends alike; between two that end alike equally far, none is chosen.
    """
    candidates = sorted(
        (
            (score, a, b)
            for a, one in enumerate(ours)
            for b, other in enumerate(theirs)
            if (score := _likeness(one, other))
        ),
        reverse=True,
    )
    pairs: dict[int, int] = {}
    for score, a, b in candidates:
        rivals = [
            c
            for c in candidates
            if c[0] == score and ((c[1] == a) != (c[2] == b)) and c[1] not in pairs and c[2] not in pairs.values()
        ]
        if a not in pairs and b not in pairs.values() and not rivals:
            pairs[a] = b
    return [(ours[a], theirs[b]) for a, b in sorted(pairs.items())]


def _likeness(ours: Promised, theirs: Promised) -> tuple[int, int] | None:
    """How well they match, best first by order; None when they don't."""
    if ours.method != theirs.method:
        return None
    known = {_address(ours.path), *(_address(base + ours.path) for base in ours.bases)}
    published = {_address(base + theirs.path) for base in theirs.bases}
    if whole := max(map(len, known & published), default=0):
        return 2, whole
    ends = [min(len(a), len(b)) for a in known for b in published if _ends_alike(a, b)]
    return (1, max(ends)) if ends else None


def _ends_alike(one: Address, other: Address) -> bool:
    shorter, longer = sorted((one, other), key=len)
    return longer[len(longer) - len(shorter):] == shorter and any(part != "{}" for part in shorter)  # fmt: skip


def _address(path: str) -> Address:
    return tuple(_segments(path))


def _segments(path: str) -> Iterator[str]:
    """Parts of a path; what a parameter is called does not matter."""
    yield from (re.sub(r"\{[^{}]*\}", "{}", part) for part in path.split("/") if part)
