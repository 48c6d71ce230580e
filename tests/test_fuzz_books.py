"""A look into the books accuses only requests that were refused, and one of them by name; what nobody saw is not judged."""

import pytest

from accredit import Answer, Cut
from accredit.suite.simulation import load_simulation
from tests.conftest import MINI
from tests.fuzzing import again, fuzzed

CHECK = ("credit", "refused_moves_nothing")
READING = "7000000001"


@pytest.fixture
def refusing(monkeypatch):
    """`refusing(answer)`: the simulator refuses credits by `answer(simulator, what was asked, its usual answer)`."""
    simulator = load_simulation(MINI, "mini")
    usual = simulator.refused_credit

    def refuse(answer):
        monkeypatch.setattr(
            simulator,
            "refused_credit",
            lambda self, call, told, wrong: answer(self, told, usual(self, call, told, wrong)),
        )

    return refuse


def trouble(fuzz):
    return next(ended.trouble for ended in fuzz.run.fuzzed.ended)


@pytest.mark.parametrize(
    "unclear",
    [Answer(400, cut=Cut.BEFORE_THE_ANSWER), Answer.of_json(500, {"error": "oops"})],
    ids=["no answer", "a stumble"],
)
def test_what_was_not_refused_is_not_accused(tmp_path, refusing, unclear):
    """A request that nobody answered, or the server stumbled over, may well have moved something: that is unknown."""

    def answer(simulator, told, usual):
        if not isinstance(told, dict) or told.get("points") in range(1, 1001):
            return usual
        simulator.points[READING] += 1
        return unclear

    refusing(answer)
    fuzz = fuzzed(tmp_path, "credit[coverage]")

    assert CHECK not in fuzz.found
    assert "requests were refused" in trouble(fuzz)
    assert "got no clear answer" in trouble(fuzz)


def test_a_refusal_among_unclear_answers_is_accused_all_the_same(tmp_path, refusing):
    """A refused request that moves something by itself is a finding, whatever stood around it."""

    def answer(simulator, told, usual):
        simulator.points[READING] += 1
        is_unclear = isinstance(told, dict) and isinstance(told.get("points"), str)
        return Answer(400, cut=Cut.BEFORE_THE_ANSWER) if is_unclear else usual

    refusing(answer)
    fuzz = fuzzed(tmp_path, "credit[coverage]")
    shown = fuzz.exchange(fuzz.finding("refused_moves_nothing").exchanges[0])

    assert (shown["operation"], shown["response"]["status"]) == ("credit", 400)


def test_where_no_single_request_is_to_blame_none_is_shown(tmp_path, refusing):
    """What moved once and never again is found, and no other request, least of all the look into the books, stands for it."""

    def answer(simulator, told, usual):
        simulator.points[READING] = max(simulator.points[READING], 1)
        return usual

    refusing(answer)
    finding = fuzzed(tmp_path, "credit[coverage]").finding("refused_moves_nothing")

    assert (finding.case, finding.exchanges) == ("", ())
    assert finding.message == (
        "The member has more than before, though the 10 requests in between were all refused, "
        "and none of them moves it when sent again by itself."
    )


def test_a_replay_without_books_says_nothing(tmp_path):
    """Whether a refused request still moves something cannot be judged when nobody tells what the member has."""
    fuzz = fuzzed(tmp_path, "credit[coverage]", defect="credits_what_it_refuses")
    done = again(fuzz, fuzz.finding("refused_moves_nothing").id, defect="denies_at_the_edge")

    assert done.failures == ()
    assert "could not be read" in done.trouble
