"""The doorman of icalendar: days and moments as a calendar file (RFC 5545). Same events, same bytes."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from icalendar import Calendar, Event

from accredit import __version__


@dataclass(frozen=True, slots=True)
class Entry:
    """One event.

    Attributes:
        id: Stable: the same event of a newer plan replaces it in whoever's calendar.
        at: A whole day, or a moment (aware), told in UTC so that no reader has to know a time zone's rules.
    """

    id: str
    title: str
    at: date | datetime
    says: str = ""


def calendar_file(title: str, entries: Iterable[Entry], made_on: date) -> bytes:
    """The events as a file.

    Args:
        made_on: The day the plan was made: stands for the time it was written, so that the same plan gives the same bytes.
    """
    calendar = Calendar()
    calendar.add("prodid", f"-//accredit//{__version__}//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", title)
    for entry in entries:
        calendar.add_component(_event(entry, datetime.combine(made_on, time(), UTC)))
    return bytes(calendar.to_ical())


def _event(entry: Entry, stamp: datetime) -> Event:
    event = Event()
    event.add("uid", f"{entry.id}@accredit.dev")
    event.add("dtstamp", stamp)
    event.add("summary", entry.title)
    if isinstance(entry.at, datetime):
        event.add("dtstart", entry.at.astimezone(UTC))
    else:
        event.add("dtstart", entry.at)
        event.add("dtend", entry.at + timedelta(days=1))
        event.add("transp", "TRANSPARENT")
    if entry.says:
        event.add("description", entry.says)
    return event
