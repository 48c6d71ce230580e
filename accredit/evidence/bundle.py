"""Puts a bundle together: the records, what was judged by, what people read, and the signed manifest over all of it."""

import json
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from accredit.evidence import archive, judged_by
from accredit.evidence.attachments import DOCUMENTS, attached_from
from accredit.evidence.covered import contract_coverage
from accredit.evidence.engine import engine
from accredit.evidence.exports import tables
from accredit.evidence.exports.allure import allure_results
from accredit.evidence.exports.har import har
from accredit.evidence.exports.junit import junit
from accredit.evidence.exports.pdf import report_pdf
from accredit.evidence.exports.workbook import requirements_xlsx
from accredit.evidence.journal import Exchanges, read_run, segment_paths
from accredit.evidence.leaks import LeakGate, earlier_scan
from accredit.evidence.manifest import MANIFEST, predicate
from accredit.evidence.records import searched
from accredit.evidence.render import report_html
from accredit.evidence.seal import seal
from accredit.evidence.summary import NAME as SUMMARY
from accredit.evidence.summary import summary
from accredit.evidence.ticket import tickets
from accredit.evidence.timestamp import Authority
from accredit.model.attached import NOTHING, Attached
from accredit.model.coverage import Coverage
from accredit.model.exchange import Exchange
from accredit.model.keys import PrivateKey, key_id
from accredit.model.leaks import SCAN, Hidden, Sought
from accredit.model.provider import Provider
from accredit.model.purpose import Correspondence
from accredit.model.run import Run
from accredit.model.verdict import Verdict, judge


@dataclass(frozen=True, slots=True)
class Judged:
    """A run and what it came to: all that the files of its bundle are made from.

    Attributes:
        exchanges: Every exchange by number, read from the journal as it is iterated; as often as is asked, none is held.
        is_sealed: There will be a bundle.
        sought: What the files are searched for before they are sealed; None when the values are no longer known.
    """

    folder: Path
    templates: Path
    provider: Provider
    run: Run
    verdict: Verdict
    coverage: Coverage
    exchanges: Iterable[Exchange]
    is_sealed: bool
    sought: Sought | None = None
    attached: Attached = NOTHING


Made = Iterable[bytes] | None
"""A file as it is made, piece by piece; None when this run has no such file."""

FILES: Mapping[str, Callable[[Judged], Made]] = {
    "report.html": lambda j: report_html(
        j.templates, j.provider, j.run, j.verdict, j.coverage, j.exchanges, j.sought, j.attached
    ),
    "report.pdf": lambda j: _on_paper(j) if j.is_sealed else None,
    "requirements.csv": lambda j: tables.csv_of(tables.requirements(j.verdict, j.run, j.attached)),
    "contract-coverage.csv": lambda j: tables.csv_of(tables.contract_coverage(j.coverage)),
    SUMMARY: lambda j: [
        summary(j.templates, j.provider, j.run, j.verdict, bundle_name(j.run) if j.is_sealed else "", j.attached)
    ],
    "fuzz-cases.csv": lambda j: tables.csv_of(tables.fuzz_cases(j.run)) if j.verdict.fuzz else None,
    "requirements.xlsx": lambda j: requirements_xlsx(j.verdict, j.run, j.attached),
    "exchanges.har": lambda j: har(j.run, j.exchanges),
    "VERIFY.md": lambda j: [(j.templates / "VERIFY.md").read_bytes()],
    "junit.xml": lambda j: junit(j.run, j.verdict, j.attached),
}
"""What is made of a run, and how, but for the records and what they were judged by. Each is a pure consumer: same journal, same bytes."""

FOLDERS: Mapping[str, Callable[[Judged], Iterable[tuple[str, bytes]]]] = {
    "allure-results/": lambda j: allure_results(j.run, j.verdict, j.provider),
}
"""The same for what is made of many small files: the name and content of each, below the folder."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a run's folder came to. `bundle` is None when no key was given: then nothing was sealed. `scan` is what `leak-scan.json`
    tells; `unstamped` says why the bundle bears no time stamp though one was asked for."""

    run: Run
    verdict: Verdict
    coverage: Coverage
    provider: Provider
    report: Path
    bundle: Path | None
    scan: Mapping[str, Any]
    unstamped: str = ""
    attached: Attached = NOTHING


def make_evidence(folder: Path, root: Path, templates: Path, key: PrivateKey | None,
                  authority: Authority | None = None, hidden: Hidden | None = None,
                  attachments: Mapping[str, archive.Content] | None = None) -> Evidence:  # fmt: skip
    """Judges the run in `folder` and writes its report and matrix there; with a key, seals the bundle beside it.

    Args:
        root: The suite that the run was made with.
        authority: Whom to ask for a time stamp, if anybody.
        attachments: What people said and showed, by name in the bundle.
        hidden: What the run had to hide, where this process still knows it. Without it an earlier scan of these records counts, and
            says of which files it speaks.

    Raises:
        Leaked: a value was found, now or by an earlier scan of these records. Nothing is sealed, and what was made of the run is gone.
    """
    run = read_run(folder)
    carried, gate = judged_by.collect(root, run), None
    if hidden:
        run, gate = searched(folder, run, carried, templates, hidden)
        _refuse_leaks(gate, folder, ())
    journal = {path.name: path for path in segment_paths(folder)}
    earlier = earlier_scan(folder, journal) if gate is None else {}
    provider, verdict = judged_by.provider_in(carried, run), judge(run, judged_by.register_in(carried, run))
    coverage = contract_coverage(run, provider, judged_by.contract_in(carried, provider, run))
    beside = attachments or {}
    said = {name: _bytes(content) for name, content in beside.items() if not name.startswith(DOCUMENTS)}
    attached = attached_from(said, run.provider, run.environment)
    made_by = engine(templates)
    sought = hidden.sought if hidden else Sought.from_record(earlier)
    judged = Judged(
        folder, templates, provider, run, verdict, coverage, Exchanges(folder), key is not None, sought, attached
    )
    made = {
        **make_files(judged),
        **make_tickets(judged, judged_by.correspondence_in(carried, run), key_id(key.public_key()) if key else ""),
    }
    path = folder.parent / bundle_name(run)
    claimed = {**predicate(run, verdict), "rendered_by": made_by}
    scan = _gone_through(gate, folder, made, beside, carried, claimed) if gate else earlier
    told = {SCAN: _written(folder / SCAN, [json.dumps(scan, indent=1, sort_keys=True).encode()])}
    unstamped = (
        seal(path, {**carried, **made, **journal, **beside, **told}, run, verdict, key, made_by, authority)
        if key
        else ""
    )
    return Evidence(
        run, verdict, coverage, provider, folder / "report.html", path if key else None, scan, unstamped, attached
    )


def _gone_through(gate: LeakGate, folder: Path, made: Mapping[str, Path], beside: Mapping[str, archive.Content],
                  carried: Mapping[str, bytes], claimed: Mapping[str, Any]) -> Mapping[str, Any]:  # fmt: skip
    """Args: beside: What people keep, never removed. carried: Files that were there before the run. claimed: What the manifest is going to say."""
    for name, content in (*made.items(), *beside.items()):
        gate.take(name, content)
    for name, data in carried.items():
        gate.take(name, data, published=True)
    scan = gate.scan.to_record()
    gate.take(MANIFEST, json.dumps(claimed).encode())
    _refuse_leaks(gate, folder, made.values())
    return scan


def _refuse_leaks(gate: LeakGate, folder: Path, made: Iterable[Path]) -> None:
    """Raises Leaked when anything was found. Then what was made is gone, and what is left says so to whoever comes later."""
    if gate.leaks:
        for leaking in made:
            leaking.unlink(missing_ok=True)
        _written(folder / SCAN, [gate.told])
    gate.must_be_clean()


def make_files(judged: Judged) -> Mapping[str, Path]:
    """Writes every file that is made of a run into its folder, as it comes; where each is, by its name in the bundle."""
    made: dict[str, Path] = {}
    for name, make in FILES.items():
        if (pieces := make(judged)) is not None:
            made[name] = _written(judged.folder / name, pieces)
    for folder, make_all in FOLDERS.items():
        shutil.rmtree(judged.folder / folder, ignore_errors=True)  # what an earlier version made there is not ours
        for name, content in make_all(judged):
            made[folder + name] = _written(judged.folder / folder / name, [content])
    return made


def make_tickets(judged: Judged, to: Correspondence, key: str) -> Mapping[str, Path]:
    """Writes the run's tickets into its folder; where each is, by its name in the bundle. `key` is the id of the one that seals; empty when none does."""
    sealed_as = (bundle_name(judged.run), key)
    made = tickets(judged.templates, judged.provider, judged.run, judged.verdict, to, sealed_as, judged.attached)
    return {name: _written(judged.folder / name, [text]) for name, text in made}


def bundle_name(run: Run) -> str:
    """`accredit-latam_pass-simulator-20261121T041213-a1b2c3.zip`."""
    return f"accredit-{run.provider}-{run.environment}-{run.id}.zip"


def _on_paper(judged: Judged) -> Iterator[bytes]:
    j = judged
    return report_pdf(
        j.templates, j.provider, j.run, j.verdict, segment_paths(j.folder), bundle_name(j.run), j.attached
    )


def _bytes(content: archive.Content) -> bytes:
    return content if isinstance(content, bytes) else content.read_bytes()


def _written(path: Path, pieces: Iterable[bytes]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        file.writelines(pieces)
    return path
