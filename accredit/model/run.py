"""A run: its journal read back. Holds what was recorded; says nothing of what it means, that is `verdict`'s."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from accredit.model.chain import Segment
from accredit.model.errors import BundleRefused
from accredit.model.exchange import NO_FINDING, Exchange
from accredit.model.finding import Finding
from accredit.model.fuzzing import CaseRecord, Ended, Fuzzed, FuzzFinding
from accredit.model.scenario import Scenario


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
    """A request that the guard kept from leaving. Evidence as well."""

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
    def expected(self) -> tuple[Scenario, ...]:
        """Every scenario this run set out to execute, as declared by the feature files."""
        return tuple(Scenario(e["scenario"], tuple(e["requirements"])) for e in self.header["expected"])


def run_from(segments: Sequence[Segment]) -> Run:
    """The run that these segments record; the main one, with header and footer, is the first.

    Raises:
        BundleRefused: no header, or the footer names other segments than these.
    """
    records = [record for segment in segments for record in segment.records]
    by_kind: dict[str, list[Mapping[str, Any]]] = {}
    for record in records:
        by_kind.setdefault(str(record["kind"]), []).append(record)
    if not segments or not segments[0].records or segments[0].records[0]["kind"] != "header":
        raise BundleRefused("the journal does not begin with a header; it is not the record of a run.")
    footer = _footer(segments)
    return Run(
        header=segments[0].records[0],
        footer=footer,
        exchanges=tuple(sorted(map(Exchange.from_record, by_kind.get("exchange", ())), key=lambda e: e.number)),
        intents=tuple(by_kind.get("intent", ())),
        refusals=tuple(Refusal(**_bare(r)) for r in by_kind.get("refusal", ())),
        claims=frozenset(r["exchange"] for r in by_kind.get("claim", ())),
        findings=tuple(map(Finding.from_record, by_kind.get("finding", ()))),
        steps=tuple(Step(**{**_bare(r), "exchanges": tuple(r["exchanges"])}) for r in by_kind.get("step", ())),
        collected=frozenset(id_ for r in by_kind.get("collected", ()) for id_ in r["scenarios"]),
        finished={r["scenario"]: r["outcome"] for r in by_kind.get("finished", ())},
        torn=any(segment.torn for segment in segments),
        fuzzed=Fuzzed(
            tuple(map(CaseRecord.from_record, by_kind.get("case", ()))),
            tuple(map(FuzzFinding.from_record, by_kind.get("fuzz_finding", ()))),
            tuple(map(Ended.from_record, by_kind.get("round", ()))),
        ),
    )


def _bare(record: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in record.items() if key != "kind"}


def _footer(segments: Sequence[Segment]) -> Mapping[str, Any] | None:
    last = segments[0].records[-1]
    if last["kind"] != "footer":
        return None
    told = {name: (s["records"], s["chain"]) for name, s in last["segments"].items()}
    found = {s.name: (len(s.records), s.chain) for s in segments[1:]}
    if told != found:
        raise BundleRefused(f"the footer names the segments {_names(told)}, the journal has {_names(found)} or their contents "
                            "differ; a segment was altered, removed or added. Ask for the original.")  # fmt: skip
    return last


def _names(segments: Iterable[str]) -> str:
    return ", ".join(sorted(segments)) or "none"
