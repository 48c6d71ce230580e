"""RECORD: transactions that are noted only."""

from pytest_bdd import parsers, then, when

from accredit import Api, Clock, Control, Partner, expect_equal

from . import baskets, words
from .words import Sent

_RECORD = "recordTransaction"


@when(parsers.re(r'the partner records a transaction of the collector "(?P<role>[^"]+)"$'), target_fixture="sent")
def recorded(api: Api, partner: Partner, clock: Clock, role: str) -> Sent:
    return words.send(api, _RECORD, baskets.basket(partner, clock, words.number(partner, role)), "")


@when(
    parsers.re(r'the partner records a transaction of the collector "(?P<role>[^"]+)" under a key$'),
    target_fixture="sent",
)
def recorded_under_key(api: Api, partner: Partner, clock: Clock, role: str) -> Sent:
    return words.send(api, _RECORD, baskets.basket(partner, clock, words.number(partner, role)))


@when("the partner records a transaction of a customer who is no collector", target_fixture="sent")
def of_nobody(api: Api, partner: Partner, clock: Clock) -> Sent:
    body = {name: value for name, value in baskets.basket(partner, clock, "").items() if name != "collectorNumber"}
    return words.send(api, _RECORD, body, "")


@then("it is stored twice")
def stored_twice(simulator: Control, sent: Sent) -> None:
    expect_equal("records stored", simulator.records_for(sent.transaction), 2)
