"""`accredit report`: renders and seals a run again from its journal."""

from pathlib import Path

import click

from accredit.cli.options import PARTNER_FILE, SUITE, TIMESTAMP
from accredit.cli.showing import exit_code_of, show_evidence
from accredit.cli.signing import attachments, authority_at
from accredit.evidence.bundle import make_evidence
from accredit.evidence.keys import load_private
from accredit.suite.catalogue import signing_key
from accredit.suite.places import reports_folder, suite_root


@click.command()
@click.argument("run_folder", type=click.Path(path_type=Path))
@click.option(
    "--key",
    "key_file",
    type=click.Path(path_type=Path),
    help="Seal with this private key [default: the one accredit.toml names].",
)
@TIMESTAMP
@PARTNER_FILE
@SUITE
def command(
    run_folder: Path, key_file: Path | None, timestamp_url: str | None, partner_file: Path | None, suite: Path | None
) -> None:
    """Judge the run in RUN_FOLDER from its journal, write its report, and seal it when there is a key.

    Also for a run that was broken off: what had been recorded is shown, and counts as incomplete. Exit codes as for `run`.
    """
    root = suite_root(suite)
    path = key_file or signing_key(partner_file)
    made = make_evidence(
        run_folder,
        root,
        reports_folder(),
        load_private(path) if path else None,
        authority_at(timestamp_url),
        attachments=attachments(run_folder, root, partner_file),
    )
    show_evidence(made)
    raise SystemExit(exit_code_of(made))
