"""Holds a provider's contract against a published file, and keeps what a partner accepted in a file of the partner's."""

import hashlib
import json
import os
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date
from pathlib import Path
from typing import Any

from accredit.model.drift.accepted import Accepted, Judged, entry_for, judge
from accredit.model.drift.comparison import compare
from accredit.model.drift.document import Document
from accredit.model.errors import UsageError
from accredit.model.reading import read
from accredit.suite.catalogue import Dossier, read_toml
from accredit.suite.documents import read_document

ACCEPTED_FILE = "contract-accepted.toml"
_TOP = """\
# Differences between accredit's contract and what the provider published that were looked at and accepted, each with its reason.
# Written by `accredit contract accept`, reviewed like code. An entry that matches nothing any more fails `accredit contract diff`.
"""


@dataclass(frozen=True, slots=True)
class Drift:
    """What came of holding a provider's contract against a file.

    Attributes:
        digest: `sha256:…` of the file.
        written_by: The specification it is written by: `Swagger 2.0`.
    """

    provider: str
    published: Path
    digest: str
    written_by: str
    judged: Judged


def drift(dossier: Dossier, published: Path, entries: Sequence[Accepted] = (), services: Collection[str] = ()) -> Drift:
    """Compares, and judges by what was accepted.

    Raises:
        UsageError: the file cannot be read as what it should be, or a service is none of the provider's.
    """
    if strange := sorted(set(services) - set(dossier.provider.services)):
        raise UsageError(
            f"{strange[0]!r} is no service of {dossier.provider.title}; it has {', '.join(dossier.provider.services)}."
        )
    raw, content = read_document(published)
    theirs = Document(raw, published.name)
    written_by = f"{'Swagger' if theirs.version == '2.0' else 'OpenAPI'} {theirs.version}"
    ours = {service: Document(document, f"contract {service}") for service, document in dossier.documents.items()}
    comparison = compare(ours, theirs, services)
    digest = f"sha256:{hashlib.sha256(content).hexdigest()}"
    return Drift(dossier.name, published, digest, written_by, judge(comparison, entries))


def accepted_by(path: Path | None, provider: str) -> list[Accepted]:
    """What the partner accepted of a provider; nothing when no file is named and the usual one is not there.

    Raises:
        UsageError: the file cannot be read, or accepts one difference twice.
    """
    if path is None and not Path(ACCEPTED_FILE).is_file():
        return []
    path = path or Path(ACCEPTED_FILE)
    tables = read_toml(path).get(provider, [])
    if not isinstance(tables, list):
        raise UsageError(f"{path}: {provider} must be a list of tables, [[{provider}]]; correct it.")
    entries = [
        read(Accepted, _table(path, provider, table), f"{path}, [[{provider}]] {number}")
        for number, table in enumerate(tables, 1)
    ]
    ids = [entry.difference for entry in entries]
    if twice := next((id_ for id_ in ids if ids.count(id_) > 1), None):
        raise UsageError(f"{path}: {twice} is accepted twice; remove one of the two.")
    return entries


def accept(path: Path, found: Drift, ids: Sequence[str], *, reason: str, by: str, on: date) -> list[Accepted]:
    """Adds entries for these differences to the partner's file, which is made when it is not there.

    Raises:
        UsageError: there is no such difference, it breaks nothing, or is accepted already.
    """
    known = {difference.id: difference for difference in found.judged.comparison.differences}
    for id_ in ids:
        if id_ not in known:
            raise UsageError(f"{id_} is no difference between the contract of {found.provider} and {found.published.name}; "
                             f"`accredit contract diff {found.provider} --published {found.published}` shows which there are.")  # fmt: skip
        if id_ in found.judged.accepted:
            raise UsageError(
                f"{id_} is accepted already, by {found.judged.accepted[id_].by}; edit {path} to change that."
            )
    entries = [entry_for(known[id_], reason=reason, by=by, on=on, published=found.digest) for id_ in dict.fromkeys(ids)]
    before = path.read_text(encoding="utf-8") if path.exists() else _TOP
    text = before.rstrip("\n") + "\n" + "".join(f"\n[[{found.provider}]]\n{_in_toml(entry)}" for entry in entries)
    beside = path.with_name(f"{path.name}.{os.getpid()}.new")
    beside.write_text(text, encoding="utf-8")
    beside.replace(path)
    return entries


def _table(path: Path, provider: str, table: object) -> Mapping[str, Any]:
    if not isinstance(table, Mapping):
        raise UsageError(f"{path}: {provider} must be a list of tables, [[{provider}]]; correct it.")
    return table


def _in_toml(entry: Accepted) -> str:
    values = {field.name: getattr(entry, field.name) for field in fields(entry)}
    return "".join(
        f"{name} = {value.isoformat() if isinstance(value, date) else _text(value)}\n" for name, value in values.items()
    )


def _text(value: str) -> str:
    """JSON writes text as TOML does, but for one sign, and for halves of signs that no file can hold."""
    return json.dumps(value.encode("utf-8", "replace").decode(), ensure_ascii=False).replace("\x7f", "\\u007f")
