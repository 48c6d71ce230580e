"""How a comparison of contracts reads: in words on a terminal, as data for a machine."""

from collections.abc import Iterable
from typing import Any

import click

from accredit.model.drift.accepted import Accepted
from accredit.model.drift.difference import Difference
from accredit.suite.drift import Drift

_HEADINGS = {
    "breaking": ("BREAKING for the partner", "red"),
    "accepted": ("breaking, and accepted", "yellow"),
    "compatible": ("compatible", "green"),
    "improved": ("provenance improved: inferred by us, now published", "green"),
}


def show(found: Drift, title: str) -> None:
    """Each difference once, with every place it shows in; then what was not compared, and the answer."""
    judged, comparison = found.judged, found.judged.comparison
    click.echo(f"{title}: our contract against {found.published} ({found.written_by}, {found.digest[:19]}…)")
    click.echo(f"{len(comparison.compared)} operations compared")
    for compared in comparison.compared:
        if compared.ours != compared.theirs:
            click.echo(f"  {compared.operation}: our {compared.ours} is their {compared.theirs}")
    for kind, (heading, colour) in _HEADINGS.items():
        chosen = [d for d in comparison.differences if _kind(found, d) == kind]
        if chosen:
            click.echo(f"\n{click.style(heading, fg=colour, bold=True)} ({len(chosen)})")
        for group in _grouped(chosen):
            _show_group(group, kind, judged.accepted)
    _show_rest(found)


def as_data(found: Drift) -> dict[str, Any]:
    """The same for machines."""
    judged, comparison = found.judged, found.judged.comparison
    return {
        "provider": found.provider,
        "published": {"file": str(found.published), "digest": found.digest, "written_by": found.written_by},
        "fine": judged.is_fine,
        "compared": [{"operation": c.operation, "ours": c.ours, "theirs": c.theirs} for c in comparison.compared],
        "not_compared": {
            "services": {s: list(ids) for s, ids in comparison.silent.items()},
            "callbacks": list(comparison.unheard),
        },
        "differences": [_as_data(d, judged.accepted.get(d.id)) for d in comparison.differences],
        "unused": [
            {"difference": e.difference, "operation": e.operation, "place": e.place, "reason": e.reason}
            for e in judged.unused
        ],
    }


def _as_data(d: Difference, entry: Accepted | None) -> dict[str, Any]:
    return {
        "id": d.id, "kind": d.kind, "rule": d.code, "operation": d.operation, "place": d.place, "component": d.component, "says": d.rule.says,
        "ours": d.ours, "theirs": d.theirs, "todo": d.rule.todo, "corrects_inferred": _corrects(d),
        "accepted": {"reason": entry.reason, "by": entry.by, "on": entry.on.isoformat(), "published": entry.published} if entry else None,
    }  # fmt: skip


def _kind(found: Drift, d: Difference) -> str:
    return "accepted" if d.id in found.judged.accepted else d.kind


def _corrects(d: Difference) -> bool:
    return d.inferred and d.kind != "improved"


def _grouped(differences: Iterable[Difference]) -> list[list[Difference]]:
    """Together what is one difference of a schema that several operations share."""
    groups: dict[object, list[Difference]] = {}
    for d in differences:
        groups.setdefault((d.code, d.component, d.ours, d.theirs) if d.component else d, []).append(d)
    return list(groups.values())


def _show_group(group: list[Difference], kind: str, accepted: object) -> None:
    first = group[0]
    if kind == "improved":
        where = (
            f"{first.component}: {first.theirs}, in {len(group)} places"
            if first.component
            else f"{first.operation}, {first.place}: {first.theirs}"
        )
        click.echo(f"  {where}")
        return
    said = f"{first.component}: {first.rule.says}" if first.component else first.rule.says
    click.echo(f"  {said}\n    we have: {first.ours}\n    they publish: {first.theirs}")
    if _corrects(first):
        click.echo("    we had only inferred it: their document corrects our contract")
    if kind != "accepted":
        click.echo(f"    to do: {first.rule.todo}")
    for d in group:
        entry = accepted.get(d.id) if isinstance(accepted, dict) else None
        because = f"; {entry.reason} ({entry.by}, {entry.on})" if entry else ""
        click.echo(f"    {d.id}  {d.operation}, {d.place}{because}")


def _show_rest(found: Drift) -> None:
    judged, comparison = found.judged, found.judged.comparison
    if comparison.silent or comparison.unheard:
        click.echo("\nNOT COMPARED, since their document has nothing of it")
    for service, operations in comparison.silent.items():
        click.echo(
            f"  service {service}: {', '.join(operations)}; if it describes that service, say so with --service {service}"
        )
    for name in comparison.unheard:
        click.echo(f"  callback {name}")
    for entry in judged.unused:
        click.echo(
            f"\n{entry.difference} was accepted ({entry.operation}, {entry.place}) and matches no difference any more; remove it"
        )
    kinds = [_kind(found, d) for d in comparison.differences]
    counts = ", ".join(f"{kinds.count(kind)} {kind}" for kind in _HEADINGS)
    unused = f"; {len(judged.unused)} accepted that match nothing" if judged.unused else ""
    answer = "the contract and what is published have moved apart" if judged.breaking else "nothing breaks the partner"
    click.echo(f"\n{answer}: {counts}{unused}")
