"""What several topics say: baskets and events, how they are sent, and what becomes of a collector's miles."""

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from accredit import Api, CannotJudge, Clock, Exchange, NotApplicable, Partner, Reply, expect, expect_equal

SUMMARY = "scope:collector:summary:read"
_METHODS = {
    "AMRP-calculated": ("amrp_calculated", "issueMiles"),
    "partner-calculated": ("partner_calculated", "postMiles"),
}


@dataclass(frozen=True)
class Sent:
    """One transaction as the partner sent it, and what came back. `key` is empty when it was sent without one."""

    operation: str
    body: Mapping[str, Any]
    key: str
    reply: Reply

    @property
    def transaction(self) -> str:
        """The partner's own id of it."""
        return str(self.body.get("checkoutTransactionId") or self.body.get("clientTransactionId"))


@dataclass(frozen=True)
class Account:
    """A collector, and how to look at their miles: by Summary, or in the simulator's books."""

    number: str
    before: int
    look: Callable[[], int]

    @property
    def change(self) -> int:
        """Miles that have come since, or gone when it is negative."""
        return self.look() - self.before


# --- who and how ---


def number(partner: Partner, role: str) -> str:
    """The collector number of who plays the role."""
    try:
        return str(partner.member(role)["number"])
    except KeyError:
        raise CannotJudge(f"the member {role!r} has no number: add it to that role in accredit.toml.") from None


def new_key() -> str:
    """As AIR MILES suggests: a UUID of version 4."""
    return str(uuid.uuid4())


def method_of(partner: Partner) -> str:
    """The method that the partner has agreed with AIR MILES; of both, the one with the events."""
    for method in ("partner-calculated", "AMRP-calculated"):
        if partner.claims(_METHODS[method][0]):
            return method
    raise NotApplicable("the partner claims neither partner_calculated nor amrp_calculated")


def moment(at: datetime) -> str:
    """`2019-05-30T14:12:59.479Z`."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


# --- what is sent ---


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


def taking_back(partner: Partner, clock: Clock, sent: Sent, **changes: Any) -> dict[str, Any]:
    """The return of what was sent, or of the part that `changes` say, under a new id.

    It names the original only where the settings say how; no sample of AIR MILES does.
    """
    ids = {
        name: partner.new_id("back") for name in ("checkoutTransactionId", "clientTransactionId") if name in sent.body
    }
    when = {"checkoutDateTime": moment(clock.now())} if "checkoutDateTime" in sent.body else {}
    return {**sent.body, **when, **ids, **_naming(sent, partner), **changes}


def _naming(sent: Sent, partner: Partner) -> dict[str, Any]:
    """What a reversal says of the original: `{"context": {"original": …}}` where the setting is `context.original`."""
    *above, last = str(partner.setting("issuance.reverse.originalReference")).split(".")
    named: dict[str, Any] = {last: sent.transaction} if last else {}
    for name in reversed(above):
        named = {name: named}
    return named


# --- sending ---


def send(api: Api, operation: str, body: Mapping[str, Any], key: str | None = None, **how: Any) -> Sent:
    """Sends a transaction, under a new key unless one is given; an empty one is no key at all."""
    key = new_key() if key is None else key
    headers = {"Idempotency-Key": key} if key else {}
    return Sent(
        operation, body, key, api.call(operation, json=body, headers={**headers, **how.pop("headers", {})}, **how)
    )


def again(api: Api, sent: Sent) -> Sent:
    """The same bytes under the same key."""
    return send(api, sent.operation, sent.body, sent.key)


def patiently(api: Api, operation: str, body: Mapping[str, Any]) -> Sent:
    """Sends a transaction, and again under the same key for as long as AIR MILES asks for that."""
    key = new_key()
    return Sent(operation, body, key, api.patiently(operation, json=body, headers={"Idempotency-Key": key}))


def credited(api: Api, operation: str, body: Mapping[str, Any], account: Account) -> Sent:
    """A transaction that is a precondition of what follows; it must have moved the collector's miles."""
    before, sent = account.look(), send(api, operation, body)
    if sent.reply.status != 200 or account.look() <= before:
        raise CannotJudge(f"a transaction that should have been credited was not (exchange {sent.reply.exchange})")
    return sent


def credit(api: Api, partner: Partner, clock: Clock, number: str, miles: int) -> Reply:
    """Credits so many miles by whichever method the partner has agreed."""
    return send(api, *earning(partner, clock, method_of(partner), number, miles)).reply


# --- what came of it ---


def expect_done(sent: Sent) -> None:
    """200. A transaction that AIR MILES chose to delay says nothing either way."""
    if sent.reply.status == 202:
        raise CannotJudge(f"accepted as pending (exchange {sent.reply.exchange}); run again when it has settled.")
    expect_equal("the answer", sent.reply.status, 200)


def expect_repeat(first: Sent, repeat: Sent, partner: Partner) -> None:
    """What a repeat draws by the settings: the same again, a plain 200, or a word that it was sent before."""
    how = partner.setting("idem.replay")
    expect_equal("the repeat", repeat.reply.status, first.reply.status if how == "same" else int(how))


def collectors_miles(api: Api, partner: Partner, role: str) -> int:
    """The collector's miles as Summary shows them, both balances together."""
    partner.needs(SUMMARY)
    reply = api.call("getSummary", token=member_token(api, partner, role), renew=False)
    expect_equal("Summary", reply.status, 200)
    names, told = partner.setting("collector.summary.responseSchema"), reply.json
    expect(isinstance(told, dict), "Summary", wanted="an object", got=type(told).__name__)
    shown = [told[names[kind]] for kind in ("dream", "cash") if names[kind] in told]
    expect(bool(shown) and all(isinstance(m, int) for m in shown), "the balances", wanted="whole numbers", got=shown)
    return sum(shown)


def member_token(api: Api, partner: Partner, role: str) -> str:
    """An access token for that collector, by the refresh token that a log-in by hand has left."""
    standing = partner.member(role).get("refresh_token")
    if not standing:
        raise CannotJudge(f"the member {role!r} has no refresh_token: log in once by hand, asking for offline_access.")
    form = {"grant_type": "refresh_token", "refresh_token": str(standing)}
    form |= {name: partner.secret(name) for name in ("client_id", "client_secret")}
    granted = api.call("requestToken", form=form, token=None)
    value = granted.json.get("access_token") if granted.is_success else None
    if not isinstance(value, str):
        raise CannotJudge(f"no token for the member {role!r}: answered {granted.status} (exchange {granted.exchange}).")
    return value


def by_summary(api: Api, partner: Partner, role: str) -> Account:
    """The collector, their miles seen through Summary."""
    account = Account(number(partner, role), 0, lambda: collectors_miles(api, partner, role))
    return replace(account, before=account.look())


# --- what was sent in all ---


def calls(exchanges: Sequence[Exchange], operation: str) -> list[Exchange]:
    """The calls of one operation in the scenario under way."""
    now = exchanges[-1].scenario
    return [e for e in exchanges if e.scenario == now and e.operation == operation]


def key_of(exchange: Exchange) -> str:
    """The Idempotency-Key that was sent; empty when none was."""
    return {name.lower(): value for name, value in exchange.request.headers}.get("idempotency-key", "")
