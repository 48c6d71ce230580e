"""Run after run, each in a process of its own, forked from one that has imported everything but the suite."""

import gc
import json
import os
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from signal import SIGKILL
from threading import Timer
from types import TracebackType
from typing import Any

from accredit.suite.plan import Choices

SECONDS_FOR_ONE = 300
WHEN_NEEDED = (
    "httpcore", "pydantic", "pytest_bdd.cucumber_json", "pytest_bdd.generation", "pytest_bdd.gherkin_terminal_reporter",
    "uvicorn.lifespan.off", "uvicorn.loops.auto", "uvicorn.protocols.http.h11_impl", "accredit.suite.expect", "accredit.suite.locks",
)  # fmt: skip
"""Modules that others import when they first need them. Pytest's plugins are left to pytest, which rewrites what it imports."""


class Stem:
    """A process that waits to be told what to run, and forks for it: what takes longest, importing, is done once."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "accredit.suite.forking"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )

    def __enter__(self) -> "Stem":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, raised: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.communicate()

    def run(self, root: Path, provider: str, choices: Choices, said: Path) -> str:
        """Runs a provider's scenarios; what went wrong, in words, or nothing. What the run said is in the file `said`."""
        told = [
            str(root),
            provider,
            choices.defects,
            choices.scenarios,
            str(choices.output),
            str(choices.watch or ""),
            str(said),
        ]
        pid, code = self._forked(json.dumps(told))
        if code == -SIGKILL:
            return f"the run had not ended after {SECONDS_FOR_ONE} seconds"
        if pid and code == 0:
            return ""
        lines = said.read_text(encoding="utf-8", errors="replace").strip().splitlines() if said.exists() else []
        return lines[-1] if lines else "the run came to nothing"

    def _forked(self, told: str) -> tuple[int, int]:
        """The process that did what was told, and how it ended."""
        told_to, answers = self._process.stdin, self._process.stdout
        assert told_to is not None
        assert answers is not None
        told_to.write(f"{told}\n")
        told_to.flush()
        pid = int(answers.readline() or 0)
        limit = Timer(SECONDS_FOR_ONE, os.kill, (pid, SIGKILL))
        if pid:
            limit.start()
        try:
            return pid, int(answers.readline() or 1)
        finally:
            limit.cancel()


def _serve() -> None:
    """Forks for each line, and tells the process and how it ended. A fork does its work instead of waiting for more."""
    for name in WHEN_NEEDED:
        import_module(name)
    gc.freeze()  # what all share is nobody's to collect
    for line in sys.stdin:
        told = json.loads(line)
        pid = os.fork()
        if pid == 0:
            _run(*told)
            return
        print(pid, flush=True)  # noqa: T201 - the parent reads it - the answer
        print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), flush=True)  # noqa: T201 - the parent reads it


def _run(root: str, provider: str, defects: Any, scenarios: Any, output: str, watch: str, said: str) -> None:
    for number, place in enumerate((os.devnull, os.devnull, said)):
        os.dup2(os.open(place, os.O_RDWR | os.O_CREAT, 0o600), number)
    choices = Choices(
        defects=tuple(defects), scenarios=tuple(scenarios), output=Path(output), watch=Path(watch) if watch else None
    )
    certify(Path(root), [provider], choices, progress=lambda *_: None)


if __name__ == "__main__":
    from accredit.suite.run import certify

    _serve()
