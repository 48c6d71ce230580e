"""Notifications: LATAM Pass calls, the partner listens. Each scenario's address is its own."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from uuid import uuid4

from pytest_bdd import given, parsers, then, when

from accredit import Api, Callbacks, Clock, Control, Exchange, Expected, NotApplicable, Partner, expect_equal

from . import words
from .words import Report

_HOUR = 3600
_DAY = 24 * _HOUR
_LONGEST = 8 * _DAY
"""Seconds. How long retries go on is seven days; a day more shows that they have ended."""


@dataclass(frozen=True)
class Address:
    """Where the partner is notified, and the credentials it gave for that."""

    url: str
    username: str
    password: str


@dataclass(frozen=True)
class Awaited:
    """A report, and the notification that is to come for it."""

    report: Report
    notification: Expected


@given("the partner is notified at an address of its own", target_fixture="address")
def address_given(simulator: Control, partner: Partner, callbacks: Callbacks) -> Iterator[Address]:
    partner.needs("notifications")
    name = partner.new_id("notified")
    address = Address(callbacks.url_for(name), name, uuid4().hex)
    simulator.notify_at(address.url, address.username, address.password)
    yield address
    callbacks.turn_away(0)
    simulator.notify_nobody()


@given("LATAM Pass has its password wrong")
def password_wrong(simulator: Control, partner: Partner, address: Address) -> None:
    if partner.setting("webhook.auth") == "none":
        raise NotApplicable("notifications show no credentials, so none can be wrong")
    simulator.notify_at(address.url, address.username, uuid4().hex)


@given("that address is out of order")
def out_of_order(callbacks: Callbacks) -> None:
    callbacks.turn_away(503)


@given("the next notification will be lost")
def notification_lost(simulator: Control) -> None:
    simulator.lose_next_notification()


@when("the partner reports a purchase and waits to be notified", target_fixture="awaited")
def reports(api: Api, partner: Partner, clock: Clock, callbacks: Callbacks, address: Address) -> Awaited:
    return _reported(api, partner, clock, callbacks, address)


@when("the partner reports a purchase that LATAM Pass will cancel, and waits to be notified", target_fixture="awaited")
def reports_doomed(
    api: Api, partner: Partner, clock: Clock, callbacks: Callbacks, simulator: Control, address: Address
) -> Awaited:
    simulator.decide_next_accrual("CANCELLED", 20)
    return _reported(api, partner, clock, callbacks, address)


@when(parsers.parse("{days:d} days go by, and the address is in order again"))
def in_order_again(clock: Clock, callbacks: Callbacks, days: int) -> None:
    clock.wait(days * _DAY)
    callbacks.turn_away(0)


@then(parsers.parse("it is notified that the report is {status}, with the credentials it gave"))
def notified(awaited: Awaited, callbacks: Callbacks, status: str) -> None:
    _expect_notified(awaited, callbacks, status)


@then("a notification with the wrong credentials is refused")
def refused(awaited: Awaited, callbacks: Callbacks, clock: Clock) -> None:
    clock.wait_for(lambda: bool(awaited.notification.came), _HOUR)
    expect_equal("the notifications so far", {d.kind for d in awaited.notification.came}, {"unauthorised"})
    callbacks.claim("unauthorised")


@then(parsers.parse("once the password is corrected it is notified that the report is {status}"))
def notified_when_corrected(
    awaited: Awaited, callbacks: Callbacks, clock: Clock, simulator: Control, address: Address, status: str
) -> None:
    simulator.notify_at(address.url, address.username, address.password)
    came = awaited.notification.came
    clock.wait_for(lambda: any(d.kind == "as promised" for d in came), _LONGEST)
    callbacks.claim("unauthorised")  # one may have been under way
    expect_equal("the status it tells", [d.json["status"] for d in came if d.kind == "as promised"], [status])


@then("no notification comes any more")
def no_more(awaited: Awaited, callbacks: Callbacks, clock: Clock) -> None:
    clock.wait(2 * _DAY)
    expect_equal("the notifications that came", [d.kind for d in callbacks.all_for(awaited.notification)], [])


@then(parsers.parse("there is silence for {hours:d} hours"))
def silence(awaited: Awaited, callbacks: Callbacks, clock: Clock, hours: int) -> None:
    clock.wait(hours * _HOUR + 1)
    expect_equal("the notifications that came", callbacks.all_for(awaited.notification), [])


@then(parsers.parse("the status, asked for only then, shows the report {status}"))
def status_tells(
    awaited: Awaited, api: Api, partner: Partner, exchanges: Sequence[Exchange], clock: Clock, status: str
) -> None:
    mine = exchanges[-1].scenario
    asked = [e.number for e in exchanges if e.scenario == mine and e.operation == "getAccruals"]
    expect_equal("questions about it before", asked, [])
    words.expect_status(words.status_of(api, partner, awaited.report) or {}, status)


def _reported(api: Api, partner: Partner, clock: Clock, callbacks: Callbacks, address: Address) -> Awaited:
    """The partner gives the correlation id itself, so that it knows what to listen for before LATAM Pass has answered."""
    body = words.purchase(partner, clock, words.known_by(partner, "collecting", "ffn"), correlationId=str(uuid4()))
    basic = (address.username, address.password) if partner.setting("webhook.auth") == "basic" else None
    notification = callbacks.expect("accrualNotification", by={"correlationId": body["correlationId"]},
                                    within=_LONGEST, basic=basic)  # fmt: skip
    return Awaited(words.acknowledged(api, partner, body), notification)


def _expect_notified(awaited: Awaited, callbacks: Callbacks, status: str) -> None:
    delivered = callbacks.wait_for(awaited.notification)
    expect_equal("the notification", delivered.kind.value, "as promised")
    expect_equal("the status it tells", delivered.json["status"], status)
