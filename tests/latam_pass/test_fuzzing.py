"""LATAM Pass's contract, fuzzed: every round passes by what it was meant to try, twice the same, and a wrong programme shows."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from accredit.evidence.journal import read_run, read_segments
from accredit.model.finding import Outcome
from accredit.model.rounds import FuzzVerdict, judge_rounds
from accredit.model.simulation import Answer, Call
from accredit.suite import live as engine
from accredit.suite.fuzzing.campaign import Campaign
from accredit.suite.live import Live
from accredit.suite.plan import Choices, plan_run
from tests.latam_pass.bench import DOSSIER, SIMULATOR

BOOKED_THOUGH_REFUSED = 17


@dataclass(frozen=True)
class Fuzzed:
    """A run of rounds that has ended; `balance`: what the member of refused reports has then."""

    folder: Path
    balance: int

    @property
    def verdict(self) -> FuzzVerdict:
        verdict = judge_rounds(read_run(self.folder))
        assert verdict is not None
        return verdict

    @property
    def cases(self) -> list[Mapping[str, Any]]:
        return list(self.records("case"))

    def records(self, kind: str) -> Iterator[Mapping[str, Any]]:
        return (record for segment in read_segments(self.folder) for record in segment if record["kind"] == kind)


def fuzzed(output: Path, *rounds: str, cases: int | None = None) -> Fuzzed:
    """Fuzzes by the profile ci; everything, when no rounds are named."""
    plan = plan_run(DOSSIER, Choices(features=False, fuzz="ci", rounds=rounds, cases=cases, output=output))
    live = Live(plan)
    live.begin()
    campaign = Campaign(live, plan.profile, plan.choices.seed)
    for round_ in plan.rounds:
        campaign.run(round_)
    balance: int = live.simulation.balance_of(live.partner.member("another member")["ffn"])
    live.end()
    return Fuzzed(plan.folder, balance)


@pytest.fixture(scope="module", name="ci")
def fuzzed_by_ci(tmp_path_factory: pytest.TempPathFactory) -> Fuzzed:
    return fuzzed(tmp_path_factory.mktemp("ci"))


def test_every_round_passes(ci: Fuzzed) -> None:
    """All six operations in all phases that the contract has something for; nothing is found, nothing left unjudged."""
    assert [(j.round.name, j.reason) for j in ci.verdict.rounds if j.outcome is not Outcome.PASSED] == []
    assert {j.round.operation for j in ci.verdict.rounds} == {
        "requestToken", "searchMember", "requestAccrual", "getAccruals", "beginCobrand", "endCobrand",
    }  # fmt: skip


@pytest.mark.parametrize("phase", ["examples", "coverage", "fuzzing"])
def test_what_fits_is_accepted_and_what_breaks_is_refused(ci: Fuzzed, phase: str) -> None:
    """No round lives on refusals alone: every request that fits is accepted, and none that breaks the contract."""
    told = {
        (case["operation"], case["mode"], case["reached"] == "accepted") for case in ci.cases if case["phase"] == phase
    }
    about = {operation for operation, _, _ in told}

    assert {operation for operation, mode, accepted in told if mode == "positive" and accepted} == about
    assert not {operation for operation, mode, accepted in told if mode == "positive" and not accepted}
    if phase != "examples":
        assert {operation for operation, mode, accepted in told if mode == "negative" and not accepted} == about


def test_refused_reports_move_nothing(ci: Fuzzed) -> None:
    """Read before and after: the member of refused reports, whom nothing else credits, has what was there."""
    compared = {j.round.name for j in ci.verdict.rounds if j.checks.get("refused_moves_nothing")}

    assert compared == {"requestAccrual[coverage]", "requestAccrual[fuzzing]"}
    assert ci.balance == 0


def test_a_refused_report_that_is_booked_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A programme that refuses a report and credits the member all the same departs from no schema, only from its books."""
    monkeypatch.setattr(engine, "load_simulation", lambda *_: Generous)

    ended = fuzzed(tmp_path, "requestAccrual[fuzzing]", cases=4)

    assert ended.balance >= BOOKED_THOUGH_REFUSED
    assert {(f.operation, f.check) for f in ended.verdict.open} == {("requestAccrual", "refused_moves_nothing")}


def test_links_are_followed_with_what_was_answered(ci: Fuzzed) -> None:
    """An accrual is asked for by what its acknowledgement gave, and found; a card ends, and begins again once unlocked."""
    after: dict[str, list[Mapping[str, Any]]] = {}
    for case in ci.cases:
        if case["phase"] == "stateful" and ", after " in case["description"]:
            after.setdefault(case["description"].partition(",")[0], []).append(case)

    assert set(after) == {
        "UseOfTheToken", "AccrualForTheMember", "StatusByCorrelation", "StatusByTransaction", "StatusByAccrual", "MemberOfTheAccrual",
        "EndOfTheCard", "BeginAgain", "UnlockedCard",
    }  # fmt: skip
    assert {case["reached"] for cases in after.values() for case in cases} == {"accepted"}


@pytest.mark.parametrize("link", ["StatusByCorrelation", "StatusByTransaction", "StatusByAccrual"])
def test_an_accrual_that_was_accepted_is_found(ci: Fuzzed, link: str) -> None:
    numbers = {n for case in ci.cases if case["description"].startswith(f"{link}, after") for n in case["exchanges"]}
    bodies = [record["response"]["body"] for record in ci.records("exchange") if record["number"] in numbers]

    assert bodies
    assert all(json.loads(body)["totalItens"] for body in bodies)


def test_the_same_seed_sends_the_same_cases(tmp_path: Path) -> None:
    """In runs that know nothing of each other, with other ids and tokens in what is really sent."""
    rounds = ("searchMember[fuzzing]", "requestAccrual[examples]", "requestAccrual[stateful]", "endCobrand[stateful]")

    first, second = (fuzzed(tmp_path / name, *rounds) for name in ("first", "second"))

    assert [case["id"] for case in first.cases] == [case["id"] for case in second.cases]
    assert len(first.cases) > 30


class Generous(SIMULATOR):
    """A programme that credits whom a refused report would be for."""

    def answer(self, call: Call) -> Answer:
        answer: Answer = super().answer(call)
        if call.operation == "requestAccrual" and answer.status == 400:
            code = self.roles("certification")["members"]["another member"]["ffn"]
            self._ledger.members[code].balance += BOOKED_THOUGH_REFUSED
        return answer
