"""What a transaction says: mandatory fields, taxes, discounts, times, locations and offers."""

from collections.abc import Mapping
from datetime import timedelta, timezone
from decimal import Decimal
from typing import Any

from pytest_bdd import parsers, then, when

from accredit import Api, Clock, Control, NotApplicable, Partner, expect, expect_equal

from . import baskets, words
from .words import Account, Sent

_EST = timezone(timedelta(hours=-5))
_TOTALS = {"before": "basketPreTaxAmount", "after": "basketPostTaxAmount"}
_TAXES = ("basketGSTAmount", "basketPSTAmount", "basketHSTAmount", "basketQSTAmount")
_PROVINCES: Mapping[str, tuple[float, ...]] = {
    "Ontario": (24.97, 0, 0, 3.25, 0, 28.22),
    "Alberta": (100.00, 5.00, 0, 0, 0, 105.00),
    "British Columbia": (100.00, 5.00, 7.00, 0, 0, 112.00),
    "Quebec": (100.00, 5.00, 0, 0, 9.98, 114.98),
}
"""Before tax, GST, PST, HST, QST, after tax. Ontario's is the published sample (public:POST), the others are inferred."""


@when("the partner credits 5 miles for an event that has no id of its own", target_fixture="sent")
def event_without_id(api: Api, partner: Partner, clock: Clock) -> Sent:
    partner.needs("partner_calculated")
    body = baskets.event(partner, clock, words.number(partner, "collecting"), 5)
    return words.send(api, "postEvent", _without(body, "clientTransactionId"))


@when("the partner records a basket that has no id of its own", target_fixture="sent")
def basket_without_id(api: Api, partner: Partner, clock: Clock) -> Sent:
    if "checkoutTransactionId" not in partner.setting("issuance.required.record"):
        raise NotApplicable("the settings say that a basket's id is not mandatory")
    return _recorded(api, _without(_basket(partner, clock), "checkoutTransactionId"))


@when("the partner records a transaction announced as plain text", target_fixture="sent")
def as_plain_text(api: Api, partner: Partner, clock: Clock) -> Sent:
    return _recorded(api, _basket(partner, clock), headers={"Content-Type": "text/plain"})


@when("the partner records a transaction", target_fixture="sent")
def recorded(api: Api, partner: Partner, clock: Clock) -> Sent:
    return _recorded(api, _basket(partner, clock))


@when(parsers.parse("the partner credits a sale that lacks its total {which} tax"), target_fixture="sent")
def without_total(api: Api, partner: Partner, clock: Clock, which: str) -> Sent:
    body = baskets.sale(partner, clock, words.number(partner, "collecting"), 5)
    return words.send(api, "postMiles", _without(body, _TOTALS[which]))


@when(parsers.parse("a sale taxed as in {province} is reported"), target_fixture="sent")
def taxed_as_in(api: Api, partner: Partner, clock: Clock, province: str) -> Sent:
    before, gst, pst, hst, qst, after = _PROVINCES[province]
    amounts = dict(zip(_TAXES, (gst, pst, hst, qst), strict=True))
    operation, body = baskets.earning(
        partner, clock, baskets.method_of(partner), words.number(partner, "collecting"), 5
    )
    line = {"id": "SKU1234", "number": 1, "quantity": 1, "baseAmount": before, "finalAmount": before}
    totals = {"basketPreTaxAmount": before, "basketPostTaxAmount": after}
    return words.send(api, operation, {**body, **amounts, **totals, "items": [line]})


@when(
    parsers.parse(
        "AIR MILES issues miles for a line worth {full:d} miles before its discount and {paid:d} miles after it"
    ),
    target_fixture="sent",
)
def discounted(api: Api, partner: Partner, clock: Clock, account: Account, full: int, paid: int) -> Sent:
    partner.needs("amrp_calculated")
    body = baskets.lines(partner, clock, account.number, paid)
    line = body["items"][0] | {"baseAmount": round(full * partner.setting("amrp.centsPerMile") / 100, 2)}
    return words.send(api, "issueMiles", body | {"items": [line]})


@when(parsers.parse("the partner records a transaction with its time of checkout {written}"), target_fixture="sent")
def with_time(api: Api, partner: Partner, clock: Clock, written: str) -> Sent:
    at = clock.now() - timedelta(minutes=1)
    times = {
        "in UTC": baskets.moment(at),
        "with an offset": at.astimezone(_EST).isoformat(timespec="milliseconds"),
        "without a zone": at.replace(tzinfo=None).isoformat(timespec="milliseconds"),
    }
    return _recorded(api, _basket(partner, clock) | {"checkoutDateTime": times[written]})


@when(parsers.parse('the partner credits a sale at the location "{location}"'), target_fixture="sent")
def at_location(api: Api, partner: Partner, clock: Clock, location: str) -> Sent:
    partner.needs("partner_calculated")
    issuance = baskets.issuance(partner, 5, "standard offer", location)
    body = baskets.basket(partner, clock, words.number(partner, "collecting"), issuances=[issuance])
    return words.send(api, "postMiles", body)


@when(parsers.parse('the partner credits {miles:d} miles of the "{offer}" for a sale'), target_fixture="sent")
def of_offer(api: Api, partner: Partner, clock: Clock, miles: int, offer: str) -> Sent:
    partner.needs("partner_calculated")
    number = words.number(partner, "collecting")
    return words.send(api, "postMiles", baskets.sale(partner, clock, number, miles, offer))


@then("it is turned away for its media type")
def wrong_media_type(sent: Sent, partner: Partner) -> None:
    expect_equal("the answer", sent.reply.status, partner.setting("issuance.errors.mediaType"))


@then("what the answer holds is announced as JSON")
def announced(sent: Sent) -> None:
    words.expect_done(sent)
    kind = sent.reply.headers.get("content-type", "")
    announced = kind.partition(";")[0].strip().lower() == "application/json"
    expect(announced or not sent.reply.body, "the answer's media type", wanted="application/json", got=repr(kind))
    if sent.reply.body:
        _ = sent.reply.json  # a finding of its own when it is something else


@then("its total before tax and its taxes make its total after tax")
def adds_up(sent: Sent) -> None:
    amounts = {name: Decimal(str(sent.body[name])) for name in (*_TOTALS.values(), *_TAXES)}
    taxed = amounts["basketPreTaxAmount"] + sum(amounts[name] for name in _TAXES)
    expect_equal("the total after tax", taxed, amounts["basketPostTaxAmount"])


@then("the books hold that location, character for character")
def same_location(simulator: Control, sent: Sent) -> None:
    held = [entry["location"] for entry in simulator.entries_for(sent.transaction)]
    expect_equal("the location in the books", held, [sent.body["issuances"][0]["locationCode"]])


@then("it is refused for its offer")
def refused_for_offer(sent: Sent, partner: Partner) -> None:
    expect_equal("the answer", sent.reply.status, partner.setting("issuance.errors.offer"))


def _basket(partner: Partner, clock: Clock) -> dict[str, Any]:
    return baskets.basket(partner, clock, words.number(partner, "collecting"))


def _recorded(api: Api, body: Mapping[str, Any], **how: Any) -> Sent:
    return words.send(api, "recordTransaction", body, "", **how)


def _without(body: Mapping[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in body.items() if key != name}
