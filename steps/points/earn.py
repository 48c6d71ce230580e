"""Earning: periods and caps of rules, faulty requests, answers that fail or get lost, and many requests at once."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any

from pytest_bdd import given, parsers, then, when

from accredit import Api, Callbacks, CannotJudge, Clock, Control, Exchange, Partner, expect, expect_equal

from . import books, words
from .books import COUNTED, Before
from .words import EARN, REDEEM, Asked

_FIELDS = {
    "user": "userId",
    "rule": "ruleId",
    "amount": "amount",
    "request id": "requestId",
    "callback address": "callbackUrl",
}
_AMOUNTS: dict[str, Any] = {"0": 0, "below 0": -10, "in quotes": "10"}
_MANY = 50
_SCATTERED_SECONDS = 20.0


@given(parsers.parse('{points:d} points are left of the cap of the rule "{role}"'), target_fixture="before")
def left_of_cap(simulator: Control, api: Api, partner: Partner, points: int, role: str) -> Before:
    user = words.user(partner, COUNTED)
    simulator.leave_of_cap(words.rule(partner, role), user, points)
    return Before(COUNTED, books.balance(api, partner, COUNTED))


@given(
    parsers.parse("a rule that begins in {seconds:d} seconds and ends {later:d} seconds later"), target_fixture="period"
)
def periodic(simulator: Control, partner: Partner, clock: Clock, seconds: int, later: int) -> Iterator[tuple[Any, Any]]:
    """First and last instant of the rule "earn", which is open for ever again once the scenario has ended."""
    starts = clock.now() + timedelta(seconds=seconds)
    ends = starts + timedelta(seconds=later)
    rule = words.rule(partner, "earn")
    simulator.set_period(rule, starts, ends)
    yield starts, ends
    simulator.set_period(rule, starts - timedelta(days=365), starts + timedelta(days=365))


@given(parsers.re("the next call fails with an internal error, (?P<acted>though it was|and was not) acted on"))
def will_fail(simulator: Control, acted: str) -> Iterator[None]:
    simulator.fail_next("requestPoints", 500, processed=acted.startswith("though"))
    yield
    simulator.forget_mishaps()


@given(parsers.re("the next answer gets lost, (?P<acted>though the call was|and the call was not) acted on"))
def will_be_lost(simulator: Control, acted: str) -> Iterator[None]:
    simulator.lose_next_answer("requestPoints", processed=acted.startswith("though"))
    yield
    simulator.forget_mishaps()


@given("results come in any order")
def scattered(simulator: Control) -> Iterator[None]:
    simulator.scatter_results(_SCATTERED_SECONDS)
    yield
    simulator.forget_mishaps()


@when(parsers.re("the partner asks to earn with a (?P<field>.+) that is (?P<fault>missing|null|empty|of the wrong type)"),
      target_fixture="asked")  # fmt: skip
def asks_faultily(api: Api, partner: Partner, callbacks: Callbacks, field: str, fault: str) -> Asked:
    name = _FIELDS[field]
    told = words.body(partner, callbacks, words.rule(partner, "earn"), words.user(partner, "earning"), 10)
    if fault == "missing":
        del told[name]
    elif fault == "of the wrong type":
        told[name] = "10" if name == "amount" else 10
    else:
        told[name] = None if fault == "null" else ""
    return words.send(api, partner, callbacks, told)


@when(parsers.re("the partner asks to earn an amount that is (?P<amount>0|below 0|in quotes)"), target_fixture="asked")
def asks_amount(api: Api, partner: Partner, callbacks: Callbacks, amount: str) -> Asked:
    return words.ask(api, partner, callbacks, "earn", "earning", _AMOUNTS[amount])


@when("the partner makes the same request once by an earning and once by a redemption rule", target_fixture="both")
def both_ways(api: Api, partner: Partner, callbacks: Callbacks) -> tuple[Asked, Asked]:
    return (
        words.ask(api, partner, callbacks, "earn", "redeeming"),
        words.ask(api, partner, callbacks, "redeem", "redeeming"),
    )


@when("the partner makes two requests that name different addresses", target_fixture="addressed")
def two_addresses(api: Api, partner: Partner, callbacks: Callbacks) -> list[tuple[str, Asked]]:
    """The last part of each address, and the request that named it."""
    names = ["one", "another"]
    return [
        (name, words.ask(api, partner, callbacks, "earn", "earning", callbackUrl=callbacks.url_for(name)))
        for name in names
    ]


@when(
    parsers.parse("the partner asks {times:d} times at once to earn, each time another amount"), target_fixture="many"
)
def many_at_once(api: Api, partner: Partner, callbacks: Callbacks, times: int) -> list[Asked]:
    """At one instant of the simulated clock, which stands still meanwhile."""
    return [words.ask(api, partner, callbacks, "earn", COUNTED, amount) for amount in range(1, times + 1)]


@then(
    parsers.re(
        r"(?:(?P<seconds>\d+) second )?(?P<when>before|at|after) its (?P<end>beginning|end) the rule is (?P<state>open|closed|as configured)"
    )
)
def rule_is(
    api: Api, partner: Partner, callbacks: Callbacks, clock: Clock, period: tuple[Any, Any], seconds: str | None, when: str, end: str, state: str
) -> None:  # fmt: skip
    instant = period[0] if end == "beginning" else period[1]
    offset = int(seconds or 0) * (-1 if when == "before" else 1)
    pause = (instant + timedelta(seconds=offset) - clock.now()).total_seconds()
    if pause < 0:
        raise CannotJudge("the instant is over; the clock moved on too quickly")
    clock.wait(pause)
    asked = words.ask(api, partner, callbacks, "earn", "earning")
    opened = state == "open" or (state == "as configured" and partner.setting("rules.windowEnd") == "inclusive")
    if asked.status == 202:
        words.result(callbacks, asked)
    where = f"the answer {when} its {end}"
    expect_equal(where, asked.status, 202 if opened else 400)


@then("the request is accepted, and the user has no more points than before")
def accepted_only(asked: Asked, before: Before, api: Api, partner: Partner) -> None:
    words.expect_accepted(asked)
    expect_equal("the points moved so far", books.balance(api, partner, before.role) - before.points, 0)


@then(parsers.parse("with the result the user has {points:d} points more"))
def with_the_result(
    asked: Asked, before: Before, api: Api, partner: Partner, callbacks: Callbacks, clock: Clock, points: int
) -> None:
    words.expect_moved(words.result(callbacks, asked), points, EARN)
    shown = books.settled_balance(api, partner, clock, before.role, before.points + points)
    expect_equal("the points moved", shown - before.points, points)


@then("the results say that points were earned by the one and redeemed by the other")
def told_both_ways(both: tuple[Asked, Asked], callbacks: Callbacks) -> None:
    for asked, action in zip(both, (EARN, REDEEM), strict=True):
        words.expect_accepted(asked)
        words.expect_moved(words.result(callbacks, asked), 10, action)


@then("each result has come to its own address")
def own_address(addressed: list[tuple[str, Asked]], callbacks: Callbacks, exchanges: Sequence[Exchange]) -> None:
    for name, asked in addressed:
        words.expect_accepted(asked)
        delivered = callbacks.wait_for(asked.expected)
        place = next(e.request.url for e in exchanges if e.number == delivered.exchange)
        expect(place.endswith(f"/{name}"), "the address of the result", wanted=f"one that ends in /{name}", got=place)


@then("each result tells the points of its own request")
def each_its_own(many: list[Asked], callbacks: Callbacks) -> None:
    expect_equal("the requests made", len(many), _MANY)
    for asked in many:
        words.expect_accepted(asked)
        words.expect_moved(words.result(callbacks, asked), asked.body["amount"], EARN)


@then("the user has the points of all fifty more than before")
def all_credited(many: list[Asked], before: Before, api: Api, partner: Partner, clock: Clock) -> None:
    points = sum(asked.body["amount"] for asked in many)
    shown = books.settled_balance(api, partner, clock, before.role, before.points + points)
    expect_equal("the points moved", shown - before.points, points)
