"""One transaction that passed the checks: whose it is, when it was, and how its entries come into the books."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from accredit import Rules

from .collectors import ACTIVE, CLOSED, INACTIVE, MERGED, Collector
from .faults import Faults
from .ledger import Entry, Ledger, Line
from .offers import OFFERS
from .reading import Fields, moment_at, text_at

_EXCUSES = {
    "unknown": "unknown_collector_is_credited",
    "inactive": "inactive_collector_is_credited",
    "closed": "closed_collector_is_credited",
}


class NotTaken(Exception):
    """A transaction cannot be taken. Caught by the pipeline, which answers `status`."""

    def __init__(self, status: int, message: str) -> None:
        self.status = status
        super().__init__(message)


@dataclass(frozen=True)
class Transaction:
    """One request that is well formed.

    Attributes:
        collector: The number that is credited, a merged account's survivor; None when the request names nobody.
        settles_after: Seconds for which it stays pending; 0 when it comes true at once.
        original: Which transaction it says it takes back; empty when it names none.
    """

    operation: str
    environment: str
    told: Fields
    id: str
    collector: str | None
    checkout: datetime
    settles_after: float
    original: str


class Desk:
    """Makes transactions of requests, and entries of transactions."""

    def __init__(self, rules: Rules, ledger: Ledger, collectors: Mapping[str, Collector], faults: Faults) -> None:
        self._rules, self.ledger, self._collectors, self._faults = rules, ledger, collectors, faults

    def transaction(self, operation: str, environment: str, told: Fields) -> Transaction:
        """The transaction that a well-formed request describes.

        Raises:
            NotTaken: the collector is unknown, inactive or closed.
        """
        number = text_at(told, "collectorNumber")
        reference = self._rules.setting("issuance.reverse.originalReference")
        return Transaction(
            operation=operation,
            environment=environment,
            told=told,
            id=text_at(told, "checkoutTransactionId") or text_at(told, "clientTransactionId"),
            collector=self._credited(operation, number) if number else None,
            checkout=self._checkout(told),
            settles_after=self._pending_for(operation),
            original=text_at(told, reference) if reference else "",
        )

    def day(self, transaction: Transaction) -> date:
        return self.ledger.day(transaction.checkout)

    def book(self, transaction: Transaction, kind: str, miles: int, offer: str, location: str = "",
             lines: tuple[Line, ...] = ()) -> None:  # fmt: skip
        """Appends one entry. A note is never pending."""
        now = self._rules.now()
        if self._rules.wrong("location_loses_zeros"):
            location = location.lstrip("0")
        entry = Entry(
            kind=kind,
            environment=transaction.environment,
            collector=transaction.collector,
            operation=transaction.operation,
            transaction=transaction.id,
            offer=offer,
            location=location,
            miles=miles,
            day=self.day(transaction),
            booked_at=now,
            settles_at=now + timedelta(seconds=transaction.settles_after),
            lines=lines,
            original=transaction.original,
        )
        self.ledger.append(entry)

    def check_offer(self, transaction: Transaction, code: str, locations: Mapping[str, Any]) -> None:
        """Raises NotTaken for an offer, or one of the locations, that AIR MILES did not register or that has ended."""
        offer = OFFERS.get(code)
        if offer is None and not self._rules.wrong("credits_unknown_offer"):
            raise NotTaken(self._rules.setting("issuance.errors.offer"), f"offer {code} is unknown")
        has_ended = offer is not None and offer.last_day is not None and self.day(transaction) > offer.last_day
        if has_ended and not self._rules.wrong("credits_expired_offer"):
            raise NotTaken(self._rules.setting("issuance.errors.offer"), f"offer {code} has expired")
        for location, is_known in locations.items():
            if not is_known:
                raise NotTaken(self._rules.setting("issuance.errors.location"), f"location {location} is unknown")

    def check_funds(self, transaction: Transaction, miles: int) -> None:
        """Raises NotTaken where a balance may not go below zero."""
        balance = self.ledger.posted(str(transaction.collector), transaction.environment)
        if self._rules.setting("issuance.reverse.negativeBalance") == "reject" and balance < miles:
            raise NotTaken(400, "the collector has fewer miles")

    def taken_back_from(self, transaction: Transaction) -> list[Entry]:
        """The collector's entries that a reversal may refer to: of the sale it names, or all; none beyond the window."""
        window, now = self._rules.setting("issuance.reverse.window"), self._rules.now()
        entries = self.ledger.of(str(transaction.collector), transaction.environment)
        if transaction.original:
            entries = [e for e in entries if transaction.original in (e.transaction, e.original)]
        return [e for e in entries if not window or now - e.booked_at <= timedelta(days=window)]

    def _credited(self, operation: str, number: str) -> str | None:
        """Whose account it is. RECORD notes whatever it is told: it is for non-collectors too (public:RECORD)."""
        if self._rules.wrong("ten_digits_find_a_collector") and len(number) == 10:
            number = next((n for n in self._collectors if n.startswith(number)), number)
        collector = self._collectors.get(number)
        if operation == "recordTransaction":
            return number
        if collector is not None and collector.status == MERGED:
            return self._survivor(collector)
        standing = {ACTIVE: "", INACTIVE: "inactive", CLOSED: "closed"}[collector.status] if collector else "unknown"
        if standing and not self._rules.wrong(_EXCUSES[standing]):
            status = self._rules.setting("collector.status.rejections")[standing]
            raise NotTaken(status, f"the collector's account is {standing}")
        return number

    def _survivor(self, merged: Collector) -> str:
        """A vendor's audit file names the surviving account, and credits it (public:BATCH)."""
        if self._rules.setting("collector.status.merged") == "reject":
            raise NotTaken(400, "the collector's account was merged")
        return merged.number if self._rules.wrong("merged_credit_is_lost") else merged.merged_into

    def _checkout(self, told: Fields) -> datetime:
        """An event has no time of its own that was published; it counts from when it arrives."""
        name = self._rules.setting("issuance.event.timestampField")
        moment = moment_at(told, "checkoutDateTime") or (moment_at(told, name) if name else None)
        if moment is None:
            return self._rules.now()
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)

    def _pending_for(self, operation: str) -> float:
        """RECORD and CALCULATE are never pending (public:CALC, public:RECORD)."""
        if operation in ("recordTransaction", "calculateMiles"):
            return 0
        ordered = self._faults.pending_of(operation)
        if ordered is not None:
            return ordered
        likely = self._rules.setting("pending.202.probability")
        by_chance = likely and self._rules.random.random() < likely
        return float(self._rules.setting("pending.202.settleAfter")) if by_chance else 0
