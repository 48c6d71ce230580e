"""Two runs compared, scenario by scenario: what is otherwise, what was not compared and why, what it comes to."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from accredit.model.contract import Contract
from accredit.model.exchange import Exchange
from accredit.model.finding import Finding as Judged
from accredit.model.parity.aligning import Aligned, align, align_heard
from accredit.model.parity.differences import Difference, difference
from accredit.model.parity.early import is_early
from accredit.model.parity.effects import Told
from accredit.model.parity.exchanges import InTurn, Known, state_of
from accredit.model.parity.facts import ParityFacts
from accredit.model.parity.fixed import Fixed
from accredit.model.parity.formats import identity, is_id
from accredit.model.parity.headers import Headers
from accredit.model.parity.latency import Latencies
from accredit.model.parity.left_out import NotCompared, absent, left_out, outcomes_of, told_otherwise
from accredit.model.parity.messages import NOWHERE, request_of
from accredit.model.reply import Reply
from accredit.model.requirement import Register
from accredit.model.run import Run

ExchangesOf = Callable[[str], Sequence[Exchange]]
"""What a scenario exchanged, in its order."""
_TAKEN = range(200, 300)


class Answer(StrEnum):
    """Whether production did what the other run did."""

    SAME = "same"
    DIFFERENT = "different"
    UNKNOWN = "unknown"

    @property
    def reply(self) -> Reply:
        """To the question whether it did."""
        return {Answer.SAME: Reply.YES, Answer.DIFFERENT: Reply.NO, Answer.UNKNOWN: Reply.UNKNOWN}[self]


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two runs.

    Attributes:
        base_paths: Those of the provider's base URLs: `/sandbox`.
        covered: Requirements whose writes its budget allowed.
    """

    run: Run
    exchanges_of: ExchangesOf
    base_paths: tuple[str, ...] = ()
    covered: frozenset[str] = frozenset()

    @property
    def simulated(self) -> tuple[str, ...]:
        """The base paths that its simulator served; empty when there was none."""
        return self.base_paths if self.run.environment == "simulator" else ()

    @property
    def bases(self) -> tuple[str, ...]:
        return tuple(str(self.run.header["base_url"]).split(", "))


@dataclass(frozen=True, slots=True)
class Row:
    """Two exchanges side by side, or one alone: its counterpart's number is 0."""

    operation: str
    first: int
    second: int
    statuses: tuple[int, int]
    elapsed: tuple[float | None, float | None]
    differences: int

    @property
    def is_pair(self) -> bool:
        return self.first > 0 and self.second > 0


@dataclass(frozen=True, slots=True)
class Compared:
    """One scenario that both sides ran."""

    scenario: str
    outcomes: tuple[str, str]
    rows: tuple[Row, ...]
    differences: tuple[Difference, ...]
    effects: tuple[Told, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """Everything that was found, nothing of it excused yet."""

    compared: tuple[Compared, ...]
    not_compared: tuple[NotCompared, ...]
    general: tuple[Difference, ...]
    latencies: Latencies
    writing: frozenset[str] = frozenset()
    """Operations that write."""

    @property
    def differences(self) -> tuple[Difference, ...]:
        return (*self.general, *(one for c in self.compared for one in c.differences))

    @property
    def unclear(self) -> tuple[str, ...]:
        """Why it cannot be said that they are the same; empty when it can."""
        told = [f"{n.scenario}: {n.why}" for n in self.not_compared if n.unclear]
        return (*told, *([] if self.compared else ["no scenario was run on both sides"]))

    @property
    def exchanges_compared(self) -> int:
        return sum(row.is_pair for c in self.compared for row in c.rows)

    @property
    def writes_compared(self) -> tuple[str, ...]:
        """Operations that write, of which both sides took a call. Without one, nothing is said of how points are credited."""
        taken = (row for c in self.compared for row in c.rows if row.is_pair and all(s in _TAKEN for s in row.statuses))
        return tuple(sorted({row.operation for row in taken} & self.writing))


def compare(first: Side, second: Side, facts: ParityFacts, contract: Contract, settings: Mapping[str, Any], register: Register) -> Comparison:  # fmt: skip
    """Compares production, the second, with the run that is its proof."""
    known = Known(
        contract,
        facts,
        Fixed(contract, settings),
        Headers(contract, facts.headers),
        (first.bases, second.bases),
        (first.simulated, second.simulated),
    )
    latencies = Latencies()
    ours, theirs = ({s.id: s for s in side.run.expected} for side in (first, second))
    found = left_out((first.run, second.run), register, second.covered)
    compared = tuple(
        _scenario(id_, (first, second), known, latencies) for id_ in ours if id_ in theirs and id_ not in found
    )
    general = (*told_otherwise(first.run, second.run), *absent(found, first.run))
    writing = frozenset(o.id for o in contract.operations if o.effect == "writes")
    return Comparison(compared, tuple(found.values()), general, latencies, writing)


def _scenario(id_: str, sides: tuple[Side, Side], known: Known, latencies: Latencies) -> Compared:
    held = [[e for e in side.exchanges_of(id_) if not e.case] for side in sides]
    for side, exchanges in enumerate(held):
        for exchange in exchanges:
            latencies.take(exchange.operation, side, exchange.elapsed)
    aligned = _aligned(held, known)
    found: list[Difference] = list(_outcome_differences(sides, id_))
    turn, rows = InTurn(known), list[Row]()
    early = (
        {e.number for e in held[0] if is_early(e, held[0], known)},
        {e.number for e in held[1] if is_early(e, held[1], known)},
    )
    for one, other in sorted(aligned.pairs, key=lambda pair: pair[0].number):
        too_early = (one.number in early[0]) != (other.number in early[1])
        here = [_at(d, id_, one, other) for d in turn.compare(one, other, too_early)]
        found += here
        rows.append(_row(one, other, len(here)))
    if flow := [_at(d, id_, one, other) for d, one, other in _flow(aligned)]:
        # Where calls are missing, what was told before is told by another call: that follows from it.
        found = [*(d for d in found if d.kind not in ("echo", "repeat")), *flow]
    rows += [_row(one, None, 1) for one in aligned.missing] + [_row(None, one, 1) for one in aligned.extra]
    outcomes = tuple(", ".join(sorted({o.words for o in outcomes_of(side.run, id_)})) for side in sides)
    rows.sort(key=lambda row: (row.first or row.second, row.second))
    return Compared(id_, (outcomes[0], outcomes[1]), tuple(rows), tuple(found), tuple(turn.effects.told))


def _aligned(held: Sequence[Sequence[Exchange]], known: Known) -> Aligned:
    """Calls by their order; deliveries by what they answer to, whenever they came."""
    tokens = {o.id for o in known.contract.operations if o.effect == "token"}
    states: dict[int, Any] = {}

    def state(exchange: Exchange) -> Any:
        if id(exchange) not in states:
            states[id(exchange)] = state_of(known, exchange)
        return states[id(exchange)]

    ours, theirs = ([e for e in side if e.direction != "incoming"] for side in held)
    aligned = align(ours, theirs, polled=known.facts.polled_ids, tokens=tokens, state=state)
    calls = [[_ids(pair[side], known) for pair in aligned.pairs] for side in (0, 1)]
    heard = [[e for e in side if e.direction == "incoming"] for side in held]
    answering = {id(e): _answers_to(e, calls[side], known) for side in (0, 1) for e in heard[side]}
    of_heard = align_heard(heard[0], heard[1], lambda e: answering[id(e)])
    return Aligned((*aligned.pairs, *of_heard.pairs), (*aligned.missing, *of_heard.missing),
                   (*aligned.extra, *of_heard.extra), aligned.unsteady)  # fmt: skip


def _answers_to(exchange: Exchange, calls: Sequence[set[str]], known: Known) -> int:
    """Which call first told one of the delivery's values; after all of them when none did."""
    told = _ids(exchange, known)
    return next((number for number, ids in enumerate(calls) if ids & told), len(calls))


def _ids(exchange: Exchange, known: Known) -> set[str]:
    places = request_of(exchange, NOWHERE, known.contract).places
    texts = (v for place, values in places.items() if place.startswith("request.body") for v in values if isinstance(v, str))  # fmt: skip
    return {identity(text) for text in texts if is_id(text) and not text.startswith("[") and "…" not in text}


def _flow(aligned: Aligned) -> Iterator[tuple[Difference, Exchange | None, Exchange | None]]:
    extra = list(aligned.extra)
    for one in aligned.missing:
        moved = next((e for e in extra if e.operation == one.operation and _status(e) == _status(one)), None)
        if moved is not None:
            extra.remove(moved)
            yield difference("flow-order", one.operation, "flow", "in its place", "elsewhere"), one, moved
        else:
            yield difference("flow-missing", one.operation, "flow", f"answered {_status(one)}", "not there"), one, None
    for other in extra:
        yield difference("flow-extra", other.operation, "flow", "not there", f"answered {_status(other)}"), None, other
    for other in aligned.unsteady:
        yield difference("unsteady", other.operation, "flow", "what is final stays", "another state"), None, other


def _outcome_differences(sides: tuple[Side, Side], id_: str) -> Iterator[Difference]:
    ours, theirs = ({f.requirement: f for f in _findings(side.run.findings, id_)} for side in sides)
    for requirement in sorted({*ours, *theirs}):
        told = [f[requirement].outcome.words if requirement in f else "not told" for f in (ours, theirs)]
        if told[0] != told[1]:
            yield _at(difference("outcome", "", requirement, *told), id_)


def _findings(findings: Iterable[Judged], id_: str) -> Iterator[Judged]:
    return (finding for finding in findings if finding.scenario == id_)


def _at(d: Difference, scenario: str, first: Exchange | None = None, second: Exchange | None = None) -> Difference:
    numbers = [exchange.number if exchange else 0 for exchange in (first, second)]
    return replace(d, scenario=scenario, first=numbers[0], second=numbers[1])


def _row(first: Exchange | None, second: Exchange | None, differences: int) -> Row:
    known = first or second
    assert known is not None
    return Row(known.operation, first.number if first else 0, second.number if second else 0, (_status(first), _status(second)),
               (first.elapsed if first else None, second.elapsed if second else None), differences)  # fmt: skip


def _status(exchange: Exchange | None) -> int:
    return exchange.response.status if exchange and exchange.response else 0
