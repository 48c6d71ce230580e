"""What the partner does about each answer: pending, refused, failed, unheard, late."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, time, timedelta
from typing import Any

from pytest_bdd import given, parsers, then, when

from accredit import Api, Clock, ConnectionBroken, Control, Exchange, Partner, expect, expect_equal

from . import baskets, words
from .issuance_days import zone_of
from .words import Account, Sent

Waiting = tuple[str, dict[str, Any]]


@given(parsers.parse("AIR MILES will take {seconds:d} seconds over it"))
def will_be_pending(simulator: Control, waiting: Waiting, seconds: int) -> Iterator[None]:
    simulator.delay_next(waiting[0], seconds)
    yield
    simulator.forget_troubles()


@given("what is pending for that collector is known", target_fixture="pending_before")
def pending_known(simulator: Control, account: Account, clock: Clock) -> int:
    """A day later, so that whatever earlier scenarios left has come true where it ever will."""
    clock.wait(24 * 3600)
    return int(simulator.pending_of(account.number))


@given(parsers.parse("AIR MILES will fail once {when}"), target_fixture="acted_on")
def will_fail_once(simulator: Control, waiting: Waiting, when: str) -> Iterator[bool]:
    acted_on = when.startswith("after")
    simulator.fail_next(waiting[0], acted_on=acted_on)
    yield acted_on
    simulator.forget_troubles()


@given(parsers.parse("AIR MILES will fail {times:d} times before acting on it"))
def will_fail_often(simulator: Control, waiting: Waiting, times: int) -> Iterator[None]:
    simulator.fail_next(waiting[0], times=times)
    yield
    simulator.forget_troubles()


@given(parsers.parse("the answer will be lost {when}"), target_fixture="acted_on")
def will_be_lost(simulator: Control, waiting: Waiting, when: str) -> Iterator[bool]:
    acted_on = when.startswith("after")
    simulator.lose_next_answer(waiting[0], acted_on=acted_on)
    yield acted_on
    simulator.forget_troubles()


@given("a sale that the till has kept since noon of yesterday", target_fixture="waiting")
def kept_sale(partner: Partner, clock: Clock, account: Account) -> Waiting:
    """Noon by the agreed zone: far from where days begin and end, whenever this runs."""
    zone = zone_of(partner)
    yesterday = clock.now().astimezone(zone).date() - timedelta(days=1)
    noon = datetime.combine(yesterday, time(12), zone)
    operation, body = baskets.earning(partner, clock, baskets.method_of(partner), account.number, 5)
    return operation, body | {"checkoutDateTime": baskets.moment(noon)}


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
    reported: list[Sent],
    simulator: Control,
    account: Account,
    clock: Clock,
    pending_before: int,
    seconds: str,
    count: str,
) -> None:
    clock.wait(int(seconds))
    pending = simulator.pending_of(account.number) - pending_before
    expect_equal("transactions pending", pending, 0 if count == "none" else int(count))


@then("the repeat is refused as wrong")
def repeat_refused(repeat: Sent) -> None:
    expect_equal("the repeat", repeat.reply.status, 400)


@then("it was refused first, and then done")
def refused_then_done(sent: Sent, corrected: Sent) -> None:
    expect_equal("the answer to the wrong details", sent.reply.status, 400)
    words.expect_done(corrected)


@then("it is done at last")
def done_at_last(sent: Sent, acted_on: bool, partner: Partner) -> None:
    """200; or that it was sent before, where a repeat is told so and the first attempt was acted on."""
    told_so = acted_on and partner.setting("idem.replay") == "409"
    expect_equal("the last answer", sent.reply.status, 409 if told_so else 200)


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
