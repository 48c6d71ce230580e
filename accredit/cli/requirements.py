"""`accredit requirements`: a provider's register as a matrix."""

from pathlib import Path

import click

from accredit.cli.options import PROVIDER, SUITE
from accredit.model.requirement import Requirement
from accredit.suite.catalogue import dossier
from accredit.suite.gherkin import declared_in
from accredit.suite.places import suite_root


@click.command()
@PROVIDER
@click.argument("ids", nargs=-1, metavar="[ID]...")
@SUITE
def command(provider: str, ids: tuple[str, ...], suite: Path | None) -> None:
    """Print PROVIDER's requirements: how each is verified, where it can be shown, what production may do with it.

    With IDs, everything there is to say of those.
    """
    subject = dossier(suite_root(suite), provider)
    scenarios: dict[str, list[str]] = {}
    for declared in declared_in(subject.features):
        for scenario in declared.scenarios:
            for id_ in scenario.requirements:
                scenarios.setdefault(id_, []).append(scenario.id)
    if ids:
        for id_ in ids:
            _explain(subject.register[id_], scenarios.get(id_, []))
        return
    for chapter, members in subject.register.in_chapters(subject.provider.chapter):
        click.echo(f"\n{chapter.title}")
        click.echo(
            f"  {'id':<11} {'level':<6} {'verified':<10} {'shown in':<36} {'production':<10} {'scenarios':>9} {'defects':>7}  requirement"
        )
        for r in members:
            click.echo(f"  {r.id:<11} {r.level:<6} {r.verified:<10} {_shown_in(r):<36} {r.production:<10} {len(scenarios.get(r.id, [])) or '-':>9} "
                       f"{len(r.defects) or '-':>7}  {r.title}")  # fmt: skip
    told = {
        kind: sum(r.verified == kind for r in subject.register.requirements)
        for kind in ("driven", "observed", "fuzz", "attested", "not_tested")
    }
    click.echo(
        f"\n{len(subject.register.ids)} requirements: "
        + ", ".join(f"{count} {kind.replace('_', ' ')}" for kind, count in told.items() if count)
    )


def _shown_in(requirement: Requirement) -> str:
    if requirement.verified != "driven":
        return "-"
    short = {"simulator": "simulator", "certification": "certification", "production": "production"}
    return ", ".join(short[e] for e in requirement.environments) + (
        f"; else {requirement.elsewhere}" if requirement.elsewhere else ""
    )


def _explain(r: Requirement, scenarios: list[str]) -> None:
    click.echo(
        f"{r.id}  {r.title}\n  why         {r.why}\n  level       {r.level}; {', '.join(r.kind)}\n  source      {r.source} ({r.provenance})"
    )
    click.echo(
        f"  verified    {r.verified}; shown in {_shown_in(r)}\n  production  {r.production.replace('_', ' ')}\n  evidence    {r.evidence}"
    )
    for label, values in (
        ("needs", r.needs),
        ("defects", r.defects),
        ("scenarios", scenarios),
        ("reason", (r.reason,) if r.reason else ()),
    ):
        for value in values:
            click.echo(f"  {label:<11} {value}")
