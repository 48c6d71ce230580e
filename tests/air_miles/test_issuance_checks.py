"""What is wrong with a request, and on which Transaction Day it falls."""

from datetime import date, datetime
from typing import Any

import pytest

from contracts.air_miles.transaction_day import day_of, is_change
from tests.air_miles.bench import Bench, issuance, told


@pytest.mark.parametrize(
    ("operation", "changes", "field"),
    [
        ("postMiles", {"basketPreTaxAmount": None}, "basketPreTaxAmount"),
        ("postMiles", {"basketPostTaxAmount": None}, "basketPostTaxAmount"),
        ("postMiles", {"basketPreTaxAmount": "24.97"}, "basketPreTaxAmount"),
        ("postMiles", {"basketPreTaxAmount": 24.975}, "basketPreTaxAmount"),
        ("postMiles", {"basketHSTAmount": -1}, "basketHSTAmount"),
        ("postMiles", {"basketHSTAmount": True}, "basketHSTAmount"),
        ("postMiles", {"issuances": []}, "issuances"),
        ("postMiles", {"issuances": [5]}, "issuances"),
        ("postMiles", {"issuances": [issuance(0)]}, "milesAmount"),
        ("postMiles", {"issuances": [issuance(5, locationCode=37)]}, "locationCode"),
        ("postMiles", {"issuances": [issuance(5, locationCode="00037")]}, "locationCode"),
        ("postMiles", {"issuances": [issuance(5, "NINECHARS")]}, "issuanceOfferCode"),
        ("postMiles", {"issuances": [{"milesAmount": 5}]}, "issuanceOfferCode"),
        ("postMiles", {"checkoutTransactionId": None}, "checkoutTransactionId"),
        ("postMiles", {"checkoutTransactionId": "x" * 65}, "checkoutTransactionId"),
        ("postMiles", {"checkoutTransactionId": 12340001111}, "checkoutTransactionId"),
        ("postMiles", {"checkoutDateTime": None}, "checkoutDateTime"),
        ("postMiles", {"checkoutDateTime": "2026-11-21T11:59:00"}, "checkoutDateTime"),
        ("postMiles", {"checkoutDateTime": "yesterday"}, "checkoutDateTime"),
        ("postMiles", {"checkoutDateTime": "2026-11-21T17:05:01Z"}, "checkoutDateTime"),
        ("postMiles", {"deviceId": "P" * 33}, "deviceId"),
        ("postEvent", {"clientTransactionId": None}, "clientTransactionId"),
        ("postEvent", {"collectorNumber": None}, "collectorNumber"),
        ("issueMiles", {"items": []}, "items"),
        ("issueMiles", {"items": [{"id": "SKU", "quantity": 1}]}, "finalAmount"),
        ("issueMiles", {"items": [{"id": 5, "quantity": 1, "finalAmount": 1}]}, "id"),
        ("issueMiles", {"items": [{"id": "SKU", "quantity": 1.5, "finalAmount": 1}]}, "quantity"),
        ("recordTransaction", {"basketPostTaxAmount": None}, "basketPostTaxAmount"),
    ],
)
def test_wrong_details_are_refused_and_named(bench: Bench, operation: str, changes: dict[str, Any], field: str) -> None:
    make = {"postEvent": bench.event, "issueMiles": lambda **c: bench.lines(40, **c), "recordTransaction": bench.basket}
    answer = bench.keyed(operation, make.get(operation, bench.sale)(**changes))

    assert (answer.status, told(answer)["responseCode"]) == (400, "1400")
    assert field in told(answer)["message"]
    assert bench.miles() == 0


@pytest.mark.parametrize("number", ["84095202006", "80085102028", "80000000007", "80000000060", "80000000150"])
def test_numbers_with_their_check_digit_are_well_formed_when_strict(number: str) -> None:
    """Well formed is all they are: most of them are nobody's here."""
    answer = _to(Bench(collectorNumber_validation="strict"), number)

    assert "collectorNumber" not in told(answer).get("message", "")


@pytest.mark.parametrize("number", ["81111111111", "80000000001"])
def test_numbers_of_the_providers_samples_are_refused_only_when_strict(number: str) -> None:
    """Both fail the check digit. When lenient, what they lack is an account."""
    strict, lenient = (_to(Bench(collectorNumber_validation=how), number) for how in ("strict", "lenient"))

    assert "collectorNumber" in told(strict)["message"]
    assert told(lenient)["message"] == "the collector's account is unknown"


@pytest.mark.parametrize("number", ["8008510202", "800851020280", "70085102028", "8008510202A", "800 851 020 28"])
def test_malformed_numbers_are_refused(bench: Bench, number: str) -> None:
    """Spaces are the partner's to strip."""
    assert "collectorNumber" in told(_to(bench, number))["message"]


@pytest.mark.parametrize(
    ("amounts", "fits"),
    [
        ((24.97, 0, 0, 3.25, 0, 28.22), True),
        ((100.00, 5.00, 0, 0, 0, 105.00), True),
        ((100.00, 5.00, 7.00, 0, 0, 112.00), True),
        ((100.00, 5.00, 0, 0, 9.98, 114.98), True),
        ((24.97, 0, 0, 3.25, 0, 28.23), False),
    ],
)
@pytest.mark.parametrize(("policy", "answered", "warned"), [("warn", 200, 1), ("reject", 400, 1), ("off", 200, 0)])
def test_amounts_that_do_not_add_up_are_treated_as_set(
    amounts: tuple[float, ...], fits: bool, policy: str, answered: int, warned: int
) -> None:
    bench = Bench(basket_arithmetic=policy)
    names = (
        "basketPreTaxAmount",
        "basketGSTAmount",
        "basketPSTAmount",
        "basketHSTAmount",
        "basketQSTAmount",
        "basketPostTaxAmount",
    )
    answer = bench.keyed("postMiles", bench.sale(**dict(zip(names, amounts, strict=True))))

    assert (answer.status, len(bench.simulator.warnings())) == ((200, 0) if fits else (answered, warned))


def test_lines_make_up_the_total_before_tax(bench: Bench) -> None:
    """The published sample: 19.98 and 4.99 make 24.97."""
    items = [{"id": "SKU1234", "quantity": 2, "baseAmount": 9.99, "finalAmount": 19.98},
             {"id": "SKU1252", "quantity": 1, "baseAmount": 4.99, "finalAmount": 4.99}]  # fmt: skip
    for lines in (items, items[:1]):
        bench.keyed("issueMiles", bench.basket(items=lines))

    assert bench.simulator.warnings() == ["basket-3"]


@pytest.mark.parametrize(
    ("offer", "location", "answered"),
    [("STANDARD", "1100", 200), ("NOSUCH", "1100", 400), ("SPRING19", "1100", 400), ("STANDARD", "9999", 400)],
)
def test_only_registered_offers_and_locations(bench: Bench, offer: str, location: str, answered: int) -> None:
    sale = bench.sale(issuances=[issuance(5, offer, locationCode=location)])

    assert bench.keyed("postMiles", sale).status == answered


def test_an_offer_can_be_used_on_its_last_day(bench: Bench) -> None:
    """23:59 EST of 30 June 2019 is 04:59 UTC of the day after."""
    answers = [
        bench.keyed("postMiles", bench.sale(5, "SPRING19", checkoutDateTime=f"2019-07-01T{at}Z")).status
        for at in ("04:59:59.999", "05:00:00.000")
    ]

    assert answers == [200, 400]


@pytest.mark.parametrize(
    ("moment", "fixed", "eastern"),
    [
        ("2026-07-02T03:59:59.999Z", "2026-07-01", "2026-07-01"),
        ("2026-07-02T04:00:00.000Z", "2026-07-01", "2026-07-02"),
        ("2026-07-02T04:59:59.999Z", "2026-07-01", "2026-07-02"),
        ("2026-07-02T05:00:00.000Z", "2026-07-02", "2026-07-02"),
        ("2026-01-15T04:59:59.999Z", "2026-01-14", "2026-01-14"),
        ("2026-01-15T05:00:00.000Z", "2026-01-15", "2026-01-15"),
        ("2026-03-08T04:59:59.999Z", "2026-03-07", "2026-03-07"),
        ("2026-03-09T04:30:00.000Z", "2026-03-08", "2026-03-09"),
        ("2026-11-01T04:30:00.000Z", "2026-10-31", "2026-11-01"),
        ("2026-11-02T04:30:00.000Z", "2026-11-01", "2026-11-01"),
    ],
)
@pytest.mark.parametrize("zone", ["fixed", "eastern"])
def test_transaction_days(moment: str, fixed: str, eastern: str, zone: str) -> None:
    """The last four lie around both changes of clocks of that year."""
    bench, expected = Bench(time_zone=zone), fixed if zone == "fixed" else eastern
    bench.keyed("postMiles", bench.sale(checkoutDateTime=moment))

    assert day_of(datetime.fromisoformat(moment), zone) == date.fromisoformat(expected)
    assert bench.simulator.entries_for("basket-1")[0]["day"] == expected


def test_days_of_the_changes() -> None:
    assert [day for day in range(1, 32) if is_change(date(2026, 3, day))] == [8]
    assert [day for day in range(1, 31) if is_change(date(2026, 11, day))] == [1]


def _to(bench: Bench, number: str) -> Any:
    return bench.keyed("postMiles", bench.sale(collectorNumber=number))
