"""`accredit lint`: checks that features, steps and registers agree."""

from pathlib import Path

import click

from accredit.cli.options import PROVIDERS, SUITE
from accredit.suite.catalogue import dossier, provider_names
from accredit.suite.lint import complaints
from accredit.suite.places import suite_root


@click.command()
@PROVIDERS
@SUITE
def command(providers: tuple[str, ...], suite: Path | None) -> None:
    """Check each PROVIDER's features, steps and register (all, when none is named). Exit 1 when they do not agree."""
    root = suite_root(suite)
    found = 0
    for name in providers or provider_names(root):
        for complaint in complaints(dossier(root, name)):
            click.echo(complaint)
            found += 1
    click.echo(f"{found} complaints" if found else "features, steps and registers agree")
    raise SystemExit(1 if found else 0)
