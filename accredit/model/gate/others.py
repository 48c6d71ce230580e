"""What a gate asks of waivers, of the comparison of production with certification, and of what cannot be read."""

from collections.abc import Iterator, Sequence

from accredit.model.budget import FILE as BUDGET
from accredit.model.finding import Outcome
from accredit.model.gate.rows import Row
from accredit.model.gate.table import Compared, Table
from accredit.model.listing import some_of
from accredit.model.reply import Reply
from accredit.model.statement import Waiver
from accredit.model.voice import Voice

_PARITY = "Did production do what certification did?"
_REPLIES = {"same": Reply.YES, "different": Reply.NO}
_BEST_FIRST = (Reply.YES, Reply.NO, Reply.UNKNOWN)
_MOST_NAMED = 5


def fault_rows(table: Table) -> Iterator[Row]:
    """What is kept and was altered is never passed over."""
    for fault in table.faults:
        yield Row("statement", "statements", "Is everything that was said as it was signed?", Reply.NO, fault,
                  "restore the file from your records, or remove it and have it said again")  # fmt: skip


def waiver_rows(table: Table) -> Iterator[Row]:
    """Each waiver must excuse something, and still hold."""
    for waiver in table.bearing_waivers:
        reply, reason = _used(waiver, table)
        yield Row("waiver", waiver.said.requirement, f"Does the waiver in {waiver.said.environment} hold, and excuse something?", reply,
                  reason, "" if reply is Reply.YES else f"remove waivers/{waiver.file}, or waive anew: accredit waive {waiver.said.requirement} …")  # fmt: skip


def _used(waiver: Voice[Waiver], table: Table) -> tuple[Reply, str]:
    w = waiver.said
    if why := table.why_not_waived(waiver):
        yet_to_come = w.made_on > table.day and not waiver.stranger
        return Reply.UNKNOWN if yet_to_come else Reply.NO, why
    judged = table.judged(w.requirement, w.environment)
    if not judged:
        return Reply.UNKNOWN, f"no bundle of {w.environment} that counts judged {w.requirement}"
    bundle, came = judged[0]
    if came.outcome is Outcome.FAILED:
        return (
            Reply.YES,
            f"{w.requirement} failed in run {bundle.run}, waived until {w.last_day} by {w.approver}, {w.ticket}",
        )
    if came.outcome is Outcome.CANNOT_JUDGE:
        return Reply.UNKNOWN, f"{w.requirement} could not be judged in run {bundle.run}"
    return Reply.NO, f"unused: {w.requirement} {came.outcome.words} in run {bundle.run}, so that it excuses nothing"


def parity_rows(table: Table) -> Iterator[Row]:
    """Where it is asked for: a record over the very bundles that count."""
    if not table.gate.parity:
        return
    newest = {
        place: next((b for b in table.counted if b.environment == place), None)
        for place in ("certification", "production")
    }
    first, second = newest["certification"], newest["production"]
    if first is None or second is None:
        absent = [place for place, bundle in newest.items() if bundle is None]
        reason = f"no bundle of {' and '.join(absent)} that counts was given"
        next_ = f"accredit run {table.provider} --env {absent[0]}"
        yield Row("parity", "parity", _PARITY, Reply.UNKNOWN, reason, next_)
        return
    next_ = f"accredit compare {first.name} {second.name}"
    these = [c for c in table.compared if c.bundles == (first.digest, second.digest)]
    good = [c for c in these if not c.stranger]
    if not good:
        why = "; ".join(f"{c.file} is {c.stranger}" for c in these)
        others = " (there are records of other bundles)" if table.compared and not these else ""
        yield Row(
            "parity", "parity", _PARITY, Reply.UNKNOWN, why or f"these two bundles were not compared{others}", next_
        )
        return
    # The best counts: what differs may be declared afterwards, and taking a record away never makes it better.
    wanted = table.gate.writes_compared
    reply = min((_reply(c, wanted) for c in good), key=_BEST_FIRST.index)
    if reply is Reply.UNKNOWN and all(_lacking(c, wanted) for c in good):
        next_ = (f"accredit run {table.provider} --env production --budget {BUDGET}, with a budget that names {' and '.join(wanted)}, "
                 "and compare that run")  # fmt: skip
    yield Row("parity", "parity", _PARITY, reply, "; ".join(_told(c, wanted) for c in good),
              "" if reply is Reply.YES else next_)  # fmt: skip


def _reply(compared: Compared, wanted: Sequence[str]) -> Reply:
    if compared.draft or _lacking(compared, wanted):
        return Reply.UNKNOWN
    return _REPLIES.get(compared.answer, Reply.UNKNOWN)


def _lacking(compared: Compared, wanted: Sequence[str]) -> str:
    """Which writes keep it from speaking of the business, where it finds nothing else: what was not compared can still differ."""
    lacking = [name for name in wanted if name not in compared.writes] if compared.answer == "same" else []
    return f"no {' and no '.join(lacking)} was compared, so that it says nothing of the business" if lacking else ""


def _told(compared: Compared, wanted: Sequence[str]) -> str:
    reasons = some_of(compared.reasons, _MOST_NAMED, "; ")
    return "; ".join(
        [
            f"{compared.answer}, by {compared.file}",
            *filter(None, [compared.draft, _lacking(compared, wanted), reasons]),
        ]
    )
