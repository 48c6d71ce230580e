"""VERIFY.md tells how to check a bundle with public tools alone: its commands are run as they stand there."""

import os
import re
import shutil
import subprocess
import zipfile
from pathlib import Path

import pytest

from accredit.evidence.keys import load_public, make_key
from accredit.model.keys import key_id
from tests.conftest import ROOT

PAGE = (ROOT / "reports" / "VERIFY.md").read_text()
BLOCKS = re.findall(r"^```sh\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)


@pytest.fixture
def unpacked(sealed, tmp_path):
    """The bundle, unpacked by `unzip`."""
    folder = tmp_path / "bundle"
    subprocess.run(["unzip", "-q", str(sealed.bundle), "-d", str(folder)], check=True)
    return folder


def _run(block: str, folder: Path, key: Path) -> subprocess.CompletedProcess[str]:
    env = {**os.environ, "KEY": str(key), "TMPDIR": str(folder.parent)}
    return subprocess.run(["bash", "-c", block], cwd=folder, env=env, capture_output=True, text=True, check=False)


def _answers(folder: Path, key: Path) -> list[bool]:
    """For each block whether it says OK."""
    ended = [_run(block, folder, key) for block in BLOCKS]
    assert all((e.returncode == 0) == bool(re.search("^OK", e.stdout, re.MULTILINE)) for e in ended), ended
    return [e.returncode == 0 for e in ended]


@pytest.fixture
def key(sealed):
    return sealed.output.parent / "signing.pub"


def test_the_bundle_carries_the_page(sealed):
    """Word for word."""
    with zipfile.ZipFile(sealed.bundle) as zipped:
        assert zipped.read("VERIFY.md").decode() == PAGE


def test_its_commands_say_yes_to_a_good_bundle(unpacked, key):
    """All three blocks end with OK; the id shown is the key's."""
    ended = _run(BLOCKS[0], unpacked, key)

    assert _answers(unpacked, key) == [True, True, True]
    assert key_id(load_public(key)) in ended.stdout


def test_they_find_a_stranger_s_signature(unpacked, tmp_path):
    """With another key than the one that sealed it, the first block fails."""
    make_key(tmp_path / "other.key")

    assert _answers(unpacked, tmp_path / "other.pub") == [False, True, True]


@pytest.mark.parametrize(("name", "blocks"), [
    ("report.html", {1}),
    ("judged-by/contracts/mini/requirements.toml", {1}),
    ("journal.jsonl", {1, 2}),
    ("manifest.json", {0}),
])  # fmt: skip
def test_they_find_a_changed_byte(unpacked, key, name, blocks):
    """Whichever file it is in, the blocks that are about it fail."""
    data = bytearray((unpacked / name).read_bytes())
    data[len(data) // 2] ^= 1
    (unpacked / name).write_bytes(data)

    failed = {number for number, said_ok in enumerate(_answers(unpacked, key)) if not said_ok}
    assert blocks <= failed


@pytest.mark.parametrize("odd", ["file", "link", "hidden"])
def test_they_find_what_was_added(unpacked, key, odd):
    """A file, a link or a hidden file that the manifest does not name."""
    if odd == "link":
        (unpacked / "extra").symlink_to("report.html")
    else:
        (unpacked / (".extra" if odd == "hidden" else "extra.txt")).write_text("x")

    assert _answers(unpacked, key) == [True, False, True]


def test_they_find_what_was_removed(unpacked, key):
    """A file that the manifest names and that is gone."""
    (unpacked / "requirements.csv").unlink()

    assert _answers(unpacked, key) == [True, False, True]


def test_a_key_in_hand_by_its_id_alone_does(unpacked, tmp_path):
    """The line that writes the key from the bundle to a file gives the key that fits."""
    [line] = [line.strip() for line in PAGE.splitlines() if "publicKey" in line]
    subprocess.run(["bash", "-c", line.replace("/tmp/bundle.pub", str(tmp_path / "b.pub"))], cwd=unpacked, check=True)

    assert _answers(unpacked, tmp_path / "b.pub") == [True, True, True]


def test_its_tools_are_here():
    """The commands are tried, not skipped."""
    for tool in ("bash", "unzip", "openssl", "sha256sum", "python3"):
        assert shutil.which(tool), tool
