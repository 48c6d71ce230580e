"""Refresh tokens: asked for by offline_access, good until they end or are revoked. Lifetime and rotation are settings."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from accredit import Rules

OFFLINE = "offline_access"


@dataclass
class Standing:
    """What a refresh token stands for.

    Attributes:
        ends_at: None for one that was got by hand and never ends, so that a run can lean on it.
    """

    client_id: str
    number: str
    audience: str
    scopes: tuple[str, ...]
    ends_at: datetime | None
    is_revoked: bool = False


class RefreshTokens:
    """Those of one environment."""

    def __init__(self, rules: Rules) -> None:
        self._rules = rules
        self._known: dict[str, Standing] = {}

    def issue(self, client_id: str, number: str, audience: str, scopes: tuple[str, ...], *, ends: bool = True) -> str:
        """A new one."""
        ends_at = self._rules.now() + timedelta(seconds=self._rules.setting("oauth.refresh.ttl")) if ends else None
        value = self._rules.canaries.mark("refresh_token", self._rules.random.randbytes(24).hex())
        self._known[value] = Standing(client_id, number, audience, scopes, ends_at)
        return value

    def good(self, value: str, client_id: str) -> Standing | None:
        """What it stands for; None when it is unknown, another client's, revoked or ended."""
        standing = self._known.get(value)
        if standing is None or standing.client_id != client_id:
            return None
        if standing.is_revoked and not self._rules.wrong("revoked_refresh_token_works"):
            return None
        ended = standing.ends_at is not None and self._rules.now() >= standing.ends_at
        return None if ended and not self._rules.wrong("refresh_token_never_ends") else standing

    def rotate(self, value: str) -> str:
        """The one that takes its place; the same one where nothing rotates, or where it never ends."""
        standing = self._known[value]
        if not self._rules.setting("oauth.refresh.rotation") or standing.ends_at is None:
            return value
        standing.is_revoked = True
        return self.issue(standing.client_id, standing.number, standing.audience, standing.scopes)

    def revoke(self, number: str) -> None:
        """All of that collector's that can end."""
        for standing in self._known.values():
            if standing.number == number and standing.ends_at is not None:
                standing.is_revoked = True
