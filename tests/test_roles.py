"""Roles that people name have to be those that the provider's scenarios ask for; a slip is told before anything is signed or sent."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from accredit.cli import main
from accredit.model.errors import UsageError
from accredit.model.keys import private_pem
from accredit.suite.catalogue import Dossier
from accredit.suite.plan import plan_run
from tests.budgets import ROLE, TICKET, told
from tests.conftest import MINI
from tests.production import Production, production

CARD = {"card": "7000000002"}
PROVIDERS = ("latam_pass", "air_miles", "points")


@pytest.fixture
def mini(tmp_path: Path) -> Iterator[Production]:
    with production(Dossier("mini", MINI), tmp_path) as there:
        yield there


def _asked(there: Production, *words: str) -> Result:
    files = ["--suite", str(MINI), "--partner", str(there.desk.partner_file)]
    return CliRunner().invoke(main, [*words, *files])


@pytest.mark.parametrize(
    ("roles", "says"),
    [
        ({"members": {"colecting": CARD}}, "roles.members.colecting: Mini Miles has no such role; did you mean collecting?"),
        ({"member": {"collecting": CARD}}, "roles.member: Mini Miles has no roles of that kind; did you mean members?"),
        ({"members": {"zzz": CARD}}, "roles.members.zzz: Mini Miles has no such role; there are reading, collecting."),
    ],
)  # fmt: skip
def test_a_budget_names_roles_that_there_are(mini: Production, roles: dict[str, Any], says: str) -> None:
    """Whatever reads the budget says so, and what was probably meant; no signature is made, no ledger, and nothing is sent."""
    mini.desk.write(told("mini", {}, {"credit": 5}, roles=roles))
    key = mini.desk.folder / "ada.key"
    key.write_bytes(private_pem(mini.desk.keys["ada"]))
    budget = str(mini.desk.budget)
    commands = (
        ["budget", "mini"],
        ["sign", budget, "--for", "mini.budget", "--role", ROLE, "--by", "ada", "--key", str(key)],
        ["run", "mini", "--env", "production", "--budget", budget, "--yes-i-have-approval", TICKET],
    )

    ended = [_asked(mini, *words) for words in commands]

    assert [one.exit_code for one in ended] == [2, 2, 2]
    assert all(says in one.output for one in ended), [one.output for one in ended]
    assert not mini.desk.statements.exists()
    assert mini.heard.calls == []


def test_a_preflight_tells_of_a_role_that_there_is_not(mini: Production) -> None:
    """In the budget's row, and nothing leaves."""
    mini.desk.approve(told("mini", {"members": {"colecting": CARD}}, {"credit": 5}))
    files = ["--budget", str(mini.desk.budget), "--output", str(mini.desk.folder / "evidence")]

    ended = _asked(mini, "preflight", "mini", "--env", "production", *files)

    assert ended.exit_code == 1
    assert "did you mean collecting?" in ended.output
    assert mini.heard.calls == []


@pytest.mark.parametrize("environment", ["certification", "production"])
def test_accredit_toml_names_roles_that_there_are(mini: Production, environment: str) -> None:
    """Whatever the environment of the run."""
    text = mini.desk.partner_file.read_text()
    before, here, after = text.partition(f"[mini.{environment}.roles]")
    mini.desk.partner_file.write_text(before + here + after.replace('"collecting"', '"colecting"', 1))

    with pytest.raises(UsageError, match=rf"mini\.{environment}\.roles\.members\.colecting: .*did you mean collecting"):
        plan_run(mini.dossier, mini.choices())
