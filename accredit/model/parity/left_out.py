"""What was not compared and why, and what the partner told one run otherwise than the other."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace

from accredit.model.finding import Outcome
from accredit.model.parity.differences import Difference, difference
from accredit.model.requirement import Register
from accredit.model.run import Run
from accredit.model.scenario import Scenario, runs_in

_NOT_IN_PRODUCTION = {
    "writes": "it writes, which takes a budget",
    "never": "production may never run it",
    "no_call": "it needs no call",
}


@dataclass(frozen=True, slots=True)
class NotCompared:
    """A scenario of which one side says nothing. `unclear`: it cannot be said how it went. `chosen`: production could
    have run it, and somebody left it out. `is_finding`: it should have been run on both sides."""

    scenario: str
    why: str
    unclear: bool = False
    chosen: bool = False
    is_finding: bool = False


def left_out(
    runs: tuple[Run, Run], register: Register, covered: Collection[str] = frozenset()
) -> dict[str, NotCompared]:
    """Scenarios that cannot be held against a counterpart, by id: those of the first run, then those of production alone.

    Args:
        covered: Requirements whose writes the budget of production's run allowed.
    """
    ours, theirs = ({scenario.id: scenario for scenario in run.expected} for run in runs)
    found: dict[str, NotCompared] = {}
    for id_ in [*ours, *(id_ for id_ in theirs if id_ not in ours)]:
        if id_ not in theirs:
            found[id_] = _not_in_production(ours[id_], runs[1], register, covered)
        elif id_ not in ours:
            found[id_] = NotCompared(
                id_, "the first run did not run it: nothing shows how it should go", is_finding=True
            )
        elif unclear := [
            place for place, run in zip(("the first run", "production"), runs, strict=True) if _is_unclear(run, id_)
        ]:
            found[id_] = NotCompared(id_, f"{' and '.join(unclear)} could not judge it", unclear=True)
    return found


def absent(found: Mapping[str, NotCompared], first: Run) -> Iterator[Difference]:
    """What should have been run on both sides."""
    ours = {scenario.id for scenario in first.expected}
    for told in found.values():
        if told.is_finding:
            kind = "scenario-missing" if told.scenario in ours else "scenario-extra"
            sides = ("run", "not run") if told.scenario in ours else ("not run", "run")
            yield replace(difference(kind, "", "scenario", *sides), scenario=told.scenario)


def told_otherwise(first: Run, second: Run) -> Iterator[Difference]:
    """Settings and claims: they change what is asked of a run."""
    ours, theirs = ({str(k): str(v) for k, v in run.header["settings"].items()} for run in (first, second))
    for name in sorted({*ours, *theirs}):
        wanted, got = (settings.get(name, "the default") for settings in (ours, theirs))
        if wanted != got:
            yield difference("told", "", f"settings.{name}", wanted, got)
    claims = [", ".join(run.header["capabilities"]) for run in (first, second)]
    if claims[0] != claims[1]:
        yield difference("told", "", "capabilities", *claims)


def outcomes_of(run: Run, scenario: str) -> list[Outcome]:
    return [finding.outcome for finding in run.findings if finding.scenario == scenario]


def _not_in_production(
    scenario: Scenario, production: Run, register: Register, covered: Collection[str]
) -> NotCompared:
    if not runs_in(scenario, "production", register, covered):
        asked = [register[id_].production for id_ in scenario.requirements if id_ in register]
        why = next(
            (_NOT_IN_PRODUCTION[word] for word in asked if word in _NOT_IN_PRODUCTION),
            "no scenario shows it in production",
        )
        return NotCompared(scenario.id, why)
    if production.header["only"]:
        return NotCompared(scenario.id, "left out of production by choice (--only)", chosen=True)
    return NotCompared(scenario.id, "production can run it, and did not", is_finding=True)


def _is_unclear(run: Run, scenario: str) -> bool:
    outcomes = outcomes_of(run, scenario)
    return not outcomes or Outcome.CANNOT_JUDGE in outcomes
