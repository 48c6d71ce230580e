"""Reads `fuzz-baseline.toml`: the findings that a partner has accepted for a while, each with somebody who answers for it."""

from collections.abc import Iterator, Mapping
from datetime import date
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from accredit.model.errors import UsageError
from accredit.model.fuzzing import PROFILES, Accepted
from accredit.model.fuzzing.again import is_id
from accredit.model.reading import read
from accredit.model.requirement import ENVIRONMENTS
from accredit.suite.catalogue import PARTNER_FILE, Dossier, provider_names, read_toml

BASELINE_FILE = "fuzz-baseline.toml"
_FUZZED = tuple(name for name in ENVIRONMENTS if name != "production")


def accepted_findings(partner_file: Path | None, dossier: Dossier) -> tuple[Accepted, ...]:
    """Every entry of a provider, for whatever environment; none when there is no such file beside accredit.toml.

    Raises:
        UsageError: it cannot be read, or an entry lacks something, names something that there is not, or repeats another.
    """
    path = (partner_file or Path(PARTNER_FILE)).parent / BASELINE_FILE
    if not path.is_file():
        return ()
    told, known = read_toml(path), provider_names(dossier.root)
    if strange := next((name for name in told if name not in known), None):
        near = get_close_matches(strange, known, 1, 0.5)
        hint = f"did you mean {near[0]}?" if near else f"there are {', '.join(known)}."
        raise UsageError(f"{path}: {strange!r} is no provider; {hint}")
    tables = _tables(told, dossier.name, path)
    found = tuple(
        read(Accepted, table, f"{path}, [[{dossier.name}.accepted]] {number}") for number, table in enumerate(tables, 1)
    )
    if wrong := [reason for entry in found for reason in _wrong(entry, dossier)]:
        raise UsageError(f"{path} cannot be used:\n  " + "\n  ".join(wrong))
    named = [(entry.finding, entry.environment) for entry in found]
    if twice := next((key for key in named if named.count(key) > 1), None):
        raise UsageError(f"{path}: {twice[0]} is accepted twice in {twice[1]}; remove one of the two.")
    return found


def _tables(told: Mapping[str, Any], name: str, path: Path) -> list[Mapping[str, Any]]:
    about = told.get(name, {})
    alone = f"{path}: [{name}] holds [[{name}.accepted]] alone, a table each"
    if not isinstance(about, Mapping) or set(about) - {"accepted"}:
        strange = sorted(set(about) - {"accepted"}) if isinstance(about, Mapping) else [str(about)]
        raise UsageError(f"{alone}; it has {', '.join(strange)}.")
    tables = about.get("accepted", [])
    if not isinstance(tables, list) or not all(isinstance(table, Mapping) for table in tables):
        raise UsageError(f"{alone}; correct it.")
    return tables


def _wrong(entry: Accepted, dossier: Dossier) -> Iterator[str]:
    """Somebody answers for it, for something there is, until a day: nobody, nothing or never is no answer."""
    who = entry.finding or "an entry"
    for name in ("finding", "owner", "reason", "ticket"):
        if not getattr(entry, name).strip():
            yield f"{name} of {who} is empty; say it."
    if entry.finding.strip() and not (entry.finding.startswith("F-") and is_id(entry.finding)):
        yield f"finding of {who} is no id of a finding; a report shows them, as F-1a2b3c4d."
    known = [operation.id for operation in dossier.contract.operations]
    if entry.operation not in known:
        near = get_close_matches(entry.operation, known, 1, 0.5)
        hint = f"did you mean {near[0]}?" if near else f"there are {', '.join(known)}."
        yield f"operation of {who} is {entry.operation!r}, which is none of the contract; {hint}"
    if entry.environment not in _FUZZED:
        yield f"environment of {who} is {entry.environment!r}; it must be one that is fuzzed: {', '.join(_FUZZED)}."
    if entry.profile and entry.profile not in PROFILES:
        yield f"profile of {who} is {entry.profile!r}; there are {', '.join(PROFILES)}."
    if not _is_day(entry.last_day):
        yield f"last_day of {who} is {entry.last_day!r}; it must be a day, as 2027-01-31, in quotes."


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False
