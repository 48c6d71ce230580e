"""What is counted of a run's scenarios, and what a preflight comes to."""

from collections.abc import Sequence

import pytest

from accredit.model.finding import Finding, Outcome
from accredit.model.preflight import Check, answer_of, no, unknown, yes
from accredit.model.reply import Reply
from accredit.model.run import Run, Step
from accredit.model.verdict import reconcile

WELL, REFUSED, UNCLEAR = yes("dns", "they do"), no("token", "none", "ask"), unknown("clock", "nobody said")
EXPECTED = ("a", "b")


def _run(preflight: Sequence[Check], *began: str) -> Run:
    """Two scenarios that ended and were reported; those that began have a step."""
    return Run(
        header={"expected": [{"scenario": id_, "requirements": ["XX-01"]} for id_ in EXPECTED]},
        footer={},
        preflight=tuple(preflight),
        collected=frozenset(EXPECTED),
        finished=dict.fromkeys(EXPECTED, "cannot_judge"),
        findings=tuple(Finding("XX-01", id_, Outcome.CANNOT_JUDGE) for id_ in EXPECTED),
        steps=tuple(Step(id_, "When", "somebody asks", "passed") for id_ in began),
    )


@pytest.mark.parametrize("preflight", [(), (WELL,), (UNCLEAR,), (WELL, UNCLEAR)])
def test_without_a_preflights_no_what_ended_was_executed(preflight: Sequence[Check]) -> None:
    """Also a scenario that has no step: nothing kept it from beginning."""
    counted = reconcile(_run(preflight))

    assert counted.executed == {"a", "b"}
    assert counted.not_begun == set()
    assert "not begun" not in counted.counts
    assert counted.differences == ()


def test_what_began_although_a_preflight_said_no_was_executed() -> None:
    """A no keeps nobody's steps from being counted; only what has none was not begun."""
    counted = reconcile(_run((WELL, REFUSED), "a"))

    assert counted.executed == {"a"}
    assert counted.not_begun == {"b"}
    assert (counted.counts["executed"], counted.counts["not begun"]) == (1, 1)
    assert counted.differences == ()


@pytest.mark.parametrize(
    ("checks", "answer"),
    [
        ((), Reply.UNKNOWN),
        ((UNCLEAR, UNCLEAR), Reply.UNKNOWN),
        ((UNCLEAR, WELL), Reply.YES),
        ((WELL, UNCLEAR, REFUSED), Reply.NO),
        ((UNCLEAR, REFUSED), Reply.NO),
    ],
)
def test_a_preflight_that_found_nothing_out_is_no_yes(checks: Sequence[Check], answer: Reply) -> None:
    """Anything in the way is a no; one yes without it is enough, and none at all is unknown."""
    assert answer_of(checks) is answer
