"""What a provider's `fuzzing.toml` may hold, an entry each: what fuzzing a contract takes beyond the contract itself. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass

from accredit.model.reading import Strict


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
