"""Each defect of Issuance shows where it should. That it shows nowhere else, falsifying tells."""

from collections.abc import Mapping
from typing import Any

import pytest

from accredit.suite.catalogue import Dossier
from contracts.air_miles.issuance_defects import DEFECTS
from tests.air_miles import issuance_looks as looks
from tests.air_miles.bench import FOLDER, ROOT, Bench
from tests.air_miles.issuance_looks import Look
from tests.defects import neglected

REGISTER = Dossier("air_miles", ROOT).register
TABLE: Mapping[str, tuple[Look, Any, Any]] = {
    "environments_share_books": (
        lambda b: (b.post(), b.miles(environment="production"))[1], 0, 5),
    "refused_token_uses_the_key": (looks.renewed, (401, 200), (401, 401)),
    "any_media_type_is_taken": (looks.status("postMiles", lambda b: b.sale(), content_type="text/plain"), 400, 200),
    "answers_without_media_type": (lambda b: b.post().headers.get("content-type"), "application/json", None),
    "pre_tax_total_not_required": (looks.status("postMiles", lambda b: b.sale(basketPreTaxAmount=None)), 400, 200),
    "post_tax_total_not_required": (looks.status("postMiles", lambda b: b.sale(basketPostTaxAmount=None)), 400, 200),
    "client_transaction_id_not_required": (
        looks.status("postEvent", lambda b: b.event(clientTransactionId=None)), 400, 200),
    "checkout_transaction_id_not_required": (
        looks.status("recordTransaction", lambda b: b.basket(checkoutTransactionId=None)), 400, 200),
    "calculate_credits": (looks.miles_after("calculateMiles", lambda b: b.lines(40)), 0, 2),
    "large_issue_wants_calculate": (looks.status("issueMiles", lambda b: b.lines(2400)), 200, 400),
    "issue_credits_for_each_line": (looks.miles_after("issueMiles", lambda b: b.lines(40, 60)), 5, 10),
    "discount_is_ignored": (
        looks.miles_after("issueMiles", lambda b: b.lines(
            40, items=[{"id": "S", "quantity": 2, "baseAmount": 30, "finalAmount": 40}])), 2, 3),
    "parallel_issue_is_let_in": (looks.in_flight("issueMiles"), 409, 200),
    "parallel_return_is_let_in": (looks.in_flight("returnItems"), 409, 200),
    "one_transaction_holds_up_everybody": (looks.in_flight("issueMiles", "issuing"), 200, 409),
    "waiting_uses_the_key": (looks.waited, 200, 409),
    "partial_return_takes_all": (lambda b: looks.returned(b, 60, 80, lines=1), 4, 0),
    "whole_return_keeps_a_mile": (lambda b: looks.returned(b, 140, lines=1), 0, 1),
    "large_amounts_are_cut": (looks.miles_after("postMiles", lambda b: b.sale(57)), 57, 50),
    "second_issuance_is_ignored": (looks.offers, [("STANDARD", 8), ("BONUS5X", 5)], [("STANDARD", 8)]),
    "bonus_is_booked_as_base": (looks.offers, [("STANDARD", 8), ("BONUS5X", 5)], [("STANDARD", 8), ("STANDARD", 5)]),
    "refuses_quebec_tax": (looks.status("postMiles", lambda b: b.sale(basketQSTAmount=1)), 200, 400),
    "refuses_provincial_tax": (looks.status("postMiles", lambda b: b.sale(basketPSTAmount=1)), 200, 400),
    "events_credit_nothing": (looks.miles_after("postEvent", lambda b: b.event(6)), 6, 0),
    "second_event_of_a_day_is_ignored": (
        looks.miles_after("postEvent", lambda b: b.event(6), lambda b: b.event(6)), 12, 6),
    "full_reversal_keeps_a_mile": (looks.back("reverseMiles", 9, 9), 0, 1),
    "partial_reversal_takes_all": (looks.back("reverseMiles", 9, 4), 5, 0),
    "event_reversal_takes_nothing": (looks.back("reverseEvent", 6, 6), 0, 6),
    "takes_back_more_than_was_credited": (looks.back("reverseMiles", 5, 6), 5, -1),
    "record_credits": (looks.miles_after("recordTransaction", lambda b: b.basket()), 0, 1),
    "record_wants_a_collector": (looks.status("recordTransaction", lambda b: b.basket(collectorNumber=None)), 200, 400),
    "records_are_deduplicated": (looks.recorded, 2, 1),
    "pending_counts_at_once": (looks.pending(59), 0, 5),
    "pending_never_settles": (looks.pending(60), 5, 0),
    "pending_repeat_is_taken_again": (lambda b: looks.repeated(b, 202), (202, 5), (200, 10)),
    "refusal_is_forgotten_on_repeat": (looks.refused_twice, 400, 200),
    "corrected_record_is_refused": (looks.corrected, 200, 400),
    "failure_uses_the_key": (looks.after_trouble(lambda b: b.simulator.fail_next("postMiles")), (200, 5), (500, 0)),
    "failure_after_acting_is_forgotten": (
        looks.after_trouble(lambda b: b.simulator.fail_next("postMiles", acted_on=True)), (200, 5), (200, 10)),
    "third_failure_credits": (
        looks.after_trouble(lambda b: b.simulator.fail_next("postMiles", times=3), 3), (500, 0), (500, 5)),
    "lost_answer_is_forgotten": (
        looks.after_trouble(lambda b: b.simulator.lose_next_answer("postMiles", acted_on=True)), (200, 5), (200, 10)),
    "takes_uuid_keys_only": (lambda b: b.post(key="ab" * 32).status, 200, 400),
    "keys_are_cut_short": (looks.alike, [200, 200], [200, 400]),
    "used_key_takes_other_content": (looks.used_key, 5, 12),
    "content_is_not_compared": (looks.without_key(*["2026-11-21T16:00:00Z"] * 2), 5, 10),
    "content_ignores_the_time": (looks.without_key("2026-11-21T16:00:00Z", "2026-11-21T16:00:00.001Z"), 10, 5),
    "repeated_return_debits_again": (looks.half_returned_twice, 2, 0),
    "repeated_reversal_debits_again": (looks.back("reverseMiles", 10, 4, repeat=True), 6, 2),
    "repeated_event_reversal_debits_again": (looks.back("reverseEvent", 10, 4, repeat=True), 6, 2),
    "ten_digits_find_a_collector": (
        looks.status("postMiles", lambda b: b.sale(collectorNumber=b.number()[:-1])), 400, 200),
    "unknown_collector_is_credited": (lambda b: b.post(role="unknown").status, 400, 200),
    "inactive_collector_is_credited": (lambda b: b.post(role="inactive").status, 400, 200),
    "closed_collector_is_credited": (lambda b: b.post(role="closed").status, 400, 200),
    "merged_credit_is_lost": (looks.merged, (0, 5), (5, 0)),
    "time_without_zone_is_taken": (
        looks.status("postMiles", lambda b: b.sale(checkoutDateTime="2026-11-21T16:00:00")), 400, 200),
    "refuses_offsets": (
        looks.status("postMiles", lambda b: b.sale(checkoutDateTime="2026-11-21T11:00:00-05:00")), 200, 400),
    "day_ends_an_hour_early": (looks.day_of("2026-07-02T04:59:59.999Z"), "2026-07-01", "2026-07-02"),
    "late_sales_land_today": (looks.day_of("2026-11-20T11:00:00Z"), "2026-11-20", "2026-11-21"),
    "changes_of_clock_skip_a_day": (looks.day_of("2026-11-01T17:00:00Z"), "2026-11-01", "2026-11-02"),
    "location_loses_zeros": (looks.location, "0037", "37"),
    "credits_unknown_offer": (looks.status("postMiles", lambda b: b.sale(offer="NOSUCH")), 400, 200),
    "credits_expired_offer": (looks.status("postMiles", lambda b: b.sale(offer="SPRING19")), 400, 200),
    "day_report_leaves_out_events": (lambda b: looks.report(b, "offers"), ["STANDARD", "THANKS"], ["STANDARD"]),
    "day_report_counts_reversals_twice": (lambda b: looks.report(b, "reversals"), 1, 2),
    "history_leaves_out_issuances": (looks.history, 1, 0),
    "bonus_shows_late": (looks.summary, 5, 0),
}  # fmt: skip
"""Defect → what to look at, what is seen without it, what is seen with it."""


def test_every_defect_is_in_the_table() -> None:
    assert set(TABLE) == set(DEFECTS)


def test_every_defect_is_a_sentence_and_is_looked_at() -> None:
    assert neglected(DEFECTS, FOLDER) == []


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
