"""A run: its journal read back. Holds what was recorded; says nothing of what it means, that is `verdict`'s."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from accredit.model import exercised
from accredit.model.chain import Segment
from accredit.model.errors import BundleRefused
from accredit.model.exchange import GENERATED, NO_FINDING, Exchange
from accredit.model.finding import Finding
from accredit.model.fuzzing import CaseRecord, Ended, Fuzzed, FuzzFinding
from accredit.model.scenario import Scenario

Record = Mapping[str, Any]
_DIGEST = re.compile(r":[0-9a-f]{8}\]")
"""Of a masked value; the run's own, and another for another value."""
_NO_HEADER = "the journal does not begin with a header; it is not the record of a run."


@dataclass(frozen=True, slots=True)
class Step:
    """One Gherkin step as it went. `outcome`: passed, failed, cannot_judge, not_applicable."""

    scenario: str
    keyword: str
    text: str
    outcome: str
    message: str = ""
    exchanges: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Refusal:
    """A step's request that the guard kept from leaving. Evidence as well."""

    scenario: str
    operation: str
    method: str
    url: str
    reason: str
    at: str


@dataclass(frozen=True, slots=True)
class Run:
    """What a run's journal holds.

    Attributes:
        header: Provider, environment, digests, what was expected: see `accredit.suite.live`.
        claims: Numbers of deliveries not as promised, of which their scenario knew.
        coverage: What of the contract each segment exercised, as `exercised` reads it.
        unexplained: Numbers of answers to generated requests that do not fit the contract and that no finding tells of: to what
            a case takes beforehand, or what the checks let pass. One of each kind.
        footer: None when the run never ended; such a run is incomplete, whatever it found.
    """

    header: Mapping[str, Any]
    footer: Mapping[str, Any] | None
    exchanges: tuple[Exchange, ...] = ()
    intents: tuple[Mapping[str, Any], ...] = ()
    refusals: tuple[Refusal, ...] = ()
    claims: frozenset[int] = frozenset()
    findings: tuple[Finding, ...] = ()
    steps: tuple[Step, ...] = ()
    collected: frozenset[str] = frozenset()
    finished: Mapping[str, str] = field(default_factory=dict)
    torn: bool = False
    fuzzed: Fuzzed = field(default_factory=Fuzzed)
    coverage: tuple[Mapping[str, Any], ...] = ()
    unexplained: frozenset[int] = frozenset()

    @property
    def id(self) -> str:
        return str(self.header["run"])

    @property
    def provider(self) -> str:
        return str(self.header["provider"])

    @property
    def environment(self) -> str:
        return str(self.header["environment"])

    @property
    def place(self) -> str:
        """Where it ran: `certification`; `a rehearsal of certification at 127.0.0.1:8443` when the provider was not reached."""
        at = str(self.header.get("connect_to", ""))
        return f"a rehearsal of {self.environment} at {at}" if at else self.environment

    @property
    def is_complete(self) -> bool:
        return self.footer is not None and not self.torn

    @property
    def unclaimed(self) -> tuple[Exchange, ...]:
        """Deliveries that are not as promised, and that no scenario knew of."""
        return tuple(e for e in self.exchanges if e.delivery not in NO_FINDING and e.number not in self.claims)

    @property
    def misfitting(self) -> tuple[Exchange, ...]:
        """Answers that do not fit the contract, but for those that a finding of generated cases tells of."""
        return tuple(e for e in self.exchanges if e.misfits and (not e.case or e.number in self.unexplained))

    @property
    def expected(self) -> tuple[Scenario, ...]:
        """Every scenario this run set out to execute, as declared by the feature files."""
        return tuple(Scenario(e["scenario"], tuple(e["requirements"])) for e in self.header["expected"])


def run_from(segments: Sequence[Segment]) -> Run:
    """The run that these segments record; the main one, with header and footer, is the first. They are read here, once.

    Raises:
        BundleRefused: a segment was altered, there is no header, or the footer names other segments than these.
    """
    folded = _Folded()
    for segment in segments:
        for record in segment:
            folded.take(record)
        folded.end_segment()
    _check(folded.footer, segments)
    folded.end()
    return Run(
        header=folded.header,
        footer=folded.footer,
        exchanges=tuple(sorted(folded.exchanges, key=lambda e: e.number)),
        intents=tuple(folded.intents.values()),
        refusals=tuple(folded.refusals),
        claims=frozenset(folded.claims),
        findings=tuple(folded.findings),
        steps=tuple(folded.steps),
        collected=frozenset(folded.collected),
        finished=folded.finished,
        torn=any(segment.torn for segment in segments),
        fuzzed=Fuzzed(tuple(folded.cases), tuple(folded.found), tuple(folded.rounds)),
        coverage=tuple(folded.coverage),
        unexplained=frozenset(folded.unexplained),
    )


class _Folded:
    """A journal while it is read. Each record is folded in by its kind as it comes; of what is generated, only what failed
    or was cut short is kept, so that any number of cases can be read."""

    def __init__(self) -> None:
        self.header: Record = {}
        self.footer: Record | None = None
        self.exchanges: list[Exchange] = []
        self.intents: dict[int, Record] = {}
        self.refusals: list[Refusal] = []
        self.claims: set[int] = set()
        self.findings: list[Finding] = []
        self.steps: list[Step] = []
        self.collected: set[str] = set()
        self.finished: dict[str, str] = {}
        self.coverage: list[Record] = []
        self.cases: list[CaseRecord] = []
        self.found: list[FuzzFinding] = []
        self.rounds: list[Ended] = []
        self._shown: set[int] = set()
        self._pending: dict[str, list[Record]] = {}
        self.unexplained: set[int] = set()
        self._misfits: dict[frozenset[_Misfit], Record] = {}
        self._told: set[_Misfit] = set()
        self._last: Record = {}
        self._main_has_ended = False
        self._folds: Mapping[str, Callable[[Record], None]] = {
            "exchange": self._exchange,
            "case": self._case,
            "fuzz_finding": self._finding,
            "round": lambda r: self.rounds.append(Ended.from_record(r)),
            "intent": lambda r: self.intents.update({r["number"]: r}),
            "refusal": self._refusal,
            "claim": lambda r: self.claims.add(r["exchange"]),
            "finding": lambda r: self.findings.append(Finding.from_record(r)),
            "step": lambda r: self.steps.append(Step(**{**_bare(r), "exchanges": tuple(r["exchanges"])})),
            "collected": lambda r: self.collected.update(r["scenarios"]),
            exercised.KIND: lambda r: self.coverage.append(r),
            "finished": lambda r: self.finished.update({r["scenario"]: r["outcome"]}),
        }

    def take(self, record: Record) -> None:
        """One record. Kinds that are not folded are for people who read the journal."""
        if not self.header:
            if record["kind"] != "header":
                raise BundleRefused(_NO_HEADER)
            self.header = record
        self._last = record
        if fold := self._folds.get(str(record["kind"])):
            fold(record)

    def end_segment(self) -> None:
        """What was under way when the segment ended was cut short, and is kept."""
        if not self.header:
            raise BundleRefused(_NO_HEADER)
        if not self._main_has_ended:
            self._main_has_ended = True
            self.footer = self._last if self._last["kind"] == "footer" else None
        for exchanges in self._pending.values():
            for exchange in exchanges:
                self._misfits.setdefault(_misfits(exchange), exchange)
            self._keep(exchanges)
        self._pending.clear()

    def end(self) -> None:
        """What does not fit, and no case that fits as little has a finding of, is nobody's yet. Only at the end all cases are known."""
        kept = {exchange.number for exchange in self.exchanges}
        for misfits, exchange in self._misfits.items():
            if misfits - self._told:
                self.unexplained.add(exchange["number"])
                if exchange["number"] not in kept:
                    self._keep([exchange])

    def _exchange(self, record: Record) -> None:
        if case := record.get("case"):
            self._pending.setdefault(case, []).append(record)
        elif record.get("delivery") != GENERATED:
            self._keep([record])

    def _keep(self, exchanges: Iterable[Record]) -> None:
        self.exchanges += map(Exchange.from_record, exchanges)

    def _refusal(self, record: Record) -> None:
        if not record.get("case"):  # of a generated request its case says that it was unsent
            self.refusals.append(Refusal(**_bare(record)))

    def _case(self, record: Record) -> None:
        """A generated case has ended. Of its exchanges those are kept that a finding rests on; the journal has them all."""
        case = CaseRecord.from_record(record)
        self.cases.append(case)
        for exchange in self._pending.pop(record["id"], []):
            self._look_at(exchange, case)
            if exchange["number"] in self._shown:
                self._keep([exchange])
            else:
                self.intents.pop(exchange["number"], None)

    def _look_at(self, exchange: Record, case: CaseRecord) -> None:
        """An answer that does not fit is told of by the findings of its case, when it is the one that the checks looked at."""
        if not exchange.get("misfits") or case.judged is None:
            return
        if case.failures and exchange["number"] == case.judged:
            self._told |= _misfits(exchange)
        else:
            self._misfits.setdefault(_misfits(exchange), exchange)

    def _finding(self, record: Record) -> None:
        """Comes before the record of the case that first showed it."""
        self.found.append(FuzzFinding.from_record(record))
        self._shown.update(record["exchanges"])


_Misfit = tuple[str, int, str]
"""Operation, status, and what does not fit, without a value: what tells one misfit from another."""


def _misfits(exchange: Record) -> frozenset[_Misfit]:
    status = exchange["response"]["status"] if exchange["response"] else 0
    return frozenset((exchange["operation"], status, _DIGEST.sub("]", line)) for line in exchange.get("misfits", ()))


def _bare(record: Record) -> dict[str, Any]:
    return {key: value for key, value in record.items() if key != "kind"}


def _check(footer: Record | None, segments: Sequence[Segment]) -> None:
    """The footer names these segments, and they are as it says."""
    if not segments:
        raise BundleRefused(_NO_HEADER)
    if footer is None:
        return
    told = {name: (s["records"], s["chain"]) for name, s in footer["segments"].items()}
    found = {s.name: (s.count, s.chain) for s in segments[1:]}
    if told != found:
        raise BundleRefused(f"the footer names the segments {_names(told)}, the journal has {_names(found)} or their contents "
                            "differ; a segment was altered, removed or added. Ask for the original.")  # fmt: skip


def _names(segments: Iterable[str]) -> str:
    return ", ".join(sorted(segments)) or "none"
