"""Access: tokens shown, refused and renewed, and what keeps CERT and production apart."""

from collections.abc import Sequence

from pytest_bdd import given, parsers, then, when

from accredit import Api, CannotJudge, Clock, Control, Exchange, NotApplicable, Partner, Reply, Tokens, expect_equal

from . import baskets, words
from .words import Account, Sent

_RECORD = "recordTransaction"


@given("a token that AIR MILES no longer accepts")
def worn_out(tokens: Tokens, partner: Partner) -> None:
    if partner.setting("issuance.errors.token") != 401:
        raise NotApplicable(
            "the settings say that a refused token is not told by 401, which is what a client renews by"
        )
    tokens.spoil()


@given("a token that has reached its end", target_fixture="token")
def ended(tokens: Tokens, partner: Partner, clock: Clock) -> str:
    token = tokens.current()
    clock.wait(partner.setting("oauth.token.ttl") + 1)
    return token


@given("what production holds of that collector is known", target_fixture="in_production")
def production_known(simulator: Control, account: Account) -> int:
    return int(simulator.miles_of(account.number, "production"))


@when("the partner records a transaction with its machine token", target_fixture="sent")
def with_token(api: Api, partner: Partner, clock: Clock) -> Sent:
    return words.send(api, _RECORD, _noted(partner, clock), "")


@when("the partner records a transaction without a token", target_fixture="sent")
def without_token(api: Api, partner: Partner, clock: Clock) -> Sent:
    return words.send(api, _RECORD, _noted(partner, clock), "", token=None)


@when("the partner records a transaction with a token for Collector Service", target_fixture="sent")
def with_other_token(api: Api, partner: Partner, clock: Clock, tokens: Tokens) -> Sent:
    form = tokens.grant() | {"audience": partner.setting("collector.oauth.audience")}
    granted = tokens.request(form=form)
    if not granted.is_success:
        raise CannotJudge(f"no token for Collector Service was granted to the machine (exchange {granted.exchange}).")
    token = str(granted.json["access_token"])
    return words.send(api, _RECORD, _noted(partner, clock), "", token=token)


@when("the partner records a transaction with that token", target_fixture="sent")
def with_that_token(api: Api, partner: Partner, clock: Clock, token: str) -> Sent:
    return words.send(api, _RECORD, _noted(partner, clock), "", token=token)


@when("the partner records a transaction in production with a token of CERT", target_fixture="sent")
def token_of_cert(api: Api, partner: Partner, clock: Clock, tokens: Tokens) -> Sent:
    token = tokens.current()
    return words.send(api, _RECORD, _noted(partner, clock), "", token=token, environment="production")


@when("a sale is reported by the agreed method", target_fixture="sent")
def any_sale(api: Api, partner: Partner, clock: Clock) -> Sent:
    number = words.number(partner, "collecting")
    return words.send(api, *baskets.earning(partner, clock, baskets.method_of(partner), number, 5))


@when(parsers.parse("a sale worth {miles:d} miles is reported by the agreed method"), target_fixture="sent")
def sale_of_account(api: Api, partner: Partner, clock: Clock, account: Account, miles: int) -> Sent:
    return words.send(api, *baskets.earning(partner, clock, baskets.method_of(partner), account.number, miles))


@when("the partner asks for a token with a wrong secret", target_fixture="reply")
def wrong_secret(tokens: Tokens) -> Reply:
    return tokens.request(form=tokens.grant() | {"client_secret": "not-the-secret-of-anybody"})


@then("it is turned away for its token")
def turned_away(sent: Sent, partner: Partner) -> None:
    expect_equal("the answer", sent.reply.status, partner.setting("issuance.errors.token"))


@then("it is turned away because the token is for something else")
def for_something_else(sent: Sent, partner: Partner) -> None:
    expect_equal("the answer", sent.reply.status, partner.setting("issuance.errors.audience"))


@then("it was refused once and then done, both times under the same key")
def refused_then_done(sent: Sent, exchanges: Sequence[Exchange]) -> None:
    made = words.calls(exchanges, sent.operation)
    expect_equal("the answers", [e.response and e.response.status for e in made], [401, 200])
    expect_equal("keys used", {words.key_of(e) for e in made}, {sent.key})


@then("the token is refused, and was asked for once")
def token_refused(reply: Reply, partner: Partner, exchanges: Sequence[Exchange]) -> None:
    expect_equal("the answer", reply.status, partner.setting("oauth.wrongClient.status"))
    expect_equal("token calls", len(words.calls(exchanges, "requestToken")), 1)


@then("production holds of that collector what it held before")
def untouched(simulator: Control, account: Account, in_production: int) -> None:
    expect_equal("miles in production", simulator.miles_of(account.number, "production"), in_production)


def _noted(partner: Partner, clock: Clock) -> dict[str, object]:
    """A transaction to be noted: served like any other, by whichever method, and it moves nothing."""
    return baskets.basket(partner, clock, words.number(partner, "collecting"))
