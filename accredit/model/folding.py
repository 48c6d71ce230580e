"""Folds a journal's records into a run, one by one as they are read, so that any number of generated cases can be. Pure."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from accredit.model import exercised
from accredit.model.chain import Segment
from accredit.model.errors import BundleRefused
from accredit.model.exchange import NO_FINDING, Exchange
from accredit.model.finding import Finding
from accredit.model.fuzzing import CaseRecord, Ended, Fuzzed, FuzzFinding, Round
from accredit.model.preflight import KIND as PREFLIGHT
from accredit.model.preflight import Check
from accredit.model.run import MASKED_AGAIN, Refusal, Run, Step

Record = Mapping[str, Any]
_DIGEST = re.compile(r":[0-9a-f]{8}\]")
"""Of a masked value; the run's own, and another for another value."""
_NO_HEADER = "the journal does not begin with a header; it is not the record of a run."


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
        exchanges_recorded=folded.exchanges,
        unanswered=tuple(folded.intents.values()),
        unclaimed=_by_number(folded.odd.values()),
        misfitting=_by_number(folded.misfitting),
        refusals=tuple(folded.refusals),
        findings=tuple(folded.findings),
        steps=tuple(folded.steps),
        collected=frozenset(folded.collected),
        finished=folded.finished,
        times=folded.times,
        torn=any(segment.torn for segment in segments),
        fuzzed=Fuzzed(tuple(folded.cases), tuple(folded.found), tuple(folded.rounds)),
        coverage=tuple(folded.coverage),
        preflight=tuple(folded.preflight),
        masked_again=folded.masked_again,
        spend=folded.spend,
    )


class _Folded:
    """A journal while it is read. Each record is folded in by its kind as it comes; an exchange is let go of at once, unless it
    counts against the run."""

    def __init__(self) -> None:
        self.header: Record = {}
        self.footer: Record | None = None
        self.exchanges = 0
        self.intents: dict[int, Record] = {}
        self.odd: dict[int, Exchange] = {}
        self.misfitting: list[Exchange] = []
        self.refusals: list[Refusal] = []
        self.findings: list[Finding] = []
        self.steps: list[Step] = []
        self.collected: set[str] = set()
        self.finished: dict[str, str] = {}
        self.times: dict[str, tuple[str, str]] = {}
        self.coverage: list[Record] = []
        self.preflight: list[Check] = []
        self.masked_again = 0
        self.spend: Record | None = None
        self.cases: list[CaseRecord] = []
        self.found: list[FuzzFinding] = []
        self.rounds: list[Ended] = []
        self._pending: dict[str, list[Record]] = {}
        self._misfits: dict[frozenset[_Misfit], Record] = {}
        self._told: set[_Misfit] = set()
        self._last: Record = {}
        self._main_has_ended = False
        self._rounds: set[str] = set()
        self._folds: Mapping[str, Callable[[Record], object]] = {
            "exchange": self._exchange,
            "case": self._case,
            "fuzz_finding": lambda r: self.found.append(FuzzFinding.from_record(r)),
            "round": lambda r: self.rounds.append(Ended.from_record(r)),
            "intent": lambda r: self.intents.update({r["number"]: r}),
            "refusal": self._refusal,
            "claim": lambda r: self.odd.pop(r["exchange"], None),
            "finding": lambda r: self.findings.append(Finding.from_record(r)),
            "step": lambda r: self.steps.append(Step(**{**_bare(r), "exchanges": tuple(r["exchanges"])})),
            "collected": lambda r: self.collected.update(r["scenarios"]),
            exercised.KIND: lambda r: self.coverage.append(r),
            PREFLIGHT: lambda r: self.preflight.append(Check.from_record(r)),
            MASKED_AGAIN: self._masked_again,
            "spend": self._spend,
            "started": lambda r: self.times.update({r["scenario"]: (r["at"], "")}),
            "finished": self._finished,
        }

    def take(self, record: Record) -> None:
        """One record. Kinds that are not folded are for people who read the journal."""
        if not self.header:
            if record["kind"] != "header":
                raise BundleRefused(_NO_HEADER)
            self.header = record
            self._rounds = {Round(**told).name for told in (record.get("fuzz") or {}).get("rounds", ())}
        self._last = record
        if fold := self._folds.get(str(record["kind"])):
            fold(record)

    def end_segment(self) -> None:
        """What does not fit and was under way when the segment ended was cut short, so that no finding tells of it."""
        if not self.header:
            raise BundleRefused(_NO_HEADER)
        if not self._main_has_ended:
            self._main_has_ended = True
            self.footer = self._last if self._last["kind"] == "footer" else None
        for exchanges in self._pending.values():
            for exchange in exchanges:
                self._misfits.setdefault(_misfits(exchange), exchange)
        self._pending.clear()

    def end(self) -> None:
        """What does not fit, and no case that fits as little has a finding of, is nobody's yet. Only at the end all cases are known."""
        self.misfitting += (
            Exchange.from_record(record) for misfits, record in self._misfits.items() if misfits - self._told
        )

    def _exchange(self, record: Record) -> None:
        self.exchanges += 1
        self.intents.pop(record["number"], None)
        if record.get("delivery", "") not in NO_FINDING:
            self.odd[record["number"]] = Exchange.from_record(record)
        if not record.get("misfits"):
            return
        if case := record.get("case"):
            self._pending.setdefault(case, []).append(record)
        elif record["scenario"] in self._rounds:  # what a round looks up beside its cases
            self._misfits.setdefault(_misfits(record), record)
        else:
            self.misfitting.append(Exchange.from_record(record))

    def _masked_again(self, record: Record) -> None:
        self.masked_again += int(record["records"])

    def _spend(self, record: Record) -> None:
        self.spend = record

    def _finished(self, record: Record) -> None:
        scenario = record["scenario"]
        self.finished[scenario] = record["outcome"]
        self.times[scenario] = (self.times.get(scenario, (record["at"], ""))[0], record["at"])

    def _refusal(self, record: Record) -> None:
        if not record.get("case"):  # of a generated request its case says that it was unsent
            self.refusals.append(Refusal(**_bare(record)))

    def _case(self, record: Record) -> None:
        """A generated case has ended, and it is known what its findings tell of."""
        case = CaseRecord.from_record(record)
        self.cases.append(case)
        for exchange in self._pending.pop(record["id"], []):
            self._look_at(exchange, case)

    def _look_at(self, exchange: Record, case: CaseRecord) -> None:
        """An answer that does not fit is told of by the findings of its case, when it is the one that the checks looked at."""
        if case.judged is None:
            return
        if case.failures and exchange["number"] == case.judged:
            self._told |= _misfits(exchange)
        else:
            self._misfits.setdefault(_misfits(exchange), exchange)


_Misfit = tuple[str, int, str]
"""Operation, status, and what does not fit, without a value: what tells one misfit from another."""


def _misfits(exchange: Record) -> frozenset[_Misfit]:
    status = exchange["response"]["status"] if exchange["response"] else 0
    return frozenset((exchange["operation"], status, _DIGEST.sub("]", line)) for line in exchange.get("misfits", ()))


def _by_number(exchanges: Iterable[Exchange]) -> tuple[Exchange, ...]:
    return tuple(sorted(exchanges, key=lambda exchange: exchange.number))


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
