"""Balances: read, refused, and compared with what results tell."""

from collections.abc import Iterator

from pytest_bdd import given, parsers, then, when

from accredit import Api, Callbacks, CannotJudge, Clock, Control, Partner, Reply, Tokens, expect, expect_equal

from . import books, words
from .books import Before
from .words import Asked


@given(parsers.parse('a request for the user "{role}" has been refused'))
def has_been_refused(api: Api, partner: Partner, callbacks: Callbacks, role: str) -> None:
    told = words.body(partner, callbacks, words.unknown_rule(partner), words.user(partner, role), 10)
    partner.needs("earn")
    if words.send(api, partner, callbacks, told).status != 400:
        raise CannotJudge("a request that should have been refused was not")


@given(parsers.parse("balances lag {seconds:d} seconds behind"))
def lagging(simulator: Control, partner: Partner, clock: Clock, seconds: int) -> Iterator[None]:
    simulator.lag_balance(float(seconds))
    clock.wait(seconds)  # what was booked before has come through
    yield
    simulator.lag_balance(partner.setting("balance.lagMilliseconds") / 1000)


@when(parsers.parse('the partner reads the balance of the user "{role}"'), target_fixture="reply")
def reads(api: Api, partner: Partner, role: str) -> Reply:
    return books.read_balance(api, partner, role)


@then("a figure is shown")
def is_shown(reply: Reply, partner: Partner) -> None:
    expect_equal("the balance read", reply.status, 200)
    expect(books.figure(partner, reply) is not None, "the balance", wanted="a figure", got=sorted(reply.json))


@then("that user is found")
def is_found(reply: Reply, partner: Partner) -> None:
    expect_equal("the balance read", reply.status, 200)
    if not books.figure(partner, reply):
        raise CannotJudge("the balance shows no points, which nobody would have either; give the role a user with some")


@then(parsers.re("the balance is (?P<way>higher|lower) by what the result tells"))
def moved_as_told(
    asked: Asked, before: Before, api: Api, partner: Partner, callbacks: Callbacks, clock: Clock, way: str
) -> None:
    words.expect_accepted(asked)
    told = words.result(callbacks, asked)
    expect_equal("the status", told.get("status"), "success")
    moved = books.points(told["point"]) if way == "higher" else -books.points(told["point"])
    shown = books.settled_balance(api, partner, clock, before.role, before.points + moved)
    expect_equal("the points moved", shown - before.points, moved)


@then("it is answered as the balance of nobody")
def of_nobody(reply: Reply, partner: Partner) -> None:
    wanted = partner.setting("balance.errors.nobody")
    expect_equal("the balance read", reply.status, wanted)
    if wanted == 200:
        expect_equal("the balance", books.figure(partner, reply), 0)


@then("it is refused as another organisation's")
def of_others(reply: Reply, partner: Partner) -> None:
    expect_equal("the balance read", reply.status, partner.setting("balance.errors.organisation"))


@then("the read was refused once, and answered after one renewal")
def one_renewal(reply: Reply, granted: tuple[str, int], tokens: Tokens) -> None:
    expect_equal("the balance read", reply.status, 200)
    expect_equal("the exchanges it took", reply.attempts, 2)
    expect_equal("the tokens asked for meanwhile", tokens.requests - granted[1], 1)


@then("the first read after the result still shows the points of before")
def still_before(asked: Asked, before: Before, api: Api, partner: Partner, callbacks: Callbacks) -> None:
    words.expect_accepted(asked)
    words.result(callbacks, asked)
    expect_equal("the points at first", books.balance(api, partner, before.role), before.points)
