"""Repeats: by key, by content, after a failure, after silence, while pending."""

import pytest

from accredit.model.simulation import Cut
from tests.air_miles.bench import Bench, issuance, told

KEY, OTHER = "0f8fad5b-d9cb-469f-a165-70867728950e", "7c9e6679-7425-40de-944b-e07fc1f90ae7"


def test_a_repeat_with_its_key_credits_once(bench: Bench) -> None:
    body = bench.sale()
    first, repeat = bench.keyed("postMiles", body, KEY), bench.keyed("postMiles", body, KEY)

    assert (repeat.status, repeat.body, bench.miles()) == (first.status, first.body, 5)


def test_another_key_is_another_transaction(bench: Bench) -> None:
    body = bench.sale()
    statuses = [bench.keyed("postMiles", body, key).status for key in (KEY, OTHER)]

    assert (statuses, bench.miles()) == ([200, 200], 10)


def test_without_a_key_the_content_decides(bench: Bench) -> None:
    """The same bytes are a repeat; a millisecond later they are another sale."""
    body = bench.sale()
    statuses = [
        bench.call("postMiles", b).status for b in (body, body, body | {"checkoutDateTime": "2026-11-21T16:59:00.001Z"})
    ]

    assert (statuses, bench.miles()) == ([200, 200, 200], 10)


def test_the_content_may_not_be_compared_at_all() -> None:
    bench = Bench(idem_contentFallback=False)
    body = bench.sale()
    statuses = [bench.call("postMiles", body).status for _ in range(2)]

    assert (statuses, bench.miles()) == ([200, 200], 10)


@pytest.mark.parametrize("operation", ["postMiles", "issueMiles", "postEvent"])
def test_a_lost_answer_leaves_one_credit(bench: Bench, operation: str) -> None:
    body = {"postMiles": bench.sale(5), "issueMiles": bench.lines(100), "postEvent": bench.event(5)}[operation]
    bench.simulator.lose_next_answer(operation, acted_on=True)
    unheard, credited = bench.keyed(operation, body, KEY), bench.miles()
    repeat = bench.keyed(operation, body, KEY)

    assert (unheard.cut, credited) == (Cut.BEFORE_THE_ANSWER, 5)
    assert (repeat.status, bench.miles()) == (200, 5)


def test_a_call_lost_on_its_way_was_never_acted_on(bench: Bench) -> None:
    bench.simulator.lose_next_answer("postMiles", acted_on=False)
    unheard, credited = bench.post(key=KEY), bench.miles()

    assert (unheard.cut, credited) == (Cut.BEFORE_THE_ANSWER, 0)


@pytest.mark.parametrize(("acted_on", "credited"), [(True, 5), (False, 0)])
def test_a_failure_does_not_use_the_key_up(bench: Bench, acted_on: bool, credited: int) -> None:
    body = bench.sale()
    bench.simulator.fail_next("postMiles", acted_on=acted_on)
    failed, between = bench.keyed("postMiles", body, KEY), bench.miles()
    repeat = bench.keyed("postMiles", body, KEY)

    assert (failed.status, between) == (500, credited)
    assert (repeat.status, bench.miles()) == (200, 5)


def test_a_repeat_while_pending_is_held_once(bench: Bench) -> None:
    body = bench.sale()
    bench.simulator.delay_next("postMiles", 60)
    statuses = [bench.keyed("postMiles", body, KEY).status for _ in range(2)]
    bench.wait(60)

    assert (statuses, bench.miles()) == ([202, 202], 5)


def test_a_corrected_sale_is_done_under_a_new_key(bench: Bench) -> None:
    wrong = bench.sale(basketPreTaxAmount=None)
    refused = [bench.keyed("postMiles", wrong, KEY).status for _ in range(2)]
    corrected = bench.keyed("postMiles", wrong | {"basketPreTaxAmount": 24.97}, OTHER)

    assert (refused, corrected.status, bench.miles()) == ([400, 400], 200, 5)


def test_a_refusal_uses_its_key_up_where_set_so() -> None:
    usual, strict = Bench(), Bench(idem_consumedBy="2xx+400")
    for bench in (usual, strict):
        bench.keyed("postMiles", bench.sale(basketPreTaxAmount=None), KEY)

    assert usual.keyed("postMiles", usual.sale(), KEY).status == 200
    assert strict.keyed("postMiles", strict.sale(), KEY).status == 400


def test_record_is_stored_at_each_call(bench: Bench) -> None:
    body = bench.basket()
    for _ in range(2):
        bench.keyed("recordTransaction", body, KEY)

    assert (bench.simulator.records_for("basket-1"), bench.miles()) == (2, 0)


@pytest.mark.parametrize(("policy", "answered"), [(400, 400), (409, 409), (422, 422), ("replay", 200)])
def test_a_used_key_credits_nothing_else(policy: object, answered: int) -> None:
    bench = Bench(idem_mismatch=policy)
    bench.post(5, key=KEY)

    assert (bench.post(7, key=KEY).status, bench.miles()) == (answered, 5)


@pytest.mark.parametrize(("policy", "answered"), [("same", 202), ("200", 200), ("409", 409)])
def test_what_a_repeat_is_answered_is_a_setting(policy: str, answered: int) -> None:
    bench = Bench(idem_replay=policy)
    body = bench.sale()
    bench.simulator.delay_next("postMiles", 60)
    bench.keyed("postMiles", body, KEY)

    assert bench.keyed("postMiles", body, KEY).status == answered


@pytest.mark.parametrize(("scope", "answered", "miles"), [("client+path", 200, 10), ("client", 400, 5)])
def test_how_far_a_key_reaches_is_a_setting(scope: str, answered: int, miles: int) -> None:
    bench = Bench(idem_scope=scope)
    bench.post(5, key=KEY)

    assert (bench.keyed("postEvent", bench.event(5), KEY).status, bench.miles()) == (answered, miles)


def test_a_key_is_remembered_for_a_while() -> None:
    bench = Bench(idem_ttl=60)
    body = bench.sale()
    for seconds in (0, 60, 1):
        bench.wait(seconds)
        bench.keyed("postMiles", body, KEY)

    assert bench.miles() == 10


def test_a_key_means_nothing_in_the_other_environment(bench: Bench) -> None:
    body = bench.sale()
    for environment in ("certification", "production"):
        bench.keyed("postMiles", body, KEY, environment=environment)

    assert (bench.miles(), bench.miles(environment="production")) == (5, 5)


@pytest.mark.parametrize(
    ("credit", "debit"), [("postMiles", "reverseMiles"), ("postEvent", "reverseEvent"), ("issueMiles", "returnItems")]
)
def test_a_repeated_debit_is_applied_once(bench: Bench, credit: str, debit: str) -> None:
    body = {
        "postMiles": bench.sale(10),
        "postEvent": bench.event(10, issuances=[issuance(10, "THANKS")]),
        "issueMiles": bench.lines(200),
    }[credit]
    bench.keyed(credit, body)
    part = {
        "reverseMiles": bench.sale(4),
        "reverseEvent": bench.event(4),
        "returnItems": bench.lines(80, items=[{"id": "SKU-1", "quantity": 1, "finalAmount": 80}]),
    }[debit]
    statuses = [bench.keyed(debit, part, KEY).status for _ in range(2)]

    assert (statuses, bench.miles()) == ([200, 200], 6)


def test_waiting_for_another_transaction_keeps_the_key(bench: Bench) -> None:
    body = bench.lines(100)
    bench.simulator.hold(bench.number())
    refused = bench.keyed("issueMiles", body, KEY)
    bench.simulator.let_go(bench.number())
    done = bench.keyed("issueMiles", body, KEY)

    assert (refused.status, done.status, bench.miles()) == (409, 200, 5)
    assert told(done)["checkoutTransactionId"] == body["checkoutTransactionId"]
