"""Members: found by code, by document or by both, and what their scopes release."""

from collections.abc import Iterator
from typing import Any

from pytest_bdd import given, parsers, then, when

from accredit import Api, CannotJudge, Control, NotApplicable, Partner, Reply, expect, expect_equal

from . import words


@given(parsers.re(r'the partner is approved for "(?P<scope>[^"]+)"'))
def approved(partner: Partner, scope: str) -> None:
    partner.needs(f"scope:{scope}")


@given("the partner is approved for two scopes", target_fixture="scopes")
def approved_for_two(partner: Partner) -> list[str]:
    scopes = words.scopes_of(partner)[:2]
    if len(scopes) < 2:
        raise NotApplicable("the partner does not claim two scopes, so it sends no list of them")
    return scopes


@given(parsers.parse('the partner is no longer approved for "{scope}"'))
def not_approved(simulator: Control, scope: str) -> Iterator[None]:
    simulator.withdraw_scope(scope)
    yield
    simulator.grant_scope(scope)


@given(parsers.parse("only {calls:d} member searches within {seconds:d} seconds are allowed"))
def searches_limited(simulator: Control, calls: int, seconds: int) -> Iterator[None]:
    simulator.limit("searchMember", calls, seconds)
    yield
    simulator.lift_limits()


@when(parsers.re(r'the partner searches by the code of the member "(?P<role>[^"]+)"'), target_fixture="searched")
def by_code(api: Api, partner: Partner, role: str) -> tuple[str, Reply]:
    return role, words.search(api, partner, ffn=words.part(partner, role, "ffn"))


@when(parsers.parse('the partner searches by the document of the member "{role}"'), target_fixture="searched")
def by_document(api: Api, partner: Partner, role: str) -> tuple[str, Reply]:
    return role, words.search(api, partner, document=words.part(partner, role, "document"))


@when(
    parsers.parse('the partner searches by the code of the member "{coded}" and the document of "{documented}"'),
    target_fixture="searched",
)
def by_both(api: Api, partner: Partner, coded: str, documented: str) -> tuple[str, Reply]:
    return coded, words.search(
        api, partner, ffn=words.part(partner, coded, "ffn"), document=words.part(partner, documented, "document")
    )


@when(parsers.parse('the partner asks for both scopes of the member "{role}"'), target_fixture="reply")
def asks_for_both(api: Api, partner: Partner, scopes: list[str], role: str) -> Reply:
    return words.search(api, partner, ffn=words.part(partner, role, "ffn"), scopes=scopes)


@when(parsers.parse('the partner asks for "{scope}" of the member "{role}"'), target_fixture="reply")
def asks_for(api: Api, partner: Partner, scope: str, role: str) -> Reply:
    return words.search(api, partner, ffn=words.part(partner, role, "ffn"), scopes=[scope])


@when("the partner searches without saying for whom", target_fixture="reply")
def for_nobody(api: Api, partner: Partner) -> Reply:
    return words.search(api, partner)


@when("the partner searches without scopes", target_fixture="reply")
def without_scopes(api: Api, partner: Partner) -> Reply:
    return words.search(api, partner, ffn=words.part(partner, "known by both", "ffn"), scopes=[])


@when(parsers.parse("the partner searches {times:d} times in a row"), target_fixture="reply")
def in_a_row(api: Api, partner: Partner, times: int) -> Reply:
    code = words.part(partner, "known by both", "ffn")
    return [words.search(api, partner, ffn=code) for _ in range(times)][-1]


@then("that member is found")
def that_one_found(searched: tuple[str, Reply], partner: Partner) -> None:
    _expect_found(searched[1], partner, searched[0])


@then(parsers.parse('the member "{role}" is found'))
def this_one_found(searched: tuple[str, Reply], partner: Partner, role: str) -> None:
    _expect_found(searched[1], partner, role)


@then("nobody is found")
def nobody_found(searched: tuple[str, Reply], partner: Partner) -> None:
    _, reply = searched
    expect_equal("the search", reply.status, partner.setting("member.errors.nobody"))
    expect_equal("its code", words.told(reply).get("code"), reply.status)


@then("the mismatch is answered as configured")
def mismatch(searched: tuple[str, Reply], partner: Partner) -> None:
    if partner.setting("member.search.mismatch") == "ffnWins":
        _expect_found(searched[1], partner, "known by both")
    else:
        expect_equal("the search", searched[1].status, partner.setting("member.errors.invalid"))


@then("both are released")
def both_released(reply: Reply, partner: Partner, scopes: list[str]) -> None:
    expect_equal("the search", reply.status, partner.setting("search.successStatus"))
    missing = [scope for scope in scopes if words.told(reply).get(words.released_by(partner, scope)) is None]
    expect_equal("scopes asked for and not released", missing, [])


@then(parsers.parse('exactly what "{scope}" stands for is released'))
def exactly_released(reply: Reply, partner: Partner, scope: str) -> None:
    expect_equal("the search", reply.status, partner.setting("search.successStatus"))
    told, name = words.told(reply), words.released_by(partner, scope)
    expect_equal("the properties released", sorted(set(told) - {"ffn"}), [name])
    expect(told[name] is not None, f"what {scope} stands for", wanted="a value", got="null")


@then("the scope is turned down as configured")
def scope_turned_down(reply: Reply, partner: Partner) -> None:
    if partner.setting("member.scope.unauthorised") == "reject":
        expect_equal("the search", reply.status, partner.setting("member.errors.scope"))
        return
    expect_equal("the search", reply.status, partner.setting("search.successStatus"))
    expect_equal("the properties released", sorted(set(words.told(reply)) - {"ffn"}), [])


@then("the search is refused, and the missing fields are named")
def fields_named(reply: Reply, partner: Partner) -> None:
    expect_equal("the search", reply.status, partner.setting("member.errors.invalid"))
    words.expect_named_fields(reply)


@then("the search without scopes is refused")
def scopeless_refused(reply: Reply, partner: Partner) -> None:
    expect_equal("the search", reply.status, partner.setting("member.errors.noScope"))


@then(parsers.parse('the member\'s status is the one agreed for "{role}"'))
def status_agreed(reply: Reply, partner: Partner, role: str) -> None:
    expect_equal("the member's status", _released(reply, partner, "member-status"), words.part(partner, role, "status"))


@then("a category is shown, and the day it expires")
def tier_with_expiry(reply: Reply, partner: Partner) -> None:
    tier = _released(reply, partner, "member-tier")
    expect(isinstance(tier, dict) and bool(tier.get("category")), "the tier", wanted="a category", got=tier)
    expect(bool(tier.get("expirationDate")), "the tier's expiry", wanted="a day", got=tier.get("expirationDate"))


@then("the code comes back digit for digit")
def digit_for_digit(searched: tuple[str, Reply], partner: Partner) -> None:
    _expect_found(searched[1], partner, searched[0])


@then("the last search is held back by the rate limit")
def search_held_back(reply: Reply) -> None:
    words.expect_held_back(reply)


@then("the same search is answered after backing off")
def search_patiently(api: Api, partner: Partner) -> None:
    body = {partner.setting("member.request.schema")["ffn"]: words.part(partner, "known by both", "ffn")}
    words.expect_patience(api.patiently("searchMember", json=body, headers={"x-scope": words.a_scope(partner)}))


def _expect_found(reply: Reply, partner: Partner, role: str) -> None:
    expect_equal("the search", reply.status, partner.setting("search.successStatus"))
    told = words.told(reply)
    if "ffn" not in told and not partner.setting("member.response.alwaysFfn"):
        raise CannotJudge(
            f"the answer does not say who was found (exchange {reply.exchange}), so anybody may have been."
        )
    expect_equal("the member found", told.get("ffn"), words.part(partner, role, "ffn"))


def _released(reply: Reply, partner: Partner, scope: str) -> Any:
    expect_equal("the search", reply.status, partner.setting("search.successStatus"))
    return words.told(reply).get(words.released_by(partner, scope))
