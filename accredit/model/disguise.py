"""The forms in which one value can hide in a text: as it is, percent-encoded, base64, JSON- or HTML-escaped."""

import base64
import html
import json
import re
from collections.abc import Iterator
from functools import lru_cache
from urllib.parse import quote, quote_plus

SHORTEST_HUNTED = 5
"""Shorter values (`F`, `BR`, `es`) are masked where a declared path finds them, but not hunted elsewhere: they would turn
up by chance in any text and make it unreadable."""


_STRING_OR_NUMBER = re.compile(r'("(?:[^"\\]|\\.)*(?:"|\\?$))|-?\d[\d.eE+-]*', re.DOTALL)
_COLON = re.compile(r"\s*:")


@lru_cache(512)
def disguises(value: str) -> tuple[str, ...]:
    """Every form of `value` worth hunting for, longest first. Empty for a value too short to be hunted."""
    if len(value) < SHORTEST_HUNTED:
        return ()
    return tuple(sorted({form for form in _forms(value) if len(form) >= SHORTEST_HUNTED}, key=len, reverse=True))


def without_values(text: str) -> str:
    """Broken JSON with its names and its shape, every value hidden: nobody can say which of them are personal."""
    return _STRING_OR_NUMBER.sub(lambda token: _hidden(token, text), text)


def _hidden(token: re.Match[str], text: str) -> str:
    if token[1] is None:
        return "0"
    is_name = len(token[1]) > 1 and token[1].endswith('"') and _COLON.match(text, token.end())
    return token[1] if is_name else '"[hidden]"'


def _forms(value: str) -> Iterator[str]:
    yield value
    quoted = quote(value, safe="", errors="surrogatepass")
    yield quoted
    yield quoted.lower()
    yield quote_plus(value, errors="surrogatepass")
    for ascii_only in (True, False):
        escaped = json.dumps(value, ensure_ascii=ascii_only)[1:-1]
        yield escaped
        yield escaped.replace("/", "\\/")
    yield html.escape(value)
    yield from _base64_forms(value.encode("utf-8", "surrogatepass"))


def _base64_forms(data: bytes) -> Iterator[str]:
    """The value in base64 at any of the three offsets it can have inside a longer text, without the uncertain ends."""
    for offset in range(3):
        text = base64.b64encode(b"\0" * offset + data).rstrip(b"=").decode()
        whole = (offset + len(data)) % 3 == 0
        core = text[(0, 2, 3)[offset] : None if whole else -1]
        yield core
        yield core.replace("+", "-").replace("/", "_")
