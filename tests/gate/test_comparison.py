"""Where production counts, it must have been compared with certification, by the bundles and by nobody's word."""

import os
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from accredit.evidence.statements import keep, stated
from accredit.model.finding import Outcome
from accredit.model.gate.decide import decide
from accredit.model.gate.laid import Came
from accredit.model.gate.others import parity_rows
from accredit.model.keys import new_private
from accredit.model.reply import Reply
from accredit.release import spread
from accredit.release.pair import pair_of
from accredit.release.parity import compare_pair, record
from tests.certified import TODAY, certified
from tests.conftest import MINI, Ended
from tests.gate.conftest import Release, said
from tests.resealing import Records, resealed
from tests.test_compare import certified as first_side
from tests.test_compare import hides_gold, produced


@pytest.fixture(scope="module")
def live(sealed: Ended, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Of production, an hour later."""
    return certified(sealed, tmp_path_factory.mktemp("live"), run="20261121T130000-dddddd", at=f"{TODAY}T13:00:00.000Z",
                     environment="production")  # fmt: skip


@pytest.fixture
def both(release: Callable[..., Release], good: Path, live: Path) -> Release:
    """A bundle of each environment, for the gate that compares them."""
    return release(good, live)


def test_what_production_judged_under_a_budget_counts(both: Release) -> None:
    """Also where no scenario alone shows it there: a failure is never passed over."""
    table = both.table("twice")
    table = replace(table, gate=replace(table.gate, requirements=("MI-02",)))
    came = Came(Outcome.FAILED, True, "240 points")
    laid = tuple(replace(b, came={**b.came, "MI-02": came}) if b.environment == "production" else b for b in table.laid)

    assert said(decide(table), "MI-02")[0] is Reply.YES
    assert said(decide(replace(table, laid=laid)), "MI-02")[0] is Reply.NO


@pytest.fixture(scope="module")
def sides(sealed: Ended, tmp_path_factory: pytest.TempPathFactory) -> Callable[[Callable[[Records], None]], Path]:
    """Runs that can be compared, each made once."""

    @cache
    def made(*changes: Callable[[Records], None]) -> Path:
        def change(records: Records) -> None:
            for one in changes:
                one(records)

        key, target = sealed.output.parent / "signing.key", tmp_path_factory.mktemp("side")
        return resealed(sealed.folder, MINI, key, target, change)

    return made


def _kept_comparison(made: Release, by: str = "ada", *otherwise: Path, **changes: object) -> Path:
    """What `accredit compare` keeps of these bundles, or of others; signed by somebody after changes. Where."""
    parity = compare_pair(pair_of(*(otherwise or made.bundles), None), (), TODAY)
    subject = {one.path.name: one.digest for one in (parity.pair.first, parity.pair.second)}
    data = stated("parity", subject, record(parity) | changes, made.office.keys[by])
    return keep(made.folder, "parity", parity.name, data)


def test_production_must_have_been_compared(release: Callable[..., Release], sides: Callable[..., Path]) -> None:
    """By a record over these two bundles; without one nobody knows."""
    made = release(sides(first_side), sides(produced))
    assert "were not compared" in said(made.asked("twice"), "parity")[1]

    _kept_comparison(made)

    assert said(made.asked("twice"), "parity")[0] is Reply.YES


def test_what_differs_is_no(release: Callable[..., Release], sides: Callable[..., Path]) -> None:
    """With what was found; a comparison of other bundles changes nothing."""
    made = release(sides(first_side), sides(produced, hides_gold))
    _kept_comparison(made, "ada", sides(first_side), sides(produced))
    assert "there are records of other bundles" in said(made.asked("twice"), "parity")[1]

    _kept_comparison(made)

    assert said(made.asked("twice"), "parity")[0] is Reply.NO
    assert "A field is missing in production" in said(made.asked("twice"), "parity")[1]


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"answer": "same", "reasons": [], "findings": [], "findings_count": 0}, "comparing them again says different"),
        ({"scenarios_compared": 9}, "with other scenarios_compared"),
        ({"provider": "other"}, "with other provider"),
        ({"suite_version": "0.0.9"}, "with other suite_version"),
        ({"draft": "A draft: made on the simulator."}, "A draft"),
    ],
)
def test_nobodys_word_is_taken_for_a_comparison(
    release: Callable[..., Release], sides: Callable[..., Path], changes: dict[str, object], reason: str
) -> None:
    """It is made again: a record that says something else than the bundles shows nothing, whoever signed it."""
    made = release(sides(first_side), sides(produced, hides_gold))
    _kept_comparison(made, **changes)

    reply, why = said(made.asked("twice"), "parity")

    assert reply is Reply.UNKNOWN
    assert reason in why


def test_each_comparison_is_told_by_its_own_file(
    release: Callable[..., Release], sides: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where several processes make them again: of two over the same bundles the true one counts, and the other does not."""
    monkeypatch.setattr(spread, "_FEW", 0)
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    made = release(sides(first_side), sides(produced, hides_gold))
    true, false = _kept_comparison(made), _kept_comparison(made, answer="same")

    table = made.table("twice")

    drafts = {one.file: one.draft for one in table.compared}
    assert drafts.keys() == {true.name, false.name}
    assert drafts[true.name] == ""
    assert drafts[false.name].startswith("comparing them again says different, with other answer")
    assert [bundle.name for bundle in table.laid] == [path.name for path in made.bundles]
    assert said(decide(table), "parity")[0] is Reply.NO


@pytest.mark.parametrize(
    ("second", "changes", "reply", "reason"),
    [
        ((produced,), {}, Reply.UNKNOWN, "same, by parity-mini-"),
        ((produced,), {}, Reply.UNKNOWN, "no credit was compared, so that it says nothing of the business"),
        ((produced,), {"writes_compared": ["credit"]}, Reply.UNKNOWN, "with other writes_compared"),
        ((produced, hides_gold), {}, Reply.NO, "A field is missing in production"),
    ],
)
def test_where_the_business_is_compared_a_write_has_to_be(
    release: Callable[..., Release], sides: Callable[..., Path], second: tuple[Callable[[Records], None], ...], changes: dict[str, object],
    reply: Reply, reason: str,
) -> None:  # fmt: skip
    """That what reads is the same says nothing of how points are credited; whether it was written, the bundles say."""
    made = release(sides(first_side), sides(*second))
    _kept_comparison(made, **changes)
    table = made.table("twice")

    [row] = parity_rows(replace(table, gate=replace(table.gate, writes_compared=("credit",))))

    assert row.reply is reply
    assert reason in row.reason


def test_what_was_not_written_is_to_be_written_under_a_budget(
    release: Callable[..., Release], sides: Callable[..., Path]
) -> None:
    """The next command is a run of production with a budget, and not the same comparison once more."""
    made = release(sides(first_side), sides(produced))
    _kept_comparison(made)
    table = made.table("twice")
    table = replace(table, gate=replace(table.gate, writes_compared=("credit",)))

    [row] = parity_rows(table)
    [after] = parity_rows(replace(table, compared=tuple(replace(c, writes=("credit",)) for c in table.compared)))

    assert after.reply is Reply.YES
    assert row.next == ("accredit run mini --env production --budget assisted-production.toml, with a budget that names credit, "
                             "and compare that run")  # fmt: skip


def test_one_write_that_was_not_compared_is_enough_to_know_nothing(
    release: Callable[..., Release], sides: Callable[..., Path]
) -> None:
    """Of two that have to be, the one that was compared does not speak for the other; it alone is told."""
    made = release(sides(first_side), sides(produced))
    _kept_comparison(made)
    table = made.table("twice")
    gate = replace(table.gate, writes_compared=("credit", "refund"))
    compared = tuple(replace(c, writes=("credit",)) for c in table.compared)

    [row] = parity_rows(replace(table, gate=gate, compared=compared))

    assert row.reply is Reply.UNKNOWN
    assert "no refund was compared" in row.reason
    assert "no credit" not in row.reason


def test_a_comparison_made_by_somebody_without_a_role_does_not_count(
    release: Callable[..., Release], sides: Callable[..., Path]
) -> None:
    """Nor does one made with a key that nobody knows."""
    made = release(sides(first_side), sides(produced))
    text = made.office.partner_file.read_text()
    made.office.partner_file.write_text(text.replace("roles = ['approver']", "roles = []"))
    _kept_comparison(made, "dan")

    reply, why = said(made.asked("twice"), "parity")

    assert reply is Reply.UNKNOWN
    assert "nor of anybody with a role in [people]" in why


def test_what_the_comparison_shows_is_no_better_than_it(
    release: Callable[..., Release], sides: Callable[..., Path]
) -> None:
    """A requirement that parity shows has parity's answer."""
    table = release(sides(first_side), sides(produced)).table("twice")

    decision = decide(replace(table, gate=replace(table.gate, shown_by_parity=("MI-01",))))

    assert said(decision, "MI-01")[0] is said(decision, "parity")[0] is Reply.UNKNOWN


@pytest.mark.parametrize("told", [{"declared": [{}]}, {"answer": "same"}, {}])
def test_a_comparison_that_is_none_is_told(ready: Release, told: dict[str, object]) -> None:
    """One that is not as accredit writes it is named, whoever signed it."""
    path = keep(ready.folder, "parity", "parity", stated("parity", {}, told, new_private()))

    decision = ready.asked()

    assert decision.answer is Reply.NO
    assert path.name in said(decision, "statements")[1]
