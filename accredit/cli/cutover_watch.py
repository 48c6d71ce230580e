"""`accredit cutover watch`: probes that only read, through the days after a cutover; ends in a recommendation, never in a verdict."""

import re
import sys
from datetime import datetime, timedelta
from pathlib import Path
from shutil import get_terminal_size
from typing import TextIO

import click

from accredit.cli.options import KEY, MAKE_KEY, PARTNER_FILE, PROVIDER, SUITE
from accredit.model.errors import UsageError
from accredit.model.fallback import MOST_NAMED
from accredit.model.listing import some_of
from accredit.model.visible import shown
from accredit.model.watched import Watched

_UNITS = {"s": 1, "m": 60, "h": 3600}
_MOST_HOURS = 24 * 366


@click.command()
@PROVIDER
@click.option(
    "--env",
    "environment",
    type=click.Choice(["production", "certification", "simulator"]),
    default="production",
    show_default=True,
    help="Where to look.",
)
@click.option("--folder", type=click.Path(path_type=Path, file_okay=False), help="The watch's folder; naming one that holds a watch goes on "
              "with it [default: evidence/PROVIDER-ENV-watch].")  # fmt: skip
@click.option("--hours", type=click.FloatRange(min=0, min_open=True, max=_MOST_HOURS), help="How long to watch.")
@click.option("--until", metavar="MOMENT", help="In place of --hours, as 2026-11-27T00:00:00-03:00.")
@click.option("--every", metavar="SPAN", help="How often to look: 15m, 1h.")
@click.option("--transactions", type=click.Path(path_type=Path, exists=True, dir_okay=False), help="Ids of your own live transactions, one "
              "a line; they are followed until they are final. Read again before each look.")  # fmt: skip
@click.option("--report", is_flag=True, help="Watch nothing: report on what is there.")
@KEY
@MAKE_KEY
@PARTNER_FILE
@SUITE
def watch(provider: str, environment: str, folder: Path | None, hours: float | None, until: str | None, every: str | None,
          transactions: Path | None, report: bool, key_file: Path | None, new_key: Path | None, partner_file: Path | None,
          suite: Path | None) -> None:  # fmt: skip
    """Watch PROVIDER while the provider does: probes that only read, on a schedule, each in a journal. After a crash or a reboot the
    same command goes on; what was missed stays a gap.

    Exit 0 when nothing seen speaks for a fallback, 1 when something does, 3 when that is unknown. The provider decides.
    """
    from accredit.cli.cutover_showing import show_report
    from accredit.cli.signing import sealing_key
    from accredit.release.course import course_of
    from accredit.release.watch import Asked
    from accredit.release.watch import watch as go_on
    from accredit.release.watch_report import make_report
    from accredit.suite.catalogue import dossier
    from accredit.suite.places import reports_folder, suite_root

    course = course_of(dossier(suite_root(suite), provider), partner_file)
    place = folder or Path("evidence") / f"{provider}-{environment}-watch"
    asked = Asked(environment=environment, folder=place, hours=hours, until=_moment(until), every=_span(every), transactions=transactions,
                  partner_file=partner_file)  # fmt: skip
    key = sealing_key(key_file, new_key, partner_file)
    try:
        hidden = None if report else go_on(course, asked, LookLines(sys.stdout).show)
    except KeyboardInterrupt:
        click.echo("interrupted; the same command goes on with the watch, what is missed meanwhile is a gap", err=True)
        raise SystemExit(3) from None  # not 1: that would recommend a fallback
    made, kept = make_report(course, place, reports_folder(), key, hidden)
    raise SystemExit(show_report(made, place, kept))


class LookLines:
    """A line a look, so that a log shows that the watch lives; on a terminal one that is written over while it tells the same."""

    def __init__(self, stream: TextIO) -> None:
        self._stream, self._lively, self._told = stream, stream.isatty(), ""

    def show(self, seen: Watched, due: datetime) -> None:
        told = _told(seen, due)
        line = f"look {len(seen.looks)}, {due:%Y-%m-%d %H:%M} UTC: {told}"
        if self._lively:
            begins = "\r\x1b[K" if told == self._told else "\n"
            width = get_terminal_size().columns - 1  # a line that wraps cannot be written over
            click.echo(begins + line[:width], file=self._stream, nl=False)
        else:
            click.echo(line, file=self._stream)
        self._told = told


def _told(seen: Watched, due: datetime) -> str:
    """`failed; not known to the provider so far: tx-1`."""
    told = ["failed"] if due in seen.failed else []
    for words in sorted({missing.words for missing in seen.missing.values()}):
        names = [shown(name) for name, missing in seen.missing.items() if missing.words == words]
        told.append(f"{words}: {some_of(names, MOST_NAMED)}")
    return "; ".join(told) or "fine"


def _span(told: str | None) -> timedelta | None:
    if told is None:
        return None
    found = re.fullmatch(r"(\d{1,6})([smh])", told)
    if not found:
        raise UsageError(f"--every: {told!r} is no span of time; write 30s, 15m or 1h.")
    return timedelta(seconds=int(found[1]) * _UNITS[found[2]])


def _moment(told: str | None) -> datetime | None:
    try:
        moment = datetime.fromisoformat(told) if told else None
    except ValueError:
        moment = None
    if told and (moment is None or moment.tzinfo is None):
        raise UsageError(f"--until: {told!r} is no moment with an offset; write it as 2026-11-27T00:00:00-03:00.")
    return moment
