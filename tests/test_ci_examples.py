"""The example workflows do what they say: their very commands are run where a pipeline would run them."""

import os
import re
import shutil
import subprocess
import sys

import pytest

from accredit.model.documents import document_from
from tests.conftest import MINI, ROOT

EXAMPLES = ROOT / ".ci" / "examples"
NAMES = ["github-actions.yml", "gitlab-ci.yml"]


def _commands(name: str) -> list[str]:
    told = document_from((EXAMPLES / name).read_bytes(), name)
    if name.startswith("gitlab"):
        return told["evidence"]["script"]
    return [step["run"] for step in told["jobs"]["evidence"]["steps"] if "run" in step]


def _kept(name: str) -> list[str]:
    """What the pipeline keeps, as patterns."""
    told = document_from((EXAMPLES / name).read_bytes(), name)
    if name.startswith("gitlab"):
        artifacts = told["evidence"]["artifacts"]
        return [*artifacts["paths"], artifacts["reports"]["junit"]]
    return told["jobs"]["evidence"]["steps"][-1]["with"]["path"].split()


@pytest.fixture
def clone(tmp_path):
    """A checkout whose only provider is the miniature one, set up already with the tools that run these tests."""
    here = tmp_path / "a clone"
    for name in ("accredit", "reports"):
        shutil.copytree(ROOT / name, here / name, ignore=shutil.ignore_patterns("__pycache__", "_suite"))
    for name in ("contracts", "features", "steps"):
        shutil.copytree(MINI / name, here / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("Makefile", "pyproject.toml", "conftest.py"):
        shutil.copy(ROOT / name, here)
    shutil.copytree(ROOT / "requirements", here / "requirements")
    binaries = here / ".venv" / "bin"
    binaries.mkdir(parents=True)
    (binaries / "python").write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
    (binaries / "python").chmod(0o755)
    for stamp in ("run", "dev"):  # set up: what the pipeline would ask a registry for is here
        (here / ".venv" / f"{stamp}.stamp").touch()
    return here


@pytest.mark.parametrize("name", NAMES)
def test_an_example_calls_the_two_commands(name):
    """Nothing else is needed; each is a target of the Makefile."""
    assert [command.split()[:2] for command in _commands(name)] == [["make", "test"], ["make", "evidence"]]


@pytest.mark.parametrize("name", NAMES)
def test_its_evidence_command_seals_and_sums_up(name, clone):
    """Run as it stands, it passes, and leaves everything that the pipeline is told to keep."""
    surroundings = {**os.environ, "GITHUB_STEP_SUMMARY": str(clone / "summary.md")}
    command = ["sh", "-ec", _commands(name)[-1]]
    ended = subprocess.run(
        command, cwd=clone, env=surroundings, capture_output=True, text=True, timeout=120, check=False
    )

    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert (clone / "summary.md").read_text().startswith("## Mini Miles, Rehearsal (simulator): passed")
    for pattern in _kept(name):
        assert list(clone.glob(pattern)), pattern


@pytest.mark.parametrize("name", NAMES)
def test_its_test_command_is_known(name, clone):
    """`make` knows what to do for it; that it passes is what these tests are."""
    ended = subprocess.run(["make", "--dry-run", *_commands(name)[0].split()[1:]], cwd=clone, capture_output=True, text=True, check=False)  # fmt: skip

    assert ended.returncode == 0, ended.stderr
    assert "-m pytest tests" in ended.stdout


@pytest.mark.parametrize("name", NAMES)
def test_an_example_is_pinned_short_and_names_no_index(name):
    """Each action has a whole version; no address of a registry is in it."""
    text = (EXAMPLES / name).read_text()

    assert all(re.fullmatch(r"[\w./-]+@v\d+\.\d+\.\d+", used) for used in re.findall(r"uses: (\S+)", text))
    assert "://" not in text
    assert "pip" not in text
    assert len(text.splitlines()) <= 30


def test_an_example_fails_when_a_provider_does(clone):
    """A pipeline goes red with the run: `make` passes on that something failed."""
    feature = clone / "features" / "mini" / "points.feature"
    feature.write_text(feature.read_text().replace("has 120 points more", "has 121 points more"))
    ended = subprocess.run(["sh", "-ec", _commands(NAMES[1])[-1]], cwd=clone, capture_output=True, text=True, timeout=120, check=False)  # fmt: skip

    assert ended.returncode != 0
    assert "failed" in (clone / "summary.md").read_text().splitlines()[0]
