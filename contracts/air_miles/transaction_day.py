"""The Transaction Day: 12:00 AM to 11:59 PM EST, every day (seed:002). Which EST is meant is a setting."""

from datetime import date, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

FIXED_EST = timezone(timedelta(hours=-5))
_EASTERN = "America/Toronto"


def zone_named(name: str) -> tzinfo:
    """`fixed` is five hours behind UTC all year; `eastern` follows the daylight-saving changes of Toronto."""
    return ZoneInfo(_EASTERN) if name == "eastern" else FIXED_EST


def day_of(moment: datetime, zone: str) -> date:
    """The Transaction Day that an aware moment falls on, by the zone so named."""
    return moment.astimezone(zone_named(zone)).date()


def is_change(day: date) -> bool:
    """True on the two days of a year on which Eastern clocks are changed."""
    eastern = ZoneInfo(_EASTERN)
    midnights = [datetime(d.year, d.month, d.day, tzinfo=eastern) for d in (day, day + timedelta(days=1))]
    return midnights[0].utcoffset() != midnights[1].utcoffset()
