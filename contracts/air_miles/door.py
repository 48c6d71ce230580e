"""What stands before Issuance: maintenance, machine token, rate limit and media type, in that order."""

from datetime import datetime, timedelta

from accredit import Answer, Call, Rules

from .faults import Faults
from .identity import Identity
from .refusals import refusal

_KEY_OF_UUID = 36


class Door:
    """Lets a call in, or turns it away."""

    def __init__(self, rules: Rules, identity: Identity, faults: Faults) -> None:
        self._rules, self._identity, self._faults = rules, identity, faults
        self._let_in: list[datetime] = []

    def refuse(self, call: Call) -> Answer | None:
        """None for a call that may go on; else what it is answered."""
        return (
            self._closed()
            or self._identity.refuse(call, audience=self._rules.setting("issuance.oauth.audience"), scope=None)
            or self._too_many()
            or self._other_than_json(call)
            or self._odd_key(call)
        )

    def _closed(self) -> Answer | None:
        return (
            refusal(self._rules, self._rules.setting("maintenance.status"), "maintenance")
            if self._faults.is_closed
            else None
        )

    def _too_many(self) -> Answer | None:
        most = self._rules.setting("rate.limit")
        if not most:
            return None
        now, window = self._rules.now(), timedelta(seconds=self._rules.setting("rate.windowSeconds"))
        self._let_in = [at for at in self._let_in if now - at < window]
        if len(self._let_in) >= most:
            return refusal(self._rules, 429, "too many calls")
        self._let_in.append(now)
        return None

    def _other_than_json(self, call: Call) -> Answer | None:
        """`Content-Type: application/json` is required on every call with a body (public:LIB)."""
        kind = call.headers.get("content-type", "").partition(";")[0].strip().lower()
        if call.method == "GET" or kind == "application/json" or self._rules.wrong("any_media_type_is_taken"):
            return None
        return refusal(
            self._rules, self._rules.setting("issuance.errors.mediaType"), "the body must be application/json"
        )

    def _odd_key(self, call: Call) -> Answer | None:
        """Any random string will do as a key (public:LIB), an empty one is none; a defect wants the form of the sample."""
        key = call.headers.get("idempotency-key")
        if key == "":
            return refusal(self._rules, 400, "the key is empty")
        if key and len(key) != _KEY_OF_UUID and self._rules.wrong("takes_uuid_keys_only"):
            return refusal(self._rules, 400, "the key must be a UUID")
        return None
