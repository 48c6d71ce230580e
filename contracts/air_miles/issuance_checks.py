"""What is wrong with a request to Issuance, before anybody's miles are looked at. Settings say what is mandatory."""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta

from accredit import Rules

from .collectors import check_digit
from .issuance_fields import wrong_fields
from .reading import Fields, cents_at, moment_at, objects_at, text_at, whole_at

EVENTS = ("postEvent", "reverseEvent")
BY_PARTNER = ("postMiles", "reverseMiles", *EVENTS)
BY_AMRP = ("calculateMiles", "issueMiles", "returnItems")
TAXES = ("basketGSTAmount", "basketPSTAmount", "basketHSTAmount", "basketQSTAmount")
_AMOUNTS = ("basketPreTaxAmount", "basketPostTaxAmount", *TAXES)
_TEXTS = ("deviceId", "checkoutTransactionId", "clientTransactionId", "collectorNumber", "checkoutDateTime")
_NOT_REQUIRED = {
    "basketPreTaxAmount": "pre_tax_total_not_required",
    "basketPostTaxAmount": "post_tax_total_not_required",
    "clientTransactionId": "client_transaction_id_not_required",
    "checkoutTransactionId": "checkout_transaction_id_not_required",
}
_REFUSED_TAX = {"basketQSTAmount": "refuses_quebec_tax", "basketPSTAmount": "refuses_provincial_tax"}
_NUMBER = re.compile("8[0-9]{10}")
_MOST_MILES = 999_999_999
"""Nine digits in a vendor's file (public:BATCH)."""


class Checks:
    """Finds the faults of one request. Each is told as `<field> <what it must be>`."""

    def __init__(self, rules: Rules) -> None:
        self._rules = rules

    def faults(self, operation: str, told: Fields) -> list[str]:
        """Everything that is wrong; empty for a request that may go on."""
        return [
            *self._missing(told, self._required(operation)),
            *self._formats(told),
            *wrong_fields(told),
            *self._too_long(told),
            *self._items(told),
            *self._issuances(told),
            *self._amounts(told),
            *self._moment(told),
        ]

    def sums_are_wrong(self, told: Fields) -> bool:
        """Taxes do not lead from one total to the other, or lines not to the first (public:CALC, its sample)."""
        before, after = cents_at(told, "basketPreTaxAmount"), cents_at(told, "basketPostTaxAmount")
        taxes = [cents_at(told, name) or 0 for name in TAXES]
        lines = [cents_at(item, "finalAmount") or 0 for item in objects_at(told, "items")]
        return (before or 0) + sum(taxes) != after or (bool(lines) and sum(lines) != before)

    def _required(self, operation: str) -> list[str]:
        kind = "event" if operation in EVENTS else "record" if operation == "recordTransaction" else "basket"
        names = list(self._rules.setting(f"issuance.required.{kind}"))
        if operation in BY_AMRP:
            names.append("items")
        if operation in ("postMiles", "reverseMiles"):
            names.append("issuances")
        if kind == "record" and self._rules.wrong("record_wants_a_collector"):
            names.append("collectorNumber")
        return [n for n in dict.fromkeys(names) if n not in _NOT_REQUIRED or not self._rules.wrong(_NOT_REQUIRED[n])]

    def _missing(self, told: Fields, names: list[str]) -> Iterator[str]:
        for name in names:
            if told.get(name) in (None, "", []):
                yield f"{name} is mandatory"

    def _formats(self, told: Fields) -> Iterator[str]:
        for name in _TEXTS:
            if name in told and not isinstance(told[name], str):
                yield f"{name} must be text"
        for name in ("items", "issuances", "coupon"):
            if name in told and not isinstance(told[name], list):
                yield f"{name} must be a list"
        for name in ("items", "issuances"):
            if told.get(name) == []:
                yield f"{name} must hold something"
            if isinstance(told.get(name), list) and len(objects_at(told, name)) != len(told[name]):
                yield f"{name} must hold objects only"
        if isinstance(number := told.get("collectorNumber"), str) and not self._is_number(number):
            yield "collectorNumber must be eleven digits that begin with 8"

    def _is_number(self, number: str) -> bool:
        if len(number) == 10 and self._rules.wrong("ten_digits_find_a_collector"):
            return True
        if not _NUMBER.fullmatch(number):
            return False
        return check_digit(number) or self._rules.setting("collectorNumber.validation") == "lenient"

    def _too_long(self, told: Fields) -> Iterator[str]:
        for part in (told, *objects_at(told, "issuances")):
            for name, longest in self._rules.setting("issuance.maxLength").items():
                if len(text_at(part, name)) > longest:
                    yield f"{name} has at most {longest} characters"

    def _items(self, told: Fields) -> Iterator[str]:
        for item in objects_at(told, "items"):
            yield from self._missing(item, self._rules.setting("issuance.required.item"))
            if "quantity" in item and whole_at(item, "quantity") is None:
                yield "quantity must be a whole number above 0"
            yield from (
                f"{name} must be dollars" for name in ("baseAmount", "finalAmount") if cents_at(item, name) is None
            )

    def _issuances(self, told: Fields) -> Iterator[str]:
        for issuance in objects_at(told, "issuances"):
            yield from self._missing(issuance, self._rules.setting("issuance.required.issuance"))
            if "milesAmount" in issuance and not 0 < (whole_at(issuance, "milesAmount") or 0) <= _MOST_MILES:
                yield f"milesAmount must be a whole number from 1 to {_MOST_MILES}"

    def _amounts(self, told: Fields) -> Iterator[str]:
        for name in _AMOUNTS:
            cents = cents_at(told, name)
            if cents is None:
                yield f"{name} must be dollars, with at most two decimals"
            elif cents and name in _REFUSED_TAX and self._rules.wrong(_REFUSED_TAX[name]):
                yield f"{name} must be 0"

    def _moment(self, told: Fields) -> Iterator[str]:
        """ISO 8601 with a zone; not ahead of the clock, and not too old, as far as the settings say so."""
        names = ["checkoutDateTime", self._rules.setting("issuance.event.timestampField")]
        for name in [n for n in names if n and n in told]:
            moment = moment_at(told, name)
            if moment is not None and moment.tzinfo is None and self._rules.wrong("time_without_zone_is_taken"):
                continue
            if moment is None or moment.tzinfo is None:
                yield f"{name} must be a date-time of ISO 8601 with a zone"
            elif moment.utcoffset() and self._rules.wrong("refuses_offsets"):
                yield f"{name} must be UTC"
            else:
                yield from self._age(name, moment)

    def _age(self, name: str, moment: datetime) -> Iterator[str]:
        now, oldest = self._rules.now(), self._rules.setting("time.maxAge")
        if moment > now + timedelta(seconds=self._rules.setting("time.futureSkew")):
            yield f"{name} lies ahead"
        if oldest and moment < now - timedelta(days=oldest):
            yield f"{name} lies too far back"
