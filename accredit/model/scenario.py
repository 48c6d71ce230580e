"""A scenario as the feature files declare it, before anything has run."""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from accredit.model.requirement import Register, Requirement

SIMULATOR_ONLY = "simulator"
_REQUIREMENT_ID = re.compile(r"[A-Z][A-Z0-9]*(-[A-Z0-9]+)+")


@dataclass(frozen=True, slots=True)
class Scenario:
    """One scenario, or one row of an outline.

    Attributes:
        id: Feature file, scenario name and example row; the same on every machine and in every run.
        requirements: Ids from its tags.
        tags: Every other tag.
    """

    id: str
    requirements: tuple[str, ...]
    tags: frozenset[str] = frozenset()

    @property
    def simulator_only(self) -> bool:
        return SIMULATOR_ONLY in self.tags


def scenario_id(feature: str, name: str, row: Iterable[str] = ()) -> str:
    """`latam_pass/accrual: The same accrual sent twice credits the member once [a, b]`.

    `feature` is the path below `features/`, without `.feature`.
    """
    values = ", ".join(row)
    return f"{feature}: {name} [{values}]" if values else f"{feature}: {name}"


def is_requirement_id(tag: str) -> bool:
    """True for `LP-ACC-27`: upper case, in parts joined by hyphens."""
    return _REQUIREMENT_ID.fullmatch(tag) is not None


def runs_in(scenario: Scenario, environment: str, register: Register, covered: Collection[str] = ()) -> bool:
    """Whether a run against `environment` includes this scenario: production takes only what reads, and what a budget covers.

    Args:
        covered: Requirements whose scenarios write only what the run's budget names.
    """
    asked = [register[id_] for id_ in scenario.requirements if id_ in register]
    if environment == "simulator":
        return True
    if scenario.simulator_only:
        return False
    return environment != "production" or (bool(asked) and all(_may_run_in_production(r, covered) for r in asked))


def _may_run_in_production(requirement: Requirement, covered: Collection[str]) -> bool:
    if requirement.production in ("never", "no_call"):
        return False
    if requirement.id in covered:
        return "certification" in requirement.environments
    return requirement.production == "read_only" and "production" in requirement.environments
