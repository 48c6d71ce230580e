"""The tickets of a run: text to paste, for each purpose it serves and in each language the provider's reviewers read. Pure."""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from accredit.evidence.exports.tables import exchange_numbers
from accredit.evidence.markdown import Written
from accredit.evidence.messages import Messages, messages
from accredit.evidence.render import as_json, markdown
from accredit.model.attached import NOTHING, Attached, documents_of
from accredit.model.finding import Outcome
from accredit.model.provider import Provider
from accredit.model.purpose import DRAFTED_IN, Correspondence, Purpose, Words, open_questions
from accredit.model.run import Run
from accredit.model.verdict import Judgement, Verdict

TEMPLATE = "tickets/ticket.md.j2"
_OUTCOMES = (Outcome.PASSED, Outcome.FAILED, Outcome.CANNOT_JUDGE, Outcome.NOT_APPLICABLE)
_WAYS = ("attested", "observed", "fuzz", "not_shown", "left_out")


def ticket_name(purpose: Purpose, language: str) -> str:
    """`ticket.approval.es.md`."""
    return f"ticket.{purpose.name}.{language}.md"


def tickets(
    templates: Path,
    provider: Provider,
    run: Run,
    verdict: Verdict,
    to: Correspondence,
    sealed_as: tuple[str, str],
    attached: Attached = NOTHING,
) -> Iterator[tuple[str, bytes]]:
    """Name and text of each ticket.

    Args:
        sealed_as: The bundle's name, and the id of the key it is signed with; no id when it is not sealed.
    """
    for purpose, language in to.due(run.environment):
        view = _view(provider, run, verdict, purpose, to.words[language], messages(templates, language), attached)
        bundle, key = sealed_as
        page = markdown(templates, TEMPLATE, {**view, "bundle": bundle, "key_id": key})
        yield ticket_name(purpose, language), page


def way_of(judgement: Judgement, environment: str) -> str:
    """How a requirement that the run did not set out to judge is shown instead: `attested`, `left_out` …"""
    r = judgement.requirement
    if r.verified == "not_tested":
        return "not_shown"
    if r.verified != "driven":
        return r.verified
    return "left_out" if environment in r.environments else r.elsewhere or "not_shown"


def chapter_counts(provider: Provider, verdict: Verdict, titles: Mapping[str, str]) -> Iterator[Mapping[str, Any]]:
    """A row for each chapter: its title, in the language of `titles`, and how many of its requirements came out how. Every one is counted."""
    for chapter, rows in verdict.in_chapters(provider.chapter):
        counts = {outcome.value: sum(j.outcome is outcome for j in rows) for outcome in _OUTCOMES}
        title = titles.get(chapter.prefix, chapter.title)
        yield {
            "title": f"{chapter.prefix} {title}".strip(),
            **counts,
            "open": len(rows) - sum(counts.values()),
            "all": len(rows),
        }


def round_counts(verdict: Verdict) -> Mapping[str, int]:
    """Rounds of fuzzing by outcome, and how many requests they sent. Empty for a run that did not fuzz."""
    if verdict.fuzz is None:
        return {}
    counts = {outcome.value: verdict.fuzz.count(outcome) for outcome in Outcome}
    return {**counts, "sent": sum(j.tally.sent for j in verdict.fuzz.rounds)}


def _view(
    provider: Provider, run: Run, verdict: Verdict, purpose: Purpose, words: Words, told: Messages, attached: Attached
) -> dict[str, Any]:
    at, say = run.header.get("connect_to", ""), told.say
    register = f"contracts/{run.provider}/requirements.toml"
    return {
        "provider": provider,
        "run": run,
        "verdict": verdict,
        "counts": verdict.reconciliation.counts,
        "spent": _spent(run),
        "text": words.purposes[purpose.name],
        "say": say,
        "draft": run.environment == DRAFTED_IN,
        "rehearsed": bool(at),
        "register": f"{register} sha256:{run.header['judged_by'].get(register, '')}",
        "environment": told.environments[run.environment],
        "answer": told.verdicts[verdict.answer.value],
        "reasons": [told.reason(reason) for reason in verdict.reasons],
        "chapters": list(chapter_counts(provider, verdict, {"": say("other_chapter"), **words.chapters})),
        "outcome_words": {outcome.value: say(outcome.value) for outcome in Outcome},
        "wrong": [j for j in verdict.judgements if j.in_scope and j.outcome in (Outcome.FAILED, Outcome.CANNOT_JUDGE)],
        "found": verdict.fuzz.open if verdict.fuzz else (),
        "fuzz": round_counts(verdict),
        "numbers": lambda j: ", ".join(map(str, exchange_numbers(j))),
        "waived": lambda j: _waived(j, attached, told),
        "unexamined": list(_unexamined(verdict.open, run.environment, told, attached)),
        "unclaimed": [j.requirement.id for j in verdict.open if j.outcome is Outcome.NOT_APPLICABLE],
        "questions": [
            {
                "name": q.name,
                "text": words.questions.get(q.name, ""),
                "assumed": [(name, as_json(value)) for name, value in q.assumed],
            }
            for q in open_questions(provider, run.header["settings"], purpose.asks_first)
            if purpose.asks_rest or q.name in purpose.asks_first
        ],
    }


def _spent(run: Run) -> Mapping[str, object]:
    """What was sent under a budget: by this run, under its ticket in all, and what the ticket allows. Empty when nobody knows, or without one."""
    budget, spend = run.header.get("budget"), run.spend
    if not budget or spend is None:
        return {}
    return {
        "ticket": budget["ticket"],
        "requests": spend["requests"],
        "points_moved": spend["points_moved"],
        "in_all": spend["ticket_requests"],
        "points_in_all": spend["ticket_points"],
        "most": budget["ticket_requests"],
        "most_points": budget["ticket_points"],
        "refused": len(run.refusals),
    }


def _unexamined(
    open_: Iterable[Judgement], environment: str, told: Messages, attached: Attached
) -> Iterator[tuple[str, list[Mapping[str, Any]]]]:
    rows: dict[str, list[Mapping[str, Any]]] = {way: [] for way in _WAYS}
    for j in open_:
        if j.outcome is not Outcome.NOT_APPLICABLE:
            way, r = way_of(j, environment), j.requirement
            who = r.reason or told.say("was_left_out" if way == "left_out" else "elsewhere")
            rows[way].append(
                {"id": r.id, "title": r.title, "who": f"{who} ({r.evidence})", "words": _attested(r.id, attached, told)}
            )
    yield from ((told.say(way), found) for way, found in rows.items() if found)


def _attested(requirement: str, attached: Attached, told: Messages) -> list[Written]:
    """Whose word there is on it, in the reader's language."""
    return [
        told.say("attested_by", name=a.said.by, day=a.said.shown_on, says=a.said.says, documents=documents_of(a))
        for a in attached.attested(requirement)
    ]


def _waived(judgement: Judgement, attached: Attached, told: Messages) -> list[Written]:
    """Until when a failure is waived, and by whom."""
    waiver = attached.waived(judgement)
    if waiver is None:
        return []
    w = waiver.said
    return [told.say("waived_until", day=w.last_day, name=w.approver, ticket=w.ticket, reason=w.reason.rstrip("."))]
