"""`accredit cutover status|plan|move|watch`: where a partner is on its way to going live, and what comes next."""

import json
from datetime import UTC, datetime
from pathlib import Path

import click

from accredit.cli.cutover_watch import watch
from accredit.cli.options import OUTPUT, PARTNER_FILE, PROVIDER, SUITE, TRUSTED_ID, named_day, trusted_key
from accredit.suite.catalogue import dossier
from accredit.suite.places import suite_root

_FORMAT = click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True,
                       help="For people or for machines.")  # fmt: skip


@click.group()
def command() -> None:
    """Say where a partner is on its way to going live, plan the cutover, record each move, watch the days after."""


command.add_command(watch)


@command.command()
@PROVIDER
@_FORMAT
@PARTNER_FILE
@OUTPUT
@SUITE
def status(provider: str, form: str, partner_file: Path | None, output: Path, suite: Path | None) -> None:
    """Say where the partner is with PROVIDER, what is next, whose move it is, and which evidence is there.

    Exit 0 when it is known, 3 when nothing is recorded yet.
    """
    from accredit.cli.cutover_showing import show_status
    from accredit.release.course import course_of
    from accredit.release.status import status_of

    course = course_of(dossier(suite_root(suite), provider), partner_file)
    found = status_of(course, datetime.now(UTC).date(), output)
    if form == "json":
        click.echo(json.dumps(found.to_record(), ensure_ascii=False, indent=2))
    else:
        show_status(found)
    raise SystemExit(0 if found.is_known else 3)


@command.command()
@PROVIDER
@click.argument("state")
@click.option("--by", required=True, metavar="NAME", help="Who records it, and answers for it.")
@click.option("--evidence", "shown", multiple=True, metavar="FILE|REQUIREMENT", help="What shows it; may be repeated. A file, a sealed "
              "bundle, or a requirement of which an attestation is on file.")  # fmt: skip
@click.option("--on", "day", metavar="DAY", help="The day it happened, as 2026-11-24 [default: today, UTC].")
@click.option("--scheduled", metavar="DAY", help="The day of the cutover that was agreed on.")
@click.option("--key", "key_file", type=click.Path(path_type=Path),
              help="The public key (.pub) that bundles should be signed with [default: that of accredit.toml].")  # fmt: skip
@TRUSTED_ID
@PARTNER_FILE
@SUITE
def move(provider: str, state: str, by: str, shown: tuple[str, ...], day: str | None, scheduled: str | None, key_file: Path | None,
         key_id: str | None, partner_file: Path | None, suite: Path | None) -> None:  # fmt: skip
    """Record that the partner moved to STATE with PROVIDER, and what shows it. What is recorded is never altered.

    Exit 0 when it was recorded, 2 when it is forbidden or not shown, 1 when something on record was altered.
    """
    from accredit.cli.cutover_showing import show_move
    from accredit.release.course import course_of
    from accredit.release.moves import Wanted
    from accredit.release.moves import move as record

    course = course_of(dossier(suite_root(suite), provider), partner_file, trusted_key(key_file, key_id))
    wanted = Wanted(
        state=state, by=by, shown=shown, on=named_day(day, "--on"), scheduled=named_day(scheduled, "--scheduled")
    )
    show_move(course, record(course, wanted, datetime.now(UTC)))


@command.command()
@PROVIDER
@click.option(
    "--from", "earliest", metavar="DAY", help="The first day that will do, as 2026-11-24 [default: tomorrow, UTC]."
)
@click.option("--date", "chosen", metavar="DAY", help="Plan for this day; refused when there can be no cutover on it.")
@click.option(
    "--ics",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Where the calendar file goes [default: cutover-PROVIDER.ics].",
)
@_FORMAT
@PARTNER_FILE
@SUITE
def plan(provider: str, earliest: str | None, chosen: str | None, ics: Path | None, form: str, partner_file: Path | None,
         suite: Path | None) -> None:  # fmt: skip
    """Plan the cutover with PROVIDER: the next available day, the days of monitoring, the deadline of a fallback; or its own steps.

    Writes a calendar file when there is a day. Exit 2 when the day cannot be, or none is available for a year.
    """
    from accredit.cli.cutover_showing import show_plan
    from accredit.release.course import course_of
    from accredit.release.cutover_plan import calendar_file_of, must_be_ahead, plan_cutover, tomorrow

    course = course_of(dossier(suite_root(suite), provider), partner_file)
    first, day, now = named_day(earliest, "--from"), named_day(chosen, "--date"), datetime.now(UTC)
    for option, named in (("--from", first), ("--date", day)):
        if named is not None:
            must_be_ahead(course, option, named, now)
    planned = plan_cutover(course, first or tomorrow(now.date()), day)
    path = (ics or Path(f"cutover-{provider}.ics")) if planned.cutover else None
    if path is not None:
        path.write_bytes(calendar_file_of(planned))
    if form == "json":
        click.echo(
            json.dumps({**planned.to_record(), "ics": str(path) if path else None}, ensure_ascii=False, indent=2)
        )
    else:
        show_plan(planned, path)
