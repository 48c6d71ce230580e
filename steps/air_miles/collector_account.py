"""A member's account: Summary and Profile, each its own member's, and balances that move at once."""

from pytest_bdd import given, parsers, then, when

from accredit import Api, CannotJudge, Clock, Control, Partner, Reply, expect, expect_equal

from . import collector_tokens as tokens
from . import collector_words as words
from . import words as issuance
from .collector_words import Holder

Seen = list[tuple[Holder, Reply]]


@given(parsers.re(r'the members "(?P<one>[^"]+)" and "(?P<other>[^"]+)" have logged in'), target_fixture="holders")
def both_logged_in(api: Api, partner: Partner, simulator: Control, one: str, other: str) -> list[Holder]:
    words.a_view(partner)
    numbers = [words.number_of(partner, role) for role in (one, other)]
    return [Holder(tokens.member_token(api, partner, simulator, number), number) for number in numbers]


@given("the Summary has told the member's miles", target_fixture="miles_before")
def miles_told(api: Api, partner: Partner, holder: Holder) -> int:
    partner.needs(f"scope:{words.SCOPE['Summary']}")
    reply = words.look(api, "Summary", holder.token)
    if not reply.is_success:
        raise CannotJudge(f"no Summary was shown: {reply.status} (exchange {reply.exchange})")
    return words.miles(reply, partner)


@when(parsers.re("each asks for the (?P<view>Summary|Profile)"), target_fixture="seen")
def each_asks(api: Api, partner: Partner, holders: list[Holder], view: str) -> tuple[str, Seen]:
    partner.needs(f"scope:{words.SCOPE[view]}")
    return view, [(holder, words.look(api, view, holder.token)) for holder in holders]


@when("the application asks for the Profile", target_fixture="reply")
def asks_for_profile(api: Api, partner: Partner, holder: Holder) -> Reply:
    partner.needs(f"scope:{words.SCOPE['Profile']}")
    return words.look(api, "Profile", holder.token)


@when(parsers.re(r"the partner credits that (?:person|member) with (?P<miles>\d+) miles"))
def credits_miles(api: Api, partner: Partner, clock: Clock, holder: Holder, miles: str) -> None:
    reply = issuance.credit(api, partner, clock, holder.number, int(miles))
    if reply.status == 202:
        raise CannotJudge(f"the credit is pending (exchange {reply.exchange}), so no balance need show it yet")
    expect(reply.is_success, "the credit", wanted="a success", got=reply.status)


@then("each is shown their own number, and nothing of the other's")
def own_number(seen: tuple[str, Seen], partner: Partner) -> None:
    view, replies = seen
    everybody = {holder.number for holder, _ in replies}
    for holder, reply in replies:
        expect_equal(f"whose {view} it is", words.shown(reply, partner, view, "number"), holder.number)
        for stranger in everybody - {holder.number}:
            words.expect_nothing_shown(reply, stranger)


@then(parsers.re(r"the Summary tells (?P<miles>\d+) miles more"))
def more_miles(api: Api, partner: Partner, holder: Holder, miles_before: int, miles: str) -> None:
    now = words.miles(words.look(api, "Summary", holder.token), partner)
    expect_equal("the miles since", now - miles_before, int(miles))


@then(parsers.re(r"the new member's Summary shows (?P<miles>\d+) miles"))
def new_members_miles(api: Api, partner: Partner, holder: Holder, miles: str) -> None:
    expect_equal("the miles", words.miles(words.look(api, "Summary", holder.token), partner), int(miles))


@then("the member's own personal and contact data are shown")
def own_data(reply: Reply, partner: Partner) -> None:
    who = partner.member("existing")
    for what, sent in (("personal", "personalDetails"), ("contact", "contactDetails")):
        told, given_then = words.shown(reply, partner, "Profile", what), who.get(sent, {})
        expect(isinstance(told, dict), f"the {what} data", wanted="an object", got=type(told).__name__)
        expect_equal(f"the {what} data", {name: told.get(name) for name in given_then}, given_then)
