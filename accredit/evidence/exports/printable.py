"""Text from anywhere as the compiler's own fonts can print it: one line that reads from left to right, not too long. Pure."""

import re
from collections.abc import Mapping
from typing import Any

MOST = 1000
"""Characters of one value on paper."""
CUT = " … [cut]"
SHOWN = (
    (0x21, 0x7E), (0xA1, 0xAC), (0xAE, 0x17F), (0x391, 0x3A1), (0x3A3, 0x3C9), (0x410, 0x44F), (0x2013, 0x2014), (0x2018, 0x201A),
    (0x201C, 0x201E), (0x2020, 0x2022), (0x2026, 0x2026), (0x2030, 0x2030), (0x20AC, 0x20AC), (0x2190, 0x2193), (0x2264, 0x2265),
)  # fmt: skip
"""First and last of the characters that are printed as they are: those that read from left to right and that the compiler's own fonts hold."""
_OTHERS = re.compile(f"[^ {''.join(f'{chr(first)}-{chr(last)}' for first, last in SHOWN)}]")


def shown(value: object, most: int = MOST) -> str:
    """`value` as one line; a character that paper cannot show stands as its number, `[U+202E]`; what is too long is cut, with a mark."""
    whole = str(value)
    text = " ".join(whole[: most + 1].split())
    text = _OTHERS.sub(lambda found: f"[U+{ord(found[0]):04X}]", text)
    return text if len(text) <= most and len(whole) <= most else text[:most] + CUT


def printable(value: Any) -> Any:
    """Plain data with every text in it as `shown`; numbers and None stay."""
    if isinstance(value, Mapping):
        return {key: printable(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [printable(inner) for inner in value]
    return value if value is None or isinstance(value, int) else shown(value)
