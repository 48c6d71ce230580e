"""From a run to its verdict: each requirement's outcome, the reconciliation, and passed, failed or unknown. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from accredit.model.exchange import Exchange
from accredit.model.finding import Finding, Outcome, worst
from accredit.model.preflight import refusals
from accredit.model.provider import Chapter
from accredit.model.reply import Reply
from accredit.model.requirement import Register, Requirement
from accredit.model.rounds import FuzzVerdict, judge_rounds
from accredit.model.run import Run

_MOST_NAMED = 10
"""Exchanges that one reason names."""


class Answer(StrEnum):
    """What a run says of the requirements it set out to judge."""

    PASSED = "passed"
    FAILED = "failed"
    UNKNOWN = "unknown"

    @property
    def reply(self) -> Reply:
        """To the question whether the requirements are met."""
        return {Answer.PASSED: Reply.YES, Answer.FAILED: Reply.NO, Answer.UNKNOWN: Reply.UNKNOWN}[self]


@dataclass(frozen=True, slots=True)
class Judgement:
    """One requirement in one run.

    Attributes:
        in_scope: True when this run set out to judge it. What is attested or observed is not, and stays visibly open.
    """

    requirement: Requirement
    outcome: Outcome
    in_scope: bool
    reason: str = ""
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """Declared by the feature files = collected by pytest = executed = reported in findings. Each a set of scenario ids.

    Attributes:
        not_begun: Kept from beginning by a preflight that said no: reported as such, and not executed.
    """

    declared: frozenset[str]
    collected: frozenset[str]
    executed: frozenset[str]
    reported: frozenset[str]
    not_begun: frozenset[str] = frozenset()

    @property
    def differences(self) -> tuple[str, ...]:
        """One line for each scenario that is not in all four; one that was kept from beginning need not have been executed."""
        stages = {
            "declared": self.declared,
            "collected": self.collected,
            "executed": self.executed | self.not_begun,
            "reported": self.reported,
        }
        everything = frozenset[str]().union(*stages.values())
        return tuple(
            f"{id_}: not {', not '.join(stage for stage, ids in stages.items() if id_ not in ids)}"
            for id_ in sorted(everything)
            if any(id_ not in ids for ids in stages.values())
        )

    @property
    def counts(self) -> Mapping[str, int]:
        """By stage; `not begun` is among them only after a preflight that said no."""
        return {
            "declared": len(self.declared),
            "collected": len(self.collected),
            **({"not begun": len(self.not_begun)} if self.not_begun else {}),
            "executed": len(self.executed),
            "reported": len(self.reported),
        }


@dataclass(frozen=True, slots=True)
class Verdict:
    """The answer and what it rests on. Computed when a run is read, never stored as truth."""

    answer: Answer
    reasons: tuple[str, ...]
    judgements: tuple[Judgement, ...]
    reconciliation: Reconciliation
    fuzz: FuzzVerdict | None = None

    def count(self, outcome: Outcome) -> int:
        """How many requirements in scope came out so."""
        return sum(j.outcome is outcome for j in self.judgements if j.in_scope)

    @property
    def open(self) -> tuple[Judgement, ...]:
        """Requirements that this run did not set out to judge."""
        return tuple(j for j in self.judgements if not j.in_scope)

    def in_chapters(self, chapters: Iterable[Chapter]) -> list[tuple[Chapter, list[Judgement]]]:
        """Every requirement's judgement once, as `Register.in_chapters` has them; a chapter may be empty."""
        by_id = {j.requirement.id: j for j in self.judgements}
        register = Register(tuple(j.requirement for j in self.judgements))
        return [(chapter, [by_id[r.id] for r in members]) for chapter, members in register.in_chapters(chapters)]

    @property
    def failed(self) -> frozenset[str]:
        return frozenset(j.requirement.id for j in self.judgements if j.outcome is Outcome.FAILED)


def judge(run: Run, register: Register) -> Verdict:
    """The verdict on `run` by `register`."""
    judgements = tuple(_judgement(requirement, run) for requirement in register.requirements)
    reconciliation, fuzz = reconcile(run), judge_rounds(run)
    reasons = (*_reasons(run, judgements, reconciliation, fuzz), *(fuzz.reasons if fuzz else ()))
    failed = any(j.in_scope and j.outcome is Outcome.FAILED for j in judgements) or (fuzz is not None and fuzz.failed)
    answer = Answer.FAILED if failed else Answer.UNKNOWN if reasons else Answer.PASSED
    return Verdict(answer, reasons, judgements, reconciliation, fuzz)


def reconcile(run: Run) -> Reconciliation:
    """A scenario is reported when each requirement it declares has a finding from it."""
    told = {(finding.scenario, finding.requirement) for finding in run.findings}
    reported = {e.id for e in run.expected if all((e.id, r) in told for r in e.requirements)}
    strangers = {finding.scenario for finding in run.findings} - {e.id for e in run.expected}
    ended = frozenset(run.finished)
    not_begun = ended - {step.scenario for step in run.steps} if refusals(run.preflight) else frozenset[str]()
    return Reconciliation(
        declared=frozenset(e.id for e in run.expected),
        collected=run.collected,
        executed=ended - not_begun,
        reported=frozenset(reported | strangers),
        not_begun=not_begun,
    )


def _judgement(requirement: Requirement, run: Run) -> Judgement:
    if requirement.verified != "driven":
        return Judgement(requirement, Outcome.NOT_TESTED, False, requirement.reason)
    claimed = set(run.header["capabilities"])
    if missing := [need for need in requirement.needs if need not in claimed]:
        return Judgement(requirement, Outcome.NOT_APPLICABLE, False, f"the partner does not claim {', '.join(missing)}")
    expected = [e.id for e in run.expected if requirement.id in e.requirements]
    if run.environment not in requirement.environments and not expected:
        unbudgeted = (run.header.get("budget") or {}).get("left_out", {}).get(requirement.id)
        how = (
            unbudgeted
            or f"no scenario shows it in {run.environment}; there it is {requirement.elsewhere or 'not shown'}"
        )
        return Judgement(requirement, Outcome.NOT_TESTED, False, how)
    if not expected:
        return Judgement(requirement, Outcome.NOT_TESTED, False, "left out of this run by the user's choice")
    findings = tuple(f for f in run.findings if f.requirement == requirement.id)
    silent = set(expected) - {f.scenario for f in findings}
    outcomes = [f.outcome for f in findings] + [Outcome.CANNOT_JUDGE] * bool(silent)
    outcome = worst(outcomes)
    return Judgement(requirement, outcome, True, _why(outcome, findings, silent), findings)


def _misfits(exchanges: Sequence[Exchange]) -> str:
    """`exchange 12 (getBalance: 200: the body: points: is no integer), exchange 15 (…)`."""
    told = [
        f"exchange {e.number} ({e.operation}: {e.response.status if e.response else 'no answer'}: {'; '.join(e.misfits)})"
        for e in exchanges[:_MOST_NAMED]
    ]
    # Not `some_of`: these words are sealed, and have to come out the same ever after.
    more = len(exchanges) - _MOST_NAMED
    return ", ".join(told) + (f", and {more} more" if more > 0 else "")


def _why(outcome: Outcome, findings: Iterable[Finding], silent: Iterable[str]) -> str:
    fine = {Outcome.PASSED, Outcome.NOT_APPLICABLE} - {outcome}
    told = [f.reason for f in findings if f.outcome not in fine and f.reason]
    return "; ".join([*dict.fromkeys(told), *(f"never reported: {id_}" for id_ in sorted(silent))])


def _reasons(
    run: Run, judgements: Iterable[Judgement], reconciliation: Reconciliation, fuzz: FuzzVerdict | None
) -> Iterable[str]:
    """Everything that keeps the run from having passed."""
    yield from (f"the preflight failed, so nothing was run: {check}" for check in refusals(run.preflight))
    in_scope = [j for j in judgements if j.in_scope]
    for outcome in (Outcome.FAILED, Outcome.CANNOT_JUDGE):
        if ids := [j.requirement.id for j in in_scope if j.outcome is outcome]:
            yield f"{outcome.words}: {', '.join(ids)}"
    if not run.is_complete:
        yield "incomplete: the run has no footer, so it did not end as it should"
    judged = [j.outcome for j in in_scope] + [j.outcome for j in (fuzz.rounds if fuzz else ())]
    if not {Outcome.PASSED, Outcome.FAILED} & set(judged):
        yield "nothing was judged: of what was set out to judge, nothing passed or failed"
    if made := [*run.header.get("defects", ()), *run.header.get("flaws", ())]:
        yield f"the simulator was made defective on purpose: {', '.join(made)}"
    if run.header.get("budget") and run.footer and run.spend is None:
        yield "what was spent of the budget was not recorded"
    if run.spend and run.spend["unclear"]:
        yield f"nobody knows how writes under the budget went: {', '.join(map(str, run.spend['unclear']))} of the ledger"
    if run.unclaimed:
        told = ", ".join(f"exchange {e.number} ({e.delivery})" for e in run.unclaimed)
        yield f"deliveries that are not as promised, and that no scenario knew of: {told}"
    if run.misfitting:
        yield f"answers that do not fit the contract: {_misfits(run.misfitting)}"
    for difference in reconciliation.differences:
        yield f"not accounted for: {difference}"
