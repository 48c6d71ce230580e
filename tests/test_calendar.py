"""The day of a cutover and what follows it: never another weekday, never a blocked day, both readings, every time zone's clock change."""

from collections.abc import Callable
from contextlib import nullcontext
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from icalendar import Calendar as IcsCalendar

from accredit.model.calendar import Calendar, days_in
from accredit.model.errors import CannotJudge, UsageError
from accredit.release.course import Course, course_of
from accredit.release.cutover_plan import calendar_file_of, must_be_ahead, plan_cutover
from accredit.release.days import public_holidays
from accredit.suite.catalogue import Dossier
from tests.conftest import MINI, ROOT

TUESDAY = date(2026, 11, 24)


def _calendar(
    zone: str = "America/Santiago", *, counts_first: bool = True, business_days: bool = False, **blocked: str
) -> Calendar:
    days = {date.fromisoformat(day.strip("_").replace("_", "-")): why for day, why in blocked.items()}
    return Calendar(
        weekday=2,
        monitored_days=3,
        counts_first=counts_first,
        business_days=business_days,
        zone=ZoneInfo(zone),
        blocked=days,
    )


@pytest.fixture
def planned_by(tmp_path: Path) -> Callable[..., Course]:
    """A partner whose accredit.toml has these settings."""

    def course(provider: str = "latam_pass", **told: str) -> Course:
        lines = [f'"cutover.{name}" = {value}' for name, value in told.items()]
        (tmp_path / "accredit.toml").write_text("\n".join([f"[{provider}.settings]", *lines]))
        return course_of(Dossier(provider, ROOT), tmp_path / "accredit.toml")

    return course


@pytest.mark.parametrize(
    ("reading", "monitored", "fallback"),
    [
        ("A", ["2026-11-24", "2026-11-25", "2026-11-26"], "2026-11-27"),
        ("B", ["2026-11-25", "2026-11-26", "2026-11-27"], "2026-11-28"),
    ],
)
def test_the_dossiers_example_is_met_in_both_readings(reading, monitored, fallback):
    """Tuesday D: Tue–Thu and Friday D+3 by reading A, Wed–Fri and Saturday D+4 by reading B."""
    window = _calendar().window(TUESDAY, reading)

    assert [day.isoformat() for day in window.monitored] == monitored
    assert window.fallback_day.isoformat() == fallback
    assert (
        window.fallback_by.astimezone(UTC).isoformat()
        == f"{date.fromisoformat(fallback) + timedelta(days=1)}T03:00:00+00:00"
    )


def test_business_days_leave_out_weekends_and_blocked_days():
    """Reading B with business days: a holiday on Thursday and the weekend push the deadline to Tuesday."""
    window = _calendar(business_days=True, _2026_11_26="Thanksgiving").window(TUESDAY, "B")

    assert [day.day for day in window.monitored] == [25, 27, 30]
    assert window.fallback_day == date(2026, 12, 1)


@given(
    st.dates(date(2024, 1, 1), date(2035, 1, 1)),
    st.sets(st.integers(0, 380), max_size=120),
    st.integers(1, 7),
)
@settings(deadline=None, max_examples=60)
def test_a_planned_day_is_the_right_weekday_and_never_blocked(earliest, blocked, weekday):
    """Whatever is blocked: the right weekday, free, not before it was asked for, and none free is passed over."""
    days = {earliest + timedelta(days=n): "blackout" for n in blocked}
    calendar = Calendar(
        weekday=weekday, monitored_days=3, counts_first=True, business_days=False, zone=ZoneInfo("UTC"), blocked=days
    )

    found = calendar.next_available(earliest)

    assert found >= earliest
    assert found.isoweekday() == weekday
    assert found not in days
    assert all(d in days for d in calendar.candidates(earliest) if d < found)


def test_a_monday_is_refused_with_the_next_tuesdays():
    """Whoever names another day is told why not, and what there is instead."""
    with pytest.raises(
        UsageError, match=r"2026-11-23 is a Monday, not a Tuesday; next available: 2026-11-24, 2026-12-08, 2026-12-15"
    ):
        _calendar(_2026_12_01="inventory").must_be_available(date(2026, 11, 23))


def test_a_blocked_tuesday_is_refused_by_its_reason():
    """A holiday in one of the countries is no day for a cutover."""
    with pytest.raises(UsageError, match="2026-12-08 is blocked: Inmaculada"):
        _calendar(_2026_12_08="Inmaculada Concepción (CL)").must_be_available(date(2026, 12, 8))


def test_every_tuesday_of_a_year_blocked_is_explained(planned_by):
    """A blackout that is too long is said to be so, not looked through for ever."""
    course = planned_by(blackouts='["2026-01-01/2027-12-31"]')

    with pytest.raises(
        UsageError,
        match=r"every Tuesday for a year from 2026-11-23 is blocked \(cutover.blackouts has 2026-01-01/2027-12-31",
    ):
        plan_cutover(course, date(2026, 11, 23))


@pytest.mark.parametrize(
    ("day", "hour", "why"),
    [
        ("2026-11-21", 6, "has passed"),
        ("2026-11-22", 6, ""),
        ("2026-11-22", 11, ""),
        ("2026-11-22", 12, "has passed"),
        ("2026-11-23", 12, ""),
        ("2028-11-20", 6, ""),
        ("9999-12-31", 6, "is more than two years ahead"),
    ],
)
def test_only_days_ahead_are_planned(planned_by, day, hour, why):
    """A day that is over everywhere is not, nor one whose holidays nobody knows; it is over everywhere at noon UTC of the next."""
    course, now = planned_by(blackouts='["2026-11-24"]'), datetime(2026, 11, 23, hour, tzinfo=UTC)

    with (
        pytest.raises(UsageError, match=f"{day}: that {why}; next available: 2026-12-01, 2026-12-08")
        if why
        else nullcontext()
    ):
        must_be_ahead(course, "--date", date.fromisoformat(day), now)


def test_a_plan_passes_over_holidays_and_both_blackouts(planned_by):
    """The provider's, the partner's and a country's: each is named."""
    course = planned_by(blackouts='["2026-11-24"]', partnerBlackouts='["2026-12-01/2026-12-02"]', countries='["CL"]')

    planned = plan_cutover(course, date(2026, 11, 23))

    assert planned.cutover == date(2026, 12, 15)
    assert [day.isoformat() for day, _ in planned.passed_over] == ["2026-11-24", "2026-12-01", "2026-12-08"]
    assert "CL" in planned.passed_over[-1][1]


def test_a_plan_over_new_year_names_the_holiday_among_the_days(planned_by):
    """29 December: reading B's last monitored day is New Year, of the next year."""
    planned = plan_cutover(planned_by(countries='["CL"]'), date(2026, 12, 28))

    assert planned.windows[1].monitored[-1] == date(2027, 1, 1)
    assert any(
        "Friday 2027-01-01 is among the days that count, and is blocked" in concern for concern in planned.concerns
    )


def test_a_clock_change_on_the_way_is_told(planned_by):
    """Lord Howe's half hour, or any zone's: a deadline is a moment, told in hours."""
    planned = plan_cutover(
        planned_by(timezone='"Africa/Cairo"'), date(2026, 10, 27)
    )  # clocks go back in the night to Friday

    reading_b = planned.windows[1]
    assert any("4 days have 97 hours" in concern for concern in planned.concerns)
    assert reading_b.fallback_by.utcoffset() == timedelta(hours=2)


def test_a_part_of_a_country_has_its_own_holidays():
    """São Paulo's state day is no holiday of Brazil's."""
    in_part, in_all = (dict(public_holidays([place], [2026])) for place in ("BR-SP", "BR"))

    assert date(2026, 7, 9) in in_part
    assert date(2026, 7, 9) not in in_all


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ({"countries": '["ZZ"]'}, "'ZZ': no public holidays are known"),
        ({"timezone": '"Mars/Olympus"'}, "no time zone"),
        ({"blackouts": '["next week"]'}, "no day or span of days"),
        ({"blackouts": '["2026-12-24/2026-12-01"]'}, "no day or span of days"),
    ],
)
def test_a_setting_that_cannot_be_used_is_named(planned_by, told, words):
    """A plan rests on settings; one that is no day, zone or country is said to be none."""
    with pytest.raises(UsageError, match=words):
        plan_cutover(planned_by(**told), TUESDAY)


def test_a_span_has_both_its_ends():
    """What is blocked from the 24th to the 26th is blocked on three days."""
    assert [day.day for day in days_in("2026-12-24/2026-12-26", "x")] == [24, 25, 26]


def test_the_calendar_file_reads_back_and_is_the_same_each_time(planned_by):
    """Valid by its own library, both readings in it, moments in UTC, ids that stay when the plan is made again on another day."""
    course = planned_by(countries='["CL"]')
    planned = plan_cutover(course, TUESDAY)

    data = calendar_file_of(planned)

    events = {str(e["uid"]): e for e in IcsCalendar.from_ical(data).walk("VEVENT")}
    assert data == calendar_file_of(plan_cutover(course, TUESDAY))
    assert data.count(b"\r\n") == data.count(b"\n")
    assert events["latam_pass-2026-11-24-cutover@accredit.dev"].decoded("dtstart") == TUESDAY
    assert (
        events["latam_pass-2026-11-24-A-fallback@accredit.dev"].decoded("dtstart").isoformat()
        == "2026-11-28T03:00:00+00:00"
    )
    assert (
        events["latam_pass-2026-11-24-B-fallback@accredit.dev"].decoded("dtstart").isoformat()
        == "2026-11-29T03:00:00+00:00"
    )
    earlier = {
        str(e["uid"])
        for e in IcsCalendar.from_ical(calendar_file_of(plan_cutover(course, date(2026, 11, 20)))).walk("VEVENT")
    }
    assert earlier == set(events)


@pytest.mark.parametrize("provider", ["air_miles", "points"])
def test_a_provider_without_a_published_day_has_its_own_steps(planned_by, provider):
    """No Tuesday for AIR MILES and Points: who hands over what after what, and any day that was agreed on."""
    course = planned_by(provider)

    planned = plan_cutover(course, TUESDAY, date(2026, 11, 26))

    assert planned.windows == ()
    assert planned.cutover == date(2026, 11, 26)
    assert all(t.actor and t.evidence for _, t in planned.steps)
    assert calendar_file_of(planned).count(b"BEGIN:VEVENT") == 1


def test_a_provider_of_which_nothing_is_known_cannot_be_planned():
    """A fourth provider needs no process.toml, and then nobody makes one up."""
    course = course_of(Dossier("mini", MINI), None)

    with pytest.raises(CannotJudge, match=r"there is no contracts/mini/process\.toml"):
        plan_cutover(course, TUESDAY)
