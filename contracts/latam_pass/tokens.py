"""Tokens: granted to an APP's credentials, good for sixty minutes in one environment (public:AUTH)."""

import base64
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import parse_qs

from accredit import Answer, Call, Rules

from .apps import Apps
from .reading import is_sent_as
from .refusals import auth_error, gateway

LIFETIME_SECONDS = 3600
_TOO_SHORT_SECONDS = 3000
_FEW_CALLS = 5


@dataclass
class Token:
    """`ends_at`: UTC; from then on it is refused."""

    environment: str
    ends_at: datetime
    uses: int = 0


class Tokens:
    """Grants tokens, and knows which are still good."""

    def __init__(self, rules: Rules, apps: Apps) -> None:
        self._rules, self._apps = rules, apps
        self._granted: dict[str, Token] = {}

    def grant(self, call: Call) -> Answer:
        """The token call. The three errors are exact; an APP that may not work is granted nothing."""
        if (message := self._objection(call)) is not None:
            return auth_error(message)
        if (refused := self._apps.refuse_unapproved(call.environment)) is not None:
            return refused
        if self._rules.setting("auth.newTokenRevokesOld"):
            self._granted = {value: t for value, t in self._granted.items() if t.environment != call.environment}
        seconds = _TOO_SHORT_SECONDS if self._rules.wrong("token_dies_early") else LIFETIME_SECONDS
        value = self._rules.canaries.mark("access_token", self._rules.random.randbytes(24).hex())
        self._granted[value] = Token(call.environment, self._rules.now() + timedelta(seconds=seconds))
        return Answer.of_json(self._rules.setting("token.successStatus"), {"access_token": value, **self._extra()})

    def refuse(self, call: Call) -> Answer | None:
        """None when the call shows a good token in the header `access_token` (seed:001)."""
        shown = call.headers.get("access_token")
        bearer = call.headers.get("authorization", "").removeprefix("Bearer ")
        if shown is None and bearer and self._rules.wrong("bearer_alone_suffices"):
            shown = bearer
        if shown is None:
            excused = self._rules.wrong("access_token_not_required") and not bearer
            return None if excused else gateway(self._rules, "noToken")
        return None if self._is_good(shown, call.environment) else gateway(self._rules, "badToken")

    def revoke(self) -> None:
        """Every token so far is worthless."""
        self._granted.clear()

    def _objection(self, call: Call) -> str | None:
        """Client id first, then secret, then grant: the first that is wrong is named."""
        known, (client, secret) = self._apps.secrets[call.environment], _basic(call.headers.get("authorization", ""))
        anonymous = not client and not secret
        if not (anonymous and self._rules.wrong("grants_without_basic")):
            if client != known["client_id"]:
                mixed_up = self._rules.wrong("wrong_client_gets_other_message") and not anonymous
                return f"Invalid {'secret' if mixed_up else 'client_id'} in Authorization header"
            if secret != known["client_secret"] and not self._rules.wrong("grants_to_a_wrong_secret"):
                return "Invalid secret in Authorization header"
        told = call.body.decode(errors="replace") if is_sent_as(call, "application/x-www-form-urlencoded") else ""
        form = parse_qs(told)
        if form.get("grant_type") != ["client_credentials"] and not self._rules.wrong("accepts_any_grant"):
            return "Invalid grant_type format"
        return None

    def _is_good(self, value: str, environment: str) -> bool:
        token = self._granted.get(value)
        if token is None:
            return self._rules.wrong("accepts_unknown_tokens")
        if self._rules.now() >= token.ends_at and not self._rules.wrong("token_outlives_its_hour"):
            return False
        if token.environment != environment and not self._rules.wrong("test_token_opens_production"):
            return False
        token.uses += 1
        return token.uses <= _FEW_CALLS or not self._rules.wrong("token_serves_five_calls")

    def _extra(self) -> dict[str, object]:
        """What stands beside the token: not published, so a setting says which."""
        known: dict[str, object] = {"token_type": "access_token", "expires_in": LIFETIME_SECONDS}
        return {name: known[name] for name in self._rules.setting("auth.success.extra") if name in known}


def _basic(header: str) -> tuple[str, str]:
    """Client id and secret of `Basic …`; two empty texts when it says anything else."""
    scheme, _, pair = header.partition(" ")
    if scheme.lower() != "basic":
        return "", ""
    try:
        client, _, secret = base64.b64decode(pair.strip(), validate=True).decode().partition(":")
    except ValueError:
        return "", ""
    return client, secret
