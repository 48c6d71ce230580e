"""An exchange as a command to repeat it, with names of variables where secrets were."""

import re
import shlex

from accredit.model.exchange import Exchange

_LEFT_OUT = ("host", "connection", "content-length", "accept-encoding", "user-agent")
_MASKED = re.compile(r"\[([\w.-]+):[0-9a-f]{8}\]")
_SHORTENED = re.compile(r"([\w.-]+)(=|\"\s*:\s*\"|: )[^\s&\"=:]{0,12}(?:…|%E2%80%A6)")
"""A value of which only the beginning was kept: `client_id=clie…`."""


def curl(exchange: Exchange) -> str:
    """`curl -X POST -H "access_token: $ACCESS_TOKEN" … 'https://…'`. Masked values are variables to fill in."""
    sent = exchange.request
    parts = ["curl", "-X", sent.method]
    for name, value in sent.headers:
        if name.lower() not in _LEFT_OUT:
            parts += ["-H", _quoted(f"{name}: {value}")]
    if sent.body:
        parts += ["--data-raw", _quoted(sent.body)]
    return " ".join([*parts, _quoted(sent.url)])


def _quoted(text: str) -> str:
    """Quoted for a POSIX shell; a masked value becomes a variable, which single quotes would hide."""
    text = _SHORTENED.sub(r"\1\2[\1:00000000]", text)
    pieces, end = [], 0
    for found in _MASKED.finditer(text):
        pieces += [shlex.quote(text[end : found.start()])] if found.start() > end else []
        pieces.append('"$' + re.sub(r"\W", "_", found[1]).upper() + '"')
        end = found.end()
    if end < len(text) or not pieces:
        pieces.append(shlex.quote(text[end:]))
    return "".join(pieces)
