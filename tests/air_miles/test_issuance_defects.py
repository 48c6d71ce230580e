"""Each defect of Issuance shows where it should. That it shows nowhere else, falsifying tells."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from accredit.suite.catalogue import Dossier
from contracts.air_miles.issuance_defects import DEFECTS
from tests.air_miles.bench import FOLDER, ROOT, Bench, issuance, told

KEY, OTHER = "0f8fad5b-d9cb-469f-a165-70867728950e", "0f8fad5b-d9cb-469f-a165-708677289999"
Look = Callable[[Bench], Any]
REGISTER = Dossier("air_miles", ROOT).register


def _miles_after(operation: str, *bodies: Callable[[Bench], object]) -> Look:
    """The collector's miles after those transactions of one operation."""

    def look(bench: Bench) -> int:
        for body in bodies:
            bench.keyed(operation, body(bench))
        return bench.miles()

    return look


def _status(operation: str, body: Callable[[Bench], object], **how: Any) -> Look:
    return lambda bench: bench.keyed(operation, body(bench), **how).status


def _back(debit: str, credited: int, taken: int, *, repeat: bool = False, key: str = KEY) -> Look:
    """Miles left after a credit and its reversal."""

    def look(bench: Bench) -> int:
        kind = {"reverseMiles": "postMiles", "reverseEvent": "postEvent"}[debit]
        make = bench.event if debit == "reverseEvent" else bench.sale
        bench.keyed(kind, make(credited))
        body = make(taken)
        for _ in range(1 + repeat):
            bench.keyed(debit, body, key)
        return bench.miles()

    return look


def _returned(bench: Bench, *dollars: int, lines: int, repeat: bool = False) -> int:
    """Miles left after a basket of those lines was issued, and its first lines returned."""
    sale = bench.lines(*dollars)
    bench.keyed("issueMiles", sale)
    part = sale | {"items": sale["items"][:lines], "checkoutTransactionId": "back"}
    for _ in range(1 + repeat):
        bench.keyed("returnItems", part, KEY)
    return bench.miles()


def _half_returned_twice(bench: Bench) -> int:
    item = {"id": "SKU-1", "quantity": 2, "finalAmount": 80}
    bench.keyed("issueMiles", bench.lines(80, items=[item]))
    body = bench.lines(40, items=[item | {"quantity": 1, "finalAmount": 40}])
    for _ in range(2):
        bench.keyed("returnItems", body, KEY)
    return bench.miles()


def _repeated(bench: Bench, status: int = 200) -> tuple[int, int]:
    """What a repeat is answered, and the miles after it, when the first was answered `status`."""
    body = bench.sale()
    if status == 202:
        bench.simulator.delay_next("postMiles", 0.5)
    bench.keyed("postMiles", body, KEY)
    repeat = bench.keyed("postMiles", body, KEY)
    bench.wait(1)
    return repeat.status, bench.miles()


def _after_trouble(order: Callable[[Bench], None], times: int = 2) -> Look:
    """What the last of so many attempts is answered, and the miles after it."""

    def look(bench: Bench) -> tuple[int, int]:
        order(bench)
        body = bench.sale()
        answers = [bench.keyed("postMiles", body, KEY) for _ in range(times)]
        return answers[-1].status, bench.miles()

    return look


def _in_flight(operation: str, role: str = "collecting") -> Look:
    def look(bench: Bench) -> int:
        bench.keyed("issueMiles", bench.lines(40))
        bench.simulator.hold(bench.number())
        return bench.keyed(operation, bench.lines(40, role=role)).status

    return look


def _waited(bench: Bench) -> int:
    body = bench.lines(40)
    bench.simulator.hold(bench.number())
    bench.keyed("issueMiles", body, KEY)
    bench.simulator.let_go(bench.number())
    return bench.keyed("issueMiles", body, KEY).status


def _offers(bench: Bench) -> list[tuple[str, int]]:
    bench.keyed("postMiles", bench.sale(issuances=[issuance(8), issuance(5, "BONUS5X")]))
    return [(e["offer"], e["miles"]) for e in bench.simulator.entries_of(bench.number())]


def _corrected(bench: Bench) -> int:
    body = bench.sale()
    bench.keyed("postMiles", body | {"basketPreTaxAmount": "x"})
    return bench.keyed("postMiles", body).status


def _refused_twice(bench: Bench) -> int:
    body = bench.sale(basketPreTaxAmount="x")
    return [bench.keyed("postMiles", body).status for _ in range(2)][-1]


def _pending(seconds: float) -> Look:
    def look(bench: Bench) -> int:
        bench.simulator.delay_next("postMiles", 60)
        bench.post(5)
        bench.wait(seconds)
        return bench.miles()

    return look


def _without_key(*times: str) -> Look:
    def look(bench: Bench) -> int:
        body = bench.sale()
        for at in times:
            bench.call("postMiles", body | {"checkoutDateTime": at})
        return bench.miles()

    return look


def _day_of(at: str) -> Look:
    def look(bench: Bench) -> str:
        bench.keyed("postMiles", bench.sale(checkoutDateTime=at))
        return str(bench.simulator.entries_for("basket-1")[0]["day"])

    return look


def _report(bench: Bench, key: str) -> Any:
    bench.keyed("postEvent", bench.event(7))
    bench.post(5)
    bench.keyed("reverseMiles", bench.sale(2))
    report = bench.simulator.days_report("2026-11-21")
    return sorted(report) if key == "offers" else report["STANDARD"][key]


def _history(bench: Bench) -> int:
    bench.post()
    query = {"from": "2026-11-01", "to": "2026-11-30", "sponsorList": "SIMU", "collectorNumber": bench.number()}
    return len(told(bench.call("findActivity", query=query, method="GET"))["_embedded"]["genericActivityDtoList"])


def _summary(bench: Bench) -> int:
    """The balance that Summary shows right after a bonus."""
    bench.post(5, "BONUS5X")
    standing = bench.roles["members"]["collecting"]["refresh_token"]
    token = told(bench.grant(grant_type="refresh_token", refresh_token=standing))["access_token"]
    return int(told(bench.call("getSummary", method="GET", token=token))["dreamBalance"])


def _renewed(bench: Bench) -> tuple[int, int]:
    body = bench.sale()
    refused = bench.keyed("postMiles", body, KEY, token="worthless")
    return refused.status, bench.keyed("postMiles", body, KEY).status


def _location(bench: Bench) -> str:
    bench.post()
    return str(bench.simulator.entries_for("basket-1")[0]["location"])


def _merged(bench: Bench) -> tuple[int, int]:
    bench.post(5, role="merged")
    return bench.miles("merged"), bench.miles("survivor")


def _alike(bench: Bench) -> list[int]:
    return [bench.post(key=key).status for key in (KEY, OTHER)]


def _recorded(bench: Bench) -> int:
    body = bench.basket()
    for _ in range(2):
        bench.keyed("recordTransaction", body, KEY)
    return int(bench.simulator.records_for("basket-1"))


def _used_key(bench: Bench) -> int:
    bench.post(5, key=KEY)
    bench.post(7, key=KEY)
    return bench.miles()


TABLE: Mapping[str, tuple[Look, Any, Any]] = {
    "environments_share_books": (
        lambda b: (b.post(), b.miles(environment="production"))[1], 0, 5),
    "refused_token_uses_the_key": (_renewed, (401, 200), (401, 401)),
    "any_media_type_is_taken": (_status("postMiles", lambda b: b.sale(), content_type="text/plain"), 400, 200),
    "answers_without_media_type": (lambda b: b.post().headers.get("content-type"), "application/json", None),
    "pre_tax_total_not_required": (_status("postMiles", lambda b: b.sale(basketPreTaxAmount=None)), 400, 200),
    "post_tax_total_not_required": (_status("postMiles", lambda b: b.sale(basketPostTaxAmount=None)), 400, 200),
    "client_transaction_id_not_required": (
        _status("postEvent", lambda b: b.event(clientTransactionId=None)), 400, 200),
    "checkout_transaction_id_not_required": (
        _status("recordTransaction", lambda b: b.basket(checkoutTransactionId=None)), 400, 200),
    "calculate_credits": (_miles_after("calculateMiles", lambda b: b.lines(40)), 0, 2),
    "large_issue_wants_calculate": (_status("issueMiles", lambda b: b.lines(2400)), 200, 400),
    "issue_credits_for_each_line": (_miles_after("issueMiles", lambda b: b.lines(40, 60)), 5, 10),
    "discount_is_ignored": (
        _miles_after("issueMiles", lambda b: b.lines(
            40, items=[{"id": "S", "quantity": 2, "baseAmount": 30, "finalAmount": 40}])), 2, 3),
    "parallel_issue_is_let_in": (_in_flight("issueMiles"), 409, 200),
    "parallel_return_is_let_in": (_in_flight("returnItems"), 409, 200),
    "one_transaction_holds_up_everybody": (_in_flight("issueMiles", "issuing"), 200, 409),
    "waiting_uses_the_key": (_waited, 200, 409),
    "partial_return_takes_all": (lambda b: _returned(b, 60, 80, lines=1), 4, 0),
    "whole_return_keeps_a_mile": (lambda b: _returned(b, 140, lines=1), 0, 1),
    "large_amounts_are_cut": (_miles_after("postMiles", lambda b: b.sale(57)), 57, 50),
    "second_issuance_is_ignored": (_offers, [("STANDARD", 8), ("BONUS5X", 5)], [("STANDARD", 8)]),
    "bonus_is_booked_as_base": (_offers, [("STANDARD", 8), ("BONUS5X", 5)], [("STANDARD", 8), ("STANDARD", 5)]),
    "refuses_quebec_tax": (_status("postMiles", lambda b: b.sale(basketQSTAmount=1)), 200, 400),
    "refuses_provincial_tax": (_status("postMiles", lambda b: b.sale(basketPSTAmount=1)), 200, 400),
    "events_credit_nothing": (_miles_after("postEvent", lambda b: b.event(6)), 6, 0),
    "second_event_of_a_day_is_ignored": (
        _miles_after("postEvent", lambda b: b.event(6), lambda b: b.event(6)), 12, 6),
    "full_reversal_keeps_a_mile": (_back("reverseMiles", 9, 9), 0, 1),
    "partial_reversal_takes_all": (_back("reverseMiles", 9, 4), 5, 0),
    "event_reversal_takes_nothing": (_back("reverseEvent", 6, 6), 0, 6),
    "takes_back_more_than_was_credited": (_back("reverseMiles", 5, 6), 5, -1),
    "record_credits": (_miles_after("recordTransaction", lambda b: b.basket()), 0, 1),
    "record_wants_a_collector": (_status("recordTransaction", lambda b: b.basket(collectorNumber=None)), 200, 400),
    "records_are_deduplicated": (_recorded, 2, 1),
    "pending_counts_at_once": (_pending(59), 0, 5),
    "pending_never_settles": (_pending(60), 5, 0),
    "pending_repeat_is_taken_again": (lambda b: _repeated(b, 202), (202, 5), (200, 10)),
    "refusal_is_forgotten_on_repeat": (_refused_twice, 400, 200),
    "corrected_record_is_refused": (_corrected, 200, 400),
    "failure_uses_the_key": (_after_trouble(lambda b: b.simulator.fail_next("postMiles")), (200, 5), (500, 0)),
    "failure_after_acting_is_forgotten": (
        _after_trouble(lambda b: b.simulator.fail_next("postMiles", acted_on=True)), (200, 5), (200, 10)),
    "third_failure_credits": (
        _after_trouble(lambda b: b.simulator.fail_next("postMiles", times=3), 3), (500, 0), (500, 5)),
    "lost_answer_is_forgotten": (
        _after_trouble(lambda b: b.simulator.lose_next_answer("postMiles", acted_on=True)), (200, 5), (200, 10)),
    "takes_uuid_keys_only": (lambda b: b.post(key="ab" * 32).status, 200, 400),
    "keys_are_cut_short": (_alike, [200, 200], [200, 400]),
    "used_key_takes_other_content": (_used_key, 5, 12),
    "content_is_not_compared": (_without_key(*["2026-11-21T16:00:00Z"] * 2), 5, 10),
    "content_ignores_the_time": (_without_key("2026-11-21T16:00:00Z", "2026-11-21T16:00:00.001Z"), 10, 5),
    "repeated_return_debits_again": (_half_returned_twice, 2, 0),
    "repeated_reversal_debits_again": (_back("reverseMiles", 10, 4, repeat=True), 6, 2),
    "repeated_event_reversal_debits_again": (_back("reverseEvent", 10, 4, repeat=True), 6, 2),
    "ten_digits_find_a_collector": (
        _status("postMiles", lambda b: b.sale(collectorNumber=b.number()[:-1])), 400, 200),
    "unknown_collector_is_credited": (lambda b: b.post(role="unknown").status, 400, 200),
    "inactive_collector_is_credited": (lambda b: b.post(role="inactive").status, 400, 200),
    "closed_collector_is_credited": (lambda b: b.post(role="closed").status, 400, 200),
    "merged_credit_is_lost": (_merged, (0, 5), (5, 0)),
    "time_without_zone_is_taken": (
        _status("postMiles", lambda b: b.sale(checkoutDateTime="2026-11-21T16:00:00")), 400, 200),
    "refuses_offsets": (
        _status("postMiles", lambda b: b.sale(checkoutDateTime="2026-11-21T11:00:00-05:00")), 200, 400),
    "day_ends_an_hour_early": (_day_of("2026-07-02T04:59:59.999Z"), "2026-07-01", "2026-07-02"),
    "late_sales_land_today": (_day_of("2026-11-20T11:00:00Z"), "2026-11-20", "2026-11-21"),
    "changes_of_clock_skip_a_day": (_day_of("2026-11-01T17:00:00Z"), "2026-11-01", "2026-11-02"),
    "location_loses_zeros": (_location, "0037", "37"),
    "credits_unknown_offer": (_status("postMiles", lambda b: b.sale(offer="NOSUCH")), 400, 200),
    "credits_expired_offer": (_status("postMiles", lambda b: b.sale(offer="SPRING19")), 400, 200),
    "day_report_leaves_out_events": (lambda b: _report(b, "offers"), ["STANDARD", "THANKS"], ["STANDARD"]),
    "day_report_counts_reversals_twice": (lambda b: _report(b, "reversals"), 1, 2),
    "history_leaves_out_issuances": (_history, 1, 0),
    "bonus_shows_late": (_summary, 5, 0),
}  # fmt: skip
"""Defect → what to look at, what is seen without it, what is seen with it."""


def test_every_defect_is_in_the_table() -> None:
    assert set(TABLE) == set(DEFECTS)


def test_every_defect_is_a_sentence_and_is_looked_at() -> None:
    """A defect that no line of the simulator asks for would change nothing."""
    code = "".join(path.read_text() for path in FOLDER.glob("*.py") if not path.name.endswith("defects.py"))

    for name, sentence in DEFECTS.items():
        assert f'"{name}"' in code, name
        assert sentence.endswith(".")


def test_every_defect_of_the_register_exists() -> None:
    """And every must that is driven has at least one."""
    named = {name for requirement in REGISTER.requirements for name in requirement.defects}

    assert set(DEFECTS) <= named
    assert [r.id for r in REGISTER.driven if r.level == "must" and not r.defects] == []


@pytest.mark.parametrize("defect", TABLE)
def test_a_defect_shows(defect: str) -> None:
    """Seen without the defect and with it, the same thing differs, and as it was meant to."""
    look, right, wrong = TABLE[defect]

    assert look(Bench()) == right
    assert look(Bench(defect)) == wrong
