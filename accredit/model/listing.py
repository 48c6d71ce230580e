"""How many names are told in one sentence: the first of them, and how many more there are."""

from collections.abc import Sequence


def some_of(names: Sequence[str], most: int = 8, between: str = ", ") -> str:
    """`tx-1, tx-2 and 3 more`."""
    more = len(names) - most
    return between.join(names[:most]) + (f" and {more} more" if more > 0 else "")
