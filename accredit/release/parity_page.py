"""How a comparison reads: a page laid out side by side, and a text for the ticket."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from accredit.evidence.render import markdown, page
from accredit.model.parity.latency import CLASSES, Latency, latency_of
from accredit.release.parity import Parity, record

_WORDS = {"same": "Same", "different": "Different", "unknown": "Unknown"}
_CLASS = {"same": "passed", "different": "failed", "unknown": "unknown"}
"""By which the style sheet colours the answer."""


def parity_html(templates: Path, parity: Parity) -> bytes:
    """The page: one file that opens offline."""
    return page(templates, "parity.html.j2", ("report.css", "parity.css"), _view(parity))


def parity_markdown(templates: Path, parity: Parity) -> bytes:
    """The text to paste."""
    return markdown(templates, "parity.md.j2", _view(parity))


def milliseconds(seconds: float | None) -> str:
    """`27 ms`, `1.4 s`; a dash when nothing came back."""
    if seconds is None:
        return "–"
    return f"{seconds:.1f} s" if seconds >= 1 else f"{seconds * 1000:.0f} ms"


def _view(parity: Parity) -> Mapping[str, Any]:
    comparison, answer = parity.comparison, parity.answer.value
    latencies = {
        operation: tuple(latency_of(side) for side in sides)
        for operation, sides in sorted(comparison.latencies.seconds.items())
    }
    effects = [(c.scenario, c.effects) for c in comparison.compared if c.effects]
    return {
        "told": record(parity), "provider": parity.pair.provider, "answer": answer, "word": _WORDS[answer], "colour": _CLASS[answer],
        "findings": parity.findings, "sifted": parity.sifted, "comparison": comparison, "unclear": comparison.unclear,
        "effects": effects, "latencies": latencies, "CLASSES": CLASSES, "milliseconds": milliseconds, "name": parity.name,
        "sides": (parity.pair.first, parity.pair.second), "most": _most,
    }  # fmt: skip


def _most(latency: Latency) -> str:
    """`12 under 100 ms, 1 slower`."""
    return ", ".join(f"{count} {name}" for name, count in zip(CLASSES, latency.classes, strict=True) if count) or "none"
