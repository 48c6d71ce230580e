"""A value that a run learns too late is masked where it was written before, and that is told; nothing else is repaired."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from accredit.evidence.journal import read_run
from accredit.evidence.masked_again import mask_again
from accredit.model.provider import Masking
from accredit.wire.hidden import Search, Values
from tests.conftest import ROOT, Ended, accredit, chained

RULES = Masking(personal=("email",), source="tests", provenance="inferred")
EMAIL, TOKEN = "ana.4711@mini.example", "[email:1f3a9c20]"


def _alter(suite: Path, *edits: tuple[str, str]) -> Path:
    """The suite, its simulator altered."""
    path = suite / "contracts" / "mini" / "simulator.py"
    text = path.read_text()
    for before, after in edits:
        assert text.count(before) == 1
        text = text.replace(before, after)
    path.write_text(text)
    return suite


TOLD_BY_THE_TOKEN = (
    '"access_token": token, "expires_in": 600',
    '"access_token": token, "of": self.emails["7000000001"]',
)
"""The token's answer tells an address where nobody declared one; a member's answer tells it later, declared."""


def test_what_was_learned_late_is_masked_before_sealing(mini: Callable[..., Ended], own_mini: Path, tmp_path: Path):
    """The run is sealed, tells that it masked a record once more, verifies, and holds the value under its token alone."""
    ended = mini("--make-key", tmp_path / "key", suite=_alter(own_mini, TOLD_BY_THE_TOKEN))
    first, *_ = (exchange for exchange in ended.exchanges if exchange.operation == "requestToken")
    read, *_ = (exchange for exchange in ended.exchanges if exchange.operation == "readMember")
    scan = json.loads((ended.folder / "leak-scan.json").read_bytes())

    assert ended.code == 0, ended.said
    assert first.response
    assert read.response
    assert json.loads(first.response.body)["of"] == json.loads(read.response.body)["email"]
    assert ended.run.masked_again == scan["masked_again"] == 1
    assert "1 record masked once more" in ended.said
    assert "Masked once more" in (ended.folder / "report.html").read_text()
    assert accredit("verify", ended.bundle, "--key", tmp_path / "key.pub").returncode == 0
    assert not list(ended.folder.glob("*.again"))


def test_workers_learn_of_each_other_too_late(mini: Callable[..., Ended], own_mini: Path, tmp_path: Path):
    """Each segment is masked for what any of them learned, and the footer tells of the segments as they now are."""
    suite = _alter(own_mini, TOLD_BY_THE_TOKEN)
    ended = mini("--make-key", tmp_path / "key", "--workers", 2, suite=suite)

    assert ended.code == 0, ended.said
    assert ended.run.masked_again >= 1
    assert accredit("verify", ended.bundle, "--key", tmp_path / "key.pub").returncode == 0


def _records() -> list[dict[str, object]]:
    return [
        {"kind": "header", "run": EMAIL},
        {"kind": "note", "text": f"<{EMAIL}>", "scenario": EMAIL, "message": f"of {EMAIL.upper()}", "exchanges": [1]},
        {"kind": "note", "text": f"again {EMAIL}"},
        {"kind": "remark", "text": "nothing ÿ \ud800"},
        {"kind": "footer", "segments": {}},
    ]


def _masked(folder: Path, since: int, common: tuple[int, ...] = ()) -> tuple[int, list[bytes]]:
    """How many records were rewritten, and the journal's lines, when the value was learned after so many records."""
    (folder / "journal.jsonl").write_bytes(b"".join(chained(_records())))
    known = Values({EMAIL: TOKEN}, segment="journal.jsonl", since={EMAIL: since})
    count = mask_again(folder, Search([known], RULES), common)
    return count, (folder / "journal.jsonl").read_bytes().splitlines(keepends=True)


def test_only_what_was_written_before_is_rewritten(tmp_path: Path):
    """Later records are left as they are: there the mask had a gap, which the gate is to find. Our own names stay."""
    count, lines = _masked(tmp_path, since=2)
    told, untouched = _records(), _records()
    told[1] |= {"text": f"<{TOKEN}>", "message": f"of {TOKEN}"}

    assert count == 1
    assert lines == list(
        chained([*untouched[:1], told[1], *untouched[2:4], {"kind": "masked_again", "records": 1}, untouched[4]])
    )


def test_a_journal_without_such_a_record_is_left_alone(tmp_path: Path):
    """Nor is one rewritten for a value that anybody can read."""
    before = list(chained(_records()))

    assert _masked(tmp_path, since=0) == (0, before)
    assert _masked(tmp_path, since=9, common=(0,)) == (0, before)


def test_a_gap_in_the_mask_is_not_repaired(tmp_path: Path):
    """What the simulator planted and no rule masks was never learned, late or not."""
    (tmp_path / "journal.jsonl").write_bytes(b"".join(chained(_records())))
    hidden = Search([Values({}, canaries={EMAIL: ["email"]}, segment="journal.jsonl")], RULES)

    assert mask_again(tmp_path, hidden, ()) == 0
    assert read_run(tmp_path).masked_again == 0


def _by_pytest(suite: Path, output: Path) -> subprocess.CompletedProcess[str]:
    command = [
        sys.executable,
        "-m",
        "pytest",
        "features/mini",
        "-q",
        "-p",
        "no:cacheprovider",
        "--accredit-output",
        str(output),
    ]
    surroundings = os.environ | {"PYTHONPATH": str(ROOT)}
    return subprocess.run(
        command, cwd=suite, env=surroundings, capture_output=True, text=True, timeout=120, check=False
    )


def test_plain_pytest_leaves_word_of_its_search(own_mini: Path, tmp_path: Path):
    """Its process knows the values too. `accredit report` passes on what it found, and what was made since and not searched."""
    ran = _by_pytest(_alter(own_mini, TOLD_BY_THE_TOKEN), tmp_path / "evidence")
    [folder] = (tmp_path / "evidence").iterdir()
    told = accredit("report", folder, "--suite", own_mini)

    assert ran.returncode == 0, ran.stdout
    assert told.returncode == 0
    assert "none found" in told.stdout
    assert "masked once more" in told.stdout


def test_what_plain_pytest_found_is_never_sealed(own_mini: Path, tmp_path: Path):
    """The session ends with 4 and names the place; so does who wants to make evidence of it later."""
    facts = own_mini / "contracts" / "mini" / "provider.toml"
    facts.write_text(facts.read_text().replace('personal = ["card", "email"]', 'personal = ["card"]'))
    ran = _by_pytest(own_mini, tmp_path / "evidence")
    [folder] = (tmp_path / "evidence").iterdir()
    told = accredit("report", folder, "--suite", own_mini)

    assert ran.returncode == 4
    assert "journal.jsonl, line " in ran.stdout
    assert "[email, a canary]" in ran.stdout
    assert told.returncode == 4
    assert "/response/body" in told.stderr
    assert not (folder / "report.html").exists()
