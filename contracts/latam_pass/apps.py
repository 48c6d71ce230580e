"""The partner's APPs, one for each environment: their credentials, and the state they are in."""

from accredit import Answer, Call, Rules

from .refusals import gateway

ENVIRONMENTS = ("certification", "production")
PENDING, APPROVED, DISABLED = "Pending", "Approved", "disabled"


class Apps:
    """Both APPs. Production's begins Approved, as it is after a partner's approval; `put` changes that."""

    def __init__(self, rules: Rules) -> None:
        self._rules = rules
        self.secrets = {environment: self._credentials() for environment in ENVIRONMENTS}
        approved = rules.setting("app.test.autoApprove")
        self._states = {"certification": APPROVED if approved else PENDING, "production": APPROVED}

    def put(self, environment: str, state: str) -> None:
        """Puts an APP in a state; ValueError when there is no such environment or state."""
        if environment not in ENVIRONMENTS or state not in (PENDING, APPROVED, DISABLED):
            raise ValueError(f"no APP can be {state!r} in {environment!r}")
        self._states[environment] = state

    def refuse_stranger(self, call: Call) -> Answer | None:
        """`client_id` on every request, the token's included (public:AUTH)."""
        known = call.headers.get("client_id") == self.secrets[call.environment]["client_id"]
        excused = self._rules.wrong("client_id_not_required") and call.operation != "requestToken"
        return None if known or excused else gateway(self._rules, "unknownApp")

    def refuse_unapproved(self, environment: str) -> Answer | None:
        """Only an Approved APP has access (seed:000)."""
        state = self._states[environment]
        if state == PENDING and self._rules.wrong("pending_app_is_served"):
            return None
        if state == DISABLED and self._rules.wrong("disabled_app_is_served"):
            return None
        return None if state == APPROVED else gateway(self._rules, "noAccess")

    def _credentials(self) -> dict[str, str]:
        return {name: self._rules.random.randbytes(16).hex() for name in ("client_id", "client_secret")}
