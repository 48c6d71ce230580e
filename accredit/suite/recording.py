"""Follows one scenario: its steps, what each was about, and the findings it ends in."""

from dataclasses import dataclass, field
from typing import Any

from accredit.model.errors import AccreditError, NotApplicable, Unmet
from accredit.model.finding import Finding, Outcome
from accredit.model.moment import stamp
from accredit.model.scenario import Scenario
from accredit.suite.live import Live
from accredit.wire.callbacks import described


@dataclass
class Following:
    """A scenario under way."""

    live: Live
    scenario: Scenario
    exchanges_before: int = 0
    step_began_at: int = 0
    in_given: bool = False
    told: set[int] = field(default_factory=set)
    outcome: Outcome | None = None

    def begin(self) -> None:
        """Journals that the scenario has started; a crash from here on leaves it visibly unfinished."""
        self.live.line.scenario = self.scenario.id
        self.exchanges_before = len(self.live.line.exchanges)
        self.live.journal.append({"kind": "started", "scenario": self.scenario.id, "at": stamp(self.live.clock.now())})

    def step_begins(self, step: Any) -> None:
        self.in_given = step.type == "given"
        self.step_began_at = len(self.live.line.exchanges)

    def step_ends(self, step: Any, error: BaseException | None = None) -> None:
        self.told.add(id(step))
        outcome = outcome_of(error, in_given=self.in_given)
        self._tell(step, outcome.value, str(error or ""), self.live.exchanges_since(self.step_began_at))

    def leave_out(self, steps: list[Any]) -> None:
        """Journals the steps that were never reached."""
        for step in steps:
            if id(step) not in self.told:
                self._tell(step, "not_run", "", ())

    def expect_nothing_else(self) -> None:
        """Every delivery to this scenario was as promised, or the scenario knew of it.

        Raises:
            Unmet: one was not.
        """
        if strangers := self.live.unclaimed(self.scenario.id):
            raise Unmet("deliveries", "none but those that were promised", described(strangers))

    def end(self, error: BaseException | None) -> Outcome:
        """Journals a finding for each requirement, and that the scenario has finished. Only the first end counts."""
        if self.outcome is not None:
            return self.outcome
        self.outcome = outcome = outcome_of(error, in_given=self.in_given)
        exchanges = self.live.exchanges_since(self.exchanges_before)
        for requirement in self.scenario.requirements:
            self.live.find(_finding(requirement, self.scenario.id, outcome, error, exchanges))
        self.live.journal.append(
            {
                "kind": "finished",
                "scenario": self.scenario.id,
                "outcome": outcome.value,
                "at": stamp(self.live.clock.now()),
            }
        )
        self.live.line.scenario = ""
        self.live.receive_again()
        return outcome

    def _tell(self, step: Any, outcome: str, message: str, exchanges: tuple[int, ...]) -> None:
        text, message = self.live.mask.texts([step.name, message])
        self.live.journal.append({"kind": "step", "scenario": self.scenario.id, "keyword": step.keyword.strip(), "text": text,
                                  "outcome": outcome, "message": message, "exchanges": exchanges})  # fmt: skip


def outcome_of(error: BaseException | None, *, in_given: bool) -> Outcome:
    """What an ended step or scenario says. Only a Then or a When can fail a requirement: what a Given could not bring
    about is a precondition, and what the harness itself stumbles over says nothing of the provider."""
    if error is None:
        return Outcome.PASSED
    if isinstance(error, NotApplicable):
        return Outcome.NOT_APPLICABLE
    if isinstance(error, Unmet) and not in_given:
        return Outcome.FAILED
    return Outcome.CANNOT_JUDGE


def _finding(
    requirement: str, scenario: str, outcome: Outcome, error: BaseException | None, exchanges: tuple[int, ...]
) -> Finding:
    if isinstance(error, Unmet):
        return Finding(requirement, scenario, outcome, error.what, error.wanted, error.got, exchanges)
    if error is None or isinstance(error, AccreditError | NotApplicable):
        return Finding(requirement, scenario, outcome, str(error or ""), exchanges=exchanges)
    return Finding(
        requirement, scenario, outcome, f"our own fault, {type(error).__name__}: {error}", exchanges=exchanges
    )
