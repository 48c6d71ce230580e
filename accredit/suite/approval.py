"""The two signatures under a budget: over its file, over the facts that say what requests move, and over the ledger it is counted in."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from accredit.evidence.spent import NAME
from accredit.evidence.statements import kept_in
from accredit.evidence.voices import voice
from accredit.model.budget import Budget
from accredit.model.errors import UsageError
from accredit.model.moment import stamp
from accredit.model.spending import LEEWAY
from accredit.model.statement import Person, SignOff
from accredit.model.voice import Voice
from accredit.suite.catalogue import Dossier, statements_folder
from accredit.suite.people import APPROVER, people


@dataclass(frozen=True, slots=True)
class Signed:
    """One approver's signature that counts.

    Attributes:
        by: The name of their table in `[people]`.
        counted_in: The ledger's chain value when they signed: it must still be there.
    """

    by: str
    role: str
    at: datetime
    counted_in: str


def signatures(
    budget: Budget, path: Path, files: Mapping[str, str], dossier: Dossier, partner_file: Path | None, now: datetime
) -> tuple[Signed, ...]:
    """Both approvers' signatures, each one's latest.

    Args:
        files: Name → hex SHA-256, as `files_signed` gives them.

    Raises:
        UsageError: one is missing, and why; or the two are one person.
    """
    known, folder = people(partner_file, dossier.root), statements_folder(partner_file, budget.provider)
    purpose = f"{budget.provider}.budget"
    found: dict[str, Signed] = {}
    strange: dict[str, str] = {}
    for file, statement in kept_in(folder, "sign-off").items():
        signed = voice(file.name, statement, SignOff, known.values())
        if signed.said.purpose != purpose or signed.said.provider != budget.provider:
            continue
        who = next((name for name, person in known.items() if person == signed.person), signed.key)
        if why := _why_void(signed, files, now):
            strange[who] = why
        elif who not in found or found[who].at < signed.said.at:
            found[who] = Signed(who, signed.said.role, signed.said.at, signed.subject[NAME])
    missing = [name for name in budget.approvers if name not in found]
    if missing:
        raise UsageError(f"{path} is not signed by {' and '.join(missing)}: {'; '.join(_why(n, known, strange) for n in missing)}"
                         f"{_also(found, strange, missing)}. Both approvers sign the file as it is: "
                         f"accredit sign {path} --for {purpose} --role {APPROVER} --by NAME --key KEY; any change of a byte voids it.")  # fmt: skip
    _must_be_two(budget, path, known)
    return tuple(found[name] for name in budget.approvers)


def must_be_settler(person: Person, dossier: Dossier) -> None:
    """Raises UsageError unless they may say what became of a write: an approver, or in a role that signs a gate of the provider's."""
    roles = dict.fromkeys((APPROVER, *(quorum.role for gate in dossier.gates for quorum in gate.quorum)))
    if not set(person.roles) & set(roles):
        raise UsageError(f"{person.name} has the roles {', '.join(person.roles) or 'none'}; what became of a write is said by somebody who is "
                         f"{' or '.join(roles)}.")  # fmt: skip


def counted_before(provider: str, partner_file: Path | None) -> frozenset[str]:
    """Chain values of the provider's ledger that signatures are over, whoever made them."""
    kept = kept_in(statements_folder(partner_file, provider), "sign-off").values()
    return frozenset(statement.subject[NAME] for statement in kept if NAME in statement.subject)


def files_signed(path: Path, digest: str, dossier: Dossier, facts: str) -> dict[str, str]:
    """Name → hex SHA-256, of what decides how much may be sent and how it is counted: a budget's file, and the provider's facts."""
    return {path.name: digest, dossier.writes_file.relative_to(dossier.root).as_posix(): facts}


def digest_of(path: Path) -> str:
    """Hex SHA-256; empty when it cannot be read, which no signature is over."""
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:
        return ""


def _why_void(signed: Voice[SignOff], files: Mapping[str, str], now: datetime) -> str:
    """Why a signature does not count; empty when it does."""
    said, person = signed.said, signed.person
    if signed.stranger or person is None:
        return f"{signed.file} is {signed.stranger}"
    if said.role != APPROVER or said.role not in person.roles:
        return f"{signed.file} is {said.by}'s as {said.role}; it takes the role {APPROVER}, which accredit.toml gives"
    if other := [name for name, digest in files.items() if signed.subject.get(name) != digest]:
        return f"{said.by} has signed other bytes than these of {' and '.join(other)}"
    if NAME not in signed.subject:
        return f"{said.by} has not signed in which ledger it is counted"
    if said.at > now + LEEWAY:
        return f"{said.by}'s signature is of {stamp(said.at)}, which is yet to come; check the clock"
    return ""


def _must_be_two(budget: Budget, path: Path, known: Mapping[str, Person]) -> None:
    """Two tables of `[people]` may bear one person's name, and two keys."""
    names = {known[name].name.strip().casefold() for name in budget.approvers}
    if len(names) != len(budget.approvers):
        tables = " and ".join(f"[people.{name}]" for name in budget.approvers)
        raise UsageError(
            f"{path}: {tables} are both {known[budget.approvers[0]].name}; two different people approve a budget."
        )


def _why(name: str, known: Mapping[str, Person], strange: Mapping[str, str]) -> str:
    if name not in known:
        return f"{name} is nobody of [people] in accredit.toml"
    return strange.get(name, f"there is no signature of {name}'s")


def _also(found: Mapping[str, Signed], strange: Mapping[str, str], missing: list[str]) -> str:
    told = [f"{name} has, and one person signs for one, however often" for name in found]
    told += [words for who, words in strange.items() if who not in missing]
    return "".join(f"; {words}" for words in told)
