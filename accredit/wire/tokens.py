"""The one token manager: caches a token for each environment, renews it early, and never stampedes."""

import base64
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from accredit.model.errors import CannotJudge, Unmet
from accredit.model.jwt import expiry_of
from accredit.model.provider import Auth
from accredit.wire.clock import Clock
from accredit.wire.reply import Reply

Send = Callable[..., Reply]
_LONGEST_SECONDS = 10 * 365 * 86400
WORTHLESS = "worthless-" + "0" * 32


@dataclass(frozen=True, slots=True)
class _Token:
    value: str
    renew_at: datetime


class Tokens:
    """Tokens by OAuth 2.0 client credentials, one for each environment."""

    def __init__(self, auth: Auth, secrets: Callable[[str, str], str], settings: Mapping[str, Any], clock: Clock, send: Send,
                 home: str) -> None:  # fmt: skip
        self._auth, self._secret, self._settings = auth, secrets, settings
        self._clock, self._send, self._home = clock, send, home
        self._cached: dict[str, _Token] = {}
        self._lock = threading.RLock()
        self.requests = 0

    def current(self, environment: str | None = None) -> str:
        """A token that is good for a while yet; asked for only when there is none.

        Raises:
            CannotJudge: none was granted; says what was answered.
        """
        place = environment or self._home
        with self._lock:
            cached = self._cached.get(place)
            if cached is None or self._clock.now() >= cached.renew_at:
                cached = self._cached[place] = self._granted(self.request(environment=environment))
            return cached.value

    @property
    def held(self) -> frozenset[str]:
        """The tokens there are; asks for none."""
        with self._lock:
            return frozenset(token.value for token in self._cached.values())

    def request(self, *, basic: tuple[str, str] | str | None = "own", form: Mapping[str, str] | None = None,
                without: tuple[str, ...] = (), environment: str | None = None, headers: Mapping[str, str] | None = None) -> Reply:  # fmt: skip
        """One token call, right in everything that is not changed. `basic=None` sends no credentials in a header."""
        self.requests += 1
        place, sent = environment or self._home, dict(headers or {})
        pair = basic if isinstance(basic, tuple) else tuple(self._secret(place, name) for name in self._auth.basic)
        if basic is not None and pair:
            sent["authorization"] = "Basic " + base64.b64encode(":".join(pair).encode()).decode()
        body = self.grant(environment) if form is None else dict(form)
        return self._send(
            self._auth.operation, form=body, headers=sent, without=without, token=None, environment=environment
        )

    def credentials(self, right: bool = True) -> dict[str, str]:
        """The header by which a token call shows who asks, where it asks for HTTP Basic; else nothing."""
        pair = [self._secret(self._home, name) if right else WORTHLESS for name in self._auth.basic]
        return {"authorization": "Basic " + base64.b64encode(":".join(pair).encode()).decode()} if pair else {}

    def grant(self, environment: str | None = None) -> dict[str, str]:
        """The form of a token call that is right in everything."""
        auth, place = self._auth, environment or self._home
        return {
            **auth.grant,
            **{field: self._secret(place, name) for field, name in auth.grant_secrets.items()},
            **{field: str(self._settings[name]) for field, name in auth.grant_settings.items()},
        }

    def replace(self, refused: str, environment: str | None = None) -> str:
        """A new token in place of one that was refused; somebody may have renewed it already."""
        with self._lock:
            cached = self._cached.get(environment or self._home)
            if cached is not None and cached.value == refused:
                del self._cached[environment or self._home]
            return self.current(environment)

    def spoil(self) -> None:
        """Puts a worthless token in place of the cached one, as if the provider had revoked it."""
        self.current()
        with self._lock:
            self._cached[self._home] = _Token(WORTHLESS, self._cached[self._home].renew_at)

    def forget(self) -> None:
        """Drops every cached token."""
        with self._lock:
            self._cached.clear()

    def _granted(self, reply: Reply) -> _Token:
        if not 200 <= reply.status < 300:
            raise CannotJudge(f"no token: the provider answered {reply.status} (exchange {reply.exchange}); "
                              "check the credentials and that the APP is approved.")  # fmt: skip
        try:
            data: Any = reply.json
        except Unmet as wrong:
            raise CannotJudge(f"no token: {wrong}; ask the provider.") from None
        value = data.get(self._auth.token_field) if isinstance(data, dict) else None
        if not isinstance(value, str) or not value:
            raise CannotJudge(f"no token: the answer {reply.status} has no {self._auth.token_field!r} (exchange {reply.exchange}); "
                              "ask the provider.")  # fmt: skip
        ends = expiry_of(value)
        if ends is not None and ends <= self._clock.now():
            raise CannotJudge(f"no token: the one granted ended at {ends:%Y-%m-%d %H:%M:%S} UTC, before it was granted "
                              f"(exchange {reply.exchange}); check the clocks, or ask the provider.")  # fmt: skip
        seconds = _seconds(data.get("expires_in"), self._auth.lifetime_seconds)
        return _Token(value, self._clock.now() + timedelta(seconds=seconds - self._auth.renew_before_seconds))


def _seconds(told: object, otherwise: int) -> float:
    """A lifetime as providers tell it, in a number or a text; `otherwise` when it is none that could be meant."""
    try:
        seconds = float(told) if isinstance(told, int | float | str) and not isinstance(told, bool) else 0
    except (ValueError, OverflowError):
        seconds = 0
    return seconds if 0 < seconds <= _LONGEST_SECONDS else otherwise


def form_body(form: Mapping[str, str]) -> bytes:
    """A form-urlencoded body."""
    return urlencode(form).encode()
