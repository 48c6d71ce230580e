"""`accredit fuzz`: fuzzes contracts by generated requests, judges them, seals the evidence; sends a case again."""

import os
import sys
import time
from pathlib import Path

import click

from accredit.cli.options import KEY, MAKE_KEY, OUTPUT, PARTNER_FILE, PROVIDERS, SUITE, TIMESTAMP
from accredit.cli.showing import ProgressLines, show_allure, show_replay, worst
from accredit.cli.signing import authority_at, sealed, sealing_key
from accredit.model.errors import UsageError
from accredit.model.fuzzing import PROFILES, SEED, usual_profile
from accredit.model.requirement import ENVIRONMENTS
from accredit.suite.catalogue import dossier, provider_names
from accredit.suite.places import suite_root
from accredit.suite.plan import Choices, plan_run
from accredit.suite.run import certify
from accredit.suite.shown import results_in

_MOST, _WORTH_IT = 4, 30
"""Workers at most; rounds above which a second process earns its start."""


@click.command()
@PROVIDERS
@click.option(
    "--env",
    "environment",
    default="simulator",
    show_default=True,
    metavar="ENV",
    help=f"Where to: {', '.join(ENVIRONMENTS[:2])}.",
)
@click.option(
    "--profile",
    type=click.Choice(list(PROFILES)),
    help="How much is sent [default: ci on a simulator, else certification].",
)
@click.option(
    "--consent", default="", metavar="TEXT", help="Who at the provider agreed to it; needed outside the simulator."
)
@click.option(
    "--only", "rounds", multiple=True, metavar="NAME", help="Only this operation, phase or round; repeatable."
)
@click.option("--seed", type=int, default=SEED, show_default=True, help="The same seed draws the same cases.")
@click.option(
    "--cases", type=click.IntRange(1), help="Of each operation in the phase fuzzing, in place of the profile's number."
)
@click.option(
    "--replay",
    metavar="ID",
    help="Send the case, or the smallest request of the finding, of this id again; judges and seals nothing else.",
)
@click.option(
    "--run",
    "journal",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="With --replay: the folder of the run that found it [default: the newest that has it].",
)
@click.option(
    "--defect", "defects", multiple=True, metavar="NAME", help="Make the simulator wrong in this way; repeatable."
)
@click.option("--flaw", "flaws", multiple=True, hidden=True, help="Make the simulator break its contract in this way.")
@click.option(
    "--workers",
    type=click.IntRange(0, 64),
    help="Fuzz in so many processes [default: one a core on a simulator, else one].",
)
@click.option(
    "--allure", type=click.Path(path_type=Path, file_okay=False), help="Also write Allure results into this folder."
)
@PARTNER_FILE
@OUTPUT
@KEY
@MAKE_KEY
@TIMESTAMP
@SUITE
def command(providers: tuple[str, ...], environment: str, profile: str | None, consent: str, rounds: tuple[str, ...], seed: int,
            cases: int | None, replay: str | None, journal: Path | None, defects: tuple[str, ...], flaws: tuple[str, ...],
            workers: int | None, allure: Path | None, partner_file: Path | None, output: Path, key_file: Path | None,
            new_key: Path | None, timestamp_url: str | None, suite: Path | None) -> None:  # fmt: skip
    """Fuzz the contract of each PROVIDER (all, when none is named), judge, and seal the evidence.

    Exit 0 when every round passed, 1 when something was found, 3 when something cannot be judged.
    """
    root = suite_root(suite)
    names = list(providers) or provider_names(root)
    choices = Choices(
        environment=environment,
        features=False,
        fuzz=profile or usual_profile(environment),
        consent=consent,
        seed=seed,
        cases=cases,
        rounds=rounds,
        defects=defects,
        flaws=flaws,
        partner_file=partner_file,
        output=output,
    )
    if replay is not None:
        if len(names) != 1:
            raise UsageError("--replay sends one case of one provider: name the provider.")
        if rounds or cases is not None:
            raise UsageError("--replay sends one case: leave out --only and --cases.")
        from accredit.suite.fuzzing.replay import replay as again

        raise SystemExit(show_replay(again(dossier(root, names[0]), choices, replay, journal)))
    if journal is not None:
        raise UsageError("--run says which run a case is of: name the case with --replay.")
    plans = [plan_run(dossier(root, name), choices) for name in names]
    if workers is None:
        workers = (
            min(os.cpu_count() or 1, _MOST) if environment == "simulator" and len(plans[0].rounds) > _WORTH_IT else 0
        )
    key = sealing_key(key_file, new_key, partner_file)
    lines = ProgressLines(sum(len(plan.rounds) for plan in plans), sys.stdout)
    began = time.monotonic()
    seen = results_in(allure)
    ran = certify(root, names, choices, progress=lines.show, workers=workers, allure=allure)
    codes = [
        sealed(folder, root, key, authority_at(timestamp_url), hidden, partner_file) for folder, hidden in ran.items()
    ]
    codes.append(show_allure(allure, seen, list(ran)))
    click.echo(f"{lines.done} round{'s' * (lines.done != 1)} in {time.monotonic() - began:.1f} s")
    raise SystemExit(worst(codes))
