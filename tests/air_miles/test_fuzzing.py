"""The three contracts, fuzzed by profile ci: everything passes, what fits is accepted, what breaks them is refused, and it repeats."""

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest

from accredit.evidence.journal import read_run
from accredit.model.exercised import exercised_from
from accredit.model.finding import Outcome
from accredit.model.fuzzing import CaseRecord
from accredit.model.keywords import keywords_of
from accredit.model.rounds import FuzzVerdict, judge_rounds
from accredit.model.run import Run
from accredit.model.simulation import Answer, Call
from accredit.suite import live as engine
from accredit.suite.catalogue import Dossier
from accredit.suite.fuzzing.campaign import Campaign
from accredit.suite.live import Live
from accredit.suite.plan import Choices, plan_run
from contracts.air_miles.issuance_context import Desk
from contracts.air_miles.ledger import CREDIT
from contracts.air_miles.offers import STANDARD
from contracts.air_miles.simulator import Simulator
from tests.air_miles.bench import ROOT

AIR_MILES = Dossier("air_miles", ROOT)
MOVING = ("issueMiles", "returnItems", "postMiles", "postEvent", "reverseMiles", "reverseEvent")
SOME = ("getSummary", "issueMiles[stateful]", "postEvent[examples]")


class Crediting(Simulator):
    """Books a mile for each event that it refuses."""

    def answer(self, call: Call) -> Answer:
        """Right but for that."""
        answer = super().answer(call)
        if call.operation == "postEvent" and answer.status == 400:
            number = self.roles("certification")["members"]["never credited"]["number"]
            told = {"collectorNumber": number, "clientTransactionId": f"refused {len(self._ledger.entries)}"}
            desk = Desk(self._rules, self._ledger, self._people, self._faults)
            desk.book(desk.transaction("postEvent", "certification", told), CREDIT, 1, STANDARD)
        return answer


def fuzzed(output: Path, *rounds: str, member: str = "") -> tuple[Run, int]:
    """The run that fuzzes these rounds, all for none; and the miles that a member has at its end."""
    plan = plan_run(AIR_MILES, Choices(features=False, fuzz="ci", rounds=rounds, output=output))
    live = Live(plan)
    live.begin()
    campaign = Campaign(live, plan.profile, plan.choices.seed)
    for round_ in plan.rounds:
        campaign.run(round_)
    miles: int = live.simulation.miles_of(live.partner.member(member)["number"]) if member else 0
    live.end()
    return read_run(plan.folder), miles


def judged(run: Run) -> FuzzVerdict:
    verdict = judge_rounds(run)
    assert verdict is not None
    return verdict


def cases(run: Run) -> dict[str, list[CaseRecord]]:
    """By operation."""
    found: dict[str, list[CaseRecord]] = defaultdict(list)
    for case in run.fuzzed.cases:
        found[case.operation].append(case)
    return found


@pytest.fixture(scope="module", name="ci")
def whole_campaign(tmp_path_factory: pytest.TempPathFactory) -> tuple[Run, int]:
    return fuzzed(tmp_path_factory.mktemp("ci"), member="never credited")


def test_every_round_passes(ci: tuple[Run, int]) -> None:
    """All operations in all phases, none left out; nothing found, and nothing that cannot be judged."""
    verdict = judged(ci[0])

    assert [(j.round.name, j.reason) for j in verdict.rounds if j.outcome is not Outcome.PASSED] == []
    assert {j.round.operation for j in verdict.rounds} == {o.id for o in AIR_MILES.contract.operations}


def test_each_operation_accepts_what_fits_and_refuses_what_does_not(ci: tuple[Run, int]) -> None:
    """No round passes by turning everything away."""
    for operation, told in cases(ci[0]).items():
        accepted = [case for case in told if case.mode == "positive" and case.reached == "accepted"]
        refused = [case for case in told if case.mode == "negative" and case.reached == "rejected"]

        assert accepted, operation
        assert refused, operation


def test_what_fits_issuance_is_always_accepted(ci: tuple[Run, int]) -> None:
    """Also what is taken back: it was credited before."""
    turned_away = [
        case
        for operation in MOVING
        for case in cases(ci[0])[operation]
        if case.mode == "positive" and case.reached != "accepted" and case.status != 401
    ]

    assert turned_away == []


def test_each_link_is_followed(ci: tuple[Run, int]) -> None:
    """What was calculated is issued, what was issued comes back, what was credited shows, who is new is credited."""
    followed = {case.description.partition(",")[0] for case in ci[0].fuzzed.cases if ", after " in case.description}

    assert followed == {
        "issueWhatWasCalculated", "returnWhatWasIssued", "reverseWhatWasPosted", "reverseTheEvent", "creditTheNewMember",
        "showWhatIssueMilesDid", "showWhatPostMilesDid", "showWhatPostEventDid",
    }  # fmt: skip


def test_what_is_refused_moves_nothing(ci: tuple[Run, int]) -> None:
    """Nobody else credits the member whom the refused requests name, and the books were asked before and after."""
    compared = {e.operation for e in ci[0].fuzzed.ended if e.checks.get("refused_moves_nothing")}

    assert ci[1] == 0
    assert compared >= set(MOVING)


def test_a_refusal_that_credits_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The member's Summary has more miles after requests that were all refused."""
    monkeypatch.setattr(engine, "load_simulation", lambda *_: Crediting)

    run, _ = fuzzed(tmp_path, "postEvent[fuzzing]")

    assert {finding.check for finding in run.fuzzed.findings} == {"refused_moves_nothing"}


def test_the_same_seed_sends_the_same(tmp_path: Path) -> None:
    """Two runs draw the same cases in the same order."""

    def ids(name: str) -> Iterator[str]:
        return (case.id for case in fuzzed(tmp_path / name, *SOME)[0].fuzzed.cases)

    assert list(ids("one")) == list(ids("two"))


def test_a_known_amount_is_broken_by_half_a_cent_as_well(ci: tuple[Run, int]) -> None:
    """A place that takes known values alone still has each of its rules broken."""
    sent = exercised_from(ci[0].coverage).operations["issueMiles"].bodies["request application/json"]
    steps = {k for k in keywords_of(AIR_MILES.contract.promises["issueMiles"].bodies[0].at) if k.word == "multipleOf"}

    assert {k.field for k in steps} >= {"basketPreTaxAmount", "items[].finalAmount"}
    assert {k.at for k in steps} <= sent.broken
