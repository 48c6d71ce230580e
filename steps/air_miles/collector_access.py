"""Access to Collector Service: by scope, by a good token, by the right kind of token, in the right environment."""

import base64
import json
from collections.abc import Callable, Mapping
from typing import Any

from pytest_bdd import given, parsers, then, when

from accredit import Api, Clock, Control, Partner, Reply, RsaKey, expect_equal, jwt

from . import collector_tokens as tokens
from . import collector_words as words
from .collector_words import Holder

_HEADER = "collector-number"
_NONE = "something-that-is-none"
_MADE: Mapping[str, Callable[[str], str | None]] = {
    "no token": lambda _: None,
    "something that is none": lambda _: _NONE,
    "a token signed by somebody else": lambda token: jwt.issue(_claims(token), RsaKey.generate()),
}
"""What an application may hold in place of the good token that it was granted."""


@given(parsers.parse('the application holds a token without the scope of "{view}"'), target_fixture="holder")
def holds_without_scope(api: Api, partner: Partner, simulator: Control, view: str) -> Holder:
    partner.needs(f"scope:{words.SCOPE[view]}")
    others = [words.SCOPE[other] for other in words.views(partner) if other != view]
    number = words.number_of(partner, "existing")
    return Holder(tokens.member_token(api, partner, simulator, number, others or [words.OFFLINE]), number)


@given("the back-end service holds a token without the scope of Enrollment", target_fixture="holder")
def machine_holds_without_scope(api: Api, partner: Partner) -> Holder:
    partner.needs(f"scope:{words.ENROLLMENT}")
    other = words.SCOPE[words.a_view(partner)]
    return Holder(tokens.machine_token(api, partner, other), "")


@given("the back-end service holds a token of its own", target_fixture="holder")
def machine_holds(api: Api, partner: Partner) -> Holder:
    return Holder(tokens.machine_token(api, partner), "")


@given(parsers.parse('the application holds "{what}"'), target_fixture="holder")
def holds(api: Api, partner: Partner, simulator: Control, clock: Clock, what: str) -> Holder:
    number = words.number_of(partner, "existing")
    words.a_view(partner)
    done = tokens.logged_in(api, partner, simulator, tokens.client(partner, simulator), number)
    reply = tokens.exchange(api, done)
    token = tokens.held(reply)
    if what == "a token whose member was exchanged":
        stranger = words.number_of(partner, "another member")
        return Holder(_exchanged(token, number, stranger), stranger)
    if what == "a token that has ended":
        clock.wait(partner.setting("oauth.token.ttl") + 1)
        return Holder(token, number)
    if what == "an ID token":
        return Holder(tokens.held(reply, "id_token"), number)
    return Holder(_MADE[what](token), number)


@given(parsers.parse('the identity provider\'s next grant comes "{how}"'), target_fixture="holder")
def next_grant(partner: Partner, simulator: Control, how: str) -> Holder:
    words.a_view(partner)
    tokens.client(partner, simulator)  # or the spoilt grant would be left to another scenario
    simulator.spoil_next_grant(how)
    return Holder(None, words.number_of(partner, "existing"))


@given("somebody who is no collector yet", target_fixture="newcomer")
def newcomer_here(partner: Partner) -> dict[str, Any]:
    partner.needs(f"scope:{words.ENROLLMENT}")
    return words.person(partner)


@given(parsers.re(r'the member "(?P<role>[^"]+)" has logged in'), target_fixture="holder")
def member_logged_in(api: Api, partner: Partner, simulator: Control, role: str) -> Holder:
    number = words.number_of(partner, role)
    words.a_view(partner)
    return Holder(tokens.member_token(api, partner, simulator, number), number)


@when(parsers.parse('the application asks for "{view}" with that token'), target_fixture="reply")
def asks_for_view(api: Api, holder: Holder, view: str) -> Reply:
    return words.look(api, view, holder.token)


@when("the application asks for the member's account with it", target_fixture="reply")
def asks_for_account(api: Api, partner: Partner, holder: Holder) -> Reply:
    return words.look(api, words.a_view(partner), holder.token)


@when("the partner enrols a person with that token", target_fixture="reply")
def enrols_with_that(api: Api, partner: Partner, holder: Holder) -> Reply:
    return api.call("enroll", json=words.person(partner), token=holder.token)


@when(
    parsers.re('the partner enrols a person with "(?P<what>no token|something that is none)"'), target_fixture="reply"
)
def enrols_with(api: Api, partner: Partner, what: str) -> Reply:
    partner.needs(f"scope:{words.ENROLLMENT}")
    return api.call("enroll", json=words.person(partner), token=None if what == "no token" else _NONE)


@when("a member logs in and the application uses whatever it was granted", target_fixture="reply")
def uses_whatever(api: Api, partner: Partner, simulator: Control, holder: Holder) -> Reply:
    done = tokens.logged_in(api, partner, simulator, tokens.client(partner, simulator), holder.number)
    token = words.told(tokens.exchange(api, done)).get("access_token")
    return words.look(api, words.a_view(partner), token)


@when(parsers.parse('the application asks for the Summary, naming "{role}" in a header'), target_fixture="reply")
def asks_naming(api: Api, partner: Partner, holder: Holder, role: str) -> Reply:
    return words.look(api, "Summary", holder.token, headers={_HEADER: words.number_of(partner, role)})


@when(parsers.parse('the back-end service asks for the Summary of "{role}"'), target_fixture="reply")
def machine_asks_for(api: Api, partner: Partner, holder: Holder, role: str) -> Reply:
    return words.look(api, "Summary", holder.token, headers={_HEADER: words.number_of(partner, role)})


@when("the application shows that token in production", target_fixture="reply")
def shows_in_production(api: Api, partner: Partner, holder: Holder) -> Reply:
    return words.look(api, words.a_view(partner), holder.token, environment="production")


@when("the back-end service enrols that person in production with that token", target_fixture="reply")
def enrols_in_production(api: Api, holder: Holder, newcomer: dict[str, Any]) -> Reply:
    return api.call("enroll", json=newcomer, token=holder.token, environment="production")


@then("the call is refused as one without the scope")
def refused_for_scope(reply: Reply, partner: Partner) -> None:
    expect_equal("the call", reply.status, partner.setting("collector.errors.scope"))


@then("the call is refused as one without a good token")
def refused_for_token(reply: Reply, partner: Partner) -> None:
    expect_equal("the call", reply.status, partner.setting("collector.errors.token"))


@then("nothing of the member is shown")
def nothing_shown(reply: Reply, holder: Holder) -> None:
    words.expect_nothing_shown(reply, holder.number)


@then(parsers.parse('nothing of "{role}" is shown'))
def nothing_of_role(reply: Reply, partner: Partner, role: str) -> None:
    words.expect_nothing_shown(reply, words.number_of(partner, role))


@then("the answer is the member's own Summary, or a refusal where the header is in use")
def own_or_refused(reply: Reply, partner: Partner, holder: Holder) -> None:
    if partner.setting("collector.m2m.header"):
        expect_equal("the call", reply.status, partner.setting("collector.errors.invalid"))
    else:
        expect_equal("whose Summary it is", words.shown(reply, partner, "Summary", "number"), holder.number)


@then(parsers.parse('the Summary of "{role}" is shown where that was agreed, and refused where not'))
def shown_where_agreed(reply: Reply, partner: Partner, role: str) -> None:
    number = words.number_of(partner, role)
    if partner.setting("collector.m2m.header"):
        expect_equal("whose Summary it is", words.shown(reply, partner, "Summary", "number"), number)
    else:
        expect_equal("the call", reply.status, partner.setting("collector.errors.scope"))
        words.expect_nothing_shown(reply, number)


@then("no account was opened for that person")
def no_account(simulator: Control, newcomer: dict[str, Any]) -> None:
    expect_equal("that person's accounts", simulator.accounts_of(newcomer["contactDetails"]["email"]), [])


def _claims(token: str) -> dict[str, Any]:
    """What a token says, whoever signed it."""
    middle = token.split(".")[1]
    return dict(json.loads(base64.urlsafe_b64decode(middle + "=" * (-len(middle) % 4))))


def _exchanged(token: str, old: str, new: str) -> str:
    """The same token, its signature too, with another collector's number in it."""
    head, _, signature = token.split(".")
    told = json.dumps(_claims(token)).replace(old, new)
    return f"{head}.{base64.urlsafe_b64encode(told.encode()).rstrip(b'=').decode()}.{signature}"
