"""What the partner sends: baskets and events, by which method they earn miles, and how they are taken back."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from accredit import Clock, NotApplicable, Partner

_METHODS = {
    "AMRP-calculated": ("amrp_calculated", "issueMiles"),
    "partner-calculated": ("partner_calculated", "postMiles"),
}


def method_of(partner: Partner) -> str:
    """The method that the partner has agreed with AIR MILES; of both, the one with the events."""
    for method in ("partner-calculated", "AMRP-calculated"):
        if partner.claims(_METHODS[method][0]):
            return method
    raise NotApplicable("the partner claims neither partner_calculated nor amrp_calculated")


def moment(at: datetime) -> str:
    """`2019-05-30T14:12:59.479Z`."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def basket(partner: Partner, clock: Clock, number: str, **changes: Any) -> dict[str, Any]:
    """The published sample's amounts under a new id, checked out a minute ago. It earns nothing yet."""
    usual = {
        "basketGSTAmount": 0,
        "basketPSTAmount": 0,
        "basketHSTAmount": 3.25,
        "basketQSTAmount": 0,
        "basketPreTaxAmount": 24.97,
        "basketPostTaxAmount": 28.22,
        "checkoutDateTime": moment(clock.now() - timedelta(minutes=1)),
        "checkoutTransactionId": partner.new_id("sale"),
        "collectorNumber": number,
        "deviceId": "POS1",
    }
    return usual | changes


def issuance(partner: Partner, miles: int, offer: str, location: str = "first store") -> dict[str, Any]:
    """Miles of one offer; offer and location by their roles."""
    return {
        "issuanceOfferCode": partner.product(offer),
        "locationCode": partner.product(location),
        "milesAmount": miles,
        "offerDescription": "Miles of a certification run",
    }


def sale(
    partner: Partner, clock: Clock, number: str, miles: int, offer: str = "standard offer", **changes: Any
) -> dict[str, Any]:
    """A basket of which the partner calculated the miles."""
    return basket(partner, clock, number, issuances=[issuance(partner, miles, offer)]) | changes


def lines(partner: Partner, clock: Clock, number: str, *miles: int, **changes: Any) -> dict[str, Any]:
    """A basket with one line for each number of miles, worth as much as earns them by the agreed rate. No tax."""
    body = basket(partner, clock, number)
    dollars = [round(wanted * partner.setting("amrp.centsPerMile") / 100, 2) for wanted in miles]
    items = [
        {
            "id": f"{body['checkoutTransactionId']}-{place}",
            "number": place,
            "quantity": 1,
            "baseAmount": d,
            "finalAmount": d,
        }
        for place, d in enumerate(dollars, 1)
    ]
    return body | of_total(items) | {"items": items} | changes


def of_total(items: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The totals of lines on which no tax is due."""
    total = round(sum(item["finalAmount"] for item in items), 2)
    return {"basketPreTaxAmount": total, "basketHSTAmount": 0, "basketPostTaxAmount": total}


def event(partner: Partner, clock: Clock, number: str, miles: int, offer: str = "event offer") -> dict[str, Any]:
    """Something that earns miles and is no sale."""
    name = partner.setting("issuance.event.timestampField")
    when = {name: moment(clock.now() - timedelta(minutes=1))} if name else {}
    told = {"clientTransactionId": partner.new_id("event"), "collectorNumber": number, "deviceId": "POS1"}
    return {**told, **when, "issuances": [issuance(partner, miles, offer)]}


def earning(partner: Partner, clock: Clock, method: str, number: str, miles: int) -> tuple[str, dict[str, Any]]:
    """A sale worth so many miles by that method: operation and body."""
    capability, operation = _METHODS[method]
    partner.needs(capability)
    make = sale if method == "partner-calculated" else lines
    return operation, make(partner, clock, number, miles)


def id_of(body: Mapping[str, Any]) -> str:
    """The partner's own id of a basket or event."""
    return str(body.get("checkoutTransactionId") or body.get("clientTransactionId"))


def taking_back(partner: Partner, clock: Clock, original: Mapping[str, Any], **changes: Any) -> dict[str, Any]:
    """The return of a basket or event, or of the part that `changes` say, under a new id.

    It names the original only where the settings say how; no sample of AIR MILES does.
    """
    ids = {
        name: partner.new_id("back") for name in ("checkoutTransactionId", "clientTransactionId") if name in original
    }
    when = {"checkoutDateTime": moment(clock.now())} if "checkoutDateTime" in original else {}
    return {**original, **when, **ids, **_naming(original, partner), **changes}


def _naming(original: Mapping[str, Any], partner: Partner) -> dict[str, Any]:
    """How a reversal names the original: `{"context": {"original": …}}` where the setting is `context.original`."""
    *above, last = str(partner.setting("issuance.reverse.originalReference")).split(".")
    named: dict[str, Any] = {last: id_of(original)} if last else {}
    for name in reversed(above):
        named = {name: named}
    return named
