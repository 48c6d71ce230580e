"""The status query: the partner's own accruals by filter, a page at a time (public:GET, public:V1GET)."""

import uuid
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from accredit import Answer, Call, Rules

from .ledger import CANCELLED, PROCESSED, PROCESSING, Accrual, Ledger
from .members import PARTNER_ID, SOMEBODY_ELSE
from .reading import LONGEST_ID, Faults
from .refusals import LIMITED, api_error

Query = Mapping[str, str]
FILTERS = ("correlationId", "partnerTransactionId", "partnerAccrualId")
_LEAKS = ("correlation_filter_leaks", "transaction_filter_leaks", "accrual_filter_leaks")
_FLOORS = ((15, 0), (30, 15), (60, 30))
"""Seconds to wait at least: after the report, and after the question before. Then a minute between questions."""
_LATER = 60
_FIRST_LATAM_ID = 100_000
_MOVES_ON = 4


class Status:
    """The operation getAccruals. `early_questions` counts those that came before the published waits were over."""

    def __init__(self, rules: Rules, ledger: Ledger) -> None:
        self._rules, self._ledger = rules, ledger
        self.early_questions = 0

    def answer(self, call: Call) -> Answer:
        query = {name: values[0] if len(values) == 1 else "" for name, values in call.query.items()}
        if "partnerIdentifier" not in query and self._rules.wrong("identifier_not_required"):
            query["partnerIdentifier"] = PARTNER_ID
        if faults := self._faults(query):
            return api_error(self._rules, 400, details=faults)
        found = self._matching(query)
        if self._asks_early(found) and self._rules.setting("accrual.poll.enforce"):
            return api_error(self._rules, 429, LIMITED)
        found += self._leaked(query, found)
        shown, count = [self._read(accrual) for accrual in self._on_page(found, query)], len(found)
        if not found and self._rules.wrong("no_match_reads_cancelled"):
            shown, count = [self._invented(query)], 1
        if not count and self._rules.setting("accrual.get.empty") == 404:
            return api_error(self._rules, 404, "Accrual not found")
        return Answer.of_json(self._rules.setting("accrual.get.successStatus"), self._page(shown, count, query))

    def item(self, accrual: Accrual) -> dict[str, Any]:
        """An accrual as the status query shows it. To look at it this way counts as no reading."""
        told, status, product = accrual.told, accrual.status(self._rules.now()), accrual.told["productId"]
        moved_on = accrual.final_readings >= _MOVES_ON and self._rules.wrong("final_status_moves")
        if status == PROCESSED and moved_on:
            status = CANCELLED
        sent, changed = accrual.received_at, accrual.received_at if status == PROCESSING else accrual.settles_at
        mistimed = self._rules.wrong("origin_date_becomes_sending_time")
        item = {
            "id": accrual.id,
            "correlationId": accrual.correlation_id,
            "partnerAccrualId": told["partnerAccrualId"],
            "partnerTransactionId": told["partnerTransactionId"],
            "points": told["points"] + (1 if self._rules.wrong("reports_other_points") else 0),
            "productId": product.lstrip("0") if self._rules.wrong("product_loses_zeros") else product,
            "partnerOriginDate": _moment(sent, "milliseconds") if mistimed else told["partnerOriginDate"],
            "description": told["description"],
            "ffn": accrual.ffn or told["member"].get("ffn"),
            "status": status,
            "email": told["member"].get("email"),
            "createdAt": _moment(sent, "microseconds"),
            "updatedAt": _moment(changed, "microseconds"),
        }
        if status == PROCESSED and not self._rules.wrong("processed_without_latam_id"):
            item["latamAccrualId"] = str(_FIRST_LATAM_ID + accrual.id)
        if status == CANCELLED and self._rules.setting("accrual.cancelReason.expose"):
            item["statusDetail"] = accrual.reason or "cancelled by LATAM Pass"
        return item

    # --- what is asked ---

    def _faults(self, query: Query) -> Faults:
        faults: Faults = {} if query.get("partnerIdentifier") else {"partnerIdentifier": "must not be null"}
        if self._rules.setting("accrual.get.requireFilter") and not set(FILTERS) & set(query):
            faults |= dict.fromkeys(FILTERS, "one of these must not be null")
        for name in FILTERS:
            if name in query and not query[name]:
                faults[name] = "must not be blank, and be given once"
        for name in FILTERS[1:]:
            if len(query.get(name, "")) > LONGEST_ID:
                faults[name] = f"size must be between 1 and {LONGEST_ID}"
        for name in ("size", self._page_name()):
            if _whole(query.get(name, "1")) < 1:
                faults[name] = "must be a whole number greater than 0"
        for name in ("createdStart", "createdEnd"):
            if name in query and _day(query[name]) is None:
                faults[name] = "must be a date"
        return faults

    def _matching(self, query: Query) -> list[Accrual]:
        """The partner's own accruals that every filter selects, oldest first. All but FILTERS are v1's."""
        if query["partnerIdentifier"] != PARTNER_ID:
            return []
        start, end = _day(query.get("createdStart", "")) or date.min, _day(query.get("createdEnd", "")) or date.max
        found = [a for a in self._ledger.accruals if not a.hidden and start <= a.received_at.date() <= end]
        if self._rules.wrong("forgets_within_a_day"):
            found = [a for a in found if self._rules.now() - a.settles_at < timedelta(hours=12)]
        for name, value in query.items():
            found = [a for a in found if name not in _FIELDS or _FIELDS[name](a) == value]
        return found

    def _asks_early(self, found: list[Accrual]) -> bool:
        """Counts a question about one accrual that comes before the published wait is over (public:GET)."""
        early = len(found) == 1 and _is_early(found[0], self._rules.now())
        self.early_questions += early
        return early

    def _read(self, accrual: Accrual) -> dict[str, Any]:
        now = self._rules.now()
        accrual.readings, accrual.asked_at = accrual.readings + 1, now
        accrual.final_readings += accrual.status(now) != PROCESSING
        return self.item(accrual)

    def _leaked(self, query: Query, found: list[Accrual]) -> list[Accrual]:
        """A stranger's accrual beside what was asked for, where a filter leaks."""
        leaking = [
            leak for name, leak in zip(FILTERS, _LEAKS, strict=True) if name in query and self._rules.wrong(leak)
        ]
        if found and leaking:
            told = {**found[0].told, "partnerTransactionId": "a-stranger-s", "partnerAccrualId": "a-stranger-s"}
            return [replace(found[0], id=1, correlation_id=str(uuid.UUID(int=1)), told=told, ffn=SOMEBODY_ELSE)]
        return []

    def _invented(self, query: Query) -> dict[str, Any]:
        """An accrual that was never reported, and reads CANCELLED: for one defect only."""
        return {"id": 0, "correlationId": "", **{n: query[n] for n in FILTERS if n in query}, "status": CANCELLED}

    # --- what is shown ---

    def _paging(self, count: int, query: Query) -> tuple[int, int, int]:
        """Size of a page, number of the page asked for, number of pages; both numbers from 1."""
        size = _whole(query.get("size", str(self._rules.setting("accrual.get.pageSize"))))
        return size, _whole(query.get(self._page_name(), "1")), max(1, -(-count // size))

    def _on_page(self, found: list[Accrual], query: Query) -> list[Accrual]:
        size, number, pages = self._paging(len(found), query)
        if number == pages > 1 and self._rules.wrong("last_page_is_lost"):
            return []
        return found[(number - 1) * size : number * size]

    def _page(self, shown: list[dict[str, Any]], count: int, query: Query) -> dict[str, Any]:
        """`totalItens` is the published spelling."""
        _, number, pages = self._paging(count, query)
        total = "totalItems" if self._rules.wrong("spells_total_items_right") else "totalItens"
        return {"accruals": shown, "totalPages": pages, "currentPage": number, total: count}

    def _page_name(self) -> str:
        return str(self._rules.setting("accrual.get.pageParam"))


_FIELDS: Mapping[str, Callable[[Accrual], str | None]] = {
    "correlationId": lambda a: a.correlation_id,
    "partnerTransactionId": lambda a: a.told["partnerTransactionId"],
    "partnerAccrualId": lambda a: a.told["partnerAccrualId"],
    "id": lambda a: str(a.id),
    "ffn": lambda a: a.ffn,
}


def _is_early(accrual: Accrual, now: datetime) -> bool:
    since_report, since_question = _FLOORS[accrual.readings] if accrual.readings < len(_FLOORS) else (0, _LATER)
    if now - accrual.received_at < timedelta(seconds=since_report):
        return True
    return accrual.asked_at is not None and now - accrual.asked_at < timedelta(seconds=since_question)


def _moment(at: datetime, precision: str) -> str:
    return at.isoformat(timespec=precision)


def _whole(text: str) -> int:
    """0 for what is no whole number."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < LONGEST_ID else 0


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
