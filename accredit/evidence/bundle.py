"""Puts a bundle together: the records, what was judged by, what people read, and the signed manifest over all of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from accredit.evidence import archive, judged_by
from accredit.evidence.covered import contract_coverage
from accredit.evidence.journal import read_run, segment_paths
from accredit.evidence.keys import envelope
from accredit.evidence.manifest import ENVELOPE, MANIFEST, statement
from accredit.evidence.render import coverage_csv, fuzz_cases_csv, report_html, requirements_csv
from accredit.model.coverage import Coverage
from accredit.model.keys import PrivateKey
from accredit.model.provider import Provider
from accredit.model.run import Run
from accredit.model.verdict import Verdict, judge


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a run's folder came to. `bundle` is None when no key was given: then nothing was sealed."""

    run: Run
    verdict: Verdict
    coverage: Coverage
    provider: Provider
    report: Path
    bundle: Path | None


def make_evidence(folder: Path, root: Path, templates: Path, key: PrivateKey | None) -> Evidence:
    """Judges the run in `folder` and writes its report and matrix there; with a key, seals the bundle beside it.

    Args:
        root: The suite that the run was made with.
    """
    run = read_run(folder)
    files = judged_by.collect(root, run)
    provider, verdict = judged_by.provider_in(files, run), judge(run, judged_by.register_in(files, run))
    coverage = contract_coverage(run, provider, judged_by.contract_in(files, provider, run))
    journal = {path.name: path for path in segment_paths(folder)}
    made = {
        "report.html": report_html(templates, provider, run, verdict, coverage),
        "requirements.csv": requirements_csv(verdict, run),
        "contract-coverage.csv": coverage_csv(coverage),
    }
    if verdict.fuzz is not None:
        made["fuzz-cases.csv"] = fuzz_cases_csv(run)
    for name, data in made.items():
        (folder / name).write_bytes(data)
    return Evidence(
        run,
        verdict,
        coverage,
        provider,
        folder / "report.html",
        _seal({**files, **made, **journal}, run, verdict, key, folder) if key else None,
    )


def bundle_name(run: Run) -> str:
    """`accredit-latam_pass-simulator-20261121T041213-a1b2c3.zip`."""
    return f"accredit-{run.provider}-{run.environment}-{run.id}.zip"


def _seal(files: Mapping[str, archive.Content], run: Run, verdict: Verdict, key: PrivateKey, folder: Path) -> Path:
    manifest = statement(files, run, verdict)
    path = folder.parent / bundle_name(run)
    archive.write(path, {**files, MANIFEST: manifest, ENVELOPE: envelope(manifest, key)})
    return path
