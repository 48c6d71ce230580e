"""What goes wrong on request: calls that fail, answers that get lost, transactions that stay pending or in flight."""

from collections import Counter
from dataclasses import dataclass, field
from enum import StrEnum


class Trouble(StrEnum):
    """What becomes of one call. The first two are never acted on, the other two are."""

    FAILS_AT_ONCE = "fails at once"
    LOST_ON_ITS_WAY = "lost on its way"
    FAILS_AFTER_ACTING = "fails after acting"
    ANSWER_LOST = "answer lost"


@dataclass
class Faults:
    """What scenarios ordered. A trouble is for one call of one operation; others are until they are lifted.

    Attributes:
        held: Collectors of whom a transaction is in flight somewhere else.
        is_closed: True during planned maintenance.
    """

    held: set[str] = field(default_factory=set)
    is_closed: bool = False
    received: Counter[str] = field(default_factory=Counter)
    _troubles: list[tuple[str, Trouble]] = field(default_factory=list)
    _pending: list[tuple[str, float]] = field(default_factory=list)

    def order(self, operation: str, trouble: Trouble, times: int = 1) -> None:
        """The next calls of that operation, so many, come to this."""
        self._troubles += [(operation, trouble)] * times

    def order_pending(self, operation: str, seconds: float) -> None:
        """The next transaction of that operation is accepted as pending, and comes true after so long."""
        self._pending.append((operation, seconds))

    def trouble_of(self, operation: str) -> Trouble | None:
        """What the call that has just arrived comes to."""
        due = next((entry for entry in self._troubles if entry[0] == operation), None)
        if due is not None:
            self._troubles.remove(due)
        return due[1] if due else None

    def pending_of(self, operation: str) -> float | None:
        """Seconds for which the transaction under way stays pending; None when it comes true at once."""
        due = next((entry for entry in self._pending if entry[0] == operation), None)
        if due is not None:
            self._pending.remove(due)
        return due[1] if due else None

    def forget_troubles(self) -> None:
        """Takes back every trouble that has not come about yet."""
        self._troubles.clear()
        self._pending.clear()
