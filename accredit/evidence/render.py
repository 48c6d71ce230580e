"""The doorman of Jinja: makes what people read from a run and its verdict. Escapes everything that came over the wire."""

import base64
import hashlib
import json
import re
from collections.abc import Container, Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import jinja2
import jinja2.nodes
from markupsafe import Markup

from accredit.evidence.markdown import code, plain, whole, written
from accredit.evidence.packed import Packed
from accredit.evidence.pictures import HEIGHT, KINDS, Pictures
from accredit.model.attached import NOTHING, Attached
from accredit.model.coverage import Coverage, Part
from accredit.model.exchange import Exchange
from accredit.model.finding import Outcome
from accredit.model.fuzzing.again import again
from accredit.model.leaks import Sought
from accredit.model.provider import Provider
from accredit.model.run import Run, Step
from accredit.model.verdict import Judgement, Verdict
from accredit.model.visible import shown

_ENOUGH = 1 << 16
"""Characters of Jinja's small pieces that are handed on together."""
_NAMED = re.compile(r"(\b[A-Z][A-Z0-9]*(?:-[A-Z0-9]+)+\b|\bexchange \d+\b)")


def report_html(
    templates: Path, provider: Provider, run: Run, verdict: Verdict, coverage: Coverage, exchanges: Iterable[Exchange],
    sought: Sought | None = None, attached: Attached = NOTHING,
) -> Iterator[bytes]:  # fmt: skip
    """The report, piece by piece: one file that opens offline and asks nobody for anything.

    Args:
        exchanges: Every exchange of the run by number. Passed over once, none is held.
        sought: What the bundle is searched for; None when nobody knows it any more.
    """
    pictures = Pictures(run.exchanges_recorded, _marked(run, verdict))
    with Packed() as packed:
        for exchange in exchanges:
            pictures.take(exchange)
            packed.take(exchange)
        view = _view(provider, run, verdict) | {
            "coverage": coverage,
            "Part": Part,
            "pictures": pictures,
            "sought": sought,
            "attached": attached,
        }
        view |= {"KINDS": KINDS, "HEIGHT": HEIGHT, "packed": packed.elements()}
        for piece in _gathered(_rendered(templates, view)):
            yield piece.encode("utf-8")


def as_json(value: Any) -> str:
    """A setting's value as a reviewer of any language reads it: `true`, `["id"]`, `""`."""
    return json.dumps(value, ensure_ascii=False)


def _rendered(templates: Path, view: Mapping[str, Any]) -> Iterator[str]:
    environment = pages_from(templates)
    style, script = (environment.get_template(f"report.{kind}").render() for kind in ("css", "js"))
    own = {"style": style, "style_hash": _hash(style), "script": script, "script_hash": _hash(script)}
    return environment.get_template("report.html.j2").generate({**view, **own})


@cache
def pages_from(templates: Path) -> jinja2.Environment:
    """Makes HTML of the templates in a folder, each compiled once in a process."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(templates), autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True,
        lstrip_blocks=True, finalize=_finalized,
    )  # fmt: skip
    environment.filters |= {"again": again, "as_json": as_json}
    return environment


def _finalized(value: object) -> object:
    """Every value that a template writes: as text that can be seen, whoever said it. Markup is our own."""
    return shown(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _hash(text: str) -> str:
    """As a content security policy names what may run: `sha256-…`."""
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"


def _gathered(pieces: Iterable[str]) -> Iterator[str]:
    held, size = [], 0
    for piece in pieces:
        held.append(piece)
        size += len(piece)
        if size >= _ENOUGH:
            yield "".join(held)
            held, size = [], 0
    yield "".join(held)


def page(templates: Path, name: str, styles: Iterable[str], view: Mapping[str, Any]) -> bytes:
    """A page without a script, of a template and its styles: one file that opens offline and asks nobody for anything."""
    environment = pages_from(templates)
    style = "".join(environment.get_template(sheet).render() for sheet in styles)
    told = environment.get_template(name).render({**view, "style": style, "style_hash": _hash(style)})
    return told.encode("utf-8", "replace")


def markdown(templates: Path, name: str, view: Mapping[str, Any]) -> bytes:
    """A template as Markdown. Every value is escaped unless it is `Written`."""
    environment = texts_from(templates)
    return environment.get_template(name).render(**view).encode("utf-8", "replace")


def messages_asked_for(templates: Path, name: str) -> frozenset[str]:
    """The messages that a template needs: each `key` of a `say("key")` in it."""
    environment = texts_from(templates)
    tree = environment.parse((templates / name).read_text(encoding="utf-8"))
    calls = [c for c in tree.find_all(jinja2.nodes.Call) if getattr(c.node, "name", "") == "say"]
    return frozenset(call.args[0].value for call in calls if isinstance(call.args[0], jinja2.nodes.Const))


@cache
def texts_from(templates: Path) -> jinja2.Environment:
    """Makes Markdown of the templates in a folder, each compiled once in a process."""
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


def _marked(run: Run, verdict: Verdict) -> frozenset[int]:
    """Numbers of the exchanges that count against the run."""
    failed = (f for j in verdict.judgements for f in j.findings if f.outcome is Outcome.FAILED)
    rested_on = {number for finding in failed for number in finding.exchanges}
    rested_on |= {number for finding in (verdict.fuzz.open if verdict.fuzz else ()) for number in finding.exchanges}
    return frozenset(rested_on | {e.number for e in (*run.misfitting, *run.unclaimed)})


def _view(provider: Provider, run: Run, verdict: Verdict) -> dict[str, Any]:
    known = {j.requirement.id for j in verdict.judgements}
    return {
        "provider": provider,
        "run": run,
        "header": run.header,
        "verdict": verdict,
        "chapters": [(chapter, members) for chapter, members in verdict.in_chapters(provider.chapter) if members],
        "reasons": [list(_linked(reason, known)) for reason in verdict.reasons],
        "outcomes": list(_counted(verdict.judgements).items()),
        "counted": _counted,
        "steps": _by_scenario(run),
        "inferred": list(provider.settings.items()),
    }


def _linked(text: str, requirements: Container[str]) -> Iterator[tuple[str, str]]:
    """A text in pieces, each with what it names on the page, if anything: `("LP-ACC-27", "LP-ACC-27")`, `("exchange 12", "exchange-12")`."""
    for piece in _NAMED.split(text):
        exchange = re.fullmatch(r"exchange (\d+)", piece)
        yield piece, f"exchange-{exchange[1]}" if exchange else piece if piece in requirements else ""


def _counted(judgements: Iterable[Judgement]) -> Mapping[Outcome, int]:
    told = [judgement.outcome for judgement in judgements]
    return {outcome: told.count(outcome) for outcome in Outcome}


def _by_scenario(run: Run) -> Mapping[str, list[Step]]:
    steps: dict[str, list[Step]] = {}
    for step in run.steps:
        steps.setdefault(step.scenario, []).append(step)
    return steps
