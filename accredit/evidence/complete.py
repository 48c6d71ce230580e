"""Is everything there? Every requirement, scenario and exchange that a run should tell of, and what is missing."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import chain, islice
from typing import Any

from accredit.evidence.judged_by import FOLDER, covered_in
from accredit.model.chain import Segment
from accredit.model.errors import BundleRefused
from accredit.model.exchange import NUMBERS_A_WORKER
from accredit.model.gherkin import declared_by
from accredit.model.requirement import Register
from accredit.model.run import Run
from accredit.model.scenario import Scenario, runs_in
from accredit.model.verdict import Verdict

MOST_RECORDS = 2_000_000
MOST_FEATURES = 4 * 1024**2
_MOST_NAMED = 10
_FEATURES, _FEATURE = f"{FOLDER}features/", ".feature"
_RESTING = frozenset({"finding", "step", "case", "fuzz_finding"})


class Counted(Segment):
    """A segment that notes, as it is read, which exchanges it holds and which ones its other records rest on."""

    __slots__ = ("numbers", "rested")

    def __init__(self, name: str, lines: Iterable[bytes]) -> None:
        super().__init__(name, lines)
        self.numbers: set[int] = set()
        self.rested: set[int] = set()

    def __iter__(self) -> Iterator[Mapping[str, Any]]:
        for record in super().__iter__():
            kind = record["kind"]
            if kind == "exchange":
                self._note(int(record["number"]))
            elif kind in _RESTING:
                self.rested.update(record["exchanges"])
            if max(self.count, len(self.rested)) > MOST_RECORDS:
                raise BundleRefused(f"{self.name} has more than {MOST_RECORDS} records; no run of ours has as many.")
            yield record

    def _note(self, number: int) -> None:
        if number in self.numbers:
            raise BundleRefused(f"{self.name} holds two exchanges of the number {number}; the journal was altered.")
        self.numbers.add(number)

    @property
    def missing(self) -> int:
        """How many numbers were given and have no exchange. A worker counts up from the first number of its range."""
        return max(self.numbers) - self._before - len(self.numbers) if self.numbers else 0

    @property
    def gaps(self) -> Iterator[int]:
        """Those numbers, lazily: what a journal claims may be astronomical."""
        numbers = range(self._before + 1, max(self.numbers, default=0))
        return (number for number in numbers if number not in self.numbers)

    @property
    def _before(self) -> int:
        return (min(self.numbers, default=1) - 1) // NUMBERS_A_WORKER * NUMBERS_A_WORKER


def shortfalls(run: Run, verdict: Verdict, segments: Sequence[Counted], register: Register,
               files: Mapping[str, bytes]) -> tuple[str, ...]:  # fmt: skip
    """Everything that is missing, a sentence each; empty when all is accounted for.

    Args:
        files: What the run was judged by, as the bundle carries it.
    """
    if not run.is_complete:
        return ("the run has no footer: it did not end as it should",)
    return (*verdict.reconciliation.differences, *_undeclared(run, register, files), *_exchanges(segments))


def _undeclared(run: Run, register: Register, files: Mapping[str, bytes]) -> Iterator[str]:
    """What the features have this environment show, and the user's choice does not leave out, is what the run set out to execute."""
    if not run.expected and run.header["fuzz"]:
        return  # only the contract was fuzzed
    only, covered = set(run.header["only"]), covered_in(files, run)
    wanted = {
        scenario.id: frozenset(scenario.requirements)
        for scenario in _scenarios(files)
        if runs_in(scenario, run.environment, register, covered) and (not only or only & set(scenario.requirements))
    }
    told = {scenario.id: frozenset(scenario.requirements) for scenario in run.expected}
    for id_ in sorted(wanted.keys() | told.keys()):
        if id_ not in told:
            yield f"{id_}: the features declare it, nobody chose to leave it out, and the run did not set out to execute it"
        elif wanted.get(id_) != told[id_]:
            yield f"{id_}: the run says it shows {_ids(told[id_])}, the features say {_ids(wanted.get(id_, ()))}"


def _scenarios(files: Mapping[str, bytes]) -> Iterator[Scenario]:
    features = {name: data for name, data in files.items() if name.startswith(_FEATURES) and name.endswith(_FEATURE)}
    if sum(map(len, features.values())) > MOST_FEATURES:
        raise BundleRefused(f"its features have more than {MOST_FEATURES} bytes; nobody writes as many.")
    for name, data in sorted(features.items()):
        yield from _declared(data, name.removeprefix(_FEATURES).removesuffix(_FEATURE))


@lru_cache(maxsize=64)
def _declared(data: bytes, name: str) -> tuple[Scenario, ...]:
    """Of one file. Bundles of one suite carry the same."""
    return tuple(scenario for declared in declared_by(data.decode(), name) for scenario in declared.scenarios)


def _ids(requirements: Iterable[str]) -> str:
    return ", ".join(sorted(requirements)) or "nothing"


def _exchanges(segments: Sequence[Counted]) -> Iterator[str]:
    if missing := sum(segment.missing for segment in segments):
        gaps = chain.from_iterable(segment.gaps for segment in segments)
        yield f"exchanges are not in the journal, though later ones are: {_named(gaps, missing)}"
    there = set[int]().union(*(segment.numbers for segment in segments))
    if lost := set[int]().union(*(segment.rested for segment in segments)) - there:
        yield f"findings or steps rest on exchanges that are not in the journal: {_named(sorted(lost), len(lost))}"


def _named(numbers: Iterable[int], count: int) -> str:
    """`4, 7 and 12 more`."""
    told = ", ".join(map(str, islice(numbers, _MOST_NAMED)))
    return f"{told} and {count - _MOST_NAMED} more" if count > _MOST_NAMED else told
