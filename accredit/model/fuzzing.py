"""What fuzzing is asked to do and what it found: profiles, a provider's facts for it, cases, findings. Pure."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from sys import intern
from typing import Any, Literal

from accredit.model.reading import Strict

Phase = Literal["examples", "coverage", "fuzzing", "stateful"]
PHASES: tuple[Phase, ...] = ("examples", "coverage", "fuzzing", "stateful")


@dataclass(frozen=True, slots=True)
class Profile:
    """How much is sent.

    Attributes:
        cases: Of each operation in the phase fuzzing. Examples and coverage are as many as the contract gives.
        chains: Sequences of each link in the phase stateful.
        types: Of the coverage cases that give a place a value of another type (text, number, list …), one in so many.
        smaller: How many requests may go into making one finding's request smaller.
    """

    name: str
    cases: int
    chains: int
    types: int
    smaller: int


PROFILES = {
    "ci": Profile("ci", cases=8, chains=3, types=3, smaller=40),
    "certification": Profile("certification", cases=100, chains=10, types=1, smaller=15),
}
SEED = 2026
"""Of the cases, unless another is asked for."""


def usual_profile(environment: str) -> str:
    """The profile by which an environment is fuzzed: what is no simulator is somebody else's machine, and is asked once."""
    return "ci" if environment == "simulator" else "certification"


@dataclass(frozen=True, slots=True, kw_only=True)
class Binding(Strict):
    """Where a generated request takes what only the provider knows: a member, a product, an id never used before.

    Attributes:
        place: `path.x`, `query.x`, `header.x`, `body.a.b` or `body.items[].c`.
        operations: Only in these; empty for all that have the place.
        values: Where the values come from, as `accredit.suite.fuzzing.sources` reads them: `member:earning:userId`.
        refused: The same for requests that break the contract, so that what they move can be told from the rest; empty for
            the same values.
        others: Whether any other value that fits the contract is tried too: an id is some text, and the provider may say that
            there is no such one, but must not stumble over it.
    """

    place: str
    operations: tuple[str, ...] = ()
    values: tuple[str, ...]
    refused: tuple[str, ...] = ()
    others: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal(Strict):
    """Statuses by which the provider may refuse a request that fits the contract, and why: rules a schema cannot say.

    Attributes:
        setting: Only for partners that have this setting on; empty for all.
    """

    operations: tuple[str, ...]
    statuses: tuple[int, ...]
    setting: str = ""
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Tolerance(Strict):
    """Statuses by which the provider may accept a request that breaks the contract, and why.

    Attributes:
        tries: Only for requests that try nothing else than this, in the generator's words; empty for any.
    """

    operations: tuple[str, ...]
    statuses: tuple[int, ...]
    tries: tuple[str, ...] = ()
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnedAway(Strict):
    """Answers that refuse although their status lets in, and why: a redirect that leads to an error.

    Attributes:
        header: Which has …
        holds: … this text in it: `error=`, in `Location`.
    """

    operations: tuple[str, ...]
    statuses: tuple[int, ...]
    header: str
    holds: str
    why: str

    def is_told_by(self, operation: str, status: int, headers: Mapping[str, str]) -> bool:
        """True for such an answer."""
        told = {name.lower(): value for name, value in headers.items()}
        return (
            operation in self.operations and status in self.statuses and self.holds in told.get(self.header.lower(), "")
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Login(Strict):
    """A token of a person's for operations that the partner's own token does not open: the form of a token call."""

    operations: tuple[str, ...]
    form: dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class First(Strict):
    """Operations that take what must be there already: before a request that fits, the contract's link is gone, which brings it about.

    Attributes:
        link: Its name. Its operation's first example is sent, and what the link says is laid over the request.
    """

    operations: tuple[str, ...]
    link: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Left(Strict):
    """Operations that are not fuzzed, and why."""

    operations: tuple[str, ...]
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Books(Strict):
    """How the provider tells what a member has, to show that a refused request has moved nothing.

    Attributes:
        operation: What is asked.
        fill: Place → source, as in a binding: who is asked about.
        field: Dotted path of the number in the answer, or the setting that has it.
        watched: Operations whose refused requests are about that member.
        settles_after: Seconds after which the number shows whatever has moved.
    """

    operation: str
    fill: dict[str, str]
    field: str
    watched: tuple[str, ...]
    settles_after: float = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class FuzzFacts(Strict):
    """A provider's `fuzzing.toml`: what fuzzing its contract takes beyond the contract itself.

    Attributes:
        without: Places that are never generated: what the client puts there by itself.
        signed: Operations whose requests are signed by a partner that claims signing.
        calls_back_within: Source of the seconds in which the provider tells by a callback what a request has brought about.
    """

    without: tuple[str, ...] = ()
    signed: tuple[str, ...] = ()
    calls_back_within: str = ""
    binding: tuple[Binding, ...] = ()
    refusal: tuple[Refusal, ...] = ()
    tolerance: tuple[Tolerance, ...] = ()
    turned_away: tuple[TurnedAway, ...] = ()
    login: tuple[Login, ...] = ()
    first: tuple[First, ...] = ()
    left: tuple[Left, ...] = ()
    books: Books | None = None

    def under(self, settings: Mapping[str, Any]) -> "FuzzFacts":
        """As they are for a partner with these settings."""
        return replace(self, refusal=tuple(r for r in self.refusal if not r.setting or settings.get(r.setting)))

    def refusals(self, operation: str) -> frozenset[int]:
        """Statuses that refuse a fitting request for a reason that no schema can say."""
        return frozenset(status for r in self.refusal if operation in r.operations for status in r.statuses)

    def tolerated(self, operation: str) -> frozenset[int]:
        """Statuses that accept a request which breaks the contract."""
        return frozenset(
            status for t in self.tolerance if operation in t.operations and not t.tries for status in t.statuses
        )

    def tolerated_trying(self, operation: str, what: str) -> frozenset[int]:
        """The same for requests that try just this."""
        return frozenset(
            status
            for t in self.tolerance
            if operation in t.operations and (not t.tries or what in t.tries)
            for status in t.statuses
        )

    def turns_away(self, operation: str, status: int, headers: Mapping[str, str]) -> bool:
        """Whether an answer refuses, although its status lets in."""
        return any(entry.is_told_by(operation, status, headers) for entry in self.turned_away)

    def link_before(self, operation: str) -> str:
        """The link that brings about what an operation takes; empty for those that take nothing."""
        return next((first.link for first in self.first if operation in first.operations), "")

    def why_left(self, operation: str) -> str:
        """Why an operation is not fuzzed; empty for those that are."""
        return next((left.why for left in self.left if operation in left.operations), "")


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
class Fuzzed:
    """Everything a run's journal holds of generated cases."""

    cases: tuple[CaseRecord, ...] = ()
    findings: tuple[FuzzFinding, ...] = ()
    ended: tuple[Ended, ...] = ()

    def of(self, round_: Round) -> tuple[CaseRecord, ...]:
        return tuple(case for case in self.cases if case.round == round_)


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
