"""`accredit sign`: a named role's signature over bundles with all that bears on them, or over a budget."""

from datetime import UTC, datetime
from pathlib import Path

import click

from accredit.cli.options import BY, OWN_KEY, PARTNER_FILE, SUITE, day_of
from accredit.cli.signing import own_key
from accredit.evidence.statements import keep
from accredit.model.errors import UsageError
from accredit.model.statement import SignOff
from accredit.release.attest import must_tell_no_secret
from accredit.release.signoff import BUDGET, must_have_role, sign_budget, sign_table
from accredit.release.table import gate_named, table_of
from accredit.release.voices import signer
from accredit.suite.budgets import begun
from accredit.suite.catalogue import Dossier, dossier, partner_facts, statements_folder
from accredit.suite.people import people
from accredit.suite.places import suite_root
from accredit.suite.plan import clock_of_production


@click.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="FILE...")
@click.option(
    "--for", "purpose", required=True, metavar="PROVIDER.GATE", help="What is signed off; PROVIDER.budget for a budget."
)
@click.option("--role", required=True, metavar="ROLE", help="In which role: one that accredit.toml gives them.")
@BY
@click.option("--says", default="", metavar="TEXT", help="What they want to say with it.")
@OWN_KEY
@PARTNER_FILE
@SUITE
def command(files: tuple[Path, ...], purpose: str, role: str, by: str, says: str, key_file: Path | None, partner_file: Path | None,
            suite: Path | None) -> None:  # fmt: skip
    """Sign each FILE in a role: the bundles that a gate is asked with, or a budget (`assisted-production.toml`).

    Bundles are verified first, and every attestation, waiver and comparison that bears on the gate is signed with them: whatever
    is added, changed or taken away afterwards voids the signature, as does another gates.toml, rulebook or role. With a budget the facts
    are signed that say what requests move, and the ledger in which that is counted; it is made, when there is none. Exit 4 when the
    words hold a secret: then nothing is signed.
    """
    provider, _, name = purpose.partition(".")
    about = dossier(suite_root(suite), provider)
    key = own_key(key_file, partner_file)
    person = signer(people(partner_file, about.root), by, key)
    must_have_role(person, role)
    now = datetime.now(UTC).replace(microsecond=0)
    said = SignOff(provider=provider, purpose=purpose, role=role, by=person.name, at=now, says=says.strip())
    must_tell_no_secret(said, about, partner_file)
    if name == BUDGET:
        subject = _budget(about, files, partner_file)
        data, signed = sign_budget(said, subject, key), len(subject)
    else:
        table = table_of(about, gate_named(about, name), files, None, day_of(None, ""), partner_file)
        data, signed = sign_table(said, table, key), len(table.on_it)
        for bundle in table.laid:
            if why := table.why_not_counted(bundle):
                click.echo(f"mind    {bundle.name} does not count at {purpose}: {why}", err=True)
    click.echo(f"signed  by {person.name} as {role} for {purpose}: {signed} file{'s' * (signed != 1)}")
    click.echo(f"kept    {keep(statements_folder(partner_file, provider), 'sign-off', f'{name}-{role}', data)}")


def _budget(about: Dossier, files: tuple[Path, ...], partner_file: Path | None) -> dict[str, str]:
    """What is signed of a budget; its ledger is made, when there is none."""
    [file, *more] = files
    if more or not file.is_file():
        raise UsageError(
            "name the budget, one file that is there: accredit sign assisted-production.toml --for PROVIDER.budget …"
        )
    return begun(file, about, partner_file, clock_of_production(partner_facts(partner_file, about.provider)).now)
