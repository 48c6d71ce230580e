"""The doorman of Allure: gives allure-pytest the Gherkin steps and the rounds it does not tell apart by itself. Masked before."""

from typing import Any

import allure
import pytest

from accredit.suite.fuzzing.items import RoundItem
from accredit.suite.session import live_of


class _Open:
    """The step under way. Allure's steps are context managers; Gherkin's begin and end in different hooks."""

    def __init__(self) -> None:
        self.step: Any = None

    def begin(self, title: str) -> None:
        self.step = allure.step(title)
        self.step.__enter__()

    def end(self, error: BaseException | None = None) -> None:
        if self.step is not None:
            step, self.step = self.step, None
            step.__exit__(type(error) if error else None, error, error.__traceback__ if error else None)


_open = _Open()


# Allure knows a test by the name before its brackets, and shows those of one name as one: the phase tells them apart.
@pytest.hookimpl(tryfirst=True)
def pytest_runtest_call(item: pytest.Item) -> None:
    if isinstance(item, RoundItem):
        allure.dynamic.title(item.name)
        allure.dynamic.feature(item.round.operation)
        allure.dynamic.parameter("phase", item.round.phase)


def pytest_bdd_before_scenario(feature: Any, scenario: Any) -> None:
    allure.dynamic.title(scenario.name)
    allure.dynamic.feature(feature.name)
    if scenario.rule:
        allure.dynamic.story(scenario.rule.name)


def pytest_bdd_before_step(request: pytest.FixtureRequest, step: Any) -> None:
    _open.begin(live_of(request.node).mask.text(f"{step.keyword} {step.name}"))


def pytest_bdd_after_step() -> None:
    _open.end()


# trylast: the session has masked the exception's words by then.
@pytest.hookimpl(trylast=True)
def pytest_bdd_step_error(exception: BaseException) -> None:
    _open.end(exception)
