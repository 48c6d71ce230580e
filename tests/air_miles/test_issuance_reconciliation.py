"""A Transaction Day computed from recorded exchanges, and AIR MILES' report of the same day."""

import json
from collections.abc import Mapping
from datetime import date, timedelta, timezone
from typing import Any

from accredit.model.exchange import Exchange, Request, Response
from steps.air_miles.issuance_reconciliation import Totals, air_miles_day, counts, partners_day
from tests.air_miles.bench import Bench, issuance

EST, DAY = timezone(timedelta(hours=-5)), date(2026, 11, 21)


def exchange(
    operation: str, body: Mapping[str, Any], status: int | None, sent_at: str = "2026-11-21T17:00:00.000Z"
) -> Exchange:
    """One recorded call; `status` None is one that nothing came back from."""
    request = Request("POST", "https://cert.airmilesapis.ca/x", (), json.dumps(body))
    return Exchange(1, operation, "certification", sent_at, request, None if status is None else Response(status))


def sale(id_: str, miles: int, offer: str = "STANDARD", at: str = "2026-11-21T16:00:00Z") -> dict[str, Any]:
    return {"checkoutTransactionId": id_, "checkoutDateTime": at, "issuances": [issuance(miles, offer)]}


def test_each_transaction_counts_once_by_what_it_ended_in() -> None:
    """Repeats after failures and silence are one; what was refused is none; what is pending is pending."""
    first, lost = sale("a", 5), sale("b", 7)
    day = partners_day(
        [
            exchange("postMiles", first, 500),
            exchange("postMiles", first, 200),
            exchange("postMiles", first, 200),
            exchange("postMiles", lost, None),
            exchange("postMiles", lost, 200),
            exchange("postMiles", sale("c", 9), 400),
            exchange("postMiles", sale("d", 11), 202),
            exchange("reverseMiles", sale("e", 3), 200),
            exchange("recordTransaction", sale("f", 100), 200),
        ],
        DAY,
        EST,
    )

    assert day.offers == {"STANDARD": Totals(2, 12, 1, 3, 1, 11)}
    assert day.unknown == 0


def test_pending_ones_count_once_they_have_settled() -> None:
    sent = [exchange("postMiles", sale("a", 5), 202), exchange("reverseMiles", sale("b", 2), 202)]

    assert partners_day(sent, DAY, EST).offers == {"STANDARD": Totals(pending=2, pending_miles=3)}
    assert partners_day(sent, DAY, EST, settled=True).offers == {"STANDARD": Totals(1, 5, 1, 2)}


def test_what_nobody_knows_is_told_apart() -> None:
    day = partners_day([exchange("postMiles", sale("a", 5), None), exchange("postMiles", sale("b", 5), 500)], DAY, EST)

    assert (day.offers, day.unknown) == ({}, 2)


def test_a_repeat_that_was_sent_before_was_acted_on() -> None:
    """Only after an attempt of which nothing was heard; a first attempt answered so was refused."""
    lost, refused = sale("a", 5), sale("b", 7)
    sent = [exchange("postMiles", lost, None), exchange("postMiles", lost, 409), exchange("postMiles", refused, 409)]

    assert partners_day(sent, DAY, EST, sent_before=409).offers == {"STANDARD": Totals(1, 5)}
    assert partners_day(sent, DAY, EST).offers == {}


def test_baskets_count_by_checkout_and_events_by_sending() -> None:
    late = sale("a", 5, at="2026-11-22T04:59:59.999Z")
    later = sale("b", 6, at="2026-11-22T05:00:00.000Z")
    event = {"clientTransactionId": "c", "issuances": [issuance(7, "THANKS")]}
    sent = [exchange("postMiles", body, 200, "2026-11-25T12:00:00.000Z") for body in (late, later)]
    day = partners_day([*sent, exchange("postEvent", event, 200, "2026-11-22T04:00:00.000Z")], DAY, EST)

    assert {offer: totals.credits_miles for offer, totals in day.offers.items()} == {"STANDARD": 5, "THANKS": 7}


def test_air_miles_side_tells_the_same(bench: Bench) -> None:
    bench.post(5)
    bench.post(11, "BONUS5X")
    bench.keyed("reverseMiles", bench.sale(2))
    bench.simulator.delay_next("postEvent", 60)
    bench.keyed("postEvent", bench.event(7))
    bench.keyed("issueMiles", bench.lines(40))
    bench.call("recordTransaction", bench.basket())
    day = air_miles_day(bench.simulator.days_report("2026-11-21"))

    assert day.offers == {
        "STANDARD": Totals(1, 5, 1, 2),
        "BONUS5X": Totals(1, 11),
        "THANKS": Totals(pending=1, pending_miles=7),
        "": Totals(1, 2),
    }
    assert counts(day)[""] == (1, 0, 0)
    assert bench.simulator.days_report("2026-11-20") == {}
