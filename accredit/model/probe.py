"""What is probed while a provider watches: calls that only read, how an answer tells that something is final, what is too much."""

from dataclasses import dataclass, field
from typing import Any

from accredit.model.provider import Fact
from accredit.model.reading import Strict


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe(Fact):
    """A call that only reads, made again and again. In its values `{partner}`, `{role:members:ROLE:FIELD}`, `{setting:NAME:KEY}`,
    `{day:-1}` and `{each}` are filled in, see `accredit.release.probes`.

    Attributes:
        operation: Of the contract.
        each: It asks for one of the transactions that the partner wants followed, until that one is final.
        needs: Capabilities without which it is left out.
    """

    name: str
    operation: str
    path: dict[str, str] = field(default_factory=dict)
    query: dict[str, str] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    body: dict[str, Any] = field(default_factory=dict)
    each: bool = False
    needs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Finality(Fact):
    """How a transaction's own record tells when it became final, and the share that the provider published.

    Attributes:
        asked: The parameter of the query that names the transaction: where `{each}` stands.
        items: The list in the answer's body.
        key: What the transaction is called in it.
        final: Statuses that stay.
        began, ended: When it was received, and when it last changed: date-times in the answer.
        shares: The setting that holds `[[seconds, share], …]`.
    """

    operation: str
    asked: str
    items: str
    key: str
    status: str
    final: tuple[str, ...]
    began: str
    ended: str
    shares: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Thresholds(Strict):
    """Names of the settings that say what is too much, or too little to say anything. Those with a default are for final statuses.

    Attributes:
        coverage, looks: Least share of the looks that were due, and their least number.
        errors, limited: Most of the calls that may fail, or be refused by 429, as shares.
        outage: Minutes in which every look may fail.
        finality, chance, followed: How far below the published share, how improbable, and of how many transactions at least.
        missing: Minutes for which a transaction may be asked for in vain before that has to be looked into.
    """

    coverage: str
    looks: str
    errors: str
    limited: str
    outage: str
    finality: str = ""
    chance: str = ""
    followed: str = ""
    missing: str = ""

    @property
    def named(self) -> dict[str, str]:
        """Those there are, by what they are for."""
        every = {name: str(getattr(self, name)) for name in self.__slots__}
        return {name: setting for name, setting in every.items() if setting}


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchFacts(Strict):
    """What is probed while the provider watches, and the settings that say what is too much."""

    probe: tuple[Probe, ...]
    finality: Finality | None = None
    thresholds: Thresholds
