"""Counts what Allure will show of a run and reconciles it with the journal. Results of one identity are shown as one."""

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from accredit.evidence.journal import read_run
from accredit.model.run import Run


def results_in(folder: Path | None) -> frozenset[Path]:
    """The results that a folder holds; none where there is no folder."""
    return frozenset(folder.glob("*-result.json")) if folder else frozenset()


def differences(results: Iterable[Path], runs: Sequence[Path]) -> list[str]:
    """In what Allure will show something else than was run; empty when it shows the same.

    Args:
        results: The files that this run has written.
        runs: Folders of its journals.
    """
    shown = [json.loads(path.read_bytes()) for path in results]
    ran = [read_run(folder) for folder in runs]
    counts = {
        "scenarios and rounds": (len({result["historyId"] for result in shown}), sum(map(_tests, ran))),
        "results": (len(shown), sum(map(_tests, ran))),
        "steps": (sum(map(_steps, shown)), sum(map(_steps_run, ran))),
    }
    return [
        f"{what}: Allure shows {theirs}, the journal has {ours}"
        for what, (theirs, ours) in counts.items()
        if theirs != ours
    ]


def _tests(run: Run) -> int:
    return len(run.finished) + len(run.fuzzed.ended)


def _steps(result: Any) -> int:
    return len(result.get("steps", ()))


def _steps_run(run: Run) -> int:
    return sum(step.outcome != "not_run" for step in run.steps)
