"""Requests to earn and to redeem, and what becomes of them: said by every topic."""

from collections.abc import Callable, Sequence

from pytest_bdd import given, parsers, then, when

from accredit import Api, Callbacks, CannotJudge, Clock, ConnectionBroken, Exchange, Partner, expect_equal

from . import books, words
from .books import COUNTED, Before
from .words import EARN, REDEEM, Asked

_ASKS = (
    r"the partner asks to (?P<way>earn|redeem)(?: (?P<points>\d+) points)?"
    r'(?: by the rule "(?P<rule>[^"]+)")?(?: for the user "(?P<user>[^"]+)")?'
)
_REASONS = {
    "the earning limit is reached": "earning_limit",
    "the redemption limit is reached": "redemption_limit",
    "the balance is too small": "balance",
    "of an unexpected error": "unexpected",
}
"""Reason → the name under which the settings have its text."""


@given(parsers.parse('the points of the user "{role}" are known'), target_fixture="before")
def points_known(api: Api, partner: Partner, alone: Callable[[str], None], role: str) -> Before:
    alone(f"the points of {role}")
    return Before(role, books.balance(api, partner, role))


@given(parsers.parse('a user "{role}" with at least {points:d} points'))
def funded(api: Api, partner: Partner, callbacks: Callbacks, role: str, points: int) -> None:
    books.fund(api, partner, callbacks, role, points)


@given(parsers.parse('a request for the user "{role}" has failed'), target_fixture="asked")
def has_failed(api: Api, partner: Partner, callbacks: Callbacks, role: str) -> Asked:
    asked = words.ask(api, partner, callbacks, "earn, used up", role)
    if asked.status != 202 or callbacks.wait_for(asked.expected).json.get("status") != "failed":
        raise CannotJudge("a request that should have failed has not; give the role a rule whose cap is spent")
    return asked


@when(parsers.re(r"the partner (?P<way>earns|redeems) (?P<points>\d+) points?"), target_fixture="asked")
def moves(api: Api, partner: Partner, callbacks: Callbacks, way: str, points: str) -> Asked:
    rule, user = ("earn", "earning") if way == "earns" else ("redeem", "redeeming")
    return words.ask(api, partner, callbacks, rule, user, int(points))


@when(parsers.re(_ASKS), target_fixture="asked")
def asks(
    api: Api, partner: Partner, callbacks: Callbacks, way: str, points: str | None, rule: str | None, user: str | None
) -> Asked:
    usual = COUNTED if points and rule else "earning" if way == "earn" else "redeeming"
    return words.ask(api, partner, callbacks, rule or way, user or usual, int(points or 10))


@when(parsers.re(f"{_ASKS} and hears nothing"), target_fixture="asked")
def asks_unheard(
    api: Api, partner: Partner, callbacks: Callbacks, way: str, points: str | None, rule: str | None, user: str | None
) -> Asked:
    role = rule or way
    told = words.body(
        partner, callbacks, words.rule(partner, role), words.user(partner, user or "earning"), int(points or 10)
    )
    awaited = words.expected(partner, callbacks, told)
    try:
        reply = words.call(api, partner, json=told, redeems=role.startswith("redeem"))
    except ConnectionBroken:
        return Asked(told, awaited, None)
    return Asked(told, awaited, reply)


@when(parsers.re("the partner asks to (?P<way>earn|redeem) by a rule that does not exist"), target_fixture="asked")
def asks_by_no_rule(api: Api, partner: Partner, callbacks: Callbacks, way: str) -> Asked:
    partner.needs("burn" if way == "redeem" else "earn")
    user = words.user(partner, "redeeming" if way == "redeem" else "earning")
    told = words.body(partner, callbacks, words.unknown_rule(partner), user, 10)
    return words.send(api, partner, callbacks, told, redeems=way == "redeem")


@then("the request is accepted, and the points are credited")
def credited(asked: Asked, callbacks: Callbacks) -> None:
    words.expect_accepted(asked)
    words.expect_moved(words.result(callbacks, asked), asked.body["amount"], EARN)


@then(parsers.re(r"the result tells that (?P<points>\d+) points? (?:was|were) (?P<way>credited|redeemed)"))
def tells(asked: Asked, callbacks: Callbacks, points: str, way: str) -> None:
    words.expect_accepted(asked)
    words.expect_moved(words.result(callbacks, asked), int(points), EARN if way == "credited" else REDEEM)


@then(parsers.parse("the result is a success of {points:d} points"))
def succeeds(asked: Asked, callbacks: Callbacks, points: int) -> None:
    words.expect_accepted(asked)
    words.expect_success(words.result(callbacks, asked), points)


@then(parsers.parse("the request is accepted, and fails because {reason}"))
def fails(asked: Asked, callbacks: Callbacks, partner: Partner, reason: str) -> None:
    words.expect_accepted(asked)
    words.expect_failed(partner, words.result(callbacks, asked), _REASONS[reason])


@then("the request is accepted, and no result comes")
def accepted_in_silence(asked: Asked, callbacks: Callbacks, clock: Clock, partner: Partner) -> None:
    words.expect_accepted(asked)
    _expect_silence(asked, callbacks, clock, partner)


@then("no result comes in the agreed time")
def silent(asked: Asked, callbacks: Callbacks, clock: Clock, partner: Partner) -> None:
    _expect_silence(asked, callbacks, clock, partner)


@then("the outcome is unknown, and no result comes")
def unknown_in_silence(asked: Asked, callbacks: Callbacks, clock: Clock, partner: Partner) -> None:
    _expect_unknown(asked)
    _expect_silence(asked, callbacks, clock, partner)


@then(parsers.parse("the outcome is unknown, and the result tells that {points:d} points were credited"))
def unknown_then_told(asked: Asked, callbacks: Callbacks, points: int) -> None:
    _expect_unknown(asked)
    words.expect_moved(words.result(callbacks, asked), points, EARN)


@then("the request is refused as invalid, and no result follows")
def refused(asked: Asked, callbacks: Callbacks, clock: Clock, partner: Partner) -> None:
    words.expect_refused(partner, clock, callbacks, asked, words.invalid(partner))


@then("the client is forbidden to use the rule, and no result follows")
def forbidden(asked: Asked, callbacks: Callbacks, clock: Clock, partner: Partner) -> None:
    words.expect_refused(partner, clock, callbacks, asked, 403)


@then("the partner called once")
def called_once(exchanges: Sequence[Exchange]) -> None:
    words.expect_one_call(exchanges, "requestPoints")


@then(parsers.re(r"the user has (?P<points>\d+) points (?P<way>more|fewer) than before"))
def has_moved(before: Before, api: Api, partner: Partner, clock: Clock, points: str, way: str) -> None:
    moved = int(points) if way == "more" else -int(points)
    wanted = before.points + moved
    shown = books.settled_balance(api, partner, clock, before.role, wanted)
    expect_equal("the points moved", shown - before.points, moved)


def _expect_unknown(asked: Asked) -> None:
    """An internal error, or nothing at all: neither says whether the request was acted on."""
    expect_equal("the answer", asked.status, 500 if asked.reply else None)


def _expect_silence(asked: Asked, callbacks: Callbacks, clock: Clock, partner: Partner) -> None:
    clock.wait(float(partner.setting("callback.waitSeconds")))
    expect_equal("the results that came", len(callbacks.all_for(asked.expected)), 0)
