"""The forms in which one value can hide in a text: as it is, percent-encoded, base64, hex, JSON- or HTML-escaped, in other case."""

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


_LINE_OF_A_KEY = 16
"""Characters. A line of a key this long tells nothing else."""
_MOST_REWRITTEN = 4096
"""Characters. A longer value is no secret that anybody would write letter by letter."""
_NAMED = tuple(
    str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", **quotes})
    for quotes in ({'"': "&quot;", "'": "&apos;"}, {'"': "&#34;", "'": "&#39;"}, dict[str, str]())
)
"""What writers of markup put for what would be markup: XML's, Jinja's, and in a text that is no attribute. Python's is `html.escape`."""
_IN_A_SCRIPT = str.maketrans({c: f"\\u{ord(c):04x}" for c in "<>&'"})


class _AsNumber(dict[int, str]):
    """For `str.translate`: every character as its number, in that format."""

    def __init__(self, form: str) -> None:
        super().__init__({number: form.format(number) for number in range(128)})
        self._form = form

    def __missing__(self, number: int) -> str:
        return self._form.format(number)


_AS_NUMBERS = (_AsNumber("&#{};"), _AsNumber("&#x{:x};"), _AsNumber("&#x{:X};"))

_STRING_OR_NUMBER = re.compile(r'("(?:[^"\\]|\\.)*(?:"|\\?$))|-?\d[\d.eE+-]*', re.DOTALL)
_PERCENT = re.compile("%[0-9A-F]{2}")
_UNICODE_ESCAPE = re.compile(r"\\u([0-9a-f]{4})")
_COLON = re.compile(r"\s*:")


@lru_cache(512)
def disguises(value: str) -> tuple[str, ...]:
    """Every form of `value` worth hunting for, longest first. Empty for a value too short to be hunted."""
    if len(value) < SHORTEST_HUNTED:
        return ()
    return tuple(sorted({form for form in _forms(value) if len(form) >= SHORTEST_HUNTED}, key=len, reverse=True))


def parts(value: str) -> frozenset[str]:
    """A value and the pieces by which it would be known as well: without blanks around it, a PEM's own lines, what a JWT tells and
    what it is signed with. The head of a JWT is everybody's."""
    lines = [line.strip() for line in value.splitlines() if not line.startswith("-----")]
    if len(lines) < 2:
        return frozenset({value, value.strip(), *_parts_of_a_jwt(value.strip())})
    return frozenset({value, value.strip(), "".join(lines), *(line for line in lines if len(line) >= _LINE_OF_A_KEY)})


def _parts_of_a_jwt(value: str) -> tuple[str, ...]:
    head, *told = value.split(".")
    if not head.startswith("eyJ") or len(told) != 2:
        return ()
    try:
        claims = base64.urlsafe_b64decode(f"{told[0]}===").decode()
    except ValueError:
        return (*told,)
    return (*told, claims)


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
    if not (value.isascii() and value.isalnum()):  # what needs no escape reads the same in all of them
        yield from _percent_forms(value)
        yield from _json_forms(value)
        yield from _markup_forms(value)
        yield value.replace('"', '""')
    data = value.encode("utf-8", "surrogatepass")
    yield from _base64_forms(data)
    if len(value) <= _MOST_REWRITTEN:
        yield from (value.lower(), value.upper(), data.hex(), data.hex().upper())
        yield from _letter_by_letter(value, data)


def _percent_forms(value: str) -> Iterator[str]:
    """Encoded once and twice, in either case."""
    quoted = quote(value, safe="", errors="surrogatepass")
    lower = _PERCENT.sub(lambda found: found[0].lower(), quoted)
    yield from (quoted, lower, quote_plus(value, errors="surrogatepass"))
    yield from (twice := quote(quoted, safe=""), twice.lower(), quote(lower, safe=""))


def _json_forms(value: str) -> Iterator[str]:
    """Escaped once, and twice: JSON inside a text of JSON."""
    for form in _escaped_forms(value):
        yield form
        if "\\" in form:
            yield json.dumps(form, ensure_ascii=False)[1:-1]


def _escaped_forms(value: str) -> Iterator[str]:
    for ascii_only in (True, False):
        escaped = json.dumps(value, ensure_ascii=ascii_only)[1:-1]
        yield from (escaped, escaped.replace("/", "\\/"), escaped.translate(_IN_A_SCRIPT))
    yield _UNICODE_ESCAPE.sub(lambda found: f"\\u{found[1].upper()}", json.dumps(value)[1:-1])


def _markup_forms(value: str) -> Iterator[str]:
    for text in (html.escape(value), *(value.translate(names) for names in _NAMED)):
        yield from (text, text.encode("ascii", "xmlcharrefreplace").decode())


def _letter_by_letter(value: str, data: bytes) -> Iterator[str]:
    """Escapes that nobody needed to write, and any reader understands."""
    for byte in _either_case(data, "|", 1):
        yield from ("%" + byte.replace("|", "%"), "%25" + byte.replace("|", "%25"))
    for unit in _either_case(value.encode("utf-16-be", "surrogatepass"), "|", 2):
        yield from ("\\u" + unit.replace("|", "\\u"), "\\\\u" + unit.replace("|", "\\\\u"))
    yield from (value.translate(escapes) for escapes in _AS_NUMBERS)


def _either_case(data: bytes, between: str, length: int) -> tuple[str, str]:
    digits = data.hex(between, -length)
    return digits, digits.upper()


def _base64_forms(data: bytes) -> Iterator[str]:
    """The value in base64 at any of the three offsets it can have inside a longer text, without the uncertain ends."""
    for offset in range(3):
        text = base64.b64encode(b"\0" * offset + data).rstrip(b"=").decode()
        whole = (offset + len(data)) % 3 == 0
        core = text[(0, 2, 3)[offset] : None if whole else -1]
        yield core
        yield core.replace("+", "-").replace("/", "_")
