"""How a partner goes live with a provider: states, and the transitions between them, each with whose move it is and what shows it.

Facts of `process.toml`; where a partner stands is its own record, `accredit.evidence.log`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from accredit.model.errors import UsageError
from accredit.model.probe import WatchFacts
from accredit.model.provider import Fact
from accredit.model.reading import Strict, read

NOWHERE = ""
"""Where somebody is who has recorded nothing yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class State(Fact):
    """Where a partner can be.

    Attributes:
        name: As the provider, or its dossier, calls it.
        title: What it means, in a sentence.
        production: Whether production may be called here.
        chapters: Of the register: what has to be shown while here, or before one leaves.
    """

    name: str
    title: str
    production: bool = False
    chapters: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Exhibit(Strict):
    """One thing that shows a transition was made.

    Attributes:
        requirement: An attestation of this requirement shows it.
        purpose: A sealed bundle for this purpose of `purposes.toml` shows it. Without either it is a document: a file.
    """

    what: str
    requirement: str = ""
    purpose: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Transition(Fact):
    """A way from one state to another.

    Attributes:
        leaves: A state; empty for the first of all.
        enters: A state; empty when a setting names it, since nobody published where it leads.
        mover: Whose move it is. What the provider decides takes a document of the provider's.
        actor: The same in words.
        guard: What must hold first.
        when: `schedules` agrees on the day of the cutover; `cutover` happens on it; `verdict` ends the days of monitoring;
            `fallback` has a deadline.
    """

    leaves: str
    enters: str = ""
    enters_setting: str = ""
    mover: Literal["partner", "provider", "both"]
    actor: str
    trigger: str
    guard: str = ""
    evidence: tuple[Exhibit, ...]
    when: Literal["", "schedules", "cutover", "verdict", "fallback"] = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarFacts(Fact):
    """When a provider cuts over, and for how long it watches.

    Attributes:
        weekday: ISO: Monday is 1.
        monitored_days: Their number.
        counts_first_day, business_days, timezone, countries: Names of the settings that say what nobody published.
        blackouts: Names of settings that list blocked days, `2026-12-24` or `2026-12-24/2027-01-03`.
    """

    weekday: int
    monitored_days: int
    counts_first_day: str
    business_days: str
    timezone: str
    countries: str
    blackouts: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Process(Strict):
    """A provider's `process.toml`."""

    states: dict[str, State]
    transition: tuple[Transition, ...]
    calendar: CalendarFacts | None = None
    watch: WatchFacts | None = None

    def state(self, name: str) -> State:
        """A state by its id.

        Raises:
            UsageError: there is none of that id.
        """
        if name not in self.states:
            raise UsageError(f"{name!r} is no state; there are {', '.join(self.states)}.")
        return self.states[name]

    def leaving(self, state: str, settings: Mapping[str, Any]) -> tuple[tuple[str, Transition], ...]:
        """Where one can go from a state, `NOWHERE` included, and how."""
        return tuple((entered(t, settings), t) for t in self.transition if t.leaves == state)

    def way(self, state: str, wanted: str, settings: Mapping[str, Any]) -> Transition:
        """The transition from one state to another. Where a day was agreed on, it may be agreed on anew.

        Raises:
            UsageError: it is forbidden; says where one can go instead, and whose move that is.
        """
        self.state(wanted)
        found = dict(self.leaving(state, settings))
        for way in self.transition:
            if way.when == "schedules" and entered(way, settings) == state:
                found[state] = way
        if wanted in found:
            return found[wanted]
        instead = "; ".join(f"{to} ({t.actor}: {t.trigger})" for to, t in found.items())
        where = f"from {state} ({self.states[state].name})" if state else "before anything is recorded"
        raise UsageError(
            f"{where} no way leads to {wanted} ({self.states[wanted].name}); "
            + (f"what may come next: {instead}." if instead else "nothing is known to come after it.")
        )


def entered(transition: Transition, settings: Mapping[str, Any]) -> str:
    """The state that a transition leads to, by the setting where nobody published it."""
    return transition.enters or str(settings.get(transition.enters_setting, ""))


def process_from(data: Mapping[str, Any], where: str) -> Process:
    """The process from parsed `process.toml`."""
    return read(Process, data, where)
