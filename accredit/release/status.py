"""Where a partner is, what comes next, whose move that is, and which of its evidence is there. Answers; changes nothing."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from accredit.model.calendar import Window
from accredit.model.process import Exhibit, State, Transition
from accredit.model.purpose import DRAFTED_IN
from accredit.release.course import Course
from accredit.release.standing import Standing, standing

_SHOWN_ELSEWHERE = ("driven", "fuzz")
"""What bundles show: `accredit gate` says which."""


@dataclass(frozen=True, slots=True)
class There:
    """An exhibit, and whether it is there: `there` says what is, or nothing."""

    exhibit: Exhibit
    there: str


@dataclass(frozen=True, slots=True)
class Next:
    """A state that may come next."""

    state: str
    about: State
    way: Transition
    evidence: tuple[There, ...]


@dataclass(frozen=True, slots=True)
class Status:
    """Where a partner is.

    Attributes:
        about: None when nothing is recorded.
        open: Requirements of the state's chapters that somebody has to attest, and nobody has yet.
        window: What follows the cutover, by the reading that the settings choose, once its day is agreed on or past.
        overdue: What should have been done by today.
    """

    course: Course
    standing: Standing
    about: State | None
    next: tuple[Next, ...]
    open: tuple[str, ...]
    window: Window | None
    overdue: tuple[str, ...]

    @property
    def is_known(self) -> bool:
        return self.about is not None

    def to_record(self) -> dict[str, Any]:
        """For machines."""
        last, window = self.standing.last, self.window
        return {
            "provider": self.course.dossier.name,
            "state": self.standing.state or None,
            "name": self.about.name if self.about else None,
            "since": last.on.isoformat() if last else None,
            "by": last.by if last else None,
            "production": self.about.production if self.about else None,
            "chain": self.standing.chain,
            "torn_bytes": self.standing.torn,
            "scheduled": self.standing.scheduled.isoformat() if self.standing.scheduled else None,
            "monitored": [day.isoformat() for day in window.monitored] if window else [],
            "fallback_by": window.fallback_by.isoformat() if window else None,
            "overdue": list(self.overdue),
            "next": [
                {
                    "state": n.state, "name": n.about.name, "mover": n.way.mover, "actor": n.way.actor, "trigger": n.way.trigger,
                    "guard": n.way.guard, "provenance": n.way.provenance, "source": n.way.source,
                    "evidence": [{"what": e.exhibit.what, "requirement": e.exhibit.requirement, "purpose": e.exhibit.purpose,
                                  "there": e.there or None} for e in n.evidence],
                } for n in self.next
            ],
            "open_requirements": list(self.open),
        }  # fmt: skip


def status_of(course: Course, today: date, bundles: Path) -> Status:
    """Where the partner is.

    Args:
        bundles: The folder that sealed bundles are looked for in.

    Raises:
        BundleRefused: the record, or an attestation on file, was altered.
    """
    process, at = course.process, standing(course.log)
    about = process.state(at.state) if at.state else None
    attested = course.attested(today)
    following = tuple(
        Next(
            state,
            process.state(state),
            way,
            tuple(There(e, _there(e, course, attested, bundles)) for e in way.evidence),
        )
        for state, way in process.leaving(at.state, course.settings)
    )
    chapters = about.chapters if about else following[0].about.chapters if following else ()
    window = _window(course, at)
    return Status(
        course,
        at,
        about,
        following,
        tuple(_open(course, chapters, attested)),
        window,
        tuple(_overdue(course, at, following, window, today)),
    )


def _there(exhibit: Exhibit, course: Course, attested: dict[str, str], bundles: Path) -> str:
    if exhibit.requirement:
        digest = attested.get(exhibit.requirement, "")
        return f"attestation {digest[:12]}" if digest else ""
    if exhibit.purpose:
        purpose = next(p for p in course.dossier.correspondence.purposes if p.name == exhibit.purpose)
        wanted = [e for e in purpose.environments if e != DRAFTED_IN]
        found = sorted(p.name for e in wanted for p in bundles.glob(f"accredit-{course.dossier.name}-{e}-*.zip"))
        return f"{found[-1]}, not looked into yet" if found else ""
    return ""


def _open(course: Course, chapters: tuple[str, ...], attested: dict[str, str]) -> Iterator[str]:
    claimed = set(course.facts.capabilities)
    for r in course.dossier.register.requirements:
        is_asked = any(r.id.startswith(f"{chapter}-") for chapter in chapters) and r.verified not in _SHOWN_ELSEWHERE
        if is_asked and r.id not in attested and (not claimed or set(r.needs) <= claimed):
            yield r.id


def _window(course: Course, at: Standing) -> Window | None:
    """After the cutover, or the day agreed on for it, whichever came last: after a fallback there may be another."""
    days = (m.on if _is_cutover(course, m.leaves, m.enters) else m.scheduled for m in reversed(at.moves))
    day = next((day for day in days if day), None)
    calendar = course.calendar(day) if day else None
    return calendar.window(day, calendar.reading) if day and calendar else None


def _is_cutover(course: Course, leaves: str, enters: str) -> bool:
    return any(t.when == "cutover" and (t.leaves, t.enters) == (leaves, enters) for t in course.process.transition)


def _overdue(
    course: Course, at: Standing, following: tuple[Next, ...], window: Window | None, today: date
) -> Iterator[str]:
    kinds = {n.way.when for n in following}
    calendar = course.calendar(at.last.on) if at.last else None
    if at.last is None or calendar is None:
        return
    due = calendar.due_after(at.last.on)
    if "fallback" in kinds and today > due:
        yield f"the fallback decided on {at.last.on} had to be complete by {due}"
    if window is None:
        return
    if "cutover" in kinds and today > window.cutover:
        yield f"the cutover was agreed for {window.cutover}; record it, or agree on another day"
    if "verdict" in kinds and today > window.monitored[-1]:
        yield f"the monitored days ended on {window.monitored[-1]} by reading {window.reading}; ask for the verdict in writing"
