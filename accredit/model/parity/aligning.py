"""Which exchange of one run answers to which of the other, by the order of operations. What is polled counts once a state."""

from collections.abc import Callable, Collection, Hashable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from accredit.model.exchange import Exchange

State = Callable[[Exchange], Hashable]
Key = Callable[[Exchange], Any]
Pair = tuple[Exchange, Exchange]


@dataclass(frozen=True, slots=True)
class Aligned:
    """Two sequences side by side.

    Attributes:
        pairs: In the first one's order.
        missing: Of the first, without a counterpart. extra: Of the second.
        unsteady: Of the second: what came after the state that is final there, and is another one.
    """

    pairs: tuple[Pair, ...]
    missing: tuple[Exchange, ...] = ()
    extra: tuple[Exchange, ...] = ()
    unsteady: tuple[Exchange, ...] = ()


def align(first: Sequence[Exchange], second: Sequence[Exchange], *, polled: Collection[str], tokens: Collection[str], state: State) -> Aligned:  # fmt: skip
    """Aligns what one scenario exchanged.

    Args:
        polled: Operations that are asked again until something has happened.
        tokens: Operations that get a token: a client asks for one when it needs one, so that one more, or less, is no difference.
        state: What an answer to a polled operation shows; two that are equal show nothing new.
    """
    ours, theirs = _settled(first, polled, tokens, state), _settled(second, polled, tokens, state)
    pairs, left, right = _matched(ours.calls, theirs.calls, _operation)
    missing, extra = ([e for e in rest if not _is_granted(e, tokens)] for rest in (left, right))
    pairs += [pair for one, other in pairs if one.number in ours.earlier and other.number in theirs.earlier
              for pair in _shared(ours.earlier[one.number], theirs.earlier[other.number], state)]  # fmt: skip
    return Aligned(tuple(pairs), tuple(missing), tuple(extra), tuple(theirs.unsteady))


@dataclass(frozen=True, slots=True)
class _Settled:
    """`calls`: with one for each question that was polled, the last. `earlier`: by its number, the states before it."""

    calls: list[Exchange]
    earlier: dict[int, list[Exchange]]
    unsteady: list[Exchange]


def align_heard(first: Sequence[Exchange], second: Sequence[Exchange], answering: Key) -> Aligned:
    """Aligns deliveries, which come when they come: by what they answer to, and of those that answer to one call by their order."""
    ours, theirs = (sorted(side, key=lambda e: (answering(e), e.number)) for side in (first, second))
    pairs, left, right = _matched(ours, theirs, lambda e: (e.operation, answering(e)))
    rest, left, right = _matched(
        left, right, _operation
    )  # one that answers to another call is compared as what it should be
    return Aligned((*pairs, *rest), tuple(left), tuple(right))


def _is_granted(exchange: Exchange, tokens: Collection[str]) -> bool:
    return exchange.operation in tokens and exchange.response is not None and exchange.response.status < 300


def _settled(exchanges: Sequence[Exchange], polled: Collection[str], tokens: Collection[str], state: State) -> _Settled:
    """Between two calls that are not polled the polls of one question are one, whatever others lie between them."""
    settled = _Settled([], {}, [])
    block: dict[Hashable, list[Exchange]] = {}
    for exchange in [*exchanges, None]:
        if exchange is not None and exchange.operation in polled and exchange.response is not None:
            block.setdefault((exchange.operation, exchange.request.url, exchange.request.body), []).append(exchange)
            continue
        if exchange is not None and block and _is_granted(exchange, tokens):
            settled.calls.append(exchange)  # renewed while polling, which goes on
            continue
        for asked in block.values():
            _settle(asked, settled, state)
        block = {}
        if exchange is not None:
            settled.calls.append(exchange)
    return settled


def _settle(asked: list[Exchange], settled: _Settled, state: State) -> None:
    final = state(asked[-1])
    distinct = [e for place, e in enumerate(asked) if place == 0 or state(e) != state(asked[place - 1])]
    settled.calls.append(asked[-1])
    settled.earlier[asked[-1].number] = [e for e in distinct if state(e) != final]
    reached = next(place for place, e in enumerate(distinct) if state(e) == final)
    settled.unsteady.extend(e for e in distinct[reached:] if state(e) != final)


def _shared(ours: Sequence[Exchange], theirs: Sequence[Exchange], state: State) -> Iterator[Pair]:
    """States on the way that both sides were seen in: which ones are seen is a matter of when somebody looks."""
    for one in ours:
        if other := next((e for e in theirs if state(e) == state(one)), None):
            yield one, other


def _matched(
    ours: Sequence[Exchange], theirs: Sequence[Exchange], key: Key
) -> tuple[list[Pair], list[Exchange], list[Exchange]]:
    """First those of one key and status, then within each gap those of one key."""
    pairs: list[Pair] = []
    left: list[Exchange] = []
    right: list[Exchange] = []
    for tag, a, b, c, d in _opcodes([(key(e), _status(e)) for e in ours], [(key(e), _status(e)) for e in theirs]):
        if tag == "equal":
            pairs += zip(ours[a:b], theirs[c:d], strict=True)
            continue
        one, other = ours[a:b], theirs[c:d]
        for inner, i, j, k, m in _opcodes([key(e) for e in one], [key(e) for e in other]):
            if inner == "equal":
                pairs += zip(one[i:j], other[k:m], strict=True)
            else:
                left, right = left + list(one[i:j]), right + list(other[k:m])
    return pairs, left, right


def _operation(exchange: Exchange) -> str:
    return exchange.operation


def _status(exchange: Exchange) -> int:
    return exchange.response.status if exchange.response else 0


def _opcodes(ours: Sequence[Hashable], theirs: Sequence[Hashable]) -> list[tuple[str, int, int, int, int]]:
    return list(SequenceMatcher(None, ours, theirs, autojunk=False).get_opcodes())
