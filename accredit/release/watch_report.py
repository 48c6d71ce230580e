"""What a watch came to: a page, a report a day, and a signed record of both and of the journal. Made of the records alone."""

import json
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from accredit.evidence import archive
from accredit.evidence.journal import is_segment
from accredit.evidence.leaks import LeakGate, earlier_scan, published_texts
from accredit.evidence.pictures import HEIGHT, KINDS, Pictures
from accredit.evidence.render import markdown, page
from accredit.evidence.statements import keep, kept_in, stated
from accredit.model.errors import BundleRefused, UsageError
from accredit.model.exchange import Exchange
from accredit.model.fallback import Recommendation, percent, recommend, share_of
from accredit.model.keys import PrivateKey
from accredit.model.leaks import SCAN, Hidden
from accredit.model.watched import Class, Folded, Schedule, Watched
from accredit.release.course import Course
from accredit.release.watching import PLAN, Records, WatchPlan, plan_in, records_in, segments_in

PAGE = "watch.html"


@dataclass(frozen=True, slots=True)
class Day:
    """One day of a watch, in its zone."""

    day: date
    watched: Watched
    pictures: Pictures


@dataclass(frozen=True, slots=True)
class WatchReport:
    """What a watch came to. `now`: up to when its looks were due: its end, or the last record while it goes on."""

    plan: WatchPlan
    records: Records
    recommendation: Recommendation
    days: tuple[Day, ...]
    pictures: Pictures
    now: datetime

    @property
    def place(self) -> str:
        """`production`, or that it is a rehearsal."""
        at = str(self.records.header.get("connect_to", ""))
        return f"a rehearsal of {self.plan.environment} at {at}" if at else self.plan.environment

    def to_record(self) -> dict[str, Any]:
        """As the signed record keeps it."""
        seen, told = self.records.watched, self.recommendation
        return {
            "provider": self.plan.provider, "environment": self.plan.environment, "place": self.place, "run": self.plan.run,
            "began": self.plan.began.isoformat(), "until": self.plan.until.isoformat(), "every_seconds": self.plan.every, "zone": self.plan.zone,
            "ended": self.records.ended, "processes": len(self.records.starts), "torn": list(self.records.torn),
            "looks": {"planned": seen.schedule.count, "due": len(seen.due(self.now)), "taken": len(seen.looks), "failed": len(seen.failed)},
            "gaps": [{"first": g.first.isoformat(), "last": g.last.isoformat(), "looks": g.count} for g in seen.gaps(self.now)],
            "calls": {c.value: seen.classes[c] for c in Class},
            "followed": {"transactions": len(seen.followed), "final": sum(f.is_final for f in seen.followed.values()),
                         "missing": [{"transaction": name, "what": m.words, "since": m.since.isoformat(), "last": m.last.isoformat()}
                                     for name, m in seen.missing.items()]},
            "milliseconds": {name: {"half": round(d.within(0.5), 1), "most": round(d.within(0.95), 1)} for name, d in self.pictures.durations},
            "thresholds": [{"what": t.what, "got": t.got, "allowed": t.allowed, "setting": t.setting, "exceeded": t.exceeded}
                           for t in told.thresholds],
            "recommendation": {"advice": told.advice.value, "reasons": list(told.reasons), "unknown": list(told.unknown)},
            "decides": "the provider",
        }  # fmt: skip


def report_of(course: Course, folder: Path) -> WatchReport:
    """Reads a watch's folder.

    Raises:
        UsageError: there is no watch in it.
        BundleRefused: its journal was altered.
    """
    plan, facts = plan_in(folder), course.process.watch
    if plan is None or facts is None:
        raise UsageError(f"{folder} holds no {PLAN}; name the folder of a watch.")
    if plan.provider != course.dossier.name:
        raise UsageError(f"{folder} holds a watch of {plan.provider}, not of {course.dossier.name}.")
    records = records_in(folder, plan, course.dossier.provider, facts.finality)
    now = plan.until if records.ended else records.watched.last or plan.began
    whole = Pictures(records.watched.calls, ())
    days = _days(course, folder, plan, whole)
    settings = dict(course.settings) | dict(records.header.get("settings", {}))
    return WatchReport(plan, records, recommend(records.watched, facts, settings, now), days, whole, now)


def make_report(
    course: Course, folder: Path, templates: Path, key: PrivateKey | None, hidden: Hidden | None
) -> tuple[WatchReport, Path | None]:
    """Writes page and daily reports beside the journal; with a key, keeps the signed record of all of it. Same records, same bytes.

    Args:
        hidden: What must not be in any of it, where this process knows it; without it an earlier scan counts.

    Raises:
        Leaked: it is. Nothing is signed, and what had been made is gone.
        BundleRefused: the journal was altered, or is another than the one that was signed when the watch had ended.
    """
    report = report_of(course, folder)
    _must_be_as_signed(course, folder, report)
    view = {"report": report, "header": report.records.header, "provider": course.dossier.provider, "Class": Class, "KINDS": KINDS,
            "HEIGHT": HEIGHT, "percent": percent, "seen": report.records.watched, "pictures": report.pictures,
            "shares": list(_shares(course, report))}  # fmt: skip
    made = {PAGE: page(templates, "watch.html.j2", ("report.css",), view)}
    for day in report.days:
        made[f"watch-{day.day}.md"] = markdown(templates, "watch-day.md.j2", {**view, "day": day})
    published = published_texts(
        {name: (course.dossier.root / name).read_bytes() for name in course.dossier.judged_by()}, templates
    )
    files: dict[str, Path] = {path.name: path for path in (folder / PLAN, *segments_in(folder))}
    scan = _scanned(folder, files, made, published, hidden)
    for name, content in made.items():
        (folder / name).write_bytes(content)
    (folder / SCAN).write_text(json.dumps(scan, indent=1, sort_keys=True), encoding="utf-8")
    if key is None:
        return report, None
    subject = {name: archive.digest(folder / name) for name in (*files, *made, SCAN)}
    kept = keep(
        course.folder, "watch-report", report.plan.run, stated("watch-report", subject, report.to_record(), key)
    )
    return report, kept


def _must_be_as_signed(course: Course, folder: Path, report: WatchReport) -> None:
    records = {path.name: archive.digest(path) for path in (folder / PLAN, *segments_in(folder))}
    for path, statement in kept_in(course.folder, "watch-report").items():
        if statement.predicate.get("run") == report.plan.run and statement.predicate.get("ended"):
            signed = {name: digest for name, digest in statement.subject.items() if name == PLAN or is_segment(name)}
            if other := sorted(name for name in {*signed, *records} if signed.get(name) != records.get(name)):
                raise BundleRefused(f"{path.name} was signed over other records: {', '.join(other)} in {folder} was altered, added or removed "
                                    "since. Ask for the original.")  # fmt: skip


def _days(course: Course, folder: Path, plan: WatchPlan, whole: Pictures) -> tuple[Day, ...]:
    """The watch day by day, and its pictures as a whole; passes over the records once more."""
    zone, facts = ZoneInfo(plan.zone), course.process.watch
    finality = facts.finality if facts else None
    # A day of which nothing is known has a report as well: it says so.
    planned = sorted({at.astimezone(zone).date() for at in plan.schedule.times()})
    folds = {day: (Folded(plan.schedule, course.dossier.provider, finality), list[Exchange]()) for day in planned}

    def take(record: Mapping[str, Any]) -> None:
        told = record.get("due") or record.get("sent_at") or record.get("at")
        if told is None:
            return
        at = datetime.fromisoformat(told).astimezone(zone).date()
        folded, exchanges = folds[planned[max(0, bisect_right(planned, at) - 1)]]
        if (exchange := folded.take(record)) is not None:
            whole.take(exchange)
            exchanges.append(_light(exchange))

    records_in(folder, plan, course.dossier.provider, None, take)
    return tuple(
        Day(day, _of_day(plan.schedule, day, zone, folded.watched), _pictures(exchanges))
        for day, (folded, exchanges) in sorted(folds.items())
    )


def _of_day(schedule: Schedule, day: date, zone: ZoneInfo, watched: Watched) -> Watched:
    times = [at for at in schedule.times() if at.astimezone(zone).date() == day]
    if times:
        watched.schedule = Schedule(times[0], times[-1] + schedule.every, schedule.every)
    return watched


def _light(exchange: Exchange) -> Exchange:
    """What a picture needs of an exchange: not its bodies."""
    came = exchange.response
    return replace(
        exchange,
        request=replace(exchange.request, headers=(), body=""),
        response=came and replace(came, headers=(), body=""),
    )


def _pictures(exchanges: list[Exchange]) -> Pictures:
    pictures = Pictures(len(exchanges), ())
    for exchange in exchanges:
        pictures.take(exchange)
    return pictures


def _shares(course: Course, report: WatchReport) -> Iterator[tuple[float, str, str, int]]:
    """Of the published table: seconds, share, ours, and of how many."""
    facts = course.process.watch
    for seconds, share in course.settings[facts.finality.shares] if facts and facts.finality else ():
        final, known = report.records.watched.share_final(seconds)
        yield (
            seconds,
            share_of(share) + (", at an age nobody published" if share >= 1 else ""),
            percent(final, known),
            known,
        )


def _scanned(folder: Path, files: Mapping[str, Path], made: Mapping[str, bytes], published: Iterable[bytes],
             hidden: Hidden | None) -> Mapping[str, Any]:  # fmt: skip
    if hidden is None:
        return earlier_scan(folder, {name: path for name, path in files.items() if name != PLAN})
    gate = LeakGate(hidden, published)
    contents: dict[str, archive.Content] = {**files, **made}
    for name, content in contents.items():
        gate.take(name, content)
    if gate.leaks:
        for name in made:
            (folder / name).unlink(missing_ok=True)
    gate.must_be_clean()
    return gate.scan.to_record()
