"""Takes a named person's word that requirements are met, with what they show for it: digested, searched for secrets, kept."""

import hashlib
import json
import os
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from accredit.evidence.leaks import LeakGate
from accredit.evidence.statements import keep, stated
from accredit.model.errors import AccreditError, UsageError, instead
from accredit.model.keys import PrivateKey
from accredit.model.leaks import Scan
from accredit.model.requirement import Register, Requirement
from accredit.model.statement import Attestation, Person, SignOff, Waiver
from accredit.release.voices import DOCUMENTS, predicate
from accredit.suite.catalogue import Dossier, partner_facts
from accredit.wire.hidden import Search, Values

MOST_BYTES = 64 * 1024**2
_UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")
_LONGEST_NAME = 80


class DocumentLeaks(AccreditError):
    """What was to be kept holds a secret of the partner's. Never tells its value."""


@dataclass(frozen=True, slots=True)
class Attested:
    """What was kept. `scan` tells what the search came to; `searched_for` the environment variables whose values were looked for."""

    statements: tuple[Path, ...]
    documents: tuple[Path, ...]
    scan: Scan
    searched_for: tuple[str, ...]


def attestable(register: Register, wanted: str, environment: str) -> Requirement:
    """The requirement, if a person's word can show it there.

    Raises:
        UsageError: there is none of that id, or something else has to show it.
    """
    if wanted not in register:
        hint = instead(wanted, register.ids, "`accredit requirements` lists them all.")
        raise UsageError(f"{wanted}: no such requirement; {hint}")
    requirement = register[wanted]
    if why := _not_by_word(requirement, environment):
        raise UsageError(f"{wanted} cannot be attested: {why}")
    return requirement


def must_attest(person: Person, requirement: str) -> None:
    """Raises UsageError when by accredit.toml their word does not count on a requirement."""
    if not person.may_attest(requirement):
        only = ", ".join(person.attests or ()) or "nothing"
        raise UsageError(
            f"{person.name} by accredit.toml attests {only} only, and not {requirement}; have somebody attest it who does."
        )


def attest(dossier: Dossier, words: Sequence[Attestation], files: Sequence[Path], key: PrivateKey, folder: Path,
           partner_file: Path | None) -> Attested:  # fmt: skip
    """Keeps the statements and a copy of each document.

    Args:
        words: One for each requirement; the same person's.
        folder: Where statements on this provider are kept.

    Raises:
        DocumentLeaks: a secret of the partner's stands in a document or in the words. Nothing is kept.
        UsageError: a file cannot be read, or is empty.
    """
    documents = {document_name(file, data): data for file in files for data in [_read(file)]}
    subject = {name: hashlib.sha256(data).hexdigest() for name, data in documents.items()}
    signed = {said.requirement: stated("attestation", subject, predicate(said), key) for said in words}
    secrets = secrets_named(dossier, partner_file)
    told = {
        f"the words on {said.requirement}": json.dumps(predicate(said), ensure_ascii=False).encode() for said in words
    }
    scan = searched({**documents, **told}, dossier, secrets)
    for name, data in documents.items():
        _keep(folder / DOCUMENTS / name, data)
    statements = tuple(keep(folder, "attestation", id_, data) for id_, data in signed.items())
    return Attested(statements, tuple(folder / DOCUMENTS / name for name in documents), scan, tuple(sorted(secrets)))


def document_name(file: Path, data: bytes) -> str:
    """`1f3a9c20b7e4-ticket.pdf`: unlike any other, and safe on every machine."""
    safe = _UNSAFE.sub("-", file.name).strip(".-") or "document"
    return f"{hashlib.sha256(data).hexdigest()[:12]}-{safe[-_LONGEST_NAME:].lstrip('.-')}"


def secrets_named(dossier: Dossier, partner_file: Path | None) -> Mapping[str, str]:
    """Environment variable → its value, of all that `accredit.toml` names for any environment of the provider, and that are set."""
    facts = partner_facts(partner_file, dossier.provider)
    names = {name for where in ("simulator", "certification", "production") for name in facts.access(where).secrets.values()}  # fmt: skip
    return {name: value for name in sorted(names) if (value := os.environ.get(name, ""))}


def searched(contents: Mapping[str, bytes], dossier: Dossier, secrets: Mapping[str, str]) -> Scan:
    """What a search of these for the secrets came to, in every disguise and whatever they are packed in.

    Raises:
        DocumentLeaks: one was found; names the place, never the value.
    """
    known = Values({value: f"[{name}]" for name, value in secrets.items()}, frozenset(secrets.values()))
    gate = LeakGate(Search([known], dossier.provider.masking), ())
    for name, data in contents.items():
        gate.take(name, data)
    if gate.leaks:
        places = "\n  ".join(map(str, gate.leaks))
        raise DocumentLeaks(f"nothing was kept: a secret stands where the provider's reviewer would read it:\n  {places}\n"
                            "Take it out, say it again, and have the secret replaced if others have seen it.")  # fmt: skip
    return gate.scan


def must_tell_no_secret(said: Waiver | SignOff, dossier: Dossier, partner_file: Path | None) -> None:
    """Raises DocumentLeaks when a secret of the partner's stands in what somebody is about to sign."""
    told = json.dumps(predicate(said), ensure_ascii=False).encode()
    searched({"the words": told}, dossier, secrets_named(dossier, partner_file))


def said_of(attested: Attested) -> Iterable[str]:
    """What was searched for, and what could not be, a line each."""
    if not attested.searched_for:
        yield "searched for nothing: no environment variable that accredit.toml names for a secret is set"
        return
    sought = attested.scan.sought
    short = f"; {sought.too_short} too short to be looked for" if sought and sought.too_short else ""
    yield f"no secret found: looked for the values of {', '.join(attested.searched_for)}{short}"
    if attested.scan.closed:
        yield f"not looked into: {', '.join(attested.scan.closed)}; make sure yourself that nothing secret is shown there"


def _not_by_word(r: Requirement, environment: str) -> str:
    if r.verified == "driven" and environment in r.environments:
        return f"a scenario shows it in {environment}; run it: accredit run --env {environment} --only {r.id}"
    if r.verified == "driven" and not r.elsewhere:
        return f"scenarios show it in {' and '.join(r.environments)}, and nobody's word does; run it there"
    if r.verified == "driven" and not environment:
        return f"scenarios show it in {' and '.join(r.environments)}; say where else it was {r.elsewhere}, with --env"
    if r.verified not in ("driven", "attested", "observed"):
        return f"it is {r.verified.replace('_', ' ')}: {r.reason}"
    return ""


def _read(file: Path) -> bytes:
    try:
        if (size := file.stat().st_size) > MOST_BYTES:
            raise UsageError(f"{file} has {size} bytes, and {MOST_BYTES} is the most; attach an extract.")
        data = file.read_bytes()
    except OSError as failed:
        raise UsageError(f"{file} cannot be read ({failed.strerror}).") from None
    if not data:
        raise UsageError(f"{file} is empty, so it shows nothing; name the document.")
    return data


def _keep(path: Path, data: bytes) -> None:
    """Whole or not at all: what its name says is its digest."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        partial = path.with_name(f"{path.name}.partial")
        partial.write_bytes(data)
        partial.replace(path)
    except OSError as failed:
        raise UsageError(f"{path} cannot be written ({failed.strerror}).") from None
