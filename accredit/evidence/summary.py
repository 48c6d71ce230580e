"""What a pipeline shows of a run, as Markdown: small however much went wrong. Pure."""

from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from accredit.evidence.render import markdown
from accredit.evidence.ticket import chapter_counts, round_counts, way_of
from accredit.evidence.under_budget import budget_lines
from accredit.model.attached import NOTHING, Attached
from accredit.model.finding import Outcome
from accredit.model.provider import Provider
from accredit.model.run import Run
from accredit.model.verdict import Verdict

NAME = "summary.md"
MOST_BYTES = 1024**2
"""What GitHub takes of one step; GitLab takes more."""
_MOST_ROWS, _MOST_REASONS = 100, 50
_TEMPLATE = "summary.md.j2"


def summary(
    templates: Path, provider: Provider, run: Run, verdict: Verdict, bundle: str, attached: Attached = NOTHING
) -> bytes:
    """A run's verdict, counts, what did not pass and what was not examined, with what people said of it. Far below `MOST_BYTES`.

    Args:
        bundle: Its name; empty when the run is not sealed.
    """
    wrong = [j for j in verdict.judgements if j.in_scope and j.outcome in (Outcome.FAILED, Outcome.CANNOT_JUDGE)]
    found = verdict.fuzz.open if verdict.fuzz else ()
    shown = wrong[:_MOST_ROWS]
    attested = [j for j in verdict.open if attached.told(j)]
    ways = Counter(way_of(j, run.environment) for j in verdict.open if j.outcome is not Outcome.NOT_APPLICABLE)
    view = {
        "provider": provider,
        "run": run,
        "verdict": verdict,
        "chapters": list(chapter_counts(provider, verdict, {})),
        "reasons": verdict.reasons[:_MOST_REASONS],
        "more_reasons": max(0, len(verdict.reasons) - _MOST_REASONS),
        "wrong": shown,
        "said": attached.told,
        "attested": attested[:_MOST_ROWS],
        "more_attested": max(0, len(attested) - _MOST_ROWS),
        "budget": list(budget_lines(run)),
        "found": found[: _MOST_ROWS - len(shown)],
        "more": max(0, len(wrong) + len(found) - _MOST_ROWS),
        "counts": verdict.reconciliation.counts.items(),
        "fuzz": round_counts(verdict),
        "ways": [(way.replace("_", " "), count) for way, count in ways.items()],
        "bundle": bundle,
    }
    return markdown(templates, _TEMPLATE, view)


def append_summaries(path: Path, summaries: Iterable[Path]) -> None:
    """Adds the summaries of several runs to a file that others may have begun, and stays below what a pipeline takes."""
    with path.open("ab") as file:
        for part in summaries:
            text = part.read_bytes()
            room = MOST_BYTES - file.tell()
            said = text if len(text) < room else f"\n{part.parent.name}: no room left here; see its report.\n".encode()
            file.write(said if len(said) < room else b"")
