"""Opens two sealed bundles to be compared: each verified first, and refused with the reason when they do not belong side by side."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from accredit.evidence import archive
from accredit.evidence.journal import is_segment
from accredit.evidence.judged_by import FOLDER, contract_in, covered_in, differing, provider_in, register_in
from accredit.evidence.verify import Verification, verify
from accredit.model.chain import Segment, record_in
from accredit.model.contract import Contract
from accredit.model.errors import BundleRefused, CannotJudge, UsageError
from accredit.model.exchange import Exchange
from accredit.model.keys import PublicKey
from accredit.model.listing import some_of
from accredit.model.parity.comparison import Side
from accredit.model.parity.facts import ParityFacts, facts_from
from accredit.model.provider import Provider
from accredit.model.reply import Reply
from accredit.model.requirement import Register
from accredit.model.run import Run
from accredit.suite.catalogue import toml_in

_MOST_BYTES = 4 * 1024**2


@dataclass(frozen=True, slots=True)
class Sealed:
    """A verified bundle. `digest` is the hex SHA-256 of its file."""

    path: Path
    digest: str
    verification: Verification
    run: Run
    files: Mapping[str, bytes]

    @property
    def is_authentic(self) -> bool:
        return any(c.question == "authentic" and c.reply is Reply.YES for c in self.verification.checks)


@dataclass(frozen=True, slots=True)
class Pair:
    """Two bundles that belong side by side, and what both were judged by."""

    first: Sealed
    second: Sealed
    provider: Provider
    register: Register
    contract: Contract
    facts: ParityFacts

    @property
    def settings(self) -> Mapping[str, Any]:
        """Those of the first run: where the second has others, that is a finding."""
        defaults = {name: setting.value for name, setting in self.provider.settings.items()}
        return defaults | dict(self.first.run.header["settings"])

    @property
    def base_paths(self) -> tuple[str, ...]:
        """Of the provider's base URLs: a simulator serves the same ones."""
        urls = [url for e in self.provider.environments.values() for url in (e.base_url, *e.base_urls.values())]
        return tuple(sorted({urlsplit(url).path for url in urls}))

    @property
    def draft(self) -> str:
        """Why this shows nothing of the provider itself, in plain words; empty when it does."""
        sides = (("first", self.first.run.why_not_real), ("second", self.second.run.why_not_real))
        told = [f"the {name} run was {how}" for name, how in sides if how]
        return f"A draft: {' and '.join(told)}." if told else ""


def pair_of(first: Path, second: Path, trusted: PublicKey | str | None) -> Pair:
    """Verifies both and reads what they were judged by.

    Raises:
        BundleRefused: one is altered, signed by somebody else, incomplete, or judged otherwise than it says.
        CannotJudge: the same cannot be said.
        UsageError: they do not belong side by side; says why and what to do.
    """
    if archive.digest(_file(first)) == archive.digest(_file(second)):
        raise UsageError(f"{first} and {second} are the same bundle; name the one of certification, then the one of production.")  # fmt: skip
    ours, theirs = _sealed(first, trusted), _sealed(second, trusted)
    _must_belong_together(ours, theirs)
    provider = provider_in(ours.files, ours.run)
    where = f"contracts/{ours.run.provider}/parity.toml"
    if FOLDER + where not in ours.files:
        raise UsageError(f"{first.name} was not judged by a {where}: nobody said what means points there. Write it, then run both again.")  # fmt: skip
    facts = facts_from(toml_in(ours.files[FOLDER + where], where), where)
    register, contract = register_in(ours.files, ours.run), contract_in(ours.files, provider, ours.run)
    return Pair(ours, theirs, provider, register, contract, facts)


@contextmanager
def sides_of(pair: Pair) -> Iterator[tuple[Side, Side]]:
    """Both runs, open: exchanges are read as a scenario asks for them, and of none other is more held than its place.

    Raises:
        BundleRefused: a file is not the one that was verified.
    """
    with archive.opened(pair.first.path) as first, archive.opened(pair.second.path) as second:
        paths = pair.base_paths
        covered = covered_in(pair.second.files, pair.second.run)
        yield Side(pair.first.run, Places(first).of, paths), Side(pair.second.run, Places(second).of, paths, covered)
    for sealed in (pair.first, pair.second):
        if archive.digest(sealed.path) != sealed.digest:
            raise BundleRefused(f"{sealed.path} was changed while it was read; compare again.")


class Places:
    """Where each exchange stands in a bundle, by scenario."""

    def __init__(self, bundle: archive.Bundle) -> None:
        self._bundle = bundle
        self._found: dict[str, list[tuple[int, str, int]]] = {}
        for name in sorted(filter(is_segment, bundle.names)):
            segment, offset = Segment(name, bundle.lines(name)), 0
            for record in segment:
                if record["kind"] == "exchange":
                    self._found.setdefault(str(record["scenario"]), []).append((int(record["number"]), name, offset))
                offset = segment.size

    def of(self, scenario: str) -> Sequence[Exchange]:
        """What a scenario exchanged, by number."""
        return [Exchange.from_record(record_in(self._bundle.line_at(name, offset))) for _, name, offset in sorted(self._found.get(scenario, ()))]  # fmt: skip


def _file(path: Path) -> Path:
    if not path.is_file():
        raise UsageError(f"{path} does not exist; name a bundle (.zip).")
    return path


def _sealed(path: Path, trusted: PublicKey | str | None) -> Sealed:
    digest, found = archive.digest(path), verify(path, trusted)
    for check in found.checks:
        told = f"{path.name} is not shown to be {check.question}: {check.reason.rstrip('.')}"
        if check.reply is Reply.NO:
            raise BundleRefused(f"{told}. Nothing is compared with it; `accredit verify {path}` says more.")
        if check.reply is Reply.UNKNOWN and check.question in ("intact", "complete", "re-judged"):
            raise CannotJudge(f"{told}. `accredit verify {path}` says more.")
    if found.run is None:
        raise CannotJudge(f"{path.name} cannot be judged; `accredit verify {path}` says why.")
    with archive.opened(path) as bundle:
        files = {name: bundle.read(name, _MOST_BYTES) for name in bundle.names if name.startswith(FOLDER)}
    return Sealed(path, digest, found, found.run, files)


def _must_belong_together(first: Sealed, second: Sealed) -> None:
    ours, theirs = first.run, second.run
    if ours.provider != theirs.provider:
        raise UsageError(f"{first.path.name} is of {ours.provider}, {second.path.name} of {theirs.provider}; compare two runs of one provider.")  # fmt: skip
    if ours.environment == theirs.environment or theirs.environment != "production":
        hint = "; the order is: certification, then production" if ours.environment == "production" else ""
        raise UsageError(f"{first.path.name} was made in {ours.environment} and {second.path.name} in {theirs.environment}; the second must be "
                         f"of production and the first the run it is held against{hint}.")  # fmt: skip
    versions = [str(run.header["suite_version"]) for run in (ours, theirs)]
    if versions[0] != versions[1]:
        raise UsageError(f"they were made by accredit {versions[0]} and {versions[1]}: two suites do not ask the same. Run both again with one.")  # fmt: skip
    if others := differing(ours.header["judged_by"], theirs.header["judged_by"]):
        raise UsageError(f"they were judged by other files, {some_of(others)}: what differs may be ours. "
                         "Run both again with one suite.")  # fmt: skip
