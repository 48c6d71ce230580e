"""What each of the eight operations does to the books, and what it is answered."""

from typing import Any

import pytest

from tests.air_miles.bench import DEFAULTS, Bench, issuance, told

OPERATIONS = (
    "calculateMiles", "issueMiles", "returnItems", "recordTransaction", "postMiles", "postEvent", "reverseMiles", "reverseEvent",
)  # fmt: skip


def test_post_credits_what_it_says(bench: Bench) -> None:
    answer = bench.post(5)

    assert (answer.status, bench.miles()) == (200, 5)
    assert told(answer) == {"checkoutTransactionId": "basket-1", "collectorNumber": bench.number()}


def test_each_issuance_is_booked_under_its_offer(bench: Bench) -> None:
    bench.keyed("postMiles", bench.sale(issuances=[issuance(8), issuance(5, "BONUS5X")]))
    entries = bench.simulator.entries_for("basket-1")

    assert [(e["offer"], e["miles"], e["location"]) for e in entries] == [
        ("STANDARD", 8, "0037"),
        ("BONUS5X", 5, "0037"),
    ]
    assert bench.miles() == 13


def test_an_event_is_credited_and_taken_back(bench: Bench) -> None:
    credited = bench.keyed("postEvent", bench.event(6)), bench.miles()
    taken = bench.keyed("reverseEvent", bench.event(4)), bench.miles()

    assert [(answer.status, miles) for answer, miles in (credited, taken)] == [(200, 6), (200, 2)]
    assert told(credited[0])["clientTransactionId"] == "event-1"


def test_calculate_and_record_move_nothing(bench: Bench) -> None:
    """CALCULATE leaves no trace at all; RECORD a note each time."""
    answers = [bench.keyed("calculateMiles", bench.lines(40, 60)), bench.keyed("recordTransaction", bench.basket())]
    entries = [bench.simulator.entries_for(f"basket-{n}") for n in (1, 3)]

    assert [answer.status for answer in answers] == [200, 200]
    assert [[e["kind"] for e in held] for held in entries] == [[], ["note"]]
    assert bench.miles() == 0


def test_issue_earns_by_the_line_and_return_gives_back_by_the_line(bench: Bench) -> None:
    """A mile for each 20 dollars of a line; what is left over earns nothing."""
    sale = bench.lines(45, 60, 19)
    seen = [(bench.keyed("issueMiles", sale).status, bench.miles())]
    for part in (sale["items"][:1], sale["items"][1:]):
        seen.append(
            (bench.keyed("returnItems", sale | {"items": part, "checkoutTransactionId": "x"}).status, bench.miles())
        )

    assert seen == [(200, 5), (200, 3), (200, 0)]


@pytest.mark.parametrize(
    "items",
    [
        [{"id": "SKU-1", "quantity": 2, "finalAmount": 40}],
        [{"id": "SKU-1", "quantity": 1, "finalAmount": 60}],
        [{"id": "SKU-9", "quantity": 1, "finalAmount": 40}],
    ],
)
def test_return_is_bounded_by_what_was_issued(bench: Bench, items: list[dict[str, Any]]) -> None:
    """More units, more dollars, or another item than was sold."""
    bench.keyed("issueMiles", bench.lines(40))
    answer = bench.keyed("returnItems", bench.lines(40, items=items))

    assert (answer.status, bench.miles()) == (400, 2)


def test_reversals_are_bounded_by_offer(bench: Bench) -> None:
    bench.post(5)
    bench.post(9, "BONUS5X")
    answers = [bench.keyed("reverseMiles", bench.sale(miles)).status for miles in (6, 3, 3, 2)]

    assert answers == [400, 200, 400, 200]
    assert bench.miles() == 9


def test_two_issuances_of_one_offer_are_bounded_together(bench: Bench) -> None:
    bench.post(5)
    answer = bench.keyed("reverseMiles", bench.sale(issuances=[issuance(3), issuance(3)]))

    assert (answer.status, bench.miles()) == (400, 5)


def test_a_reversal_may_be_bounded_by_the_sale_it_names() -> None:
    bench = Bench(issuance_reverse_originalReference="context.original")
    bench.post(5)
    bench.post(9)
    named = {"context": {"original": "basket-1"}}
    answers = [bench.keyed("reverseMiles", bench.sale(miles, **named)).status for miles in (6, 4, 2)]

    assert answers == [400, 200, 400]
    assert bench.miles() == 10


def test_a_refused_reversal_books_nothing(bench: Bench) -> None:
    bench.post(5)
    bench.keyed("reverseMiles", bench.sale(issuances=[issuance(2), issuance(1, "BONUS5X")]))

    assert bench.miles() == 5


def test_limits_of_reversals_are_settings() -> None:
    allowed = Bench(issuance_reverse_exceedsOriginal="allow")
    funded = Bench(issuance_reverse_exceedsOriginal="allow", issuance_reverse_negativeBalance="reject")
    windowed = Bench(issuance_reverse_window=30)
    windowed.post(5)
    windowed.wait(31 * 24 * 3600)

    assert (allowed.keyed("reverseMiles", allowed.sale(5)).status, allowed.miles()) == (200, -5)
    assert (funded.keyed("reverseMiles", funded.sale(5)).status, funded.miles()) == (400, 0)
    assert (windowed.keyed("reverseMiles", windowed.sale(5)).status, windowed.miles()) == (400, 5)


@pytest.mark.parametrize("operation", ["issueMiles", "postMiles", "postEvent"])
def test_what_is_pending_counts_once_it_has_settled(bench: Bench, operation: str) -> None:
    bodies = {"issueMiles": bench.lines(100), "postMiles": bench.sale(5), "postEvent": bench.event(5)}
    bench.simulator.delay_next(operation, 60)
    answer, early = bench.keyed(operation, bodies[operation]), bench.miles()
    bench.wait(59)
    still = bench.miles(), bench.simulator.pending_of(bench.number())
    bench.wait(1)

    assert (answer.status, early, still) == (202, 0, (0, 1))
    assert (bench.miles(), bench.simulator.pending_of(bench.number())) == (5, 0)


def test_calculate_and_record_are_never_pending() -> None:
    bench = Bench(pending_202_probability=1.0)

    assert bench.keyed("calculateMiles", bench.lines(20)).status == 200
    assert bench.call("recordTransaction", bench.basket()).status == 200
    assert bench.post().status == 202


def test_a_transaction_in_flight_holds_up_its_collector_only(bench: Bench) -> None:
    bench.simulator.hold(bench.number())
    held = [bench.keyed("issueMiles", bench.lines(20)).status, bench.keyed("returnItems", bench.lines(20)).status]
    others = [bench.post().status, bench.keyed("issueMiles", bench.lines(20, role="issuing")).status]
    bench.simulator.let_go(bench.number())

    assert (held, others) == ([409, 409], [200, 200])
    assert bench.keyed("issueMiles", bench.lines(20)).status == 200


def test_environments_have_books_of_their_own(bench: Bench) -> None:
    bench.keyed("postMiles", bench.sale(), environment="production")

    assert (bench.miles(), bench.miles(environment="production")) == (0, 5)


@pytest.mark.parametrize(
    ("role", "answered"),
    [("unknown", 400), ("inactive", 400), ("closed", 400), ("merged", 200), ("collecting", 200)],
)
def test_who_can_be_credited(bench: Bench, role: str, answered: int) -> None:
    assert bench.post(5, role=role).status == answered


def test_the_surviving_account_is_credited(bench: Bench) -> None:
    bench.post(5, role="merged")
    survivor, rejecting = bench.miles("survivor"), Bench(collector_status_merged="reject")

    assert (survivor, bench.miles("merged")) == (5, 0)
    assert rejecting.post(5, role="merged").status == 400


def test_history_shows_what_was_issued(bench: Bench) -> None:
    bench.post(5)
    bench.keyed("reverseMiles", bench.sale(2))
    bench.call("recordTransaction", bench.basket())
    shown = told(_history(bench))["_embedded"]["genericActivityDtoList"]

    assert [entry["activityType"] for entry in shown] == ["REVERSAL", "ISSUANCE"]
    assert {entry["transactionDate"] for entry in shown} == {"2026-11-21"}
    assert len(told(_history(bench, page=1, size=1))["_embedded"]["genericActivityDtoList"]) == 1
    assert told(_history(bench, sponsorList="OTHER"))["_embedded"]["genericActivityDtoList"] == []
    assert _history(bench, collectorNumber=None).status == 400


@pytest.mark.parametrize("operation", OPERATIONS)
def test_nothing_is_served_without_a_token_for_it(bench: Bench, operation: str) -> None:
    other = told(bench.grant(audience=DEFAULTS["collector.oauth.audience"]))["access_token"]

    assert bench.call(operation, bench.sale(), without=["authorization"]).status == 401
    assert bench.call(operation, bench.sale(), token=other).status == 403
    assert bench.call(operation, bench.sale(), environment="production", token=bench.token()).status == 401


@pytest.mark.parametrize("operation", OPERATIONS)
@pytest.mark.parametrize(
    "body",
    [b"", b"null", b"[]", b'"x"', b"\xff\xfe", b"[" * 100_000, b'{"collectorNumber": "\\ud800"}',
     b'{"basketPreTaxAmount": ' + b"9" * 5000 + b"}", b'{"basketPreTaxAmount": 1e999}', b'{"basketPreTaxAmount": NaN}',
     b'{"items": [[], 5], "issuances": {}, "collectorNumber": 5, "checkoutDateTime": []}'],
)  # fmt: skip
def test_nothing_that_is_sent_trips_it(bench: Bench, operation: str, body: bytes) -> None:
    answer = bench.call(operation, body)

    assert answer.status == 400
    assert told(answer)["message"]


def _history(bench: Bench, **changes: Any) -> Any:
    usual = {"from": "2026-11-01", "to": "2026-11-30", "sponsorList": "SIMU", "collectorNumber": bench.number()}
    query = {name: value for name, value in {**usual, **changes}.items() if value is not None}
    return bench.call("findActivity", query=query, method="GET")
