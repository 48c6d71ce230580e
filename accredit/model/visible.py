"""Text from the wire made harmless to read on page, ticket or terminal: what is invisible or turns the reading direction is named."""

import re

MOST_SHOWN = 4_000
"""Characters of one value that a page shows; the journal has the whole."""

_UNSEEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\U000e0000-\U000e007f\ud800-\udfff]"
)
"""Control characters but for tab and line ends, marks without width, bidirectional controls, tags, and halves of surrogate pairs."""


def visible(text: str) -> str:
    """`12⟨U+202E⟩34`: what cannot be seen is named. Nothing else is changed."""
    return _UNSEEN.sub(lambda found: f"⟨U+{ord(found[0]):04X}⟩", text)


def shown(text: str, most: int = MOST_SHOWN) -> str:
    """`visible`, and cut where it is too long to be read, which is then said."""
    rest = len(text) - most
    return visible(text) if rest <= 0 else f"{visible(text[:most])} [… {rest} characters more, in journal.jsonl]"
