"""Options that several commands share."""

from pathlib import Path

import click

SUITE = click.option(
    "--suite",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    hidden=True,
    help="Another suite's folder.",
)
PROVIDERS = click.argument("providers", nargs=-1, metavar="[PROVIDER]...")
PROVIDER = click.argument("provider")
