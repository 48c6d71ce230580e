"""How a partner's way to going live reads on a terminal."""

from pathlib import Path

import click

from accredit.model.calendar import WEEKDAYS, Window
from accredit.model.fallback import Advice
from accredit.model.visible import shown
from accredit.release.course import Course
from accredit.release.cutover_plan import CutoverPlan
from accredit.release.standing import Move
from accredit.release.status import Next, Status
from accredit.release.watch_report import PAGE, WatchReport

_ADVICE = {Advice.NONE: "green", Advice.FALLBACK: "red", Advice.UNKNOWN: "yellow"}
_MOVERS = {"partner": "yours", "provider": "the provider's", "both": "both sides'"}


def show_status(found: Status) -> None:
    """Where, since when, what next, what is open."""
    title, last = found.course.dossier.provider.title, found.standing.last
    if found.about is None or last is None:
        click.echo(f"{title}: unknown, nothing is recorded in {found.course.log}")
    else:
        since = f"since {last.on}, recorded by {shown(last.by)}"
        click.echo(
            f"{title}: {click.style(f'{found.standing.state} {found.about.name}', bold=True)}, {since}\n  {found.about.title}"
        )
        click.echo(
            f"  production may {'' if found.about.production else 'not '}be called here; record: {found.standing.chain[:12]}…"
        )
        for note in last.notes:
            click.echo(f"  noted: {note}")
    if found.standing.torn:
        click.echo(f"  the record ends in {found.standing.torn} bytes of an entry that was cut off while it was written, so that move was "
                   "not recorded; record it again, the rest is whole")  # fmt: skip
    if found.window:
        click.echo(_window(found.window))
    for overdue in found.overdue:
        click.echo(click.style(f"  overdue: {overdue}", fg="yellow"))
    for following in found.next:
        _show_next(following)
    if found.open:
        click.echo(
            f"open requirements of {', '.join(sorted({id_.rpartition('-')[0] for id_ in found.open}))}, to be attested: {', '.join(found.open)}"
        )


def _show_next(following: Next) -> None:
    way = following.way
    click.echo(
        f"next: {following.state} {following.about.name}; the move is {_MOVERS[way.mover]} ({way.actor}: {way.trigger})"
    )
    if way.guard:
        click.echo(f"  first: {way.guard}")
    for item in following.evidence:
        how = item.exhibit.requirement or (f"bundle for {item.exhibit.purpose}" if item.exhibit.purpose else "a file")
        click.echo(f"  shown by: {item.exhibit.what} ({how}): {item.there or 'not there yet'}")
    if way.provenance == "inferred":
        click.echo(f"  inferred: {way.why}")


def show_move(course: Course, made: Move) -> None:
    """What was recorded."""
    name = course.process.state(made.enters).name
    click.echo(f"recorded: {made.leaves or 'the beginning'} → {made.enters} {name} on {made.on}, by {shown(made.by)}")
    for proof in made.evidence:
        click.echo(f"  {proof.kind} {shown(proof.name)}: sha256 {proof.sha256}")
    for note in made.notes:
        click.echo(f"  noted: {note}")


def show_plan(planned: CutoverPlan, path: Path | None) -> None:
    """The day and what follows it, or the provider's steps."""
    title = planned.course.dossier.provider.title
    if planned.calendar is None:
        _show_steps(planned, title)
    elif planned.cutover is not None:
        for day, why in planned.passed_over:
            click.echo(f"passed over: {planned.calendar.day} {day}, {why}")
        click.echo(
            f"{title}: cutover on {click.style(f'{planned.calendar.day} {planned.cutover}', bold=True)}, time zone {planned.calendar.zone.key}"
        )
        for window in planned.windows:
            click.echo(_window(window) + ("   <- as the settings choose" if window.reading == planned.chosen else ""))
    for concern in planned.concerns:
        click.echo(f"  mind: {concern}")
    if path is not None:
        click.echo(f"calendar: {path}")


def show_report(made: WatchReport, folder: Path, kept: Path | None) -> int:
    """What the watch came to; the exit code."""
    told, seen = made.recommendation, made.records.watched
    click.echo(
        f"\n{made.place}: {len(seen.looks)} of {len(seen.due(made.now))} looks that were due, {seen.calls} calls"
    )
    for ended, count in seen.classes.items():
        click.echo(f"  {count:>6} {ended.value}")
    for name, missing in seen.missing.items():
        click.echo(
            f"  {missing.words}: {shown(name)}, asked for from {missing.since:%Y-%m-%d %H:%M} to {missing.last:%Y-%m-%d %H:%M} UTC"
        )
    for gap in seen.gaps(made.now):
        click.echo(f"  gap: {gap.count} looks missed, {gap.first:%Y-%m-%d %H:%M} to {gap.last:%Y-%m-%d %H:%M} UTC")
    for name in made.records.torn:
        click.echo(f"  {name} ends in a line that a crash cut off; what stands before it is whole")
    for start in made.records.starts[-1:]:
        for name, why in start["left_out"].items():
            click.echo(f"  not probed: {name}: {shown(why)}")
    for reason in told.reasons:
        click.echo(f"  for a fallback: {reason}")
    for reason in told.unknown:
        click.echo(f"  not known: {shown(reason)}")
    click.echo(f"page:   {folder / PAGE}\nrecord: {kept or 'not signed, name a key with --key'}")
    click.echo(
        f"recommendation: {click.style(told.advice.value, fg=_ADVICE[told.advice], bold=True)}; the provider decides"
    )
    return told.advice.reply.exit_code


def _show_steps(planned: CutoverPlan, title: str) -> None:
    click.echo(f"{title} publishes no day of the week for going live and no days of monitoring; these are its steps:")
    for number, (state, t) in enumerate(planned.steps, 1):
        after = f"after {t.leaves}" if t.leaves else "first"
        click.echo(f"{number:>3}. {after}: {t.trigger} ({t.actor})\n       to {state} {planned.course.process.state(state).name}; "
                   f"deliverable: {', '.join(e.what for e in t.evidence)}")  # fmt: skip
        if t.guard:
            click.echo(f"       first: {t.guard}")
    click.echo(
        f"launch on {planned.cutover}"
        if planned.cutover
        else "name the day you agreed on with --date, and a calendar file is written"
    )


def _window(window: Window) -> str:
    days = ", ".join(WEEKDAYS[day.isoweekday() - 1][:3] for day in window.monitored)
    return (f"  reading {window.reading}: monitored {window.monitored[0]} to {window.monitored[-1]} ({days}); verdict at the end of the last; "
            f"a fallback complete by the end of {WEEKDAYS[window.fallback_day.isoweekday() - 1]} {window.fallback_day}")  # fmt: skip
