"""`accredit run`: certifies providers and seals the evidence."""

import sys
import time
from pathlib import Path

import click

from accredit.cli.options import PROVIDERS, SUITE
from accredit.cli.showing import ProgressLines, exit_code, show_evidence
from accredit.evidence.bundle import make_evidence
from accredit.evidence.keys import load_private, make_key
from accredit.model.errors import UsageError
from accredit.model.keys import PrivateKey
from accredit.model.requirement import ENVIRONMENTS
from accredit.suite.catalogue import dossier, provider_names, signing_key
from accredit.suite.places import reports_folder, suite_root
from accredit.suite.plan import Choices, plan_run
from accredit.suite.run import certify


@click.command()
@PROVIDERS
@click.option(
    "--env",
    "environment",
    default="simulator",
    show_default=True,
    metavar="ENV",
    help=f"Where to: {', '.join(ENVIRONMENTS)}.",
)
@click.option("--only", multiple=True, metavar="ID", help="Only scenarios of this requirement; repeatable.")
@click.option(
    "--partner", "partner_file", type=click.Path(path_type=Path), help="accredit.toml [default: the one here, if any]."
)
@click.option(
    "--output",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("evidence"),
    show_default=True,
    help="Where evidence goes.",
)
@click.option(
    "--key",
    "key_file",
    type=click.Path(path_type=Path),
    help="Seal with this private key [default: the one accredit.toml names].",
)
@click.option(
    "--make-key",
    "new_key",
    type=click.Path(path_type=Path),
    help="Seal with this private key, and make it first if there is none.",
)
@click.option(
    "--defect", "defects", multiple=True, metavar="NAME", help="Make the simulator wrong in this way; repeatable."
)
@click.option(
    "--workers", type=click.IntRange(0, 64), default=0, help="Run in so many processes; worth it where waits are real."
)
@click.option(
    "--allure", type=click.Path(path_type=Path, file_okay=False), help="Also write Allure results into this folder."
)
@SUITE
def command(providers: tuple[str, ...], environment: str, only: tuple[str, ...], partner_file: Path | None, output: Path, key_file: Path | None,
            new_key: Path | None, defects: tuple[str, ...], workers: int, allure: Path | None, suite: Path | None) -> None:  # fmt: skip
    """Run the scenarios of each PROVIDER (all, when none is named), judge them, and seal the evidence.

    Exit 0 when every run passed, 1 when one failed, 3 when one is unknown.
    """
    root = suite_root(suite)
    names = list(providers) or _concerned(root, only)
    choices = Choices(environment=environment, only=only, defects=defects, partner_file=partner_file, output=output)
    plans = [plan_run(dossier(root, name), choices) for name in names]
    key = _key(key_file, new_key, partner_file)
    if only and not any(plan.expected for plan in plans):
        raise UsageError(
            f"no scenario of {', '.join(only)} can run in {environment}; `accredit requirements` says how each is verified."
        )
    lines = ProgressLines(sum(len(plan.expected) for plan in plans), sys.stdout)
    began = time.monotonic()
    folders = certify(root, names, choices, progress=lines.show, workers=workers, allure=allure)
    codes = []
    for folder in folders:
        made = make_evidence(folder, root, reports_folder(), key)
        show_evidence(made)
        codes.append(exit_code(made.verdict.answer))
    click.echo(f"{lines.done} scenario{'s' * (lines.done != 1)} in {time.monotonic() - began:.1f} s")
    raise SystemExit(1 if 1 in codes else max(codes, default=3))


def _concerned(root: Path, only: tuple[str, ...]) -> list[str]:
    """Every provider; of chosen requirements, the providers that ask for them."""
    known = provider_names(root)
    return [name for name in known if set(only) & set(dossier(root, name).register.ids)] or known


def _key(given: Path | None, new: Path | None, partner_file: Path | None) -> PrivateKey | None:
    if new is not None:
        if not new.is_file():
            make_key(new)
            click.echo(f"A signing key was made: {new}. Keep it; {new.with_suffix('.pub')} is for the reviewer.")
        return load_private(new)
    path = given or signing_key(partner_file)
    return load_private(path) if path else None
