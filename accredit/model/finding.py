"""One requirement judged once, and the words for how it can come out."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any


class Outcome(StrEnum):
    """How a requirement came out. `cannot_judge`: a precondition failed, so nothing is said about the provider."""

    PASSED = "passed"
    FAILED = "failed"
    CANNOT_JUDGE = "cannot_judge"
    NOT_APPLICABLE = "not_applicable"
    NOT_TESTED = "not_tested"

    @property
    def words(self) -> str:
        """For people: `cannot judge`."""
        return self.value.replace("_", " ")


_WORST_FIRST = (Outcome.FAILED, Outcome.CANNOT_JUDGE, Outcome.NOT_TESTED, Outcome.PASSED, Outcome.NOT_APPLICABLE)


def worst(outcomes: Iterable[Outcome]) -> Outcome:
    """Of several findings on one requirement the worst counts; not applicable only when every one is."""
    found = set(outcomes)
    return next((outcome for outcome in _WORST_FIRST if outcome in found), Outcome.NOT_TESTED)


@dataclass(frozen=True, slots=True)
class Finding:
    """One requirement judged by one scenario, with the numbers of the exchanges it rests on."""

    requirement: str
    scenario: str
    outcome: Outcome
    what: str = ""
    wanted: str = ""
    got: str = ""
    exchanges: tuple[int, ...] = ()

    @property
    def reason(self) -> str:
        """One line: `the member's points: expected 120, got 240`."""
        return f"{self.what}: expected {self.wanted}, got {self.got}" if self.wanted else self.what

    def to_record(self) -> dict[str, Any]:
        return {"kind": "finding", **asdict(self)}

    @classmethod
    def from_record(cls, record: Mapping[str, Any]) -> "Finding":
        data = {key: value for key, value in record.items() if key != "kind"}
        return cls(**{**data, "outcome": Outcome(data["outcome"]), "exchanges": tuple(data["exchanges"])})
