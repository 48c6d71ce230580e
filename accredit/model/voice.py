"""A statement as somebody's word: whose key signed it, and why it does not count when it does not. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Generic, TypeVar

from accredit.model.requirement import Requirement
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
        """Why it is not the word of whom it names, or they have none in this; empty when it is."""
        if self.person is None:
            return f"signed with the key {self.key[:12]}…, which is nobody's of [people] in accredit.toml"
        if self.person.name != self.named:
            return f"in the name of {self.named}, signed with the key of {self.person.name}"
        if isinstance(self.said, Attestation) and not self.person.may_attest(self.said.requirement):
            return f"the word of {self.named}, who by accredit.toml attests {_list(self.person.attests)} only"
        return ""


def why_not_attested(word: Voice[Attestation], provider: str, requirement: Requirement | None, day: date,
                     documents: Mapping[str, str] | None) -> str:  # fmt: skip
    """Why an attestation shows nothing on that day; empty when it does.

    Args:
        requirement: The one it speaks of; None when the register has none of that id.
        documents: Name → hex SHA-256, of those that are kept; None when nobody can look.
    """
    said = word.said
    if said.provider != provider:
        return f"it speaks of {said.provider}"
    if word.stranger or (why := untimely(said, day)):
        return word.stranger or why
    if requirement is None:
        return "the register does not ask for it"
    if said.environment in requirement.environments:
        return f"a scenario shows it in {said.environment}"
    if not word.subject:
        return f"{word.named} showed nothing; the register asks for: {requirement.evidence}"
    lost = [name for name, digest in word.subject.items() if documents is not None and documents.get(name) != digest]
    return f"the document {lost[0]} is not there as it was attested" if lost else ""


def untimely(said: Attestation | Waiver, day: date) -> str:
    """Why a statement does not hold on that day; empty when it does."""
    made = said.made_on if isinstance(said, Waiver) else said.shown_on
    if made > day:
        return f"dated {made}, which is after {day}"
    if said.last_day is not None and said.last_day < day:
        return f"past its last day, {said.last_day}"
    return ""


def _list(attests: tuple[str, ...] | None) -> str:
    return ", ".join(attests or ()) or "nothing"


def too_long(waiver: Waiver, most_days: int) -> str:
    """Why a waiver was made for too long; empty when it was not."""
    days = (waiver.last_day - waiver.made_on).days
    return f"made for {days} days, and {most_days} is the most" if days > most_days else ""
