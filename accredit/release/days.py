"""The doorman of holidays: public holidays of countries; and the calendar that a provider's facts and a partner's settings make."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

import holidays

from accredit.model.calendar import Calendar, days_in
from accredit.model.errors import UsageError
from accredit.model.process import CalendarFacts

_YEARS = 4
"""From the first day looked at: a cutover is planned two years ahead at most, and what follows it may reach into the next."""


def calendar_of(facts: CalendarFacts, settings: Mapping[str, Any], earliest: date) -> Calendar:
    """The calendar from `earliest` on.

    Raises:
        UsageError: a setting names no time zone, country or day.
    """
    blocked = dict(public_holidays(settings[facts.countries], range(earliest.year, earliest.year + _YEARS)))
    for name in facts.blackouts:
        blocked |= {day: f"{name} has {span}" for span in settings[name] for day in days_in(str(span), name)}
    return Calendar(
        weekday=facts.weekday,
        monitored_days=facts.monitored_days,
        counts_first=bool(settings[facts.counts_first_day]),
        business_days=bool(settings[facts.business_days]),
        zone=_zone(str(settings[facts.timezone]), facts.timezone),
        blocked=blocked,
    )


def public_holidays(countries: Iterable[str], years: Iterable[int]) -> Iterator[tuple[date, str]]:
    """Day and `Navidad (CL)`, by country, `BR`, or by part of one, `BR-SP`; a later country's word for a day wins.

    Raises:
        UsageError: nothing is known of that country.
    """
    span = list(years)
    for place in countries:
        country, _, part = str(place).partition("-")
        try:
            found = holidays.country_holidays(country, subdiv=part or None, years=span)
        except NotImplementedError as unknown:
            raise UsageError(
                f"{place!r}: no public holidays are known of it ({unknown}); name a country by ISO 3166, CL, or a part of one, BR-SP."
            ) from None
        yield from ((day, f"{name} ({place})") for day, name in sorted(found.items()))


def _zone(name: str, setting: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise UsageError(f"{setting} is {name!r}, which is no time zone; write one as America/Santiago.") from None
