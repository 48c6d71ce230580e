"""Transaction Days: moments around midnight and around the changes of clocks, each judged by the agreed zone."""

from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

from pytest_bdd import parsers, then, when

from accredit import Api, Clock, Control, NotApplicable, Partner, expect_equal

from . import baskets, words
from .words import Account, Sent

_EASTERN = ZoneInfo("America/Toronto")
_DAYS = {"January": (1, 15), "July": (7, 2)}
_CHANGES = {"go on": (3, 8), "go back": (11, 1)}
"""Month, and the earliest day that can be the Sunday of the change."""
_MOMENTS = {"in the first minute": time(0, 0, 30), "in the last minute": time(23, 59, 30)}


@when(parsers.parse("a sale made at {at} UTC in the last {season} is reported"), target_fixture="sent")
def at_moment(api: Api, partner: Partner, clock: Clock, account: Account, at: str, season: str) -> Sent:
    month, day = _DAYS[season]
    moments = (
        datetime.combine(date(year, month, day), time.fromisoformat(at), UTC)
        for year in (clock.now().year, clock.now().year - 1)
    )
    return _reported(api, partner, clock, account, next(m for m in moments if m < clock.now()))


@when(parsers.parse("a sale made {moment} of the last day on which clocks {change} is reported"), target_fixture="sent")
def at_change(api: Api, partner: Partner, clock: Clock, account: Account, moment: str, change: str) -> Sent:
    days = (_sunday(year, *_CHANGES[change]) for year in (clock.now().year, clock.now().year - 1))
    day = next(d for d in days if d < clock.now().date() - timedelta(days=1))
    return _reported(api, partner, clock, account, datetime.combine(day, _MOMENTS[moment], zone_of(partner)))


@then("it counts for the Transaction Day of its checkout")
def counts_for_its_day(sent: Sent, simulator: Control, partner: Partner) -> None:
    checkout = datetime.fromisoformat(str(sent.body["checkoutDateTime"]))
    held = [entry["day"] for entry in simulator.entries_for(sent.transaction)]
    expect_equal("the Transaction Day in the books", held, [checkout.astimezone(zone_of(partner)).date().isoformat()])


def zone_of(partner: Partner) -> tzinfo:
    """What the setting says EST is: five hours behind UTC all year, or the time that Toronto's clocks show."""
    return _EASTERN if partner.setting("time.zone") == "eastern" else timezone(timedelta(hours=-5))


def _sunday(year: int, month: int, earliest: int) -> date:
    day = date(year, month, earliest)
    return day + timedelta(days=(6 - day.weekday()) % 7)


def _reported(api: Api, partner: Partner, clock: Clock, account: Account, at: datetime) -> Sent:
    oldest = partner.setting("time.maxAge")
    if oldest and clock.now() - at > timedelta(days=oldest):
        raise NotApplicable(f"the settings say that no sale older than {oldest} days is taken")
    operation, body = baskets.earning(partner, clock, baskets.method_of(partner), account.number, 5)
    return words.send(api, operation, body | {"checkoutDateTime": baskets.moment(at)})
