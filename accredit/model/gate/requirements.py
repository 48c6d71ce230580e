"""What a gate asks of each requirement in question: which run, whose word or which waiver answers it?"""

from collections.abc import Iterator

from accredit.model.finding import Outcome
from accredit.model.gate.laid import Came, Laid
from accredit.model.gate.others import parity_rows
from accredit.model.gate.rows import Row
from accredit.model.gate.table import Table
from accredit.model.reply import Reply, worst
from accredit.model.requirement import Requirement
from accredit.model.statement import Attestation
from accredit.model.voice import Voice, why_not_attested

Ruling = tuple[Reply, str, str]
"""Answer, reason, next step."""


def requirement_rows(table: Table) -> Iterator[Row]:
    """One row each. An open *should* is shown, and does not count; a failed one does."""
    for r in table.asked:
        rulings = list(_rulings(r, table))
        reply = worst(ruling[0] for ruling in rulings)
        reason = "; ".join(ruling[1] for ruling in rulings)
        next_ = next((step for answer, _, step in rulings if answer is reply and step), "")
        yield Row("requirement", r.id, r.title, reply, reason, next_, r.level == "must" or reply is Reply.NO)


def _rulings(r: Requirement, table: Table) -> Iterator[Ruling]:
    """One for each environment in which something has to show it."""
    if table.counted and (missing := [need for need in r.needs if need not in table.capabilities]):
        yield Reply.YES, f"not applicable: the partner does not claim {', '.join(missing)}", ""
        return
    if r.id in table.gate.shown_by_parity:
        yield _by_parity(table)
        return
    # Under a budget production judges more than its scenarios alone show.
    places = table.gate.environments if r.verified == "driven" else ()
    here = [place for place in places if place in r.environments or table.judged(r.id, place)]
    yield from (_driven(r, place, table) for place in here)
    if not here:
        yield _by_word(r, table)


def _driven(r: Requirement, place: str, table: Table) -> Ruling:
    judged = table.judged(r.id, place)
    again = f"accredit run {table.provider} --env {place}"
    if not judged:
        return Reply.UNKNOWN, f"no bundle of {place} that counts judged it", again
    bundle, came = judged[0]
    told = f"{came.outcome.words} in run {bundle.run}{_contradicted(judged)}"
    why = f": {came.reason}" if came.reason else ""
    if came.outcome is Outcome.PASSED:
        return Reply.YES, told, ""
    if came.outcome is Outcome.NOT_APPLICABLE:
        return Reply.YES, f"{told}{why}", ""
    if came.outcome is not Outcome.FAILED:
        return Reply.UNKNOWN, f"{told}{why}", f"{again} --only {r.id}"
    if waiver := table.waiver_of(r.id, place):
        w = waiver.said
        return Reply.YES, f"{told}, waived until {w.last_day} by {w.approver} ({w.ticket}): {w.reason}", ""
    return Reply.NO, f"{told}{why}{_not_waived(r, place, table)}", again


def _contradicted(judged: list[tuple[Laid, Came]]) -> str:
    """What other runs of the same suite said: a failure is never hidden by another run."""
    newest, came = judged[0]
    others = [f"{c.outcome.words} in run {b.run}" for b, c in judged[1:]
              if c.outcome is not came.outcome and b.suite_version == newest.suite_version]  # fmt: skip
    return f"; an earlier run of the same suite contradicts: {', '.join(others)}" if others else ""


def _not_waived(r: Requirement, place: str, table: Table) -> str:
    """Why the waivers that there are do not excuse it."""
    told = []
    for waiver in table.waivers:
        if waiver.said.requirement == r.id:
            elsewhere = f"for {waiver.said.environment}, not for {place}" if waiver.said.environment != place else ""
            told.append(f"; the waiver {waiver.file} is {elsewhere or table.why_not_waived(waiver)}")
    return "".join(told)


def _by_parity(table: Table) -> Ruling:
    row = next(parity_rows(table), None)
    if row is None:
        return Reply.UNKNOWN, "nothing shows it", ""
    return row.reply, f"shown by comparing the two runs: {row.reason}", row.next


def _by_word(r: Requirement, table: Table) -> Ruling:
    if r.verified == "not_tested" or (r.verified == "driven" and not r.elsewhere):
        return Reply.UNKNOWN, f"nothing shows it: {r.reason or 'no scenario does here'}", ""
    mine = [a for a in table.attestations if a.said.requirement == r.id]
    faults = {a.file: why for a in mine if (why := _why_not(a, r, table))}
    good = sorted((a for a in mine if a.file not in faults), key=lambda a: (a.said.shown_on, a.digest))
    where = f" --env {table.gate.environments[-1]}" if r.verified == "driven" else ""
    if not good:
        why = "".join(f"; {file} does not count: {fault}" for file, fault in faults.items())
        return Reply.UNKNOWN, f"not attested{why}", f'accredit attest {r.id}{where} --by … --says "…" --file …'
    newest = good[-1]
    documents = ", ".join(f"{digest[:12]}…" for digest in newest.subject.values())
    until = f", until {newest.said.last_day}" if newest.said.last_day else ""
    return Reply.YES, f"attested by {newest.said.by} on {newest.said.shown_on}{until}; {documents}", ""


def _why_not(word: Voice[Attestation], r: Requirement, table: Table) -> str:
    """Why an attestation shows nothing at this gate; empty when it does."""
    where = word.said.environment
    elsewhere = f"it was shown in {where}" if where and where not in table.gate.environments else ""
    return why_not_attested(word, table.provider, r, table.day, table.documents) or elsewhere
