"""A statement as somebody's word: whose key signed it, and why it does not count when it does not. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Generic, TypeVar

from accredit.model.statement import Attestation, Person, SignOff, Waiver

S = TypeVar("S", Attestation, Waiver, SignOff)


@dataclass(frozen=True, slots=True)
class Voice(Generic[S]):
    """A signed statement that is kept.

    Attributes:
        file: Its name: `LP-AP-02-1f3a9c20b7e4.json`.
        digest: Hex SHA-256 of the file: what sign-offs name it by.
        subject: What it speaks of: name → hex SHA-256.
        key: Id of the key that signed it.
        person: Whose key that is; None when it is nobody's of `[people]`.
    """

    file: str
    digest: str
    subject: Mapping[str, str]
    said: S
    key: str
    person: Person | None

    @property
    def named(self) -> str:
        """Who it says has said it."""
        return self.said.approver if isinstance(self.said, Waiver) else self.said.by

    @property
    def stranger(self) -> str:
        """Why it is not the word of whom it names; empty when it is."""
        if self.person is None:
            return f"signed with the key {self.key[:12]}…, which is nobody's of [people] in accredit.toml"
        if self.person.name != self.named:
            return f"in the name of {self.named}, signed with the key of {self.person.name}"
        return ""


def untimely(said: Attestation | Waiver, day: date) -> str:
    """Why a statement does not hold on that day; empty when it does."""
    made = said.made_on if isinstance(said, Waiver) else said.shown_on
    if made > day:
        return f"dated {made}, which is after {day}"
    if said.last_day is not None and said.last_day < day:
        return f"past its last day, {said.last_day}"
    return ""


def too_long(waiver: Waiver, most_days: int) -> str:
    """Why a waiver was made for too long; empty when it was not."""
    days = (waiver.last_day - waiver.made_on).days
    return f"made for {days} days, and {most_days} is the most" if days > most_days else ""
