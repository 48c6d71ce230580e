"""What generated cases are held to beyond the stock checks: nothing told in an error, no entry without a token."""

import re
from collections.abc import Collection

from accredit.suite.fuzzing.generator import Failed

OURS = ("tells_nothing", "asks_for_a_token", "answers", "refused_moves_nothing", "follows", "calls_back")
_TRACES = {
    "Python": r"Traceback \(most recent call last\)|File \"[^\"]+\", line \d+",
    "Java": r"\bat [\w.$]+\([\w]+\.java:\d+\)|\b[\w.]+Exception: ",
    ".NET": r"\bin [^\n]+\.cs:line \d+|\bat [\w.<>]+\([^)]*\) in ",
    "JavaScript": r"\bat [^\n]+ \([^)]+\.[cm]?[jt]s:\d+:\d+\)",
    "Go": r"goroutine \d+ \[|\bpanic: ",
    "PHP": r"Stack trace:\s*#0|\bon line \d+",
    "Ruby": r"\.rb:\d+:in [`']",
    "SQL": r"\bORA-\d{5}\b|\bSQLSTATE\[|\bsyntax error at or near\b|You have an error in your SQL syntax",
}
_FOUND = {name: re.compile(pattern) for name, pattern in _TRACES.items()}
_SHORTEST_SECRET = 8
"""Characters. A shorter one may stand anywhere by chance."""
_LET_IN = range(200, 400)


def tells_nothing(status: int, body: bytes, secrets: Collection[str]) -> list[Failed]:
    """No stack trace and no secret of the caller's in an error."""
    if status < 400:
        return []
    text = body.decode("utf-8", "replace")
    told = [f"a stack trace of {name}" for name, pattern in _FOUND.items() if pattern.search(text)]
    if any(secret in text for secret in secrets if len(secret) >= _SHORTEST_SECRET):
        told.append("a secret of the caller's")
    return [Failed("tells_nothing", what, f"An error tells what is nobody's business: {what}.") for what in told]


def asks_for_a_token(status: int, without: str, *, for_one: bool) -> list[Failed]:
    """Nobody who shows no token, or a worthless one, is let in, or so far in that the request itself is looked at.

    Args:
        for_one: It is the token call itself, which may refuse wrong credentials by 400 (RFC 6749, 5.2).
    """
    if status in (401, 403, 429, *([400] * for_one)) or status >= 500:
        return []
    return [Failed("asks_for_a_token", without, f"A call {without} was answered {status}; expected 401 or 403.")]


def follows(status: int, link: str, refusals: Collection[int]) -> list[Failed]:
    """What an accepted request has brought about is there for the next one."""
    if status in _LET_IN or status in refusals or status in (401, 403, 429) or status >= 500:
        return []
    return [
        Failed("follows", f"{link}:{status}", f"What the step before was accepted for is answered {status} by {link}.")
    ]
