"""Generated cases as they went, by rounds, and how many of them went which way. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from sys import intern
from typing import Any, Literal


@dataclass(frozen=True, slots=True)
class Round:
    """One phase of one operation."""

    operation: str
    phase: str

    @property
    def name(self) -> str:
        """`requestPoints[coverage]`."""
        return f"{self.operation}[{self.phase}]"


Reached = Literal["accepted", "rejected", "unreachable", "unsent"]
"""2xx and 3xx · turned down by the API itself · 401, 403, 404, a firewall, no answer · kept back by our own guard."""


@dataclass(frozen=True, slots=True)
class CaseRecord:
    """One generated case as it went.

    Attributes:
        id: Twelve hex digits of the SHA-256 of its content: method, target, generated headers and body, before what is new
            in each run (ids, moments, callback URLs) was put in.
        index: Place in its round; with the seed it gives the case again.
        mode: `positive` fits the contract, `negative` breaks it.
        description: What it tries, in the generator's words; empty for an arbitrary one.
        failures: Ids of the findings it shows.
        after: Operation whose round followed a link to it; empty for a case of its own operation's round.
        judged: Number of the exchange that the checks looked at, of all that the case took; 0 when nothing left, None in
            journals that do not tell.
    """

    id: str
    operation: str
    phase: str
    index: int
    mode: str
    description: str
    reached: Reached
    status: int | None
    exchanges: tuple[int, ...]
    failures: tuple[str, ...] = ()
    after: str = ""
    judged: int | None = None

    @property
    def round(self) -> "Round":
        """Where it was sent."""
        return Round(self.after or self.operation, self.phase)

    def to_record(self) -> dict[str, Any]:
        return {"kind": "case", **asdict(self)}

    @classmethod
    def from_record(cls, record: Mapping[str, Any]) -> "CaseRecord":
        data = {key: value for key, value in record.items() if key != "kind"}
        # Tens of thousands of cases say the same few words: kept once, they take half the memory.
        data |= {key: intern(data[key]) for key in ("operation", "phase", "mode", "description", "reached")}
        return cls(**{**data, "exchanges": tuple(data["exchanges"]), "failures": tuple(data["failures"])})


@dataclass(frozen=True, slots=True)
class Ended:
    """A round that was brought to its end.

    Attributes:
        checks: Name of each check → how many cases it was applied to.
        trouble: Why it could not be judged, when it could not.
        repeats: Cases that were drawn again and not sent again.
        accepted_before: Of the repeats, those that were accepted when they were sent.
    """

    operation: str
    phase: str
    checks: Mapping[str, int]
    trouble: str = ""
    repeats: int = 0
    accepted_before: int = 0

    def to_record(self) -> dict[str, Any]:
        return {"kind": "round", **asdict(self)}

    @classmethod
    def from_record(cls, record: Mapping[str, Any]) -> "Ended":
        return cls(**{key: value for key, value in record.items() if key != "kind"})


@dataclass(frozen=True, slots=True)
class Tally:
    """How many cases of a round went which way."""

    sent: int = 0
    accepted: int = 0
    rejected: int = 0
    unreachable: int = 0
    unsent: int = 0
    failing: int = 0
    statuses: Mapping[int, int] = field(default_factory=dict)


def tally(cases: Iterable[CaseRecord]) -> Tally:
    """Counts the cases of a round."""
    told = list(cases)
    ways = Counter(case.reached for case in told)
    statuses = Counter(case.status for case in told if case.status is not None)
    return Tally(len(told) - ways["unsent"], ways["accepted"], ways["rejected"], ways["unreachable"], ways["unsent"],
                 sum(bool(case.failures) for case in told), dict(sorted(statuses.items())))  # fmt: skip
