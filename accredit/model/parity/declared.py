"""Differences that the partner declared, each with a reason and a last day. One that excuses nothing is told, like a waiver."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from accredit.model.parity.differences import KINDS, Difference
from accredit.model.reading import Strict


@dataclass(frozen=True, slots=True, kw_only=True)
class Declared(Strict):
    """One entry of the partner's `parity.toml`, `[[<provider>.declared]]`.

    Attributes:
        operation, place, kind: As a finding tells them.
        scenario: Where alone; empty for everywhere.
        approver: Who answers for it.
        last_day: On which it still holds.
    """

    operation: str
    place: str
    kind: str
    scenario: str = ""
    reason: str
    approver: str
    ticket: str
    last_day: date

    def is_of(self, one: Difference) -> bool:
        told = (one.operation, one.place, one.kind)
        return told == (self.operation, self.place, self.kind) and self.scenario in ("", one.scenario)

    @property
    def faults(self) -> tuple[str, ...]:
        """What it lacks: somebody has to answer for it, for something there can be."""
        empty = [f"{name} is empty; say it" for name in ("place", "reason", "approver", "ticket") if not getattr(self, name).strip()]  # fmt: skip
        strange = [] if self.kind in KINDS else [f"kind is {self.kind!r}; there are {', '.join(KINDS)}"]
        return (*empty, *strange)


@dataclass(frozen=True, slots=True)
class Sifted:
    """Differences in the light of what was declared.

    Attributes:
        open: That nobody declared, or not any more.
        excused: Entries and how many differences each excuses.
        unused: That match none. expired: That would, and are past their last day.
    """

    open: tuple[Difference, ...]
    excused: tuple[tuple[Declared, int], ...]
    unused: tuple[Declared, ...]
    expired: tuple[Declared, ...]


def sift(differences: Sequence[Difference], entries: Sequence[Declared], day: date) -> Sifted:
    """Takes out what is declared on that day."""
    matching = {entry: sum(entry.is_of(one) for one in differences) for entry in entries}
    valid = [entry for entry in entries if day <= entry.last_day]
    return Sifted(
        tuple(one for one in differences if not any(entry.is_of(one) for entry in valid)),
        tuple((entry, matching[entry]) for entry in valid if matching[entry]),
        tuple(entry for entry in entries if not matching[entry]),
        tuple(entry for entry in entries if matching[entry] and day > entry.last_day),
    )
