"""Keys: their form, what they tell apart, and repeats with and without them."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from pytest_bdd import given, parsers, then, when

from accredit import Api, CannotJudge, Clock, Partner, expect_equal

from . import baskets, words
from .words import Account, Sent

Waiting = tuple[str, dict[str, Any]]


@dataclass(frozen=True)
class TakenBack:
    """A return sent twice, and how many miles each of the two took."""

    first: Sent
    repeat: Sent
    by_first: int
    by_repeat: int


@given(parsers.parse("miles to be taken back by {call}, enough for two"), target_fixture="waiting")
def enough_for_two(api: Api, partner: Partner, clock: Clock, account: Account, call: str) -> Waiting:
    """Credited twice over, so that a second debit would not be refused for want of miles."""
    if call == "RETURN":
        partner.needs("amrp_calculated")
        body = baskets.lines(partner, clock, account.number, 5)
        body["items"] = [body["items"][0] | {"quantity": 2, "finalAmount": body["items"][0]["finalAmount"] * 2}]
        sale = words.credited(api, "issueMiles", body | baskets.of_total(body["items"]), account)
        half = [sale.body["items"][0] | {"quantity": 1, "finalAmount": sale.body["items"][0]["baseAmount"]}]
        return "returnItems", baskets.taking_back(partner, clock, sale.body, items=half, **baskets.of_total(half))
    partner.needs("partner_calculated")
    make, earn, take = (
        (baskets.event, "postEvent", "reverseEvent") if "EVENT" in call else (baskets.sale, "postMiles", "reverseMiles")
    )
    sale = words.credited(api, earn, make(partner, clock, account.number, 12), account)
    half = [sale.body["issuances"][0] | {"milesAmount": 6}]
    return take, baskets.taking_back(partner, clock, sale.body, issuances=half)


@when(parsers.parse("a sale is reported under a key that is {form}"), target_fixture="sent")
def key_of_form(api: Api, partner: Partner, clock: Clock, form: str) -> Sent:
    make: dict[str, Callable[[], str]] = {
        "a UUID of version 4": words.new_key,
        "a random string of 64 hexadecimals": lambda: secrets.token_hex(32),
    }
    return words.send(api, *_sale(partner, clock), make[form]())


@when("two sales are reported under keys that differ only at their end", target_fixture="both")
def alike_keys(api: Api, partner: Partner, clock: Clock) -> list[Sent]:
    start = words.new_key()[:-4]
    return [words.send(api, *_sale(partner, clock), start + end) for end in ("0001", "0002")]


@when(parsers.parse("another sale of {miles:d} miles is reported under the same key"), target_fixture="other")
def same_key_other_sale(api: Api, partner: Partner, clock: Clock, account: Account, sent: Sent, miles: int) -> Sent:
    waiting = baskets.earning(partner, clock, baskets.method_of(partner), account.number, miles)
    return words.send(api, *waiting, sent.key)


@when("the sale is reported twice without a key", target_fixture="both")
def twice_without_key(api: Api, waiting: Waiting) -> list[Sent]:
    return [words.send(api, *waiting, "") for _ in range(2)]


@when("the sale is reported twice without a key, a millisecond apart", target_fixture="both")
def millisecond_apart(api: Api, waiting: Waiting) -> list[Sent]:
    operation, body = waiting
    later = datetime.fromisoformat(body["checkoutDateTime"]) + timedelta(milliseconds=1)
    return [words.send(api, operation, b, "") for b in (body, body | {"checkoutDateTime": baskets.moment(later)})]


@when(parsers.parse("the partner calls {call}, and again under the same key"), target_fixture="taken")
def called_twice(api: Api, account: Account, waiting: Waiting, call: str) -> TakenBack:
    start = account.look()
    first = words.send(api, *waiting)
    between = account.look()
    repeat = words.again(api, first)
    return TakenBack(first, repeat, start - between, between - account.look())


@then("the other sale is answered as configured")
def mismatch(sent: Sent, other: Sent, partner: Partner) -> None:
    how = partner.setting("idem.mismatch")
    if how == "replay":
        words.expect_repeat(sent, other, partner)
    else:
        expect_equal("the other sale", other.reply.status, int(how))


@then("the collector has the miles of one sale, or of both, as configured")
def once_or_twice(account: Account, partner: Partner) -> None:
    expect_equal("the miles credited", account.change, 5 if partner.setting("idem.contentFallback") else 10)


@then("the repeat changes nothing")
def repeat_changes_nothing(taken: TakenBack, partner: Partner) -> None:
    words.expect_done(taken.first)
    if taken.by_first <= 0:
        raise CannotJudge("the first took nothing back, so its repeat tells nothing")
    words.expect_repeat(taken.first, taken.repeat, partner)
    expect_equal("miles the repeat took back", taken.by_repeat, 0)


def _sale(partner: Partner, clock: Clock) -> Waiting:
    return baskets.earning(partner, clock, baskets.method_of(partner), words.number(partner, "collecting"), 5)
