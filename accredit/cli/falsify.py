"""`accredit falsify`: proves that each requirement's scenario can fail."""

import itertools
import os
from collections.abc import Sequence
from pathlib import Path

import click

from accredit.cli.options import PROVIDERS, SUITE
from accredit.model.errors import UsageError
from accredit.suite.catalogue import Dossier, dossier, provider_names
from accredit.suite.falsify import Trial, falsify, untried
from accredit.suite.places import suite_root
from accredit.suite.simulation import load_simulation


@click.command()
@PROVIDERS
@click.option("--defect", "chosen", multiple=True, metavar="NAME", help="Only this defect; repeatable.")
@click.option(
    "--jobs",
    type=click.IntRange(1, 64),
    default=os.cpu_count() or 1,
    show_default=True,
    help="How many are tried at a time.",
)
@click.option("--whole", is_flag=True, help="Run every scenario against each defect, not only those it can touch.")
@SUITE
def command(providers: tuple[str, ...], chosen: tuple[str, ...], jobs: int, whole: bool, suite: Path | None) -> None:
    """Run the scenarios of each PROVIDER (all, when none is named) against every defect of its simulator.

    A defect is killed when exactly the requirements that list it turn red; silent when one of them stays green, which is a
    failure of ours; wrong when another turns red. Exit 0 when all are killed, else 1.
    """
    root = suite_root(suite)
    subjects = [dossier(root, name) for name in providers or provider_names(root)]
    known = {subject.name: list(load_simulation(root, subject.name).DEFECTS) for subject in subjects}
    everything = {defect for defects in known.values() for defect in defects}
    if unknown := sorted(set(chosen) - everything):
        raise UsageError(f"{', '.join(unknown)}: no such defect; the simulator has {', '.join(sorted(everything))}.")
    good = [
        _falsified(s, [d for d in known[s.name] if not chosen or d in chosen], jobs, gaps=not chosen, whole=whole)
        for s in subjects
    ]
    raise SystemExit(0 if all(good) else 1)


def _falsified(subject: Dossier, defects: Sequence[str], jobs: int, *, gaps: bool, whole: bool) -> bool:
    """Tries a provider's defects, telling of each; whether all were killed."""
    if not defects:
        return True
    done = itertools.count(1)

    def show(trial: Trial) -> None:
        place = f"[{next(done):>{len(str(len(defects)))}}/{len(defects)}]"
        click.echo(f"{place} {trial.answer:<6} {trial.defect}: {_told(trial)}")

    click.echo(f"{subject.provider.title}:")
    trials = falsify(subject, defects, jobs=jobs, shown=show, whole=whole)
    counts = {answer: sum(trial.answer == answer for trial in trials) for answer in ("killed", "silent", "wrong")}
    missing = untried(subject, subject.register) if gaps else []
    for gap in missing:
        click.echo(f"gap: {gap}")
    click.echo(f"{len(trials)} defects: {counts['killed']} killed, {counts['silent']} silent, {counts['wrong']} wrong")
    if gaps:
        musts = [r for r in subject.register.driven if r.level == "must"]
        killed = {id_ for trial in trials if trial.answer == "killed" for id_ in trial.expected}
        click.echo(
            f"{sum(r.id in killed for r in musts)} of {len(musts)} driven MUST requirements are killed by a defect"
        )
    return counts["killed"] == len(trials) and not missing


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
