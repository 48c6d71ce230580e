"""What a bundle says to one sentence of a rulebook."""

from collections.abc import Callable
from dataclasses import dataclass

from accredit.model.reply import Reply


@dataclass(frozen=True, slots=True)
class Ruling:
    """The answer. `got` is empty when the sentence holds."""

    reply: Reply
    got: str = ""


Rule = Callable[..., Ruling]
"""Called with what the bundle shows and the words in the sentence that vary."""
