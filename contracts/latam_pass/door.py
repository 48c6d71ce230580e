"""What stands before the programme: firewall, APP states, tokens, rate limits, and the words for turning a call away."""

import base64
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any
from urllib.parse import parse_qs

from accredit import Answer, Call

ENVIRONMENTS = ("certification", "production")
MARKER = ("x-latam-test", "LatamPass")


@dataclass
class Token:
    environment: str
    ends_at: datetime
    uses: int = 0


@dataclass
class Door:
    """Lets a call in, or answers it. Everything it refuses with has its source in the dossier of settings."""

    now: Callable[[], datetime]
    setting: Callable[[str], Any]
    wrong: Callable[[str], bool]
    random: Random
    secrets: dict[str, dict[str, str]] = field(default_factory=dict)
    states: dict[str, str] = field(default_factory=lambda: dict.fromkeys(ENVIRONMENTS, "Approved"))
    tokens: dict[str, Token] = field(default_factory=dict)
    limits: dict[str, tuple[int, float]] = field(default_factory=dict)
    seen: dict[str, list[datetime]] = field(default_factory=dict)
    received: Counter[str] = field(default_factory=Counter)
    denials: list[str] = field(default_factory=list)
    failures: list[tuple[str, int]] = field(default_factory=list)

    def __post_init__(self) -> None:
        for environment in ENVIRONMENTS:
            self.secrets[environment] = {
                name: self.random.randbytes(12).hex() for name in ("client_id", "client_secret")
            }

    def admit(self, call: Call) -> Answer | None:
        """None for a call that may go on; else what it is answered."""
        operation = call.operation or ""
        self.received[operation] += 1
        return (
            self._at_the_edge(call, operation)
            or self._marker(call)
            or (None if operation == "requestToken" else self._access(call))
            or self._load(operation)
        )

    def grant(self, call: Call) -> Answer:
        """The token call (public:AUTH). The three errors are exact."""
        known, form = self.secrets[call.environment], parse_qs(call.body.decode(errors="replace"))
        client, _, secret = _basic(call.headers.get("authorization", "")).partition(":")
        if client != known["client_id"] and not (not client and self.wrong("grants_without_basic")):
            message = (
                "Invalid secret in Authorization header"
                if self.wrong("wrong_client_gets_other_message") and client
                else "Invalid client_id in Authorization header"
            )
            return _auth_error(message)
        if client and secret != known["client_secret"] and not self.wrong("grants_to_a_wrong_secret"):
            return _auth_error("Invalid secret in Authorization header")
        if form.get("grant_type") != ["client_credentials"] and not self.wrong("accepts_any_grant"):
            return _auth_error("Invalid grant_type format")
        if not self._served(call.environment):
            return self._gateway("noAccess")
        if self.setting("auth.newTokenRevokesOld"):
            self.tokens = {
                value: token for value, token in self.tokens.items() if token.environment != call.environment
            }
        value = self.random.randbytes(20).hex()
        self.tokens[value] = Token(
            call.environment, self.now() + timedelta(minutes=50 if self.wrong("token_dies_early") else 60)
        )
        extra = {"token_type": "access_token", "expires_in": 3600}
        told = {name: extra[name] for name in self.setting("auth.success.extra") if name in extra}
        return Answer.of_json(self.setting("token.successStatus"), {"access_token": value, **told})

    def _at_the_edge(self, call: Call, operation: str) -> Answer | None:
        if operation in self.denials:
            self.denials.remove(operation)
            return self._denial(call)
        for failure in self.failures:
            if failure[0] == operation:
                self.failures.remove(failure)
                return Answer.of_text(failure[1], "upstream connect error")
        return None

    def _marker(self, call: Call) -> Answer | None:
        """`x-latam-test`: on every test request, on no production one (seed:001)."""
        name, value = MARKER
        marked = call.headers.get(name) == value
        if call.environment == "certification" and not marked and not self.wrong("serves_test_without_marker"):
            return self._denial(call, self.setting("headers.latamTest.missingInTest"))
        if (
            call.environment == "production"
            and name in call.headers
            and not self.wrong("serves_production_with_marker")
        ):
            return api_error(
                self.setting("headers.latamTest.presentInProd"),
                "Invalid request content",
                "Evaluate the request fields",
                self.now(),
            )
        return None

    def _access(self, call: Call) -> Answer | None:
        known = self.secrets[call.environment]["client_id"]
        if call.headers.get("client_id") != known and not self.wrong("client_id_not_required"):
            return self._gateway("unknownApp")
        shown = call.headers.get("access_token")
        if shown is None and self.wrong("bearer_alone_suffices"):
            shown = call.headers.get("authorization", "").removeprefix("Bearer ") or None
        if shown is None:
            bearer = "authorization" in call.headers
            return None if self.wrong("access_token_not_required") and not bearer else self._gateway("noToken")
        token = self.tokens.get(shown)
        if token is None:
            return None if self.wrong("accepts_unknown_tokens") else self._gateway("badToken")
        if self.now() >= token.ends_at and not self.wrong("token_outlives_its_hour"):
            return self._gateway("badToken")
        if token.environment != call.environment and not self.wrong("test_token_opens_production"):
            return self._gateway("badToken")
        token.uses += 1
        if self.wrong("token_serves_five_calls") and token.uses > 5:
            return self._gateway("badToken")
        return None if self._served(call.environment) else self._gateway("noAccess")

    def _served(self, environment: str) -> bool:
        state = self.states[environment]
        return (
            state == "Approved"
            or (state == "Pending" and self.wrong("pending_app_is_served"))
            or (state == "disabled" and self.wrong("disabled_app_is_served"))
        )

    def _load(self, operation: str) -> Answer | None:
        """429 (public:COBB) once more calls came within the window than the limit allows."""
        calls, seconds = self.limits.get(operation, (self.setting("rate.limit"), self.setting("rate.windowSeconds")))
        recent = [at for at in self.seen.get(operation, []) if self.now() - at < timedelta(seconds=seconds)]
        unlimited = {"searchMember": "search_never_limits", "requestAccrual": "accrual_never_limits"}.get(
            operation, "cobrand_never_limits"
        )
        if calls and len(recent) >= calls and not self.wrong(unlimited):
            return api_error(
                429, "Current rate exceeds the maximum for internal integrations", "Please, try again late", self.now()
            )
        self.seen[operation] = [*recent, self.now()]
        return None

    def _denial(self, call: Call, status: int = 403) -> Answer:
        """The firewall's page (public:AUTH). Its http:// is how the edge prints the URL."""
        reference = f"18.{self.random.getrandbits(32):x}.1700000000.{self.random.getrandbits(28):x}"
        number = "" if self.wrong("denial_hides_its_reference") else f"Reference #{reference}"
        link = "https://errors.edgesuite.net/" + ("" if self.wrong("denial_hides_its_reference") else reference)
        host = call.headers.get("host", "")
        return Answer.of_text(status, "<html><head><title>Access Denied</title></head><body><h1>Access Denied</h1>"
                              f'You don\'t have permission to access "http://{host}{call.path}" on this server.'
                              f"<p>{number}</p><p>{link}</p></body></html>", "text/html")  # fmt: skip

    def _gateway(self, name: str) -> Answer:
        told: Mapping[str, Any] = self.setting(f"gateway.errors.{name}")
        return Answer.of_text(told["status"], told["text"])


def api_error(
    status: int, message: str, instructions: str, now: datetime, details: Mapping[str, str] | None = None
) -> Answer:
    """The business endpoints' error (public:COBB). `issuedDateTime` is a date only, whatever its name says."""
    return Answer.of_json(status, {"code": status, "message": message, "instructions": instructions,
                                   "issuedDateTime": now.date().isoformat(), "details": details})  # fmt: skip


def _auth_error(message: str) -> Answer:
    return Answer.of_json(
        400, {"result": "failure", "errors": [{"type": "INVALID", "message": message}], "status": 400}
    )


def _basic(header: str) -> str:
    try:
        return base64.b64decode(header.removeprefix("Basic ")).decode() if header.startswith("Basic ") else ""
    except ValueError:
        return ""
