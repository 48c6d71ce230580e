"""One exchange beside its counterpart: where it went, what it carried, what came back, what that means for the business."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from accredit.model.contract import Contract
from accredit.model.exchange import Exchange
from accredit.model.parity.bodies import Expectation, compare_bodies
from accredit.model.parity.differences import Difference, difference
from accredit.model.parity.echoes import Echoes
from accredit.model.parity.effects import Effects
from accredit.model.parity.facts import Differs, ParityFacts
from accredit.model.parity.fixed import Fixed
from accredit.model.parity.formats import MASKED, normal, unlike
from accredit.model.parity.headers import Headers
from accredit.model.parity.messages import Base, Message, base_of, request_of, response_of

Pair = tuple[Message, Message]
REFUSED = 400
"""The first status by which HTTP says that something was not done."""


@dataclass(frozen=True)
class Known:
    """All that a comparison goes by, whatever the scenario.

    Attributes:
        bases: The base URLs that each run was to reach.
        simulated: The base paths that each run's simulator served; empty where there was none.
    """

    contract: Contract
    facts: ParityFacts
    fixed: Fixed
    headers: Headers
    bases: tuple[Sequence[str], Sequence[str]]
    simulated: tuple[Sequence[str], Sequence[str]] = ((), ())

    def base_of(self, exchange: Exchange, side: int) -> Base:
        return base_of(exchange.request.url, self.bases[side], self.simulated[side])


class InTurn:
    """Compares the exchanges of one scenario, in order: what a value means may have been told before."""

    def __init__(self, known: Known) -> None:
        self._known = known
        self._echoes = Echoes()
        self.effects = Effects()

    def compare(self, first: Exchange, second: Exchange, early: bool = False) -> Iterator[Difference]:
        """Every difference between the two. `early`: one side looked too early to see what the other saw."""
        operation, known = first.operation, self._known
        incoming = first.direction == "incoming"
        sent = tuple(request_of(e, known.base_of(e, side), known.contract) for side, e in enumerate((first, second)))  # fmt: skip
        came = (response_of(first), response_of(second))
        request = (sent[0], sent[1])
        if first.delivery != second.delivery:
            yield difference("delivery", operation, "delivery", first.delivery, second.delivery)
        fixed = known.fixed.of_callback(operation) if incoming else frozenset[str]()
        yield from self._message(operation, request, request, Expectation(operation, fixed | known.facts.same_of(operation)), incoming=incoming,
                                 refused=_refused(first) and _refused(second))  # fmt: skip
        if came[0] is None or came[1] is None:
            if came[0] is not came[1]:
                yield difference("no-answer", operation, "response", *("an answer" if c else "none" for c in came))
            return
        statuses = [e.response.status if e.response else 0 for e in (first, second)]
        if statuses[0] != statuses[1]:
            yield difference("status", operation, "response.status", *statuses)
            return
        same = known.fixed.of_answer(operation, statuses[0]) | known.facts.same_of(operation)
        how = Expectation(operation, same, refusal=_refused(first))
        if not incoming and not early:
            yield from self._message(operation, request, (came[0], came[1]), how, status=statuses[0])

    def _message(self, operation: str, request: Pair, pair: Pair, how: Expectation, *, status: int = 0, incoming: bool = False,
                 refused: bool = False) -> Iterator[Difference]:  # fmt: skip
        known = self._known
        means = known.facts.effects_of(operation)
        how = Expectation(operation, frozenset(how.same) - means.keys(), frozenset(means), how.refusal)
        found = [*_line(operation, pair, how), *known.headers.compare(operation, *pair, status=status, incoming=incoming),
                 *compare_bodies(*pair, how)]  # fmt: skip
        effects = self.effects.compare(operation, request, pair, means, refused)
        for later in (effects, self._echoes.compare(operation, *pair, means, incoming)):
            places = {one.place for one in found}
            found += [one for one in later if not _covered(one.place, places)]
        yield from self._but_declared(operation, pair, found)

    def _but_declared(self, operation: str, pair: Pair, found: Sequence[Difference]) -> Iterator[Difference]:
        """Without what must differ, and with what of that does not."""
        facts = self._known.facts
        yield from (one for one in found if facts.differing(operation, one.place) is None)
        for declared in facts.differs:
            if declared.operation in ("*", operation) and declared.place.startswith(f"{pair[0].root}."):
                yield from _not_kept(operation, declared, pair)


def state_of(known: Known, exchange: Exchange) -> Any:
    """What an answer to a polled operation shows: status, fields, and the values that have to be the same."""
    came = response_of(exchange)
    if came is None or exchange.response is None:
        return None
    status, operation = exchange.response.status, exchange.operation
    kept = known.fixed.of_answer(operation, status) | {
        p for p, means in known.facts.effects_of(operation).items() if means not in ("member", "id")
    }
    places = came.places
    values = tuple((place, tuple(map(str, places[place]))) for place in sorted(kept & places.keys()))
    shape = tuple(sorted((place, *sorted({type(v).__name__ for v in values})) for place, values in places.items() if ".header." not in place))  # fmt: skip
    return status, values, shape


def _refused(exchange: Exchange) -> bool:
    return exchange.response is not None and exchange.response.status >= REFUSED


def _line(operation: str, pair: Pair, how: Expectation) -> Iterator[Difference]:
    """Method, path and query of a request."""
    first, second = (message.places for message in pair)
    if pair[0].root != "request":
        return
    for kind, place in (("host", "request.url.base"), ("path", "request.line")):
        if first[place] != second[place]:
            yield difference(kind, operation, place, first[place][0], second[place][0])
    for place in sorted(p for p in {*first, *second} if p.startswith(("request.query.", "request.path."))):
        if place not in first or place not in second:
            yield difference("query", operation, place, *("there" if place in side else "not there" for side in (first, second)))  # fmt: skip
        elif place in how.same:
            if first[place] != second[place]:
                yield difference("value", operation, place, first[place][0], second[place][0])
        elif apart := unlike(first[place][0], second[place][0]):
            yield difference("format", operation, place, *apart)


def _not_kept(operation: str, declared: Differs, pair: Pair) -> Iterator[Difference]:
    ours, theirs = (message.places.get(declared.place, ("",))[0] for message in pair)
    for wanted, got, where in ((declared.first, ours, "first"), (declared.second, theirs, "production")):
        if not _is_as_told(wanted, str(got)):
            must = "nothing" if not wanted else "anything" if wanted == "*" else wanted
            yield difference("not-different", operation, declared.place, f"{where}: {must}", _said(str(got)))
            return
    if ours == theirs and not MASKED.search(str(ours)):
        yield difference("not-different", operation, declared.place, "not the same on both sides", _said(str(ours)))


def _is_as_told(wanted: str, got: str) -> bool:
    return bool(got) if wanted == "*" else got == wanted


def _said(value: str) -> str:
    return normal(value) or "nothing"


def _covered(place: str, places: set[str]) -> bool:
    return any(place == p or place.startswith((f"{p}.", f"{p}[")) for p in places)
