"""A provider's `fuzzing.toml` as a whole, and what it says of an operation. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from accredit.model.fuzzing.entries import Binding, Books, First, Left, Login, Refusal, Tolerance, TurnedAway
from accredit.model.reading import Strict


@dataclass(frozen=True, slots=True, kw_only=True)
class FuzzFacts(Strict):
    """A provider's `fuzzing.toml`: what fuzzing its contract takes beyond the contract itself.

    Attributes:
        without: Places that are never generated: what the client puts there by itself.
        signed: Operations whose requests are signed by a partner that claims signing.
        calls_back_within: Source of the seconds in which the provider tells by a callback what a request has brought about.
    """

    without: tuple[str, ...] = ()
    signed: tuple[str, ...] = ()
    calls_back_within: str = ""
    binding: tuple[Binding, ...] = ()
    refusal: tuple[Refusal, ...] = ()
    tolerance: tuple[Tolerance, ...] = ()
    turned_away: tuple[TurnedAway, ...] = ()
    login: tuple[Login, ...] = ()
    first: tuple[First, ...] = ()
    left: tuple[Left, ...] = ()
    books: Books | None = None

    def under(self, settings: Mapping[str, Any]) -> "FuzzFacts":
        """As they are for a partner with these settings."""
        return replace(self, refusal=tuple(r for r in self.refusal if not r.setting or settings.get(r.setting)))

    def refusals(self, operation: str) -> frozenset[int]:
        """Statuses that refuse a fitting request for a reason that no schema can say."""
        return frozenset(status for r in self.refusal if operation in r.operations for status in r.statuses)

    def tolerated(self, operation: str) -> frozenset[int]:
        """Statuses that accept a request which breaks the contract."""
        return frozenset(
            status for t in self.tolerance if operation in t.operations and not t.tries for status in t.statuses
        )

    def tolerated_trying(self, operation: str, what: str) -> frozenset[int]:
        """The same for requests that try just this."""
        return frozenset(
            status
            for t in self.tolerance
            if operation in t.operations and (not t.tries or what in t.tries)
            for status in t.statuses
        )

    def turns_away(self, operation: str, status: int, headers: Mapping[str, str]) -> bool:
        """Whether an answer refuses, although its status lets in."""
        return any(entry.is_told_by(operation, status, headers) for entry in self.turned_away)

    def link_before(self, operation: str) -> str:
        """The link that brings about what an operation takes; empty for those that take nothing."""
        return next((first.link for first in self.first if operation in first.operations), "")

    def why_left(self, operation: str) -> str:
        """Why an operation is not fuzzed; empty for those that are."""
        return next((left.why for left in self.left if operation in left.operations), "")
