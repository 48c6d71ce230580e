"""What to look at when looking for a defect of Issuance: a few calls on the bench, and what is seen of them."""

from collections.abc import Callable
from typing import Any

from tests.air_miles.bench import Bench, issuance, told

KEY, OTHER = "0f8fad5b-d9cb-469f-a165-70867728950e", "0f8fad5b-d9cb-469f-a165-708677289999"
Look = Callable[[Bench], Any]


def miles_after(operation: str, *bodies: Callable[[Bench], object]) -> Look:
    """The collector's miles after those transactions of one operation."""

    def look(bench: Bench) -> int:
        for body in bodies:
            bench.keyed(operation, body(bench))
        return bench.miles()

    return look


def status(operation: str, body: Callable[[Bench], object], **how: Any) -> Look:
    return lambda bench: bench.keyed(operation, body(bench), **how).status


def back(debit: str, credited: int, taken: int, *, repeat: bool = False, key: str = KEY) -> Look:
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


def returned(bench: Bench, *dollars: int, lines: int, repeat: bool = False) -> int:
    """Miles left after a basket of those lines was issued, and its first lines returned."""
    sale = bench.lines(*dollars)
    bench.keyed("issueMiles", sale)
    part = sale | {"items": sale["items"][:lines], "checkoutTransactionId": "back"}
    for _ in range(1 + repeat):
        bench.keyed("returnItems", part, KEY)
    return bench.miles()


def half_returned_twice(bench: Bench) -> int:
    item = {"id": "SKU-1", "quantity": 2, "finalAmount": 80}
    bench.keyed("issueMiles", bench.lines(80, items=[item]))
    body = bench.lines(40, items=[item | {"quantity": 1, "finalAmount": 40}])
    for _ in range(2):
        bench.keyed("returnItems", body, KEY)
    return bench.miles()


def repeated(bench: Bench, status: int = 200) -> tuple[int, int]:
    """What a repeat is answered, and the miles after it, when the first was answered `status`."""
    body = bench.sale()
    if status == 202:
        bench.simulator.delay_next("postMiles", 0.5)
    bench.keyed("postMiles", body, KEY)
    repeat = bench.keyed("postMiles", body, KEY)
    bench.wait(1)
    return repeat.status, bench.miles()


def after_trouble(order: Callable[[Bench], None], times: int = 2) -> Look:
    """What the last of so many attempts is answered, and the miles after it."""

    def look(bench: Bench) -> tuple[int, int]:
        order(bench)
        body = bench.sale()
        answers = [bench.keyed("postMiles", body, KEY) for _ in range(times)]
        return answers[-1].status, bench.miles()

    return look


def in_flight(operation: str, role: str = "collecting") -> Look:
    def look(bench: Bench) -> int:
        bench.keyed("issueMiles", bench.lines(40))
        bench.simulator.hold(bench.number())
        return bench.keyed(operation, bench.lines(40, role=role)).status

    return look


def waited(bench: Bench) -> int:
    body = bench.lines(40)
    bench.simulator.hold(bench.number())
    bench.keyed("issueMiles", body, KEY)
    bench.simulator.let_go(bench.number())
    return bench.keyed("issueMiles", body, KEY).status


def offers(bench: Bench) -> list[tuple[str, int]]:
    bench.keyed("postMiles", bench.sale(issuances=[issuance(8), issuance(5, "BONUS5X")]))
    return [(e["offer"], e["miles"]) for e in bench.simulator.entries_of(bench.number())]


def corrected(bench: Bench) -> int:
    body = bench.sale()
    bench.keyed("postMiles", body | {"basketPreTaxAmount": "x"})
    return bench.keyed("postMiles", body).status


def refused_twice(bench: Bench) -> int:
    body = bench.sale(basketPreTaxAmount="x")
    return [bench.keyed("postMiles", body).status for _ in range(2)][-1]


def pending(seconds: float) -> Look:
    def look(bench: Bench) -> int:
        bench.simulator.delay_next("postMiles", 60)
        bench.post(5)
        bench.wait(seconds)
        return bench.miles()

    return look


def without_key(*times: str) -> Look:
    def look(bench: Bench) -> int:
        body = bench.sale()
        for at in times:
            bench.call("postMiles", body | {"checkoutDateTime": at})
        return bench.miles()

    return look


def day_of(at: str) -> Look:
    def look(bench: Bench) -> str:
        bench.keyed("postMiles", bench.sale(checkoutDateTime=at))
        return str(bench.simulator.entries_for("basket-1")[0]["day"])

    return look


def report(bench: Bench, key: str) -> Any:
    bench.keyed("postEvent", bench.event(7))
    bench.post(5)
    bench.keyed("reverseMiles", bench.sale(2))
    report = bench.simulator.days_report("2026-11-21")
    return sorted(report) if key == "offers" else report["STANDARD"][key]


def history(bench: Bench) -> int:
    bench.post()
    query = {"from": "2026-11-01", "to": "2026-11-30", "sponsorList": "SIMU", "collectorNumber": bench.number()}
    return len(told(bench.call("findActivity", query=query, method="GET"))["_embedded"]["genericActivityDtoList"])


def summary(bench: Bench) -> int:
    """The balance that Summary shows right after a bonus."""
    bench.post(5, "BONUS5X")
    standing = bench.roles["members"]["collecting"]["refresh_token"]
    token = told(bench.grant(grant_type="refresh_token", refresh_token=standing))["access_token"]
    return int(told(bench.call("getSummary", method="GET", token=token))["dreamBalance"])


def renewed(bench: Bench) -> tuple[int, int]:
    body = bench.sale()
    refused = bench.keyed("postMiles", body, KEY, token="worthless")
    return refused.status, bench.keyed("postMiles", body, KEY).status


def location(bench: Bench) -> str:
    bench.post()
    return str(bench.simulator.entries_for("basket-1")[0]["location"])


def merged(bench: Bench) -> tuple[int, int]:
    bench.post(5, role="merged")
    return bench.miles("merged"), bench.miles("survivor")


def alike(bench: Bench) -> list[int]:
    return [bench.post(key=key).status for key in (KEY, OTHER)]


def recorded(bench: Bench) -> int:
    body = bench.basket()
    for _ in range(2):
        bench.keyed("recordTransaction", body, KEY)
    return int(bench.simulator.records_for("basket-1"))


def used_key(bench: Bench) -> int:
    bench.post(5, key=KEY)
    bench.post(7, key=KEY)
    return bench.miles()
