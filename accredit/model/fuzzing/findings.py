"""What generated cases found, and everything that a journal holds of them. Pure."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from accredit.model.fuzzing.cases import CaseRecord, Ended, Round


@dataclass(frozen=True, slots=True)
class FuzzFinding:
    """What is wrong with an operation, found by generated cases. One for each operation, check and signature.

    Attributes:
        signature: What tells this failure of the check from others, without a value in it: a status, a place in a schema.
        case: The first case that showed it.
        exchanges: Its smallest failing request.
        edits: What made it smaller, in order, as `accredit.suite.fuzzing.smaller` does it again.
        after: As in `CaseRecord`.
    """

    operation: str
    check: str
    signature: str
    message: str
    phase: str
    case: str
    exchanges: tuple[int, ...] = ()
    edits: tuple[str, ...] = ()
    after: str = ""

    @property
    def round(self) -> "Round":
        """Where it was found."""
        return Round(self.after or self.operation, self.phase)

    @property
    def id(self) -> str:
        """`F-1f3a9c20`: the same wherever the same is wrong."""
        return finding_id(self.operation, self.check, self.signature)

    def to_record(self) -> dict[str, Any]:
        return {"kind": "fuzz_finding", **asdict(self)}

    @classmethod
    def from_record(cls, record: Mapping[str, Any]) -> "FuzzFinding":
        data = {key: value for key, value in record.items() if key != "kind"}
        return cls(**{**data, "exchanges": tuple(data["exchanges"]), "edits": tuple(data["edits"])})


def finding_id(operation: str, check: str, signature: str) -> str:
    """The id of a finding by what identifies it."""
    return "F-" + hashlib.sha256("\x00".join((operation, check, signature)).encode()).hexdigest()[:8]


@dataclass(frozen=True, slots=True)
class Fuzzed:
    """Everything a run's journal holds of generated cases."""

    cases: tuple[CaseRecord, ...] = ()
    findings: tuple[FuzzFinding, ...] = ()
    ended: tuple[Ended, ...] = ()

    def by_round(self) -> Mapping[Round, Sequence[CaseRecord]]:
        """The cases of each round that has any."""
        rounds: dict[Round, list[CaseRecord]] = {}
        for case in self.cases:
            rounds.setdefault(case.round, []).append(case)
        return rounds
