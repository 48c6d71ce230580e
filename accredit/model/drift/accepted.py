"""Differences that a person accepted, each with a reason. One that excuses nothing any more is told, like a waiver."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from accredit.model.drift.comparison import Comparison
from accredit.model.drift.difference import Difference
from accredit.model.errors import UsageError
from accredit.model.reading import Strict


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted(Strict):
    """An accepted difference, as it stands in the reviewed file.

    Attributes:
        difference: Its id, which changes with operation, place, rule and values.
        says: The difference in words, for whoever reviews the file.
        published: `sha256:…` of the published file it was accepted on.
    """

    difference: str
    operation: str
    place: str
    says: str
    reason: str
    by: str
    on: date
    published: str


@dataclass(frozen=True, slots=True)
class Judged:
    """A comparison in the light of what was accepted.

    Attributes:
        accepted: By id of the difference.
        unused: Entries that match no difference.
    """

    comparison: Comparison
    accepted: Mapping[str, Accepted]
    unused: tuple[Accepted, ...]

    @property
    def breaking(self) -> tuple[Difference, ...]:
        """What breaks the partner and nobody accepted."""
        return tuple(d for d in self.comparison.differences if d.kind == "breaking" and d.id not in self.accepted)

    @property
    def is_fine(self) -> bool:
        return not self.breaking and not self.unused


def judge(comparison: Comparison, entries: Sequence[Accepted]) -> Judged:
    """Which breaking differences are accepted, and which entries excuse nothing.

    An entry on what the document does not describe at all is left for the document that does.
    """
    breaking = {d.id for d in comparison.differences if d.kind == "breaking"}
    elsewhere = {*comparison.unheard, *(name for names in comparison.silent.values() for name in names)}
    used = {entry.difference: entry for entry in entries if entry.difference in breaking}
    unused = tuple(e for e in entries if e.difference not in breaking and e.operation not in elsewhere)
    return Judged(comparison, used, unused)


def entry_for(difference: Difference, *, reason: str, by: str, on: date, published: str) -> Accepted:
    """The entry that accepts a difference.

    Raises:
        UsageError: it breaks nothing, or reason or name is empty.
    """
    if difference.kind != "breaking":
        raise UsageError(f"{difference.id} is {difference.kind}, so there is nothing to accept.")
    if not reason.strip() or not by.strip():
        raise UsageError("An accepted difference needs a reason and the name of who accepts it: --reason and --by.")
    return Accepted(
        difference=difference.id,
        operation=difference.operation,
        place=difference.place,
        says=f"{difference.rule.says} We have: {difference.ours}. They publish: {difference.theirs}.",
        reason=reason.strip(),
        by=by.strip(),
        on=on,
        published=published,
    )
