"""What a call tells of the transaction that is followed by it: asked for, shown, final, or missing. Pure."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import parse_qs, urlsplit

from accredit.model.exchange import Exchange
from accredit.model.probe import Finality

NOT_KNOWN = "not known to the provider so far"
VANISHED, UNANSWERED = "no longer known to the provider", "without an answer so far"
"""What is told of a transaction that no answer shows."""


@dataclass(frozen=True, slots=True)
class Followed:
    """A transaction as it was seen last: seconds from its beginning to its end, or to that sight while it is not final."""

    status: str
    is_final: bool
    seconds: float


@dataclass(frozen=True, slots=True)
class Missing:
    """A transaction that the provider was asked for and did not show.

    Attributes:
        words: How it is told: `not known to the provider so far`.
        since, last: When it was asked for in vain, first and last.
    """

    words: str
    since: datetime
    last: datetime


def asked_in(exchange: Exchange, how: Finality) -> str:
    """The transaction that a call asked for; empty when it asked for none."""
    return next(iter(parse_qs(urlsplit(exchange.request.url).query).get(how.asked, [])), "")


def shown_in(exchange: Exchange, how: Finality) -> set[str]:
    """The transactions that an answer holds, also those whose record tells nothing else that can be read."""
    try:
        return {
            str(item[how.key]) for item in json.loads(exchange.response.body if exchange.response else "")[how.items]
        }
    except (ValueError, LookupError, TypeError):
        return set()


def followed_in(exchange: Exchange, how: Finality, at: datetime) -> Iterable[tuple[str, Followed]]:
    try:
        told = json.loads(exchange.response.body if exchange.response else "")
        items = told[how.items]
        for item in items:
            began, is_final = datetime.fromisoformat(item[how.began]), item[how.status] in how.final
            ended = datetime.fromisoformat(item[how.ended]) if is_final else at
            yield (
                str(item[how.key]),
                Followed(str(item[how.status]), is_final, max(0.0, (ended - began).total_seconds())),
            )
    except (ValueError, LookupError, TypeError):
        return  # an answer of another shape tells nothing; that it does not fit the contract counts elsewhere
