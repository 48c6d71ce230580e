"""Proves that scenarios can fail: the suite against each defect of the simulator, and what turned red."""

import json
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue

from accredit.evidence.journal import read_run
from accredit.model.errors import AccreditError, CannotJudge
from accredit.model.finding import Outcome
from accredit.model.requirement import Register
from accredit.model.run import Run
from accredit.model.verdict import Answer, judge
from accredit.suite.catalogue import Dossier
from accredit.suite.forking import Stem
from accredit.suite.plan import Choices
from accredit.suite.simulation import load_simulation

_NONE = "no scenario at all"


@dataclass(frozen=True, slots=True)
class Trial:
    """One defect, tried.

    Attributes:
        expected: Requirements that the register says it must turn red.
        reddened: Requirements that it did turn red.
        unjudged: Requirements that could not be judged, their precondition being what is defective.
        trouble: Why the trial itself came to nothing.
    """

    defect: str
    expected: frozenset[str]
    reddened: frozenset[str] = frozenset()
    unjudged: frozenset[str] = frozenset()
    trouble: str = ""

    @property
    def answer(self) -> str:
        """`killed`: exactly the expected turned red. `silent`: one of them did not. `wrong`: another did as well."""
        if self.trouble or not self.expected or self.expected - self.reddened:
            return "silent"
        return "wrong" if self.reddened - self.expected else "killed"


def untried(dossier: Dossier, register: Register) -> list[str]:
    """What falsifying could never show: a driven MUST without a defect, a defect that no requirement or simulator knows."""
    defects = set(load_simulation(dossier.root, dossier.name).DEFECTS)
    named = {defect for requirement in register.requirements for defect in requirement.defects}
    return [
        *(
            f"{r.id} is driven and a must, yet no defect turns it red"
            for r in register.driven
            if r.level == "must" and not r.defects
        ),
        *(f"{defect} is listed by no requirement" for defect in sorted(defects - named)),
        *(f"{defect} is unknown to the simulator" for defect in sorted(named - defects)),
    ]


def falsify(
    dossier: Dossier, defects: Sequence[str], *, jobs: int, shown: Callable[[Trial], None], whole: bool = False
) -> list[Trial]:
    """Tries each defect in a process of its own, `jobs` at a time; `shown` is called as each ends.

    Args:
        whole: Runs every scenario against each defect. Otherwise those during which the simulator asks whether the defect is
            there: the others go the same way with it and without.

    Raises:
        CannotJudge: the suite does not pass against a simulator that is right in everything.
    """
    with ExitStack() as held:
        folder = Path(held.enter_context(tempfile.TemporaryDirectory(prefix="accredit-falsify-")))
        stems = SimpleQueue[Stem]()
        for _ in range(min(jobs, len(defects))):
            stems.put(held.enter_context(Stem()))
        pool = held.enter_context(ThreadPoolExecutor(jobs))
        touched = _touched(dossier, folder, stems)
        chosen = [() if whole else _scenarios(touched, defect) for defect in defects]
        trials = pool.map(lambda defect, scenarios: _try(dossier, defect, scenarios, folder, stems), defects, chosen)
        return list(_shown(trials, shown))


def _touched(dossier: Dossier, folder: Path, stems: "SimpleQueue[Stem]") -> Mapping[str, Sequence[str]]:
    """Scenario → defects that the simulator asked about while it ran. The empty one is before and between all scenarios."""
    watch = folder / "asked.json"
    run = _run(dossier, Choices(output=folder / "none", watch=watch), stems)
    if isinstance(run, str):
        raise CannotJudge(f"nothing can be falsified: without any defect, {run}.")
    if judge(run, dossier.register).answer is not Answer.PASSED:
        raise CannotJudge(f"nothing can be falsified: {dossier.provider.title}'s suite does not pass without any defect. "
                          f"See `accredit run {dossier.name}`.")  # fmt: skip
    asked: Mapping[str, Sequence[str]] = json.loads(watch.read_text(encoding="utf-8"))
    return asked


def _scenarios(touched: Mapping[str, Sequence[str]], defect: str) -> tuple[str, ...]:
    """The scenarios that a defect can touch; empty, which means all, when it is asked about outside them."""
    return (
        () if defect in touched.get("", ()) else tuple(s for s, asked in touched.items() if defect in asked) or (_NONE,)
    )


def _shown(trials: Iterator[Trial], shown: Callable[[Trial], None]) -> Iterator[Trial]:
    for trial in trials:
        shown(trial)
        yield trial


def _try(dossier: Dossier, defect: str, scenarios: tuple[str, ...], output: Path, stems: "SimpleQueue[Stem]") -> Trial:
    expected = dossier.register.reddened_by(defect)
    if scenarios == (_NONE,):
        return Trial(defect, expected, trouble="no scenario has the simulator ask about it")
    run = _run(dossier, Choices(defects=(defect,), scenarios=scenarios, output=output / defect), stems)
    if isinstance(run, str):
        return Trial(defect, expected, trouble=run)
    verdict = judge(run, dossier.register)
    unjudged = frozenset(
        j.requirement.id for j in verdict.judgements if j.in_scope and j.outcome is Outcome.CANNOT_JUDGE
    )
    accounted = run.is_complete and not verdict.reconciliation.differences
    return Trial(
        defect, expected, verdict.failed, unjudged, "" if accounted else "the run did not account for every scenario"
    )


def _run(dossier: Dossier, choices: Choices, stems: "SimpleQueue[Stem]") -> Run | str:
    """A run in a process of its own; what went wrong with it, in words, when it came to nothing."""
    stem = stems.get()
    try:
        wrong = stem.run(dossier.root, dossier.name, choices, choices.output.with_suffix(".said"))
    finally:
        stems.put(stem)
    folders = list(choices.output.glob("*"))
    if wrong or len(folders) != 1:
        return wrong or "the run came to nothing"
    try:
        return read_run(folders[0])
    except AccreditError as unreadable:
        return str(unreadable)
