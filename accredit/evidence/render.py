"""The doorman of Jinja: makes what people read from a run and its verdict. Escapes everything that came over the wire."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import jinja2
import jinja2.nodes

from accredit.evidence.markdown import code, plain, whole, written
from accredit.model.coverage import Coverage, Part
from accredit.model.curl import curl
from accredit.model.exchange import GENERATED, Exchange
from accredit.model.finding import Outcome
from accredit.model.provider import Provider
from accredit.model.run import Run, Step
from accredit.model.verdict import Verdict

_PIECES = 64
"""How many of Jinja's small pieces are handed on together."""


def report_html(
    templates: Path, provider: Provider, run: Run, verdict: Verdict, coverage: Coverage, exchanges: Iterator[Exchange]
) -> Iterator[bytes]:
    """The report, piece by piece: one file that opens offline and asks nobody for anything.

    Args:
        exchanges: Every exchange of the run by number. Passed over once, none is held.
    """
    loader = jinja2.FileSystemLoader(templates)
    environment = jinja2.Environment(
        loader=loader, autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters["curl"] = curl
    view = _view(provider, run, verdict) | {"coverage": coverage, "Part": Part, "exchanges": _shown(run, exchanges)}
    pieces = environment.get_template("report.html.j2").stream(view)
    pieces.enable_buffering(_PIECES)
    for piece in pieces:
        yield piece.encode("utf-8", "replace")


def markdown(templates: Path, name: str, view: Mapping[str, Any]) -> bytes:
    """A template as Markdown. Every value is escaped unless it is `Written`."""
    environment = _markdown_environment(templates)
    return environment.get_template(name).render(**view).encode("utf-8", "replace")


def messages_asked_for(templates: Path, name: str) -> frozenset[str]:
    """The messages that a template needs: each `key` of a `say("key")` in it."""
    environment = _markdown_environment(templates)
    tree = environment.parse((templates / name).read_text(encoding="utf-8"))
    calls = [c for c in tree.find_all(jinja2.nodes.Call) if getattr(c.node, "name", "") == "say"]
    return frozenset(call.args[0].value for call in calls if isinstance(call.args[0], jinja2.nodes.Const))


def _markdown_environment(templates: Path) -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(templates),
        autoescape=False,  # noqa: S701 - this makes no HTML; `finalize` escapes for Markdown
        undefined=jinja2.StrictUndefined,
        finalize=written,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters |= {"code": code, "plain": plain, "whole": whole}
    return environment


def _shown(run: Run, exchanges: Iterator[Exchange]) -> Iterator[Exchange]:
    """Of generated exchanges only those that a finding or a reason rests on."""
    found = {number for finding in run.fuzzed.findings for number in finding.exchanges} | {
        e.number for e in run.misfitting
    }
    return (e for e in exchanges if e.number in found or not (e.case or e.delivery == GENERATED))


def _view(provider: Provider, run: Run, verdict: Verdict) -> dict[str, Any]:
    by_id = {j.requirement.id: j for j in verdict.judgements}
    chapters = [
        (chapter, [j for id_, j in by_id.items() if id_.startswith(f"{chapter.prefix}-")])
        for chapter in provider.chapter
    ]
    return {
        "provider": provider,
        "run": run,
        "header": run.header,
        "verdict": verdict,
        "chapters": chapters,
        "outcomes": [(outcome, sum(j.outcome is outcome for j in verdict.judgements)) for outcome in Outcome],
        "steps": _by_scenario(run),
        "inferred": [(name, setting) for name, setting in provider.settings.items()],
    }


def _by_scenario(run: Run) -> Mapping[str, list[Step]]:
    steps: dict[str, list[Step]] = {}
    for step in run.steps:
        steps.setdefault(step.scenario, []).append(step)
    return steps
