"""What steps call: the provider's operations by name, with environment, credentials and token put in place."""

import json as jsonlib
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Literal
from urllib.parse import quote, urlencode, urlsplit

from accredit.model.errors import EdgeDenied, NotApplicable
from accredit.model.provider import Provider
from accredit.model.signatures import Signer
from accredit.wire.clock import Clock
from accredit.wire.guard import Door, Guard
from accredit.wire.http import Http, Raw
from accredit.wire.reply import Reply
from accredit.wire.tokens import Tokens, form_body

OWN: Literal["own"] = "own"


class Api:
    """One provider in one run."""

    def __init__(self, provider: Provider, guard: Guard, http: Http, clock: Clock, secret: Callable[[str, str], str],
                 settings: Mapping[str, Any], signer: Signer | None = None) -> None:  # fmt: skip
        self._provider, self._guard, self._http, self._clock, self._secret = provider, guard, http, clock, secret
        self._home, self._signer = guard.doors[0].environment, signer
        self.tokens = Tokens(provider.auth, secret, settings, clock, self.call, self._home)

    def call(self, operation: str, *, path: Mapping[str, str] | None = None, query: Mapping[str, str] | None = None, headers: Mapping[str, str] | None = None,
             json: object = None, form: Mapping[str, str] | None = None, content: bytes | None = None, without: tuple[str, ...] = (),
             token: str | None = OWN, environment: str | None = None, renew: bool = True, sign: bool = False,
             edge_expected: bool = False) -> Reply:  # fmt: skip
        """One call of an operation of the contract.

        Args:
            path: Values of the parameters in the operation's path.
            content: A body sent as it is, as JSON; in place of `json` and `form`.
            headers: Added to, or in place of, what every request carries.
            without: Names of headers to leave out of what every request carries.
            token: `own` is the cached token, renewed once when it is refused with 401 (unless `renew` is False);
                None sends none; anything else is sent as it is.
            environment: `production`, on a simulator only: in by its production door.
            sign: Adds Digest and Signature by the partner's key.
            edge_expected: A firewall's denial is returned, not raised.

        Raises:
            EdgeDenied: a firewall answered in place of the API.
            CannotJudge: nothing could be sent, or nothing whole came back.
        """
        shown = self._token(operation, token, environment)
        url, body = self._url(operation, path or {}, query or {}, environment), _body(json, form, content)
        door = self._door(operation, environment)
        reply = self._exchange(operation, url, self._headers(headers, without, shown, door), body, sign)
        if reply.status == 401 and token == OWN and renew and shown:
            again = self.tokens.replace(shown, environment)
            reply = self._exchange(operation, url, self._headers(headers, without, again, door), body, sign)
            reply = replace(reply, attempts=2)
        if reply.edge_reference is not None and not edge_expected:
            raise EdgeDenied(f"a firewall denied {operation} (reference {reply.edge_reference or 'not given'}, exchange {reply.exchange}); "
                             "give the reference to the provider's support.", reply.edge_reference)  # fmt: skip
        return reply

    def deliver(self, operation: str, target: str, headers: Mapping[str, str], content: bytes, *, case: str, token: str | None = OWN,
                renew: bool = True, sign: bool = False) -> Reply:  # fmt: skip
        """A generated request of an operation: its own target, headers and body, and what every request carries besides.

        Args:
            target: Path and query below the base URL, encoded.
            case: The generated case's id.
            token: As in `call`; for the token call itself, its credentials.

        Raises:
            CannotJudge: nothing could be sent, or nothing whole came back.
        """
        door, shown = self._door(operation, None), self._token(operation, token, None)
        url, body = door.base_url + target, (content, "")
        usual = self.tokens.credentials(token == OWN) if operation == self._provider.auth.operation else {}
        reply = self._exchange(operation, url, usual | self._headers(headers, (), shown, door), body, sign, case)
        if reply.status == 401 and token == OWN and renew and shown:
            again = self.tokens.replace(shown)
            reply = self._exchange(operation, url, self._headers(headers, (), again, door), body, sign, case)
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
        auth, schemes = self._provider.auth, self._guard.contract[operation].schemes
        if token is None or operation == auth.operation:
            return ""
        if token != OWN:
            return token
        wanted = auth.scheme in schemes if auth.scheme else bool(schemes)
        return self.tokens.current(environment) if wanted else ""

    def _door(self, operation: str, environment: str | None) -> Door:
        place, service = environment or self._home, self._guard.contract[operation].service
        return next(door for door in self._guard.doors if door.environment == place and door.leads_to(service))

    def _headers(
        self, own: Mapping[str, str] | None, without: tuple[str, ...], token: str, door: Door
    ) -> dict[str, str]:
        auth = self._provider.auth
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
        return self._door(operation, environment).base_url + told + (f"?{urlencode(query)}" if query else "")

    def _exchange(
        self, operation: str, url: str, headers: Mapping[str, str], body: tuple[bytes, str], sign: bool, case: str = ""
    ) -> Reply:
        content, kind = body
        sent = [*headers.items(), *(self._signature(operation, url, content) if sign else {}).items()]
        if kind and not any(name.lower() == "content-type" for name in headers):
            sent.append(("content-type", kind))
        raw = self._http.send(self._guard.contract[operation].method, url, sent, content, case=case)
        return Reply(raw.status, raw.headers, raw.body, raw.exchange, self._edge_reference(raw))

    def _signature(self, operation: str, url: str, body: bytes) -> Mapping[str, str]:
        if self._signer is None:
            raise NotApplicable("the partner does not claim signing")
        parts = urlsplit(url)
        target = f"{parts.path}?{parts.query}" if parts.query else parts.path
        return self._signer.headers(self._guard.contract[operation].method, target, body)

    def _edge_reference(self, raw: Raw) -> str | None:
        edge = self._provider.edge
        if edge is None or "html" not in raw.headers.get("content-type", ""):
            return None
        text = raw.body.decode(errors="replace")
        if edge.marker not in text:
            return None
        found = re.search(edge.reference, text)
        return found[1] if found else ""


def _body(json: object, form: Mapping[str, str] | None, content: bytes | None) -> tuple[bytes, str]:
    if content is not None:
        return content, "application/json"
    if form is not None:
        return form_body(form), "application/x-www-form-urlencoded"
    if json is not None:
        return jsonlib.dumps(json, ensure_ascii=False).encode(), "application/json"
    return b"", ""
