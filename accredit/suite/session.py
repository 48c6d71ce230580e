"""One pytest session: what is collected, what runs, and what of it each run's journal is told."""

from collections.abc import Callable, Generator, Mapping
from contextlib import suppress
from dataclasses import replace
from inspect import isasyncgenfunction, iscoroutinefunction
from pathlib import Path
from typing import Any, TypeVar

import pytest

from accredit.evidence.records import leave_scan
from accredit.model.errors import AccreditError, CannotJudge, NotApplicable, UsageError
from accredit.model.leaks import Hidden, Leak
from accredit.model.preflight import barred_by
from accredit.model.scenario import Scenario
from accredit.suite.catalogue import Dossier
from accredit.suite.collect import FeatureFile, id_of, offer_steps
from accredit.suite.fuzzing.items import ContractFile, RoundItem, outcome_of_round
from accredit.suite.live import Live
from accredit.suite.places import reports_folder
from accredit.suite.plan import Choices, Plan, plan_run
from accredit.suite.preflight.whole import preflight
from accredit.suite.recording import Following
from accredit.wire.hidden import Search, Values

T = TypeVar("T")
Wrapper = Generator[None, T, T]
"""A hook around other hooks: yields once, and passes on what they gave."""

_LIVE = pytest.StashKey[Live]()
_SCENARIO = pytest.StashKey[Scenario]()
_FOLLOWING = pytest.StashKey[Following]()
_OFFERED = pytest.StashKey[bool]()


def live_of(item: pytest.Item) -> Live:
    """The run an item belongs to."""
    return item.stash[_LIVE]


class SessionRecorder:
    """Hooks of one session. Under pytest-xdist there is one here and one in each worker, sharing each run's folder."""

    def __init__(self, config: pytest.Config, dossiers: Mapping[str, Dossier], choices: Choices) -> None:
        self._config, self._dossiers = config, dossiers
        shared = getattr(config, "workerinput", {})
        self._worker: str = shared.get("workerid", "")
        self._workers = int(shared.get("workercount", 1))
        self._leads = bool(getattr(config.option, "numprocesses", None)) and not self._worker
        self._plans = {name: plan_run(dossier, choices) for name, dossier in dossiers.items()}
        self._barred: dict[str, str] = dict.fromkeys(dossiers, "")
        """Why no scenario of a run may begin; empty where they may."""
        if self._worker:
            self._plans = {name: _as_led(plan, *shared["accredit"][name][:2]) for name, plan in self._plans.items()}
            self._barred = {name: shared["accredit"][name][2] for name in dossiers}
        self._live: dict[str, Live] = {}
        self._segments: dict[str, dict[str, Any]] = {name: {} for name in dossiers}
        self._values: dict[str, list[Values]] = {name: [] for name in dossiers}
        self.folders = [plan.folder for plan in self._plans.values()]
        self.stopped_by: AccreditError | None = None
        self.was_asked = False
        """Whether the record of moves was asked if production may be called, and said yes."""
        self.leaves_scan = True
        """False when whoever runs the session makes the evidence as well, and searches everything."""
        self._leaks: dict[Path, list[Leak]] = {}

    @property
    def plans(self) -> tuple[Plan, ...]:
        """What each provider's run is going to do."""
        return tuple(self._plans.values())

    def pytest_sessionstart(self) -> None:
        try:
            for name, plan in self._plans.items():
                if plan.calls_production and not self._worker and not self.was_asked:
                    raise UsageError("nobody has asked your record of moves whether production may be called, so nothing is sent: use "
                                     "`accredit run`, or name accredit.release.plugin in conftest.py beside accredit.suite.plugin.")  # fmt: skip
                if self._leads:
                    _refuse_one_port_for_many(plan)
                self._live[name] = Live(
                    plan, self._worker, leads=self._leads, workers=self._workers, asks_first=plan.begins_with_preflight
                )
                self._live[name].begin()
                if plan.begins_with_preflight and plan.expected and not self._worker:
                    self._barred[name] = barred_by(preflight(self._live[name]))
        except Exception as fault:
            wrong = fault if isinstance(fault, AccreditError) else CannotJudge(
                f"the run cannot begin, by our own fault: {type(fault).__name__}: {fault}")  # fmt: skip
            self._close()
            self._live.clear()
            self.stopped_by = wrong
            raise pytest.UsageError(str(wrong)) from fault

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: Any) -> None:
        """Tells a worker which run it works for."""
        node.workerinput["accredit"] = {
            name: (plan.run, plan.mask_key.hex(), self._barred[name]) for name, plan in self._plans.items()
        }

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        """Takes from a worker how its segments ended and what it learned. A worker that crashed has nothing to say, and the footer
        shows it."""
        for name, (segments, values) in getattr(node, "workeroutput", {}).get("accredit", {}).items():
            self._segments[name].update(segments)
            self._values[name].append(Values.unpacked(values))

    def pytest_collect_file(self, file_path: Path, parent: pytest.Collector) -> FeatureFile | ContractFile | None:
        dossier = next((d for d in self._dossiers.values() if file_path in d.contract_files), None)
        if dossier is not None and self._plans[dossier.name].rounds:
            contract: ContractFile = ContractFile.from_parent(parent, path=file_path)
            contract.dossier, contract.plan = dossier, self._plans[dossier.name]
            return contract
        dossier = next((d for d in self._dossiers.values() if d.features in file_path.parents), None)
        if file_path.suffix != ".feature" or dossier is None:
            return None
        home = next((node for node in parent.listchain() if node.path == dossier.features), parent)
        if isinstance(home, pytest.Collector) and not home.stash.get(_OFFERED, False):
            home.stash[_OFFERED] = True
            offer_steps(parent.session, home, dossier)
        file: FeatureFile = FeatureFile.from_parent(parent, path=file_path)
        file.dossier = dossier
        return file

    def pytest_collection_modifyitems(self, config: pytest.Config, items: list[pytest.Item]) -> None:
        expected = {name: {s.id: s for s in plan.expected} for name, plan in self._plans.items()}
        kept: list[pytest.Item] = []
        left_out: list[pytest.Item] = []
        for item in items:
            if isinstance(item, RoundItem):
                assert isinstance(item.parent, ContractFile)
                item.live = item.stash[_LIVE] = self._live[item.parent.dossier.name]
            if not isinstance(item.parent, FeatureFile):
                kept.append(item)
                continue
            name = item.parent.dossier.name
            item.stash[_LIVE] = self._live[name]
            if scenario := expected[name].get(id_of(item)):
                item.stash[_SCENARIO] = scenario
            (kept if scenario else left_out).append(item)
        if left_out:
            config.hook.pytest_deselected(items=left_out)
        items[:] = kept

    @pytest.hookimpl(trylast=True)
    def pytest_collection_finish(self, session: pytest.Session) -> None:
        collected: dict[str, list[str]] = {name: [] for name in self._live}
        for item in session.items:
            if scenario := item.stash.get(_SCENARIO, None):
                collected[live_of(item).plan.dossier.name].append(scenario.id)
        for name, ids in collected.items():
            if not self._leads:
                self._live[name].journal.append({"kind": "collected", "scenarios": ids})

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Wrapper[object]:
        if scenario := item.stash.get(_SCENARIO, None):
            item.stash[_FOLLOWING] = Following(live_of(item), scenario)
            item.stash[_FOLLOWING].begin()
        return (yield)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> None:
        """After a preflight that says no, no scenario begins, and none of its fixtures does: each is as if it could not be judged."""
        if _SCENARIO in item.stash and (why := self._barred[live_of(item).plan.dossier.name]):
            raise CannotJudge(why)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_call(self, item: pytest.Item) -> Wrapper[None]:
        try:
            returned = yield
            if following := item.stash.get(_FOLLOWING, None):
                following.expect_nothing_else()
            return returned
        except NotApplicable as reason:
            following = item.stash[_FOLLOWING]
            following.end(reason)
            pytest.skip(str(reason))

    @pytest.hookimpl(wrapper=True, trylast=True)
    def pytest_runtest_makereport(self, item: pytest.Item, call: pytest.CallInfo[None]) -> Wrapper[pytest.TestReport]:
        """Innermost, so that whoever else looks at the report sees it masked, with its outcome told."""
        report: pytest.TestReport = yield
        following = item.stash.get(_FOLLOWING, None)
        if isinstance(item, RoundItem) and report.when == "call":
            report.user_properties.append(
                ("outcome", outcome_of_round(call.excinfo.value if call.excinfo else None).value)
            )
        if following is None:
            return report
        error = call.excinfo.value if call.excinfo else None
        if report.when == "call" or (report.when == "setup" and error is not None):
            outcome = following.end(error)
            report.user_properties.append(("outcome", outcome.value))
        if report.failed:
            report.longrepr = following.live.mask.text(str(report.longrepr))
        report.sections = [(title, following.live.mask.text(text)) for title, text in report.sections]
        return report

    def pytest_bdd_before_step(self, request: pytest.FixtureRequest, step: Any, step_func: Callable[..., Any]) -> None:
        request.node.stash[_FOLLOWING].step_begins(step)
        if iscoroutinefunction(step_func) or isasyncgenfunction(step_func):
            raise CannotJudge(
                f"{step_func.__name__} is async, which pytest-bdd never awaits; make it a plain function."
            )

    def pytest_bdd_after_step(self, request: pytest.FixtureRequest, step: Any) -> None:
        request.node.stash[_FOLLOWING].step_ends(step)

    def pytest_bdd_step_error(self, request: pytest.FixtureRequest, step: Any, exception: BaseException) -> None:
        following: Following = request.node.stash[_FOLLOWING]
        following.step_ends(step, exception)
        exception.args = tuple(following.live.mask.text(a) if isinstance(a, str) else a for a in exception.args)

    def pytest_bdd_after_scenario(self, request: pytest.FixtureRequest, scenario: Any) -> None:
        request.node.stash[_FOLLOWING].leave_out(scenario.steps)

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
        """Ends each run. An interrupted one gets no footer: it is incomplete, and reads so."""
        whole = exitstatus in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED, pytest.ExitCode.NO_TESTS_COLLECTED)
        output: dict[str, Any] = {}
        for name, live in self._live.items():
            self.stopped_by = self.stopped_by or live.journal.failure
            live.end(self._segments[name], with_footer=whole and not self._worker and live.journal.failure is None)
            self._values[name].append(live.values)
            if self._worker:  # by the pipe between the two processes: values never go into a file
                output[name] = {live.journal.path.name: live.journal.state}, live.values.packed()
        self._live.clear()
        if self._worker:
            self._config.workeroutput["accredit"] = output  # type: ignore[attr-defined]  # xdist adds it to a worker's config
        elif self.leaves_scan and self._search():
            session.exitstatus = AccreditError.exit_code

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Says where a value was written that had to be hidden."""
        for folder, leaks in self._leaks.items():
            terminalreporter.section(f"secret or personal values were written to {folder.name}", red=True)
            terminalreporter.write_line("\n".join(map(str, leaks)))

    def _search(self) -> bool:
        """Searches each run's records while their values are still known; whether anything was found."""
        for folder, hidden in self.hidden().items():
            with suppress(AccreditError):  # records that cannot be read are nothing that could be sealed
                root = next(iter(self._dossiers.values())).root
                if leaks := leave_scan(folder, root, reports_folder(), hidden):
                    self._leaks[folder] = leaks
        return bool(self._leaks)

    def hidden(self) -> Mapping[Path, Hidden]:
        """What each run had to hide, by its folder."""
        return {
            plan.folder: Search(self._values[name], plan.dossier.provider.masking) for name, plan in self._plans.items()
        }

    def _close(self) -> None:
        for live in self._live.values():
            live.close()


def _refuse_one_port_for_many(plan: Plan) -> None:
    callbacks = plan.facts.access(plan.choices.environment).callbacks
    if callbacks and (callbacks.public_url or not callbacks.listen.endswith(":0")):
        raise UsageError(
            "several workers cannot share the one place where the provider calls back; leave --workers out."
        )


def _as_led(plan: Plan, run: str, mask_key: str) -> Plan:
    return replace(plan, run=run, mask_key=bytes.fromhex(mask_key))
