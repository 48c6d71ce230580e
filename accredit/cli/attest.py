"""`accredit attest`: keeps a named person's word that requirements are met, with what they show for it."""

from pathlib import Path

import click

from accredit.cli.options import BY, OWN_KEY, PARTNER_FILE, SUITE, day_of
from accredit.cli.signing import own_key
from accredit.model.errors import UsageError
from accredit.model.reading import read
from accredit.model.requirement import ENVIRONMENTS
from accredit.model.statement import Attestation
from accredit.release.attest import attest, attestable, must_attest, said_of
from accredit.release.voices import signer
from accredit.suite.catalogue import Dossier, dossier, provider_names, statements_folder
from accredit.suite.people import people
from accredit.suite.places import suite_root


@click.command()
@click.argument("requirements", nargs=-1, required=True, metavar="REQUIREMENT...")
@BY
@click.option("--says", required=True, metavar="TEXT", help="In their own words: what was shown, where and by whom.")
@click.option("--env", "environment", type=click.Choice(ENVIRONMENTS), help="Where it was shown, if anywhere.")
@click.option(
    "--file", "files", multiple=True, type=click.Path(path_type=Path), help="A document that shows it; repeatable."
)
@click.option("--shown-on", metavar="DAY", help="When it was shown, as 2027-01-31 [default: today, UTC].")
@click.option("--last-day", metavar="DAY", help="After which it has to be shown anew [default: never].")
@OWN_KEY
@PARTNER_FILE
@SUITE
def command(requirements: tuple[str, ...], by: str, says: str, environment: str | None, files: tuple[Path, ...], shown_on: str | None,
            last_day: str | None, key_file: Path | None, partner_file: Path | None, suite: Path | None) -> None:  # fmt: skip
    """Keep a named person's word that each REQUIREMENT is met, signed with their key.

    Documents are digested, searched for the partner's secrets, and copied beside accredit.toml, from where they go into the next bundle.
    What a scenario shows in that environment cannot be attested. Exit 4 when a secret was found: then nothing is kept.
    """
    about = _asked_by(suite_root(suite), requirements)
    where = environment or ""
    for id_ in requirements:
        attestable(about.register, id_, where)
    if not says.strip():
        raise UsageError("--says is empty; say what was shown, where and by whom.")
    today = day_of(None, "")
    shown = day_of(shown_on, "--shown-on")
    last = day_of(last_day, "--last-day") if last_day else None
    if shown > today:
        raise UsageError(f"--shown-on {shown}: that is yet to come, today is {today}; attest what has been shown.")
    if last is not None and last < today:
        raise UsageError(f"--last-day {last}: that has passed, today is {today}; it would show nothing.")
    key = own_key(key_file, partner_file)
    person = signer(people(partner_file, about.root), by, key)
    for id_ in requirements:
        must_attest(person, id_)
    told = {
        "provider": about.name,
        "by": person.name,
        "says": says.strip(),
        "shown_on": shown,
        "environment": where,
        "last_day": last,
    }
    words = [
        read(Attestation, {**told, "requirement": id_}, f"the attestation of {id_}")
        for id_ in dict.fromkeys(requirements)
    ]
    made = attest(about, words, files, key, statements_folder(partner_file, about.name), partner_file)
    for line in said_of(made):
        click.echo(line)
    for path in (*made.documents, *made.statements):
        click.echo(f"kept    {path}")
    if not files:
        click.echo("no document was attached: it is their word alone, and neither gate nor cutover goes by it")


def _asked_by(root: Path, requirements: tuple[str, ...]) -> Dossier:
    """The provider that asks for the requirements; of an unknown id the one that has the most like it, which then says so."""
    known = [dossier(root, name) for name in provider_names(root)]
    asking = {id_: about for id_ in requirements for about in known if id_ in about.register}
    if len({about.name for about in asking.values()}) > 1:
        raise UsageError("the requirements are of several providers; attest those of one at a time.")
    if asking:
        return next(iter(asking.values()))
    prefix = requirements[0].partition("-")[0]
    return next((about for about in known if any(id_.startswith(f"{prefix}-") for id_ in about.register.ids)), known[0])
