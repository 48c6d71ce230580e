"""JSON from strangers: read in bounded time and memory, or refused."""

import json
import re
from typing import Any

MOST_STRUCTURE = 1024**2
"""Bytes outside of strings. A list of empty lists takes twenty times its text in memory; a string does not."""
# Each part matches only once and the closing quote is optional, so that no text makes the search go over it again.
_STRING = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"?', re.DOTALL)


def loads(data: bytes) -> Any:
    """What the text says.

    Raises:
        ValueError: it is no JSON, or would take more memory or depth than anything of ours.
    """
    if len(data) > MOST_STRUCTURE and len(_STRING.sub(b"", data)) > MOST_STRUCTURE:
        raise ValueError(f"more than {MOST_STRUCTURE} bytes of JSON outside of strings")
    try:
        return json.loads(data.decode())  # decoded here, it need not guess the encoding
    except RecursionError:
        raise ValueError("JSON nested too deeply") from None
