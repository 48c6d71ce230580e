"""Miles that AIR MILES calculates: CALCULATE, ISSUE, RETURN, and one transaction of a collector at a time."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pytest_bdd import given, parsers, then, when

from accredit import Api, Clock, Control, Exchange, NotApplicable, Partner, expect, expect_equal

from . import baskets, words
from .words import Account, Sent

_CALLS = {"ISSUE": "issueMiles", "RETURN": "returnItems"}


@dataclass(frozen=True)
class Bought:
    """A basket that was issued, and the collector's change since the scenario began, right after it."""

    sale: Sent
    change: int


@given(parsers.parse("a basket with lines worth {a:d}, {b:d} and {c:d} miles that was issued"), target_fixture="bought")
def three_lines(api: Api, partner: Partner, clock: Clock, account: Account, a: int, b: int, c: int) -> Bought:
    return _bought(api, partner, clock, account, a, b, c)


@given(parsers.parse("a basket with a line worth {miles:d} miles that was issued"), target_fixture="bought")
def one_line(api: Api, partner: Partner, clock: Clock, account: Account, miles: int) -> Bought:
    return _bought(api, partner, clock, account, miles)


@given(parsers.parse("something that the collector bought for {miles:d} miles"), target_fixture="bought")
def bought_before(api: Api, partner: Partner, clock: Clock, account: Account, miles: int) -> Bought:
    return _bought(api, partner, clock, account, miles)


@given("another transaction of that collector is in flight")
def in_flight(simulator: Control, account: Account) -> Iterator[None]:
    simulator.hold(account.number)
    yield
    simulator.let_go(account.number)


@when(parsers.parse("AIR MILES calculates a basket with lines worth {a:d} and {b:d} miles"), target_fixture="sent")
def calculated(api: Api, partner: Partner, clock: Clock, a: int, b: int) -> Sent:
    body = baskets.lines(partner, clock, words.number(partner, "collecting"), a, b)
    return words.send(api, "calculateMiles", body)


@when(
    parsers.parse(
        "AIR MILES issues miles for a basket with lines worth {a:d} and {b:d} miles that was never calculated"
    ),
    target_fixture="sent",
)
def issued_uncalculated(api: Api, partner: Partner, clock: Clock, a: int, b: int) -> Sent:
    return words.send(api, "issueMiles", baskets.lines(partner, clock, words.number(partner, "issuing"), a, b))


@when(
    parsers.re(r"AIR MILES issues miles for a basket with lines worth (?P<a>\d+) and (?P<b>\d+) miles$"),
    converters={"a": int, "b": int},
    target_fixture="sent",
)
def issued(api: Api, partner: Partner, clock: Clock, account: Account, a: int, b: int) -> Sent:
    return words.send(api, "issueMiles", baskets.lines(partner, clock, account.number, a, b))


@when("AIR MILES issues miles to another collector", target_fixture="sent")
def issued_to_another(api: Api, partner: Partner, clock: Clock) -> Sent:
    return words.send(api, "issueMiles", baskets.lines(partner, clock, words.number(partner, "issuing"), 2))


@when(parsers.parse("the partner calls {call} for that collector"), target_fixture="sent")
def called(api: Api, partner: Partner, clock: Clock, account: Account, bought: Bought, call: str) -> Sent:
    if _CALLS[call] not in partner.setting("issuance.parallel.operations"):
        raise NotApplicable(f"the settings say that {call} does not mind another transaction in flight")
    fresh = baskets.lines(partner, clock, account.number, 2)
    body = fresh if call == "ISSUE" else baskets.taking_back(partner, clock, bought.sale.body)
    return words.send(api, _CALLS[call], body)


@when("the other transaction has come to its end")
def has_ended(simulator: Control, account: Account, sent: Sent, partner: Partner, clock: Clock) -> None:
    refused_in_flight(sent, partner)
    clock.wait(2)
    simulator.let_go(account.number)


@when(parsers.parse("the line worth {miles:d} miles is returned"), target_fixture="sent")
def line_returned(api: Api, partner: Partner, clock: Clock, bought: Bought, miles: int) -> Sent:
    worth = round(miles * partner.setting("amrp.centsPerMile") / 100, 2)
    items = [item for item in bought.sale.body["items"] if item["finalAmount"] == worth]
    part = baskets.taking_back(partner, clock, bought.sale.body, items=items, **baskets.of_total(items))
    return words.send(api, "returnItems", part)


@when("the whole basket is returned", target_fixture="sent")
def basket_returned(api: Api, partner: Partner, clock: Clock, bought: Bought) -> Sent:
    return words.send(api, "returnItems", baskets.taking_back(partner, clock, bought.sale.body))


@when(
    parsers.parse("AIR MILES issues miles for lines worth {a:d} and {b:d} miles, and the {part} is returned"),
    target_fixture="both",
)
def issued_and_returned(api: Api, partner: Partner, clock: Clock, a: int, b: int, part: str) -> list[Sent]:
    body = baskets.lines(partner, clock, words.number(partner, "returning"), a, b)
    items = body["items"][:1] if part == "first line" else body["items"]
    back = baskets.taking_back(partner, clock, body, items=items, **baskets.of_total(items))
    return [words.send(api, "issueMiles", body), words.send(api, "returnItems", back)]


@then("it was the only call for that basket")
def only_call(sent: Sent, exchanges: Sequence[Exchange]) -> None:
    expect_equal("CALCULATE calls", len(words.calls(exchanges, "calculateMiles")), 0)
    expect_equal("ISSUE calls", len(words.calls(exchanges, sent.operation)), 1)


@then("the collector has some miles more")
def some_more(account: Account) -> None:
    expect(account.change > 0, "the miles credited", wanted="some", got=account.change)


@then("it is refused because another transaction is in flight")
def refused_in_flight(sent: Sent, partner: Partner) -> None:
    expect_equal("the answer", sent.reply.status, partner.setting("issuance.parallel.status"))


@then("the books hold nothing of it")
def nothing_held(simulator: Control, sent: Sent) -> None:
    expect_equal("entries in the books", simulator.entries_for(sent.transaction), [])


@then("the repeat is done")
def repeat_done(repeat: Sent) -> None:
    words.expect_done(repeat)


@then("the collector has kept a part of what the basket earned")
def kept_a_part(account: Account, bought: Bought) -> None:
    kept = account.change
    expect(0 < kept < bought.change, "the miles kept", wanted=f"more than 0, fewer than {bought.change}", got=kept)


@then(parsers.parse("the collector has {miles:d} miles fewer than after the sale"))
def fewer(account: Account, bought: Bought, miles: int) -> None:
    expect_equal("the miles taken back", bought.change - account.change, miles)


def _bought(api: Api, partner: Partner, clock: Clock, account: Account, *miles: int) -> Bought:
    body = baskets.lines(partner, clock, account.number, *miles)
    sale = words.credited(api, "issueMiles", body, account)
    return Bought(sale, account.change)
