"""Signed statements, each a DSSE envelope over an in-toto statement in a file of its own, and the folder they are kept in."""

import hashlib
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

import rfc8785

from accredit.evidence.keys import envelope, opened
from accredit.evidence.manifest import STATEMENT
from accredit.model.bounded import loads
from accredit.model.errors import BundleRefused, UsageError
from accredit.model.keys import PrivateKey, PublicKey
from accredit.model.statement import Kind

FOLDER = "statements"
"""Beside accredit.toml: `statements/<provider>/<the kind's folder>/<name>-<digest>.json`."""
_FOLDERS: Mapping[Kind, str] = {
    "attestation": "attestations",
    "waiver": "waivers",
    "sign-off": "sign-offs",
    "parity": "parities",
    "watch-report": "watch-reports",
}
MOST_BYTES = 4 * 1024**2
_TYPES: Mapping[str, str] = {f"https://accredit.dev/{kind}/v1": kind for kind in get_args(Kind)}


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement that was read, its signature checked. Whose key it is, nothing in it can say.

    Attributes:
        subject: What it speaks of: name → hex SHA-256.
        digest: Hex SHA-256 of the file: what others name it by.
    """

    kind: str
    subject: Mapping[str, str]
    predicate: Mapping[str, Any]
    key: PublicKey
    digest: str


def stated(kind: Kind, subject: Mapping[str, str], predicate: Mapping[str, Any], key: PrivateKey) -> bytes:
    """A signed statement, in canonical JSON (RFC 8785): same words and key, same bytes.

    Args:
        subject: What it speaks of: name → hex SHA-256.
    """
    payload = rfc8785.dumps({
        "_type": STATEMENT,
        "subject": [{"name": name, "digest": {"sha256": subject[name]}} for name in sorted(subject)],
        "predicateType": f"https://accredit.dev/{kind}/v1",
        "predicate": dict(predicate),
    })  # fmt: skip
    return envelope(payload, key)


def statement_in(data: bytes, name: str) -> Statement:
    """The statement in a file's bytes.

    Raises:
        BundleRefused: it was altered, or is none of ours; names the file.
    """
    payload, key = opened(data, name)
    try:
        told = loads(payload)
        if told["_type"] != STATEMENT:
            raise ValueError(f"of the type {told['_type']!r}")
        kind = _TYPES[told["predicateType"]]
        subject = {str(s["name"]): str(s["digest"]["sha256"]) for s in told["subject"]}
        if len(subject) != len(told["subject"]):
            raise ValueError("it names something twice")
        return Statement(kind, subject, dict(told["predicate"]), key, hashlib.sha256(data).hexdigest())
    except (ValueError, KeyError, TypeError, AttributeError) as wrong:
        raise BundleRefused(
            f"{name} is no statement of ours ({str(wrong)[:100]}); remove it, or ask for the original."
        ) from None


def kept_in(folder: Path, kind: Kind) -> dict[Path, Statement]:
    """Every statement of one kind that a provider's folder of statements holds, by file, in the order of their names.

    Raises:
        BundleRefused: one was altered, is of another kind, or is too large.
    """
    found = {}
    for path in sorted((folder / _FOLDERS[kind]).glob("*.json")):
        found[path] = _read(path)
        if found[path].kind != kind:
            raise BundleRefused(
                f"{path} is a statement of the kind {found[path].kind!r}, not {kind!r}; put it where it belongs."
            )
    return found


def keep(folder: Path, kind: Kind, name: str, data: bytes) -> Path:
    """Keeps a statement, whole or not at all; where. One that is there already is left as it is.

    Raises:
        UsageError: it cannot be written.
    """
    path = folder / _FOLDERS[kind] / f"{name}-{hashlib.sha256(data).hexdigest()[:12]}.json"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        partial = path.with_suffix(".partial")
        with partial.open("wb") as file:
            file.write(data)
            os.fsync(file.fileno())
        partial.replace(path)
    except OSError as failed:
        raise UsageError(f"{path} cannot be written ({failed.strerror}).") from None
    return path


def _read(path: Path) -> Statement:
    try:
        if path.stat().st_size > MOST_BYTES:
            raise BundleRefused(f"{path} has more than {MOST_BYTES} bytes; no statement of ours is so long.")
        return statement_in(path.read_bytes(), str(path))
    except OSError as failed:
        raise UsageError(f"{path} cannot be read ({failed.strerror}).") from None
