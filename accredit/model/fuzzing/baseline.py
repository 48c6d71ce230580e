"""A finding that somebody has accepted for a while. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from accredit.model.fuzzing.findings import FuzzFinding
from accredit.model.fuzzing.profiles import PROFILES, SEED, usual_profile
from accredit.model.reading import Strict


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted(Strict):
    """One finding that somebody has accepted in one environment, until a last day. It stays a finding.

    Attributes:
        profile: By which it was found; empty for the usual one of the environment.
        seed: Likewise.
        last_day: `2027-01-31`.
    """

    finding: str
    operation: str
    environment: str
    check: str = ""
    signature: str = ""
    owner: str
    reason: str
    ticket: str
    last_day: str
    profile: str = ""
    seed: int = SEED

    def holds_on(self, day: str) -> bool:
        """Whether it is still accepted on that day, `2027-01-31`. On the last day it is."""
        return day <= self.last_day

    def excuses(self, finding: FuzzFinding, environment: str, day: str) -> bool:
        """Whether it accepts this finding there and then."""
        is_it = (self.finding, self.operation, self.environment) == (finding.id, finding.operation, environment)
        return is_it and self.holds_on(day)

    def would_show(self, told: Mapping[str, Any]) -> bool:
        """Whether a run draws every case that this was found by.

        Args:
            told: What the run's header says of fuzzing.
        """
        wanted, drawn = PROFILES[self.profile or usual_profile(self.environment)], told["profile"]
        is_as_full = (
            drawn["cases"] >= wanted.cases and drawn["chains"] >= wanted.chains and drawn["types"] <= wanted.types
        )
        return is_as_full and bool(told["seed"] == self.seed)
