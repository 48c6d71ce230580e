"""`accredit waive`: accepts a failure for a while."""

from pathlib import Path

import click

from accredit.cli.options import OWN_KEY, PARTNER_FILE, SUITE, day_of
from accredit.cli.signing import own_key
from accredit.evidence.statements import keep
from accredit.model.errors import UsageError
from accredit.model.reading import read
from accredit.model.requirement import ENVIRONMENTS
from accredit.model.statement import Waiver
from accredit.release.attest import must_tell_no_secret
from accredit.release.table import lay, rules_of
from accredit.release.voices import signer
from accredit.release.waive import waive
from accredit.suite.catalogue import dossier, provider_names, statements_folder
from accredit.suite.people import people
from accredit.suite.places import suite_root


@click.command()
@click.argument("requirement")
@click.option("--env", "environment", required=True, type=click.Choice(ENVIRONMENTS), help="Where it may fail.")
@click.option("--reason", required=True, metavar="TEXT", help="Why it is accepted.")
@click.option(
    "--approver", required=True, metavar="NAME", help="Who accepts it: somebody of [people] in accredit.toml."
)
@click.option("--ticket", required=True, metavar="TICKET", help="Where it is worked on.")
@click.option("--last-day", required=True, metavar="DAY", help="Until when, as 2027-01-31.")
@click.option("--bundle", required=True, type=click.Path(path_type=Path), help="The sealed bundle in which it failed.")
@OWN_KEY
@PARTNER_FILE
@SUITE
def command(requirement: str, environment: str, reason: str, approver: str, ticket: str, last_day: str, bundle: Path,
            key_file: Path | None, partner_file: Path | None, suite: Path | None) -> None:  # fmt: skip
    """Accept that REQUIREMENT fails in one environment, until a last day. The result stays failed, *waived until*.

    A waiver that is expired, or excuses nothing any more, fails the gate. Exit 4 when the words hold a secret: then nothing is kept.
    """
    root = suite_root(suite)
    about = next((d for name in provider_names(root) if requirement in (d := dossier(root, name)).register), None)
    if about is None:
        raise UsageError(f"{requirement}: no such requirement; `accredit requirements` lists them all.")
    for name, text in (("--reason", reason), ("--ticket", ticket)):
        if not text.strip():
            raise UsageError(f"{name} is empty; a failure is accepted for a reason that somebody can look up.")
    today = day_of(None, "")
    key = own_key(key_file, partner_file)
    person = signer(people(partner_file, about.root), approver, key)
    told = {"provider": about.name, "requirement": requirement, "environment": environment, "reason": reason.strip(),
            "approver": person.name, "ticket": ticket.strip(), "made_on": today, "last_day": day_of(last_day, "--last-day")}  # fmt: skip
    waiver = read(Waiver, told, f"the waiver of {requirement}")
    must_tell_no_secret(waiver, about, partner_file)
    [laid] = lay([bundle], None, rules_of(about, None, today))
    data = waive(waiver, laid, about.provider, key)
    click.echo(f"waived  {requirement} in {environment} until {waiver.last_day}, by {person.name}: {reason}")
    click.echo(f"kept    {keep(statements_folder(partner_file, about.name), 'waiver', requirement, data)}")
