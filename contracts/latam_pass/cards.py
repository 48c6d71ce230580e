"""Cobrand life cycles: one for each member, bank and card, with the benefit they bring (public:COBB, public:COBE)."""

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

from accredit import Rules

from .latency import drawn_latency
from .members import Member

NONE, ACTIVE, ENDED = "NONE", "ACTIVE", "ENDED"


class Cycle(NamedTuple):
    """What a life cycle is known by. `card` is whatever tells one card from another."""

    ffn: str
    bank: str
    card: str


class Cards:
    """Life cycles, and the members that they benefit."""

    def __init__(self, rules: Rules, members: Mapping[str, Member]) -> None:
        self._rules, self._members = rules, members
        self._states: dict[Cycle, str] = {}
        self._due: list[tuple[datetime, str]] = []

    def state(self, cycle: Cycle) -> str:
        """NONE until it begins, then ACTIVE and ENDED by turns."""
        return self._states.get(cycle, NONE)

    def begin(self, cycle: Cycle) -> bool:
        """Begins or resumes a life cycle; False when it is refused, which no right programme does."""
        state = self.state(cycle)
        if state == NONE and self._rules.wrong("begin_refused"):
            return False
        if state == ENDED and self._rules.wrong("unlock_refused"):
            return False
        if state == ACTIVE and self._rules.wrong("repeated_begin_ends_the_card"):
            self._states[cycle] = ENDED
        elif not (state == ENDED and self._rules.wrong("second_begin_is_forgotten")):
            self._states[cycle] = ACTIVE
        self._effect(cycle.ffn)
        return True

    def end(self, cycle: Cycle) -> bool:
        """Ends a life cycle; False when none is active for this member, bank and card."""
        state = self.state(cycle)
        if state != ACTIVE and not (state == NONE and self._rules.wrong("ends_what_never_began")):
            return False
        for other in self._states:
            same_bank, same_card = other[:2] == cycle[:2], other[::2] == cycle[::2]
            if same_bank and self._rules.wrong("cards_share_a_life_cycle"):
                self._states[other] = ENDED
            if same_card and self._rules.wrong("banks_share_a_life_cycle"):
                self._states[other] = ENDED
        self._states[cycle] = ENDED
        self._effect(cycle.ffn)
        return True

    def settle(self) -> None:
        """Gives and takes the benefits that have come due. Called before anything is read."""
        now = self._rules.now()
        for ffn in [ffn for at, ffn in self._due if at <= now]:
            self._benefit(ffn)
        self._due = [(at, ffn) for at, ffn in self._due if at > now]

    def _effect(self, ffn: str) -> None:
        """The benefit follows at once; or, where the setting says so, no sooner than an accrual would be final."""
        if self._rules.setting("cobrand.async"):
            self._due.append((self._rules.now() + drawn_latency(self._rules), ffn))
        else:
            self._benefit(ffn)

    def _benefit(self, ffn: str) -> None:
        """A segment for each bank with an active card. That it shows as a segment is inferred."""
        banks = {cycle.bank for cycle, state in self._states.items() if cycle.ffn == ffn and state == ACTIVE}
        member = self._members[ffn]
        if self._rules.wrong("benefit_never_appears"):
            banks = set()
        if self._rules.wrong("benefit_outlives_the_card"):
            banks |= member.banks
        member.banks = banks
