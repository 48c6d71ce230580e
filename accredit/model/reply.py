"""The three answers to a question: yes, no, and unknown, which never becomes yes."""

from collections.abc import Iterable
from enum import StrEnum


class Reply(StrEnum):
    """To one question."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"

    @property
    def exit_code(self) -> int:
        """What the command line ends with."""
        return {Reply.YES: 0, Reply.NO: 1, Reply.UNKNOWN: 3}[self]


def worst(replies: Iterable[Reply]) -> Reply:
    """The one that counts; where nothing was asked nobody knows."""
    found = set(replies)
    return next((reply for reply in (Reply.NO, Reply.UNKNOWN, Reply.YES) if reply in found), Reply.UNKNOWN)
