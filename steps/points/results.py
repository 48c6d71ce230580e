"""Results: their fields, and how they go astray. What the harness sets apart, a partner's receiver must set apart too."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from pytest_bdd import given, parsers, then, when

from accredit import Api, Callbacks, Clock, Control, Exchange, NotApplicable, Partner, expect, expect_equal

from . import words
from .words import EARN, Asked

_ECHOED = ("action", "clientId", "userId", "requestId", "ruleId", "timestamp", "status")
_ADDED = {"success": ("point", "transactionId"), "failed": ("errorMessage",)}
_ALTERED = {"client id": "clientId", "user id": "userId", "rule id": "ruleId"}
_COURSES = {
    "come twice": "repeat_next_result",
    "overtake the answer to its request": "hurry_next_result",
    "be followed by one that contradicts it": "contradict_next_result",
    "carry fields that nobody knows": "dress_next_result",
}
_FAULTS = {"breaks off in the middle": "garble_next_result", "is far too long": "swell_next_result"}
_SKEW = timedelta(minutes=5)
"""By how much the provider's clock may differ from ours."""
_MUCH_LATER_SECONDS = 300
_SECOND_COMES_WITHIN_SECONDS = 5


@given(parsers.re("the next result will (?P<course>come twice|overtake .+|be followed by .+|carry fields .+)"))
def will(simulator: Control, course: str) -> Iterator[None]:
    getattr(simulator, _COURSES[course])()
    yield
    simulator.forget_mishaps()


@given(parsers.re("the next result (?P<fault>breaks off in the middle|is far too long)"))
def unreadable(simulator: Control, fault: str) -> Iterator[None]:
    getattr(simulator, _FAULTS[fault])()
    yield
    simulator.forget_mishaps()


@given(parsers.parse("the next result is followed by one with another {field}"))
def forged(simulator: Control, partner: Partner, field: str) -> Iterator[None]:
    if field == "user id" and partner.setting("users.idMap") != "identity":
        raise NotApplicable("users come back under another id, as configured, so that it cannot be compared")
    simulator.forge_next_result(_ALTERED[field], "somebody-else-s")
    yield
    simulator.forget_mishaps()


@given("the next two results will come in swapped order")
def swapped(simulator: Control) -> Iterator[None]:
    simulator.swap_next_results()
    yield
    simulator.forget_mishaps()


@given("the next result will come after the agreed time")
def late(simulator: Control, partner: Partner) -> Iterator[None]:
    simulator.delay_next_result(float(partner.setting("callback.waitSeconds")) + _MUCH_LATER_SECONDS)
    yield
    simulator.forget_mishaps()


@given(parsers.parse('the next failure will give the reason "{reason}"'))
def reworded(simulator: Control, reason: str) -> Iterator[None]:
    simulator.reword_next_result(reason)
    yield
    simulator.forget_mishaps()


@given(parsers.parse("the next result's timestamp has {digits:d} digits of a second"), target_fixture="since")
def stamped(simulator: Control, clock: Clock, digits: int) -> Iterator[datetime]:
    simulator.stamp_next_result(digits)
    yield clock.now()
    simulator.forget_mishaps()


@when("the partner earns 10 points twice", target_fixture="both")
def twice(api: Api, partner: Partner, callbacks: Callbacks) -> tuple[Asked, Asked]:
    return (
        words.ask(api, partner, callbacks, "earn", "earning"),
        words.ask(api, partner, callbacks, "earn", "earning"),
    )


@when("the partner earns 10 points with a request id in capital and small letters", target_fixture="asked")
def mixed_letters(api: Api, partner: Partner, callbacks: Callbacks) -> Asked:
    return words.ask(api, partner, callbacks, "earn", "earning", requestId=f"Req-AbC-{words.request_id(partner)}")


@when("the partner asks to earn 10 points and then 20", target_fixture="both")
def one_after_the_other(api: Api, partner: Partner, callbacks: Callbacks) -> tuple[Asked, Asked]:
    return (
        words.ask(api, partner, callbacks, "earn", "earning", 10),
        words.ask(api, partner, callbacks, "earn", "earning", 20),
    )


@when(parsers.parse('a result comes for the user "{role}" and a request that nobody made'))
def stray(simulator: Control, partner: Partner, callbacks: Callbacks, role: str) -> None:
    user, rule = words.user(partner, role), words.rule(partner, "earn")
    simulator.send_stray_result(callbacks.url, user, rule, words.request_id(partner))


@then("both results are successes with all nine fields")
def nine_fields(both: tuple[Asked, Asked], callbacks: Callbacks, clock: Clock) -> None:
    for asked in both:
        words.expect_accepted(asked)
        _expect_fields(words.result(callbacks, asked), "success", asked.expected.since, clock)


@then("their transaction ids differ")
def different(both: tuple[Asked, Asked], callbacks: Callbacks) -> None:
    ids = {words.result(callbacks, asked).get("transactionId") for asked in both}
    expect_equal("the number of transaction ids", len(ids), 2)


@then("its result has all eight fields")
def eight_fields(asked: Asked, callbacks: Callbacks, clock: Clock) -> None:
    _expect_fields(words.result(callbacks, asked), "failed", asked.expected.since, clock)


@then("the result is for that very request")
def that_very_request(asked: Asked, callbacks: Callbacks) -> None:
    words.expect_accepted(asked)
    told = words.result(callbacks, asked)
    expect_equal("the request id", told.get("requestId"), asked.body["requestId"])
    words.expect_moved(told, asked.body["amount"], EARN)


@then("the other result is set apart as forged")
def set_apart_as_forged(callbacks: Callbacks, clock: Clock) -> None:
    _expect_second(callbacks, clock, "forged")


@then(parsers.re("a second result is set apart as (?:a )?(?P<kind>duplicate|contradicting)"))
def second_set_apart(callbacks: Callbacks, clock: Clock, kind: str) -> None:
    _expect_second(callbacks, clock, kind)


@then("that result is set apart as unmatched")
def unmatched(callbacks: Callbacks) -> None:
    words.set_apart(callbacks, "unmatched")


@then("the result was there before the answer")
def before_the_answer(asked: Asked, callbacks: Callbacks, exchanges: Sequence[Exchange]) -> None:
    """The answer's exchange is recorded when it has ended; a result that is recorded sooner came sooner."""
    words.expect_accepted(asked)
    delivered, numbers = callbacks.wait_for(asked.expected), [exchange.number for exchange in exchanges]
    assert asked.reply is not None
    overtook = numbers.index(delivered.exchange) < numbers.index(asked.reply.exchange)
    expect(overtook, "the result", wanted="there before the answer", got="there after it")


@then("the second result came first, and each tells the points of its own request")
def in_swapped_order(both: tuple[Asked, Asked], callbacks: Callbacks) -> None:
    for asked in both:
        words.expect_accepted(asked)
        words.expect_moved(words.result(callbacks, asked), asked.body["amount"], EARN)
    first, second = (callbacks.wait_for(asked.expected).at for asked in both)
    expect(second < first, "the second request's result", wanted="first", got="not before the other")


@then(parsers.parse("a later result tells that {points:d} points were credited"))
def later(asked: Asked, callbacks: Callbacks, clock: Clock, partner: Partner, points: int) -> None:
    words.expect_accepted(asked)
    clock.wait(_MUCH_LATER_SECONDS + float(partner.setting("callback.waitSeconds")))
    words.expect_moved(words.set_apart(callbacks, "late").json, points, EARN)


@then("it carried fields that nobody knows")
def unknown_fields(asked: Asked, callbacks: Callbacks) -> None:
    unknown = set(words.result(callbacks, asked)) - {*_ECHOED, *_ADDED["success"]}
    expect(bool(unknown), "the fields", wanted="some that nobody knows", got="none")


@then(parsers.parse('its result gives the reason "{reason}"'))
def gives_reason(asked: Asked, callbacks: Callbacks, reason: str) -> None:
    expect_equal("the reason", words.result(callbacks, asked).get("errorMessage"), reason)


@then(parsers.parse("the timestamp has {digits:d} digits, and lies between the request and the result"))
def timely(asked: Asked, callbacks: Callbacks, clock: Clock, since: datetime, digits: int) -> None:
    words.expect_accepted(asked)
    stamp = str(words.result(callbacks, asked).get("timestamp"))
    expect_equal("the digits", len(stamp.partition(".")[2].removesuffix("Z")), digits)
    _expect_between(words.moment(stamp), since, clock)


@then(parsers.re("the result is turned away as (?P<kind>malformed|too large)"))
def turned_away(asked: Asked, callbacks: Callbacks, clock: Clock, partner: Partner, kind: str) -> None:
    words.expect_accepted(asked)
    retries = int(partner.setting("callback.retries"))
    until_the_last = float(partner.setting("callback.retrySeconds")) * (2**retries - 1)
    clock.wait(until_the_last + float(partner.setting("callback.quietSeconds")))
    words.set_apart(callbacks, kind, 1 + retries)  # what was not acknowledged is sent again as often as configured
    expect_equal("the results that could be read", len(callbacks.all_for(asked.expected)), 0)


def _expect_second(callbacks: Callbacks, clock: Clock, kind: str) -> None:
    clock.wait(_SECOND_COMES_WITHIN_SECONDS)
    words.set_apart(callbacks, kind)


def _expect_fields(told: Mapping[str, Any], status: str, since: datetime, clock: Clock) -> None:
    """Every field of a result of that status, each of a text but for the points, and a timestamp of now."""
    expect_equal("the status", told.get("status"), status)
    for name in (*_ECHOED, *_ADDED[status]):
        value = told.get(name)
        right = isinstance(value, int | float) if name == "point" else isinstance(value, str) and bool(value.strip())
        expect(right and not isinstance(value, bool), f"the field {name}", wanted="filled", got=repr(value))
    _expect_between(words.moment(str(told["timestamp"])), since, clock)


def _expect_between(stamp: datetime, since: datetime, clock: Clock) -> None:
    between = since - _SKEW <= stamp <= clock.now() + _SKEW
    expect(between, "the timestamp", wanted=f"one since {since:%H:%M:%S} UTC", got=f"{stamp:%Y-%m-%d %H:%M:%S}")
