"""`accredit budget`: shows what a budget allows and what was spent, and settles writes of which nobody knew how they went."""

from pathlib import Path

import click

from accredit.cli.options import OUTPUT, OWN_KEY, PARTNER_FILE, PROVIDER, SUITE
from accredit.cli.signing import own_key
from accredit.cli.spending import show_budget, show_not_played
from accredit.evidence.spent import unclear_words
from accredit.model.errors import Refused, UsageError
from accredit.model.scenario import runs_in
from accredit.release.voices import signer
from accredit.suite.approval import must_be_settler
from accredit.suite.budgets import budget_file, journalled, ledger_beside
from accredit.suite.catalogue import dossier, partner_facts
from accredit.suite.gherkin import declared_in
from accredit.suite.people import people
from accredit.suite.places import suite_root
from accredit.suite.plan import Choices, approved_for, clock_of_production
from accredit.wire.allowance import check_switch

_FOUND = ("arrived", "absent")


@click.command()
@PROVIDER
@click.option("--budget", "given", type=click.Path(path_type=Path, dir_okay=False),
              help="The budget [default: assisted-production.toml beside accredit.toml].")  # fmt: skip
@PARTNER_FILE
@OUTPUT
@click.option("--settle", metavar="NUMBER=FOUND", help=f"Note what became of a write: {' or '.join(_FOUND)}.")
@click.option(
    "--by",
    default="",
    metavar="NAME",
    help="Who looked it up with the provider: somebody of [people] in accredit.toml.",
)
@OWN_KEY
@SUITE
def command(
    provider: str,
    given: Path | None,
    partner_file: Path | None,
    output: Path,
    settle: str | None,
    by: str,
    key_file: Path | None,
    suite: Path | None,
) -> None:
    """Show what the budget for PROVIDER's production allows, whether it holds now, and what was spent. Nothing is sent.

    Exit 0 when it holds and every write is accounted for, 2 when it does not hold, 3 when nobody knows how a write went.
    """
    subject = dossier(suite_root(suite), provider)
    facts = partner_facts(partner_file, subject.provider)
    path, clock = budget_file(given, partner_file), clock_of_production(facts)
    ledger = ledger_beside(path, subject, partner_file)
    if settle is not None:
        number, found = _settled(settle)
        if not by.strip():
            raise UsageError(
                "--by NAME says who looked it up with the provider: somebody of [people] in accredit.toml."
            )
        person = signer(people(partner_file, subject.root), by.strip(), own_key(key_file, partner_file))
        must_be_settler(person, subject)
        click.echo(
            f"{found}: {ledger.settle(number, found, person.name, clock.now)}. It stays counted, and is not sent again."
        )
    spent, _ = ledger.state(clock.now)
    if unclear := spent.unclear():
        click.echo(f"accredit: {unclear_words(ledger.path, unclear)}", err=True)
    approved = approved_for(
        subject, Choices(environment="production", partner_file=partner_file, budget=path), facts, confirmed=False
    )
    assert approved is not None
    approved.ledger(partner_file).check(clock.now, list(journalled(output, provider)))
    show_budget(approved, subject.writes, spent)
    scenarios = (s for declared in declared_in(subject.features) for s in declared.scenarios)
    would_run = [s for s in scenarios if runs_in(s, "production", subject.register, approved.covered)]
    show_not_played(approved, subject.writes, facts, would_run)
    try:
        check_switch(path.parent / approved.budget.kill_switch)
    except Refused as stopped:
        raise UsageError(str(stopped)) from None
    raise SystemExit(3 if unclear else 0)


def _settled(told: str) -> tuple[int, str]:
    number, _, found = told.partition("=")
    if not number.isdigit() or found not in _FOUND:
        raise UsageError(f"--settle {told}: write it as 3=arrived or 3=absent, as the provider's own answer tells.")
    return int(number), found
