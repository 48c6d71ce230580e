"""`accredit contract lint`: whether our contracts are sound."""

from pathlib import Path

import click

from accredit.cli.options import PROVIDERS, SUITE
from accredit.suite.catalogue import dossier, provider_names
from accredit.suite.places import suite_root


@click.group()
def command() -> None:
    """Check our contracts."""


@command.command()
@PROVIDERS
@SUITE
def lint(providers: tuple[str, ...], suite: Path | None) -> None:
    """Check each PROVIDER's contract (all, when none is named). Exit 1 when there is a complaint.

    Valid OpenAPI; every fact with provenance and source; examples that fit; every operation used by steps, or excused; operationIds
    as recorded.
    """
    from accredit.suite.contract_lint import complaints

    root = suite_root(suite)
    found = [complaint for name in providers or provider_names(root) for complaint in complaints(dossier(root, name))]
    for complaint in found:
        click.echo(complaint)
    click.echo(f"{len(found)} complaints" if found else "contracts are sound")
    raise SystemExit(1 if found else 0)
