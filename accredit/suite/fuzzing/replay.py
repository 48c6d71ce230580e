"""Sends one generated case again: drawn anew from its seed, made as small as it was found, and judged."""

from dataclasses import dataclass, replace
from pathlib import Path

from accredit.evidence.journal import read_run, read_segments
from accredit.model.errors import AccreditError, UsageError
from accredit.model.exchange import Exchange
from accredit.model.finding import Outcome
from accredit.model.fuzzing import CaseRecord, FuzzFinding, Round
from accredit.model.rounds import judge_rounds
from accredit.model.run import Run
from accredit.suite.catalogue import Dossier
from accredit.suite.fuzzing.campaign import Campaign
from accredit.suite.fuzzing.sending import Sent
from accredit.suite.fuzzing.smaller import edited
from accredit.suite.live import Live
from accredit.suite.plan import Choices, plan_run


@dataclass(frozen=True, slots=True)
class Replay:
    """What came of sending a case again.

    Attributes:
        whole: True when its round was sent as a whole, since the case cannot be told from those around it.
        exchanges: What was sent, masked; of a whole round, of its findings.
        failures: What is wrong with the answer now; empty when nothing is.
        trouble: Why nothing can be said of it; empty when something can.
    """

    id: str
    round: Round
    whole: bool
    exchanges: tuple[Exchange, ...]
    failures: tuple[str, ...]
    trouble: str = ""


@dataclass(frozen=True, slots=True)
class _Wanted:
    case: str
    round: Round
    edits: tuple[str, ...]
    choices: Choices


def replay(dossier: Dossier, choices: Choices, id_: str, folder: Path | None) -> Replay:
    """Sends a case, or the smallest request of a finding, again. The journal of it is a run of its own in the output folder.

    Args:
        folder: Of the run that has it; None for the newest in the output folder, or a case of `choices`' own seed.

    Raises:
        UsageError: no run and no seed at hand gives that case.
    """
    wanted = _wanted(dossier, choices, id_, folder)
    plan = plan_run(dossier, replace(wanted.choices, rounds=(wanted.round.name,)))
    live = Live(plan)
    live.begin()
    try:
        done = _sent(live, wanted, id_)
    finally:
        live.end()
    return replace(done, trouble=_unjudged(plan.folder)) if done.whole and not done.failures else done


def _unjudged(folder: Path) -> str:
    """Why a whole round says nothing."""
    verdict = judge_rounds(read_run(folder))
    return next((j.reason for j in verdict.rounds if j.outcome is Outcome.CANNOT_JUDGE), "") if verdict else ""


def _sent(live: Live, wanted: _Wanted, id_: str) -> Replay:
    campaign = Campaign(live, live.plan.profile, live.plan.choices.seed)
    drawn = next((drawn for drawn in campaign.cases(wanted.round) if drawn.id == wanted.case), None)
    if drawn is None:
        findings = campaign.run(wanted.round).findings
        numbers = {number for finding in findings for number in finding.exchanges}
        return Replay(id_, wanted.round, True, _exchanges(live, numbers), tuple(f.message for f in findings))
    for edit in wanted.edits:
        drawn = replace(edited(campaign.contracts.fitting(drawn.operation), drawn, edit) or drawn, id=drawn.id)
    before = live.line.last
    sent = campaign.once(drawn)
    numbers = set(range(before + 1, live.line.last + 1))
    failures = tuple(live.mask.text(failed.message) for failed in sent.failed)
    return Replay(
        id_, wanted.round, False, _exchanges(live, numbers), failures, "" if failures else _not_answered(sent)
    )


def _not_answered(sent: Sent) -> str:
    """Why an answer says nothing of the API; empty when it does."""
    if sent.reply is None or sent.trouble:
        return sent.trouble
    status = sent.reply.status
    is_missing = status == 404 and sent.drawn.mode == "positive"
    return f"it did not reach the API: {status}" if status in (401, 403, 429) or is_missing else ""


def _exchanges(live: Live, numbers: set[int]) -> tuple[Exchange, ...]:
    records = (record for segment in read_segments(live.plan.folder) for record in segment)
    return tuple(
        Exchange.from_record(r) for r in records if r["kind"] == "exchange" and r["number"] in numbers and r["case"]
    )


def _wanted(dossier: Dossier, choices: Choices, id_: str, folder: Path | None) -> _Wanted:
    for path in [folder] if folder else _newest(choices.output, dossier.name, choices.environment):
        try:
            run = read_run(path)
        except AccreditError:
            continue
        if run.header.get("fuzz") and (found := _found(run, id_)):
            return _as_in(run, choices, found)
    if not id_.startswith("F-") and folder is None:
        for round_ in plan_run(dossier, choices).rounds:
            if round_.phase != "stateful" and _draws(dossier, choices, round_, id_):
                return _Wanted(id_, round_, (), choices)
    where = folder or choices.output
    raise UsageError(f"{id_}: no run of {dossier.name} in {where} has it, and the seed {choices.seed} does not draw it; name the folder of "
                     "the run that found it with --run.")  # fmt: skip


def _found(run: Run, id_: str) -> FuzzFinding | CaseRecord | None:
    return next((f for f in run.fuzzed.findings if f.id == id_), None) or next(
        (case for case in run.fuzzed.cases if case.id == id_), None
    )


def _as_in(run: Run, choices: Choices, found: FuzzFinding | CaseRecord) -> _Wanted:
    told = run.header["fuzz"]
    choices = replace(choices, seed=told["seed"], fuzz=told["profile"]["name"], cases=told["profile"]["cases"])
    round_ = found.round
    if isinstance(found, FuzzFinding):
        return _Wanted(found.case, round_, found.edits, choices)
    return _Wanted(found.id, round_, (), choices)


def _newest(output: Path, provider: str, environment: str) -> list[Path]:
    return sorted(output.glob(f"{provider}-{environment}-*"), reverse=True)


def _draws(dossier: Dossier, choices: Choices, round_: Round, id_: str) -> bool:
    plan = plan_run(dossier, choices)
    live = Live(plan)
    try:
        campaign = Campaign(live, plan.profile, choices.seed)
        return any(drawn.id == id_ for drawn in campaign.cases(round_))
    finally:
        live.close()
        live.journal.path.unlink()
        live.plan.folder.rmdir()
