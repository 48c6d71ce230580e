"""One way to name the key that is trusted, for every command that takes one."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from accredit.cli import main
from accredit.evidence.keys import load_private, make_key
from accredit.model.keys import private_pem

COMMANDS = {
    "verify": ("verify", "a.zip"),
    "lint": ("lint", "a.zip", "--for", "latam_pass.approval"),
    "compare": ("compare", "a.zip", "b.zip"),
    "gate": ("gate", "latam_pass.approval", "a.zip"),
    "move": ("cutover", "move", "latam_pass", "S1", "--by", "Ada"),
}


@pytest.mark.parametrize("command", COMMANDS)
def test_a_private_key_is_not_taken_for_one_that_is_trusted(command: str, tmp_path: Path) -> None:
    """Who got one in order to trust it got what must not be passed around: exit 2, and what to ask for; never a word of the key."""
    make_key(tmp_path / "signing.key")
    there = ["--key", str(tmp_path / "signing.key")]

    ended = CliRunner().invoke(main, [*COMMANDS[command], *there])

    assert ended.exit_code == 2
    assert "signing.key is a private key, which stays with whoever signs with it" in ended.output
    assert (
        f"name the public one, {tmp_path / 'signing.pub'} (`accredit init` writes it beside the private one), or its id, --key-id"
        in ended.output
    )
    assert private_pem(load_private(tmp_path / "signing.key")).decode().splitlines()[1] not in ended.output
