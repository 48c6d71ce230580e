"""How Collector Service's tokens are got: a member logs in, a code is turned into a token, a service asks for its own."""

import base64
import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import parse_qs

from accredit import Api, CannotJudge, Control, NotApplicable, Partner, Reply, expect

from .collector_words import SCOPE, told, views

WEB, NATIVE = "web", "native"
CAPABILITY = {WEB: "web_application", NATIVE: "native_or_spa"}
CONNECTION = "member-email-idp-recaptcha"


@dataclass(frozen=True)
class Client:
    """One of the partner's applications, as AIR MILES registered it. A native one has no secret."""

    kind: str
    client_id: str
    redirect_uri: str
    secret: str = ""


@dataclass(frozen=True)
class LogIn:
    """One member's way through the authorization request.

    Attributes:
        verifier: What the challenge was made of; empty without PKCE.
        reply: To the request; its Location is where the browser would go next.
    """

    client: Client
    number: str
    state: str
    verifier: str
    reply: Reply

    @property
    def landing(self) -> dict[str, str]:
        """The fields in the query of the registered address; none when the browser was sent anywhere else."""
        address, _, query = self.reply.headers.get("location", "").partition("?")
        if self.reply.status != 302 or address != self.client.redirect_uri:
            return {}
        return {name: values[0] for name, values in parse_qs(query).items()}


def client(partner: Partner, simulator: Control, kind: str = "") -> Client:
    """The application of that kind; without a kind the one that the partner claims."""
    claimed = [name for name, capability in CAPABILITY.items() if partner.claims(capability)]
    if kind:
        partner.needs(CAPABILITY[kind])
    elif not claimed:
        raise NotApplicable("the partner claims no application that logs members in: web_application, native_or_spa")
    kind = kind or claimed[0]
    registered = simulator.registration()[kind]
    secret = partner.secret("client_secret") if kind == WEB else ""
    return Client(kind, registered["client_id"], registered["redirect_uri"], secret)


def log_in(api: Api, partner: Partner, simulator: Control, whose: Client, number: str, scopes: Iterable[str] | None = None,
           *, lacking: str = "", **changed: str) -> LogIn:  # fmt: skip
    """A member's authorization request, log-in and reCAPTCHA behind them; without `scopes`, for what they claim."""
    drawn = hashlib.sha256(partner.new_id("verifier").encode()).hexdigest()
    verifier = partner.made_up("code_verifier", drawn) if whose.kind == NATIVE else ""
    asked = [SCOPE[view] for view in views(partner)] if scopes is None else list(scopes)
    state = partner.new_id("state")
    query = {
        "client_id": whose.client_id,
        "response_type": "code",
        "connection": CONNECTION,
        "redirect_uri": whose.redirect_uri,
        "scope": " ".join(asked),
        "audience": str(partner.setting("collector.oauth.audience")),
        "state": state,
        **({"code_challenge": _challenge(verifier), "code_challenge_method": "S256"} if verifier else {}),
    } | changed
    query.pop(lacking, None)
    reply = api.call("authorize", query=query, headers={"cookie": simulator.log_in(number)}, token=None)
    return LogIn(whose, number, state, verifier, reply)


def logged_in(api: Api, partner: Partner, simulator: Control, whose: Client, number: str,
              scopes: Iterable[str] | None = None) -> LogIn:  # fmt: skip
    """A log-in that is a precondition of what follows."""
    done = log_in(api, partner, simulator, whose, number, scopes)
    if "code" not in done.landing:
        raise CannotJudge(f"a log-in brought no code: {done.reply.status} (exchange {done.reply.exchange})")
    return done


def exchange(api: Api, done: LogIn, **changed: str | None) -> Reply:
    """Turns the code of a log-in into a token. A field that is None is left out."""
    form: dict[str, str | None] = {
        "grant_type": "authorization_code",
        "client_id": done.client.client_id,
        "client_secret": done.client.secret or None,
        "code": done.landing.get("code", ""),
        "redirect_uri": done.client.redirect_uri,
        "code_verifier": done.verifier or None,
    } | changed
    return request_token(api, form)


def refresh(api: Api, whose: Client, token: str) -> Reply:
    """A new access token for a refresh token."""
    secret = whose.secret or None
    return request_token(api, {"grant_type": "refresh_token", "client_id": whose.client_id, "client_secret": secret,
                               "refresh_token": token})  # fmt: skip


def request_token(api: Api, form: Mapping[str, str | None]) -> Reply:
    """One token call, with what of the form is not None."""
    sent = {name: value for name, value in form.items() if value is not None}
    return api.call("requestToken", form=sent, token=None)


def granted(reply: Reply) -> str:
    """The access token of an answer that should grant one."""
    expect(reply.is_success, "the token call", wanted="a success", got=reply.status)
    token = told(reply).get("access_token")
    expect(isinstance(token, str) and bool(token), "the answer", wanted="an access_token", got=sorted(told(reply)))
    return str(token)


def held(reply: Reply, name: str = "access_token") -> str:
    """A token that is a precondition of what follows."""
    token = told(reply).get(name) if reply.is_success else None
    if not isinstance(token, str) or not token:
        raise CannotJudge(f"no {name} was granted: the answer was {reply.status} (exchange {reply.exchange})")
    return token


def member_token(api: Api, partner: Partner, simulator: Control, number: str,
                 scopes: Iterable[str] | None = None) -> str:  # fmt: skip
    """A token to act for that collector, by the whole way from the log-in on."""
    return held(exchange(api, logged_in(api, partner, simulator, client(partner, simulator), number, scopes)))


def machine_form(partner: Partner, scope: str = "") -> dict[str, str | None]:
    """How a back-end service asks Collector Service's audience for a token of its own."""
    partner.needs("back_end_service")
    return {
        "grant_type": "client_credentials",
        "client_id": partner.secret("client_id"),
        "client_secret": partner.secret("client_secret"),
        "audience": str(partner.setting("collector.oauth.audience")),
        "scope": scope or None,
    }


def machine_token(api: Api, partner: Partner, scope: str = "") -> str:
    """A token of the back-end service's own."""
    return held(request_token(api, machine_form(partner, scope)))


def _challenge(verifier: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
