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
PARTNER_FILE = click.option(
    "--partner", "partner_file", type=click.Path(path_type=Path), help="accredit.toml [default: the one here, if any]."
)
OUTPUT = click.option(
    "--output",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("evidence"),
    show_default=True,
    help="Where evidence goes.",
)
KEY = click.option(
    "--key",
    "key_file",
    type=click.Path(path_type=Path),
    help="Seal with this private key [default: the one accredit.toml names].",
)
TIMESTAMP = click.option(
    "--timestamp-url",
    metavar="URL",
    help="Have the seal time-stamped by this RFC 3161 authority; it is sent a digest.",
)
MAKE_KEY = click.option(
    "--make-key",
    "new_key",
    type=click.Path(path_type=Path),
    help="Seal with this private key, and make it first if there is none.",
)
