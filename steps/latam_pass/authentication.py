"""Tokens: asked for, granted, refused, worn out, and renewed."""

from collections.abc import Sequence

from pytest_bdd import given, parsers, then, when

from accredit import Api, Clock, Control, Exchange, Partner, Reply, Tokens, expect, expect_equal

from . import words

_GRANTS = {"another grant": {"grant_type": "password"}, "no grant at all": {}}


@given("the partner has just been granted a token", target_fixture="granted")
def just_granted(tokens: Tokens) -> tuple[str, int]:
    tokens.forget()
    return tokens.current(), tokens.requests


@given("the partner's token has become worthless without the partner knowing", target_fixture="granted")
def worthless(tokens: Tokens) -> tuple[str, int]:
    tokens.spoil()
    return tokens.current(), tokens.requests


@given("the firewall is about to deny a member search")
def denial_ahead(simulator: Control, partner: Partner) -> None:
    words.expect_able_to_search(partner)  # or the denial would meet another scenario's search
    simulator.deny_next("searchMember")


@when("the partner asks for a token", target_fixture="reply")
def asks(tokens: Tokens) -> Reply:
    return tokens.request()


@when("the partner asks for a token without showing credentials", target_fixture="reply")
def asks_without_credentials(tokens: Tokens) -> Reply:
    return tokens.request(basic=None)


@when("the partner asks for a token with a wrong client id", target_fixture="reply")
def asks_as_another(tokens: Tokens, partner: Partner) -> Reply:
    return tokens.request(basic=("no-such-client", partner.secret("client_secret")))


@when("the partner asks for a token with a wrong secret", target_fixture="reply")
def asks_with_wrong_secret(tokens: Tokens, partner: Partner) -> Reply:
    return tokens.request(basic=(partner.secret("client_id"), "no-such-secret"))


@when(parsers.re("the partner asks for a token with (?P<grant>another grant|no grant at all)"), target_fixture="reply")
def asks_with_grant(tokens: Tokens, grant: str) -> Reply:
    return tokens.request(form=_GRANTS[grant])


@when("the partner searches for a member", target_fixture="reply")
def searches(api: Api, partner: Partner) -> Reply:
    return words.any_search(api, partner)


@when(parsers.parse("the partner searches for a member {times:d} times"), target_fixture="replies")
def searches_often(api: Api, partner: Partner, times: int) -> list[Reply]:
    return [words.any_search(api, partner) for _ in range(times)]


@when("the partner searches for a member, whatever may answer", target_fixture="reply")
def searches_whatever_answers(api: Api, partner: Partner) -> Reply:
    return words.any_search(api, partner, edge_expected=True)


@when("the partner searches for a member without its client id", target_fixture="reply")
def searches_nameless(api: Api, partner: Partner) -> Reply:
    return words.any_search(api, partner, without=("client_id",), renew=False)


@when("the partner searches for a member without a token", target_fixture="reply")
def searches_tokenless(api: Api, partner: Partner) -> Reply:
    return words.any_search(api, partner, token=None)


@when("the partner searches for a member, its token shown only as a bearer", target_fixture="reply")
def searches_as_bearer(api: Api, partner: Partner, tokens: Tokens) -> Reply:
    return words.any_search(api, partner, token=None, headers={"authorization": f"Bearer {tokens.current()}"})


@when(parsers.parse("{minutes:d} minutes have gone by"))
def minutes_go_by(clock: Clock, minutes: int) -> None:
    clock.wait(minutes * 60)


@then("a token is granted")
def is_granted(reply: Reply) -> None:
    expect(reply.is_success, "the token call", wanted="a success", got=reply.status)
    told = words.told(reply)
    expect(bool(told.get("access_token")), "the answer", wanted="an access_token", got=sorted(told))


@then("the token opens a member search")
def opens(reply: Reply, api: Api, partner: Partner) -> None:
    found = words.any_search(api, partner, token=words.told(reply)["access_token"])
    expect_equal("the search with that token", found.status, partner.setting("search.successStatus"))


@then("no token is granted")
def is_not_granted(reply: Reply) -> None:
    expect(400 <= reply.status < 500, "the token call", wanted="a refusal", got=reply.status)


@then(parsers.parse('the token is refused because "{message}"'))
def is_refused_because(reply: Reply, message: str) -> None:
    expect_equal("the token call", reply.status, 400)
    told = words.told(reply)
    expect_equal("the result", told.get("result"), "failure")
    expect_equal("the errors", told.get("errors"), [{"type": "INVALID", "message": message}])


@then("the partner asked once")
def asked_once(exchanges: Sequence[Exchange]) -> None:
    words.expect_one_call(exchanges, "requestToken")


@then("every search was answered")
def all_answered(replies: list[Reply], partner: Partner) -> None:
    expect_equal("the searches", {reply.status for reply in replies}, {partner.setting("search.successStatus")})


@then("no further token was asked for")
def none_asked_for(granted: tuple[str, int], tokens: Tokens) -> None:
    expect_equal("the tokens asked for meanwhile", tokens.requests - granted[1], 0)


@then("that token is still accepted")
def still_accepted(granted: tuple[str, int], api: Api, partner: Partner) -> None:
    expect_equal(
        "a search with that token",
        words.any_search(api, partner, token=granted[0]).status,
        partner.setting("search.successStatus"),
    )


@then("that token is no longer accepted")
def no_longer_accepted(granted: tuple[str, int], api: Api, partner: Partner) -> None:
    _expect_refused(words.any_search(api, partner, token=granted[0]), partner, "badToken")


@then("the next call is made with a new token")
def new_token(granted: tuple[str, int], api: Api, partner: Partner, tokens: Tokens) -> None:
    reply = words.any_search(api, partner)
    expect_equal("the search", reply.status, partner.setting("search.successStatus"))
    expect_equal("the exchanges it took", reply.attempts, 1)
    expect_equal("the tokens asked for meanwhile", tokens.requests - granted[1], 1)


@then("the search was refused once, and answered after one renewal")
def one_renewal(reply: Reply, granted: tuple[str, int], tokens: Tokens, partner: Partner) -> None:
    expect_equal("the search", reply.status, partner.setting("search.successStatus"))
    expect_equal("the exchanges it took", reply.attempts, 2)
    expect_equal("the tokens asked for meanwhile", tokens.requests - granted[1], 1)


@then("the denial is recognised, with the reference that support needs")
def denial_recognised(reply: Reply) -> None:
    expect(bool(reply.edge_reference), "the firewall's denial", wanted="a reference", got=repr(reply.edge_reference))


@then("the search was sent once")
def search_sent_once(exchanges: Sequence[Exchange]) -> None:
    words.expect_one_call(exchanges, "searchMember")


@then("the call is refused as one of an unknown APP")
def unknown_app(reply: Reply, partner: Partner) -> None:
    _expect_refused(reply, partner, "unknownApp")


@then("the call is refused as one without a token")
def tokenless(reply: Reply, partner: Partner) -> None:
    _expect_refused(reply, partner, "noToken")


@then("the call is refused as one with a worthless token")
def worthless_token(reply: Reply, partner: Partner) -> None:
    _expect_refused(reply, partner, "badToken")


def _expect_refused(reply: Reply, partner: Partner, why: str) -> None:
    """Which status the gateway refuses with is not published; its words are nobody's promise."""
    expect_equal("the call", reply.status, partner.setting(f"gateway.errors.{why}")["status"])
