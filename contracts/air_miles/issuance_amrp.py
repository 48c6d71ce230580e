"""Miles that AIR MILES calculates from the lines of a basket: CALCULATE, ISSUE and RETURN.

How AIR MILES calculates is the contract's. Here each line earns a mile for so many cents of its final amount, so that
what a line gives back is what it earned.
"""

from collections import Counter

from accredit import Rules

from .issuance_context import Desk, NotTaken, Transaction
from .ledger import CREDIT, DEBIT, Entry, Line
from .offers import AMRP_OFFER
from .reading import Fields, cents_at, objects_at, whole_at

_LARGE = 100
"""Miles of a basket beyond which a defect asks for CALCULATE."""


class AmrpCalculated:
    """Calculates, credits, and takes back what returned lines earned."""

    def __init__(self, rules: Rules, desk: Desk) -> None:
        self._rules, self._desk = rules, desk
        self._calculated: set[tuple[str, str]] = set()

    def calculate(self, transaction: Transaction) -> None:
        """Shows what a basket would earn, and moves nothing (public:CALC)."""
        self._calculated.add((transaction.environment, transaction.id))
        if self._rules.wrong("calculate_credits"):
            self._desk.book(transaction, CREDIT, self._miles(self._lines(transaction)), AMRP_OFFER)

    def issue(self, transaction: Transaction) -> None:
        """Credits what the basket earns. CALCULATE need not have come before (public:ISSUE)."""
        lines = self._lines(transaction)
        miles = self._miles(lines)
        was_calculated = (transaction.environment, transaction.id) in self._calculated
        if miles > _LARGE and not was_calculated and self._rules.wrong("large_issue_wants_calculate"):
            raise NotTaken(400, "calculate first")
        if len(lines) > 1 and self._rules.wrong("issue_credits_for_each_line"):
            miles *= len(lines)
        self._desk.book(transaction, CREDIT, miles, AMRP_OFFER, lines=lines)

    def take_returned(self, transaction: Transaction) -> None:
        """Takes back the miles of returned lines (public:RETURN)."""
        lines, entries = self._lines(transaction), self._desk.taken_back_from(transaction)
        self._expect_issued(lines, entries)
        miles = self._miles(lines)
        sale = _sale_of(lines, entries)
        if sale is not None and len(lines) < len(sale.lines) and self._rules.wrong("partial_return_takes_all"):
            miles = sale.miles
        if sale is not None and len(lines) == len(sale.lines) and self._rules.wrong("whole_return_keeps_a_mile"):
            miles -= 1
        self._desk.check_funds(transaction, miles)
        self._desk.book(transaction, DEBIT, miles, AMRP_OFFER, lines=lines)

    def _lines(self, transaction: Transaction) -> tuple[Line, ...]:
        items = objects_at(transaction.told, "items")
        return tuple(Line(str(item["id"]), whole_at(item, "quantity") or 0, self._cents(item)) for item in items)

    def _cents(self, item: Fields) -> int:
        """What was paid for the line, its discount taken off (public:CALC)."""
        if "baseAmount" in item and self._rules.wrong("discount_is_ignored"):
            return (cents_at(item, "baseAmount") or 0) * (whole_at(item, "quantity") or 0)
        return cents_at(item, "finalAmount") or 0

    def _miles(self, lines: tuple[Line, ...]) -> int:
        rate = int(self._rules.setting("amrp.centsPerMile"))
        return sum(line.cents // rate for line in lines)

    def _expect_issued(self, lines: tuple[Line, ...], entries: list[Entry]) -> None:
        """No more of an item comes back than went out, and no more cents for it."""
        if self._rules.setting("issuance.reverse.exceedsOriginal") == "allow":
            return
        quantities: Counter[str] = Counter()
        cents: Counter[str] = Counter()
        for entry in entries:
            sign = 1 if entry.kind == CREDIT else -1
            for line in entry.lines:
                quantities[line.item] += sign * line.quantity
                cents[line.item] += sign * line.cents
        for line in lines:
            quantities[line.item] -= line.quantity
            cents[line.item] -= line.cents
        is_too_much = any(quantities[line.item] < 0 or cents[line.item] < 0 for line in lines)
        if is_too_much and not self._rules.wrong("takes_back_more_than_was_credited"):
            raise NotTaken(400, "more comes back than was issued")


def _sale_of(lines: tuple[Line, ...], entries: list[Entry]) -> Entry | None:
    """The latest sale that holds every returned item."""
    returned = {line.item for line in lines}
    sales = [e for e in entries if e.kind == CREDIT and returned <= {line.item for line in e.lines}]
    return sales[-1] if sales else None
