"""Promotion: the first reads in an environment, and the smallest real points there and back."""

from pytest_bdd import parsers, then, when

from accredit import Api, Callbacks, Partner, Reply, expect, expect_equal

from . import books, words
from .words import Asked


@when(
    parsers.parse('the partner earns 1 point for the user "{role}" and redeems as many as were credited'),
    target_fixture="pair",
)
def there_and_back(api: Api, partner: Partner, callbacks: Callbacks, role: str) -> tuple[Asked, Asked]:
    """The second is not sent before the first has succeeded: what was not credited is not to be redeemed."""
    partner.needs("burn")
    earned = words.ask(api, partner, callbacks, "earn", role, 1)
    words.expect_accepted(earned)
    told = words.result(callbacks, earned)
    words.expect_success(told, 1)
    return earned, words.ask(api, partner, callbacks, "redeem", role, told["point"])


@then("both were successes")
def both_succeeded(pair: tuple[Asked, Asked], callbacks: Callbacks) -> None:
    for asked in pair:
        words.expect_accepted(asked)
        words.expect_success(words.result(callbacks, asked), asked.body["amount"])


@then(parsers.parse('with that token the balance of the user "{role}" is a figure'))
def token_opens(reply: Reply, api: Api, partner: Partner, role: str) -> None:
    read = books.read_balance(api, partner, role, token=str(reply.json["access_token"]))
    expect_equal("the balance read", read.status, 200)
    expect(books.figure(partner, read) is not None, "the balance", wanted="a figure", got=sorted(read.json))
