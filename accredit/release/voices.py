"""Reads what a partner keeps of people's words, and finds out whose key signed each. Only people of `[people]` have a voice."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

from accredit.evidence import archive
from accredit.evidence.statements import Statement, kept_in
from accredit.evidence.voices import voice
from accredit.model.errors import AccreditError, UsageError
from accredit.model.keys import PrivateKey, key_id
from accredit.model.parity.recorded import Recorded
from accredit.model.reading import read
from accredit.model.statement import Attestation, Kind, Person, SignOff, Waiver
from accredit.model.voice import Voice

DOCUMENTS = "documents"
"""Beside the statements: what people showed, each file named by its digest."""

S = TypeVar("S", Attestation, Waiver, SignOff)


@dataclass(frozen=True, slots=True)
class Comparison:
    """A kept record that two bundles were compared. Whether it is so, the bundles say."""

    file: str
    statement: Statement
    says: Recorded


@dataclass(frozen=True, slots=True)
class Kept:
    """What is kept of one provider.

    Attributes:
        faults: Why some of it cannot be read: altered, or not as accredit writes it. Of that kind then nothing is known.
    """

    attestations: tuple[Voice[Attestation], ...] = ()
    waivers: tuple[Voice[Waiver], ...] = ()
    sign_offs: tuple[Voice[SignOff], ...] = ()
    parities: tuple[Comparison, ...] = ()
    faults: tuple[str, ...] = ()


def documents_in(folder: Path) -> Mapping[str, str]:
    """Name → hex SHA-256, of every document that is kept."""
    return {path.name: archive.digest(path) for path in sorted((folder / DOCUMENTS).glob("*")) if path.is_file()}


def kept(folder: Path, known: Mapping[str, Person]) -> Kept:
    """Everything that is kept of a provider; what was altered is told, and counts as not there."""
    faults: list[str] = []
    attestations = _voices(folder, "attestation", Attestation, known, faults)
    waivers = _voices(folder, "waiver", Waiver, known, faults)
    sign_offs = _voices(folder, "sign-off", SignOff, known, faults)
    return Kept(attestations, waivers, sign_offs, _comparisons(folder, faults), tuple(faults))


def signer(known: Mapping[str, Person], by: str, key: PrivateKey) -> Person:
    """The person that `by` names, as their table in `[people]` or themselves are called.

    Raises:
        UsageError: there is nobody of that name, or the key is not theirs.
    """
    theirs = key_id(key.public_key())
    found = [person for table, person in known.items() if by in (table, person.name)]
    if not found:
        raise UsageError(f"{by}: there is nobody of that name in accredit.toml; {_everybody(known)} Add\n"
                         f'[people.…]\nname = "…"\nroles = ["…"]\nkey = "{theirs}"')  # fmt: skip
    for person in found:
        if person.key == theirs:
            return person
    whose = next((f"{person.name}'s" for person in known.values() if person.key == theirs), "nobody's of [people]")
    raise UsageError(f"the key {theirs} is {whose}, not {found[0].name}'s; each signs with a key of their own, --key.")


def predicate(said: Any) -> dict[str, Any]:
    """What a record says, as JSON has it: days as text, what is not said left out."""
    return {name: value.isoformat() if isinstance(value, date) else value
            for name, value in asdict(said).items() if value not in (None, "")}  # fmt: skip


def _voices(folder: Path, kind: Kind, record: type[S], known: Mapping[str, Person],
            faults: list[str]) -> tuple[Voice[S], ...]:  # fmt: skip
    try:
        found = kept_in(folder, kind)
        return tuple(voice(path.name, statement, record, known.values()) for path, statement in found.items())
    except AccreditError as wrong:
        faults.append(str(wrong))
        return ()


def _comparisons(folder: Path, faults: list[str]) -> tuple[Comparison, ...]:
    try:
        found = kept_in(folder, "parity")
        return tuple(Comparison(path.name, s, read(Recorded, s.predicate, path.name)) for path, s in found.items())
    except AccreditError as wrong:
        faults.append(str(wrong))
        return ()


def _everybody(known: Mapping[str, Person]) -> str:
    return f"it has {', '.join(sorted(person.name for person in known.values())) or 'nobody yet'}."
