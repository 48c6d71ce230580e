"""Each defect shows where it is meant to, and nowhere else."""

import json
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

import pytest

from accredit import signatures
from tests.defects import neglected, shown_elsewhere
from tests.points.bench import CALLBACK, DOSSIER, SIMULATOR, TARGET, Bench, told


def _ended(bench: Bench) -> int:
    token = f"Bearer {bench.token()}"
    bench.wait(1801)
    return bench.read(authorization=token).status


def _read_often(bench: Bench) -> list[int]:
    return [bench.read().status for _ in range(6)]


def _renewed(bench: Bench) -> int:
    bench.simulator.offer_refresh(True)
    bench.grant()
    return bench.grant().status


def _disabled(bench: Bench) -> int:
    bench.simulator.disable_client()
    return bench.grant().status


def _scopeless(bench: Bench) -> int:
    bench.simulator.withdraw_scope()
    return bench.ask().status


def _at_once(bench: Bench) -> int:
    bench.ask(amount=40)
    return bench.balance() - 100


def _capped(bench: Bench, way: str, left: int, asked: int) -> int:
    """The points told; 0 for a failure."""
    bench.simulator.leave_of_cap(bench.rule(f"{way}, capped"), bench.user("redeeming"), left)
    return int(bench.result(f"{way}, capped", "redeeming", asked).get("point", 0))


def _at_its(bench: Bench, seconds: int) -> int:
    """The answer so many seconds after the beginning of a period of 60 seconds."""
    bench.simulator.set_period(bench.rule(), bench.now + timedelta(seconds=5), bench.now + timedelta(seconds=65))
    bench.wait(5 + seconds)
    return bench.ask().status


def _without(bench: Bench, name: str) -> int:
    return bench.send({field: value for field, value in bench.body().items() if field != name}).status


def _unprocessed(bench: Bench) -> int:
    bench.simulator.fail_next("requestPoints", 500, processed=False)
    return bench.moved("earning", bench.ask)


def _addresses(bench: Bench) -> list[str]:
    bench.ask()
    bench.ask(callbackUrl="https://partner.example/other")
    bench.results()
    return bench.addresses


def _crowd(bench: Bench) -> int:
    """Thirty requests at one instant, each with a token of its own."""
    fresh = (f"Bearer {bench.token(new=True)}" for _ in range(30))
    return bench.moved("earning", lambda: [bench.send(bench.body(amount=1), authorization=token) for token in fresh])


def _untold(bench: Bench) -> int:
    """By how much a large earning moves the balance beside what its result tells."""
    results: list[dict[str, Any]] = []
    return bench.moved("earning", lambda: results.append(bench.result(amount=150))) - int(results[0]["point"])


def _failed(bench: Bench) -> int:
    """By how much a failure moves the balance; 0 where nothing fails."""
    results: list[dict[str, Any]] = []
    moved = bench.moved("earning", lambda: results.append(bench.result("earn, used up")))
    return moved if results[0]["status"] == "failed" else 0


def _sync(bench: Bench) -> int:
    bench.simulator.check_balance("sync")
    return bench.redeem(10, "without points").status


def _exactly(bench: Bench) -> str:
    bench.simulator.put_balance(bench.user("counted"), 70)
    return str(bench.result("redeem", "counted", 70)["status"])


def _mishap(bench: Bench, name: str, *how: Any, act: Callable[[], Any] | None = None) -> int:
    """By how much a request of 40 moves the balance, when that befalls its result."""
    getattr(bench.simulator, name)(*how)
    return bench.moved("earning", act or (lambda: bench.ask(amount=40)))


def _redeemed_without_result(bench: Bench) -> int:
    bench.simulator.drop_next_result()
    return bench.moved("redeeming", lambda: bench.redeem(33))


def _redeemed_unexpectedly(bench: Bench) -> int:
    bench.simulator.end_next_unexpectedly(booked=True)
    return bench.moved("redeeming", lambda: bench.redeem(33))


def _there_and_back(bench: Bench) -> int:
    return bench.moved("redeeming", lambda: (bench.ask("earn", "redeeming", 1), bench.redeem(1)))


def _header(bench: Bench, change: Callable[[str], str]) -> int:
    body, headers = bench.signed()
    return bench.send_signed((body, headers | {"signature": change(headers["signature"])})).status


def _lines(bench: Bench) -> int:
    return bench.send_signed(bench.signed(json.dumps(bench.body(), indent=1).encode())).status


def _changed(bench: Bench) -> int:
    body, headers = bench.signed()
    return bench.send_signed((body.replace(b"10", b"90", 1), headers)).status


def _digestless(bench: Bench) -> int:
    body, headers = bench.signed()
    return bench.send_signed((body, {"signature": headers["signature"]})).status


def _by_256(bench: Bench) -> int:
    body = json.dumps(bench.body()).encode()
    return bench.send_signed(bench.signed(body, digest=signatures.digest(body, "SHA-256"))).status


def _made(bench: Bench, offset: int) -> int:
    return bench.send_signed(bench.signed(created=int(bench.now.timestamp()) + offset)).status


def _keyed(bench: Bench, key: tuple[str, str]) -> int:
    return bench.send_signed(bench.signed(key=key)).status


def _withdrawn(bench: Bench) -> int:
    key = bench.simulator.add_key()
    bench.simulator.withdraw_key(key[0])
    return _keyed(bench, key)


def _unsigned(bench: Bench) -> int:
    bench.send_signed()
    return bench.ask().status


def _transactions(bench: Bench) -> int:
    return len({bench.result()["transactionId"] for _ in range(2)})


def _swapped(bench: Bench) -> list[Any]:
    bench.simulator.swap_next_results()
    bench.ask(amount=1)
    bench.ask(amount=2)
    return [result["point"] for result in bench.results()]


def _stray(bench: Bench) -> int:
    return bench.moved("earning", lambda: bench.simulator.send_stray_result(CALLBACK, bench.user(), bench.rule(), "x"))


def _late(bench: Bench) -> int:
    bench.simulator.delay_next_result(300)
    bench.ask()
    return len(bench.results())


def _dressed(bench: Bench) -> str:
    bench.simulator.dress_next_result()
    return str(bench.result()["status"])


def _whole(bench: Bench) -> str:
    bench.simulator.stamp_next_result(0)
    return str(bench.result()["timestamp"])


def _lagging(bench: Bench) -> int:
    bench.simulator.lag_balance(3)
    bench.wait(3)
    return bench.moved("earning", bench.ask)


def _own(bench: Bench) -> Mapping[str, str]:
    known: Mapping[str, str] = bench.simulator.access("certification")
    return known


TABLE: Mapping[str, tuple[Callable[[Bench], Any], Any, Any]] = {
    "token_without_lifetime": (lambda b: "expires_in" in told(b.grant()), True, False),
    "points_need_no_token": (lambda b: b.send(b.body(), without=["authorization"]).status, 401, 202),
    "balance_needs_no_token": (lambda b: b.read(without=["authorization"]).status, 401, 200),
    "token_opens_five_balances": (_read_often, [200] * 6, [200] * 5 + [401]),
    "token_outlives_its_lifetime": (_ended, 401, 200),
    "points_take_any_token": (lambda b: b.send(b.body(), authorization="Bearer x").status, 401, 202),
    "balance_takes_any_token": (lambda b: b.read(authorization="Bearer x").status, 401, 200),
    "grants_to_a_wrong_secret": (lambda b: b.grant(client_secret="x").status, 401, 200),
    "grants_to_unknown_clients": (lambda b: b.grant(client_id="x").status, 401, 200),
    "grants_to_disabled_clients": (_disabled, 401, 200),
    "refresh_is_compulsory": (_renewed, 200, 400),
    "scope_is_not_looked_at": (_scopeless, 401, 202),
    "missing_scope_is_forbidden": (_scopeless, 401, 403),
    "books_before_processing": (_at_once, 0, 40),
    "large_request_loses_a_point": (lambda b: b.result(amount=100)["point"], 100, 99),
    "earns_beyond_the_cap": (lambda b: _capped(b, "earn", 50, 100), 50, 100),
    "spent_cap_still_earns": (lambda b: b.result("earn, used up")["status"], "failed", "success"),
    "last_point_of_a_cap_is_kept": (lambda b: _capped(b, "earn", 1, 60), 1, 0),
    "unknown_rule_is_accepted": (lambda b: b.ask(ruleId="x").status, 400, 202),
    "inactive_rule_earns": (lambda b: b.ask("earn, inactive").status, 400, 202),
    "earning_before_the_start": (lambda b: b.ask("earn, not begun").status, 400, 202),
    "earning_after_the_end": (lambda b: b.ask("earn, ended").status, 400, 202),
    "first_instant_is_refused": (lambda b: _at_its(b, 0), 202, 400),
    "last_instant_is_taken_otherwise": (lambda b: _at_its(b, 60), 202, 400),
    "unknown_user_is_accepted": (lambda b: b.ask("earn", "nobody").status, 400, 202),
    "request_id_is_not_looked_at": (lambda b: _without(b, "requestId"), 400, 202),
    "unlisted_client_earns": (lambda b: b.ask("earn, of another client").status, 403, 202),
    "unlisted_client_redeems": (lambda b: b.ask("redeem, of another client", "redeeming").status, 403, 202),
    "unanswered_call_is_booked_unseen": (_unprocessed, 0, 10),
    "amount_as_text_is_taken": (lambda b: b.ask(amount="10").status, 400, 202),
    "amount_of_zero_is_taken": (lambda b: b.ask(amount=0).status, 400, 202),
    "amount_below_zero_is_taken": (lambda b: b.ask(amount=-10).status, 400, 202),
    "action_is_always_earn": (lambda b: b.result("redeem", "redeeming")["action"], "point_burn", "point_earn"),
    "results_go_to_the_first_address": (_addresses, [CALLBACK, "https://partner.example/other"], [CALLBACK, CALLBACK]),
    "crowd_books_one_short": (_crowd, 30, 29),
    "small_balance_is_accepted_at_once": (_sync, 400, 202),
    "small_balance_is_overdrawn": (lambda b: b.result("redeem", "without points")["status"], "failed", "success"),
    "redeems_beyond_the_cap": (lambda b: _capped(b, "redeem", 45, 100), 45, 100),
    "spent_cap_still_redeems": (lambda b: b.result("redeem, used up", "redeeming")["status"], "failed", "success"),
    "undelivered_result_is_not_shown": (_redeemed_without_result, -33, 0),
    "unexpected_error_hides_its_debit": (_redeemed_unexpectedly, -33, 0),
    "inactive_rule_redeems": (lambda b: b.ask("redeem, inactive", "redeeming").status, 400, 202),
    "redeeming_before_the_start": (lambda b: b.ask("redeem, not begun", "redeeming").status, 400, 202),
    "redeeming_after_the_end": (lambda b: b.ask("redeem, ended", "redeeming").status, 400, 202),
    "exact_balance_is_too_small": (_exactly, "success", "failed"),
    "repeated_parameter_is_read": (lambda b: _header(b, lambda h: f"{h},{h.partition(',')[0]}"), 401, 202),
    "algorithm_in_small_letters_passes": (lambda b: _header(b, lambda h: h.replace("RSA-SHA", "rsa-sha")), 401, 202),
    "body_on_several_lines_is_refused": (_lines, 202, 401),
    "digest_is_not_compared": (_changed, 401, 202),
    "digest_may_be_missing": (_digestless, 401, 202),
    "digest_by_sha_256_is_accepted": (_by_256, 401, 202),
    "query_is_not_covered": (lambda b: b.send_signed(target=f"{TARGET}?x=1").status, 401, 202),
    "future_signature_is_accepted": (lambda b: _made(b, 60), 401, 202),
    "stale_signature_is_accepted": (lambda b: _made(b, -360), 401, 202),
    "unknown_key_is_taken_for_the_first": (lambda b: _keyed(b, ("x", _own(b)["signing_key"])), 401, 202),
    "keys_of_others_count": (lambda b: _keyed(b, b.simulator.others_key()), 401, 202),
    "withdrawn_key_still_counts": (_withdrawn, 401, 202),
    "unsigned_call_passes": (_unsigned, 401, 202),
    "transaction_ids_repeat": (_transactions, 2, 1),
    "failures_are_dated_a_day_back": (lambda b: b.result("earn, used up")["timestamp"][:10], "2026-11-21", "2026-11-20"),
    "request_ids_come_back_in_small_letters": (lambda b: b.result(requestId="Req-A")["requestId"], "Req-A", "req-a"),
    "repeated_result_is_booked_again": (lambda b: _mishap(b, "repeat_next_result"), 40, 80),
    "early_result_is_not_booked": (lambda b: _mishap(b, "hurry_next_result"), 40, 0),
    "swapped_results_trade_points": (_swapped, [2, 1], [1, 2]),
    "stray_result_is_booked": (_stray, 0, 10),
    "late_result_is_lost": (_late, 1, 0),
    "contradiction_takes_the_points_back": (lambda b: _mishap(b, "contradict_next_result"), 40, 0),
    "unknown_fields_displace_the_status": (_dressed, "success", "done"),
    "whole_seconds_are_of_another_zone": (_whole, "2026-11-21T12:00:00Z", "2026-11-21T19:00:00Z"),
    "forged_result_is_booked": (lambda b: _mishap(b, "forge_next_result", "clientId", "x"), 40, 80),
    "unreadable_result_is_not_booked": (lambda b: _mishap(b, "garble_next_result"), 40, 0),
    "balance_is_a_text": (lambda b: told(b.read())["balance"], 100, "100 points"),
    "encoded_ids_are_not_found": (lambda b: b.read("with an id to be encoded").status, 200, 404),
    "large_earning_is_booked_short": (_untold, 0, -1),
    "large_redemption_is_booked_short": (lambda b: b.moved("redeeming", lambda: b.redeem(160)), -160, -159),
    "failure_costs_a_point": (_failed, 0, -1),
    "refusal_costs_a_point": (lambda b: b.moved("earning", lambda: b.ask(ruleId="x")), 0, -1),
    "nobody_has_points": (lambda b: b.read("nobody").status, 404, 200),
    "other_organisations_are_open": (lambda b: b.read(organisation="org-of-others").status, 403, 200),
    "lagging_balance_never_settles": (_lagging, 10, 0),
    "redeeming_what_was_earned_costs_more": (_there_and_back, 0, -1),
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

    But for `balance_is_a_text`: where no balance can be read, nothing that is told by one can be judged.
    """
    elsewhere = shown_elsewhere(TABLE, Bench, DOSSIER.register)

    assert list(elsewhere) == ["balance_is_a_text"]
