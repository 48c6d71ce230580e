"""`accredit init`: writes the partner's folder."""

from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from random import Random

import click

from accredit.cli.options import PROVIDERS, SUITE
from accredit.evidence.keys import load_private, make_key, public_path
from accredit.model.keys import key_id
from accredit.model.simulation import Setup
from accredit.suite.catalogue import dossier, provider_names
from accredit.suite.init import add_provider
from accredit.suite.live import load_simulation
from accredit.suite.places import suite_root


@click.command()
@PROVIDERS
@click.option(
    "--folder",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path(),
    help="The partner's folder [default: here].",
)
@SUITE
def command(providers: tuple[str, ...], folder: Path, suite: Path | None) -> None:
    """Write accredit.toml for each PROVIDER (all, when none is named), and make a signing key beside it.

    Every value is explained in the file. Nothing that exists is overwritten.
    """
    root = suite_root(suite)
    for name in providers or provider_names(root):
        subject = dossier(root, name)
        defaults = {key: setting.value for key, setting in subject.provider.settings.items()}
        setup = Setup(defaults, partial(datetime.now, UTC), frozenset(), Random(0))  # noqa: S311 - only the shape of its roles is shown
        shape = load_simulation(root, name)(setup)
        click.echo(f"wrote {add_provider(folder, subject, shape.roles('certification'))}: section [{name}]")
    key = folder / "accredit.key"
    if not key.exists():
        make_key(key)
        click.echo(f"made  {key} (keep it, never commit it) and {public_path(key)} (for the reviewer)")
    click.echo(f"key   {key_id(load_private(key).public_key())}")
    click.echo(
        "next: read the file through; fill in partner_id, roles and what else it asks for, set the environment variables that the"
    )
    click.echo("      secrets are named by, then")
    click.echo("      accredit run PROVIDER --env certification")
