"""Cobrand cards and the benefit they bring."""

from typing import Any

import pytest

from tests.latam_pass.bench import LATER, Bench, told


def test_a_card_begins_ends_and_begins_again(bench: Bench) -> None:
    """NONE → ACTIVE → ENDED → ACTIVE; an end in NONE or ENDED is an error, a repeated begin is not."""
    steps = [bench.end(), bench.begin(), bench.begin(), bench.end(), bench.end(), bench.begin(), bench.end()]

    assert [answer.status for answer in steps] == [404, 201, 201, 204, 404, 201, 204]
    assert steps[3].body == b""


def test_the_benefit_lasts_as_long_as_any_card_at_that_bank(bench: Bench) -> None:
    two, counted = {"token": "two"}, [bench.segments()]
    for step, card in ((bench.begin, None), (bench.begin, two), (bench.end, None), (bench.end, two)):
        step(card)
        counted.append(bench.segments())

    assert counted == [1, 2, 2, 2, 1]


def test_the_benefit_comes_later_where_set_so() -> None:
    bench = Bench(cobrand_async=True)
    bench.begin()
    at_once = bench.segments()
    bench.wait(LATER)

    assert (at_once, bench.segments()) == (1, 2)


def test_members_banks_and_cards_have_life_cycles_of_their_own(bench: Bench) -> None:
    for how in ({}, {"bank": "BANK-TWO"}, {"card": {"brand": "VISA"}}, {"role": "another member"}):
        bench.begin(**how)
    bench.end()

    assert [
        bench.end(**how).status
        for how in ({"bank": "BANK-TWO"}, {"card": {"brand": "VISA"}}, {"role": "another member"})
    ] == [204] * 3


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({"card": {"token": "one"}}, ["member.ffn"]),
        ({"member": "x", "card": 5}, ["card", "member.ffn"]),
        (
            {"member": {"ffn": "90000000202"}, "card": {"token": 5, "lastDigits": "12345"}},
            ["card.lastDigits", "card.token"],
        ),
    ],
)
def test_a_faulty_begin_names_its_fields(bench: Bench, body: Any, fields: list[str]) -> None:
    answer = bench.call("beginCobrand", body, x_issue_bank="BANK-ONE")

    assert (answer.status, sorted(told(answer)["details"])) == (400, fields)


def test_the_published_refusal_of_a_begin_comes_word_for_word(bench: Bench) -> None:
    answer = bench.call("beginCobrand", {"member": {"ffn": None}, "card": {}}, x_issue_bank="BANK-ONE")

    assert told(answer) == {
        "code": 400,
        "message": "Invalid request content",
        "instructions": "Evaluate the request fields",
        "issuedDateTime": "2026-11-21",
        "details": {"member.ffn": "must not be null"},
    }


def test_a_begin_for_nobody_and_one_without_bank_are_refused(bench: Bench) -> None:
    assert bench.begin(role="nobody").status == 404
    assert bench.begin(without=["x-issue-bank"]).status == 400


def test_what_cobrand_left_open_is_set() -> None:
    bench = Bench(
        cobrand_begin_repeat="409", cobrand_issueBanks=["BANK-ONE"], cobrand_end_ffnPath="member.ffn",
        cobrand_end_neverBegan=422, cobrand_end_successStatus=200,
    )  # fmt: skip
    ended = {"member": {"ffn": bench.ffn()}, "card": {"token": "one"}}

    assert [bench.begin().status, bench.begin().status, bench.begin(bank="BANK-TWO").status] == [201, 409, 400]
    assert [bench.call("endCobrand", ended, x_issue_bank="BANK-ONE").status for _ in range(2)] == [200, 422]


def test_a_query_may_carry_the_end() -> None:
    bench = Bench(cobrand_end_carrier="query")
    bench.begin()
    answers = [
        bench.call("endCobrand", None, query, x_issue_bank="BANK-ONE")
        for query in ({}, {"ffn": bench.ffn(), "card": "one"})
    ]

    assert [answer.status for answer in answers] == [400, 204]
    assert sorted(told(answers[0])["details"]) == ["card", "ffn"]
