"""Proves that scenarios can fail: the suite against each defect of the simulator, and what turned red."""

import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from accredit.evidence.journal import read_run
from accredit.model.errors import AccreditError
from accredit.model.finding import Outcome
from accredit.model.requirement import Register
from accredit.model.verdict import judge
from accredit.suite.catalogue import Dossier
from accredit.suite.live import load_simulation
from accredit.suite.plan import Choices

SECONDS_FOR_ONE = 300


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


def falsify(dossier: Dossier, defects: Sequence[str], *, jobs: int, shown: Callable[[Trial], None]) -> list[Trial]:
    """Tries each defect in a process of its own, `jobs` at a time; `shown` is called as each ends."""
    with tempfile.TemporaryDirectory(prefix="accredit-falsify-") as folder, ThreadPoolExecutor(jobs) as pool:
        return list(_shown(pool.map(lambda defect: _try(dossier, defect, Path(folder)), defects), shown))


def _shown(trials: Iterator[Trial], shown: Callable[[Trial], None]) -> Iterator[Trial]:
    for trial in trials:
        shown(trial)
        yield trial


def _try(dossier: Dossier, defect: str, output: Path) -> Trial:
    expected = dossier.register.reddened_by(defect)
    told = json.dumps([str(dossier.root), dossier.name, defect, str(output / defect)])
    try:
        ended = subprocess.run(
            [sys.executable, "-m", "accredit.suite.falsify", told],
            capture_output=True,
            text=True,
            timeout=SECONDS_FOR_ONE,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return Trial(defect, expected, trouble=f"the run had not ended after {SECONDS_FOR_ONE} seconds")
    folders = list((output / defect).glob("*"))
    if ended.returncode or len(folders) != 1:
        return Trial(defect, expected, trouble=(ended.stderr.strip().splitlines() or ["the run came to nothing"])[-1])
    try:
        run = read_run(folders[0])
    except AccreditError as wrong:
        return Trial(defect, expected, trouble=str(wrong))
    verdict = judge(run, dossier.register)
    unjudged = frozenset(
        j.requirement.id for j in verdict.judgements if j.in_scope and j.outcome is Outcome.CANNOT_JUDGE
    )
    trouble = (
        ""
        if run.is_complete and not verdict.reconciliation.differences
        else "the run did not account for every scenario"
    )
    return Trial(defect, expected, verdict.failed, unjudged, trouble)


def _main(told: str) -> None:
    """One trial, in its own process."""
    from accredit.suite.run import certify

    root, provider, defect, output = json.loads(told)
    certify(Path(root), [provider], Choices(defects=(defect,), output=Path(output)), progress=lambda *_: None)


if __name__ == "__main__":
    _main(sys.argv[1])
