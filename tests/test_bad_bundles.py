"""Each bad bundle of `tests/bundles` is refused for its fault, by name, in bounded time and memory, and never by a traceback."""

import resource
import subprocess
import sys

import pytest

from accredit.evidence import archive
from accredit.evidence.keys import load_private, load_public
from accredit.evidence.verify import verify
from accredit.model.reply import Reply
from tests.bundles import FAULTS, HERE, Good, altered, told_of, zipped
from tests.conftest import ROOT


@pytest.fixture(scope="module")
def good(sealed):
    with archive.opened(sealed.bundle) as bundle:
        files = {name: bundle.read(name) for name in bundle.names}
    return Good(files, sealed.bundle.read_bytes(), load_private(sealed.output.parent / "signing.key"))


@pytest.mark.parametrize("fault", FAULTS)
def test_a_bad_bundle_is_refused_for_its_fault(fault, good, tmp_path):
    """The question that its README names is answered no, in the words that it names; exit code 1."""
    path = tmp_path / "bad.zip"
    path.write_bytes(altered(fault, good))
    found = verify(path, good.key.public_key())

    question, words = told_of(fault)
    [answer] = [check for check in found.checks if check.question == question]
    assert answer.reply is Reply.NO
    assert words in answer.reason
    assert found.exit_code == 1


def test_what_the_faults_are_made_from_is_good(good, tmp_path):
    """The corpus's own writing gives a good bundle when nothing is altered: a fault is the alteration's, not the writing's."""
    path = tmp_path / "good.zip"
    path.write_bytes(good.recorded(good.records))

    assert zipped(good.files) == good.zip
    assert verify(path, good.key.public_key()).exit_code == 0


def test_every_fault_is_told_in_two_lines():
    """What was done, and what the verifier says; no folder without both."""
    for folder in (path for path in HERE.iterdir() if path.is_dir() and path.name != "__pycache__"):
        assert len((folder / "README.md").read_text().splitlines()) == 2, folder.name
        assert (folder / "alter.py").is_file(), folder.name


@pytest.mark.parametrize("fault", ["bomb", "claims_gigabytes", "manifest_is_deep", "manifest_is_wide", "record_is_wide", "too_many_files"])  # fmt: skip
def test_a_bundle_made_to_exhaust_is_refused_cheaply(fault, good, sealed, tmp_path):
    """By the command line, with a gigabyte of memory and ten seconds: exit code 1 and a sentence."""
    path = tmp_path / "bad.zip"
    path.write_bytes(altered(fault, good))
    ended = subprocess.run(
        [sys.executable, "-m", "accredit", "verify", str(path), "--key", str(sealed.output.parent / "signing.pub")],
        cwd=ROOT, capture_output=True, text=True, timeout=30, check=False,
        preexec_fn=lambda: (resource.setrlimit(resource.RLIMIT_AS, (1024**3, 1024**3)), resource.setrlimit(resource.RLIMIT_CPU, (10, 10))),
    )  # fmt: skip

    assert ended.returncode == 1, ended.stderr
    assert "intact:     no" in ended.stdout
    assert not ended.stderr


def test_the_key_that_sealed_is_trusted_by_its_id_too(sealed, good):
    """The id that `accredit init` shows stands for the key."""
    from accredit.model.keys import key_id

    public = load_public(sealed.output.parent / "signing.pub")
    assert verify(sealed.bundle, key_id(public)).exit_code == 0
    assert verify(sealed.bundle, "0" * 64).exit_code == 1
