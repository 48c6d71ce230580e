"""Access tokens: JWT signed with RS256 by a key that each environment has for itself (public:ENROL shows the header)."""

import base64
import json
from collections.abc import Iterable
from datetime import timedelta
from functools import cache
from typing import Any

from accredit import RsaKey, Rules, jwt

from .applications import Application

Claims = dict[str, Any]
COLLECTOR = "collector"
"""The claim that holds a member's number. That a member token carries it is a neighbour's word (public:OFFER)."""
_ENVIRONMENTS = ("certification", "production")
_CERTIFICATION_HOST = "https://oauth-cert.airmiles.ca"


class AccessTokens:
    """Issues the tokens of one environment, and reads those that are shown there."""

    def __init__(self, rules: Rules, environment: str) -> None:
        self._rules, self._environment = rules, environment

    def of_machine(self, application: Application, audience: str, scopes: Iterable[str], ttl: int) -> str:
        """A token of the application's own. `ttl`: seconds from now; below zero it has ended already."""
        return self._issued(application, f"{application.client_id}@clients", audience, ttl, scope=_joined(scopes))

    def of_member(self, application: Application, number: str, audience: str, scopes: Iterable[str], ttl: int) -> str:
        """A token with which the application acts for that collector."""
        return self._issued(application, f"auth0|{number}", audience, ttl, scope=_joined(scopes), **{COLLECTOR: number})

    def identity_of(self, application: Application, number: str, ttl: int) -> str:
        """An ID token: meant for the application itself, no key to any API."""
        return self._rules.canaries.mark(
            "id_token", self._issued(application, f"auth0|{number}", application.client_id, ttl)
        )

    def read(self, token: str) -> Claims | None:
        """What the token says, ended or not; None when this environment did not sign it."""
        claims = _verified(token, self._environment)
        if claims is None and self._rules.wrong("test_token_opens_production"):
            claims = _verified(token, "certification")
        if claims is None and self._rules.wrong("accepts_altered_tokens"):
            claims = _unverified(token)
        return claims

    def has_ended(self, claims: Claims) -> bool:
        return float(claims.get("exp", 0)) <= self._rules.now().timestamp()

    def _issued(self, application: Application, subject: str, audience: str, ttl: int, **more: str) -> str:
        now = self._rules.now()
        claims = {
            "iss": self._issuer(),
            "sub": subject,
            "aud": audience,
            "azp": application.client_id,
            "iat": int(now.timestamp()),
            "exp": int((now + timedelta(seconds=ttl)).timestamp()),
            "jti": self._rules.random.randbytes(8).hex(),
        }
        return self._rules.canaries.mark("access_token", jwt.issue(claims | more, key_of(self._environment)))

    def _issuer(self) -> str:
        host = self._rules.setting("oauth.prod.host") if self._environment == "production" else _CERTIFICATION_HOST
        return f"{host}/"


@cache
def key_of(environment: str) -> RsaKey:
    """The environment's signing key. One for the life of the process: a new one takes a tenth of a second."""
    if environment not in _ENVIRONMENTS:
        raise ValueError(f"no environment is called {environment!r}")
    return RsaKey.generate()


def _joined(scopes: Iterable[str]) -> str:
    return " ".join(scopes)


def _verified(token: str, environment: str) -> Claims | None:
    try:
        return dict(jwt.claims_of(token, key_of(environment)))
    except ValueError:
        return None


def _unverified(token: str) -> Claims | None:
    """What stands in a token whoever signed it: for the defect alone."""
    try:
        middle = token.split(".")[1]
        told = json.loads(base64.urlsafe_b64decode(middle + "=" * (-len(middle) % 4)))
    except (ValueError, IndexError):
        return None
    return told if isinstance(told, dict) else None
