"""Options that several commands share."""

import re
from datetime import UTC, date, datetime
from pathlib import Path

import click

from accredit.evidence.keys import load_public
from accredit.model.errors import UsageError
from accredit.model.keys import PublicKey

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
TRUSTED = click.option(
    "--key",
    "key_file",
    type=click.Path(path_type=Path),
    help="The public key (.pub) that bundles should be signed with, got from the partner by other means.",
)
TRUSTED_ID = click.option(
    "--key-id", metavar="HEX", help="In place of --key: the id of that key, as `accredit init` told the partner."
)
SUMMARY = click.option(
    "--summary",
    "summary_file",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Also add a summary in Markdown to this file, as a pipeline shows it.",
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
    return named_day(told, option) or otherwise or datetime.now(UTC).date()


def named_day(told: str | None, option: str) -> date | None:
    """The day that an option names; None when it names none.

    Raises:
        UsageError: it is no day.
    """
    try:
        return date.fromisoformat(told) if told is not None else None
    except ValueError:
        raise UsageError(f"{option} {told}: no day; write it as 2027-01-31.") from None


def trusted_key(key_file: Path | None, key_id: str | None) -> PublicKey | str | None:
    """The key that bundles should be signed with, or its id; None when neither was named.

    Raises:
        UsageError: both were, or it is no key.
    """
    if key_file and key_id:
        raise UsageError("--key and --key-id both say which key is trusted; give one of them.")
    if key_id is not None and not re.fullmatch("[0-9a-fA-F]{64}", key_id):
        raise UsageError(
            f"--key-id: {key_id!r} is no key id; it has 64 hexadecimal digits, as `accredit init` shows them."
        )
    return load_public(key_file) if key_file else key_id and key_id.lower()
