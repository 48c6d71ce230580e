"""Collectors: numbers that are none, accounts that cannot be credited, and where a credit shows."""

from collections.abc import Callable
from datetime import timedelta

from pytest_bdd import given, parsers, then, when

from accredit import Api, Clock, Control, Partner, expect, expect_equal

from . import baskets, words
from .words import Account, Sent

_FIVE = 5


@given(parsers.parse('the collector "{role}", whose Transaction History of today is known'), target_fixture="shown")
def history_known(api: Api, partner: Partner, clock: Clock, alone: Callable[[str], None], role: str) -> int:
    alone(f"the miles of {role}")
    return _issuances(api, partner, clock, words.number(partner, role))


@when(parsers.parse("a sale is reported for a collector number {written}"), target_fixture="sent")
def malformed(api: Api, partner: Partner, clock: Clock, written: str) -> Sent:
    number = words.number(partner, "collecting")
    numbers = {
        "of ten digits": number[:-1],
        "of twelve digits": number + "0",
        "that begins so: 7": "7" + number[1:],
        "with a letter": number[:-1] + "A",
    }
    return words.send(api, *baskets.earning(partner, clock, baskets.method_of(partner), numbers[written], _FIVE))


@when(parsers.parse('a sale is reported for the collector "{role}"'), target_fixture="sent")
def for_role(api: Api, partner: Partner, clock: Clock, role: str) -> Sent:
    number = words.number(partner, role)
    return words.send(api, *baskets.earning(partner, clock, baskets.method_of(partner), number, _FIVE))


@when("the collector leaves the till with 5 miles more", target_fixture="sent")
def at_the_till(api: Api, partner: Partner, clock: Clock, account: Account) -> Sent:
    """Of a bonus offer where the partner calculates: those may be settled elsewhere, and have to show as soon."""
    if partner.claims("partner_calculated"):
        sent = words.send(api, "postMiles", baskets.sale(partner, clock, account.number, _FIVE, "bonus offer"))
    else:
        sent = words.send(api, *baskets.earning(partner, clock, baskets.method_of(partner), account.number, _FIVE))
    words.expect_done(sent)
    return sent


@then(parsers.parse("it is turned away because the account is {standing}"))
def turned_away(sent: Sent, partner: Partner, standing: str) -> None:
    expect_equal("the answer", sent.reply.status, partner.setting("collector.status.rejections")[standing])


@then("the merged account is treated as configured")
def merged(sent: Sent, simulator: Control, account: Account, partner: Partner) -> None:
    reaches = partner.setting("collector.status.merged") == "survivor"
    expect_equal("the answer", sent.reply.status, 200 if reaches else 400)
    expect_equal("miles of the surviving account", account.change, _FIVE if reaches else 0)
    expect_equal("miles of the merged account", simulator.miles_of(words.number(partner, "merged")), 0)


@then("Transaction History shows one issuance more")
def one_more(api: Api, partner: Partner, clock: Clock, sent: Sent, shown: int) -> None:
    words.expect_done(sent)
    expect_equal("issuances shown", _issuances(api, partner, clock, str(sent.body["collectorNumber"])) - shown, 1)


def _issuances(api: Api, partner: Partner, clock: Clock, number: str) -> int:
    """How many issuances Transaction History shows of yesterday, today and tomorrow, on all its pages."""
    today, count, page, size = clock.now().date(), 0, 0, 50
    while True:
        query = {
            "from": str(today - timedelta(days=1)),
            "to": str(today + timedelta(days=1)),
            "sponsorList": partner.product("sponsor"),
            "collectorNumber": number,
            "page": str(page),
            "size": str(size),
        }
        reply = api.call("findActivity", query=query, headers={"Channel-Code": "MOBAPP", "Accept-Language": "EN"})
        expect_equal("Transaction History", reply.status, 200)
        told = reply.json.get("_embedded", {}).get("genericActivityDtoList", [])
        expect(isinstance(told, list), "the activity", wanted="a list", got=type(told).__name__)
        count += sum(str(entry.get("activityType", "")).upper() == "ISSUANCE" for entry in told)
        if len(told) < size:
            return count
        page += 1
