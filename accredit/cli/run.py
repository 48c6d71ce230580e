"""`accredit run`: certifies providers and seals the evidence."""

import sys
import time
from dataclasses import replace
from pathlib import Path

import click

from accredit.cli.options import KEY, MAKE_KEY, OUTPUT, PARTNER_FILE, PROVIDERS, SUITE, SUMMARY, TIMESTAMP
from accredit.cli.showing import ProgressLines, show_allure, worst
from accredit.cli.signing import authority_at, sealed, sealing_key
from accredit.cli.spending import confirmed, show_intent
from accredit.evidence.summary import NAME, append_summaries
from accredit.model.budget import FILE
from accredit.model.errors import UsageError
from accredit.model.requirement import ENVIRONMENTS
from accredit.suite.catalogue import dossier, partner_facts, provider_names
from accredit.suite.places import suite_root
from accredit.suite.plan import Choices, approved_for, clock_of_production, plan_run
from accredit.suite.run import certify
from accredit.suite.shown import results_in


@click.command()
@PROVIDERS
@click.option(
    "--env",
    "environment",
    default="simulator",
    show_default=True,
    metavar="ENV",
    help=f"Where to: {', '.join(ENVIRONMENTS)}.",
)
@click.option("--only", multiple=True, metavar="ID", help="Only scenarios of this requirement; repeatable.")
@click.option(
    "--fuzz/--no-fuzz",
    default=None,
    help="Also fuzz the contract, by the profile ci [default: on a simulator, unless --only is given].",
)
@PARTNER_FILE
@OUTPUT
@KEY
@MAKE_KEY
@TIMESTAMP
@click.option(
    "--defect", "defects", multiple=True, metavar="NAME", help="Make the simulator wrong in this way; repeatable."
)
@click.option(
    "--flaw",
    "flaws",
    multiple=True,
    hidden=True,
    metavar="NAME",
    help="Have the simulator break its contract in this way.",
)
@click.option(
    "--workers", type=click.IntRange(0, 64), default=0, help="Run in so many processes; worth it where waits are real."
)
@click.option("--budget", type=click.Path(path_type=Path, dir_okay=False),
              help="Write to production what this file allows, as two people signed it.")  # fmt: skip
@click.option("--yes-i-have-approval", "approval", default="", metavar="TICKET",
              help="Do not ask before writing to production; must be the budget's ticket.")  # fmt: skip
@click.option(
    "--allure", type=click.Path(path_type=Path, file_okay=False), help="Also write Allure results into this folder."
)
@SUMMARY
@SUITE
def command(providers: tuple[str, ...], environment: str, only: tuple[str, ...], fuzz: bool | None, partner_file: Path | None,
            output: Path, key_file: Path | None, new_key: Path | None, timestamp_url: str | None, defects: tuple[str, ...],
            flaws: tuple[str, ...], workers: int, budget: Path | None, approval: str, allure: Path | None, summary_file: Path | None,
            suite: Path | None) -> None:  # fmt: skip
    """Run the scenarios of each PROVIDER (all, when none is named), fuzz its contract, judge both, and seal the evidence.

    Exit 0 when every run passed, 1 when one failed, 3 when one is unknown, 4 when one was not sealed since it holds a secret.
    """
    root = suite_root(suite)
    names = list(providers) or _concerned(root, only)
    if fuzz and environment != "simulator":
        raise UsageError(f"fuzzing {environment} takes the provider's consent: `accredit fuzz` asks for it.")
    fuzz = environment == "simulator" and not only if fuzz is None else fuzz
    choices = Choices(
        environment=environment,
        only=only,
        fuzz="ci" if fuzz else "",
        defects=defects,
        flaws=flaws,
        partner_file=partner_file,
        output=output,
    )
    _must_be_allowed(root, names, choices)
    if approval and not budget:
        raise UsageError(
            f"--yes-i-have-approval {approval} is for writing, and without a budget nothing is written; name it: --budget {FILE}."
        )
    if budget:
        choices = _budgeted(choices, root, names, budget, approval)
    plans = [plan_run(dossier(root, name), choices) for name in names]
    key = sealing_key(key_file, new_key, partner_file)
    if only and not any(plan.expected for plan in plans):
        raise UsageError(
            f"no scenario of {', '.join(only)} can run in {environment}; `accredit requirements` says how each is verified."
        )
    lines = ProgressLines(sum(len(plan.expected) + len(plan.rounds) for plan in plans), sys.stdout)
    began = time.monotonic()
    seen = results_in(allure)
    ran = certify(root, names, choices, progress=lines.show, workers=workers, allure=allure)
    codes = [
        sealed(folder, root, key, authority_at(timestamp_url), hidden, partner_file) for folder, hidden in ran.items()
    ]
    if summary_file:
        append_summaries(summary_file, [path for folder in ran if (path := folder / NAME).is_file()])
    codes.append(show_allure(allure, seen, list(ran)))
    scenarios, rounds = (
        sum(len(part) for part in parts) for parts in zip(*((p.expected, p.rounds) for p in plans), strict=True)
    )
    fuzzed = f" and {rounds} rounds of fuzzing" if rounds else ""
    click.echo(
        f"{scenarios} scenario{'s' * (scenarios != 1)}{fuzzed} set out to run, done in {time.monotonic() - began:.1f} s"
    )
    raise SystemExit(worst(codes))


def _must_be_allowed(root: Path, names: list[str], choices: Choices) -> None:
    if choices.environment == "production":
        from accredit.release.permission import must_be_allowed_for  # a simulator's run waits for no calendar

        must_be_allowed_for([dossier(root, name) for name in names], choices.environment, choices.partner_file)


def _budgeted(choices: Choices, root: Path, names: list[str], path: Path, approval: str) -> Choices:
    """The choices with a budget that holds, once the user has seen what is about to be sent and has said that they may."""
    if len(names) != 1:
        raise UsageError(f"a budget is one provider's; name it, of {', '.join(names)}.")
    subject = dossier(root, names[0])
    approved = approved_for(
        subject, replace(choices, budget=path), partner_facts(choices.partner_file, subject.provider), confirmed=False
    )
    assert approved is not None
    choices = replace(choices, budget=path, approval=approved.budget.ticket.name)
    plan = plan_run(subject, choices)
    show_intent(plan, approved.ledger(choices.partner_file).state(clock_of_production(plan.facts).now)[0])
    return replace(choices, approval=confirmed(approved.budget, approval))


def _concerned(root: Path, only: tuple[str, ...]) -> list[str]:
    """Every provider; of chosen requirements, the providers that ask for them."""
    known = provider_names(root)
    return [name for name in known if set(only) & set(dossier(root, name).register.ids)] or known
