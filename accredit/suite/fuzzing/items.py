"""Contract documents as pytest sees them: a test for each round, each under an identity of its own."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from accredit.model.errors import CannotJudge
from accredit.model.finding import Outcome
from accredit.model.fuzzing import FuzzFinding, Round
from accredit.suite.catalogue import Dossier
from accredit.suite.live import Live
from accredit.suite.plan import Plan


class Departs(AssertionError):
    """The provider does not keep to its contract. The message tells each finding."""


class ContractFile(pytest.File):
    """One contract document, whose operations are fuzzed."""

    dossier: Dossier
    plan: Plan

    def collect(self) -> Iterator["RoundItem"]:
        service = self.path.stem
        for round_ in self.plan.rounds:
            if self.dossier.contract[round_.operation].service == service:
                item: RoundItem = RoundItem.from_parent(self, name=round_.name)
                item.round = round_
                yield item


class RoundItem(pytest.Item):
    """One phase of one operation."""

    round: Round
    live: Live

    def runtest(self) -> None:
        went, today = self._campaign().run(self.round), f"{datetime.now(UTC):%Y-%m-%d}"
        plan = self.live.plan
        excused = {f.id for f in went.findings for a in plan.accepted if a.excuses(f, plan.choices.environment, today)}
        if wrong := [finding for finding in went.findings if finding.id not in excused]:
            raise Departs("\n".join(map(_told, wrong)))
        if went.unjudged and not went.findings:
            raise CannotJudge(went.unjudged)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> str:
        """Only words: a traceback through our own engine tells nobody anything."""
        return self.live.mask.text(str(excinfo.value))

    def reportinfo(self) -> tuple[Any, None, str]:
        return self.path, None, self.name

    def _campaign(self) -> Any:
        if self.live.campaign is None:
            from accredit.suite.fuzzing.campaign import Campaign  # a second of imports: only who fuzzes pays for it

            self.live.campaign = Campaign(self.live, self.live.plan.profile, self.live.plan.choices.seed)
        return self.live.campaign


def outcome_of_round(error: BaseException | None) -> Outcome:
    """How a round came out, as far as it can be told when it ends."""
    if error is None:
        return Outcome.PASSED
    return Outcome.FAILED if isinstance(error, Departs) else Outcome.CANNOT_JUDGE


def _told(finding: FuzzFinding) -> str:
    shown = f" (exchange {', '.join(map(str, finding.exchanges))})" if finding.exchanges else ""
    return f"{finding.id} {finding.operation}, {finding.check}: {finding.message}{shown}"
