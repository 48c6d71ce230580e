"""Redeeming: when a small balance shows, results that never come, and the last point of a balance."""

from collections.abc import Iterator
from decimal import Decimal

from pytest_bdd import given, parsers, then

from accredit import Api, Clock, Control, NotApplicable, Partner, expect_equal

from . import books, words
from .books import Before


@given("small balances show at once")
def shown_at_once(simulator: Control, partner: Partner) -> Iterator[None]:
    simulator.check_balance("sync")
    yield
    simulator.check_balance(partner.setting("burn.balanceCheck"))


@given("small balances show in the result")
def shown_later(partner: Partner) -> None:
    if partner.setting("burn.balanceCheck") != "async":
        raise NotApplicable("small balances show at once, as configured")


@given("the next result will never come")
def never_comes(simulator: Control) -> Iterator[None]:
    simulator.drop_next_result()
    yield
    simulator.forget_mishaps()


@given(parsers.re("the next request ends unexpectedly, its points (?P<taken>taken|not taken)"))
def ends_unexpectedly(simulator: Control, taken: str) -> Iterator[None]:
    simulator.end_next_unexpectedly(taken == "taken")
    yield
    simulator.forget_mishaps()


@given(parsers.parse('the user "{role}" has {points:d} points'), target_fixture="before")
def has_exactly(simulator: Control, partner: Partner, role: str, points: int) -> Before:
    partner.needs("burn")
    simulator.put_balance(words.user(partner, role), points)
    return Before(role, Decimal(points))


@then("the user has no points left")
def nothing_left(before: Before, api: Api, partner: Partner, clock: Clock) -> None:
    expect_equal("the points left", books.settled_balance(api, partner, clock, before.role, Decimal(0)), 0)
