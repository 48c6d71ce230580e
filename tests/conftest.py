"""How tests run accredit: as its user does, in a process of its own, on miniature suites."""

import json
import os
import shutil
import signal
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from accredit.evidence.archive import write
from accredit.evidence.journal import exchanges_of, read_run
from accredit.model.chain import START, write_line
from accredit.model.exchange import Exchange
from accredit.model.requirement import Register
from accredit.model.run import Run
from accredit.model.verdict import Verdict, judge
from accredit.suite.catalogue import Dossier
from tests.forking import READ_AT_START, forked

collect_ignore = ["miniatures"]

ROOT = Path(__file__).resolve().parent.parent
MINI = ROOT / "tests" / "miniatures" / "mini"


@dataclass(frozen=True)
class Ended:
    """A command that has ended: exit code, what it said, and the folder it wrote its evidence to."""

    code: int
    said: str
    output: Path

    @property
    def folder(self) -> Path:
        """The one run's folder."""
        [folder] = [path for path in self.output.iterdir() if path.is_dir()]
        return folder

    @property
    def run(self) -> Run:
        return read_run(self.folder)

    @property
    def exchanges(self) -> list[Exchange]:
        """Everything that the run recorded of the wire, by number."""
        return list(exchanges_of(self.folder))

    @property
    def bundle(self) -> Path:
        [path] = self.output.glob("accredit-*.zip")
        return path

    def outcomes(self, register: Register) -> dict[str, str]:
        """Requirement → outcome, judged from the journal."""
        return {j.requirement.id: j.outcome.value for j in self.verdict(register).judgements}

    def verdict(self, register: Register) -> Verdict:
        return judge(self.run, register)


def accredit(
    *arguments: object, cwd: Path | None = None, env: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """The command line, in a process of its own."""
    surroundings = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONSAFEPATH": "1", **(env or {})}
    if any(name.startswith(READ_AT_START) for name in env or ()):
        command = [sys.executable, "-m", "accredit", *map(str, arguments)]
        return subprocess.run(
            command, cwd=cwd or ROOT, env=surroundings, capture_output=True, text=True, timeout=120, check=False
        )
    return forked([*map(str, arguments)], cwd or ROOT, surroundings)


def chained(records: Iterable[Mapping[str, object]]) -> Iterator[bytes]:
    """The lines of a journal that holds these records."""
    chain = START
    for record in records:
        chain, line = write_line(chain, record)
        yield line


def run_with(provider: str, folder: Path, partner: str, only: Iterable[str] = ()) -> Ended:
    """Runs a provider's scenarios for a partner whose `accredit.toml` says this."""
    (folder / "accredit.toml").write_text(partner)
    chosen = [part for id_ in only for part in ("--only", id_)]
    ended = accredit(
        "run", provider, "--no-fuzz", *chosen, "--partner", folder / "accredit.toml", "--output", folder / "evidence"
    )
    return Ended(ended.returncode, ended.stdout + ended.stderr, folder / "evidence")


@pytest.fixture
def mini(tmp_path: Path) -> Callable[..., Ended]:
    """Runs the miniature programme's scenarios: `mini("--defect", "credits_a_repeat")`; with "--fuzz" its contract as well."""

    def run(*arguments: object, suite: Path = MINI) -> Ended:
        output = tmp_path / "evidence"
        ended = accredit("run", "mini", "--suite", suite, "--output", output, "--no-fuzz", *arguments, cwd=tmp_path)
        return Ended(ended.returncode, ended.stdout + ended.stderr, output)

    return run


@pytest.fixture(scope="session")
def mini_register() -> Register:
    return Dossier("mini", MINI).register


@pytest.fixture
def own_mini(tmp_path: Path) -> Path:
    """A copy of the miniature programme, to be made wrong."""
    return Path(shutil.copytree(MINI, tmp_path / "suite", ignore=shutil.ignore_patterns("__pycache__")))


@dataclass(frozen=True)
class Rehearsal:
    """A provider served under its real host names by another process, with no channel to control it."""

    provider: str
    folder: Path
    access: Mapping[str, Mapping[str, str]]

    @property
    def env(self) -> dict[str, str]:
        """The variables that hold the partner's secrets."""
        return {
            f"{self.provider}_{door}_{name}".upper(): value
            for door, known in self.access.items()
            for name, value in known.items()
        }

    @property
    def secrets(self) -> list[str]:
        return [known["client_secret"] for known in self.access.values()]


@contextmanager
def served(provider: str, folder: Path, *options: object, speed: float = 240) -> Iterator[Rehearsal]:
    """`accredit simulate`, so many times faster than real time, until the block ends."""
    command = [sys.executable, "-u", "-m", "accredit", "simulate", provider, "--speed", speed, "--folder", folder]
    with subprocess.Popen(
        [*map(str, command), *map(str, options)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as server:
        try:
            assert server.stdout is not None
            while not server.stdout.readline().startswith("CA,"):
                assert server.poll() is None, "the simulator ended before it was ready"
            yield Rehearsal(provider, folder, json.loads((folder / "access.json").read_text()))
        finally:
            server.send_signal(signal.SIGINT)


@pytest.fixture(scope="session")
def rehearsal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rehearsal]:
    with served("latam_pass", tmp_path_factory.mktemp("rehearsal")) as there:
        yield there


@pytest.fixture(scope="session")
def sealed(tmp_path_factory: pytest.TempPathFactory) -> Ended:
    """A run of the miniature programme with its sealed bundle. Read only."""
    folder = tmp_path_factory.mktemp("sealed")
    ended = accredit(
        "run",
        "mini",
        "--no-fuzz",
        "--suite",
        MINI,
        "--output",
        folder / "evidence",
        "--make-key",
        folder / "signing.key",
        cwd=folder,
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
    return Ended(ended.returncode, ended.stdout, folder / "evidence")


def rewritten(bundle: Path, target: Path, change: Callable[[dict[str, bytes]], None]) -> Path:
    """A copy of a bundle with its files changed."""
    with zipfile.ZipFile(bundle) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    change(files)
    write(target, files)
    return target
