"""The files a run was judged by: kept in the bundle, so that anybody can judge again with the same ones."""

import hashlib
import tomllib
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from accredit.model.contract import Contract, contract_from
from accredit.model.covering import covered
from accredit.model.documents import document_from
from accredit.model.errors import BundleRefused, UsageError
from accredit.model.provider import Provider
from accredit.model.purpose import Correspondence, Words, purposes_from
from accredit.model.reading import read
from accredit.model.requirement import Register, register_from
from accredit.model.run import Run
from accredit.model.writes import writes_from

FOLDER = "judged-by/"
_SEPARATELY = ("/rulebooks/", "/tickets/", "/purposes.toml", "/gates.toml", "/process.toml")
"""What lies beside, and no run is judged by: it may change between two of them."""


def differing(one: Mapping[str, str], other: Mapping[str, str]) -> list[str]:
    """Files by which two runs were judged differently. Each is path in the suite → SHA-256, as a run's header has it."""
    names = sorted(name for name in {*one, *other} if not any(part in name for part in _SEPARATELY))
    return [name for name in names if one.get(name) != other.get(name)]


def collect(root: Path, run: Run) -> dict[str, bytes]:
    """The files that the run's header names, from the suite's folder, as they go into the bundle.

    Raises:
        UsageError: one has changed since the run.
    """
    files: dict[str, bytes] = {}
    for name, digest in run.header["judged_by"].items():
        path = root / name
        data = path.read_bytes() if path.is_file() else b""
        if hashlib.sha256(data).hexdigest() != digest:
            raise UsageError(
                f"{name} is not what it was when run {run.id} was made; check out that version, or run again."
            )
        files[FOLDER + name] = data
    return files


def register_in(files: Mapping[str, bytes], run: Run) -> Register:
    """The register that the bundle carries.

    Raises:
        BundleRefused: a file the header names is not there, or is another.
    """
    for name, digest in run.header["judged_by"].items():
        data = files.get(FOLDER + name)
        if data is None or hashlib.sha256(data).hexdigest() != digest:
            raise BundleRefused(
                f"{FOLDER}{name} is not the file that the run was judged by; the bundle was put together wrongly."
            )
    where = f"contracts/{run.provider}/requirements.toml"
    return _register(files[FOLDER + where], where)


def provider_in(files: Mapping[str, bytes], run: Run) -> Provider:
    """The provider's facts that the bundle carries."""
    where = f"contracts/{run.provider}/provider.toml"
    return _provider(files[FOLDER + where], where)


def contract_in(files: Mapping[str, bytes], provider: Provider, run: Run) -> Contract:
    """The contract that the bundle carries."""
    folder = f"contracts/{run.provider}"
    names = zip(provider.services, provider.contracts, strict=True)
    return contract_from(
        {service: document_from(files[f"{FOLDER}{folder}/{name}"], name) for service, name in names}, folder
    )


def covered_in(files: Mapping[str, bytes], run: Run) -> frozenset[str]:
    """Requirements that the budget of a run in production covers, by the facts that the bundle carries."""
    where, budget = f"contracts/{run.provider}/budget.toml", run.header.get("budget")
    if not budget or FOLDER + where not in files:
        return frozenset()
    return covered(writes_from(tomllib.loads(files[FOLDER + where].decode()), where), budget["operations"])


def correspondence_in(files: Mapping[str, bytes], run: Run) -> Correspondence:
    """What the bundle carries of what is written to the provider; nothing in bundles of before there was any."""
    folder = f"contracts/{run.provider}"
    where = f"{folder}/purposes.toml"
    if FOLDER + where not in files:
        return Correspondence()
    purposes = purposes_from(tomllib.loads(files[FOLDER + where].decode()), where)
    languages = dict.fromkeys(language for purpose in purposes for language in purpose.languages)
    names = {language: f"{folder}/tickets/{language}.toml" for language in languages}
    words = {
        language: read(Words, tomllib.loads(files[FOLDER + name].decode()), name) for language, name in names.items()
    }
    return Correspondence(purposes, words)


# Bundles of one suite carry the same files, and reading them takes longer than reading a short journal.
@lru_cache(maxsize=8)
def _register(data: bytes, where: str) -> Register:
    return register_from(tomllib.loads(data.decode()), where)


@lru_cache(maxsize=8)
def _provider(data: bytes, where: str) -> Provider:
    return read(Provider, tomllib.loads(data.decode()), where)
