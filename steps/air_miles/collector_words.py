"""What several topics of Collector Service say: log a member in, turn a code into a token, enrol, look at an account."""

import base64
import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs

from accredit import Api, CannotJudge, Control, NotApplicable, Partner, Reply, expect

WEB, NATIVE = "web", "native"
CAPABILITY = {WEB: "web_application", NATIVE: "native_or_spa"}
CONNECTION = "member-email-idp-recaptcha"
OFFLINE, ENROLLMENT = "offline_access", "collector:enrollment:write"
SCOPE = {"Summary": "collector:summary:read", "Profile": "collector:profile:read"}
OPERATION = {"Summary": "getSummary", "Profile": "getProfile"}
_WEIGHTS = (6, 5, 4, 3, 8, 7, 6, 5, 4, 3)


@dataclass(frozen=True)
class Client:
    """One of the partner's applications, as AIR MILES registered it. A native one has no secret."""

    kind: str
    client_id: str
    redirect_uri: str
    secret: str = ""


@dataclass(frozen=True)
class Holder:
    """A token, and the collector for whom it was got: the member in whose name, or whom a machine asks for."""

    token: str | None
    number: str


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


# --- log-in ---


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


def views(partner: Partner) -> list[str]:
    """What of an account the partner may show: `["Summary", "Profile"]`."""
    return [view for view, scope in SCOPE.items() if partner.claims(f"scope:{scope}")]


def a_view(partner: Partner) -> str:
    """One thing of an account, for scenarios to which it does not matter which."""
    if not (found := views(partner)):
        raise NotApplicable("the partner claims no scope that opens an account, such as scope:collector:summary:read")
    return found[0]


def log_in(api: Api, partner: Partner, simulator: Control, whose: Client, number: str, scopes: Iterable[str] | None = None,
           *, lacking: str = "", **changed: str) -> LogIn:  # fmt: skip
    """A member's authorization request, log-in and reCAPTCHA behind them; without `scopes`, for what they claim."""
    verifier = hashlib.sha256(partner.new_id("verifier").encode()).hexdigest() if whose.kind == NATIVE else ""
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


# --- enrolment ---


def person(partner: Partner, **personal: str) -> dict[str, Any]:
    """An enrolment of somebody who never existed, with the mandatory fields and what the agreement adds."""
    details = {"firstName": "Noemie", "lastName": "Exemplaire", "dateOfBirth": "1988-12-25"} | personal
    contact = {"email": f"{partner.new_id('am')}@example.test".lower()}
    return {
        **partner.setting("collector.enrollment.extraFields"),
        "personalDetails": details,
        "contactDetails": contact,
    }


def enrol(api: Api, partner: Partner, simulator: Control, body: Mapping[str, Any]) -> Reply:
    """An enrolment, with a token of the kind that is agreed."""
    return api.call("enroll", json=body, token=_enrolling_token(api, partner, simulator))


def number_named(reply: Reply, partner: Partner) -> str:
    """The collector number in an enrolment's answer; a setting says under which name."""
    name = partner.setting("collector.enrollment.responseSchema")["number"]
    number = told(reply).get(name)
    expect(isinstance(number, str), "the answer", wanted=f"a collector number as {name}", got=sorted(told(reply)))
    return str(number)


def passes_local_check(number: str) -> bool:
    """Eleven digits, an 8 first and the check digit last: modulus 11, with 0 for the remainders 0 and 1."""
    if len(number) != 11 or not number.isdecimal() or not number.isascii() or number[0] != "8":
        return False
    rest = sum(int(digit) * weight for digit, weight in zip(number, _WEIGHTS, strict=False)) % 11
    return int(number[10]) == (0 if rest < 2 else 11 - rest)


# --- account ---


def look(api: Api, view: str, token: str | None, **how: Any) -> Reply:
    """Asks for the Summary or the Profile with that token."""
    return api.call(OPERATION[view], token=token, **how)


def shown(reply: Reply, partner: Partner, view: str, what: str) -> Any:
    """One thing that an account tells: `shown(reply, partner, "Summary", "number")`. A setting says under which name."""
    expect(reply.is_success, f"the {view}", wanted="a success", got=reply.status)
    return told(reply).get(str(partner.setting(f"collector.{view.lower()}.responseSchema")[what]))


def miles(reply: Reply, partner: Partner) -> int:
    """The miles in both balances of a Summary."""
    balances = [shown(reply, partner, "Summary", what) for what in ("dream", "cash")]
    whole = all(isinstance(balance, int) and not isinstance(balance, bool) for balance in balances)
    expect(whole, "the balances", wanted="whole numbers", got=[type(balance).__name__ for balance in balances])
    return sum(balances)


def expect_nothing_shown(reply: Reply, number: str) -> None:
    """Nowhere in the answer does the collector's number stand, in whatever field."""
    expect(number not in reply.text, "the answer", wanted="nothing of the member", got="the member's number")


def told(reply: Reply) -> dict[str, Any]:
    """The answer's fields; a finding, and no fault of ours, when it has none."""
    answer = reply.json
    expect(isinstance(answer, dict), f"the answer {reply.status}", wanted="an object", got=type(answer).__name__)
    return dict(answer)


def number_of(partner: Partner, role: str) -> str:
    """The collector number of who plays the role."""
    try:
        return str(partner.member(role)["number"])
    except KeyError:
        raise CannotJudge(f"the member {role!r} has no number: add it to that role in accredit.toml.") from None


def _enrolling_token(api: Api, partner: Partner, simulator: Control) -> str:
    """A machine's where that is agreed and claimed, for who enrols has no account to log in with; else a member's."""
    kind = partner.setting("collector.enrollment.tokenKind")
    if kind != "member" and partner.claims("back_end_service"):
        return machine_token(api, partner, ENROLLMENT)
    if kind == "machine":
        raise NotApplicable("the partner does not claim back_end_service, whose token enrolment needs")
    return member_token(api, partner, simulator, number_of(partner, "collecting"), [ENROLLMENT])


def _challenge(verifier: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
