"""`accredit verify`: checks a bundle offline."""

from pathlib import Path

import click

from accredit.cli.options import TRUSTED, TRUSTED_ID, trusted_key
from accredit.cli.showing import show_verdict
from accredit.evidence.verify import verify
from accredit.model.errors import UsageError
from accredit.suite.places import reports_folder


@click.command()
@click.argument("bundle", type=click.Path(path_type=Path))
@TRUSTED
@TRUSTED_ID
@click.option(
    "--tsa-cert",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="Root certificate (PEM) of a time stamp authority you trust: also asks when it was sealed.",
)
@click.option(
    "--rendered", is_flag=True, help="Also make every file again from the records, and compare byte for byte."
)
def command(bundle: Path, key_file: Path | None, key_id: str | None, tsa_cert: Path | None, rendered: bool) -> None:
    """Check a BUNDLE: is it intact, authentic, complete, and judged as it says?

    Exit 0 when every answer is yes, 1 when one is no, 3 when one is unknown (authentic, when neither --key nor --key-id is given; stamped,
    when there is a time stamp and no --tsa-cert; rendered, when it was made by another version). The run's own
    verdict is shown, and does not change the exit code.
    """
    if bundle.is_dir():
        raise UsageError(f"{bundle} is a folder; name the bundle, a .zip beside it.")
    trusted, authorities = trusted_key(key_file, key_id), tsa_cert.read_bytes() if tsa_cert else None
    found = verify(bundle, trusted, authorities, reports_folder() if rendered else None)
    if found.run is not None:
        header = found.run.header
        click.echo(
            f"{header['provider']}, {header['label']} ({found.run.place}), run {header['run']}, accredit {header['suite_version']}"
        )
    for check in found.checks:
        click.echo(f"{check.question + ':':<11} {check.reply.value:<8} {check.reason}")
    if found.scan:
        click.echo(f"{'leaks:':<11} {found.scan}")
    if found.verdict is not None:
        if found.exit_code == 1:
            click.echo("an answer above is no, so nothing is proven; the bundle speaks of this:")
        show_verdict(found.verdict)
    raise SystemExit(found.exit_code)
