"""`accredit init`: writes the partner's folder."""

from pathlib import Path

import click

from accredit.cli.options import PROVIDERS, SUITE
from accredit.evidence.keys import load_private, make_key, public_path
from accredit.model.keys import key_id
from accredit.suite.catalogue import dossier, provider_names
from accredit.suite.init import add_provider
from accredit.suite.places import suite_root
from accredit.suite.simulation import roles_played


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
        click.echo(f"wrote {add_provider(folder, subject, roles_played(subject, 'certification'))}: section [{name}]")
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
