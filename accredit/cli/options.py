"""Options that several commands share."""

from datetime import UTC, date, datetime
from pathlib import Path

import click

from accredit.model.errors import UsageError

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
BY = click.option("--by", required=True, metavar="NAME", help="Who says so: somebody of [people] in accredit.toml.")
OWN_KEY = click.option(
    "--key",
    "key_file",
    type=click.Path(path_type=Path),
    help="Their private key [default: the one accredit.toml names].",
)
ON = click.option(
    "--on", "day", metavar="DAY", help="Count ages and last days to this day, as 2027-01-31 [default: today, UTC]."
)


def day_of(told: str | None, option: str, otherwise: date | None = None) -> date:
    """The day that an option names; today (UTC) when it names none, unless there is another to take.

    Raises:
        UsageError: it is no day.
    """
    try:
        return date.fromisoformat(told) if told else otherwise or datetime.now(UTC).date()
    except ValueError:
        raise UsageError(f"{option} {told}: no day; write it as 2027-01-31.") from None
