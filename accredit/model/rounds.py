"""From the cases of a run to what they say of each round: passed, failed or cannot judge, with the reason. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from accredit.model.finding import Outcome
from accredit.model.fuzzing import Accepted, CaseRecord, Ended, FuzzFinding, Reached, Round, Tally, tally
from accredit.model.reading import read
from accredit.model.run import Run


@dataclass(frozen=True, slots=True)
class RoundJudgement:
    """One phase of one operation in one run."""

    round: Round
    outcome: Outcome
    reason: str
    tally: Tally
    checks: Mapping[str, int]
    findings: tuple[FuzzFinding, ...] = ()


@dataclass(frozen=True, slots=True)
class FuzzVerdict:
    """What all rounds say.

    Attributes:
        open: Findings that nobody has accepted.
        accepted: Findings with who accepted them, until when.
        stale: Entries of the baseline that excuse nothing, or no longer; each in words.
    """

    rounds: tuple[RoundJudgement, ...]
    open: tuple[FuzzFinding, ...]
    accepted: tuple[tuple[FuzzFinding, Accepted], ...]
    stale: tuple[str, ...]

    @property
    def failed(self) -> bool:
        return bool(self.open or self.stale)

    @property
    def reasons(self) -> tuple[str, ...]:
        """Everything that keeps fuzzing from having passed."""
        found = [f"finding {f.id}: {f.operation}, {f.check}, {f.signature}" for f in self.open]
        unclear = [f"{j.round.name}: {j.reason}" for j in self.rounds if j.outcome is Outcome.CANNOT_JUDGE]
        return (*found, *self.stale, *(f"cannot judge {line}" for line in unclear))

    def count(self, outcome: Outcome) -> int:
        return sum(j.outcome is outcome for j in self.rounds)


def judge_rounds(run: Run) -> FuzzVerdict | None:
    """What the generated cases of a run say; None for a run without any."""
    told = run.header.get("fuzz")
    if told is None:
        return None
    entries = [read(Accepted, entry, "the journal's header") for entry in told["accepted"]]
    today = str(run.header["started_at"])[:10]
    # The first to be found is the one that was made small.
    by_id = {finding.id: finding for finding in reversed(run.fuzzed.findings)}
    good = {f.id: entry for f in by_id.values() for entry in entries if entry.excuses(f, run.environment, today)}
    accepted = tuple((finding, good[id_]) for id_, finding in by_id.items() if id_ in good)
    cases, fitting = run.fuzzed.by_round(), _fitting(run.fuzzed.cases)
    rounds = tuple(
        _round(round_, run, cases.get(round_, ()), fitting.get(round_.operation, Counter()), set(good))
        for round_ in (Round(**r) for r in told["rounds"])
    )
    return FuzzVerdict(rounds, tuple(f for id_, f in by_id.items() if id_ not in good), accepted,
                       tuple(_stale(entries, by_id, rounds, run)))  # fmt: skip


def _fitting(cases: Iterable[CaseRecord]) -> Mapping[str, Counter[Reached]]:
    """How many cases that fit the contract and were sent went which way, by operation, in whatever phase."""
    ways: dict[str, Counter[Reached]] = {}
    for case in cases:
        if case.mode == "positive" and case.reached != "unsent":
            ways.setdefault(case.operation, Counter())[case.reached] += 1
    return ways


def _round(
    round_: Round, run: Run, cases: Sequence[CaseRecord], fitting: Counter[Reached], accepted: set[str]
) -> RoundJudgement:
    ended = next((e for e in run.fuzzed.ended if (e.operation, e.phase) == (round_.operation, round_.phase)), None)
    findings = tuple(finding for finding in run.fuzzed.findings if finding.round == round_)
    outcome, reason = _outcome(cases, ended, [f for f in findings if f.id not in accepted], fitting)
    return RoundJudgement(round_, outcome, reason, tally(cases), ended.checks if ended else {}, findings)


def _outcome(
    cases: Sequence[CaseRecord], ended: Ended | None, findings: Iterable[FuzzFinding], fitting: Counter[Reached]
) -> tuple[Outcome, str]:
    if ids := [finding.id for finding in findings]:
        return Outcome.FAILED, ", ".join(ids)
    if ended is None:
        return Outcome.CANNOT_JUDGE, "it never ended"
    sent = [case for case in cases if case.reached != "unsent"]
    if any(case.status for case in sent) and (reason := _unreached(sent, ended)):
        return Outcome.CANNOT_JUDGE, reason
    if ended.trouble:
        return Outcome.CANNOT_JUDGE, ended.trouble
    if not sent and ended.accepted_before:
        return Outcome.PASSED, "each of its cases had been sent in an earlier round"
    if not sent:
        return Outcome.CANNOT_JUDGE, "nothing was sent"
    if reason := _unreached(sent, ended):
        return Outcome.CANNOT_JUDGE, reason
    if not fitting["accepted"]:
        return (
            Outcome.CANNOT_JUDGE,
            f"of {fitting.total()} cases that fit the contract none was accepted, in no phase",
        )
    if turned_away := unreached((case.reached, case.status) for case in sent):
        return (
            Outcome.PASSED,
            f"{ended.accepted_before} of its cases had been accepted in an earlier round; of what it sent anew {turned_away}",
        )
    return Outcome.PASSED, ""


def _unreached(sent: Iterable[CaseRecord], ended: Ended) -> str:
    return "" if ended.accepted_before else unreached((case.reached, case.status) for case in sent)


def unreached(ways: Iterable[tuple[Reached, int | None]]) -> str:
    """Why cases that went these ways say nothing of the API: `nothing reached the API: 403 throughout`; empty when they do."""
    told = {way: None for way in ways if way[0] != "unsent"}
    if not told or any(reached != "unreachable" for reached, _ in told):
        return ""
    statuses = sorted({status for _, status in told if status is not None})
    return f"nothing reached the API: {', '.join(map(str, statuses)) or 'no answer'} throughout"


def _stale(
    entries: Iterable[Accepted], found: Mapping[str, FuzzFinding], rounds: Iterable[RoundJudgement], run: Run
) -> Iterable[str]:
    """An entry for another environment, or that this run did not set out to show, says nothing either way."""
    told, today = run.header["fuzz"], str(run.header["started_at"])[:10]
    whole = {f"{e.operation}[{e.phase}]" for e in run.fuzzed.ended if not e.trouble}
    judged = whole & {j.round.name for j in rounds if j.outcome is not Outcome.CANNOT_JUDGE}
    for entry in (entry for entry in entries if entry.environment == run.environment):
        who = f"{entry.finding} (owner {entry.owner}, ticket {entry.ticket})"
        finding = found.get(entry.finding)
        if not entry.holds_on(today):
            yield f"accepted until {entry.last_day} and expired: {who}"
        elif finding and finding.operation != entry.operation:
            yield f"accepted of {entry.operation} and found in {finding.operation}; correct the baseline: {who}"
        elif not finding and judged.issuperset(told["shown_by"][entry.operation]) and entry.would_show(told):
            yield f"accepted and not found any more; take it out of the baseline: {who}"
