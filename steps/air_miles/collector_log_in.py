"""Log-in: the authorization request, the code, the token, and the refresh token."""

from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

from pytest_bdd import given, parsers, then, when

from accredit import Api, Clock, Control, Partner, Reply, expect, expect_equal

from . import collector_tokens as tokens
from . import collector_words as words

_KINDS = {"web application": tokens.WEB, "native application": tokens.NATIVE, "application": ""}
_STRANGER = "https://stranger.example.test/callback"


@dataclass(frozen=True)
class Session:
    """A member's log-in, and the refresh token that came of it."""

    done: tokens.LogIn
    refresh_token: str = ""


@given(
    parsers.re("a member has logged in through the partner's (?P<kind>web application|native application|application)"),
    target_fixture="session",
)
def has_logged_in(api: Api, partner: Partner, simulator: Control, kind: str) -> Session:
    whose = tokens.client(partner, simulator, _KINDS[kind])
    words.a_view(partner)  # or the log-in would ask for nothing
    return Session(tokens.logged_in(api, partner, simulator, whose, words.number_of(partner, "collecting")))


@given("the application has turned its code into a token")
def has_turned(api: Api, session: Session) -> None:
    tokens.held(tokens.exchange(api, session.done))


@given("the life of a code has gone by")
def code_grows_old(clock: Clock, partner: Partner) -> None:
    clock.wait(partner.setting("oauth.code.ttl") + 1)


@given("a member has logged in for offline access", target_fixture="session")
def has_logged_in_offline(api: Api, partner: Partner, simulator: Control) -> Session:
    return Session(_offline(api, partner, simulator))


@given("the application holds a refresh token", target_fixture="session")
def holds_refresh_token(api: Api, partner: Partner, simulator: Control) -> Session:
    done = _offline(api, partner, simulator)
    return Session(done, tokens.held(tokens.exchange(api, done), "refresh_token"))


@given("the application has refreshed its token")
def has_refreshed(api: Api, session: Session) -> None:
    tokens.held(tokens.refresh(api, session.done.client, session.refresh_token))


@given("the member's refresh tokens have been revoked")
def revoked(simulator: Control, session: Session) -> None:
    simulator.revoke_refresh_tokens(session.done.number)


@given("the life of a refresh token has gone by")
def refresh_token_grows_old(clock: Clock, partner: Partner) -> None:
    clock.wait(partner.setting("oauth.refresh.ttl") + 1)


@when("a member logs in through the partner's application", target_fixture="done")
def logs_in(api: Api, partner: Partner, simulator: Control) -> tokens.LogIn:
    return _any_log_in(api, partner, simulator)


@when(parsers.parse('a member logs in, the request lacking its "{field}"'), target_fixture="done")
def logs_in_lacking(api: Api, partner: Partner, simulator: Control, field: str) -> tokens.LogIn:
    return _any_log_in(api, partner, simulator, lacking=field)


@when("a member logs in over another connection", target_fixture="done")
def logs_in_elsewhere(api: Api, partner: Partner, simulator: Control) -> tokens.LogIn:
    return _any_log_in(api, partner, simulator, connection="another-connection")


@when("a member logs in, to be sent back to an address that nobody registered", target_fixture="done")
def logs_in_for_a_stranger(api: Api, partner: Partner, simulator: Control) -> tokens.LogIn:
    return _any_log_in(api, partner, simulator, redirect_uri=_STRANGER)


@when("the application turns its code into a token", target_fixture="reply")
def turns_code(api: Api, session: Session) -> Reply:
    return tokens.exchange(api, session.done)


@when("the application turns its code into a token with a wrong secret", target_fixture="reply")
def turns_code_with_wrong_secret(api: Api, session: Session) -> Reply:
    return tokens.exchange(api, session.done, client_secret="no-such-secret")


@when("the application turns its code into a token without the verifier", target_fixture="reply")
def turns_code_without_verifier(api: Api, session: Session) -> Reply:
    return tokens.exchange(api, session.done, code_verifier=None)


@when("the application turns its code into a token with the verifier of another log-in", target_fixture="reply")
def turns_code_with_other_verifier(api: Api, partner: Partner, simulator: Control, session: Session) -> Reply:
    other = tokens.logged_in(api, partner, simulator, session.done.client, session.done.number)
    return tokens.exchange(api, session.done, code_verifier=other.verifier)


@when("the application refreshes its token", target_fixture="reply")
def refreshes(api: Api, session: Session) -> Reply:
    return tokens.refresh(api, session.done.client, session.refresh_token)


@when("the back-end service asks for a token of its own", target_fixture="reply")
def machine_asks(api: Api, partner: Partner) -> Reply:
    return tokens.request_token(api, tokens.machine_form(partner))


@when("the back-end service asks for a token of its own with a wrong secret", target_fixture="reply")
def machine_asks_with_wrong_secret(api: Api, partner: Partner) -> Reply:
    return tokens.request_token(api, tokens.machine_form(partner) | {"client_secret": "no-such-secret"})


@when("the native application asks for a token of its own", target_fixture="reply")
def native_asks(api: Api, partner: Partner, simulator: Control) -> Reply:
    whose = tokens.client(partner, simulator, tokens.NATIVE)
    audience = str(partner.setting("collector.oauth.audience"))
    form = {"grant_type": "client_credentials", "client_id": whose.client_id, "audience": audience}
    return tokens.request_token(api, form)


@then("the token opens the member's account")
def opens(reply: Reply, api: Api, partner: Partner, session: Session) -> None:
    view = words.a_view(partner)
    account = words.look(api, view, tokens.granted(reply))
    expect_equal(f"whose {view} it is", words.shown(account, partner, view, "number"), session.done.number)


@then("it is granted a token with a refresh token")
def with_refresh_token(reply: Reply) -> None:
    tokens.granted(reply)
    expect(bool(words.told(reply).get("refresh_token")), "the grant", wanted="a refresh token", got="none")


@then("it is granted a token without a refresh token")
def no_refresh_token(reply: Reply) -> None:
    tokens.granted(reply)
    expect("refresh_token" not in words.told(reply), "the grant", wanted="no refresh token", got="one")


@then("the application is refused as an unknown client")
def unknown_client(reply: Reply, partner: Partner) -> None:
    _expect_no_token(reply, partner.setting("oauth.wrongClient.status"))


@then("what it showed is refused as no good grant")
def no_good_grant(reply: Reply, partner: Partner) -> None:
    _expect_no_token(reply, partner.setting("oauth.invalidGrant.status"))


@then("it is refused where refresh tokens rotate, and renewed where they do not")
def as_agreed(reply: Reply, partner: Partner) -> None:
    if partner.setting("oauth.refresh.rotation"):
        _expect_no_token(reply, partner.setting("oauth.invalidGrant.status"))
    else:
        tokens.granted(reply)


@then("the member can log in anew")
def can_log_in(api: Api, partner: Partner, simulator: Control, session: Session) -> None:
    anew = tokens.log_in(api, partner, simulator, session.done.client, session.done.number)
    tokens.granted(tokens.exchange(api, anew))


@then("the member comes back with a code")
def comes_back(done: tokens.LogIn) -> None:
    expect("code" in done.landing, "the way back", wanted="the registered address, with a code", got=done.reply.status)


@then("no code is handed out")
def no_code(done: tokens.LogIn) -> None:
    expect(done.reply.status < 500, "the authorization request", wanted="an answer", got=done.reply.status)
    sent_to = parse_qs(urlsplit(done.reply.headers.get("location", "")).query)
    expect("code" not in sent_to, "the way back", wanted="no code", got="a code")


@then("the state comes back as it was sent")
def state_comes_back(done: tokens.LogIn) -> None:
    expect("code" in done.landing, "the way back", wanted="the registered address, with a code", got=done.reply.status)
    expect_equal("the state", done.landing.get("state"), done.state)


def _offline(api: Api, partner: Partner, simulator: Control) -> tokens.LogIn:
    scopes = [words.SCOPE[words.a_view(partner)], words.OFFLINE]
    number, whose = words.number_of(partner, "collecting"), tokens.client(partner, simulator)
    return tokens.logged_in(api, partner, simulator, whose, number, scopes)


def _any_log_in(api: Api, partner: Partner, simulator: Control, **how: str) -> tokens.LogIn:
    whose = tokens.client(partner, simulator)
    words.a_view(partner)
    return tokens.log_in(api, partner, simulator, whose, words.number_of(partner, "collecting"), **how)


def _expect_no_token(reply: Reply, status: int) -> None:
    expect_equal("the token call", reply.status, status)
    expect("access_token" not in reply.text, "the refusal", wanted="no token", got="one")
