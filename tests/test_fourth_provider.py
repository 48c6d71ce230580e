"""A provider is files only: a fourth one is laid beside the three, and nothing that was there changes."""

import hashlib
import shutil
from collections.abc import Mapping
from pathlib import Path

import pytest

from accredit.suite.catalogue import Dossier
from tests.conftest import ROOT, Ended, accredit, served

BELL = ROOT / "tests" / "miniatures" / "bell"
SUITE = ("features", "steps", "contracts", "conftest.py", "pyproject.toml")


def _digests(folder: Path) -> Mapping[str, str]:
    return {path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts}  # fmt: skip


@pytest.fixture(scope="module")
def suite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The real suite with Bell Points laid beside it."""
    folder = tmp_path_factory.mktemp("suite")
    for part in SUITE:
        copy = shutil.copytree if (ROOT / part).is_dir() else shutil.copy
        copy(ROOT / part, folder / part)
    before = _digests(folder)
    shutil.copytree(BELL, folder, dirs_exist_ok=True)
    after = _digests(folder)
    assert {name: after[name] for name in before} == before, "files that were there changed"
    assert {Path(name).parts[1].partition(".")[0] for name in after.keys() - before.keys()} == {"bell"}
    return folder


def test_it_is_certified_with_the_others_by_one_command(suite: Path, tmp_path: Path) -> None:
    ended = accredit("run", "--no-fuzz", "--suite", suite, "--output", tmp_path, cwd=tmp_path)
    folders = {path.name.partition("-")[0]: path for path in tmp_path.iterdir()}

    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert set(folders) == {path.name for path in (suite / "contracts").iterdir() if (path / "provider.toml").exists()}
    assert "bell" in folders


def test_lint_agrees(suite: Path) -> None:
    assert accredit("lint", "--suite", suite, "bell").returncode == 0
    assert accredit("contract", "lint", "--suite", suite, "bell").returncode == 0


def test_every_defect_of_it_is_killed(suite: Path) -> None:
    ended = accredit("falsify", "bell", "--suite", suite)

    assert ended.returncode == 0, ended.stdout
    assert "9 killed, 0 silent, 0 wrong" in ended.stdout


def test_it_is_rehearsed_under_its_own_hosts(suite: Path, tmp_path: Path) -> None:
    """Two hosts, a token, signatures and callbacks, by the code path that reaches the real endpoints."""
    with served("bell", tmp_path, "--suite", suite, speed=5) as there:
        ended = accredit("run", "bell", "--suite", suite, "--env", "certification", "--partner", tmp_path / "accredit.toml",
                         "--output", tmp_path / "evidence", env=there.env)  # fmt: skip
    done = Ended(ended.returncode, ended.stdout + ended.stderr, tmp_path / "evidence")
    hosts = {exchange.request.url.split("/")[2] for exchange in done.exchanges if exchange.direction == "outgoing"}

    assert done.code == 0, done.said
    assert done.outcomes(Dossier("bell", suite).register)["BE-01"] == "passed"
    assert hosts == {"api.stage.bell.example", "doors.stage.bell.example"}
