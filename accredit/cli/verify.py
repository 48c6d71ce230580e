"""`accredit verify`: checks a bundle offline."""

from pathlib import Path

import click

from accredit.cli.showing import show_verdict
from accredit.evidence.keys import load_public
from accredit.evidence.verify import verify
from accredit.model.errors import UsageError


@click.command()
@click.argument("bundle", type=click.Path(path_type=Path))
@click.option(
    "--key",
    "key_file",
    type=click.Path(path_type=Path),
    help="The public key (.pub) it should be signed with, got from the partner by other means.",
)
def command(bundle: Path, key_file: Path | None) -> None:
    """Check a BUNDLE: is it intact, authentic, complete, and judged as it says?

    Exit 0 when every answer is yes, 1 when one is no, 3 when one is unknown (authentic, when no --key is given). The run's own
    verdict is shown, and does not change the exit code.
    """
    if bundle.is_dir():
        raise UsageError(f"{bundle} is a folder; name the bundle, a .zip beside it.")
    found = verify(bundle, load_public(key_file) if key_file else None)
    if found.run is not None:
        header = found.run.header
        click.echo(
            f"{header['provider']}, {header['label']} ({found.run.place}), run {header['run']}, accredit {header['suite_version']}"
        )
    for check in found.checks:
        click.echo(f"{check.question + ':':<11} {check.reply.value:<8} {check.reason}")
    if found.verdict is not None:
        show_verdict(found.verdict)
    raise SystemExit(found.exit_code)
