"""The reconciliation of a Transaction Day: what was sent and accepted, against what AIR MILES holds.

The partner's side is computed from the recorded exchanges alone, as a reviewer could from the evidence.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, tzinfo
from typing import Any

from accredit import Exchange

CREDITS, REVERSALS = ("postMiles", "postEvent", "issueMiles"), ("reverseMiles", "reverseEvent", "returnItems")
CALCULATED = ""
"""Stands where an offer code would, for baskets of which AIR MILES calculated the miles."""


@dataclass(frozen=True)
class Totals:
    """One offer's part of a day. `pending_miles` are signed: a pending reversal counts below zero."""

    credits: int = 0
    credits_miles: int = 0
    reversals: int = 0
    reversals_miles: int = 0
    pending: int = 0
    pending_miles: int = 0

    def plus(self, kind: str, miles: int, sign: int) -> "Totals":
        """With one more issuance of that kind."""
        counted = getattr(self, f"{kind}_miles") + (sign * miles if kind == "pending" else miles)
        return replace(self, **{kind: getattr(self, kind) + 1, f"{kind}_miles": counted})

    @property
    def settled(self) -> int:
        """Miles that the day has brought so far."""
        return self.credits_miles - self.reversals_miles


@dataclass(frozen=True)
class Day:
    """One Transaction Day by one side's account.

    Attributes:
        offers: Offer code → totals.
        unknown: Transactions of which nobody knows what became of them: no attempt was ever answered for good.
    """

    offers: Mapping[str, Totals]
    unknown: int = 0


def partners_day(
    exchanges: Sequence[Exchange], day: date, zone: tzinfo, *, settled: bool = False, sent_before: int | None = None
) -> Day:
    """The partner's side: each transaction once, however often it was sent; by the status it ended in.

    Args:
        settled: What was accepted as pending has come true by now, and counts as a credit or a reversal.
        sent_before: The status by which AIR MILES says that it has acted on a request already, where it has one.
    """
    offers: dict[str, Totals] = {}
    unknown = 0
    for attempts in _transactions(exchanges):
        first, body = attempts[0], json.loads(attempts[0].request.body)
        if _day_of(first, body, zone) != day:
            continue
        taken = _outcome(attempts, sent_before)
        unknown += taken is None
        if taken not in (200, 202):
            continue
        sign = 1 if first.operation in CREDITS else -1
        kind = "pending" if taken == 202 and not settled else "credits" if sign > 0 else "reversals"
        for offer, miles in _issuances(first, body):
            offers[offer] = offers.get(offer, Totals()).plus(kind, miles, sign)
    return Day(offers, unknown)


def air_miles_day(report: Mapping[str, Mapping[str, int]]) -> Day:
    """AIR MILES' side, as its report of the day tells it."""
    return Day({offer: Totals(**{n.replace(" ", "_"): v for n, v in told.items()}) for offer, told in report.items()})


def counts(day: Day) -> dict[str, tuple[int, int, int]]:
    """Offer code → number of credits, reversals and pending. All there is to compare where AIR MILES calculates."""
    return {offer: (t.credits, t.reversals, t.pending) for offer, t in day.offers.items()}


def _transactions(exchanges: Sequence[Exchange]) -> Iterator[list[Exchange]]:
    """The attempts at each transaction: same operation, same id. Those of RECORD and CALCULATE move nothing."""
    found: dict[tuple[str, str], list[Exchange]] = {}
    for exchange in exchanges:
        if exchange.operation in (*CREDITS, *REVERSALS):
            body = json.loads(exchange.request.body)
            id_ = str(body.get("checkoutTransactionId") or body.get("clientTransactionId"))
            found.setdefault((exchange.operation, id_), []).append(exchange)
    yield from found.values()


def _outcome(attempts: Sequence[Exchange], sent_before: int | None) -> int | None:
    """The status that a transaction ended in; None when no attempt was answered for good.

    That it was sent before says that an attempt of which nothing was heard has been acted on.
    """
    answered = [e.response.status for e in attempts if e.response is not None and e.response.status != 500]
    was_unheard = attempts[0].response is None or attempts[0].response.status == 500
    if was_unheard and answered and answered[0] == sent_before:
        return 200
    return next((status for status in answered if status in (200, 202)), answered[-1] if answered else None)


def _day_of(exchange: Exchange, body: Mapping[str, Any], zone: tzinfo) -> date:
    """By the time of checkout; an event, which has none, by when it was sent."""
    at = datetime.fromisoformat(str(body.get("checkoutDateTime") or exchange.sent_at))
    return at.astimezone(zone).date()


def _issuances(exchange: Exchange, body: Mapping[str, Any]) -> list[tuple[str, int]]:
    if exchange.operation in ("issueMiles", "returnItems"):
        return [(CALCULATED, 0)]
    return [(str(issuance["issuanceOfferCode"]), int(issuance["milesAmount"])) for issuance in body["issuances"]]
