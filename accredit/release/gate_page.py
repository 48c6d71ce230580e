"""How a gate's answer reads: one page for the release manager, Markdown for a pipeline, JSON for machines. Pure."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from accredit.evidence.render import markdown, page
from accredit.model.gate.rows import Decision, Row
from accredit.model.gate.table import Table
from accredit.model.provider import Provider
from accredit.model.reply import Reply

_COLOURS = {Reply.YES: "passed", Reply.NO: "failed", Reply.UNKNOWN: "unknown"}
"""By which the style sheet colours an answer."""
_GROUPS: Mapping[str, str] = {
    "statement": "What was said",
    "bundle": "Evidence",
    "parity": "Production against certification",
    "waiver": "Waivers",
    "sign-off": "Signatures",
    "requirement": "Requirements",
}
_MOST_ROWS = 60


def gate_html(templates: Path, provider: Provider, table: Table, decision: Decision) -> bytes:
    """The page: one file that opens offline and asks nobody for anything."""
    return page(templates, "gate.html.j2", ("report.css", "gate.css"), _view(provider, table, decision))


def gate_markdown(templates: Path, provider: Provider, table: Table, decision: Decision) -> bytes:
    """The summary: small however much is missing."""
    return markdown(templates, "gate.md.j2", _view(provider, table, decision))


def gate_json(provider: Provider, table: Table, decision: Decision) -> str:
    """Everything, a line for each row."""
    told = {
        "gate": f"{provider.name}.{table.gate.name}", "title": table.gate.title, "on": table.day.isoformat(),
        "answer": decision.answer.value, "suite_version": table.suite_version,
        "rows": [asdict(row) for row in decision.rows], "signatures": [asdict(s) for s in decision.signatures],
        "bundles": [{"name": b.name, "sha256": b.digest, "run": b.run, "environment": b.environment, "counts": b in table.counted}
                    for b in table.laid],
    }  # fmt: skip
    return json.dumps(told, indent=1, ensure_ascii=False) + "\n"


def _view(provider: Provider, table: Table, decision: Decision) -> Mapping[str, Any]:
    missing = decision.missing
    groups = [(title, [r for r in decision.rows if r.about == about]) for about, title in _GROUPS.items()]
    return {
        "provider": provider,
        "gate": table.gate,
        "day": table.day,
        "version": table.suite_version,
        "answer": decision.answer.value,
        "colours": {reply.value: colour for reply, colour in _COLOURS.items()},
        "missing": missing[:_MOST_ROWS],
        "more": max(0, len(missing) - _MOST_ROWS),
        "groups": [(title, rows, _counts(rows)) for title, rows in groups if rows],
        "recommended": [row for row in decision.rows if not row.blocks and row.reply is not Reply.YES],
        "waived": [row for row in decision.rows if row.about == "waiver" and row.reply is Reply.YES],
        "signatures": decision.signatures,
        "later": [(id_, table.register[id_].title, why) for id_, why in table.gate.later.items()],
        "laid": table.laid,
        "counts": {reply.value: len(decision.saying(reply)) for reply in Reply},
        "asked": len(table.asked),
    }


def _counts(rows: list[Row]) -> Mapping[str, int]:
    return {reply.value: sum(row.reply is reply for row in rows) for reply in Reply}
