"""A comparison as its record says it, read back: whether it speaks of everything. Whose record it is, nothing in it can say."""

from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from accredit.model.parity.declared import Declared
from accredit.model.reading import Strict


@dataclass(frozen=True, slots=True, kw_only=True)
class OneSide(Strict):
    """One of the two bundles; `sha256` in hex, `verified` the verifier's answers by question."""

    bundle: str
    sha256: str
    run: str
    environment: str
    place: str
    started_at: str
    verified: dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut(Strict):
    """A scenario that was not compared; `chosen` when production could have run it."""

    scenario: str
    why: str
    chosen: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Excused(Declared):
    """A declared difference, and how many it excuses."""

    excuses: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded(Strict):
    """All that a record says.

    Attributes:
        draft: Why it shows nothing of the provider; empty when it does.
        writes_compared: Operations that write, of which both sides took a call.
        on: The day; empty where nothing was declared until one.
    """

    answer: Literal["same", "different", "unknown"]
    reasons: tuple[str, ...]
    draft: str
    provider: str
    suite_version: str
    first: OneSide
    production: OneSide
    scenarios_compared: int
    exchanges_compared: int
    not_compared: tuple[LeftOut, ...]
    findings_count: int
    findings: tuple[dict[str, Any], ...]
    declared: tuple[Excused, ...]
    unused: tuple[Declared, ...]
    expired: tuple[Declared, ...]
    must_differ: tuple[dict[str, Any], ...]
    latency: dict[str, Any]
    writes_compared: tuple[str, ...] = ()
    on: str = ""

    def lacks(self, day: date) -> str:
        """Why it does not show, on that day, how production is; empty when it does."""
        if self.draft:
            return self.draft
        if chosen := [n.scenario for n in self.not_compared if n.chosen]:
            return f"left out by choice: {', '.join(chosen)}"
        late = [e.last_day for e in self.declared if e.last_day < day]
        return f"differences were declared until {min(late)}; compare again" if late else ""
