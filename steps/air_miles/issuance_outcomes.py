"""What the partner does about each answer: pending, refused, failed, unheard, late."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any

from pytest_bdd import given, parsers, then, when

from accredit import Api, CannotJudge, Clock, ConnectionBroken, Control, Exchange, Partner, expect, expect_equal

from . import baskets, words
from .words import Account, Sent

Waiting = tuple[str, dict[str, Any]]


@given(parsers.parse("AIR MILES will take {seconds:d} seconds over it"))
def will_be_pending(simulator: Control, waiting: Waiting, seconds: int) -> Iterator[None]:
    simulator.delay_next(waiting[0], seconds)
    yield
    simulator.forget_troubles()


@given("nothing is pending for that collector")
def nothing_pending(simulator: Control, account: Account, clock: Clock) -> None:
    clock.wait(24 * 3600)
    if simulator.pending_of(account.number):
        raise CannotJudge("something of an earlier scenario is still pending")


@given(parsers.parse("AIR MILES will fail once {when}"))
def will_fail_once(simulator: Control, waiting: Waiting, when: str) -> Iterator[None]:
    simulator.fail_next(waiting[0], acted_on=when.startswith("after"))
    yield
    simulator.forget_troubles()


@given(parsers.parse("AIR MILES will fail {times:d} times before acting on it"))
def will_fail_often(simulator: Control, waiting: Waiting, times: int) -> Iterator[None]:
    simulator.fail_next(waiting[0], times=times)
    yield
    simulator.forget_troubles()


@given(parsers.parse("the answer will be lost {when}"))
def will_be_lost(simulator: Control, waiting: Waiting, when: str) -> Iterator[None]:
    simulator.lose_next_answer(waiting[0], acted_on=when.startswith("after"))
    yield
    simulator.forget_troubles()


@given(parsers.parse("a sale that the till has kept for {hours:d} hours"), target_fixture="waiting")
def kept_sale(partner: Partner, clock: Clock, account: Account, hours: int) -> Waiting:
    operation, body = baskets.earning(partner, clock, baskets.method_of(partner), account.number, 5)
    return operation, body | {"checkoutDateTime": baskets.moment(clock.now() - timedelta(hours=hours))}


@when(
    parsers.parse(
        "the partner reports {count:d} sales that AIR MILES accepts as pending for {a:d}, {b:d} and {c:d} seconds"
    ),
    target_fixture="reported",
)
def several_pending(
    api: Api, partner: Partner, clock: Clock, simulator: Control, account: Account, count: int, a: int, b: int, c: int
) -> list[Sent]:
    reported = []
    for seconds in (a, b, c):
        operation, body = baskets.earning(partner, clock, baskets.method_of(partner), account.number, 5)
        simulator.delay_next(operation, seconds)
        reported.append(words.send(api, operation, body))
    expect_equal("the answers", [sent.reply.status for sent in reported], [202] * count)
    return reported


@when("a sale with wrong details is reported", target_fixture="sent")
def wrong_details(api: Api, partner: Partner, clock: Clock) -> Sent:
    operation, body = baskets.earning(
        partner, clock, baskets.method_of(partner), words.number(partner, "collecting"), 5
    )
    return words.send(api, operation, body | {"basketPreTaxAmount": "twenty-five"})


@when("the sale is put right and sent under a new key", target_fixture="corrected")
def put_right(api: Api, partner: Partner, clock: Clock, sent: Sent) -> Sent:
    return words.send(api, sent.operation, _put_right(sent.body))


@when("the sale is reported as often as AIR MILES asks for", target_fixture="sent")
def patiently(api: Api, waiting: Waiting) -> Sent:
    return words.patiently(api, *waiting)


@when("the sale is reported and nothing is heard", target_fixture="unheard")
def nothing_heard(api: Api, waiting: Waiting) -> str:
    key = words.new_key()
    try:
        sent = words.send(api, *waiting, key)
    except ConnectionBroken:
        return key
    expect(False, "the call", wanted="no answer", got=sent.reply.status)
    return key


@when("it is sent again under the same key", target_fixture="sent")
def again_unheard(api: Api, waiting: Waiting, unheard: str) -> Sent:
    return words.send(api, *waiting, unheard)


@then("it is accepted as pending")
def accepted(sent: Sent) -> None:
    expect_equal("the answer", sent.reply.status, 202)


@then(parsers.parse("after {seconds:d} seconds the collector has {miles:d} miles more"))
def later_more(account: Account, clock: Clock, seconds: int, miles: int) -> None:
    clock.wait(seconds)
    expect_equal("the miles credited", account.change, miles)


@then(parsers.re(r"after (?P<seconds>\d+) seconds (more )?(?P<count>none|\d+) of them (is|are) pending$"))
def still_pending(
    reported: list[Sent], simulator: Control, account: Account, clock: Clock, seconds: str, count: str
) -> None:
    clock.wait(int(seconds))
    expect_equal("transactions pending", simulator.pending_of(account.number), 0 if count == "none" else int(count))


@then("the repeat is refused as wrong")
def repeat_refused(repeat: Sent) -> None:
    expect_equal("the repeat", repeat.reply.status, 400)


@then("it was refused first, and then done")
def refused_then_done(sent: Sent, corrected: Sent) -> None:
    expect_equal("the answer to the wrong details", sent.reply.status, 400)
    words.expect_done(corrected)


@then("it has failed")
def has_failed(sent: Sent) -> None:
    expect_equal("the last answer", sent.reply.status, 500)


@then(parsers.parse("every attempt had the same key, and there were {count:d}"))
def same_key(sent: Sent, exchanges: Sequence[Exchange], count: int) -> None:
    made = words.calls(exchanges, sent.operation)
    expect_equal("keys used", {words.key_of(e) for e in made}, {sent.key})
    expect_equal("attempts", len(made), count)


def _put_right(body: Mapping[str, Any]) -> dict[str, Any]:
    """Total before tax: what was paid, less the taxes. The published sample's amounts, and those without tax, allow it."""
    taxed = body["basketPostTaxAmount"] - body["basketHSTAmount"]
    return {**body, "basketPreTaxAmount": round(taxed, 2)}
