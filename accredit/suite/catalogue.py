"""Reads what the suite's folders say: providers, their registers and contracts, and the partner's `accredit.toml`."""

import hashlib
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from accredit.evidence.statements import FOLDER as STATEMENTS
from accredit.model.contract import Contract, contract_from
from accredit.model.errors import UsageError
from accredit.model.fuzzing import FuzzFacts
from accredit.model.gate.facts import Gate, gates_from
from accredit.model.parity.facts import ParityFacts, facts_from
from accredit.model.partner import PartnerFacts, partner_from
from accredit.model.process import Process, process_from
from accredit.model.provider import Provider
from accredit.model.purpose import Correspondence, Words, purposes_from
from accredit.model.reading import read
from accredit.model.requirement import Register, register_from
from accredit.model.writes import Writes, writes_from
from accredit.suite.documents import read_document

PARTNER_FILE = "accredit.toml"
_PRIVATE = ("__pycache__",)


@dataclass(frozen=True)
class Dossier:
    """Everything the suite holds on one provider."""

    name: str
    root: Path

    @property
    def folder(self) -> Path:
        return self.root / "contracts" / self.name

    @property
    def features(self) -> Path:
        return self.root / "features" / self.name

    @cached_property
    def provider(self) -> Provider:
        path = self.folder / "provider.toml"
        provider = read(Provider, read_toml(path), str(path))
        if provider.name != self.name:
            raise UsageError(f"{path}: name is {provider.name!r}, the folder is {self.name!r}; make them equal.")
        return provider

    @cached_property
    def register(self) -> Register:
        path = self.folder / "requirements.toml"
        return register_from(read_toml(path), str(path))

    @cached_property
    def documents(self) -> Mapping[str, Mapping[str, Any]]:
        """The OpenAPI documents by service."""
        names = zip(self.provider.services, self.provider.contracts, strict=True)
        return {service: read_document(self.folder / name)[0] for service, name in names}

    @cached_property
    def contract_files(self) -> tuple[Path, ...]:
        """The OpenAPI documents."""
        return tuple(self.folder / name for name in self.provider.contracts)

    @cached_property
    def contract(self) -> Contract:
        return contract_from(self.documents, str(self.folder))

    @cached_property
    def contract_digest(self) -> str:
        """Hex SHA-256 of the documents together: that of the lines which `sha256sum` writes for them, in the provider's order."""
        lines = (f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n" for path in self.contract_files)
        return hashlib.sha256("".join(lines).encode()).hexdigest()

    @cached_property
    def fuzzing(self) -> FuzzFacts:
        """What fuzzing the contract takes beyond the contract; nothing where there is no `fuzzing.toml`."""
        path = self.folder / "fuzzing.toml"
        return read(FuzzFacts, read_toml(path), str(path)) if path.is_file() else FuzzFacts()

    @cached_property
    def parity(self) -> ParityFacts | None:
        """How production is held against certification; None where there is no `parity.toml`."""
        path = self.folder / "parity.toml"
        return facts_from(read_toml(path), str(path)) if path.is_file() else None

    @cached_property
    def writes(self) -> Mapping[str, Writes]:
        """What a budget counts of each operation that writes; nothing where there is no `budget.toml`."""
        path = self.writes_file
        return writes_from(read_toml(path), str(path)) if path.is_file() else {}

    @property
    def writes_file(self) -> Path:
        return self.folder / "budget.toml"

    @cached_property
    def correspondence(self) -> Correspondence:
        """What is written to the provider; nothing where there is no `purposes.toml`."""
        path = self.folder / "purposes.toml"
        if not path.is_file():
            return Correspondence()
        words = {
            file.stem: read(Words, read_toml(file), str(file)) for file in sorted(self.folder.glob("tickets/*.toml"))
        }
        return Correspondence(purposes_from(read_toml(path), str(path)), words)

    @cached_property
    def gates(self) -> tuple[Gate, ...]:
        """What has to be shown at which point; none where there is no `gates.toml`."""
        path = self.folder / "gates.toml"
        return gates_from(read_toml(path), str(path)) if path.is_file() else ()

    @cached_property
    def process(self) -> Process | None:
        """How a partner goes live; None where there is no `process.toml`."""
        path = self.folder / "process.toml"
        return process_from(read_toml(path), str(path)) if path.is_file() else None

    def step_modules(self) -> list[str]:
        """Names of the modules of `steps/<provider>.py` or `steps/<provider>/`, and of the topics all providers share."""
        others = set(provider_names(self.root)) - {self.name}
        return [name for name in _modules(self.root / "steps") if name.split(".")[1] not in others]

    def judged_by(self) -> dict[str, str]:
        """Path below the suite's root → SHA-256, of every file a run of this provider is judged by."""
        places = [self.folder, self.features, self.root / "steps"]
        files = {
            path
            for place in places
            for path in place.rglob("*")
            if path.is_file() and not set(path.parts) & set(_PRIVATE)
        }
        files.add(self.root / "conftest.py")
        return {
            path.relative_to(self.root).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in sorted(files)
        }


def provider_names(root: Path) -> list[str]:
    """Every provider of a suite. Nothing lists them: one exists when its `provider.toml` does."""
    return sorted(path.parent.name for path in (root / "contracts").glob("*/provider.toml"))


def dossier(root: Path, name: str) -> Dossier:
    """The dossier of a provider by name.

    Raises:
        UsageError: no such provider.
    """
    if name not in (known := provider_names(root)):
        raise UsageError(f"{name!r} is no provider; there are {', '.join(known)}.")
    return Dossier(name, root)


def partner_facts(path: Path | None, about: Provider) -> PartnerFacts:
    """What the partner's `accredit.toml` says for this provider; all defaults when there is none.

    Raises:
        UsageError: the file named does not exist or cannot be read, or says something it may not.
    """
    path, tables = partner_tables(path)
    return (
        partner_from(tables[about.name], about, f"{path}, [{about.name}]") if about.name in tables else PartnerFacts()
    )


def partner_tables(path: Path | None) -> tuple[Path, Mapping[str, Mapping[str, Any]]]:
    """Where `accredit.toml` is, and its tables by name; none when there is no such file here and nobody named one.

    Raises:
        UsageError: it cannot be read, or something in it stands outside every table.
    """
    if path is None and not Path(PARTNER_FILE).is_file():
        return Path(PARTNER_FILE), {}
    path = path or Path(PARTNER_FILE)
    tables = read_toml(path)
    if loose := [name for name, table in tables.items() if not isinstance(table, Mapping)]:
        raise UsageError(
            f"{path}: {loose[0]} stands in no table; there is [signing], [people.…], and one for each provider."
        )
    return path, tables


def statements_folder(partner_file: Path | None, provider: str) -> Path:
    """Where the partner keeps what was said of a provider's release: beside `accredit.toml`."""
    return (partner_file or Path(PARTNER_FILE)).parent / STATEMENTS / provider


def read_toml(path: Path) -> dict[str, Any]:
    """A TOML file as data.

    Raises:
        UsageError: it cannot be read; says where.
    """
    return toml_in(_text(path).encode(), str(path))


def toml_in(data: bytes, where: str) -> dict[str, Any]:
    """The TOML in a file's bytes as data.

    Raises:
        UsageError: it is none; says where.
    """
    try:
        return tomllib.loads(data.decode())
    except ValueError as wrong:
        raise UsageError(f"{where} is not TOML: {wrong}. Correct it and try again.") from None


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        hint = "; `accredit init PROVIDER` writes an accredit.toml" if path.suffix == ".toml" else ""
        raise UsageError(f"{path} does not exist{hint}.") from None
    except (OSError, UnicodeDecodeError) as failed:
        raise UsageError(f"{path} cannot be read ({failed}).") from None


def _modules(folder: Path) -> Iterator[str]:
    for path in sorted(folder.rglob("*.py")):
        parts = path.relative_to(folder.parent).with_suffix("").parts
        if path.name != "__init__.py":
            yield ".".join(parts)


def signing_key(partner_file: Path | None) -> Path | None:
    """The private key's file that `accredit.toml` names; None when there is no such file or it names none."""
    path, tables = partner_tables(partner_file)
    named = tables.get("signing", {}).get("key")
    return path.parent / str(named) if named else None
