"""What steps call: the provider's operations by name, with environment, credentials and token put in place."""

import json as jsonlib
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Literal
from urllib.parse import quote, urlencode

from accredit.model.errors import EdgeDenied
from accredit.model.provider import Provider
from accredit.wire.clock import Clock
from accredit.wire.guard import Door, Guard
from accredit.wire.http import Http, Raw
from accredit.wire.reply import Reply
from accredit.wire.tokens import Tokens, form_body

OWN: Literal["own"] = "own"


class Api:
    """One provider in one run."""

    def __init__(
        self, provider: Provider, guard: Guard, http: Http, clock: Clock, secret: Callable[[str, str], str]
    ) -> None:
        self._provider, self._guard, self._http, self._clock, self._secret = provider, guard, http, clock, secret
        self._home = guard.doors[0].environment
        self.tokens = Tokens(provider.auth, secret, clock, self.call, self._home)

    def call(self, operation: str, *, path: Mapping[str, str] | None = None, query: Mapping[str, str] | None = None, headers: Mapping[str, str] | None = None,
             json: object = None, form: Mapping[str, str] | None = None, without: tuple[str, ...] = (),
             token: str | None = OWN, environment: str | None = None, renew: bool = True,
             edge_expected: bool = False) -> Reply:  # fmt: skip
        """One call of an operation of the contract.

        Args:
            path: Values of the parameters in the operation's path.
            headers: Added to, or in place of, what every request carries.
            without: Names of headers to leave out of what every request carries.
            token: `own` is the cached token, renewed once when it is refused with 401 (unless `renew` is False);
                None sends none; anything else is sent as it is.
            environment: `production`, on a simulator only: in by its production door.
            edge_expected: A firewall's denial is returned, not raised.

        Raises:
            EdgeDenied: a firewall answered in place of the API.
            CannotJudge: nothing could be sent, or nothing whole came back.
        """
        shown = self._token(operation, token, environment)
        url, body = self._url(operation, path or {}, query or {}, environment), _body(json, form)
        reply = self._exchange(operation, url, self._headers(headers, without, shown, environment), body)
        if reply.status == 401 and token == OWN and renew and shown:
            again = self.tokens.replace(shown, environment)
            reply = self._exchange(operation, url, self._headers(headers, without, again, environment), body)
            reply = replace(reply, attempts=2)
        if reply.edge_reference is not None and not edge_expected:
            raise EdgeDenied(f"a firewall denied {operation} (reference {reply.edge_reference or 'not given'}, exchange {reply.exchange}); "
                             "give the reference to the provider's support.", reply.edge_reference)  # fmt: skip
        return reply

    def patiently(self, operation: str, **how: Any) -> Reply:
        """`call`, the same bytes again on the statuses that ask for patience, waiting longer each time; bounded."""
        policy, wait = self._provider.retry, self._provider.retry.first_wait_seconds
        for attempt in range(1, policy.attempts + 1):
            reply = replace(self.call(operation, **how), attempts=attempt)
            if reply.status not in policy.on or attempt == policy.attempts:
                break
            self._clock.wait(wait)
            wait *= 2
        return reply

    def _token(self, operation: str, token: str | None, environment: str | None) -> str:
        if token is None or operation == self._provider.auth.operation:
            return ""
        return self.tokens.current(environment) if token == OWN else token

    def _door(self, environment: str | None) -> Door:
        return next(door for door in self._guard.doors if door.environment == (environment or self._home))

    def _headers(
        self, own: Mapping[str, str] | None, without: tuple[str, ...], token: str, environment: str | None
    ) -> dict[str, str]:
        auth, door = self._provider.auth, self._door(environment)
        usual = dict(door.facts.required_headers)
        usual |= {name: self._secret(door.environment, secret) for name, secret in auth.headers.items()}
        if token:
            usual[auth.token_header] = auth.token_prefix + token
        left_out = {name.lower() for name in without} | {name.lower() for name in own or {}}
        return {**{name: value for name, value in usual.items() if name.lower() not in left_out}, **(own or {})}

    def _url(self, operation: str, path: Mapping[str, str], query: Mapping[str, str], environment: str | None) -> str:
        told = self._guard.contract[operation].path
        for name, value in path.items():
            told = told.replace(f"{{{name}}}", quote(value, safe=""))
        return self._door(environment).base_url + told + (f"?{urlencode(query)}" if query else "")

    def _exchange(self, operation: str, url: str, headers: Mapping[str, str], body: tuple[bytes, str]) -> Reply:
        content, kind = body
        sent = list(headers.items())
        if kind and not any(name.lower() == "content-type" for name in headers):
            sent.append(("content-type", kind))
        raw = self._http.send(self._guard.contract[operation].method, url, sent, content)
        return Reply(raw.status, raw.headers, raw.body, raw.exchange, self._edge_reference(raw))

    def _edge_reference(self, raw: Raw) -> str | None:
        edge = self._provider.edge
        if edge is None or "html" not in raw.headers.get("content-type", ""):
            return None
        text = raw.body.decode(errors="replace")
        if edge.marker not in text:
            return None
        found = re.search(edge.reference, text)
        return found[1] if found else ""


def _body(json: object, form: Mapping[str, str] | None) -> tuple[bytes, str]:
    if form is not None:
        return form_body(form), "application/x-www-form-urlencoded"
    if json is not None:
        return jsonlib.dumps(json, ensure_ascii=False).encode(), "application/json"
    return b"", ""
