"""The three answers to a question about a release: yes, no, and unknown, which never becomes yes."""

from collections.abc import Iterable
from enum import StrEnum


class Reply(StrEnum):
    """To one question."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


def worst(replies: Iterable[Reply]) -> Reply:
    """The one that counts; where nothing was asked nobody knows."""
    found = set(replies)
    return next((reply for reply in (Reply.NO, Reply.UNKNOWN, Reply.YES) if reply in found), Reply.UNKNOWN)
