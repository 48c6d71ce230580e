"""The doorman of joserfc: JSON Web Tokens signed RS256, issued by simulators and read by whoever was given one."""

import base64
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import RSAKey

from accredit.model.keys import RsaKey

_ALGORITHMS = ["RS256"]


def issue(claims: Mapping[str, Any], key: RsaKey) -> str:
    """A compact token with exactly these claims."""
    return jwt.encode({"alg": "RS256", "typ": "JWT"}, dict(claims), _private(key), _ALGORITHMS)


def claims_of(token: str, key: RsaKey) -> dict[str, Any]:
    """What a token claims, once its signature is known to be this key's. Looks at no clock.

    Raises:
        ValueError: it is no token, is not signed RS256, or not by this key.
    """
    try:
        return dict(jwt.decode(token, _public(key), _ALGORITHMS).claims)
    except (JoseError, ValueError, KeyError, TypeError) as wrong:
        raise ValueError(f"not a token of this key ({type(wrong).__name__})") from None


def expiry_of(token: str) -> datetime | None:
    """When a token says that it ends, its signature unchecked; None when it is no JWT or does not say."""
    try:
        return datetime.fromtimestamp(float(_told(token)["exp"]), UTC)
    except (ValueError, KeyError, TypeError, OverflowError, OSError):
        return None


def issuer_of(token: str) -> str:
    """Who a token says has issued it, its signature unchecked; empty when it is no JWT or does not say."""
    try:
        issuer = _told(token)["iss"]
        return issuer if isinstance(issuer, str) else ""
    except (ValueError, KeyError, TypeError):
        return ""


def _told(token: str) -> Any:
    _, payload, _ = token.split(".")
    return json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))


@lru_cache
def _private(key: RsaKey) -> RSAKey:
    """Read once: reading a private key checks its numbers, which takes a hundred times as long as signing."""
    return RSAKey.import_key(key.private_pem())


@lru_cache
def _public(key: RsaKey) -> RSAKey:
    return RSAKey.import_key(key.public_pem())
