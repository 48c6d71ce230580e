"""Reports of points, how they settle, and repeats."""

from typing import Any

import pytest

from tests.latam_pass.bench import LATER, SOON, Bench, told


def test_a_report_is_acknowledged_and_credited_once_it_settles(bench: Bench) -> None:
    bench.simulator.decide_next_accrual("PROCESSED", SOON)
    answer = bench.report()
    early, credited_early = bench.items(id=192)[0], bench.balance()
    bench.wait(SOON)
    late = bench.items(id=192)[0]

    assert answer.status == 202
    assert told(answer) == {
        "id": 192,
        "correlationId": early["correlationId"],
        "status": "PROCESSING",
        "partnerAccrualId": "acc-1",
        "partnerTransactionId": "tx-1",
    }
    assert (early["status"], credited_early, "latamAccrualId" in early) == ("PROCESSING", 0, False)
    assert (late["status"], bench.balance(), late["latamAccrualId"]) == ("PROCESSED", 120, "100192")
    assert (late["createdAt"], late["updatedAt"]) == (
        "2026-11-21T12:00:00.000000+00:00",
        "2026-11-21T12:00:20.000000+00:00",
    )


def test_a_report_shows_as_it_was_sent(bench: Bench) -> None:
    sent = bench.purchase()
    bench.call("requestAccrual", sent)
    item = bench.items(partnerTransactionId=sent["partnerTransactionId"])[0]

    assert {name: item[name] for name in item if name in sent} == {
        name: value for name, value in sent.items() if name not in ("partner", "member")
    }
    assert item["ffn"] == sent["member"]["ffn"]


def test_accruals_settle_as_fast_as_published() -> None:
    """The shares final at 15, 30 and 60 seconds are the published ones; all is final at the last age."""
    bench, shares, waited = Bench(), [], 0
    for _ in range(2000):
        bench.report(points=1)
    for age in (15, 30, 60, 900):
        bench.wait(age - waited)
        waited = age
        shares.append(bench.simulator.balance_of(bench.ffn()) / 2000)

    assert shares == pytest.approx([0.93, 0.935, 0.94, 1.0], abs=0.015)


def test_the_slow_product_takes_more_than_a_minute(bench: Bench) -> None:
    bench.report(productId=bench.roles["products"]["slow"])
    bench.wait(60)
    early = bench.items()[0]["status"]
    bench.wait(60)

    assert (early, bench.items()[0]["status"]) == ("PROCESSING", "PROCESSED")


def test_the_clock_alone_settles_the_books(bench: Bench) -> None:
    bench.report()
    bench.wait(LATER)

    assert bench.simulator.balance_of(bench.ffn()) == 120


@pytest.mark.parametrize(
    ("member", "credited"),
    [
        ({"ffn": "collecting"}, "collecting"),
        ({"document": "collecting"}, "collecting"),
        ({"ffn": "collecting", "document": "another member"}, "collecting"),
        ({"ffn": "nobody", "document": "collecting"}, "collecting"),
        ({"ffn": "nobody", "document": "nobody"}, None),
    ],
)
def test_points_go_to_the_code_then_to_the_document(bench: Bench, member: dict[str, str], credited: Any) -> None:
    item = bench.ended(member={name: bench.member(role)[name] for name, role in member.items()})

    assert item["status"] == ("PROCESSED" if credited else "CANCELLED")
    assert item["ffn"] == bench.ffn(credited or "nobody")


def test_what_fails_may_fail_at_once_where_set_so() -> None:
    bench = Bench(accrual_unknownMember="sync404", accrual_badProduct="sync400")

    assert bench.report("nobody").status == 404
    assert (bench.report(productId="099").status, bench.items()) == (400, [])


def test_another_product_is_cancelled_and_says_why_where_set_so() -> None:
    shown = Bench(accrual_cancelReason_expose=True).ended(productId="099")
    hidden = Bench().ended(productId="099")

    assert (shown["status"], shown["statusDetail"]) == ("CANCELLED", "no such product")
    assert (hidden["status"], "statusDetail" in hidden) == ("CANCELLED", False)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"partner": {}}, "partner.id"),
        ({"member": {}}, "member.ffn"),
        ({"member": 5}, "member.ffn"),
        ({"member": {"ffn": {}}}, "member.ffn"),
        ({"member": {"document": {"type": "CPF"}}}, "member.document.number"),
        ({"member": {"ffn": "90000000202", "email": 5}}, "member.email"),
        ({"partnerAccrualId": ""}, "partnerAccrualId"),
        ({"partnerTransactionId": None}, "partnerTransactionId"),
        ({"partnerOriginDate": "2026-11-20T19:42:07"}, "partnerOriginDate"),
        ({"partnerOriginDate": "2026-13-20T19:42:07Z"}, "partnerOriginDate"),
        ({"partnerOriginDate": 5}, "partnerOriginDate"),
        ({"description": "x" * 256}, "description"),
        ({"points": 0}, "points"),
        ({"points": True}, "points"),
        ({"points": "120"}, "points"),
        ({"productId": 1}, "productId"),
        ({"interfaceId": 4}, "interfaceId"),
        ({"correlationId": 4}, "correlationId"),
    ],
)
def test_a_faulty_report_names_its_field(bench: Bench, changes: dict[str, Any], field: str) -> None:
    answer = bench.report(**changes)

    assert answer.status == 400
    assert field in told(answer)["details"]
    assert bench.items() == []


def test_every_faulty_field_is_named_and_no_other(bench: Bench) -> None:
    answer = told(bench.report(points=0, partnerOriginDate="2026-06-01T08:00:00", member={}))

    assert set(answer["details"]) == {"points", "partnerOriginDate", "member.ffn"}


@pytest.mark.parametrize(
    "moment", ["2026-11-20T19:42:07Z", "2026-11-20t19:42:07.1+00:00", "2022-06-19T17:10:36.177-04:00"]
)
def test_moments_have_an_offset(bench: Bench, moment: str) -> None:
    assert bench.report(partnerOriginDate=moment).status == 202


@pytest.mark.parametrize("name", ["partnerAccrualId", "partnerTransactionId"])
def test_partner_ids_have_at_most_fifty_characters(bench: Bench, name: str) -> None:
    assert bench.report(**{name: "é" * 50}).status == 202
    assert told(bench.report(**{name: "é" * 51}))["details"] == {name: "size must be between 0 and 50"}


def test_limits_of_a_report_are_settings() -> None:
    bench = Bench(accrual_limits_points=100, accrual_interfaceId_required=True, accrual_email_required=True)
    answer = bench.report()

    assert sorted(told(answer)["details"]) == ["interfaceId", "member.email", "points"]


def test_the_partners_own_correlation_id_is_kept(bench: Bench) -> None:
    assert told(bench.report(correlationId="mine"))["correlationId"] == "mine"


def test_a_report_for_another_partner_is_refused(bench: Bench) -> None:
    assert bench.report(partner={"id": "OHUTA"}).status == 403


@pytest.mark.parametrize(
    ("policy", "answered", "credited"),
    [("asyncCancel", 202, 2), ("sync409", 409, 1), ("sync400", 400, 1), ("returnOriginal", 202, 1)],
)
def test_a_repeat_credits_once_whatever_it_is_answered(policy: str, answered: int, credited: Any) -> None:
    """`credited` counts the accruals that there are; only ever one of them ends as PROCESSED."""
    bench = Bench(accrual_duplicate=policy)
    sent = bench.purchase()
    first, repeat = bench.call("requestAccrual", sent), bench.call("requestAccrual", sent)
    bench.wait(LATER)

    assert (first.status, repeat.status) == (202, answered)
    assert [item["status"] for item in bench.items()] == ["PROCESSED", "CANCELLED"][:credited]
    assert bench.balance() == 120
    if policy == "returnOriginal":
        assert told(bench.call("requestAccrual", sent)) == told(first) | {"status": "PROCESSED"}


@pytest.mark.parametrize(
    ("change", "is_repeat"),
    [
        ({"partnerAccrualId": "another"}, True),
        ({"description": "another"}, True),
        ({"productId": "007"}, True),
        ({"member": {"document": "repeating"}}, True),
        ({"points": 121}, False),
        ({"partnerTransactionId": "another"}, False),
        ({"partnerOriginDate": "2026-11-20T19:42:07.124-04:00"}, False),
        ({"member": {"ffn": "collecting"}}, False),
    ],
)
def test_five_data_make_a_repeat(change: dict[str, Any], is_repeat: bool) -> None:
    """Member, partner, transaction id, origin date, points. A document is the member it finds."""
    bench = Bench(accrual_duplicate="sync409")
    sent = bench.purchase("repeating")
    if "member" in change:
        [(name, role)] = change["member"].items()
        change = {"member": {name: bench.member(role)[name]}}
    bench.call("requestAccrual", sent)

    assert bench.call("requestAccrual", sent | change).status == (409 if is_repeat else 202)


def test_the_data_of_a_repeat_are_settings() -> None:
    bench = Bench(
        accrual_duplicate="sync409", accrual_duplicate_fields=["ffn"], accrual_duplicate_resolveDocument=False
    )
    document = bench.member("repeating")["document"]

    assert [bench.report("repeating").status, bench.report("repeating").status] == [202, 409]
    assert [bench.report(member={"document": document}).status for _ in range(2)] == [202, 409]


def test_what_was_refused_or_never_taken_is_no_original(bench: Bench) -> None:
    sent = bench.purchase()
    bench.call("requestAccrual", sent | {"productId": ""})
    bench.simulator.lose_next_answer("requestAccrual", accepted=False)
    bench.call("requestAccrual", sent)
    bench.call("requestAccrual", sent)
    bench.wait(LATER)

    assert [item["status"] for item in bench.items()] == ["PROCESSED"]
