"""`accredit contract lint|diff|accept`: whether our contracts are sound, and whether the provider's still says the same."""

import json
from datetime import UTC, datetime
from pathlib import Path

import click

from accredit.cli.options import PROVIDER, PROVIDERS, SUITE
from accredit.suite.catalogue import dossier, provider_names
from accredit.suite.drift import ACCEPTED_FILE, accept, accepted_by, drift
from accredit.suite.places import suite_root

_PUBLISHED = click.option("--published", required=True, type=click.Path(path_type=Path), metavar="FILE",
                          help="The provider's Swagger 2.0 or OpenAPI 3.0 or 3.1, JSON or YAML.")  # fmt: skip
_SERVICES = click.option(
    "--service",
    "services",
    multiple=True,
    metavar="NAME",
    help="FILE describes this service of ours and no other; may be repeated.",
)
_ACCEPTED = click.option("--accepted", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE",
                         help=f"What was accepted; {ACCEPTED_FILE} unless named.")  # fmt: skip


@click.group()
def command() -> None:
    """Check our contracts, and compare them with what a provider published."""


@command.command()
@PROVIDERS
@SUITE
def lint(providers: tuple[str, ...], suite: Path | None) -> None:
    """Check each PROVIDER's contract (all, when none is named). Exit 1 when there is a complaint.

    Valid OpenAPI; every fact with provenance and source; examples that fit; every operation used by steps, or excused; operationIds
    as recorded.
    """
    from accredit.suite.contract_lint import complaints

    root = suite_root(suite)
    found = [complaint for name in providers or provider_names(root) for complaint in complaints(dossier(root, name))]
    for complaint in found:
        click.echo(complaint)
    click.echo(f"{len(found)} complaints" if found else "contracts are sound")
    raise SystemExit(1 if found else 0)


@command.command()
@PROVIDER
@_PUBLISHED
@_SERVICES
@_ACCEPTED
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="For people or for machines.",
)
@SUITE
def diff(
    provider: str, published: Path, services: tuple[str, ...], accepted: Path | None, form: str, suite: Path | None
) -> None:
    """Compare PROVIDER's contract with what it published.

    Exit 0 when nothing breaks the partner that was not accepted, 1 when something does or an accepted entry matches nothing, 2 when FILE
    cannot be read as what it should be.
    """
    from accredit.cli.drifting import as_data, show

    subject = dossier(suite_root(suite), provider)
    found = drift(subject, published, accepted_by(accepted, provider), services)
    if form == "json":
        click.echo(json.dumps(as_data(found), ensure_ascii=False, indent=2))
    else:
        show(found, subject.provider.title)
    raise SystemExit(0 if found.judged.is_fine else 1)


@command.command("accept")
@PROVIDER
@_PUBLISHED
@click.option(
    "--difference",
    "ids",
    required=True,
    multiple=True,
    metavar="ID",
    help="The difference, as `diff` shows it; may be repeated.",
)
@click.option("--reason", required=True, help="Why it does no harm, or what was done about it.")
@click.option("--by", required=True, metavar="NAME", help="Who accepts it.")
@_SERVICES
@_ACCEPTED
@SUITE
def accept_(provider: str, published: Path, ids: tuple[str, ...], reason: str, by: str, services: tuple[str, ...], accepted: Path | None,
            suite: Path | None) -> None:  # fmt: skip
    """Accept differences between PROVIDER's contract and what it published, with a reason, in a file to be reviewed."""
    path = accepted or Path(ACCEPTED_FILE)
    entries = accepted_by(path, provider) if path.exists() else []
    found = drift(dossier(suite_root(suite), provider), published, entries, services)
    for entry in accept(path, found, ids, reason=reason, by=by, on=datetime.now(UTC).date()):
        click.echo(f"accepted {entry.difference}: {entry.operation}, {entry.place}; written to {path}")
