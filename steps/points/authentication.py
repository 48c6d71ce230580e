"""Tokens: asked for, granted, refused, worn out; and what scope and rule keep a client from."""

from collections.abc import Iterator, Sequence
from typing import Any

from pytest_bdd import given, parsers, then, when

from accredit import (
    Api,
    Callbacks,
    Clock,
    Control,
    Exchange,
    NotApplicable,
    Partner,
    Reply,
    Tokens,
    expect,
    expect_equal,
)

from . import books, words
from .words import Asked

_STYLES = {"newer": "401_new", "older": "400_old"}
_NOT_WHO_IT_CLAIMS = ("unauthorized_client", "invalid_client")
_MARGIN_SECONDS = 5


@given("the partner has just been granted a token", target_fixture="granted")
def just_granted(tokens: Tokens) -> tuple[str, int]:
    """The token, and how many had been asked for by then."""
    tokens.forget()
    return tokens.current(), tokens.requests


@given("the partner's token has become worthless without the partner knowing", target_fixture="granted")
def worthless(tokens: Tokens, partner: Partner) -> tuple[str, int]:
    if partner.setting("errors.badToken") != 401:
        raise NotApplicable(
            "a worthless token draws another status than 401, as configured, so nothing asks for renewal"
        )
    tokens.spoil()
    return tokens.current(), tokens.requests


@given(parsers.parse("the server refuses tokens in its {generation} form"))
def worded(simulator: Control, partner: Partner, generation: str) -> Iterator[None]:
    simulator.word_refusals(_STYLES[generation])
    yield
    simulator.word_refusals(partner.setting("token.errorStyle"))


@given("the partner's client has been disabled")
def disabled(simulator: Control) -> Iterator[None]:
    simulator.disable_client()
    yield
    simulator.enable_client()


@given("the partner's client has lost its scope")
def scopeless(simulator: Control) -> Iterator[None]:
    simulator.withdraw_scope()
    yield
    simulator.grant_scope()


@given("tokens come with a refresh token and with members nobody knows")
def refreshable(simulator: Control) -> Iterator[None]:
    simulator.offer_refresh(True)
    yield
    simulator.offer_refresh(False)


@when("the partner asks for a token", target_fixture="reply")
def asks(tokens: Tokens) -> Reply:
    return tokens.request()


@when("the partner asks for a token with a wrong secret", target_fixture="reply")
def asks_with_wrong_secret(tokens: Tokens) -> Reply:
    return tokens.request(form=tokens.grant() | {"client_secret": "no-such-secret"})


@when("the partner asks for a token with an unknown client id", target_fixture="reply")
def asks_as_nobody(tokens: Tokens) -> Reply:
    return tokens.request(form=tokens.grant() | {"client_id": "no-such-client"})


@when("the partner asks to earn without a token", target_fixture="reply")
def earns_tokenless(api: Api, partner: Partner, callbacks: Callbacks) -> Reply:
    told = words.body(partner, callbacks, words.rule(partner, "earn"), words.user(partner, "earning"), 10)
    words.expected(partner, callbacks, told)
    return words.call(api, partner, json=told, token=None)


@when("the partner asks to earn with a token that it has just been granted", target_fixture="asked")
def earns_freshly(api: Api, partner: Partner, callbacks: Callbacks, tokens: Tokens) -> Asked:
    """A token that is new cannot be what is wrong, so that a 401 asks for no other."""
    tokens.forget()
    told = words.body(partner, callbacks, words.rule(partner, "earn"), words.user(partner, "earning"), 10)
    return words.send(api, partner, callbacks, told, token=tokens.current(), renew=False)


@when("the partner reads a balance without a token", target_fixture="reply")
def reads_tokenless(api: Api, partner: Partner) -> Reply:
    return books.read_balance(api, partner, "earning", token=None)


@when(parsers.parse("the partner reads a balance {times:d} times"), target_fixture="replies")
def reads_often(api: Api, partner: Partner, times: int) -> list[Reply]:
    return [books.read_balance(api, partner, "earning") for _ in range(times)]


@when("the token's life is over")
def life_is_over(clock: Clock, partner: Partner) -> None:
    clock.wait(float(partner.setting("token.lifetimeSeconds")) + _MARGIN_SECONDS)


@when("the token's life is all but over")
def life_is_all_but_over(clock: Clock, partner: Partner) -> None:
    clock.wait(float(partner.setting("token.lifetimeSeconds")) - _MARGIN_SECONDS)


@then("a bearer token is granted, and says how long it lives")
def is_granted(reply: Reply) -> None:
    expect_equal("the token call", reply.status, 200)
    told = _told(reply)
    expect(bool(told.get("access_token")), "the answer", wanted="an access_token", got=sorted(told))
    expect_equal("the type of the token", str(told.get("token_type")).lower(), "bearer")
    lifetime = told.get("expires_in")
    expect(isinstance(lifetime, int) and lifetime > 0, "its life", wanted="seconds above 0", got=repr(lifetime))


@then("the call is refused as one without a good token")
def tokenless(reply: Reply, partner: Partner) -> None:
    expect_equal("the call", reply.status, partner.setting("errors.badToken"))


@then("a balance can be read with the same token")
def same_token(api: Api, partner: Partner, tokens: Tokens) -> None:
    asked_for = tokens.requests
    reply = books.read_balance(api, partner, "earning", token=tokens.current())
    expect_equal("the balance read", reply.status, 200)
    expect_equal("the tokens asked for meanwhile", tokens.requests - asked_for, 0)


@then("every balance was shown")
def all_shown(replies: list[Reply]) -> None:
    expect_equal("the balance reads", {reply.status for reply in replies}, {200})


@then("no further token was asked for")
def none_asked_for(granted: tuple[str, int], tokens: Tokens) -> None:
    expect_equal("the tokens asked for meanwhile", tokens.requests - granted[1], 0)


@then("the call was refused once, and accepted after one renewal")
def one_renewal(asked: Asked, callbacks: Callbacks, granted: tuple[str, int], tokens: Tokens) -> None:
    words.expect_accepted(asked)
    words.result(callbacks, asked)
    assert asked.reply is not None
    expect_equal("the exchanges it took", asked.reply.attempts, 2)
    expect_equal("the tokens asked for meanwhile", tokens.requests - granted[1], 1)


@then("that token is still accepted")
def still_accepted(granted: tuple[str, int], api: Api, partner: Partner) -> None:
    reply = books.read_balance(api, partner, "earning", token=granted[0])
    expect_equal("a balance read with that token", reply.status, 200)


@then("that token is no longer accepted")
def no_longer_accepted(granted: tuple[str, int], api: Api, partner: Partner) -> None:
    reply = books.read_balance(api, partner, "earning", token=granted[0])
    expect_equal("a balance read with that token", reply.status, partner.setting("errors.badToken"))


@then("the next call is made with a new token")
def new_token(granted: tuple[str, int], api: Api, partner: Partner, tokens: Tokens) -> None:
    before, worn_out = tokens.requests, granted[0]
    renewed = tokens.request()
    expect_equal("the token call", renewed.status, 200)
    value = str(_told(renewed).get("access_token"))
    expect(value != worn_out, "the token", wanted="a new one", got="the one before")
    expect_equal("a balance read with it", books.read_balance(api, partner, "earning", token=value).status, 200)
    expect_equal("the tokens asked for meanwhile", tokens.requests - before, 1)


@then("that token was asked for by the same grant as the first")
def same_grant(exchanges: Sequence[Exchange]) -> None:
    bodies = {e.request.body for e in words.calls(exchanges, "requestToken")}
    expect_equal("the forms sent", len(bodies), 1)


@then("no token is granted, and the error says that the client is not who it claims to be")
def is_not_granted(reply: Reply, partner: Partner) -> None:
    expect(reply.status in (400, 401), "the token call", wanted="400 or 401", got=reply.status)
    error = _told(reply).get("error")
    expect(error in _NOT_WHO_IT_CLAIMS, "the error", wanted=" or ".join(_NOT_WHO_IT_CLAIMS), got=error)


@then("the partner asked once")
def asked_once(exchanges: Sequence[Exchange]) -> None:
    words.expect_one_call(exchanges, "requestToken")


@then("access is denied for want of the scope, and no result follows")
def scope_denied(asked: Asked, callbacks: Callbacks, clock: Clock, partner: Partner) -> None:
    words.expect_refused(partner, clock, callbacks, asked, 401)


def _told(reply: Reply) -> dict[str, Any]:
    answer = reply.json
    expect(isinstance(answer, dict), f"the answer {reply.status}", wanted="an object", got=type(answer).__name__)
    return dict(answer)
