"""Flaws in how requests are turned away: not at all, with a crash, or with words that nobody outside should read."""

import base64
import json
from dataclasses import replace

from accredit.model.simulation import Answer, Call
from accredit.suite.flaws.breach import Again, Breach, breach
from accredit.suite.flaws.planting import as_json, header, with_value
from accredit.suite.flaws.surface import Surface, shown_by

_CRASH = """java.lang.IllegalStateException: unexpected value
\tat com.example.loyalty.api.RequestHandler.handle(RequestHandler.java:214)
\tat com.example.loyalty.api.Dispatcher.dispatch(Dispatcher.java:88)
"""
_TRACE = (
    'Traceback (most recent call last): File "/srv/loyalty/api/handlers.py", line 214, in handle '
    "raise ValueError(value) ValueError: unexpected value"
)
_UNKNOWN = 401


def leaking_500(surface: Surface) -> Breach | None:
    says = "What should be refused crashes it, and the stack trace comes along."
    crashed = Answer(500, _CRASH.encode(), {"content-type": "text/plain; charset=utf-8"})
    return breach(says, where, lambda _: crashed) if (where := _refusals(surface)) else None


def leaking_trace(surface: Surface) -> Breach | None:
    says = "Refusals are as declared, and tell files and lines of the program."
    return (
        breach(says, where, lambda answer: _worded(surface, answer, _TRACE)) if (where := _refusals(surface)) else None
    )


def leaking_secret(surface: Surface) -> Breach | None:
    """The caller's own: the token, or the secret of HTTP Basic. Fields of a form may hold anything, so those are left."""
    where, is_token = _refusals(surface), surface.operation.id == surface.auth.operation
    if not where or not surface.operation.schemes or (is_token and not surface.auth.basic):
        return None

    def bend(call: Call, answer: Answer, _again: Again) -> Answer:
        secret = _basic_secret(call) if is_token else _token(surface, call)
        return _worded(surface, answer, f"refused to {secret}") if answer.status in where and secret else answer

    return Breach("Refusals repeat the secret that the caller showed.", bend)


def ignored_auth(surface: Surface) -> Breach | None:
    """A caller who may not in is taken for the last one who might."""
    auth, is_token = surface.auth, surface.operation.id == surface.auth.operation
    if not surface.operation.schemes or not surface.is_reached or (is_token and not auth.basic):
        return None
    names = ("authorization" if is_token else auth.token_header.lower(), *map(str.lower, auth.headers))
    strangers = {_UNKNOWN} | (surface.refusals & {400} if is_token else set())
    known: dict[str, dict[str, str]] = {}

    def bend(call: Call, answer: Answer, again: Again) -> Answer:
        shown = {name: call.headers[name] for name in names if name in call.headers}
        if answer.status < 300 or (answer.status not in {*strangers, 403} and call.environment not in known):
            known[call.environment] = known.get(call.environment, {}) | shown
        elif answer.status in strangers and call.environment in known:
            return again(replace(call, headers={**call.headers, **known[call.environment]}))
        return answer

    return Breach("Anybody is let in, with a worthless token or none, once somebody was.", bend)


def accepted_invalid_input(surface: Surface) -> Breach | None:
    where = surface.documented & {400, 422}
    if not where or not surface.successes or not surface.can_be_misused or not surface.is_reached:
        return None
    status = surface.successes[0]
    shown = surface.sample(status)
    accepted = Answer(status) if shown is None else Answer.of_json(status, shown)
    return breach(f"What should be refused draws a {status} like any other.", where, lambda _: accepted)


def _refusals(surface: Surface) -> frozenset[int]:
    return surface.refusals if surface.is_reached else frozenset()


def _worded(surface: Surface, answer: Answer, words: str) -> Answer:
    """The answer with these words in the first text that its schema leaves free; as it is in all else."""
    for field in surface.fields(answer.status):
        if field.schema.get("type") == "string" and not {"const", "enum", "format"} & set(field.schema):
            return with_value(answer, field.path, words, shown_by(surface, answer))
    body = as_json(answer)
    if isinstance(body, dict):
        return replace(answer, body=json.dumps({**body, next(iter(body), "message"): words}).encode())
    headers = {"content-type": "text/plain; charset=utf-8"} | dict(answer.headers)
    return replace(answer, body=words.encode(), headers=headers)


def _token(surface: Surface, call: Call) -> str:
    return header(call.headers, surface.auth.token_header).removeprefix(surface.auth.token_prefix)


def _basic_secret(call: Call) -> str:
    """The secret of `Basic …`; empty when it says anything else."""
    try:
        pair = base64.b64decode(header(call.headers, "authorization").partition(" ")[2], validate=True).decode()
    except ValueError:
        return ""
    return pair.partition(":")[2]
