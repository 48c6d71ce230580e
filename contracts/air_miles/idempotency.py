"""What was sent before: requests known again by their key, or without one by their content (public:LIB)."""

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from accredit import Answer, Call, Rules

from .refusals import refusal

_HEADER = "idempotency-key"
_NOT_COVERED = "recordTransaction"
"""RECORD alone is not idempotent (public:LIB)."""
_DEBITS = {
    "returnItems": "repeated_return_debits_again",
    "reverseMiles": "repeated_reversal_debits_again",
    "reverseEvent": "repeated_event_reversal_debits_again",
}
_SHORT_KEY = 8


@dataclass(frozen=True)
class Memory:
    """One request that was acted on, and what it was answered."""

    digest: bytes
    answer: Answer
    heard_at: datetime


class Idempotency:
    """Remembers what was answered, for as long as the setting says. Nothing is remembered of RECORD."""

    def __init__(self, rules: Rules) -> None:
        self._rules = rules
        self._known: dict[tuple[str, ...], Memory] = {}

    def repeated(self, call: Call) -> Answer | None:
        """The answer to a request that was sent before; None for the first of its kind."""
        place = self._place(call)
        memory = self._known.get(place) if place else None
        if memory is None or self._is_forgotten(memory) or self._is_overlooked(call, memory):
            return None
        if memory.digest != _digest(call.body):
            return self._mismatch(memory)
        return self._replay(memory.answer)

    def remember(self, call: Call, answer: Answer) -> None:
        """Keeps an answer, where an answer of that status uses the key up."""
        place = self._place(call)
        if place and self._uses_up(call, answer.status):
            self._known[place] = Memory(_digest(call.body), answer, self._rules.now())

    def forget(self, call: Call) -> None:
        """Only a defect has a use for it."""
        self._known.pop(self._place(call) or (), None)

    def _place(self, call: Call) -> tuple[str, ...] | None:
        """Under what a request is remembered; None when it is not covered."""
        operation = str(call.operation)
        if operation == _NOT_COVERED and not self._rules.wrong("records_are_deduplicated"):
            return None
        within = (operation,) if self._rules.setting("idem.scope") == "client+path" else ()
        key = call.headers.get(_HEADER, "")
        if key:
            key = key[:_SHORT_KEY] if self._rules.wrong("keys_are_cut_short") else key
            return (call.environment, *within, "key", key)
        if not self._rules.setting("idem.contentFallback") or self._rules.wrong("content_is_not_compared"):
            return None
        return (call.environment, operation, "content", self._content(call.body))

    def _content(self, body: bytes) -> str:
        """A repeat without key is one byte for byte, its timestamp included. A defect does not look at the time."""
        if self._rules.wrong("content_ignores_the_time"):
            before, mark, after = body.partition(b'"checkoutDateTime"')
            body = before + after.partition(b",")[2] if mark else body
        return hashlib.sha256(body).hexdigest()

    def _uses_up(self, call: Call, status: int) -> bool:
        if status == 401 and self._rules.wrong("refused_token_uses_the_key"):
            return True
        if status == int(self._rules.setting("issuance.parallel.status")) and self._rules.wrong("waiting_uses_the_key"):
            return True
        if status == 500 and self._rules.wrong("failure_uses_the_key"):
            return True
        return 200 <= status < 300 or (status == 400 and self._rules.setting("idem.consumedBy") == "2xx+400")

    def _is_forgotten(self, memory: Memory) -> bool:
        return self._rules.now() - memory.heard_at > timedelta(seconds=self._rules.setting("idem.ttl"))

    def _is_overlooked(self, call: Call, memory: Memory) -> bool:
        """The ways in which a repeat goes unnoticed on purpose."""
        if memory.answer.status == 202 and self._rules.wrong("pending_repeat_is_taken_again"):
            return True
        defect = _DEBITS.get(str(call.operation))
        if defect is not None and self._rules.wrong(defect):
            return True
        is_other = memory.digest != _digest(call.body)
        return is_other and self._rules.wrong("used_key_takes_other_content")

    def _replay(self, answer: Answer) -> Answer:
        how = self._rules.setting("idem.replay")
        if how == "same" or answer.status >= 400:
            return answer
        return refusal(self._rules, 409, "sent before") if how == "409" else replace(answer, status=200)

    def _mismatch(self, memory: Memory) -> Answer:
        how = self._rules.setting("idem.mismatch")
        if how == "replay":
            return self._replay(memory.answer)
        return refusal(self._rules, int(how), "this key was used for another request")


def _digest(body: bytes) -> bytes:
    return hashlib.sha256(body).digest()
