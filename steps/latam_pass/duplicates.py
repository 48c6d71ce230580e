"""Repeats: what is the same report, and what is another."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from pytest_bdd import given, parsers, then, when

from accredit import Api, CannotJudge, Clock, Partner, Polling, expect_equal

from . import words
from .words import Report


@given("a member whose balance is known", target_fixture="before")
def balance_known(api: Api, partner: Partner, alone: Callable[[str], None]) -> int:
    alone("the balance of repeating")
    return words.balance(api, partner, _member(partner)["ffn"])


@given("a report that was credited", target_fixture="original")
def credited(api: Api, partner: Partner, clock: Clock, polling: Polling, alone: Callable[[str], None]) -> Report:
    alone("the balance of repeating")
    report = words.acknowledged(api, partner, words.purchase(partner, clock, _member(partner)))
    if words.final(api, partner, clock, polling, report)["status"] != "PROCESSED":
        raise CannotJudge("a report that should have been credited was not")
    return report


@when(parsers.parse("the partner sends a report of {points:d} points twice"), target_fixture="both")
def twice(api: Api, partner: Partner, clock: Clock, points: int) -> tuple[Report, Report]:
    body = words.purchase(partner, clock, _member(partner), points)
    return words.send(api, body), words.send(api, body)


@when(
    parsers.parse("the partner sends a report of {points:d} points twice, described in other words"),
    target_fixture="both",
)
def twice_in_other_words(api: Api, partner: Partner, clock: Clock, points: int) -> tuple[Report, Report]:
    body = words.purchase(partner, clock, _member(partner), points)
    return words.send(api, body), words.send(api, body | {"description": "The same purchase, described in other words"})


@when(parsers.parse("the partner sends a report that differs from it in {difference} only"), target_fixture="report")
def differing(api: Api, partner: Partner, original: Report, difference: str) -> Report:
    return words.send(api, _changed(original.body, partner, difference))


@then("the repeat is answered as configured")
def as_configured(both: tuple[Report, Report], api: Api, partner: Partner, clock: Clock, polling: Polling) -> None:
    first, repeat = both
    expect_equal("the first report", first.reply.status, partner.setting("accrual.successStatus"))
    policy = partner.setting("accrual.duplicate")
    if policy.startswith("sync"):
        expect_equal("the repeat", repeat.reply.status, int(policy.removeprefix("sync")))
    elif policy == "returnOriginal":
        expect_equal("the repeat's id", repeat.reply.json.get("id"), first.reply.json.get("id"))
    else:
        words.expect_status(words.final(api, partner, clock, polling, repeat), "CANCELLED")


@then(parsers.parse("the member has {points:d} points more"))
def has_more(
    both: tuple[Report, Report], before: int, api: Api, partner: Partner, clock: Clock, polling: Polling, points: int
) -> None:
    for report in both:
        if report.reply.is_success:
            words.final(api, partner, clock, polling, report)
    expect_equal("the points credited", words.balance(api, partner, _member(partner)["ffn"]) - before, points)


@then("that report is credited as well")
def credited_as_well(report: Report, api: Api, partner: Partner, clock: Clock, polling: Polling) -> None:
    expect_equal("the report", report.reply.status, partner.setting("accrual.successStatus"))
    words.expect_status(words.final(api, partner, clock, polling, report), "PROCESSED")


def _member(partner: Partner) -> dict[str, Any]:
    return {"ffn": partner.member("repeating")["ffn"]}


def _changed(body: Mapping[str, Any], partner: Partner, difference: str) -> dict[str, Any]:
    later = datetime.fromisoformat(body["partnerOriginDate"]) + timedelta(milliseconds=1)
    changes: Mapping[str, Mapping[str, Any]] = {
        "points": {"points": body["points"] + 1},
        "origin date": {"partnerOriginDate": words.moment(later)},
        "partner transaction id": {"partnerTransactionId": partner.new_id("tx")},
        "member": {"member": {"ffn": partner.member("collecting")["ffn"]}},
    }
    # The accrual id is no part of the duplicate rule; a new one lets the status tell the two apart.
    return {**body, **changes[difference], "partnerAccrualId": partner.new_id("acc")}
