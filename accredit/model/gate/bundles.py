"""What a gate asks of each bundle: is it what it says, of the right place, lately made, and did it pass?"""

from collections.abc import Iterator

from accredit.model.finding import Outcome
from accredit.model.gate.laid import Laid
from accredit.model.gate.rows import Row
from accredit.model.gate.table import Table
from accredit.model.listing import some_of
from accredit.model.reply import Reply, worst


def bundle_rows(table: Table) -> Iterator[Row]:
    """A few rows for each bundle that counts, one for each that does not."""
    if not table.laid:
        where = " and ".join(table.gate.environments)
        yield Row("bundle", "bundles", "Is there evidence?", Reply.UNKNOWN, "no bundle was given",
                  f"accredit run {table.provider} --env {table.gate.environments[0]}, then name the bundle of {where}")  # fmt: skip
    for bundle in table.laid:
        if why := table.why_not_counted(bundle):
            yield _not_counted(bundle, why, table)
        elif table.is_superseded(bundle):
            yield Row("bundle", bundle.name, "Does it show anything new?", Reply.YES,
                      f"superseded: newer runs judged all of it anew since {bundle.started_at:%Y-%m-%d %H:%M}")  # fmt: skip
        else:
            yield from _rows(bundle, table)


def _not_counted(bundle: Laid, why: str, table: Table) -> Row:
    against = bundle.broken or any(t.reply is Reply.NO for t in bundle.checks) or bundle.provider != table.provider
    return Row("bundle", bundle.name, "Does it count here?", Reply.NO if against else Reply.UNKNOWN, why,
               f"leave it out, and name one made by: accredit run {table.provider} --env {_where(bundle, table)}")  # fmt: skip


def _rows(bundle: Laid, table: Table) -> Iterator[Row]:
    again = f"accredit run {table.provider} --env {bundle.environment}"
    yield _verified(bundle)
    yield _ours(bundle, table, again)
    yield _fresh(bundle, table, again)
    yield _passed(bundle, table, again)
    if not bundle.held:
        yield Row("bundle", bundle.name, "Does it keep to the rulebook?", Reply.UNKNOWN,
                  f"no rulebook is named for {bundle.environment}", "name one in gates.toml")  # fmt: skip
        return
    against = [told for told in bundle.held if told.reply is not Reply.YES]
    reason = (
        "; ".join(f"not: {told.question} ({told.reason})" for told in against)
        or f"all {len(bundle.held)} sentences hold"
    )
    yield Row("bundle", bundle.name, "Does it keep to the rulebook?", worst(t.reply for t in bundle.held), reason, again if against else "")  # fmt: skip


def _verified(bundle: Laid) -> Row:
    against = [told for told in bundle.checks if told.reply is not Reply.YES]
    reason = "; ".join(f"{told.question}: {told.reason}" for told in against) or "by its bytes, signature and records"
    next_ = "" if not against else "name the public key it must be signed with, --key, or its id, --key-id"
    question = "Is it intact, authentic, complete, and judged as it says?"
    return Row("bundle", bundle.name, question, worst(t.reply for t in bundle.checks), reason, next_)


def _where(bundle: Laid, table: Table) -> str:
    """Where one is to be made that counts in its place."""
    return bundle.environment if bundle.environment in table.gate.environments else table.gate.environments[0]


def _ours(bundle: Laid, table: Table, again: str) -> Row:
    reply, reason = _whose(bundle, table)
    question = "Is it of this partner, and by this suite?"
    return Row("bundle", bundle.name, question, reply, reason, "" if reply is Reply.YES else again)


def _whose(bundle: Laid, table: Table) -> tuple[Reply, str]:
    partners = {b.partner_id for b in table.counted}
    if table.partner_id and bundle.partner_id != table.partner_id:
        of = bundle.partner_id or "without an id"
        return Reply.NO, f"of the partner {of}, and accredit.toml says {table.partner_id}"
    if len(partners) > 1:
        return Reply.UNKNOWN, f"the bundles are of several partners: {', '.join(sorted(partners))}"
    if bundle.suite_version != table.suite_version:
        return Reply.UNKNOWN, f"made by accredit {bundle.suite_version}, this is {table.suite_version}"
    if others := sorted(table.capabilities - bundle.capabilities):
        return (
            Reply.UNKNOWN,
            f"it does not claim {some_of(others)}, and another run here does: which of them is the partner's?",
        )
    if bundle.others:
        return Reply.UNKNOWN, f"judged by others than ours: {some_of(bundle.others)}"
    return Reply.YES, f"accredit {bundle.suite_version}"


def _fresh(bundle: Laid, table: Table, again: str) -> Row:
    days, made = (table.day - bundle.started_at.date()).days, f"{bundle.started_at:%Y-%m-%d}"
    question = f"Is it no older than {table.days} days?"
    if days < 0:
        return Row(
            "bundle",
            bundle.name,
            question,
            Reply.UNKNOWN,
            f"made on {made}, which is after {table.day}",
            "check the clock, or --on",
        )
    reply = Reply.NO if days > table.days else Reply.YES
    reason = f"made on {made}, {days} days before {table.day}"
    return Row("bundle", bundle.name, question, reply, reason, again if reply is Reply.NO else "")


def _passed(bundle: Laid, table: Table, again: str) -> Row:
    """The run as a whole: also what it found of requirements that are not in question, and of generated requests."""
    failed = [id_ for id_, came in bundle.came.items() if came.in_scope and came.outcome is Outcome.FAILED]
    waived = [id_ for id_ in failed if table.waiver_of(id_, bundle.environment)]
    outdone = [id_ for id_ in failed if table.judged(id_, bundle.environment)[0][0] is not bundle]
    left = [id_ for id_ in failed if id_ not in waived and id_ not in outdone]
    reasons = [*([f"failed: {some_of(left)}"] if left else []), *bundle.reasons]
    reply = Reply.NO if left or bundle.fuzz_failed else Reply.UNKNOWN if reasons else Reply.YES
    told = [f"{some_of(waived)} failed, and waived"] * bool(waived) + [
        f"{some_of(outdone)} failed, and was judged anew"
    ] * bool(outdone)
    reason = "; ".join(reasons or told) or "all that it set out to judge passed"
    next_ = f"{again}; and leave this one out, since no newer run answers what it found" if bundle.lasting else again
    return Row("bundle", bundle.name, "Did it pass?", reply, reason, next_ if reasons else "")
