"""Roles that people name have to be those that the provider's scenarios ask for; a slip is told before anything is signed or sent."""

import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from accredit.cli import main
from accredit.model.budget import FILE, Budget, budget_from
from accredit.model.covering import covered, not_played
from accredit.model.errors import UsageError
from accredit.model.keys import private_pem
from accredit.suite.catalogue import Dossier, provider_names
from accredit.suite.gherkin import declared_in
from accredit.suite.init import _toml
from accredit.suite.plan import plan_run
from accredit.suite.simulation import must_be_roles
from tests.budgets import ROLE, TICKET, Desk, told
from tests.conftest import MINI, ROOT, Rehearsal, accredit
from tests.production import Production, production

CARD = {"card": "7000000002"}
LATAM = Dossier("latam_pass", ROOT)
ONLY_READ = {("products", "sponsor")}
"""Asked for by scenarios that write, and in none of their writes: accredit.toml may fill it as well."""


@pytest.fixture
def mini(tmp_path: Path) -> Iterator[Production]:
    with production(Dossier("mini", MINI), tmp_path) as there:
        yield there


def _asked(there: Production, *words: str) -> Result:
    files = ["--suite", str(there.dossier.root), "--partner", str(there.desk.partner_file)]
    return CliRunner().invoke(main, [*words, *files])


@pytest.mark.parametrize(
    ("roles", "says"),
    [
        ({"members": {"colecting": CARD}}, "roles.members.colecting: Mini Miles has no such role; did you mean collecting?"),
        ({"member": {"collecting": CARD}}, "roles.member: Mini Miles has no roles of that kind; did you mean members?"),
        ({"members": {"zzz": CARD}}, "roles.members.zzz: Mini Miles has no such role; there are reading, collecting, nobody."),
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


def _budget(roles: dict[str, Any], operation: str = "requestAccrual") -> Budget:
    return budget_from(told("latam_pass", roles, {operation: 1}), "latam_pass", "a budget")


ONE, OTHER, ANOTHER = ({"ffn": f"9000000000{number}"} for number in (1, 2, 3))


@pytest.mark.parametrize(
    ("named", "own", "lacks"),
    [
        ({"members": {"nobody": ONE}}, {}, {}),
        ({}, {}, {'members."nobody"': ["LP-ACC-04"]}),
        ({}, {"members": {"nobody": ONE}}, {'members."nobody"': ["LP-ACC-04"]}),
        ({"members": {"repeating": ONE}}, {"members": {"nobody": ONE}}, {}),
        ({"members": {"repeating": OTHER}}, {"members": {"nobody": ONE}}, {'members."nobody"': ["LP-ACC-04"]}),
    ],
)
def test_a_role_is_played_by_whom_the_budget_names(named: dict[str, Any], own: dict[str, Any], lacks: Any) -> None:
    """accredit.toml may give the role to somebody whom the budget names in another; to nobody else is anything written."""
    others = {"members": {"collecting": ANOTHER}, "products": {"standard": "001"}}
    roles = {kind: players | named.get(kind, {}) for kind, players in others.items()}

    assert not_played(LATAM.writes, _budget(roles), own, {"LP-ACC-04"}) == lacks


@pytest.mark.parametrize(("own", "lacks"), [({}, ["LP-COB-01"]), ({"cards": {"first": {"product": "GOLD"}}}, None)])
def test_what_no_budget_holds_to_may_come_of_accredit_toml(own: dict[str, Any], lacks: Any) -> None:
    """A card is free in a request, whoever names it."""
    roles = {"members": {"known by both": ONE}, "banks": {"issuer": "BANK-ONE"}}

    assert not_played(LATAM.writes, _budget(roles, "beginCobrand"), own, {"LP-COB-01"}).get('cards."first"') == lacks


def test_roles_that_nobody_plays_are_told_before_anything_is_sent(own_mini: Path, tmp_path: Path) -> None:
    """By the command that shows a budget, and by a run before it asks."""
    register = own_mini / "contracts" / "mini" / "requirements.toml"
    register.write_text(register.read_text().replace('production = "never"', 'production = "writes"', 1))
    says = 'not played      members."collecting" (MI-02): not in the budget, so their scenarios cannot be judged'

    with production(Dossier("mini", own_mini), tmp_path) as there:
        there.desk.approve(told("mini", {"members": {"reading": {"card": "7000000001"}}}, {"credit": 5}))
        shown = _asked(there, "budget", "mini")
        begun = _asked(there, "run", "mini", "--env", "production", "--budget", str(there.desk.budget))

    assert (shown.exit_code, begun.exit_code) == (0, 2)
    assert says in shown.output
    assert says in begun.output
    assert there.heard.calls == []


def test_a_budgets_facts_name_the_roles_that_its_scenarios_ask_for(tmp_path: Path) -> None:
    """Each of them, by what the scenarios really ask for when they run, and no others."""
    subjects = [Dossier(name, ROOT) for name in provider_names(ROOT)]
    ids = {
        id_
        for s in subjects
        for id_ in covered(s.writes, [name for name, facts in s.writes.items() if not facts.never])
    }
    command = [sys.executable, "-m", "pytest", "-q", "-p", "tests.asking", "features", f"--accredit-output={tmp_path}"]
    command += ["-m", f"({' or '.join(sorted(ids))}) and not simulator"]
    surroundings = {**os.environ, "PYTHONPATH": str(ROOT), "ASKED": str(tmp_path / "asked")}

    subprocess.run(command, cwd=ROOT, env=surroundings, capture_output=True, check=True, timeout=120)

    shown_by = {
        scenario.id: scenario.requirements
        for s in subjects
        for d in declared_in(s.features)
        for scenario in d.scenarios
    }
    asked = {(id_, kind, role)
             for scenario, kind, role in (line.split("\t") for line in (tmp_path / "asked").read_text().splitlines())
             for id_ in ids & set(shown_by[scenario]) if (kind, role) not in ONLY_READ}  # fmt: skip
    assert asked == {(id_, kind, role) for s in subjects for facts in s.writes.values() for kind, players in facts.asks.items()
                     for role, asking in players.items() for id_ in asking}  # fmt: skip


@pytest.fixture(scope="module")
def readme() -> str:
    """The budget that README.md shows."""
    [block] = re.findall(r"((?:^    .*\n)+)", (ROOT / "README.md").read_text().partition(f"`{FILE}`:\n\n")[2], re.M)[:1]
    return re.sub(r"^    ", "", block, flags=re.M)


def test_the_readmes_budget_is_one(readme: str) -> None:
    """It can be read, its roles are there, and a whole run with it lacks nobody."""
    budget = budget_from(tomllib.loads(readme.replace("…", "0")), "latam_pass", "README.md")

    must_be_roles(budget.roles, LATAM, "README.md: roles")
    assert not_played(LATAM.writes, budget, {}, covered(LATAM.writes, budget.operations)) == {}


def test_a_whole_run_with_the_readmes_budget_passes(readme: str, rehearsal: Rehearsal, tmp_path: Path) -> None:
    """In a rehearsal, with its days, its people's names and each role's fields as they stand there."""
    desk, text = Desk(tmp_path, "latam_pass"), (rehearsal.folder / "accredit.toml").read_text()
    desk.partner_file.write_text(text + desk.people)
    own = tomllib.loads(text)["latam_pass"]["production"]["roles"]
    for role, fields in tomllib.loads(readme)["roles"]["members"].items():
        player = {name: own["members"][role][name] for name in fields}
        readme = re.sub(
            rf'^(roles\.members\."?{role}"? = ){{.*}}', lambda m, p=player: m[1] + _toml(p), readme, flags=re.M
        )
    lasting = told("latam_pass", {}, {})
    for name in ("start", "end"):
        readme = re.sub(rf"^{name} = .*", f"{name} = {lasting[name].isoformat()}", readme, flags=re.M)
    desk.write(readme)
    desk.sign("ada", "ben")

    ended = accredit("run", "latam_pass", "--env", "production", "--budget", desk.budget, "--partner", desk.partner_file,
                     "--yes-i-have-approval", TICKET, "--output", tmp_path / "evidence", env=rehearsal.env)  # fmt: skip

    assert ended.returncode == 0, ended.stdout + ended.stderr
