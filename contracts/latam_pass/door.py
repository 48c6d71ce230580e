"""What stands before the programme: firewall, test marker, APP, token and rate limit, in that order."""

from collections import Counter
from datetime import datetime, timedelta

from accredit import Answer, Call, Rules

from .apps import Apps
from .refusals import LIMITED, api_error, denial, failure
from .tokens import Tokens

MARKER, MARKED = "x-latam-test", "LatamPass"
_NEVER_LIMITED = {
    "searchMember": "search_never_limits",
    "requestAccrual": "accrual_never_limits",
    "beginCobrand": "cobrand_never_limits",
    "endCobrand": "cobrand_never_limits",
}


class Door:
    """Lets a call in, or turns it away. Operations are named by their operationId."""

    def __init__(self, rules: Rules) -> None:
        self._rules = rules
        self.apps = Apps(rules)
        self.tokens = Tokens(rules, self.apps)
        self.received: Counter[str] = Counter()
        self.denials: list[str] = []
        self.failures: list[tuple[str, int]] = []
        self._limits: dict[str, tuple[int, float]] = {}
        self._let_in: dict[str, list[datetime]] = {}

    def refuse(self, call: Call, operation: str) -> Answer | None:
        """None for a call that may go on; else what it is answered."""
        self.received[operation] += 1
        return (
            self._at_the_edge(call, operation)
            or self._unmarked(call)
            or self.apps.refuse_stranger(call)
            or (None if operation == "requestToken" else self._without_access(call))
            or self._too_many(operation)
        )

    def limit(self, operation: str, calls: int, seconds: float) -> None:
        """From now on so many calls within so many seconds; those before are forgotten."""
        self._let_in.pop(operation, None)
        self._limits[operation] = (calls, seconds)

    def lift_limits(self) -> None:
        """No limits but that of the settings."""
        self._limits.clear()

    def _at_the_edge(self, call: Call, operation: str) -> Answer | None:
        if operation in self.denials:
            self.denials.remove(operation)
            return denial(self._rules, call)
        due = next((entry for entry in self.failures if entry[0] == operation), None)
        if due is None:
            return None
        self.failures.remove(due)
        return failure(self._rules, due[1])

    def _unmarked(self, call: Call) -> Answer | None:
        """`x-latam-test` on every test request and on no production one (seed:001). What happens else is a setting."""
        if call.environment == "certification":
            if call.headers.get(MARKER) == MARKED or self._rules.wrong("serves_test_without_marker"):
                return None
            return denial(self._rules, call, self._rules.setting("headers.latamTest.missingInTest"))
        if MARKER not in call.headers or self._rules.wrong("serves_production_with_marker"):
            return None
        status = self._rules.setting("headers.latamTest.presentInProd")
        return api_error(self._rules, status, details={MARKER: "must be null"})

    def _without_access(self, call: Call) -> Answer | None:
        return self.tokens.refuse(call) or self.apps.refuse_unapproved(call.environment)

    def _too_many(self, operation: str) -> Answer | None:
        """429 (public:COBB) once as many calls as the limit allows were let in within its window."""
        usual = (self._rules.setting("rate.limit"), self._rules.setting("rate.windowSeconds"))
        calls, seconds = self._limits.get(operation, usual)
        if not calls:
            return None
        now, window = self._rules.now(), timedelta(seconds=seconds)
        recent = [at for at in self._let_in.get(operation, []) if now - at < window]
        unlimited = operation in _NEVER_LIMITED and self._rules.wrong(_NEVER_LIMITED[operation])
        if len(recent) >= calls and not unlimited:
            return api_error(self._rules, 429, LIMITED)
        self._let_in[operation] = [*recent, now]
        return None
