"""The authorization request, and the codes it hands out. The log-in itself, with its reCAPTCHA, lies behind a cookie."""

import base64
import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlencode

from accredit import Answer, Call, Rules

from .applications import NATIVE, Application, Applications
from .oauth_errors import bad_request

CONNECTION = "member-email-idp-recaptcha"
COOKIE = "session"
_S256 = "S256"


@dataclass
class Code:
    """An authorization code, good once and for a short while.

    Attributes:
        challenge: PKCE's, by S256; empty when the request had none.
        is_used: It has bought a token, and buys no other.
    """

    client_id: str
    redirect_uri: str
    number: str
    audience: str
    scopes: tuple[str, ...]
    challenge: str
    ends_at: datetime
    is_used: bool = False

    def is_proved_by(self, verifier: str) -> bool:
        """True when the verifier's SHA-256 is the challenge."""
        digest = hashlib.sha256(verifier.encode()).digest()
        return base64.urlsafe_b64encode(digest).rstrip(b"=").decode() == self.challenge


class Authorization:
    """The operation `authorize` of one environment."""

    def __init__(self, rules: Rules, applications: Applications, scopes: frozenset[str]) -> None:
        self._rules, self._applications, self._scopes = rules, applications, scopes
        self._codes: dict[str, Code] = {}
        self._sessions: dict[str, str] = {}

    def log_in(self, number: str) -> str:
        """The cookie of a browser in which that collector has logged in: `session=…`."""
        session = self._rules.random.randbytes(16).hex()
        self._sessions[session] = number
        return f"{COOKIE}={session}"

    def code(self, value: str) -> Code | None:
        """A code that was handed out, whatever has become of it."""
        return self._codes.get(value)

    def answer(self, call: Call) -> Answer:
        """302 with a code, with an error, or to the log-in page; 400 where redirecting could serve a stranger."""
        asked = {name: values[0] for name, values in call.query.items() if len(values) == 1}
        application = self._applications.get(asked.get("client_id", ""))
        if application is None:
            return bad_request(self._rules, "invalid_request", "Unknown client")
        target = asked.get("redirect_uri", "")
        stranger = target != application.redirect_uri
        if not target or (stranger and not self._rules.wrong("redirects_to_any_address")):
            return bad_request(self._rules, "invalid_request", "Callback URL mismatch")
        repeated = "a parameter comes twice" if len(asked) < len(call.query) else ""
        if fault := repeated or self._fault(asked, application):
            return self._redirect(target, asked, error="invalid_request", error_description=fault)
        number = self._sessions.get(_cookie(call))
        if number is None:
            return Answer(302, headers={"location": "/login"})  # the page, and what it is called, are not published
        return self._redirect(target, asked, code=self._handed_out(asked, application, number))

    def _fault(self, asked: dict[str, str], application: Application) -> str:
        """What the request lacks (public:TOKEN); empty when it lacks nothing."""
        if asked.get("response_type") != "code":
            return "response_type must be code"
        if asked.get("connection") != CONNECTION and not self._rules.wrong("authorizes_over_any_connection"):
            return "connection is missing or unknown"
        if not asked.get("scope"):
            return "scope is missing"
        known = asked.get("audience") == self._rules.setting("collector.oauth.audience")
        if not known and not (not asked.get("audience") and self._rules.wrong("authorizes_without_audience")):
            return "audience is missing or unknown"
        if application.kind == NATIVE and not asked.get("code_challenge"):
            return "code_challenge is missing"
        method = asked.get("code_challenge_method")
        if method != _S256 and (method is not None or asked.get("code_challenge")):
            return "code_challenge_method must be S256"
        return ""

    def _handed_out(self, asked: dict[str, str], application: Application, number: str) -> str:
        value = self._rules.canaries.mark("code", self._rules.random.randbytes(16).hex())
        self._codes[value] = Code(
            client_id=application.client_id,
            redirect_uri=asked["redirect_uri"],
            number=number,
            audience=self._rules.setting("collector.oauth.audience"),
            scopes=tuple(scope for scope in asked["scope"].split() if scope in self._scopes),
            challenge=asked.get("code_challenge", ""),
            ends_at=self._rules.now() + timedelta(seconds=self._rules.setting("oauth.code.ttl")),
        )
        return value

    def _redirect(self, target: str, asked: dict[str, str], **told: str) -> Answer:
        if "state" in asked and not self._rules.wrong("loses_the_state"):
            told["state"] = asked["state"]
        location = f"{target}{'&' if '?' in target else '?'}{urlencode(told)}"
        if "code" in told:
            self._rules.canaries.mark("location", location)
        return Answer(302, headers={"location": location})


def _cookie(call: Call) -> str:
    pairs = (pair.strip().partition("=") for pair in call.headers.get("cookie", "").split(";"))
    return next((value for name, _, value in pairs if name == COOKIE), "")
