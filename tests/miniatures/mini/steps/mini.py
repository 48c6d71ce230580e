"""Mini Miles: what the words do."""

from pytest_bdd import given, parsers, then, when

from accredit import Api, Clock, Partner, Reply, Tokens, expect_equal


def _read(api: Api, card: str, **how: object) -> Reply:
    return api.call("readMember", path={"card": card}, **how)


@when("the partner reads a member", target_fixture="reply")
def reads(api: Api, partner: Partner) -> Reply:
    return _read(api, partner.member("reading")["card"])


@then("that member is shown")
def shown(reply: Reply, partner: Partner) -> None:
    expect_equal("the answer", reply.status, 200)
    expect_equal("the card", reply.json.get("card"), partner.member("reading")["card"])


@then("the member is told to be gold")
def gold(reply: Reply) -> None:
    expect_equal("gold", reply.json.get("gold"), True)


@given("a member whose points are known", target_fixture="before")
def before(api: Api, partner: Partner) -> int:
    return int(_read(api, partner.member("collecting")["card"]).json["points"])


@when(parsers.parse("the partner sends one credit of {points:d} points twice"))
def twice(api: Api, partner: Partner, points: int) -> None:
    credit = {"id": partner.new_id("credit"), "card": partner.member("collecting")["card"], "points": points}
    for _ in range(2):
        expect_equal("the answer", api.call("credit", json=credit).status, partner.setting("credit.status"))


@then(parsers.parse("the member has {points:d} points more"))
def more(api: Api, partner: Partner, before: int, points: int) -> None:
    expect_equal(
        "the member's points", _read(api, partner.member("collecting")["card"]).json["points"] - before, points
    )


@given("a token of the partner's", target_fixture="old")
def old(tokens: Tokens) -> str:
    return tokens.current()


@when("eleven minutes have gone by")
def later(clock: Clock) -> None:
    clock.wait(11 * 60)


@then("that token is refused")
def refused(api: Api, partner: Partner, old: str) -> None:
    expect_equal("the answer", _read(api, partner.member("reading")["card"], token=old).status, 401)
