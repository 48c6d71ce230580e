"""What named persons say of a release: attestations, waivers, sign-offs. Each is signed and kept in a file of its own."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from accredit.model.reading import Strict

Kind = Literal["attestation", "waiver", "sign-off", "parity", "watch-report"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Attestation(Strict):
    """A named person's word that a requirement is met, with the digests of what they showed (the statement's subject).

    Attributes:
        environment: Where it was shown; empty when it belongs to none, as a contract does.
        by: Who says so, and answers for it.
        says: In their own words.
        shown_on: The day it was shown.
        last_day: After which it has to be shown anew; None when it does not grow old.
    """

    provider: str
    requirement: str
    by: str
    says: str
    shown_on: date
    environment: Literal["", "simulator", "certification", "production"] = ""
    last_day: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiver(Strict):
    """A failure that is accepted for a while. The result stays failed, *waived until* the last day."""

    provider: str
    requirement: str
    environment: Literal["simulator", "certification", "production"]
    reason: str
    approver: str
    ticket: str
    made_on: date
    last_day: date


@dataclass(frozen=True, slots=True, kw_only=True)
class SignOff(Strict):
    """A named role's signature over the digests of a file and of all that bore on the decision (the statement's subject).

    Attributes:
        purpose: What is signed off, as `latam_pass.approval`; for a budget `latam_pass.budget`.
        role: In which it is signed: `release-manager`.
        at: UTC.
    """

    provider: str
    purpose: str
    role: str
    by: str
    at: datetime
    says: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Person(Strict):
    """Somebody whose signature counts, as `[people.…]` of accredit.toml names them.

    Attributes:
        key: Id of their signing key: what `accredit verify` calls the key, got from them by other means.
        attests: Requirements, or chapters of them (`LP-AP`), on which their word counts; None for all. The partner's own rule: no
            provider publishes whose word it takes.
    """

    name: str
    roles: tuple[str, ...]
    key: str
    attests: tuple[str, ...] | None = None

    def may_attest(self, requirement: str) -> bool:
        """Whether their word on a requirement counts."""
        return self.attests is None or bool({requirement, requirement.rpartition("-")[0]} & set(self.attests))
