"""One way to break the contract: in a sentence, and done to an answer."""

from collections.abc import Callable, Collection
from dataclasses import dataclass

from accredit.model.simulation import Answer, Call

Again = Callable[[Call], Answer]
"""Has the simulation answer another call."""


@dataclass(frozen=True, slots=True)
class Breach:
    """What is wrong, and what makes of a right answer the wrong one. Answers that it does not concern stay as they are."""

    says: str
    bend: Callable[[Call, Answer, Again], Answer]


def breach(says: str, where: Collection[int], change: Callable[[Answer], Answer]) -> Breach:
    """One that concerns every answer of these statuses, whatever was asked."""
    return Breach(says, lambda _call, answer, _again: change(answer) if answer.status in where else answer)
