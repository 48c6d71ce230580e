"""Sends one generated case again: drawn anew from its seed, made as small as it was found, and judged."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from pathlib import Path

from accredit.evidence.journal import read_run, read_segments
from accredit.model.exchange import Exchange
from accredit.model.finding import Outcome
from accredit.model.fuzzing import Round, finding_id
from accredit.model.rounds import judge_rounds
from accredit.model.run import Run
from accredit.suite.catalogue import Dossier
from accredit.suite.fuzzing.campaign import Campaign
from accredit.suite.fuzzing.sending import Sent
from accredit.suite.fuzzing.smaller import edited, told
from accredit.suite.fuzzing.sought import Wanted, sought
from accredit.suite.live import Live
from accredit.suite.plan import Choices, plan_run


@dataclass(frozen=True, slots=True)
class Replay:
    """What came of sending a case again.

    Attributes:
        whole: True when its round was sent as a whole, since the case cannot be told from those around it.
        exchanges: What was sent, masked; of a whole round, what shows the finding, or of the case.
        failures: What the finding says, when it is shown again; for a case, all that is wrong with its answer. Else empty.
        others: What else is wrong, and was not asked for: other findings.
        notes: What is otherwise than when it was found.
        trouble: Why nothing can be said of it; empty when something can.
    """

    id: str
    round: Round
    whole: bool
    exchanges: tuple[Exchange, ...]
    failures: tuple[str, ...]
    others: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    trouble: str = ""


def replay(dossier: Dossier, choices: Choices, id_: str, folder: Path | None) -> Replay:
    """Sends a case, or the smallest request of a finding, again. The journal of it is a run of its own in the output folder.

    Args:
        folder: Of the run that has it; None for the newest in the output folder, or a case of `choices`' own seed.

    Raises:
        UsageError: no run and no seed at hand gives that case.
    """
    wanted = sought(dossier, choices, id_, folder)
    plan = plan_run(dossier, replace(wanted.choices, rounds=(wanted.round.name,)))
    live = Live(plan)
    live.begin()
    try:
        done = _sent(live, wanted)
    finally:
        live.end()
    return done or _of_the_round(plan.folder, wanted)


def _sent(live: Live, wanted: Wanted) -> Replay | None:
    """By itself; None when its whole round was sent, which is judged when it has ended."""
    campaign = Campaign(live, live.plan.profile, live.plan.choices.seed)
    drawn = next((drawn for drawn in campaign.cases(wanted.round) if drawn.id == wanted.case), None)
    if drawn is None:
        campaign.run(wanted.round)
        return None
    for edit in wanted.edits:
        smaller = edited(campaign.contracts.fitting(drawn.operation), drawn, edit)
        if smaller is None:
            trouble = f"its smallest request cannot be made of its case any more: there is nothing left to {told(edit)}"
            return Replay(wanted.id, wanted.round, False, (), (), notes=wanted.notes, trouble=trouble)
        drawn = replace(smaller, id=drawn.id)
    before = live.line.last
    sent = campaign.once(drawn)
    said = {failed: finding_id(drawn.operation, failed.check, failed.signature) for failed in sent.failed}
    failures = tuple(live.mask.text(failed.message) for failed, id_ in said.items() if wanted.asks_for(id_))
    others = tuple(
        f"{id_} {drawn.operation}, {failed.check}: {live.mask.text(failed.message)}"
        for failed, id_ in said.items()
        if not wanted.asks_for(id_)
    )
    exchanges = _exchanges(live.plan.folder, range(before + 1, live.line.last + 1))
    trouble = "" if failures else _not_answered(sent)
    return Replay(wanted.id, wanted.round, False, exchanges, failures, others, wanted.notes, trouble)


def _of_the_round(folder: Path, wanted: Wanted) -> Replay:
    """What the whole round says of what was asked for."""
    run = read_run(folder)
    cases = [case for case in run.fuzzed.cases if case.id == wanted.id]
    asked = {id_ for case in cases for id_ in case.failures} | {wanted.id}
    shown = [finding for finding in run.fuzzed.findings if finding.id in asked]
    others = tuple(f"{f.id} {f.operation}, {f.check}: {f.message}" for f in run.fuzzed.findings if f.id not in asked)
    numbers = {n for told in (*(f.exchanges for f in shown), *(case.exchanges for case in cases)) for n in told}
    why = "its case is not drawn any more" if wanted.is_drawn else "what it shows depends on what was sent before it"
    notes = (f"its whole round was sent: {why}", *wanted.notes)
    trouble = "" if shown else _unjudged(run, wanted, is_sent=bool(cases))
    return Replay(
        wanted.id,
        wanted.round,
        True,
        _exchanges(folder, numbers),
        tuple(f.message for f in shown),
        others,
        notes,
        trouble,
    )


def _unjudged(run: Run, wanted: Wanted, *, is_sent: bool) -> str:
    """Why a whole round that does not show it says nothing of it; empty when it does."""
    verdict = judge_rounds(run)
    unclear = [j.reason for j in verdict.rounds if j.outcome is Outcome.CANNOT_JUDGE] if verdict else []
    unclear += [ended.trouble for ended in run.fuzzed.ended if ended.trouble]
    if unclear:
        return unclear[0]
    if not wanted.id.startswith("F-") and not is_sent:
        return "its round does not send it any more"
    if wanted.is_drawn:
        return "it is not shown, yet the case that showed it is not drawn any more"
    if wanted.changed:
        return "it is not shown, yet its round may draw other cases than it did: " + "; ".join(wanted.changed)
    return ""


def _not_answered(sent: Sent) -> str:
    """Why an answer says nothing of the API; empty when it does."""
    if sent.reply is None or sent.trouble:
        return sent.trouble
    status = sent.reply.status
    is_missing = status == 404 and sent.drawn.mode == "positive"
    return f"it did not reach the API: {status}" if status in (401, 403, 429) or is_missing else ""


def _exchanges(folder: Path, numbers: Collection[int]) -> tuple[Exchange, ...]:
    records = (record for segment in read_segments(folder) for record in segment)
    return tuple(
        Exchange.from_record(r) for r in records if r["kind"] == "exchange" and r["number"] in numbers and r["case"]
    )
