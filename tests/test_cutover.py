"""`accredit cutover` as its user types it: words, files and exit codes."""

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from click.testing import CliRunner
from icalendar import Calendar

from accredit.cli import main


@pytest.fixture
def cutover(tmp_path, monkeypatch):
    """The command in an empty folder."""
    monkeypatch.chdir(tmp_path)

    def run(*arguments: str) -> Any:
        return CliRunner().invoke(main, ["cutover", *arguments])

    return run


def test_a_status_that_nobody_recorded_is_unknown(cutover):
    """Exit code 3, and what would be first."""
    ended = cutover("status", "latam_pass")

    assert ended.exit_code == 3
    assert "unknown, nothing is recorded" in ended.output
    assert "next: S0 COMMERCIAL_READY" in ended.output


def test_a_move_and_the_status_after_it(cutover, tmp_path):
    """AIR MILES' first step: recorded with the file's digest; the next move is the partner's."""
    (tmp_path / "request.eml").write_text("May we have access?")

    moved = cutover("move", "air_miles", "AM0", "--by", "Ada", "--evidence", "request.eml", "--on", "2026-11-02")
    ended = cutover("status", "air_miles", "--format", "json")

    told = json.loads(ended.output)
    assert moved.exit_code == ended.exit_code == 0, moved.output
    assert "file request.eml: sha256" in moved.output
    assert (told["state"], told["since"], told["by"], told["next"][0]["mover"]) == (
        "AM0",
        "2026-11-02",
        "Ada",
        "partner",
    )


def test_a_forbidden_move_is_refused(cutover, tmp_path):
    """Exit code 2, and nothing is written."""
    ended = cutover("move", "latam_pass", "S15", "--by", "Ada")

    assert ended.exit_code == 2
    assert "before anything is recorded no way leads to S15" in ended.output
    assert list(tmp_path.iterdir()) == []


def _coming_tuesday() -> date:
    """One in a week or two: the command goes by the real clock."""
    today = datetime.now(UTC).date()
    return today + timedelta(days=7 + (2 - today.isoweekday()) % 7)


@pytest.mark.parametrize("option", ["--date", "--from"])
@pytest.mark.parametrize(
    ("provider", "offers"), [("latam_pass", "next available: 2"), ("points", "next available: any day")]
)
def test_a_day_that_has_passed_is_not_planned(cutover, tmp_path, provider, offers, option):
    """Exit code 2, what there is instead, and no calendar file."""
    ended = cutover("plan", provider, option, "2020-01-07")

    assert ended.exit_code == 2
    assert f"{option} 2020-01-07: that has passed; {offers}" in ended.output
    assert list(tmp_path.iterdir()) == []


def test_a_monday_is_refused(cutover, tmp_path):
    """Exit code 2, the next Tuesdays, and no calendar file."""
    monday = _coming_tuesday() - timedelta(days=1)

    ended = cutover("plan", "latam_pass", "--date", f"{monday}")

    assert ended.exit_code == 2
    offered = ", ".join(f"{monday + timedelta(days=days)}" for days in (1, 8, 15))
    assert f"{monday} is a Monday, not a Tuesday; next available: {offered}" in ended.output
    assert list(tmp_path.iterdir()) == []


def test_a_plan_shows_both_readings_and_writes_a_calendar(cutover, tmp_path):
    """The next Tuesday, Friday or Saturday as the deadline, and a file that calendars read."""
    tuesday = _coming_tuesday()

    ended = cutover("plan", "latam_pass", "--from", f"{tuesday}", "--ics", "plan.ics")

    assert ended.exit_code == 0
    assert f"reading A: monitored {tuesday} to {tuesday + timedelta(days=2)}" in ended.output
    assert f"a fallback complete by the end of Saturday {tuesday + timedelta(days=4)}" in ended.output
    assert len(Calendar.from_ical((tmp_path / "plan.ics").read_bytes()).walk("VEVENT")) == 11


def test_a_plan_without_a_published_day_lists_steps(cutover, tmp_path):
    """Points: who delivers what; no calendar file until a day is named."""
    ended = cutover("plan", "points")

    assert ended.exit_code == 0
    assert "after PT3: reviews again and activates (the organisation owner, in the console)" in ended.output
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "arguments",
    [("plan", "latam_pass", "--date", "tomorrow"), ("move", "points", "PT0", "--by", "A", "--on", "24/11/2026")],
)
def test_what_is_no_day_is_refused(cutover, arguments):
    """Written as 2026-11-24, and as nothing else."""
    ended = cutover(*arguments)

    assert ended.exit_code == 2
    assert "no day; write it as 2027-01-31" in ended.output
