"""Cobrand cards: begun, ended, begun again. Each scenario's card is its own, so that no run meets another's."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from pytest_bdd import given, parsers, then, when

from accredit import Api, CannotJudge, Clock, Control, Exchange, Partner, Polling, Reply, expect, expect_equal

from . import words


@dataclass(frozen=True)
class Card:
    """A card of one member at one bank."""

    ffn: str
    bank: str
    data: dict[str, Any]

    def at(self, bank: str) -> "Card":
        return Card(self.ffn, bank, self.data)


def new_card(partner: Partner, kind: str = "first", role: str = "known by both") -> Card:
    """A card that never began."""
    return Card(
        words.part(partner, role, "ffn"), partner.bank("issuer"), partner.card(kind) | {"token": partner.new_id("card")}
    )


def begin(api: Api, card: Card) -> Reply:
    return api.call(
        "beginCobrand", json={"member": {"ffn": card.ffn}, "card": card.data}, headers={"x-issue-bank": card.bank}
    )


def end(api: Api, partner: Partner, card: Card) -> Reply:
    """Ends a card, its data carried where the settings say."""
    headers = {"x-issue-bank": card.bank}
    if partner.setting("cobrand.end.carrier") == "query":
        return api.call("endCobrand", query={"ffn": card.ffn, "card": str(card.data["token"])}, headers=headers)
    who = {"member": {"ffn": card.ffn}} if partner.setting("cobrand.end.ffnPath") == "member.ffn" else {"ffn": card.ffn}
    return api.call("endCobrand", json={**who, "card": card.data}, headers=headers)


@given("a card that has begun", target_fixture="card")
def begun(api: Api, partner: Partner) -> Card:
    return _begun(api, new_card(partner))


@given("a card that was blocked", target_fixture="card")
def blocked(api: Api, partner: Partner) -> Card:
    card = _begun(api, new_card(partner))
    _expect_accepted(end(api, partner, card))
    return card


@given("two cards of one member that have begun", target_fixture="cards")
def two_cards(api: Api, partner: Partner) -> list[Card]:
    return [_begun(api, new_card(partner, kind)) for kind in ("first", "second")]


@given("one card that has begun at two banks", target_fixture="cards")
def two_banks(api: Api, partner: Partner) -> list[Card]:
    card = new_card(partner)
    return [_begun(api, card.at(partner.bank(bank))) for bank in ("issuer", "another issuer")]


@given("a member whose segments are known", target_fixture="segments")
def segments_known(api: Api, partner: Partner) -> Any:
    partner.needs("scope:member-segment")
    return _segments(api, partner)


@given("a card of that member that has begun", target_fixture="card")
def card_of_that_member(api: Api, partner: Partner) -> Card:
    return _begun(api, new_card(partner, role="with a cobrand card"))


@given(parsers.parse("only {calls:d} cards may begin within {seconds:d} seconds"))
def begins_limited(simulator: Control, calls: int, seconds: int) -> Iterator[None]:
    simulator.limit("beginCobrand", calls, seconds)
    yield
    simulator.lift_limits()


@when("the bank reports that a new card was approved", target_fixture="reply")
def new_card_approved(api: Api, partner: Partner) -> Reply:
    return begin(api, new_card(partner))


@when("the bank reports that the card was unlocked", target_fixture="reply")
@when("the bank reports the begin once more", target_fixture="reply")
def begin_again(api: Api, card: Card) -> Reply:
    return begin(api, card)


@when("the bank reports that the card was cancelled", target_fixture="reply")
@when("the bank reports that the card was blocked", target_fixture="reply")
def card_ends(api: Api, partner: Partner, card: Card) -> Reply:
    return end(api, partner, card)


@when("the card ends and begins again")
def ends_and_begins(api: Api, partner: Partner, card: Card) -> None:
    _expect_accepted(end(api, partner, card))
    _expect_accepted(begin(api, card))


@when("the card is blocked and unlocked twice in quick succession")
def twice_in_succession(api: Api, partner: Partner, card: Card) -> None:
    for _ in range(2):
        ends_and_begins(api, partner, card)


@when("the bank ends a card that never began", target_fixture="reply")
def ends_nothing(api: Api, partner: Partner) -> Reply:
    return end(api, partner, new_card(partner))


@when("the bank begins a card without saying for whom", target_fixture="reply")
def begins_for_nobody(api: Api, partner: Partner) -> Reply:
    card = new_card(partner)
    return api.call("beginCobrand", json={"member": {}, "card": card.data}, headers={"x-issue-bank": card.bank})


@when("a card is begun without its issuing bank", target_fixture="reply")
def begins_bankless(api: Api, partner: Partner) -> Reply:
    card = new_card(partner)
    return api.call("beginCobrand", json={"member": {"ffn": card.ffn}, "card": card.data})


@when(parsers.parse("the bank begins {count:d} cards in a row"), target_fixture="last")
def begins_in_a_row(api: Api, partner: Partner, count: int) -> tuple[Card, Reply]:
    cards = [new_card(partner) for _ in range(count)]
    for card in cards[:-1]:
        _begun(api, card)
    return cards[-1], begin(api, cards[-1])


@when("one of them ends")
@when("it ends at one of them")
def first_ends(api: Api, partner: Partner, cards: list[Card]) -> None:
    _expect_accepted(end(api, partner, cards[0]))


@then("the report of the bank is accepted")
def accepted(reply: Reply) -> None:
    _expect_accepted(reply)


@then("the card can be ended")
def can_be_ended(api: Api, partner: Partner, card: Card) -> None:
    _expect_accepted(end(api, partner, card))


@then("the other can be ended")
@then("it can be ended at the other")
def other_can_be_ended(api: Api, partner: Partner, cards: list[Card]) -> None:
    _expect_accepted(end(api, partner, cards[1]))


@then("the bank is told that nothing had begun")
def nothing_had_begun(reply: Reply, partner: Partner) -> None:
    expect_equal("the end", reply.status, partner.setting("cobrand.end.neverBegan"))


@then("the end was sent once")
def end_sent_once(exchanges: Sequence[Exchange]) -> None:
    words.expect_one_call(exchanges, "endCobrand")


@then(parsers.parse('the bank is refused, and "{field}" is named'))
def refused_by_name(reply: Reply, field: str) -> None:
    expect_equal("the begin", reply.status, 400)
    expect(
        field in words.expect_named_fields(reply),
        "the fields named",
        wanted=field,
        got=sorted(words.expect_named_fields(reply)),
    )


@then("the bank is refused")
def refused(reply: Reply, partner: Partner) -> None:
    expect_equal("the begin", reply.status, partner.setting("cobrand.begin.noBank"))


@then("the last begin is held back by the rate limit")
def begin_held_back(last: tuple[Card, Reply]) -> None:
    words.expect_held_back(last[1])


@then("the same begin is accepted after backing off")
def begin_patiently(api: Api, last: tuple[Card, Reply]) -> None:
    card = last[0]
    words.expect_patience(
        api.patiently(
            "beginCobrand", json={"member": {"ffn": card.ffn}, "card": card.data}, headers={"x-issue-bank": card.bank}
        )
    )


@then("the repeated begin is answered as configured")
def repeat_as_configured(reply: Reply, partner: Partner) -> None:
    policy = partner.setting("cobrand.begin.repeat")
    if policy == "ok":
        _expect_accepted(reply)
    else:
        expect_equal("the repeated begin", reply.status, int(policy))


@then("the member has another segment")
def another_segment(segments: Any, api: Api, partner: Partner, clock: Clock, polling: Polling) -> None:
    now = _segments_once(lambda now: now != segments, api, partner, clock, polling)
    expect(now != segments, "the member's segments while the card is", wanted=f"other than {segments}", got=now)


@then("the member's segments are what they were")
def segments_restored(segments: Any, api: Api, partner: Partner, clock: Clock, polling: Polling) -> None:
    now = _segments_once(lambda now: now == segments, api, partner, clock, polling)
    expect_equal("the member's segments once the card has ended", now, segments)


def _begun(api: Api, card: Card) -> Card:
    reply = begin(api, card)
    if not reply.is_success:
        raise CannotJudge(f"a card that should have begun was answered {reply.status} (exchange {reply.exchange})")
    return card


def _segments(api: Api, partner: Partner) -> Any:
    return words.ask_for(api, partner, "member-segment", words.part(partner, "with a cobrand card", "ffn"))


def _segments_once(are: Callable[[Any], bool], api: Api, partner: Partner, clock: Clock, polling: Polling) -> Any:
    """The member's segments once they are as awaited: at once, or asked for again where a benefit may take its time."""
    now = _segments(api, partner)
    for pause in polling.waits() if partner.setting("cobrand.async") else ():
        if are(now):
            break
        clock.wait(pause)
        now = _segments(api, partner)
    return now


def _expect_accepted(reply: Reply) -> None:
    expect(reply.is_success, "the bank's report", wanted="a success", got=reply.status)
