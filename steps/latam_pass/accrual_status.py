"""The status of reports: found by each filter, read to the last page, final for good."""

from collections.abc import Mapping
from typing import Any

from pytest_bdd import given, parsers, then, when

from accredit import Api, CannotJudge, Clock, Control, Partner, Polling, Reply, expect, expect_equal

from . import words
from .words import Report


@given("a report that was acknowledged", target_fixture="report")
def one_report(api: Api, partner: Partner, clock: Clock) -> Report:
    return words.acknowledged(api, partner, _purchase(partner, clock))


@given(parsers.parse("{count:d} reports that were acknowledged"), target_fixture="reports")
def several_reports(api: Api, partner: Partner, clock: Clock, count: int) -> list[Report]:
    return [words.acknowledged(api, partner, _purchase(partner, clock)) for _ in range(count)]


@given("a report that has become PROCESSED", target_fixture="report")
def processed_report(api: Api, partner: Partner, clock: Clock, polling: Polling) -> Report:
    report = words.acknowledged(api, partner, _purchase(partner, clock))
    if words.final(api, partner, clock, polling, report)["status"] != "PROCESSED":
        raise CannotJudge("a report that should have become PROCESSED did not")
    return report


@given("a member whose points in the books are known", target_fixture="before")
def points_known(simulator: Control, partner: Partner) -> int:
    return int(simulator.balance_of(words.part(partner, "with a tier", "ffn")))


@given(
    parsers.parse("a report of {points:d} points for that member that will take {seconds:d} seconds"),
    target_fixture="report",
)
def slow_report(api: Api, partner: Partner, clock: Clock, simulator: Control, points: int, seconds: int) -> Report:
    simulator.decide_next_accrual("PROCESSED", seconds)
    return words.acknowledged(
        api, partner, words.purchase(partner, clock, words.known_by(partner, "with a tier", "ffn"), points)
    )


@given(
    parsers.parse("a report of {points:d} points for that member that LATAM Pass will cancel"), target_fixture="report"
)
def doomed_report(api: Api, partner: Partner, clock: Clock, simulator: Control, points: int) -> Report:
    simulator.decide_next_accrual("CANCELLED", 20)
    return words.acknowledged(
        api, partner, words.purchase(partner, clock, words.known_by(partner, "with a tier", "ffn"), points)
    )


@when("the partner asks for it by correlation id", target_fixture="reply")
def by_correlation(api: Api, partner: Partner, clock: Clock, polling: Polling, report: Report) -> Reply:
    words.first_pause(clock, polling)
    return words.ask(api, partner, correlationId=report.correlation)


@when("the partner asks for it by partner transaction id", target_fixture="reply")
def by_transaction(api: Api, partner: Partner, clock: Clock, polling: Polling, report: Report) -> Reply:
    words.first_pause(clock, polling)
    return words.ask(api, partner, partnerTransactionId=report.transaction)


@when("the partner asks for it by partner accrual id", target_fixture="reply")
def by_accrual(api: Api, partner: Partner, clock: Clock, polling: Polling, report: Report) -> Reply:
    words.first_pause(clock, polling)
    return words.ask(api, partner, partnerAccrualId=str(report.body["partnerAccrualId"]))


@when("the partner asks for a report without its own identifier", target_fixture="reply")
def without_identifier(api: Api, partner: Partner) -> Reply:
    return api.call("getAccruals", query={"partnerTransactionId": partner.new_id("tx")})


@when("the partner asks for a report that was never made", target_fixture="reply")
def never_made(api: Api, partner: Partner) -> Reply:
    return words.ask(api, partner, partnerTransactionId=partner.new_id("never"))


@when(parsers.parse("the partner reads all its reports, {size:d} to a page"), target_fixture="pages")
def all_pages(api: Api, partner: Partner, clock: Clock, polling: Polling, size: int) -> list[Reply]:
    if partner.setting("accrual.get.requireFilter"):
        raise CannotJudge("a question must name one report, so no answer has more than one page.")
    words.first_pause(clock, polling)
    pages = [words.ask(api, partner, size=str(size))]
    count = words.told(pages[0]).get("totalPages")
    expect(isinstance(count, int), "totalPages", wanted="a whole number", got=repr(count))
    for number in range(2, int(count or 0) + 1):
        pages.append(words.ask(api, partner, size=str(size), **{partner.setting("accrual.get.pageParam"): str(number)}))
    return pages


@when(parsers.parse("{seconds:d} seconds have gone by"))
def seconds_go_by(clock: Clock, seconds: int) -> None:
    clock.wait(seconds)


@when("the partner asks by the published schedule until the status is final", target_fixture="item")
def until_final(api: Api, partner: Partner, clock: Clock, polling: Polling, report: Report) -> dict[str, Any]:
    return words.final(api, partner, clock, polling, report)


@when(parsers.parse("the partner asks for it {times:d} more times"), target_fixture="statuses")
def asks_again(api: Api, partner: Partner, clock: Clock, polling: Polling, report: Report, times: int) -> list[Any]:
    statuses = []
    for pause in words.later_pauses(polling, times):
        clock.wait(pause)
        statuses.append((words.status_of(api, partner, report) or {}).get("status"))
    return statuses


@then("exactly that report is shown")
def exactly_that(reply: Reply, report: Report, partner: Partner) -> None:
    expect_equal("the status query", reply.status, partner.setting("accrual.get.successStatus"))
    shown = [(item.get("partnerTransactionId"), item.get("partnerAccrualId")) for item in words.items(reply)]
    expect_equal("the reports shown", shown, [(report.transaction, report.body["partnerAccrualId"])])


@then("the question is refused")
def question_refused(reply: Reply) -> None:
    expect_equal("the status query", reply.status, 400)


@then("nothing is known of it")
def nothing_known(reply: Reply, partner: Partner) -> None:
    empty = partner.setting("accrual.get.empty")
    wanted = partner.setting("accrual.get.successStatus") if empty == 200 else empty
    expect_equal("the status query", reply.status, wanted)
    expect_equal("the reports shown", words.items(reply), [])


@then(parsers.parse("the {count:d} reports are among them"))
def are_among(pages: list[Reply], reports: list[Report], count: int) -> None:
    shown = {item.get("partnerTransactionId") for page in pages for item in words.items(page)}
    expect_equal("reports on no page", [r.transaction for r in reports if r.transaction not in shown], [])
    expect_equal("the reports made", len(reports), count)


@then("as many were read as the answer's totalItens says")
def count_agrees(pages: list[Reply]) -> None:
    told = words.told(pages[0])
    expect("totalItens" in told, "the answer", wanted="a totalItens, spelled so", got=sorted(told))
    expect_equal("the reports read", sum(len(words.items(page)) for page in pages), told["totalItens"])


@then("the report is still PROCESSING, and the member is credited nothing")
def still_processing(report: Report, before: int, api: Api, partner: Partner, simulator: Control) -> None:
    words.expect_status(words.status_of(api, partner, report) or {}, "PROCESSING")
    _expect_credited(simulator, report, before, 0)


@then(parsers.parse("once it is PROCESSED the member is credited {points:d} points"))
def then_credited(
    report: Report,
    before: int,
    api: Api,
    partner: Partner,
    clock: Clock,
    polling: Polling,
    simulator: Control,
    points: int,
) -> None:
    words.expect_status(words.final(api, partner, clock, polling, report, asked=1), "PROCESSED")
    _expect_credited(simulator, report, before, points)


@then("the report is PROCESSED with a LATAM accrual id")
def processed_with_id(item: Mapping[str, Any]) -> None:
    words.expect_status(item, "PROCESSED")
    number = item.get("latamAccrualId")
    expect(isinstance(number, str) and bool(number), "the LATAM accrual id", wanted="a text", got=repr(number))


@then("points, product and ids are those of the report")
def same_as_sent(item: Mapping[str, Any], report: Report) -> None:
    for name in ("points", "productId", "partnerTransactionId", "partnerAccrualId"):
        expect_equal(f"{name} in the status", item.get(name), report.body[name])


@then("the report is CANCELLED, without a LATAM accrual id, and the member is credited nothing")
def cancelled(item: Mapping[str, Any], report: Report, before: int, simulator: Control) -> None:
    words.expect_status(item, "CANCELLED")
    expect_equal("the LATAM accrual id", item.get("latamAccrualId"), None)
    _expect_credited(simulator, report, before, 0)


@then("it was PROCESSED each time")
def each_time(statuses: list[Any]) -> None:
    expect_equal("the statuses read", sorted(set(map(str, statuses))), ["PROCESSED"])


def _purchase(partner: Partner, clock: Clock, points: int = 120) -> dict[str, Any]:
    return words.purchase(partner, clock, words.known_by(partner, "known by both", "ffn"), points)


def _expect_credited(simulator: Control, report: Report, before: int, points: int) -> None:
    expect_equal("the points credited", simulator.balance_of(report.body["member"]["ffn"]) - before, points)
