"""Results: what they say, when and where they are sent, and how they go astray when asked to."""

import json
import re
from typing import Any

import pytest

from tests.points.bench import CALLBACK, Bench

NINE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z")


def test_a_success_has_nine_fields(bench: Bench) -> None:
    result = bench.result(amount=40)

    assert list(result) == [
        "action",
        "clientId",
        "userId",
        "requestId",
        "ruleId",
        "point",
        "transactionId",
        "timestamp",
        "status",
    ]
    assert (result["action"], result["point"], result["status"]) == ("point_earn", 40, "success")
    assert (result["clientId"], result["userId"], result["requestId"], result["ruleId"]) == (
        bench.simulator.access("certification")["client_id"], "user-0001", "req-1", "rule-earn-open",
    )  # fmt: skip
    assert NINE.fullmatch(result["timestamp"])
    assert result["timestamp"].startswith("2026-11-21T12:00:00.2")


def test_a_failure_has_eight_fields(bench: Bench) -> None:
    result = bench.result("earn, used up")

    assert list(result) == [
        "action",
        "clientId",
        "userId",
        "requestId",
        "ruleId",
        "timestamp",
        "status",
        "errorMessage",
    ]
    assert (result["status"], result["errorMessage"]) == ("failed", "Reaching Earning Limit")


def test_results_fit_the_contract(bench: Bench) -> None:
    """Success and failure of both directions, by the schema that the callback promises."""
    from tests.points.bench import DOSSIER

    promised = DOSSIER.contract.callbacks["pointsResult"]
    for rule, user in (
        ("earn", "earning"),
        ("earn, used up", "earning"),
        ("redeem", "redeeming"),
        ("redeem, used up", "redeeming"),
    ):
        assert promised.fits(bench.result(rule, user))


def test_a_redemption_says_so(bench: Bench) -> None:
    assert bench.result("redeem", "redeeming", 40)["action"] == "point_burn"
    assert bench.balance("redeeming") == 960


def test_each_result_goes_where_its_request_said(bench: Bench) -> None:
    bench.ask()
    bench.ask(callbackUrl="https://partner.example/elsewhere")
    bench.results()

    assert bench.addresses == [CALLBACK, "https://partner.example/elsewhere"]


@pytest.mark.parametrize("digits", [0, 3, 6, 9])
def test_digits_of_a_second_are_a_setting(digits: int) -> None:
    stamp = Bench(timestamp_digits=digits).result()["timestamp"]

    assert len(stamp.removesuffix("Z").partition(".")[2]) == digits
    assert ("." in stamp) == bool(digits)


@pytest.mark.parametrize(
    ("retries", "status", "times"), [(0, 500, 1), (2, 500, 3), (2, None, 3), (2, 204, 1), (2, 302, 3)]
)
def test_a_result_is_sent_again_as_often_as_set(retries: int, status: int | None, times: int) -> None:
    bench = Bench(callback_retries=retries)
    bench.acknowledges = status
    bench.ask()

    assert len(bench.raw_results()) == times


def test_only_200_may_count_as_acknowledged() -> None:
    bench = Bench(callback_retries=1, callback_acknowledgedBy="200")
    bench.acknowledges = 204
    bench.ask()

    assert len(bench.raw_results()) == 2


def test_a_retry_takes_its_time() -> None:
    """A minute, then two: doubled after each."""
    bench = Bench(callback_retries=2)
    bench.acknowledges = None
    bench.ask()

    assert [len(bench.raw_results(seconds)) for seconds in (1, 58, 2, 118, 2)] == [1, 0, 1, 0, 1]


def _points(results: list[dict[str, Any]]) -> list[Any]:
    return [result.get("point") for result in results]


def test_a_result_can_be_late_or_never_come(bench: Bench) -> None:
    bench.simulator.delay_next_result(300)
    bench.simulator.drop_next_result()
    bench.ask(amount=1)
    bench.ask(amount=2)

    assert (_points(bench.results(299)), _points(bench.results(2))) == ([], [1])
    assert bench.balance() == 103


def test_a_result_can_come_twice(bench: Bench) -> None:
    bench.simulator.repeat_next_result()
    bench.ask()
    [first, second] = bench.results()

    assert first == second
    assert bench.balance() == 110


def test_a_result_can_overtake_its_answer(bench: Bench) -> None:
    bench.simulator.hurry_next_result()
    bench.ask()

    assert [json.loads(delivery.body)["point"] for delivery in bench.simulator.outbox.take_early()] == [10]
    assert bench.balance() == 110


def test_two_results_can_be_swapped(bench: Bench) -> None:
    bench.simulator.swap_next_results()
    bench.ask(amount=1)
    bench.ask(amount=2)

    assert [(result["requestId"], result["point"]) for result in bench.results()] == [("req-2", 2), ("req-1", 1)]


def test_a_result_can_be_contradicted(bench: Bench) -> None:
    bench.simulator.contradict_next_result()
    bench.ask()

    assert [result["status"] for result in bench.results()] == ["success", "failed"]
    assert bench.balance() == 110


def test_a_result_can_be_forged(bench: Bench) -> None:
    bench.simulator.forge_next_result("clientId", "somebody-else")
    bench.ask()
    [true, forged] = bench.results()

    assert forged == true | {"clientId": "somebody-else"}
    assert bench.balance() == 110


def test_a_result_can_come_for_nothing(bench: Bench) -> None:
    bench.simulator.send_stray_result(CALLBACK, bench.user(), bench.rule(), "req-of-nobody")

    assert [result["requestId"] for result in bench.results()] == ["req-of-nobody"]
    assert bench.balance() == 100


def test_a_result_can_be_unreadable(bench: Bench) -> None:
    bench.simulator.garble_next_result()
    bench.simulator.swell_next_result()
    bench.ask()
    bench.ask()
    [garbled, swollen] = bench.raw_results()

    with pytest.raises(ValueError, match=r"Unterminated|Expecting"):
        json.loads(garbled)
    assert len(swollen) > 5 * 1024 * 1024
    assert bench.balance() == 120


def test_a_result_can_carry_more_and_say_other_words(bench: Bench) -> None:
    bench.simulator.dress_next_result()
    bench.simulator.reword_next_result("Out of luck")
    bench.simulator.stamp_next_result(3)

    assert set(bench.result()) > {"campaign", "schema"}
    assert bench.result("earn, used up")["errorMessage"] == "Out of luck"
    assert len(bench.result()["timestamp"]) == len("2026-11-21T12:00:00.200Z")


def test_results_can_come_in_any_order(bench: Bench) -> None:
    bench.simulator.scatter_results(20)
    for amount in range(1, 31):
        bench.ask(amount=amount)
    points = _points(bench.results())

    assert points != sorted(points)
    assert sorted(points) == list(range(1, 31))


def test_what_was_asked_for_can_be_taken_back(bench: Bench) -> None:
    bench.simulator.drop_next_result()
    bench.simulator.fail_next("requestPoints", 500, processed=False)
    bench.simulator.lose_next_answer("requestPoints", processed=False)
    bench.simulator.end_next_unexpectedly(booked=True)
    bench.simulator.forget_mishaps()

    assert bench.result()["status"] == "success"


@pytest.mark.parametrize("processed", [True, False])
def test_an_answer_can_fail_or_get_lost(bench: Bench, processed: bool) -> None:
    bench.simulator.fail_next("requestPoints", 503, processed=processed, wait_seconds=7)
    bench.simulator.lose_next_answer("requestPoints", processed=processed)
    lost, failed = bench.ask(), bench.ask()

    assert (lost.cut, failed.status, failed.headers["retry-after"]) == ("before the answer", 503, "7")
    assert len(bench.results()) == (2 if processed else 0)


@pytest.mark.parametrize(("booked", "points"), [(True, 960), (False, 1000)])
def test_a_request_can_end_unexpectedly(bench: Bench, booked: bool, points: int) -> None:
    bench.simulator.end_next_unexpectedly(booked=booked)

    assert bench.result("redeem", "redeeming", 40)["errorMessage"] == "Unexpected Error"
    assert bench.balance("redeeming") == points


def test_whose_id_it_is_is_a_setting() -> None:
    assert Bench(users_idMap="mapped").result()["userId"] == "abc-user-0001"
