"""The books: who has how many points, booked when, and how much of each cap is used."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from .fixtures import USERS
from .programme import Rule
from .world import World


@dataclass(frozen=True, slots=True)
class Entry:
    """Points added to a user's balance, or taken when below 0.

    Attributes:
        booked_at: From then on they count.
        rule_id: Empty for what no rule moved.
        told: The points as the callback has them, always above 0; what a cap is charged with.
        hidden: True when the balance never shows it, which no right programme does.
    """

    user_id: str
    points: Decimal
    booked_at: datetime
    rule_id: str = ""
    told: Decimal = Decimal(0)
    hidden: bool = False


class Ledger:
    """Entries in the order of processing. Those still to be booked are known, so that later requests reckon with them."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._users = {world.canaries.mark("userId", user) for user, _ in USERS.values()}
        self._entries = [Entry(user, Decimal(points), world.now()) for user, points in USERS.values()]
        self.lag = timedelta(milliseconds=float(world.setting("balance.lagMilliseconds")))

    def knows(self, user_id: str) -> bool:
        return user_id in self._users

    def enter(self, entry: Entry) -> None:
        """Books points."""
        self._entries.append(entry)

    def balance(self, user_id: str) -> Decimal:
        """What a balance read shows now: everything booked, less what has not come through yet."""
        until = self._world.now() - self.lag
        return self._sum(e for e in self._entries if e.user_id == user_id and e.booked_at <= until and not e.hidden)

    def expected(self, user_id: str) -> Decimal:
        """The balance once everything accepted so far is booked."""
        return self._sum(entry for entry in self._entries if entry.user_id == user_id)

    def last_credit(self, user_id: str) -> Decimal:
        """The last points that a rule credited to the user; 0 without any."""
        credited = [e.points for e in self._entries if e.user_id == user_id and e.rule_id and e.points > 0]
        return credited[-1] if credited else Decimal(0)

    def left_of_cap(self, rule: Rule, user_id: str) -> Decimal | None:
        """How many points the rule may still move for that user now; None without a cap."""
        if rule.cap is None:
            return None
        scope, now = self._world.setting("rules.capScope"), self._world.now()
        moved = [entry for entry in self._entries if entry.rule_id == rule.id]
        if scope == "call":
            moved = []
        elif scope == "user":
            moved = [entry for entry in moved if entry.user_id == user_id]
        elif scope == "day":
            moved = [entry for entry in moved if entry.booked_at.date() == now.date()]
        used = sum((entry.told for entry in moved), rule.charged)
        return max(rule.cap - used, Decimal(0))

    def amend_last(self, user_id: str, **changes: Any) -> None:
        """Changes the user's last entry: for defects that spoil a booking only once its result is on its way."""
        place = max(n for n, entry in enumerate(self._entries) if entry.user_id == user_id)
        self._entries[place] = replace(self._entries[place], **changes)

    # --- control ---

    def put_balance(self, user_id: str, points: Decimal) -> None:
        """Gives the user exactly so many points, by an entry that no rule made. What was hidden from them is gone."""
        self._entries = [entry for entry in self._entries if not (entry.user_id == user_id and entry.hidden)]
        self.enter(Entry(user_id, points - self.expected(user_id), self._world.now()))

    def leave_of_cap(self, rule: Rule, user_id: str, points: Decimal) -> None:
        """Charges the rule's cap so that exactly so many points are left for that user."""
        left = self.left_of_cap(rule, user_id)
        assert left is not None
        rule.charged += left - points

    @staticmethod
    def _sum(entries: Iterator[Entry]) -> Decimal:
        return sum((entry.points for entry in entries), Decimal(0))
