"""Miles that the partner calculates: sales and events credited, and taken back in full or in part."""

from typing import Any

from pytest_bdd import given, parsers, then, when

from accredit import Api, Clock, Control, NotApplicable, Partner, expect_equal

from . import baskets, words
from .words import Account, Sent

_ITEMS = [
    {"id": "SKU1234", "name": "Dog Food", "number": 1, "quantity": 2, "baseAmount": 9.99, "finalAmount": 19.98},
    {"id": "SKU1252", "name": "Potato Chips", "number": 2, "quantity": 1, "baseAmount": 4.99, "finalAmount": 4.99},
]
"""The published sample's lines (public:CALC)."""


@given(parsers.parse("a sale of {miles:d} miles that was credited"), target_fixture="original")
def credited_sale(api: Api, partner: Partner, clock: Clock, account: Account, miles: int) -> Sent:
    return words.credited(api, "postMiles", baskets.sale(partner, clock, account.number, miles), account)


@given(parsers.parse("an event of {miles:d} miles that was credited"), target_fixture="original")
def credited_event(api: Api, partner: Partner, clock: Clock, account: Account, miles: int) -> Sent:
    return words.credited(api, "postEvent", baskets.event(partner, clock, account.number, miles), account)


@when(
    parsers.parse('the partner credits that collector {miles:d} miles of the "{offer}" for a sale'),
    target_fixture="sent",
)
def sale_of(api: Api, partner: Partner, clock: Clock, account: Account, miles: int, offer: str) -> Sent:
    return words.send(api, "postMiles", baskets.sale(partner, clock, account.number, miles, offer))


@when(
    parsers.parse(
        "the partner credits {base:d} base and {bonus:d} bonus miles for a sale, and says which items earned them"
    ),
    target_fixture="sent",
)
def base_and_bonus(api: Api, partner: Partner, clock: Clock, base: int, bonus: int) -> Sent:
    return words.send(api, "postMiles", _both(partner, clock, words.number(partner, "collecting"), base, bonus))


@when(
    parsers.parse(
        "the partner credits that collector {base:d} base and {bonus:d} bonus miles for a sale, and says which items earned them"
    ),
    target_fixture="sent",
)
def base_and_bonus_to(api: Api, partner: Partner, clock: Clock, account: Account, base: int, bonus: int) -> Sent:
    return words.send(api, "postMiles", _both(partner, clock, account.number, base, bonus))


@when(parsers.parse("the partner credits {miles:d} miles for an event"), target_fixture="sent")
def event_of(api: Api, partner: Partner, clock: Clock, miles: int) -> Sent:
    return words.send(api, "postEvent", baskets.event(partner, clock, words.number(partner, "collecting"), miles))


@when(parsers.parse("the partner credits that collector {miles:d} miles for an event"), target_fixture="sent")
@when(parsers.parse("the partner credits that collector {miles:d} miles for another event"), target_fixture="sent")
def event_to(api: Api, partner: Partner, clock: Clock, account: Account, miles: int) -> Sent:
    return words.send(api, "postEvent", baskets.event(partner, clock, account.number, miles))


@when(parsers.parse("the partner takes back {miles:d} miles of that sale"), target_fixture="sent")
def taken_back(api: Api, partner: Partner, clock: Clock, original: Sent, miles: int) -> Sent:
    return words.send(api, "reverseMiles", _part(partner, clock, original, miles))


@when(parsers.parse("the partner takes back {miles:d} miles of that event"), target_fixture="sent")
def event_taken_back(api: Api, partner: Partner, clock: Clock, original: Sent, miles: int) -> Sent:
    return words.send(api, "reverseEvent", _part(partner, clock, original, miles))


@when(
    parsers.parse("the partner credits {miles:d} miles for a sale and takes {back:d} of them back"),
    target_fixture="both",
)
def credited_and_taken_back(api: Api, partner: Partner, clock: Clock, miles: int, back: int) -> list[Sent]:
    sale = words.send(api, "postMiles", baskets.sale(partner, clock, words.number(partner, "reversing"), miles))
    return [sale, words.send(api, "reverseMiles", _part(partner, clock, sale, back))]


@when(
    parsers.parse("the partner credits {miles:d} miles for an event and takes {back:d} of them back"),
    target_fixture="both",
)
def event_and_back(api: Api, partner: Partner, clock: Clock, miles: int, back: int) -> list[Sent]:
    event = words.send(api, "postEvent", baskets.event(partner, clock, words.number(partner, "reversing"), miles))
    return [event, words.send(api, "reverseEvent", _part(partner, clock, event, back))]


@then(parsers.parse('the books hold {base:d} miles under the "{one}" and {bonus:d} under the "{other}"'))
def offer_by_offer(
    simulator: Control, partner: Partner, sent: Sent, base: int, one: str, bonus: int, other: str
) -> None:
    held = {entry["offer"]: entry["miles"] for entry in simulator.entries_for(sent.transaction)}
    expect_equal("miles by offer", held, {partner.product(one): base, partner.product(other): bonus})


def _both(partner: Partner, clock: Clock, number: str, base: int, bonus: int) -> dict[str, Any]:
    every, one = [item["id"] for item in _ITEMS], [_ITEMS[0]["id"]]
    issuances = [
        baskets.issuance(partner, base, "standard offer") | {"contributingItemIds": every},
        baskets.issuance(partner, bonus, "bonus offer") | {"contributingItemIds": one},
    ]
    return baskets.basket(partner, clock, number, items=_ITEMS, issuances=issuances)


def _part(partner: Partner, clock: Clock, original: Sent, miles: int) -> dict[str, Any]:
    issued = original.body["issuances"][0]
    if miles > issued["milesAmount"] and partner.setting("issuance.reverse.exceedsOriginal") == "allow":
        raise NotApplicable("the settings say that a reversal is not bounded by what was credited")
    return baskets.taking_back(partner, clock, original.body, issuances=[{**issued, "milesAmount": miles}])
