"""Runs scenarios by pytest, in this process, and says which runs came of it."""

import io
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, redirect_stderr
from pathlib import Path

import pytest

from accredit.model.errors import CannotJudge, UsageError
from accredit.model.leaks import Hidden
from accredit.suite.plan import Choices
from accredit.suite.session import SessionRecorder

_AUTOLOAD = "PYTEST_DISABLE_PLUGIN_AUTOLOAD"
Progress = Callable[[str, str, str], None]
"""Called with scenario id, outcome and reason as each scenario ends."""


class _Watcher:
    """Passes on what happens to whoever shows progress, and keeps what went wrong before any scenario could run."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self.troubles: list[str] = []
        self.recorder: SessionRecorder | None = None

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed:
            self.troubles.append(str(report.longrepr).strip().splitlines()[-1])

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        told = dict(report.user_properties)
        if "outcome" in told and report.when in ("setup", "call"):
            self._progress(report.nodeid.rpartition("/")[2], str(told["outcome"]), "")

    @pytest.hookimpl(trylast=True)
    def pytest_configure(self, config: pytest.Config) -> None:
        self.recorder = config.pluginmanager.getplugin("accredit-session")
        if self.recorder is not None:
            self.recorder.leaves_scan = False
            self.recorder.was_asked = True


def certify(
    root: Path,
    providers: Sequence[str],
    choices: Choices,
    *,
    progress: Progress,
    workers: int = 0,
    allure: Path | None = None,
) -> Mapping[Path, Hidden]:
    """Runs the scenarios of `providers`; the folders that hold the journals, one a provider, and what each run had to hide.

    Whoever calls it for production has asked the record of moves whether it may be called.

    Raises:
        UsageError: what was chosen cannot be run.
        CannotJudge: the run could not be brought to an end. What was recorded is in its folder.
    """
    watcher = _Watcher(progress)
    with _named_plugins_only(), redirect_stderr(io.StringIO()) as said:
        code = pytest.main(_arguments(root, providers, choices, workers, allure), plugins=[watcher])
    if watcher.troubles:
        raise UsageError("the features cannot be collected:\n  " + "\n  ".join(watcher.troubles))
    if watcher.recorder is None:
        raise UsageError(f"the run could not be started: {said.getvalue().strip()}")
    if watcher.recorder.stopped_by is not None:
        raise watcher.recorder.stopped_by
    folders = watcher.recorder.folders
    if code not in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED, pytest.ExitCode.NO_TESTS_COLLECTED):
        raise CannotJudge(
            f"the run was broken off; what it had recorded is in {', '.join(map(str, folders))}, and counts as incomplete."
        )
    return watcher.recorder.hidden()


@contextmanager
def _named_plugins_only() -> Iterator[None]:
    """Foreign plugins that happen to be installed have no part in evidence, in workers either; ours are named."""
    before = os.environ.get(_AUTOLOAD)
    os.environ[_AUTOLOAD] = "1"
    try:
        yield
    finally:
        if before is None:
            del os.environ[_AUTOLOAD]
        else:
            os.environ[_AUTOLOAD] = before


def _arguments(root: Path, providers: Sequence[str], choices: Choices, workers: int, allure: Path | None) -> list[str]:
    chosen = [f"--accredit-env={choices.environment}", f"--accredit-output={choices.output.resolve()}"]
    chosen += [f"--accredit-only={id_}" for id_ in choices.only] + [
        f"--accredit-defect={name}" for name in choices.defects
    ]
    chosen += [f"--accredit-scenario={id_}" for id_ in choices.scenarios]
    chosen += [f"--accredit-flaw={name}" for name in choices.flaws]
    if choices.watch:
        chosen.append(f"--accredit-watch={choices.watch.resolve()}")
    if choices.partner_file:
        chosen.append(f"--accredit-partner={choices.partner_file.resolve()}")
    if choices.budget:
        chosen += [f"--accredit-budget={choices.budget.absolute()}", f"--accredit-approval={choices.approval}"]
    plugins = ["pytest_bdd.plugin", "accredit.suite.plugin"]
    if workers:
        plugins.append("xdist.plugin")
        chosen += [f"--numprocesses={workers}", "--dist=load"]
    if allure:
        plugins += ["allure_pytest.plugin", "accredit.suite.allure"]
        chosen.append(f"--alluredir={allure.resolve()}")
    quiet = ["-p", "no:terminal", "-p", "no:cacheprovider", "-p", "no:logging", "-p", "no:faulthandler", "--capture=no"]
    if choices.fuzz:
        chosen += [
            f"--accredit-fuzz={choices.fuzz}",
            f"--accredit-seed={choices.seed}",
            f"--accredit-consent={choices.consent}",
        ]
        chosen += [f"--accredit-cases={choices.cases}"] * (choices.cases is not None)
        chosen += [f"--accredit-round={name}" for name in choices.rounds]
    places = ["features"] * choices.features + ["contracts"] * bool(choices.fuzz)
    return [
        *(str(root / place / name) for place in places for name in providers),
        f"--rootdir={root}",
        f"--config-file={root / 'pyproject.toml'}",
        *quiet,
        *(part for p in plugins for part in ("-p", p)),
        *chosen,
    ]
