"""Reports of points: sent, acknowledged, refused, lost on the way, held back."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any

from pytest_bdd import given, parsers, then, when

from accredit import Api, Clock, ConnectionBroken, Control, Exchange, Partner, Polling, Reply, expect, expect_equal

from . import words
from .words import Report

_ID_FIELDS = {"partner transaction id": "partnerTransactionId", "partner accrual id": "partnerAccrualId"}


@given("a purchase made yesterday evening, four hours behind UTC", target_fixture="made_at")
def yesterday_evening(clock: Clock) -> str:
    at = clock.now().astimezone(words.FOUR_HOURS_BEHIND) - timedelta(days=1)
    return words.moment(at.replace(hour=19, minute=42, second=7, microsecond=123000))


@given("the answer to the next report will be lost after it was accepted", target_fixture="before")
def answer_lost(simulator: Control, partner: Partner) -> int:
    simulator.lose_next_answer("requestAccrual", accepted=True)
    return int(simulator.balance_of(words.part(partner, "collecting", "ffn")))


@given("the next report will be lost on its way", target_fixture="before")
def report_lost(simulator: Control, partner: Partner) -> int:
    simulator.lose_next_answer("requestAccrual", accepted=False)
    return int(simulator.balance_of(words.part(partner, "collecting", "ffn")))


@given(parsers.parse("only {calls:d} reports within {seconds:d} seconds are allowed"))
def reports_limited(simulator: Control, calls: int, seconds: int) -> Iterator[None]:
    simulator.limit("requestAccrual", calls, seconds)
    yield
    simulator.lift_limits()


@when(parsers.parse("the partner reports {points:d} points by code"), target_fixture="report")
def by_code(api: Api, partner: Partner, clock: Clock, points: int) -> Report:
    return words.send(
        api, words.purchase(partner, clock, words.known_by(partner, "known by member code", "ffn"), points)
    )


@when(parsers.parse("the partner reports {points:d} points by document"), target_fixture="report")
def by_document(api: Api, partner: Partner, clock: Clock, points: int) -> Report:
    return words.send(
        api, words.purchase(partner, clock, words.known_by(partner, "known by document only", "document"), points)
    )


@when(
    parsers.parse(
        'the partner reports {points:d} points with the code of "{coded}" and the document of "{documented}"'
    ),
    target_fixture="report",
)
def by_both(api: Api, partner: Partner, clock: Clock, points: int, coded: str, documented: str) -> Report:
    member = words.known_by(partner, coded, "ffn") | {"document": words.part(partner, documented, "document")}
    return words.send(api, words.purchase(partner, clock, member, points))


@when(parsers.parse("the partner reports a purchase with a {kind} of {length:d} characters"), target_fixture="report")
def with_id(api: Api, partner: Partner, clock: Clock, kind: str, length: int) -> Report:
    body = words.purchase(partner, clock, words.known_by(partner, "known by member code", "ffn"))
    return words.send(api, body | {_ID_FIELDS[kind]: partner.new_id("long").ljust(length, "x")})


@when("the partner reports that purchase", target_fixture="report")
def that_purchase(api: Api, partner: Partner, clock: Clock, made_at: str) -> Report:
    return words.send(
        api,
        words.purchase(
            partner, clock, words.known_by(partner, "known by member code", "ffn"), partnerOriginDate=made_at
        ),
    )


@when(parsers.parse('the partner reports a purchase of the product "{role}"'), target_fixture="report")
def of_product(api: Api, partner: Partner, clock: Clock, role: str) -> Report:
    member = words.known_by(partner, "known by member code", "ffn")
    return words.send(api, words.purchase(partner, clock, member, productId=partner.product(role)))


@when("the partner reports a purchase of no points at all", target_fixture="report")
def of_no_points(api: Api, partner: Partner, clock: Clock) -> Report:
    return words.send(api, words.purchase(partner, clock, words.known_by(partner, "known by member code", "ffn"), 0))


@when(parsers.parse("the partner reports {points:d} points and hears nothing"), target_fixture="unheard")
def hears_nothing(api: Api, partner: Partner, clock: Clock, points: int) -> Mapping[str, Any]:
    body = words.purchase(partner, clock, words.known_by(partner, "collecting", "ffn"), points)
    try:
        reply = words.send(api, body).reply
    except ConnectionBroken:
        return body
    expect(False, "the report", wanted="no answer", got=reply.status)
    return body


@when(parsers.parse("the partner makes {count:d} reports in a row"), target_fixture="report")
def in_a_row(api: Api, partner: Partner, clock: Clock, count: int) -> Report:
    member = words.known_by(partner, "known by member code", "ffn")
    return [words.send(api, words.purchase(partner, clock, member)) for _ in range(count)][-1]


@then("the report is acknowledged, with an id and a correlation id")
def is_acknowledged(report: Report, partner: Partner) -> None:
    expect_equal("the report", report.reply.status, partner.setting("accrual.successStatus"))
    told = words.told(report.reply)
    missing = [name for name in ("id", "correlationId") if not told.get(name)]
    expect_equal("fields missing from the acknowledgement", missing, [])


@then(parsers.parse('the report becomes PROCESSED for the member "{role}"'))
def processed_for(report: Report, api: Api, partner: Partner, clock: Clock, polling: Polling, role: str) -> None:
    _expect_taken(report, partner)
    item = words.final(api, partner, clock, polling, report)
    words.expect_status(item, "PROCESSED")
    expect_equal("the member credited", item.get("ffn"), words.part(partner, role, "ffn"))


@then("the report for nobody is turned down as configured")
def nobody_turned_down(report: Report, api: Api, partner: Partner, clock: Clock, polling: Polling) -> None:
    _expect_turned_down(report, partner.setting("accrual.unknownMember"), api, partner, clock, polling)


@then("the report for the wrong product is turned down as configured")
def product_turned_down(report: Report, api: Api, partner: Partner, clock: Clock, polling: Polling) -> None:
    _expect_turned_down(report, partner.setting("accrual.badProduct"), api, partner, clock, polling)


@then("the report is taken")
def is_taken(report: Report, partner: Partner) -> None:
    _expect_taken(report, partner)


@then("the report is refused")
def is_refused(report: Report) -> None:
    expect_equal("the report", report.reply.status, 400)


@then(parsers.parse('the report is refused, and the field "{name}" is named'))
def is_refused_by_name(report: Report, name: str) -> None:
    expect_equal("the report", report.reply.status, 400)
    expect_equal("the fields named", sorted(words.expect_named_fields(report.reply)), [name])


@then("the report was sent once")
def report_sent_once(exchanges: Sequence[Exchange]) -> None:
    words.expect_one_call(exchanges, "requestAccrual")


@then("the status shows that same moment")
def same_moment(report: Report, api: Api, partner: Partner, clock: Clock, polling: Polling, made_at: str) -> None:
    _expect_taken(report, partner)
    expect_equal(
        "the origin date shown", _shown(report, api, partner, clock, polling).get("partnerOriginDate"), made_at
    )


@then("the status shows that product, character for character")
def same_product(report: Report, api: Api, partner: Partner, clock: Clock, polling: Polling) -> None:
    _expect_taken(report, partner)
    expect_equal(
        "the product shown", _shown(report, api, partner, clock, polling).get("productId"), report.body["productId"]
    )


@then("the status knows the report", target_fixture="report")
def is_known(unheard: Mapping[str, Any], api: Api, partner: Partner, clock: Clock, polling: Polling) -> Report:
    words.first_pause(clock, polling)
    found = words.items(words.ask(api, partner, partnerTransactionId=unheard["partnerTransactionId"]))
    mine = [item for item in found if item.get("partnerAccrualId") == unheard["partnerAccrualId"]]
    expect_equal("reports known by that transaction id", len(mine), 1)
    return Report(unheard, Reply(200, {}, b'{"correlationId": "%s"}' % str(mine[0]["correlationId"]).encode(), 0))


@then("the status does not know the report")
def is_not_known(unheard: Mapping[str, Any], api: Api, partner: Partner, clock: Clock, polling: Polling) -> None:
    words.first_pause(clock, polling)
    expect_equal(
        "reports known by that transaction id",
        words.items(words.ask(api, partner, partnerTransactionId=unheard["partnerTransactionId"])),
        [],
    )


@then(parsers.parse('the member "{role}" is credited {points:d} points once'))
def credited_once(report: Report, before: int, api: Api, partner: Partner, clock: Clock, polling: Polling, simulator: Control,
                  role: str, points: int) -> None:  # fmt: skip
    words.expect_status(words.final(api, partner, clock, polling, report), "PROCESSED")
    expect_equal("the points credited", simulator.balance_of(words.part(partner, role, "ffn")) - before, points)


@then(parsers.parse('the same report sent again credits the member "{role}" {points:d} points once'))
def sent_again(unheard: Mapping[str, Any], before: int, api: Api, partner: Partner, clock: Clock, polling: Polling, simulator: Control,
               role: str, points: int) -> None:  # fmt: skip
    credited_once(words.send(api, unheard), before, api, partner, clock, polling, simulator, role, points)


@then("the last report is held back by the rate limit")
def report_held_back(report: Report) -> None:
    words.expect_held_back(report.reply)


@then("the same report is taken after backing off")
def report_patiently(report: Report, api: Api, partner: Partner, clock: Clock, polling: Polling) -> None:
    taken = Report(report.body, api.patiently("requestAccrual", json=report.body))
    words.expect_patience(taken.reply)
    words.expect_status(words.final(api, partner, clock, polling, taken), "PROCESSED")


def _expect_taken(report: Report, partner: Partner) -> None:
    expect_equal("the report", report.reply.status, partner.setting("accrual.successStatus"))


def _expect_turned_down(
    report: Report, policy: str, api: Api, partner: Partner, clock: Clock, polling: Polling
) -> None:
    """At once with the status that the setting names, or later as CANCELLED."""
    if policy.startswith("sync"):
        expect_equal("the report", report.reply.status, int(policy.removeprefix("sync")))
        return
    _expect_taken(report, partner)
    words.expect_status(words.final(api, partner, clock, polling, report), "CANCELLED")


def _shown(report: Report, api: Api, partner: Partner, clock: Clock, polling: Polling) -> Mapping[str, Any]:
    words.first_pause(clock, polling)
    item = words.status_of(api, partner, report)
    expect(item is not None, "the status", wanted="the report", got="nothing")
    return item or {}
