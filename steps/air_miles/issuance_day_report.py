"""A day of the partner's, reported on purpose with everything that makes reconciling hard, and both sides compared."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from pytest_bdd import given, parsers, then, when

from accredit import Api, CannotJudge, Clock, ConnectionBroken, Control, Exchange, Partner, expect, expect_equal

from . import baskets, words
from .issuance_days import zone_of
from .issuance_reconciliation import Day, air_miles_day, counts, partners_day
from .words import Account, Sent

_PENDING_SECONDS = 3600


@given("a Transaction Day on which nothing has been reported yet", target_fixture="day")
def quiet_day(clock: Clock, partner: Partner, simulator: Control) -> date:
    """The next one: a simulator's clock goes there at once."""
    zone = zone_of(partner)
    today = clock.now().astimezone(zone)
    midnight = datetime.combine(today.date() + timedelta(days=1), datetime.min.time(), zone)
    clock.wait((midnight - clock.now()).total_seconds() + 600)
    day = clock.now().astimezone(zone).date()
    if simulator.days_report(day.isoformat()):
        raise CannotJudge(f"something was reported for {day} already")
    return day


@when(
    parsers.parse(
        "the partner reports sales of {a:d} and {b:d} miles, a bonus of {bonus:d}, and takes back {back:d} of the first"
    )
)
def sales(api: Api, partner: Partner, clock: Clock, account: Account, a: int, b: int, bonus: int, back: int) -> None:
    partner.needs("partner_calculated")
    first = _posted(api, partner, clock, account, a)
    _posted(api, partner, clock, account, b)
    _posted(api, partner, clock, account, bonus, "bonus offer")
    part = [first.body["issuances"][0] | {"milesAmount": back}]
    words.expect_done(words.send(api, "reverseMiles", baskets.taking_back(partner, clock, first.body, issuances=part)))


@when(parsers.parse("the partner reports events of {a:d} and {b:d} miles, and takes the second back"))
def events(api: Api, partner: Partner, clock: Clock, account: Account, a: int, b: int) -> None:
    words.expect_done(words.send(api, "postEvent", baskets.event(partner, clock, account.number, a)))
    second = words.send(api, "postEvent", baskets.event(partner, clock, account.number, b))
    words.expect_done(second)
    words.expect_done(words.send(api, "reverseEvent", baskets.taking_back(partner, clock, second.body)))


@when(parsers.parse("the partner reports a sale of {miles:d} miles whose answer is lost, and sends it again"))
def lost_and_repeated(
    api: Api, partner: Partner, clock: Clock, simulator: Control, account: Account, miles: int
) -> None:
    key, body = words.new_key(), baskets.sale(partner, clock, account.number, miles)
    simulator.lose_next_answer("postMiles", acted_on=True)
    try:
        words.send(api, "postMiles", body, key)
    except ConnectionBroken:
        words.send(api, "postMiles", body, key)
    else:
        raise CannotJudge("the answer that should have been lost was not")


@when(parsers.parse("the partner reports a sale that is refused, and one of {miles:d} miles that stays pending"))
def refused_and_pending(
    api: Api, partner: Partner, clock: Clock, simulator: Control, account: Account, miles: int
) -> None:
    wrong: dict[str, Any] = baskets.sale(partner, clock, account.number, 8) | {"basketPreTaxAmount": "twenty-five"}
    expect_equal("the refused sale", words.send(api, "postMiles", wrong).reply.status, 400)
    simulator.delay_next("postMiles", _PENDING_SECONDS)
    late = words.send(api, "postMiles", baskets.sale(partner, clock, account.number, miles))
    expect_equal("the pending sale", late.reply.status, 202)


@when(parsers.parse("AIR MILES issues miles for {count:d} baskets, and one of them is returned"))
def calculated_baskets(api: Api, partner: Partner, clock: Clock, account: Account, count: int) -> None:
    partner.needs("amrp_calculated")
    sent = [
        words.send(api, "issueMiles", baskets.lines(partner, clock, account.number, n)) for n in range(2, count + 2)
    ]
    for sale in sent:
        words.expect_done(sale)
    words.expect_done(words.send(api, "returnItems", baskets.taking_back(partner, clock, sent[0].body)))


@then("both sides agree on that day, offer by offer")
def both_agree(exchanges: Sequence[Exchange], simulator: Control, partner: Partner, day: date) -> None:
    mine = _mine(exchanges, partner, day)
    expect_equal("transactions whose outcome nobody knows", mine.unknown, 0)
    expect_equal("offers of the day", len(mine.offers), 3)
    expect_equal(f"the totals of {day}", _theirs(simulator, day), dict(mine.offers))


@then(parsers.parse("the day's miles are those that the collector has more, but for {miles:d} that are pending"))
def miles_agree(exchanges: Sequence[Exchange], partner: Partner, account: Account, day: date, miles: int) -> None:
    mine = _mine(exchanges, partner, day)
    expect_equal("the miles credited", account.change, sum(t.settled for t in mine.offers.values()))
    expect_equal("the miles pending", sum(t.pending_miles for t in mine.offers.values()), miles)


@then("once everything has settled both sides agree on that day")
def settled_agree(
    exchanges: Sequence[Exchange], simulator: Control, partner: Partner, clock: Clock, account: Account, day: date
) -> None:
    clock.wait(_PENDING_SECONDS)
    mine = _mine(exchanges, partner, day, settled=True)
    expect_equal(f"the totals of {day}", _theirs(simulator, day), dict(mine.offers))
    expect_equal("the miles credited", account.change, sum(t.settled for t in mine.offers.values()))


@then("both sides agree on the number of transactions of that day")
def counts_agree(exchanges: Sequence[Exchange], simulator: Control, partner: Partner, day: date) -> None:
    mine, theirs = _mine(exchanges, partner, day), air_miles_day(simulator.days_report(day.isoformat()))
    expect(bool(mine.offers), "the partner's side", wanted="some transactions", got="none")
    expect_equal(f"credits, reversals and pending of {day}", counts(theirs), counts(mine))


def _posted(
    api: Api, partner: Partner, clock: Clock, account: Account, miles: int, offer: str = "standard offer"
) -> Sent:
    sent = words.send(api, "postMiles", baskets.sale(partner, clock, account.number, miles, offer))
    words.expect_done(sent)
    return sent


def _mine(exchanges: Sequence[Exchange], partner: Partner, day: date, *, settled: bool = False) -> Day:
    now = exchanges[-1].scenario
    sent_before = 409 if partner.setting("idem.replay") == "409" else None
    mine = [e for e in exchanges if e.scenario == now]
    return partners_day(mine, day, zone_of(partner), settled=settled, sent_before=sent_before)


def _theirs(simulator: Control, day: date) -> dict[str, Any]:
    return dict(air_miles_day(simulator.days_report(day.isoformat())).offers)
