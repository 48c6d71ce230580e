"""Each defect shows where it is meant to, and nowhere else."""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any

import pytest

from accredit.model.simulation import Answer, Delivery
from tests.defects import neglected, shown_elsewhere
from tests.latam_pass.bench import DOSSIER, LATER, MARKER, SIMULATOR, SOON, Bench, told


def _marked(bench: Bench) -> int:
    return bench.anyone(environment="production", **{MARKER: "LatamPass"}).status


def _after(bench: Bench, minutes: int) -> int:
    token = bench.token()
    bench.wait(minutes * 60)
    return bench.anyone(access_token=token).status


def _in_production(bench: Bench, state: str) -> int:
    bench.simulator.set_app("production", state)
    return bench.grant("production").status


def _third(bench: Bench, operation: str, call: Callable[[], Answer]) -> int:
    bench.simulator.limit(operation, 2, 5)
    return [call().status for _ in range(3)][-1]


def _found(bench: Bench, coded: str | None, documented: str | None) -> bool | int:
    """True for the right member, False for another, else the status."""
    document = bench.member(documented)["document"] if documented else None
    answer = bench.search(bench.ffn(coded) if coded else None, document)
    expected = documented if coded in (None, "nobody") else coded
    return told(answer)["ffn"] == bench.ffn(str(expected)) if answer.status == 200 else answer.status


def _released(bench: Bench, scopes: str, role: str = "known by both") -> list[str]:
    return sorted(told(bench.search(bench.ffn(role), scopes=scopes)))


def _unapproved(bench: Bench) -> int:
    bench.simulator.withdraw_scope("member-email")
    return bench.anyone(scopes="member-email").status


def _acknowledged(bench: Bench, name: str) -> bool:
    return "id" in told(bench.report(member={name: bench.member("known by both")[name]}))


def _credited(bench: Bench, coded: str, documented: str) -> str:
    both = {"ffn": bench.ffn(coded), "document": bench.member(documented)["document"]}
    return next(
        (role for role in (coded, documented) if bench.ended(member=both)["ffn"] == bench.ffn(role)), "a stranger"
    )


def _decided(bench: Bench, status: str, seconds: float, wait: float) -> int:
    bench.simulator.decide_next_accrual(status, seconds)
    bench.report()
    bench.wait(wait)
    return int(bench.simulator.balance_of(bench.ffn()))


def _shown(bench: Bench, name: str) -> int:
    answer = told(bench.report())
    return len(bench.items(**{name: answer[name]}))


def _last_page(bench: Bench) -> int:
    bench.report()
    bench.report()
    return len(bench.items(size=1, page=2))


def _twice(bench: Bench, **change: Any) -> int:
    """The points credited by a report and another that differs in this, to whomever."""
    sent, members = bench.purchase("repeating"), [bench.ffn("repeating"), bench.ffn("collecting")]
    before: int = sum(bench.simulator.balance_of(ffn) for ffn in members)
    bench.call("requestAccrual", sent)
    bench.call("requestAccrual", sent | change)
    bench.wait(LATER)
    after: int = sum(bench.simulator.balance_of(ffn) for ffn in members)
    return after - before


def _lost(bench: Bench) -> int:
    bench.simulator.lose_next_answer("requestAccrual", accepted=True)
    bench.report()
    return len(bench.items())


def _readings(bench: Bench) -> list[str]:
    bench.report()
    bench.wait(LATER)
    return [bench.items()[0]["status"][0] for _ in range(4)]


def _statuses(*answers: Answer) -> list[int]:
    return [answer.status for answer in answers]


def _details(answer: Answer) -> bool:
    return told(answer)["details"] is not None


def _for_nobody(bench: Bench) -> Answer:
    return bench.call("beginCobrand", {"member": {}, "card": {}}, x_issue_bank="BANK-ONE")


def _benefit(bench: Bench) -> list[int]:
    bench.begin()
    begun = bench.segments()
    bench.end()
    return [begun, bench.segments()]


def _other_card(bench: Bench, **other: Any) -> int:
    bench.begin()
    bench.begin(**other)
    bench.end()
    return bench.end(**other).status


def _carried(bench: Bench, days: float, answers: list[int]) -> list[tuple[timedelta, Delivery]]:
    """Everything that is sent within so many days of a report, answered by `answers` one after the other, then 200."""
    began, carried = bench.now, []
    while (due := bench.simulator.outbox.next_due) is not None and due - began <= timedelta(days=days):
        bench.now = max(bench.now, due)
        for delivery in bench.simulator.outbox.take_due():
            carried.append((bench.now - began, delivery))
            delivery.told(answers.pop(0) if answers else 200)
    return carried


def _reported(bench: Bench, fate: str = "PROCESSED") -> None:
    bench.simulator.notify_at("https://localhost/here", "partner", "right")
    bench.simulator.decide_next_accrual(fate, SOON)
    bench.report()


def _notified(bench: Bench, fate: str = "PROCESSED", days: float = 1, answers: Sequence[int] = ()) -> list[str]:
    _reported(bench, fate)
    return [json.loads(delivery.body)["status"] for _, delivery in _carried(bench, days, list(answers))]


def _shown_credentials(bench: Bench) -> bool:
    _reported(bench)
    return any("authorization" in delivery.headers for _, delivery in _carried(bench, 1, []))


def _last_try(bench: Bench) -> timedelta:
    """How long after a report to a receiver out of order the last notification goes out."""
    _reported(bench)
    return max((after for after, _ in _carried(bench, 20, [503] * 1000)), default=timedelta())


def _known_after_a_day(bench: Bench) -> bool:
    body = bench.purchase()
    bench.call("requestAccrual", body)
    bench.wait(LATER + 24 * 3600)
    mine = body["partnerAccrualId"]
    return any(item["partnerAccrualId"] == mine for item in bench.items(partnerAccrualId=mine))


def _denied(bench: Bench) -> bool:
    bench.simulator.deny_next("searchMember")
    return b"Reference #" in bench.anyone().body


TABLE: Mapping[str, tuple[Callable[[Bench], Any], Any, Any]] = {
    "grants_without_basic": (lambda b: b.call("requestToken", b"grant_type=client_credentials").status, 400, 200),
    "serves_test_without_marker": (lambda b: b.anyone(without=[MARKER]).status, 403, 200),
    "serves_production_with_marker": (_marked, 400, 200),
    "wrong_client_gets_other_message": (lambda b: b"client_id" in b.grant(basic="x:y").body, True, False),
    "grants_to_a_wrong_secret": (
        lambda b: b.grant(basic=b.simulator.access("certification")["client_id"] + ":x").status, 400, 200),
    "accepts_any_grant": (lambda b: b.grant(form={}).status, 400, 200),
    "token_serves_five_calls": (lambda b: _statuses(*(b.anyone() for _ in range(6))), [200] * 6, [200] * 5 + [401]),
    "token_outlives_its_hour": (lambda b: _after(b, 61), 401, 200),
    "token_dies_early": (lambda b: _after(b, 59), 200, 401),
    "accepts_unknown_tokens": (lambda b: b.anyone(access_token="x").status, 401, 200),
    "denial_hides_its_reference": (_denied, True, False),
    "client_id_not_required": (lambda b: b.anyone(without=["client_id"]).status, 401, 200),
    "access_token_not_required": (lambda b: b.anyone(without=["access_token"]).status, 401, 200),
    "bearer_alone_suffices": (
        lambda b: b.anyone(without=["access_token"], authorization=f"Bearer {b.token()}").status, 401, 200),
    "test_token_opens_production": (
        lambda b: b.anyone(environment="production", access_token=b.token()).status, 401, 200),
    "code_finds_a_neighbour": (lambda b: _found(b, "known by member code", None), True, False),
    "document_finds_a_neighbour": (lambda b: _found(b, None, "known by document only"), True, False),
    "unknown_document_spoils_search": (lambda b: _found(b, "known by both", "nobody"), True, 404),
    "unknown_code_ends_search": (lambda b: _found(b, "nobody", "known by both"), True, 404),
    "nobody_found_answers_ok": (lambda b: b.search(b.ffn("nobody")).status, 404, 200),
    "mismatch_prefers_document": (lambda b: _found(b, "known by both", "another member"), True, False),
    "reads_first_scope_only": (lambda b: "status" in _released(b, "member-tier,member-status"), True, False),
    "releases_unasked_birthdate": (
        lambda b: _released(b, "member-tier"), ["ffn", "tier"], ["birthDate", "ffn", "tier"]),
    "withholds_language": (lambda b: _released(b, "member-language"), ["ffn", "languages"], ["ffn"]),
    "ignores_unknown_scope": (lambda b: b.anyone(scopes="member-shoe-size").status, 403, 200),
    "releases_unapproved_scope": (_unapproved, 403, 200),
    "search_refusal_names_no_field": (lambda b: _details(b.search()), True, False),
    "missing_scope_releases_all": (lambda b: b.anyone(scopes="").status, 400, 200),
    "blocked_member_looks_active": (lambda b: told(b.search(b.ffn("not active")))["status"], "BLOCKED", "ACTIVE"),
    "tier_without_expiry": (lambda b: len(told(b.anyone(scopes="member-tier"))["tier"]), 2, 1),
    "drops_leading_zeros": (lambda b: _found(b, "code beginning with zero", None), True, False),
    "search_never_limits": (lambda b: _third(b, "searchMember", b.anyone), 429, 200),
    "ack_by_code_lacks_id": (lambda b: _acknowledged(b, "ffn"), True, False),
    "ack_by_document_lacks_id": (lambda b: _acknowledged(b, "document"), True, False),
    "both_credits_document_holder": (
        lambda b: _credited(b, "collecting", "another member"), "collecting", "another member"),
    "unknown_code_cancels": (lambda b: _credited(b, "nobody", "collecting"), "collecting", "nobody"),
    "credits_a_stranger": (lambda b: _credited(b, "nobody", "nobody"), "nobody", "a stranger"),
    "accepts_51_characters": (lambda b: b.report(partnerAccrualId="x" * 51).status, 400, 202),
    "refuses_50_characters": (lambda b: b.report(partnerAccrualId="x" * 50).status, 202, 400),
    "origin_date_becomes_sending_time": (
        lambda b: b.ended()["partnerOriginDate"], "2026-11-20T19:42:07.123-04:00", "2026-11-21T12:00:00.000+00:00"),
    "credits_unknown_product": (lambda b: b.ended(productId="099")["status"], "CANCELLED", "PROCESSED"),
    "product_loses_zeros": (lambda b: b.ended()["productId"], "001", "1"),
    "credits_while_processing": (lambda b: _decided(b, "PROCESSED", 100, 50), 0, 120),
    "correlation_filter_leaks": (lambda b: _shown(b, "correlationId"), 1, 2),
    "transaction_filter_leaks": (lambda b: _shown(b, "partnerTransactionId"), 1, 2),
    "accrual_filter_leaks": (lambda b: _shown(b, "partnerAccrualId"), 1, 2),
    "identifier_not_required": (lambda b: b.call("getAccruals").status, 400, 200),
    "no_match_reads_cancelled": (lambda b: [i["status"] for i in b.items(correlationId="x")], [], ["CANCELLED"]),
    "last_page_is_lost": (_last_page, 1, 0),
    "spells_total_items_right": (lambda b: "totalItens" in told(b.ask()), True, False),
    "processed_without_latam_id": (lambda b: "latamAccrualId" in b.ended(), True, False),
    "reports_other_points": (lambda b: b.ended()["points"], 120, 121),
    "cancelled_yet_credited": (lambda b: _decided(b, "CANCELLED", SOON, SOON), 0, 120),
    "credits_a_repeat": (_twice, 120, 240),
    "repeat_escapes_by_description": (lambda b: _twice(b, description="another"), 120, 240),
    "repeat_check_ignores_points": (lambda b: _twice(b, points=121), 241, 120),
    "repeat_check_ignores_date": (lambda b: _twice(b, partnerOriginDate="2026-11-20T19:42:07Z"), 240, 120),
    "repeat_check_ignores_transaction": (lambda b: _twice(b, partnerTransactionId="another"), 240, 120),
    "repeat_check_ignores_member": (lambda b: _twice(b, member={"ffn": b.ffn("collecting")}), 240, 120),
    "lost_accrual_is_hidden": (_lost, 1, 0),
    "accrual_refusal_names_no_field": (lambda b: _details(b.report(points=0)), True, False),
    "accrual_never_limits": (lambda b: _third(b, "requestAccrual", b.report), 429, 202),
    "final_status_moves": (_readings, ["P", "P", "P", "P"], ["P", "P", "P", "C"]),
    "never_notifies": (lambda b: _notified(b, days=1), ["PROCESSED"], []),
    "cancelled_is_not_notified": (lambda b: _notified(b, "CANCELLED", days=1), ["CANCELLED"], []),
    "notifies_a_status_not_final": (lambda b: _notified(b, days=1), ["PROCESSED"], ["PROCESSING"]),
    "notifies_without_credentials": (lambda b: _shown_credentials(b), True, False),
    "gives_up_when_refused": (lambda b: len(_notified(b, days=1, answers=[401])), 2, 1),
    "gives_up_within_hours": (lambda b: _last_try(b) > timedelta(days=6), True, False),
    "notifies_for_weeks": (lambda b: _last_try(b) > timedelta(days=7), False, True),
    "forgets_within_a_day": (_known_after_a_day, True, False),
    "begin_refused": (lambda b: b.begin().status, 201, 422),
    "unlock_refused": (lambda b: _statuses(b.begin(), b.end(), b.begin()), [201, 204, 201], [201, 204, 422]),
    "end_refused": (lambda b: _statuses(b.begin(), b.end()), [201, 204], [201, 422]),
    "second_begin_is_forgotten": (
        lambda b: _statuses(b.begin(), b.end(), b.begin(), b.end()), [201, 204, 201, 204], [201, 204, 201, 404]),
    "ends_what_never_began": (lambda b: b.end().status, 404, 204),
    "begin_without_member_accepted": (lambda b: _for_nobody(b).status, 400, 201),
    "begin_refusal_names_no_field": (lambda b: _details(_for_nobody(b)), True, False),
    "bank_not_required": (lambda b: b.begin(without=["x-issue-bank"]).status, 400, 201),
    "cobrand_never_limits": (lambda b: _third(b, "beginCobrand", b.begin), 429, 201),
    "repeated_begin_ends_the_card": (lambda b: _statuses(b.begin(), b.begin(), b.end())[2], 204, 404),
    "cards_share_a_life_cycle": (lambda b: _other_card(b, card={"token": "two"}), 204, 404),
    "banks_share_a_life_cycle": (lambda b: _other_card(b, bank="BANK-TWO"), 204, 404),
    "benefit_never_appears": (_benefit, [2, 1], [1, 1]),
    "benefit_outlives_the_card": (_benefit, [2, 1], [2, 2]),
    "pending_app_is_served": (lambda b: _in_production(b, "Pending"), 403, 200),
    "disabled_app_is_served": (lambda b: _in_production(b, "disabled"), 403, 200),
}  # fmt: skip
"""Defect → what to look at, what is seen without it, what is seen with it."""


def test_every_defect_is_in_the_table() -> None:
    assert set(TABLE) == set(SIMULATOR.DEFECTS)


def test_every_defect_is_a_sentence_and_is_looked_at() -> None:
    assert neglected(SIMULATOR.DEFECTS, DOSSIER.folder) == []


def test_every_defect_of_the_register_exists() -> None:
    assert {name for r in DOSSIER.register.requirements for name in r.defects} == set(SIMULATOR.DEFECTS)


@pytest.mark.parametrize("defect", TABLE)
def test_a_defect_shows(defect: str) -> None:
    """Seen without the defect and with it, the same thing differs, and as it was meant to."""
    look, right, wrong = TABLE[defect]

    assert look(Bench()) == right
    assert look(Bench(defect)) == wrong


def test_a_defect_shows_nowhere_else() -> None:
    """What a defect changes beside its own is looked at by the same requirement; so falsifying it turns that one red.

    But for `begin_refused`: where no card begins, nothing else of a card can be judged.
    """
    elsewhere = shown_elsewhere(TABLE, Bench, DOSSIER.register)

    assert list(elsewhere) == ["begin_refused"]
    reddened = {id_ for other in elsewhere["begin_refused"] for id_ in DOSSIER.register.reddened_by(other)}
    assert all(id_.startswith("LP-COB-") for id_ in reddened)
