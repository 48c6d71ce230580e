"""Production is called only where the partner's own record says that it may be; everybody who calls it asks the same."""

import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from accredit.cli import main
from accredit.model.chain import START, write_line
from accredit.model.errors import CannotJudge
from accredit.release.course import Course, course_of
from accredit.release.permission import must_be_allowed
from accredit.suite.catalogue import Dossier, provider_names
from tests.conftest import MINI, ROOT

COMMANDS = {
    "run": ("run", "latam_pass", "--env", "production"),
    "preflight": ("preflight", "latam_pass", "--env", "production"),
    "watch": ("cutover", "watch", "latam_pass", "--hours", "1", "--every", "15m"),
}
PARTNER = '[latam_pass]\npartner_id = "p"\n'
REHEARSAL = PARTNER + '[latam_pass.production]\nconnect_to = "127.0.0.1:1"\n'


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A partner's folder, with nothing on record."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "accredit.toml").write_text(PARTNER)
    return tmp_path


def _at(folder: Path, state: str) -> None:
    """As if that were where the partner is."""
    entry = {"kind": "move", "at": datetime(2026, 11, 20, tzinfo=UTC).isoformat(), "on": "2026-11-20", "leaves": "", "enters": state,
             "by": "Ada", "evidence": []}  # fmt: skip
    log = folder / "statements/latam_pass/process.jsonl"
    log.parent.mkdir(parents=True, exist_ok=True)
    log.write_bytes(write_line(START, entry)[1])


def _course(folder: Path) -> Course:
    return course_of(Dossier("latam_pass", ROOT), folder / "accredit.toml")


def _said(command: str) -> Result:
    return CliRunner().invoke(main, COMMANDS[command])


@pytest.mark.parametrize("command", COMMANDS)
def test_where_production_must_not_be_called_nothing_begins(here: Path, command: str) -> None:
    """By the partner's own record the APP is Pending: exit 2, no run, not a byte leaves."""
    _at(here, "S3")

    ended = _said(command)

    assert ended.exit_code == 2
    assert "you are in S3 (PROD_PENDING), where production must not be called" in ended.output
    assert not (here / "evidence").exists()


def test_plain_pytest_asks_the_record_too(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever goes around the command does not go around the question: no session begins, and nothing is collected or sent."""
    _at(here, "S3")
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")  # for speed alone
    arguments = ["-p", "pytest_bdd.plugin", "features/latam_pass", "--accredit-env", "production", "--accredit-partner", str(here / "accredit.toml"),
                 "--accredit-output", str(here / "evidence")]  # fmt: skip

    ended = subprocess.run(
        [sys.executable, "-m", "pytest", *arguments], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
    )

    assert ended.returncode == pytest.ExitCode.USAGE_ERROR
    assert "you are in S3 (PROD_PENDING), where production must not be called" in ended.stderr
    assert not (here / "evidence").exists()


@pytest.mark.parametrize("how", [("-p", "no:accredit.release.plugin"), ("--noconftest", "-p", "accredit.suite.plugin")])
def test_a_session_that_asked_nobody_sends_nothing(
    here: Path, how: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever leaves the question out has no answer to it, whatever the record says."""
    _at(here, "S7")
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")  # for speed alone
    arguments = [*how, "-p", "pytest_bdd.plugin", "features/latam_pass", "--accredit-env", "production", "--accredit-partner",
                 str(here / "accredit.toml"), "--accredit-output", str(here / "evidence")]  # fmt: skip

    ended = subprocess.run(
        [sys.executable, "-m", "pytest", *arguments], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
    )

    assert ended.returncode == pytest.ExitCode.USAGE_ERROR
    assert "nobody has asked your record of moves" in ended.stderr
    assert not (here / "evidence").exists()


@pytest.mark.parametrize("command", COMMANDS)
def test_without_a_record_nobody_knows_and_nothing_begins(here: Path, command: str) -> None:
    """Exit 3, and the state from which on it may be; taking a record away opens nothing."""
    ended = _said(command)

    assert ended.exit_code == 3
    assert "nobody knows whether production of LATAM Pass may be called: nothing is recorded in" in ended.output
    assert "from S7 (PROD_APPROVED) on" in ended.output
    assert not (here / "evidence").exists()


def test_a_state_that_opens_production_opens_it(here: Path) -> None:
    """The APP was approved."""
    _at(here, "S7")

    must_be_allowed(_course(here), "production")


@pytest.mark.parametrize("state", ["", "S3"])
def test_a_rehearsal_of_production_reaches_no_provider(here: Path, state: str) -> None:
    """Whatever is on record, loopback may be called."""
    (here / "accredit.toml").write_text(REHEARSAL)
    if state:
        _at(here, state)

    must_be_allowed(_course(here), "production")


def test_what_is_not_production_takes_no_record(here: Path) -> None:
    """Certification comes before there is much to record; and of a provider without a process nothing is known."""
    must_be_allowed(_course(here), "certification")
    (here / "accredit.toml").write_text("")
    must_be_allowed(course_of(Dossier("mini", MINI), here / "accredit.toml"), "production")


@pytest.mark.parametrize("provider", provider_names(ROOT))
def test_no_providers_production_is_open_to_begin_with(here: Path, provider: str) -> None:
    """Each has a process, and it takes a record."""
    with pytest.raises(CannotJudge, match="nothing is recorded"):
        must_be_allowed(course_of(Dossier(provider, ROOT), here / "accredit.toml"), "production")
