"""The doorman of Jinja: makes what people read from a run and its verdict. Escapes everything that came over the wire."""

import base64
import hashlib
import re
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import jinja2
import jinja2.nodes
from markupsafe import Markup

from accredit.evidence.markdown import code, plain, whole, written
from accredit.evidence.packed import Packed
from accredit.evidence.pictures import HEIGHT, KINDS, Pictures
from accredit.model.coverage import Coverage, Part
from accredit.model.exchange import Exchange
from accredit.model.finding import Outcome
from accredit.model.fuzzing.again import again
from accredit.model.provider import Provider
from accredit.model.requirement import Register
from accredit.model.run import Run, Step
from accredit.model.verdict import Judgement, Verdict
from accredit.model.visible import shown

_ENOUGH = 1 << 16
"""Characters of Jinja's small pieces that are handed on together."""
_NAMED = re.compile(r"(\b[A-Z][A-Z0-9]*(?:-[A-Z0-9]+)+\b|\bexchange \d+\b)")


def report_html(
    templates: Path, provider: Provider, run: Run, verdict: Verdict, coverage: Coverage, exchanges: Iterator[Exchange]
) -> Iterator[bytes]:
    """The report, piece by piece: one file that opens offline and asks nobody for anything.

    Args:
        exchanges: Every exchange of the run by number. Passed over once, none is held.
    """
    pictures = Pictures(run.exchanges_recorded, _marked(run, verdict))
    with Packed() as packed:
        for exchange in exchanges:
            pictures.take(exchange)
            packed.take(exchange)
        view = _view(provider, run, verdict) | {"coverage": coverage, "Part": Part, "pictures": pictures}
        view |= {"KINDS": KINDS, "HEIGHT": HEIGHT, "packed": packed.elements()}
        for piece in _gathered(_rendered(templates, view)):
            yield piece.encode("utf-8")


def page(templates: Path, name: str, styles: Sequence[str], view: Mapping[str, Any]) -> bytes:
    """A page without script: one file that opens offline. Its template is given `style` and `style_hash`."""
    environment = _environment(templates)
    style = "".join(environment.get_template(sheet).render() for sheet in styles)
    told = {**view, "style": style, "style_hash": _hash(style)}
    return environment.get_template(name).render(told).encode("utf-8", "replace")


def _environment(templates: Path) -> jinja2.Environment:
    loader = jinja2.FileSystemLoader(templates)
    return jinja2.Environment(
        loader=loader, autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True,
        finalize=_finalized,
    )  # fmt: skip


def _rendered(templates: Path, view: Mapping[str, Any]) -> Iterator[str]:
    environment = _environment(templates)
    environment.filters["again"] = again
    style, script = (environment.get_template(f"report.{kind}").render() for kind in ("css", "js"))
    own = {"style": style, "style_hash": _hash(style), "script": script, "script_hash": _hash(script)}
    return environment.get_template("report.html.j2").generate({**view, **own})


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


def _marked(run: Run, verdict: Verdict) -> frozenset[int]:
    """Numbers of the exchanges that count against the run."""
    failed = (f for j in verdict.judgements for f in j.findings if f.outcome is Outcome.FAILED)
    rested_on = {number for finding in failed for number in finding.exchanges}
    rested_on |= {number for finding in (verdict.fuzz.open if verdict.fuzz else ()) for number in finding.exchanges}
    return frozenset(rested_on | {e.number for e in (*run.misfitting, *run.unclaimed)})


def _view(provider: Provider, run: Run, verdict: Verdict) -> dict[str, Any]:
    by_id = {j.requirement.id: j for j in verdict.judgements}
    register = Register(tuple(j.requirement for j in verdict.judgements))
    chapters = [(c, [by_id[r.id] for r in members]) for c, members in register.in_chapters(provider.chapter) if members]
    return {
        "provider": provider,
        "run": run,
        "header": run.header,
        "verdict": verdict,
        "chapters": chapters,
        "reasons": [list(_linked(reason, by_id)) for reason in verdict.reasons],
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
