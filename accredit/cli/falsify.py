"""`accredit falsify`: proves that each requirement's scenario can fail."""

import os
from pathlib import Path

import click

from accredit.cli.options import PROVIDER, SUITE
from accredit.model.errors import UsageError
from accredit.suite.catalogue import dossier
from accredit.suite.falsify import Trial, falsify, untried
from accredit.suite.live import load_simulation
from accredit.suite.places import suite_root


@click.command()
@PROVIDER
@click.option("--defect", "chosen", multiple=True, metavar="NAME", help="Only this defect; repeatable.")
@click.option(
    "--jobs",
    type=click.IntRange(1, 64),
    default=os.cpu_count() or 1,
    show_default=True,
    help="How many are tried at a time.",
)
@SUITE
def command(provider: str, chosen: tuple[str, ...], jobs: int, suite: Path | None) -> None:
    """Run PROVIDER's scenarios against every defect of its simulator.

    A defect is killed when exactly the requirements that list it turn red; silent when one of them stays green, which is a
    failure of ours; wrong when another turns red. Exit 0 when all are killed, else 1.
    """
    subject = dossier(suite_root(suite), provider)
    defects = list(load_simulation(subject.root, provider).DEFECTS)
    if unknown := sorted(set(chosen) - set(defects)):
        raise UsageError(f"{', '.join(unknown)}: no such defect; the simulator has {', '.join(sorted(defects))}.")
    defects = [defect for defect in defects if not chosen or defect in chosen]
    gaps = [] if chosen else untried(subject, subject.register)
    done = 0

    def show(trial: Trial) -> None:
        nonlocal done
        done += 1
        click.echo(
            f"[{done:>{len(str(len(defects)))}}/{len(defects)}] {trial.answer:<6} {trial.defect}: {_told(trial)}"
        )

    trials = falsify(subject, defects, jobs=jobs, shown=show)
    musts = [r for r in subject.register.driven if r.level == "must"]
    killed = {id_ for trial in trials if trial.answer == "killed" for id_ in trial.expected}
    for gap in gaps:
        click.echo(f"gap: {gap}")
    counts = {answer: sum(trial.answer == answer for trial in trials) for answer in ("killed", "silent", "wrong")}
    click.echo(f"{len(trials)} defects: {counts['killed']} killed, {counts['silent']} silent, {counts['wrong']} wrong")
    if not chosen:
        click.echo(
            f"{sum(r.id in killed for r in musts)} of {len(musts)} driven MUST requirements are killed by a defect"
        )
    raise SystemExit(0 if counts["killed"] == len(trials) and not gaps else 1)


def _told(trial: Trial) -> str:
    if trial.trouble:
        return trial.trouble
    told = [f"red {', '.join(sorted(trial.reddened)) or 'nothing'}"]
    if missing := trial.expected - trial.reddened:
        told.append(f"should also be red {', '.join(sorted(missing))}")
    if extra := trial.reddened - trial.expected:
        told.append(f"should not be red {', '.join(sorted(extra))}")
    if trial.unjudged:
        told.append(f"{len(trial.unjudged)} could not be judged")
    return "; ".join(told)
