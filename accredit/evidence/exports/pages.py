"""What stands on the pages of `report.pdf`: plain data for its template. Pure.

Exchanges are not on paper: their number has no bound, and the bundle's other files have them all.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from accredit.evidence.exports.printable import printable
from accredit.evidence.exports.tables import exchange_numbers
from accredit.evidence.render import as_json
from accredit.evidence.ticket import round_counts
from accredit.evidence.under_budget import budget_lines
from accredit.model.attached import NOTHING, Attached
from accredit.model.finding import Finding, Outcome
from accredit.model.provider import Provider
from accredit.model.run import Run
from accredit.model.verdict import Answer, Judgement, Verdict

_MOST_REASONS, _MOST_DETAILS, _MOST_FINDINGS, _MOST_NUMBERS, _MOST_REFUSED = 50, 60, 5, 12, 10
_ANSWERS = {Answer.PASSED: "passed", Answer.FAILED: "failed", Answer.UNKNOWN: "is unknown"}


def pages(
    provider: Provider,
    run: Run,
    verdict: Verdict,
    digests: Mapping[str, str],
    bundle: str,
    attached: Attached = NOTHING,
) -> Mapping[str, Any]:
    """All that the template prints.

    Args:
        digests: SHA-256 of each segment of the journal by its name, the main one first.
        bundle: The name of the bundle that these pages are in.
    """
    wrong = [j for j in verdict.judgements if j.in_scope and j.outcome in (Outcome.FAILED, Outcome.CANNOT_JUDGE)]
    told: Mapping[str, Any] = printable({
        "provider": provider.title,
        "label": run.header["label"],
        "place": run.place,
        "run": run.id,
        "answer": verdict.answer.value,
        "said": _ANSWERS[verdict.answer],
        "judged": str(len(verdict.judgements) - len(verdict.open)),
        "all": str(len(verdict.judgements)),
        "left": str(len(verdict.open)),
        "when": f"Run {run.id} at {run.header['base_url']}, {_ended(run)}.",
        "notes": list(_notes(run)),
        "reasons": verdict.reasons[:_MOST_REASONS],
        "more_reasons": _more(verdict.reasons, _MOST_REASONS),
        "outcomes": [_named(outcome) for outcome in Outcome],
        "chapters": list(_chapters(provider, verdict, attached)),
        "scenarios": [(stage, str(count)) for stage, count in verdict.reconciliation.counts.items()],
        "differences": len(verdict.reconciliation.differences),
        "not_begun": len(verdict.reconciliation.not_begun),
        "fuzz": _fuzz(verdict),
        "wrong": [_detail(j, attached) for j in wrong[:_MOST_DETAILS]],
        "more_wrong": _more(wrong, _MOST_DETAILS),
        "open": [_open(j, attached) for j in verdict.open],
        "budget": list(budget_lines(run)),
        "writes": [_write(w) for w in _writes(run)[:_MOST_DETAILS]],
        "more_writes": _more(_writes(run), _MOST_DETAILS),
        "refused": [f"{r.method} {r.url}: {r.reason}" for r in run.refusals[:_MOST_REFUSED]],
        "more_refused": _more(run.refusals, _MOST_REFUSED),
        "journal": [*digests.items()],
        "bundle": bundle,
        "about": [*_about(run), *provider.sources.items()],
        "assumed": [(name, as_json(run.header["settings"].get(name, s.value)), s.why) for name, s in provider.settings.items()],
    })  # fmt: skip
    return told


def _ended(run: Run) -> str:
    return f"ended {run.footer['finished_at']}" if run.footer else "never ended"


def _notes(run: Run) -> Iterator[str]:
    if run.environment == "simulator":
        yield "Made against the bundled simulator: it proves the suite, not the provider."
    if at := run.header.get("connect_to"):
        yield f"A rehearsal: the provider's host name was reached at {at} on the partner's machine."
    if only := run.header["only"]:
        yield f"Only a part was set out to be judged, by the user's choice: {', '.join(only)}."


def _writes(run: Run) -> Sequence[Mapping[str, Any]]:
    """Each that was sent under a budget."""
    return tuple((run.spend or {}).get("writes", ()))


def _write(w: Mapping[str, Any]) -> tuple[str, ...]:
    """Number, operation, the partner's id, points, about whom, and what was answered."""
    return (
        str(w["number"]),
        w["operation"],
        w["own"],
        str(w["moved"]),
        ", ".join(w["roles"]),
        str(w["status"] or "nobody knows"),
    )


def _chapters(provider: Provider, verdict: Verdict, attached: Attached) -> Iterator[Mapping[str, Any]]:
    for chapter, rows in verdict.in_chapters(provider.chapter):
        counts = [str(sum(j.outcome is outcome for j in rows)) for outcome in Outcome]
        yield {
            "prefix": chapter.prefix,
            "title": chapter.title,
            "counts": counts,
            "rows": [_row(j, attached) for j in rows],
        }


def _row(judgement: Judgement, attached: Attached) -> Mapping[str, Any]:
    r = judgement.requirement
    return {
        "id": r.id,
        "title": r.title,
        "level": r.level,
        "source": r.source,
        "verified": r.verified.replace("_", " "),
        "scenarios": str(len(judgement.findings) or "–"),
        "exchanges": str(len(exchange_numbers(judgement)) or "–"),
        "outcome": _named(judgement.outcome),
        "beside": _beside(judgement, attached),
    }


def _beside(judgement: Judgement, attached: Attached) -> str:
    """`waived until 2026-12-01`, `attested by Ada`; empty where nobody said anything."""
    if waiver := attached.waived(judgement):
        return f"waived until {waiver.said.last_day}"
    words = attached.attested(judgement.requirement.id)
    return f"attested by {words[-1].said.by}" if words else ""


def _named(outcome: Outcome) -> Mapping[str, str]:
    return {"name": outcome.value, "words": outcome.words}


def _detail(judgement: Judgement, attached: Attached) -> Mapping[str, Any]:
    told = [f for f in judgement.findings if f.outcome in (Outcome.FAILED, Outcome.CANNOT_JUDGE)]
    r = judgement.requirement
    return {
        "id": r.id,
        "title": r.title,
        "why": r.why,
        "outcome": _named(judgement.outcome),
        "reason": judgement.reason,
        "people": _people(judgement, attached),
        "findings": [_finding(finding) for finding in told[:_MOST_FINDINGS]],
        "more": _more(told, _MOST_FINDINGS),
    }


def _finding(finding: Finding) -> Mapping[str, Any]:
    numbers = [f"#{number}" for number in finding.exchanges[:_MOST_NUMBERS]]
    more = _more(finding.exchanges, _MOST_NUMBERS)
    return {
        "scenario": finding.scenario,
        "what": finding.what,
        "wanted": finding.wanted,
        "got": finding.got,
        "exchanges": ", ".join(numbers) + (f" and {more} more" if more else ""),
    }


def _fuzz(verdict: Verdict) -> Mapping[str, Any] | None:
    if verdict.fuzz is None:
        return None
    counts = round_counts(verdict)
    open_ = verdict.fuzz.open
    return {
        "sent": str(counts["sent"]),
        "rounds": str(len(verdict.fuzz.rounds)),
        "counts": [(o.words, str(counts[o.value])) for o in Outcome if counts[o.value]],
        "found": [(f.id, f.operation, f.check, f.signature) for f in open_[:_MOST_DETAILS]],
        "more": _more(open_, _MOST_DETAILS),
        "accepted": str(len(verdict.fuzz.accepted)),
    }


def _open(judgement: Judgement, attached: Attached) -> Mapping[str, Any]:
    r = judgement.requirement
    way = judgement.outcome.words if judgement.outcome is Outcome.NOT_APPLICABLE else r.verified.replace("_", " ")
    return {"id": r.id, "title": r.title, "way": way, "why": judgement.reason, "evidence": r.evidence,
            "people": _people(judgement, attached)}  # fmt: skip


def _people(judgement: Judgement, attached: Attached) -> list[str]:
    """What people said of it, a sentence each, the newest last."""
    return [line[:1].upper() + line[1:] for line in attached.told(judgement)[-_MOST_FINDINGS:]]


def _about(run: Run) -> Iterator[tuple[str, str]]:
    header = run.header
    yield "Run", run.id
    yield "Where", f"{run.place}; the provider calls the environment {header['label']}"
    yield "Endpoint", header["base_url"]
    yield "Started", header["started_at"]
    yield "Finished", str(run.footer["finished_at"]) if run.footer else "never: incomplete"
    yield "Clock", header["clock"]
    yield "Partner", header["partner_id"]
    yield "Claimed", ", ".join(header["capabilities"]) or "nothing"
    yield "Exchanges", str(run.exchanges_recorded)
    yield "Suite", f"accredit {header['suite_version']}, Python {header['python']}"
    for name, digest in header["judged_by"].items():
        if name.startswith(f"contracts/{run.provider}/") and name.endswith(
            (".yaml", ".yml", ".json", "requirements.toml")
        ):
            yield name.rsplit("/", 1)[-1], f"SHA-256 {digest}"


def _more(values: Sequence[object] | Iterable[object], most: int) -> int:
    """How many are left out when `most` are told."""
    return max(0, len(tuple(values)) - most)
