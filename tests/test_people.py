"""Whoever is named in `[people]` can be asked for: a slip there is found by every command that goes by it."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from accredit.cli import main
from accredit.model.errors import UsageError
from accredit.suite.people import people
from tests.conftest import MINI, ROOT
from tests.people import limit, office

COMMANDS = {
    "attest": ("attest", "LP-AP-02", "--by", "ada", "--says", "seen", "--key", "ada.key"),
    "sign": ("sign", "a.zip", "--for", "latam_pass.approval", "--role", "integration-lead", "--by", "ada", "--key", "ada.key"),
    "gate": ("gate", "latam_pass.approval"),
    "run": ("run", "latam_pass"),
    "status": ("cutover", "status", "latam_pass"),
    "watch": ("cutover", "watch", "latam_pass", "--hours", "1", "--every", "15m"),
}  # fmt: skip


@pytest.mark.parametrize("command", COMMANDS)
def test_a_role_that_nothing_asks_for_is_told(command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody would play the role that was meant: exit 2 before anything else is done, and the role there is."""
    monkeypatch.chdir(office(tmp_path, {"ada": ("integration-leed",)}).folder)

    ended = CliRunner().invoke(main, COMMANDS[command])

    assert ended.exit_code == 2
    assert (
        "[people.ada]: 'integration-leed' is no role that a gate or a budget asks for; did you mean integration-lead?"
        in ended.output
    )
    assert {path.name for path in tmp_path.iterdir()} == {"accredit.toml", "ada.key", "ada.pub"}


@pytest.mark.parametrize("strange", ["LP-APP", "LP-AP-99"])
def test_what_nobody_asks_for_cannot_be_attested(strange: str, tmp_path: Path) -> None:
    """A slip in `attests` would silence somebody: exit 2, and what is near."""
    here = office(tmp_path, {"ada": ("integration-lead",)})
    limit(here, f'["LP-AP", "{strange}"]')

    with pytest.raises(
        UsageError,
        match=f"ada.: attests names '{strange}', which is neither a requirement nor a chapter; did you mean LP-AP",
    ):
        people(here.partner_file, ROOT)


@pytest.mark.parametrize(
    ("slip", "says"),
    [
        ('[peeple.ada]\nname = "Ada"\n', r"\[peeple\] is nothing that anybody reads; did you mean people\?"),
        (
            '[latam-pass]\npartner_id = "p"\n',
            r"\[latam-pass\] is nothing that anybody reads; did you mean latam_pass\?",
        ),
        ('people = "Ada"\n', "people stands in no table"),
        ('[people]\nada = "Ada"\n', r"\[people.ada\] cannot be read: it must be a table"),
        (
            '[people.ada]\nname = "Ada"\nroles = []\nkey = "3F9A"\n',
            "key says is no key id; it has 64 hexadecimal digits in lower case",
        ),
    ],
)
def test_what_would_count_as_not_said_is_told(slip: str, says: str, tmp_path: Path) -> None:
    """A table that nobody reads, or that is none, or a key that is no key's: whoever is meant would be nobody."""
    (tmp_path / "accredit.toml").write_text(slip)

    with pytest.raises(UsageError, match=says):
        people(tmp_path / "accredit.toml", ROOT)


def test_roles_are_those_of_every_provider_and_the_approvers(tmp_path: Path) -> None:
    """A person is the partner's: what one provider's gates ask for may stand beside what another's do. What resembles none is told them all."""
    file = office(tmp_path, {"ada": ("business-owner", "approver"), "bob": ()}).partner_file

    assert set(people(file, ROOT)) == {"ada", "bob"}
    with pytest.raises(UsageError, match=r"'business-owner' is no role .*; there are approver, lead, release-manager."):
        people(file, MINI)
