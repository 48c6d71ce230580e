"""What most scenarios of Issuance begin and end with: a collector whose miles are known, a sale, and what came of it."""

from collections.abc import Callable, Sequence

from pytest_bdd import given, parsers, then, when

from accredit import Api, Clock, Control, Exchange, Partner, expect_equal

from . import baskets, words
from .words import Account, Sent


@given(parsers.parse('the collector "{role}", whose Summary is known'), target_fixture="account")
def summary_known(api: Api, partner: Partner, alone: Callable[[str], None], role: str) -> Account:
    alone(f"the miles of {role}")
    return words.by_summary(api, partner, role)


@given(parsers.parse('the collector "{role}", whose miles in the books are known'), target_fixture="account")
def books_known(simulator: Control, partner: Partner, alone: Callable[[str], None], role: str) -> Account:
    alone(f"the miles of {role}")
    number = words.number(partner, role)
    return Account(number, simulator.miles_of(number), lambda: int(simulator.miles_of(number)))


@given(parsers.parse("a sale worth {miles:d} miles by the {method} method"), target_fixture="waiting")
def sale_to_report(
    partner: Partner, clock: Clock, account: Account, miles: int, method: str
) -> tuple[str, dict[str, object]]:
    agreed = baskets.method_of(partner) if method == "agreed" else method
    return baskets.earning(partner, clock, agreed, account.number, miles)


@when("the sale is reported", target_fixture="sent")
def sale_reported(api: Api, waiting: tuple[str, dict[str, object]]) -> Sent:
    return words.send(api, *waiting)


@when("the same is sent again", target_fixture="repeat")
def sent_again(api: Api, sent: Sent) -> Sent:
    return words.again(api, sent)


@then("it is done")
def is_done(sent: Sent) -> None:
    words.expect_done(sent)


@then("both are done")
def both_done(both: list[Sent]) -> None:
    for sent in both:
        words.expect_done(sent)


@then("it is refused as wrong")
def is_refused(sent: Sent) -> None:
    expect_equal("the answer", sent.reply.status, 400)


@then("the repeat is answered as configured")
def repeat_as_configured(sent: Sent, repeat: Sent, partner: Partner) -> None:
    words.expect_repeat(sent, repeat, partner)


@then(parsers.parse("the collector has {miles:d} miles more"))
def has_more(account: Account, miles: int) -> None:
    expect_equal("the miles credited", account.change, miles)


@then("the collector has as many miles as before")
def has_as_many(account: Account) -> None:
    expect_equal("the miles credited", account.change, 0)


@then("it was sent once")
def sent_once(exchanges: Sequence[Exchange], sent: Sent) -> None:
    expect_equal("the number of calls", len(words.calls(exchanges, sent.operation)), 1)


@then("the books hold it once")
def held_once(simulator: Control, sent: Sent) -> None:
    expect_equal("entries in the books", len(simulator.entries_for(sent.transaction)), 1)
