"""Holds what crosses the wire to the contract while it is unmasked: what does not fit, and what it exercised."""

import threading
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from typing import Any
from urllib.parse import parse_qsl

from accredit.model.contract import Contract
from accredit.model.exercised import Exercise, Exercised, Keywords
from accredit.model.promises import Body, Comparison, Promise, fitting, media_type
from accredit.model.provider import Edge

Pairs = Sequence[tuple[str, str]]

MOST_TOLD = 5
"""Misfits of one answer that are written down; the first tell what is wrong."""
_COUNTED_BYTES = 64 * 1024
"""Of a longer body every keyword is judged, but which ones it reached is not counted: no provider's answer is near it."""


class Witness:
    """Sees everything of one worker's run. Safe for threads.

    Args:
        edge: How a denial by the firewall is told. Such a page is no answer of the API, which promised nothing of it.
        settings: What is chosen where nobody published it.
    """

    def __init__(self, contract: Contract, edge: Edge | None = None, settings: Mapping[str, Any] | None = None) -> None:
        self._callbacks, self._edge = contract.callbacks, edge
        self._promises = {id_: promise.under(settings or {}) for id_, promise in contract.promises.items()}
        self._lock = threading.Lock()
        self.exercised = Exercised()

    def answered(self, operation: str, url: str, sent: tuple[Pairs, bytes], came: tuple[int, Pairs, bytes] | None,
                 *, generated: bool = False) -> tuple[str, ...]:  # fmt: skip
        """What of an answer does not fit the contract, a short sentence each.

        Args:
            sent: Headers and body.
            came: Status, headers and decoded body; None when there was no whole answer: there is nothing then to hold to anything.
        """
        promise = self._promises.get(operation)
        if promise is None:
            return ()
        found = promise.compare(*came) if came else None
        with self._lock:
            exercise = self.exercised.operations.setdefault(operation, Exercise())
            exercise.calls += 1
            exercise.generated += generated
            _count_request(exercise, promise, url, *sent)
            if found and came:
                _count_answer(exercise, found, len(came[2]))
        if not found or not came or not found.misfits or self._is_the_edge(*came[1:]):
            return ()
        return _bounded(found.misfits)

    def delivered(self, callback: str, body: bytes, value: Any) -> None:
        """Counts what came in of the provider's own accord."""
        promised = self._callbacks.get(callback)
        if promised is None:
            return
        with self._lock:
            exercise = self.exercised.callbacks.setdefault(callback, Exercise())
            exercise.calls += 1
            _count_body(exercise, f"request {promised.kind}", promised, value, len(body))

    def _is_the_edge(self, headers: Pairs, body: bytes) -> bool:
        if self._edge is None or "html" not in _header(headers, "content-type"):
            return False
        return self._edge.marker in body.decode("utf-8", "replace")


def _count_request(exercise: Exercise, promise: Promise, url: str, headers: Pairs, data: bytes) -> None:
    if promise.parameters:
        there = {
            "header": {name.lower() for name, _ in headers},
            "query": _in_query(url),
            "cookie": _in_cookie(headers),
        }
        for parameter in promise.parameters:
            if parameter.place == "path" or parameter.sent_as in there[parameter.place]:
                exercise.parameters[parameter.key] += 1
    body = fitting(promise.bodies, media_type(_header(headers, "content-type"))) if data else None
    if body is None:
        return
    try:
        value = body.value(data)
    except (ValueError, RecursionError):
        return
    _count_body(exercise, f"request {body.kind}", body, value, len(data))


def _count_answer(exercise: Exercise, found: Comparison, size: int) -> None:
    if found.answer is None:
        return
    exercise.statuses[found.answer.status] += 1
    if found.body is not None:
        _count_body(exercise, f"{found.answer.status} {found.body.kind}", found.body, found.value, size)


def _count_body(exercise: Exercise, name: str, body: Body, value: Any, size: int) -> None:
    keywords = exercise.bodies.setdefault(name, Keywords())
    keywords.bodies += 1
    if size <= _COUNTED_BYTES:
        with suppress(RecursionError):
            keywords.hold(value, body)


def _in_query(url: str) -> Collection[str]:
    return {name for name, _ in parse_qsl(url.partition("?")[2], keep_blank_values=True)} if "?" in url else ()


def _in_cookie(headers: Pairs) -> Collection[str]:
    told = _header(headers, "cookie")
    return {part.partition("=")[0].strip() for part in told.split(";")} if told else ()


def _bounded(lines: tuple[str, ...]) -> tuple[str, ...]:
    more = len(lines) - MOST_TOLD
    return lines if more <= 0 else (*lines[:MOST_TOLD], f"and {more} more")


def _header(headers: Pairs, wanted: str) -> str:
    return next((value for name, value in headers if name.lower() == wanted), "")
