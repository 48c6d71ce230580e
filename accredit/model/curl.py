"""An exchange as a command to repeat it, with names of variables where secrets were."""

import re
import shlex
from functools import lru_cache

from accredit.model.exchange import Exchange

_LEFT_OUT = ("host", "connection", "content-length", "accept-encoding", "user-agent")
_MASKED = re.compile(r"\[([\w.-]+):[0-9a-f]{8}\]")
_SHORTENED = re.compile(r"([\w.-]+)(=|\"\s*:\s*\"|: )[^\s&\"=:]{0,12}(?:…|%E2%80%A6)")
"""A value of which only the beginning was kept: `client_id=clie…`."""
_CUT = ("…", "%E2%80%A6")


def curl(exchange: Exchange) -> str:
    """`curl -X POST -H "access_token: $ACCESS_TOKEN" … 'https://…'`. Masked values are variables to fill in."""
    sent = exchange.request
    parts = ["curl", "-X", sent.method]
    for name, value in sent.headers:
        if name.lower() not in _LEFT_OUT:
            parts += ["-H", _header(name, value)]
    if sent.body:
        parts += ["--data-raw", _quoted(sent.body)]
    return " ".join([*parts, _quoted(sent.url)])


@lru_cache(1024)
def _header(name: str, value: str) -> str:
    """Most headers of a run are alike."""
    return _quoted(f"{name}: {value}")


def _quoted(text: str) -> str:
    """Quoted for a POSIX shell; a masked value becomes a variable, which single quotes would hide."""
    if any(cut in text for cut in _CUT):  # the pattern takes long over a long text, which seldom has any
        text = _SHORTENED.sub(r"\1\2[\1:00000000]", text)
    pieces, end = [], 0
    for found in _MASKED.finditer(text):
        pieces += [shlex.quote(text[end : found.start()])] if found.start() > end else []
        pieces.append('"$' + re.sub(r"\W", "_", found[1]).upper() + '"')
        end = found.end()
    if end < len(text) or not pieces:
        pieces.append(shlex.quote(text[end:]))
    return "".join(pieces)
