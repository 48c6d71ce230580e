"""How tests fuzz the miniature programme: in this process, where nothing has to be imported anew, or as its user does."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from accredit.evidence.journal import read_run, read_segments
from accredit.model.finding import Outcome
from accredit.model.fuzzing import SEED, FuzzFinding
from accredit.model.rounds import FuzzVerdict, judge_rounds
from accredit.model.run import Run
from accredit.suite.catalogue import Dossier
from accredit.suite.fuzzing.campaign import Campaign
from accredit.suite.fuzzing.replay import Replay, replay
from accredit.suite.live import Live
from accredit.suite.plan import Choices, plan_run
from tests.conftest import MINI, accredit


@dataclass(frozen=True)
class Fuzz:
    """A run of rounds that has ended."""

    folder: Path

    @property
    def run(self) -> Run:
        return read_run(self.folder)

    @property
    def verdict(self) -> FuzzVerdict:
        verdict = judge_rounds(self.run)
        assert verdict is not None
        return verdict

    @property
    def outcomes(self) -> Mapping[str, Outcome]:
        return {j.round.name: j.outcome for j in self.verdict.rounds}

    @property
    def reasons(self) -> Mapping[str, str]:
        return {j.round.name: j.reason for j in self.verdict.rounds}

    @property
    def found(self) -> set[tuple[str, str]]:
        """Operation and check of each finding."""
        return {(finding.operation, finding.check) for finding in self.verdict.open}

    def finding(self, check: str) -> FuzzFinding:
        return next(finding for finding in self.verdict.open if finding.check == check)

    def records(self, kind: str) -> Iterator[Mapping[str, Any]]:
        return (record for segment in read_segments(self.folder) for record in segment if record["kind"] == kind)

    def exchange(self, number: int) -> Mapping[str, Any]:
        return next(record for record in self.records("exchange") if record["number"] == number)


def fuzzed(output: Path, *rounds: str, defect: str = "", root: Path = MINI, partner: Path | None = None, seed: int = SEED,
           cases: int | None = None) -> Fuzz:  # fmt: skip
    """Fuzzes the miniature programme; all of it, when no rounds are named."""
    choices = Choices(
        features=False,
        fuzz="ci",
        seed=seed,
        cases=cases,
        rounds=rounds,
        output=output,
        defects=tuple(defect.split()),
        partner_file=partner,
    )
    plan = plan_run(Dossier("mini", root), choices)
    live = Live(plan)
    live.begin()
    campaign = Campaign(live, plan.profile, plan.choices.seed)
    for round_ in plan.rounds:
        campaign.run(round_)
    live.end()
    return Fuzz(plan.folder)


def again(fuzz: Fuzz, id_: str, *, defect: str = "", output: Path | None = None, root: Path = MINI) -> Replay:
    """Sends a case or a finding of a run again."""
    choices = Choices(features=False, fuzz="ci", output=output or fuzz.folder.parent, defects=tuple(defect.split()))
    return replay(Dossier("mini", root), choices, id_, None)


def fuzz_mini(output: Path, *arguments: object, suite: Path = MINI, **how: Any) -> tuple[int, str]:
    """`accredit fuzz mini`: exit code, and what it said."""
    ended = accredit("fuzz", "mini", "--suite", suite, "--output", output, *arguments, **how)
    assert "Traceback" not in ended.stderr, ended.stderr
    return ended.returncode, ended.stdout + ended.stderr


def folder_of(output: Path) -> Path:
    """The one run's folder."""
    [folder] = [path for path in output.iterdir() if path.is_dir()]
    return folder
