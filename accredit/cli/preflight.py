"""`accredit preflight`: says whether anything can be judged from here, before a run begins."""

import json
from pathlib import Path

import click

from accredit.cli.options import OUTPUT, PARTNER_FILE, PROVIDERS, SUITE
from accredit.model.errors import UsageError
from accredit.model.preflight import Check, answer_of
from accredit.model.reply import Reply
from accredit.model.requirement import ENVIRONMENTS
from accredit.model.visible import visible
from accredit.release.permission import must_be_allowed_for
from accredit.suite.catalogue import Dossier, dossier, provider_names
from accredit.suite.places import suite_root
from accredit.suite.plan import Choices
from accredit.suite.preflight.whole import preflight_alone

_COLOURS = {Reply.YES: "green", Reply.NO: "red", Reply.UNKNOWN: "yellow"}


@click.command()
@PROVIDERS
@click.option("--env", "environment", required=True, metavar="ENV", help=f"Where to: {', '.join(ENVIRONMENTS)}.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", help="json is for machines.")
@click.option("--budget", type=click.Path(path_type=Path, dir_okay=False), help="Also look whether this budget holds.")
@PARTNER_FILE
@OUTPUT
@SUITE
def command(providers: tuple[str, ...], environment: str, form: str, budget: Path | None, partner_file: Path | None, output: Path,
            suite: Path | None) -> None:  # fmt: skip
    """Ask whether a run of each PROVIDER could judge anything: credentials, network, token, environment, clock, test data, callbacks, disk.

    Nothing that writes is ever sent. What stays unknown stands in nobody's way. Exit 0 when nothing does, 1 when something does.
    """
    root = suite_root(suite)
    choices = Choices(environment=environment, partner_file=partner_file, output=output, budget=budget)
    names = list(providers) or _named(root)
    told, subjects = [], [dossier(root, name) for name in names]
    must_be_allowed_for(subjects, environment, partner_file)
    for subject in subjects:
        folder, checks = preflight_alone(subject, choices)
        if form == "text":
            _show(subject, environment, folder, checks)
        told.append({"provider": subject.name, "environment": environment, "answer": _answer(checks).value,
                     "records": str(folder) if folder else None, "checks": [_record(check) for check in checks]})  # fmt: skip
    if form == "json":
        click.echo(json.dumps(told, ensure_ascii=False, indent=1))
    codes = [Reply(str(each["answer"])).exit_code for each in told]
    raise SystemExit(1 if 1 in codes else max(codes))


def _answer(checks: tuple[Check, ...]) -> Reply:
    return answer_of(checks) if checks else Reply.YES


def _record(check: Check) -> dict[str, object]:
    return {"question": check.question, **{key: value for key, value in check.to_record().items() if key != "kind"}}


def _show(subject: Dossier, environment: str, folder: Path | None, checks: tuple[Check, ...]) -> None:
    """A line for each answer, and the next step below where there is one."""
    answer = _answer(checks)
    click.echo(f"\n{subject.provider.title}, {environment}")
    for check in checks:
        sign = click.style(f"{check.answered.value:<8}", fg=_COLOURS[check.answered])
        click.echo(f"  {check.title:<16} {sign}{visible(check.reason)}")
        if check.step:
            click.echo(f"{'':27}next: {visible(check.step)}")
    if not checks:
        click.echo("  a simulator is started by each run; there is nothing to ask before")
    click.echo(
        f"preflight: {click.style(answer.value, fg=_COLOURS[answer], bold=True)}"
        + (f" (records: {folder})" if folder else "")
    )


def _named(root: Path) -> list[str]:
    if len(known := provider_names(root)) == 1:
        return known
    raise UsageError(f"name a provider, of {', '.join(known)}.")
