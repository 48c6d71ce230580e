"""The contract with Points, fuzzed: every round passes by what it was meant to try, twice the same, and a wrong programme shows."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from accredit.evidence.journal import read_run, read_segments
from accredit.model.exchange import GENERATED
from accredit.model.finding import Outcome
from accredit.model.rounds import FuzzVerdict, judge_rounds
from accredit.model.simulation import Answer, Call
from accredit.suite import live as engine
from accredit.suite.fuzzing.campaign import Campaign
from accredit.suite.live import Live
from accredit.suite.plan import Choices, plan_run
from tests.points.bench import DOSSIER, SIMULATOR

Records = list[Mapping[str, Any]]
UNCREDITED = "user-0003"
"""Whom requests name that break the contract."""


@dataclass(frozen=True)
class Fuzzed:
    """A run of rounds that has ended; `balance`: what the user of refused requests has then."""

    folder: Path
    balance: int

    @property
    def verdict(self) -> FuzzVerdict:
        verdict = judge_rounds(read_run(self.folder))
        assert verdict is not None
        return verdict

    @property
    def found(self) -> set[tuple[str, str]]:
        return {(finding.operation, finding.check) for finding in self.verdict.open}

    def records(self, kind: str) -> Iterator[Mapping[str, Any]]:
        return (record for segment in read_segments(self.folder) for record in segment if record["kind"] == kind)

    def cases(self, operation: str) -> Records:
        return [case for case in self.records("case") if case["operation"] == operation]

    @property
    def deliveries(self) -> Records:
        return [exchange for exchange in self.records("exchange") if exchange["direction"] == "incoming"]


def fuzzed(output: Path, *rounds: str, seed: int = 2026, before: Callable[[Live], object] = lambda _: None) -> Fuzzed:
    """Fuzzes by the profile ci; everything, when no rounds are named. `before`: done to the simulator first."""
    plan = plan_run(DOSSIER, Choices(features=False, fuzz="ci", rounds=rounds, seed=seed, output=output))
    live = Live(plan)
    live.begin()
    before(live)
    campaign = Campaign(live, plan.profile, plan.choices.seed)
    for round_ in plan.rounds:
        campaign.run(round_)
    balance: int = live.simulation.balance_of(UNCREDITED)
    live.end()
    return Fuzzed(plan.folder, balance)


@pytest.fixture(scope="module", name="ci")
def fuzzed_by_ci(tmp_path_factory: pytest.TempPathFactory) -> Fuzzed:
    return fuzzed(tmp_path_factory.mktemp("ci"))


def test_every_round_passes(ci: Fuzzed) -> None:
    """All three operations, in all phases that the contract has something for; nothing is found, nothing left unjudged."""
    assert [(j.round.name, j.reason) for j in ci.verdict.rounds if j.outcome is not Outcome.PASSED] == []
    assert {j.round.operation for j in ci.verdict.rounds} == {"requestToken", "requestPoints", "getBalance"}


@pytest.mark.parametrize("operation", ["requestToken", "requestPoints"])
def test_what_fits_is_accepted_and_what_breaks_is_refused(ci: Fuzzed, operation: str) -> None:
    """But for members that nobody knows: whether they are refused is not published."""
    cases = ci.cases(operation)
    let_in = [case["description"] for case in cases if case["mode"] == "negative" and case["reached"] == "accepted"]

    assert {case["reached"] for case in cases if case["mode"] == "positive"} == {"accepted"}
    assert set(let_in) <= {"Object with unexpected properties", "violates `additionalProperties`"}
    assert 400 in {case["status"] for case in cases if case["mode"] == "negative"}


def test_balances_of_known_and_of_unknown_users_are_read(ci: Fuzzed) -> None:
    """An id may be any text: those that nobody has are not found, and trip nobody."""
    assert {case["status"] for case in ci.cases("getBalance") if case["mode"] == "positive"} == {200, 404}


@pytest.mark.parametrize("seed", [3, 8])
def test_other_seeds_are_judged_as_well(tmp_path: Path, seed: int) -> None:
    """Rounds with few cases among them: a path that nobody can break, and a chain."""
    ended = fuzzed(tmp_path, "getBalance", "requestPoints[fuzzing]", "requestPoints[stateful]", seed=seed)

    assert {j.outcome for j in ended.verdict.rounds} == {Outcome.PASSED}


def test_a_user_has_a_balance_after_each_accepted_request(ci: Fuzzed) -> None:
    followed = [case for case in ci.cases("getBalance") if case["description"].startswith("balance, after ")]

    assert followed
    assert {case["status"] for case in followed} == {200}


def test_refused_requests_move_nothing(ci: Fuzzed) -> None:
    """Read before and after: the user of refused requests, whom nothing else credits, has what was there."""
    compared = {j.round.name for j in ci.verdict.rounds if j.checks.get("refused_moves_nothing")}

    assert compared >= {"requestPoints[coverage]", "requestPoints[fuzzing]"}
    assert ci.found == set()


def test_a_refused_request_that_is_booked_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A programme that refuses a request and credits the user all the same departs from no schema, only from its books."""
    monkeypatch.setattr(engine, "load_simulation", lambda *_: Generous)

    ended = fuzzed(tmp_path, "requestPoints[fuzzing]")

    assert ended.balance > 0
    assert ended.found == {("requestPoints", "refused_moves_nothing")}


def test_each_accepted_request_is_called_back(ci: Fuzzed) -> None:
    """The results are on record and fit the contract; they are no scenario's, and nobody's finding."""
    accepted = [case for case in ci.cases("requestPoints") if case["status"] == 202]

    assert {delivery["delivery"] for delivery in ci.deliveries} == {GENERATED}
    assert len(ci.deliveries) == len(accepted)
    assert read_run(ci.folder).unclaimed == ()


def test_a_malformed_result_is_a_finding(tmp_path: Path) -> None:
    """Once, with the delivery that shows it, and not a second time as a delivery that nobody knew of."""
    ended = fuzzed(tmp_path, "requestPoints[examples]", before=lambda live: live.control.garble_next_result())
    [finding] = ended.verdict.open

    assert (finding.check, finding.signature) == ("calls_back", "malformed")
    assert [d["number"] for d in ended.deliveries if d["delivery"] == "malformed"] == list(finding.exchanges)
    assert read_run(ended.folder).unclaimed == ()


def test_the_same_seed_sends_the_same_cases(tmp_path: Path) -> None:
    """In runs that know nothing of each other, with other ids and tokens in what is really sent."""
    rounds = ("requestToken[fuzzing]", "requestPoints[fuzzing]", "requestPoints[stateful]", "getBalance[fuzzing]")

    first, second = (list(fuzzed(tmp_path / name, *rounds).records("case")) for name in ("first", "second"))

    assert [case["id"] for case in first] == [case["id"] for case in second]
    assert len(first) > 20


class Generous(SIMULATOR):
    """A programme that credits whom a refused request names."""

    def answer(self, call: Call) -> Answer:
        answer: Answer = super().answer(call)
        if call.operation == "requestPoints" and answer.status == 400:
            self.put_balance(UNCREDITED, self.balance_of(UNCREDITED) + 1)
        return answer
