"""A run: what its journal holds. Says nothing of what it means, that is `verdict`'s.

Exchanges may be any number, so that a run holds those alone that count against it; `accredit.evidence.journal` streams them all.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from accredit.model.exchange import Exchange
from accredit.model.finding import Finding
from accredit.model.fuzzing import Fuzzed
from accredit.model.preflight import Check
from accredit.model.scenario import Scenario

MASKED_AGAIN = "masked_again"
"""Kind of the record that says how many others were masked once more before the run was sealed."""


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
        exchanges_recorded: How many, whatever came of them, generated ones too.
        unanswered: Intents of calls of which nobody knows how they went: the run broke off before they ended.
        unclaimed: Deliveries that are not as promised, and that no scenario knew of; by number.
        misfitting: Answers that do not fit the contract; by number. To generated requests those that no finding tells of: what a
            case takes beforehand, or what the checks let pass; one of each kind.
        times: Scenario → when it started and when it finished, by the run's clock, ISO 8601; "" when it never did.
        coverage: What of the contract each segment exercised, as `exercised` reads it.
        preflight: What was asked before any scenario ran; nothing on a simulator.
        masked_again: Records masked once more before sealing, for values that were learned after they had been written.
        footer: None when the run never ended; such a run is incomplete, whatever it found.
        spend: What was sent under the production budget, as the ledger said when the run ended; None without a budget.
    """

    header: Mapping[str, Any]
    footer: Mapping[str, Any] | None
    exchanges_recorded: int = 0
    unanswered: tuple[Mapping[str, Any], ...] = ()
    unclaimed: tuple[Exchange, ...] = ()
    misfitting: tuple[Exchange, ...] = ()
    refusals: tuple[Refusal, ...] = ()
    findings: tuple[Finding, ...] = ()
    steps: tuple[Step, ...] = ()
    collected: frozenset[str] = frozenset()
    finished: Mapping[str, str] = field(default_factory=dict)
    times: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    torn: bool = False
    fuzzed: Fuzzed = field(default_factory=Fuzzed)
    coverage: tuple[Mapping[str, Any], ...] = ()
    preflight: tuple[Check, ...] = ()
    masked_again: int = 0
    spend: Mapping[str, Any] | None = None

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
    def reached_provider(self) -> bool:
        """Not the simulator, under whatever name."""
        return self.environment != "simulator" and not self.header.get("connect_to")

    @property
    def made_wrong(self) -> tuple[str, ...]:
        """Defects and flaws that somebody had the other side have, on purpose."""
        return (*self.header.get("defects", ()), *self.header.get("flaws", ()))

    @property
    def why_not_real(self) -> str:
        """Why it shows nothing of the provider itself: `made on the simulator, made wrong on purpose (hides_gold)`, or
        `a rehearsal of production at 127.0.0.1:8443`; empty when it does."""
        where = "made on the simulator" if self.environment == "simulator" else self.place
        told = ["" if self.reached_provider else where]
        told += [f"made wrong on purpose ({', '.join(self.made_wrong)})" if self.made_wrong else ""]
        return ", ".join(filter(None, told))

    @property
    def is_complete(self) -> bool:
        return self.footer is not None and not self.torn

    @property
    def expected(self) -> tuple[Scenario, ...]:
        """Every scenario this run set out to execute, as declared by the feature files."""
        return tuple(Scenario(e["scenario"], tuple(e["requirements"])) for e in self.header["expected"])
