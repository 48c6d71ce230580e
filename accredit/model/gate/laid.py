"""A bundle on the gate's table: all that a gate looks at, once it was verified. Small, however many exchanges it holds."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from accredit.model.finding import Outcome
from accredit.model.reply import Reply


@dataclass(frozen=True, slots=True)
class Told:
    """A question about a bundle, the answer and the reason."""

    question: str
    reply: Reply
    reason: str


@dataclass(frozen=True, slots=True)
class Came:
    """How a requirement came out in one run."""

    outcome: Outcome
    in_scope: bool
    reason: str


@dataclass(frozen=True, slots=True)
class Laid:
    """A bundle, verified.

    Attributes:
        digest: Hex SHA-256 of the file.
        broken: Why nothing of it can be gone by; empty when it can. Then the rest is as the run says.
        checks: The verifier's answers.
        place: Where it ran, in words: `a rehearsal of certification at 127.0.0.1:8443`.
        is_real: The provider itself was reached, and nothing was made wrong on purpose.
        came: Requirement → how it came out.
        reasons: What kept the run from having passed, but for failed requirements.
        lasting: Those of them that no newer run answers, however it judges the same requirements: answers that do not fit the
            contract, deliveries that nobody knew of, writes of which nobody knows how they went.
        fuzzed: Rounds of generated requests, by name with their profile and seed.
        fuzz_failed: Whether its generated requests found what counts against it.
        held: Sentences of the rulebook that speak of the bundle itself.
        others: Files it would be held by that are others than ours.
    """

    name: str
    digest: str
    broken: str = ""
    checks: tuple[Told, ...] = ()
    provider: str = ""
    environment: str = ""
    run: str = ""
    started_at: datetime = datetime(1, 1, 1, tzinfo=UTC)
    place: str = ""
    is_real: bool = True
    partner_id: str = ""
    suite_version: str = ""
    capabilities: frozenset[str] = frozenset()
    came: Mapping[str, Came] = field(default_factory=dict)
    reasons: tuple[str, ...] = ()
    lasting: tuple[str, ...] = ()
    fuzz_failed: bool = False
    fuzzed: frozenset[str] = frozenset()
    held: tuple[Told, ...] = ()
    others: tuple[str, ...] = ()

    @property
    def is_sound(self) -> bool:
        """Nothing that was verified is against it; whose key signed it may be unknown."""
        replies = {told.question: told.reply for told in self.checks}
        return (
            not self.broken
            and Reply.NO not in replies.values()
            and all(replies.get(question) is Reply.YES for question in ("intact", "complete", "re-judged"))
        )
