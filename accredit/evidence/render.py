"""The doorman of Jinja: makes what people read from a run and its verdict. Escapes everything that came over the wire."""

import csv
import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import jinja2

from accredit.model.coverage import Coverage, Part
from accredit.model.curl import curl
from accredit.model.exchange import Exchange
from accredit.model.finding import Outcome
from accredit.model.provider import Provider
from accredit.model.run import Run, Step
from accredit.model.verdict import Judgement, Verdict


def report_html(templates: Path, provider: Provider, run: Run, verdict: Verdict, coverage: Coverage) -> bytes:
    """The report: one file that opens offline and asks nobody for anything."""
    loader = jinja2.FileSystemLoader(templates)
    environment = jinja2.Environment(
        loader=loader, autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters["curl"] = curl
    page = environment.get_template("report.html.j2").render(
        **_view(provider, run, verdict), coverage=coverage, Part=Part
    )
    return page.encode("utf-8", "replace")


def requirements_csv(verdict: Verdict, run: Run) -> bytes:
    """The matrix, a row for each requirement, none left out."""
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(["id", "title", "level", "kind", "source", "provenance", "verified by", "production", "environment", "outcome", "set out to judge",
                   "reason", "scenarios", "exchanges"])  # fmt: skip
    for j in verdict.judgements:
        r = j.requirement
        rows.writerow(map(_cell, [r.id, r.title, r.level, " ".join(r.kind), r.source, r.provenance, r.verified, r.production, run.environment,
                                  j.outcome.words, "yes" if j.in_scope else "no", j.reason, " | ".join(f.scenario for f in j.findings),
                                  " ".join(str(n) for n in exchange_numbers(j))]))  # fmt: skip
    return text.getvalue().encode()


def fuzz_cases_csv(run: Run) -> bytes:
    """Every generated case, those that passed as well: what it tried, how it went, and how to send it again."""
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(
        ["case", "operation", "phase", "fits the contract", "tries", "went", "status", "exchanges", "findings", "again"]
    )
    for c in run.fuzzed.cases:
        fits = "yes" if c.mode == "positive" else "no"
        again = f"accredit fuzz {run.provider} --replay {c.id}"
        rows.writerow(map(_cell, [c.id, c.operation, c.phase, fits, c.description, c.reached, str(c.status or ""),
                                  " ".join(map(str, c.exchanges)), " ".join(c.failures), again]))  # fmt: skip
    return text.getvalue().encode("utf-8", "replace")


def coverage_csv(coverage: Coverage) -> bytes:
    """Every item of the contract, a row each, and why it was not exercised."""
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(["operation", "part", "body", "name", "keyword", "exercised", "reason"])
    for i in coverage.items:
        rows.writerow(map(_cell, [i.subject, i.part.value, i.body, i.name, i.word, "yes" if i.times else "no", i.why]))
    return text.getvalue().encode()


def exchange_numbers(judgement: Judgement) -> list[int]:
    """Every exchange that a requirement's findings rest on."""
    return sorted({number for finding in judgement.findings for number in finding.exchanges})


def _cell(value: str) -> str:
    """Spreadsheets run what begins like a formula; the wire must not get to write one."""
    return f"'{value}" if value[:1] in ("=", "+", "-", "@", "\t", "\r") else value


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
        "exchanges": _exchanges(run),
        "inferred": [(name, setting) for name, setting in provider.settings.items()],
    }


def _by_scenario(run: Run) -> Mapping[str, list[Step]]:
    steps: dict[str, list[Step]] = {}
    for step in run.steps:
        steps.setdefault(step.scenario, []).append(step)
    return steps


def _exchanges(run: Run) -> Mapping[int, Exchange]:
    return {exchange.number: exchange for exchange in run.exchanges}
