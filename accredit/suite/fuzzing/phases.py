"""What each phase draws, in the order it is sent."""

from collections.abc import Callable, Iterable, Iterator

from accredit.model.fuzzing import FuzzFacts, Profile, Round
from accredit.suite.fuzzing.contracts import Contracts
from accredit.suite.fuzzing.generator import Drawn


def cases_of(round_: Round, contracts: Contracts, facts: FuzzFacts, profile: Profile) -> Iterator[Drawn]:
    """What a round draws, in the order it is sent; not the links' requests, which depend on answers."""
    operation, phase = round_.operation, round_.phase
    fitting, breaking, free = contracts.fitting(operation), contracts.breaking(operation), contracts.free(operation)
    if phase == "examples":
        yield from fitting.examples(operation)
    elif phase == "coverage":
        yield from _tolerated_last(
            facts, breaking.coverage(operation, "negative", profile.types), fitting.coverage(operation, "positive")
        )
        yield from free.coverage(operation, "positive") if free else ()
    elif phase == "fuzzing":
        half = profile.cases // 2
        rest = profile.cases - half
        yield from _tolerated_last(
            facts,
            _arbitrary(breaking.arbitrary, operation, half, "negative"),
            _arbitrary(fitting.arbitrary, operation, rest - rest // 2 if free else rest, "positive"),
        )
        yield from _arbitrary(free.arbitrary, operation, rest // 2, "positive") if free else ()


def _tolerated_last(facts: FuzzFacts, breaking: Iterable[Drawn], fitting: Iterable[Drawn]) -> Iterator[Drawn]:
    """What must be refused comes first, and by itself: what is let in may move something."""
    tolerated = []
    for drawn in breaking:
        if facts.tolerated_trying(drawn.operation, drawn.description):
            tolerated.append(drawn)
        else:
            yield drawn
    yield from fitting
    yield from tolerated


def _arbitrary(
    draw: Callable[[str, str, int, str], Drawn | None], operation: str, count: int, mode: str
) -> Iterator[Drawn]:
    for index in range(count):
        if (drawn := draw(operation, "fuzzing", index, mode)) is None:
            return  # where nothing could be drawn in so many tries, there is nothing to be drawn
        yield drawn
