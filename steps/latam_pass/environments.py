"""What keeps test and production apart: marker, APP, path. Both are the simulator's here."""

from collections.abc import Iterator, Sequence

from pytest_bdd import given, parsers, then, when

from accredit import Api, Control, Exchange, Partner, Reply, Tokens, expect, expect_equal

from . import words

_MARKER = "x-latam-test"


@given(parsers.parse('the production APP is "{state}"'))
def app_state(simulator: Control, tokens: Tokens, state: str) -> Iterator[None]:
    tokens.forget()
    simulator.set_app("production", state)
    yield
    simulator.set_app("production", "Approved")


@when("the partner searches for a member without the test marker", target_fixture="reply")
def unmarked(api: Api, partner: Partner) -> Reply:
    return words.any_search(api, partner, without=(_MARKER,), edge_expected=True, renew=False)


@when("the partner searches for a member in production, test marker included", target_fixture="reply")
def marked_in_production(api: Api, partner: Partner) -> Reply:
    return words.any_search(api, partner, environment="production", headers={_MARKER: "LatamPass"}, renew=False)


@when("the partner searches for a member in production with a token of the test environment", target_fixture="reply")
def with_test_token(api: Api, partner: Partner, tokens: Tokens) -> Reply:
    tokens.forget()
    return words.any_search(api, partner, environment="production", token=tokens.current())


@when("the partner tries to work in production", target_fixture="reply")
def tries_production(api: Api, partner: Partner, tokens: Tokens) -> Reply:
    granted = tokens.request(environment="production")
    if not granted.is_success:
        return granted
    return words.any_search(api, partner, environment="production", token=words.told(granted).get("access_token", ""))


@then("the test environment turns the call away")
def turned_away_in_test(reply: Reply, partner: Partner) -> None:
    expect_equal("the call", reply.status, partner.setting("headers.latamTest.missingInTest"))


@then("production turns the call away")
def turned_away_in_production(reply: Reply, partner: Partner) -> None:
    expect_equal("the call", reply.status, partner.setting("headers.latamTest.presentInProd"))


@then("every other test request of this run has carried the marker")
def all_marked(exchanges: Sequence[Exchange], reply: Reply) -> None:
    tests = [e for e in exchanges if "/sandbox/" in e.request.url and e.number != reply.exchange]
    bare = [e.number for e in tests if dict(e.request.headers).get(_MARKER) != "LatamPass"]
    expect_equal("test requests without the marker", bare, [])


@then("production stays closed")
def closed(reply: Reply) -> None:
    expect(400 <= reply.status < 500, "production", wanted="closed", got=reply.status)


@then("production is open")
def is_open(reply: Reply) -> None:
    expect(reply.is_success, "production", wanted="open", got=reply.status)
