"""What a provider's `parity.toml` says: where points, products and members stand, and how production must differ from test."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from accredit.model.contract import Contract
from accredit.model.provider import Fact
from accredit.model.reading import Strict, read

EVERYWHERE = "*"
Means = Literal["quantity", "amount", "currency", "product", "rule", "partner", "member", "balance", "id"]
_ROOTS = (
    "request.body",
    "request.query",
    "request.header",
    "request.path",
    "request.url.base",
    "response.body",
    "response.header",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect(Fact):
    """What the values at a place mean for the business.

    Attributes:
        operation: operationId, or the name of a callback.
        means: `quantity` is what is given, in the provider's own unit. `balance` is compared by how it moves, `member` and `id` by what
            they are equal to; all others by their value.
        place: `request.body.points`, `response.body.accruals[].points`.
    """

    operation: str
    means: Means
    place: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Same(Fact):
    """A value that is no part of the effect and has to be equal on both sides all the same: the number of pages."""

    operation: str
    place: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Polled(Fact):
    """An operation that is asked again until something has happened: how often says nothing, where it ends does.

    Attributes:
        place: Where the state stands; empty when each answer is as good as any other.
        on_the_way: States after which another has to come.
        settles_within: Seconds. Somebody who did not look for so long after the last call that changed something, and saw a state on
            the way, looked too early to say where it ends.
    """

    operation: str
    place: str = ""
    on_the_way: tuple[str, ...] = ()
    settles_within: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Differs(Fact):
    """What must not be the same on both sides.

    Attributes:
        operation: `*` for every one.
        first, second: What has to stand there in the environment of proof and in production: empty for nothing, `*` for anything.
    """

    operation: str = EVERYWHERE
    place: str
    first: str
    second: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ParityFacts(Strict):
    """All of it. `headers` are compared beside those that every HTTP client heeds; names in lower case."""

    effect: tuple[Effect, ...] = ()
    same: tuple[Same, ...] = ()
    polled: tuple[Polled, ...] = ()
    differs: tuple[Differs, ...] = ()
    headers: tuple[str, ...] = ()

    def effects_of(self, operation: str) -> Mapping[str, Means]:
        """Place → meaning."""
        return {effect.place: effect.means for effect in self.effect if effect.operation == operation}

    def same_of(self, operation: str) -> frozenset[str]:
        return frozenset(same.place for same in self.same if same.operation == operation)

    def polled_of(self, operation: str) -> Polled | None:
        return next((polled for polled in self.polled if polled.operation == operation), None)

    @property
    def polled_ids(self) -> frozenset[str]:
        return frozenset(polled.operation for polled in self.polled)

    def differing(self, operation: str, place: str) -> Differs | None:
        """How this place has to differ, if it has to."""
        return next((d for d in self.differs if d.place == place and d.operation in (EVERYWHERE, operation)), None)


def facts_from(data: Mapping[str, Any], where: str) -> ParityFacts:
    """Reads a parsed `parity.toml`."""
    return read(ParityFacts, data, where)


def faults_of(facts: ParityFacts, contract: Contract) -> Iterator[str]:
    """A sentence for each entry that could never apply, or says no reason."""
    known = {*(operation.id for operation in contract.operations), *contract.callbacks, EVERYWHERE}
    for entry in _placed(facts):
        if entry.operation not in known:
            yield f"{entry.place}: {entry.operation!r} is no operation and no callback of the contract"
        if not any(entry.place == root or entry.place.startswith((f"{root}.", f"{root}[")) for root in _ROOTS):
            yield f"{entry.place} is no place; it begins with one of {', '.join(_ROOTS)}"
        if not entry.why.strip():
            yield f"{entry.place} of {entry.operation}: says no why"
    for polled in facts.polled:
        if polled.operation not in known - {EVERYWHERE}:
            yield f"polled: {polled.operation!r} is no operation of the contract"
        if not polled.why.strip():
            yield f"polled: {polled.operation}: says no why"


def _placed(facts: ParityFacts) -> Iterator[Effect | Same | Differs]:
    yield from facts.effect
    yield from facts.same
    yield from facts.differs
