"""Collects feature files directly, without binder modules: a scenario's test id is its file and its name, on any machine."""

import importlib
import sys
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import pytest
from pytest_bdd.feature import get_feature
from pytest_bdd.scenario import scenario, scenario_wrapper_template_registry

from accredit.model.errors import UsageError
from accredit.model.scenario import scenario_id
from accredit.suite.catalogue import Dossier


class FeatureFile(pytest.Module):
    """One `.feature` file as pytest sees it: a module with a test for each scenario."""

    dossier: Dossier

    def _getobj(self) -> ModuleType:
        module = ModuleType(self.path.stem)
        module.__file__ = str(self.path)
        feature = get_feature(str(self.path.parent), self.path.name)
        for name in feature.scenarios:
            function = scenario(self.path.name, name, features_base_dir=str(self.path.parent))(_nothing_more)
            setattr(module, f"test_{name}", function)
        return module

    def collect(self) -> Iterator[Any]:
        for item in super().collect():
            item.name = item.name.removeprefix("test_")
            item._nodeid = f"{self.nodeid}::{item.name}"
            yield item


def _nothing_more() -> None:
    """What a scenario does after its steps."""


def id_of(item: pytest.Item) -> str:
    """The scenario's id, the same as `declared_in` gives it."""
    file = item.parent
    assert isinstance(file, FeatureFile)
    assert isinstance(item, pytest.Function)
    template = scenario_wrapper_template_registry[item.function]
    example: Any = item.callspec.params["_pytest_bdd_example"] if hasattr(item, "callspec") else {}
    feature = file.path.relative_to(file.dossier.root / "features").with_suffix("").as_posix()
    return scenario_id(feature, template.name, example.values())


def offer_steps(session: pytest.Session, node: pytest.Collector, dossier: Dossier) -> None:
    """Makes the provider's step definitions visible below `node`, and nowhere else: two providers may use the same words."""
    if str(dossier.root) not in sys.path:
        sys.path.insert(0, str(dossier.root))
    for name in dossier.step_modules():
        try:
            module = importlib.import_module(name)
        except ImportError as failed:
            raise UsageError(f"{name.replace('.', '/')}.py cannot be imported ({failed}).") from failed
        session._fixturemanager.parsefactories(holder=module, node=node)
