"""Requests to earn and redeem: the checks in their order, and what becomes of what is accepted."""

from datetime import timedelta
from typing import Any

import pytest

from tests.points.bench import DEFAULTS, Bench, told

FIELDS = ("userId", "ruleId", "amount", "requestId", "callbackUrl")


def test_what_is_accepted_is_answered_with_nothing(bench: Bench) -> None:
    answer = bench.ask()

    assert (answer.status, answer.body) == (202, b"")


def test_points_come_with_the_result_and_not_before(bench: Bench) -> None:
    """A fifth of a second lies between, and nothing can be seen of it."""
    bench.ask(amount=40)
    at_once = bench.balance()
    before_its_time = bench.results(0.1)

    assert (at_once, before_its_time, bench.balance()) == (100, [], 100)
    assert [result["point"] for result in bench.results(0.1)] == [40]
    assert bench.balance() == 140


@pytest.mark.parametrize("name", FIELDS)
@pytest.mark.parametrize("value", [None, "", [], {}, True, float("nan")])
def test_each_field_must_be_sound(bench: Bench, name: str, value: Any) -> None:
    body = bench.body() | {name: value}

    assert bench.send(body).status == 400
    assert bench.results() == []


@pytest.mark.parametrize("name", FIELDS)
def test_each_field_must_be_there(bench: Bench, name: str) -> None:
    body = {field: value for field, value in bench.body().items() if field != name}

    assert bench.send(body).status == 400


@pytest.mark.parametrize(
    "body",
    [b"", b"null", b"[]", b'"x"', b"\xff\xfe", b"[" * 100_000, b'{"userId": "\\ud800"}', b'{"amount": 1e400000}'],
)
def test_nothing_that_is_sent_trips_it(bench: Bench, body: bytes) -> None:
    assert bench.call("requestPoints", body).status == 400
    assert bench.call("requestToken", body, content_type="application/x-www-form-urlencoded").status == 400


@pytest.mark.parametrize("amount", [0, -1, "10", True, 10**30])
def test_an_amount_is_a_number_above_0(bench: Bench, amount: Any) -> None:
    assert bench.ask(amount=amount).status == 400


def test_an_amount_may_have_fractions_unless_the_settings_forbid_it(bench: Bench) -> None:
    assert bench.result(amount=0.5)["point"] == 0.5
    assert Bench(points_integersOnly=True).ask(amount=0.5).status == 400
    assert Bench(points_largestAmount=9).ask(amount=10).status == 400


@pytest.mark.parametrize(("url", "status"), [
    ("https://partner.example/x", 202), ("http://localhost:1/x", 202), ("http://partner.example/x", 400), ("ftp://partner.example", 400),
    ("https://", 400), ("https://[", 400), ("x", 400),
])  # fmt: skip
def test_results_go_by_https_or_to_a_listed_host(bench: Bench, url: str, status: int) -> None:
    assert bench.ask(callbackUrl=url).status == status


@pytest.mark.parametrize(("rule", "user", "status"), [
    ("earn, inactive", "earning", 400), ("earn, not begun", "earning", 400), ("earn, ended", "earning", 400), ("earn", "nobody", 400),
    ("earn, of another client", "earning", 403), ("redeem, of another client", "redeeming", 403), ("redeem, inactive", "redeeming", 400),
])  # fmt: skip
def test_rules_and_users_are_looked_at(bench: Bench, rule: str, user: str, status: int) -> None:
    assert bench.ask(rule, user).status == status
    assert bench.results() == []


def test_an_unknown_rule_is_invalid(bench: Bench) -> None:
    assert bench.ask(ruleId="no-such-rule").status == 400


def test_a_missing_scope_is_401_and_an_unlisted_client_403(bench: Bench) -> None:
    """The other way round than OAuth has it, as the guide says."""
    bench.simulator.withdraw_scope()
    without = bench.ask("earn, of another client").status
    bench.simulator.grant_scope()

    assert (without, bench.ask("earn, of another client").status) == (401, 403)


def test_the_order_of_checks_is_a_setting() -> None:
    """An unlisted client with a faulty body: which is told first?"""
    faulty = {"rule": "earn, of another client", "amount": 0}
    order = ["token", "rule", "client", "body", "scope", "signature", "window", "user", "balance"]
    assert set(order) == set(DEFAULTS["points.checkOrder"])

    assert Bench().ask(**faulty).status == 400
    assert Bench(points_checkOrder=order).ask(**faulty).status == 403


@pytest.mark.parametrize(("bounds", "last"), [("inclusive", 202), ("exclusive", 400)])
def test_a_period_has_its_first_instant_and_its_last_as_set(bounds: str, last: int) -> None:
    bench = Bench(rules_windowEnd=bounds)
    bench.simulator.set_period(bench.rule(), bench.now + timedelta(seconds=10), bench.now + timedelta(seconds=20))
    statuses = [bench.ask().status]
    for pause in (9.999999, 0.000001, 9.999999, 0.000001, 0.000001):
        bench.wait(pause)
        statuses.append(bench.ask().status)

    assert statuses == [400, 400, 202, 202, last, 400]


@pytest.mark.parametrize(
    ("left", "asked", "point"), [(100, 60, 60), (60, 60, 60), (59, 60, 59), (1, 60, 1), (0, 60, None)]
)
@pytest.mark.parametrize(
    ("way", "limit"), [("earn", "Reaching Earning Limit"), ("redeem", "Reaching Redemption Limit")]
)
def test_a_cap_gives_what_is_left_of_it(
    bench: Bench, way: str, limit: str, left: int, asked: int, point: int | None
) -> None:
    """Down to the last point; then it fails, by the one published text or one like it."""
    bench.simulator.leave_of_cap(bench.rule(f"{way}, capped"), bench.user("redeeming"), left)
    result = bench.result(f"{way}, capped", "redeeming", asked)

    assert result.get("point") == point
    assert result.get("errorMessage") == (None if point else limit)


@pytest.mark.parametrize(("scope", "again", "other", "tomorrow"), [
    ("total", None, None, None), ("call", 50, 50, 50), ("user", None, 50, None), ("day", None, None, 50),
])  # fmt: skip
def test_whose_cap_it_is_is_a_setting(scope: str, again: int | None, other: int | None, tomorrow: int | None) -> None:
    def points(user: str, wait: float = 0) -> list[int | None]:
        bench = Bench(rules_capScope=scope)
        bench.result("earn, capped", amount=60)
        bench.wait(wait)
        return [bench.result("earn, capped", user, 60).get("point")]

    assert points("earning") + points("counted") + points("earning", 86400) == [again, other, tomorrow]


def test_a_balance_can_be_redeemed_to_the_last_point_and_no_further(bench: Bench) -> None:
    bench.simulator.put_balance(bench.user("counted"), 70)

    assert bench.result("redeem", "counted", 71)["errorMessage"] == "Insufficient Balance"
    assert bench.result("redeem", "counted", 70)["point"] == 70
    assert bench.result("redeem", "counted", 1)["status"] == "failed"
    assert bench.balance("counted") == 0


def test_points_still_to_be_booked_count(bench: Bench) -> None:
    """Two redemptions at once cannot take the same points."""
    bench.simulator.put_balance(bench.user("counted"), 70)
    bench.redeem(50, "counted")
    bench.redeem(50, "counted")

    assert [result["status"] for result in bench.results()] == ["success", "failed"]
    assert bench.balance("counted") == 20


def test_a_small_balance_may_show_at_once() -> None:
    bench = Bench(burn_balanceCheck="sync")

    assert bench.redeem(1, "without points").status == 400
    assert bench.redeem(1000).status == 202


@pytest.mark.parametrize(
    ("precedence", "reason"), [("cap_first", "Reaching Redemption Limit"), ("balance_first", "Insufficient Balance")]
)
def test_what_is_looked_at_first_is_a_setting(precedence: str, reason: str) -> None:
    bench = Bench(burn_precedence=precedence)

    assert bench.result("redeem, used up", "without points", 10)["errorMessage"] == reason


@pytest.mark.parametrize(("mode", "statuses", "points"), [
    ("process_each", [202, 202], 20), ("replay_result", [202, 202], 10), ("reject_400", [202, 400], 10), ("reject_409", [202, 409], 10),
])  # fmt: skip
def test_what_a_repeat_is_is_a_setting(mode: str, statuses: list[int], points: int) -> None:
    bench = Bench(points_repeatedRequestId=mode)
    body = bench.body()
    seen: list[int] = []
    moved = bench.moved("earning", lambda: seen.extend(bench.send(body).status for _ in range(2)))

    assert (seen, moved) == (statuses, points)


@pytest.mark.parametrize(("shape", "body"), [
    ("empty", b""), ("text", b"Access Forbidden"), ("message", b'{"message": "Access Forbidden"}'),
    ("problem", b'{"type": "about:blank", "title": "Access Forbidden", "status": "403"}'),
])  # fmt: skip
def test_the_shape_of_errors_is_a_setting(shape: str, body: bytes) -> None:
    assert Bench(errors_body=shape).ask("earn, of another client").body == body


def test_a_limit_is_a_setting() -> None:
    bench = Bench(rate_limit=2)
    bench.token()
    answers = [bench.ask() for _ in range(3)]
    bench.wait(1)

    assert [answer.status for answer in answers] == [202, 202, 429]
    assert answers[2].headers["retry-after"] == "1"
    assert bench.ask().status == 202


@pytest.mark.parametrize(("setting", "value", "changes", "usual", "status"), [
    ("points.extraMembers", "refuse", {"more": 1}, 202, 400),
    ("points.longestText", 5, {}, 202, 400),
    ("callback.urlPolicy", "https_only", {"callbackUrl": "http://localhost/x"}, 202, 400),
    ("errors.extraStatuses", [422], {"amount": 0}, 400, 422),
])  # fmt: skip
def test_more_that_is_a_setting(setting: str, value: Any, changes: dict[str, Any], usual: int, status: int) -> None:
    assert Bench().ask(**changes).status == usual
    assert Bench(**{setting: value}).ask(**changes).status == status


def test_what_is_accepted_may_be_answered_with_more() -> None:
    assert told(Bench(points_acceptedBody="requestId").ask()) == {"requestId": "req-1"}
    assert told(Bench(points_acceptedBody="object").ask()) == {}
