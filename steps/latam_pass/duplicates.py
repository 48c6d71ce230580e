"""Repeats: what is the same report, and what is another."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from pytest_bdd import given, parsers, then, when

from accredit import Api, CannotJudge, Clock, Partner, Polling, expect_equal

from . import words
from .words import Report


@given("a member for whom nobody else reports")
def nobody_else(alone: Callable[[str], None]) -> None:
    alone("the balance of repeating")


@given("a member whose balance is known", target_fixture="before")
def balance_known(api: Api, partner: Partner, alone: Callable[[str], None]) -> int:
    alone("the balance of repeating")
    return words.balance(api, partner, words.part(partner, "repeating", "ffn"))


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


@when("the partner sends it again, described in other words", target_fixture="both")
def again_in_other_words(api: Api, original: Report) -> tuple[Report, Report]:
    return original, words.send(api, {**original.body, "description": "The same purchase, described in other words"})


@when(parsers.parse("the partner sends a report that differs from it in {difference} only"), target_fixture="report")
def differing(api: Api, partner: Partner, original: Report, difference: str) -> Report:
    return words.send(api, _changed(original.body, partner, difference))


@then("the first is credited, and the repeat is answered as configured")
def only_the_first(both: tuple[Report, Report], api: Api, partner: Partner, clock: Clock, polling: Polling) -> None:
    expect_equal("the first report", both[0].reply.status, partner.setting("accrual.successStatus"))
    words.expect_status(words.final(api, partner, clock, polling, both[0]), "PROCESSED")
    as_configured(both, api, partner, clock, polling)


@then("the repeat is answered as configured")
def as_configured(both: tuple[Report, Report], api: Api, partner: Partner, clock: Clock, polling: Polling) -> None:
    first, repeat = both
    policy = partner.setting("accrual.duplicate")
    if policy.startswith("sync"):
        expect_equal("the repeat", repeat.reply.status, int(policy.removeprefix("sync")))
        return
    expect_equal("the repeat", repeat.reply.status, partner.setting("accrual.successStatus"))
    if policy == "returnOriginal":
        expect_equal("the repeat's id", words.told(repeat.reply).get("id"), words.told(first.reply).get("id"))
    else:
        words.expect_status(words.final(api, partner, clock, polling, repeat), "CANCELLED")


@then(parsers.parse("the member has {points:d} points more"))
def has_more(
    both: tuple[Report, Report], before: int, api: Api, partner: Partner, clock: Clock, polling: Polling, points: int
) -> None:
    for report in both:
        if report.reply.is_success:
            words.final(api, partner, clock, polling, report)
    expect_equal(
        "the points credited", words.balance(api, partner, words.part(partner, "repeating", "ffn")) - before, points
    )


@then("that report is credited as well")
def credited_as_well(report: Report, api: Api, partner: Partner, clock: Clock, polling: Polling) -> None:
    expect_equal("the report", report.reply.status, partner.setting("accrual.successStatus"))
    words.expect_status(words.final(api, partner, clock, polling, report), "PROCESSED")


def _member(partner: Partner) -> dict[str, Any]:
    return words.known_by(partner, "repeating", "ffn")


def _changed(body: Mapping[str, Any], partner: Partner, difference: str) -> dict[str, Any]:
    later = datetime.fromisoformat(body["partnerOriginDate"]) + timedelta(milliseconds=1)
    changes: Mapping[str, Mapping[str, Any]] = {
        "points": {"points": body["points"] + 1},
        "origin date": {"partnerOriginDate": words.moment(later)},
        "partner transaction id": {"partnerTransactionId": partner.new_id("tx")},
        "member": {"member": words.known_by(partner, "collecting", "ffn")},
    }
    # The accrual id is no part of the duplicate rule; a new one lets the status tell the two apart.
    return {**body, **changes[difference], "partnerAccrualId": partner.new_id("acc")}
