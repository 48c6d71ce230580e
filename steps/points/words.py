"""What several topics say: a request, and the result it waits for."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from accredit import (
    Api,
    Callbacks,
    CannotJudge,
    Clock,
    Delivered,
    Exchange,
    Expected,
    NotApplicable,
    Partner,
    Reply,
    expect,
    expect_equal,
)

EARN, REDEEM = "point_earn", "point_burn"
_ACCEPTED = 202


@dataclass(frozen=True)
class Asked:
    """One request as the partner sent it, what came back at once, and the result that it waits for.

    Attributes:
        reply: None when nothing came back.
    """

    body: Mapping[str, Any]
    expected: Expected
    reply: Reply | None

    @property
    def status(self) -> int | None:
        return self.reply.status if self.reply else None


# --- who and what ---


def user(partner: Partner, role: str) -> str:
    """The id of the user who plays the role."""
    return str(part(partner, role, "userId"))


def part(partner: Partner, role: str, name: str) -> Any:
    """What the partner said of who plays the role."""
    try:
        return partner.member(role)[name]
    except KeyError:
        raise CannotJudge(f"the member {role!r} has no {name}: add it to that role in accredit.toml.") from None


def rule(partner: Partner, role: str) -> str:
    """The id of the rule that plays the role; rules stand among the products. Their direction is a capability."""
    partner.needs("burn" if role.startswith("redeem") else "earn")
    return partner.product(role)


def unknown_rule(partner: Partner) -> str:
    """The id of no rule, in the form of one."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, partner.new_id("rule")))


def request_id(partner: Partner) -> str:
    """A new one. In small letters, but for the scenario that asks what becomes of capital ones."""
    return partner.new_id("req").lower()


def signs(partner: Partner) -> bool:
    """True when this partner signs its calls: it claims so, and signatures are looked at."""
    return partner.claims("signing") and partner.setting("signature.mode") != "off"


# --- requests ---


def body(
    partner: Partner, callbacks: Callbacks, rule_id: str, user_id: str, amount: int, **other: Any
) -> dict[str, Any]:
    """A request that is right in everything that `other` does not change."""
    return {
        "userId": user_id,
        "ruleId": rule_id,
        "amount": amount,
        "requestId": request_id(partner),
        "callbackUrl": callbacks.url,
    } | other


def expected(partner: Partner, callbacks: Callbacks, told: Mapping[str, Any]) -> Expected:
    """The result that a request will draw: matched by its request id, compared by all it echoes."""
    echo = {"clientId": partner.secret("client_id"), "ruleId": told.get("ruleId")}
    if partner.setting("users.idMap") == "identity":
        echo["userId"] = told.get("userId")
    within = float(partner.setting("callback.waitSeconds"))
    return callbacks.expect("pointsResult", by={"requestId": told.get("requestId")}, echo=echo, within=within)


def send(
    api: Api, partner: Partner, callbacks: Callbacks, told: Mapping[str, Any], *, redeems: bool = False, **how: Any
) -> Asked:
    """Sends a request, signed by partners that sign. The result is expected first: it may overtake the answer."""
    awaited = expected(partner, callbacks, told)
    return Asked(told, awaited, call(api, partner, json=told, redeems=redeems, **how))


def call(api: Api, partner: Partner, *, redeems: bool = False, sign: bool | None = None, **how: Any) -> Reply:
    """A points call, whatever its body. `sign` None: as the partner does."""
    place = partner.setting("points.redeemPath") if redeems else ""
    path = {"endpoint": place or partner.setting("points.path")}
    return api.call("requestPoints", path=path, sign=signs(partner) if sign is None else sign, **how)


def ask(
    api: Api, partner: Partner, callbacks: Callbacks, rule_role: str, user_role: str, amount: int = 10, **other: Any
) -> Asked:
    """A request by the roles of rule and user."""
    told = body(partner, callbacks, rule(partner, rule_role), user(partner, user_role), amount, **other)
    return send(api, partner, callbacks, told, redeems=rule_role.startswith("redeem"))


def done(api: Api, partner: Partner, callbacks: Callbacks, rule_role: str, user_role: str, amount: int) -> Asked:
    """A request that is a precondition of what follows, and has succeeded."""
    asked = ask(api, partner, callbacks, rule_role, user_role, amount)
    if asked.status != _ACCEPTED:
        raise CannotJudge(f"a request that should have been accepted was answered {asked.status}")
    if callbacks.wait_for(asked.expected).json.get("status") != "success":
        raise CannotJudge(
            "a request that should have succeeded has failed; give the role a rule and a user for which it can"
        )
    return asked


def expect_accepted(asked: Asked) -> None:
    expect_equal("the answer", asked.status, _ACCEPTED)


def expect_refused(
    partner: Partner, clock: Clock, callbacks: Callbacks, asked: Asked, status: int | Iterable[int]
) -> None:
    """Refused with that status, or one of those; and no result comes for a while."""
    clock.wait(float(partner.setting("callback.quietSeconds")))
    came = callbacks.all_for(asked.expected)
    wanted = [status] if isinstance(status, int) else sorted(status)
    expect(asked.status in wanted, "the answer", wanted=" or ".join(map(str, wanted)), got=asked.status)
    expect_equal("the results that came all the same", len(came), 0)


def invalid(partner: Partner) -> set[int]:
    """What a request that is invalid is refused with: the published status, and those that the settings add."""
    return {400} | {status for status in partner.setting("errors.extraStatuses") if status in (415, 422)}


# --- results ---


def result(callbacks: Callbacks, asked: Asked) -> dict[str, Any]:
    """The result of a request, as promised."""
    delivered = callbacks.wait_for(asked.expected)
    expect_equal("the result", str(delivered.kind), "as promised")
    return dict(delivered.json)


def expect_success(told: Mapping[str, Any], points: int) -> None:
    """A success of so many points, whichever way."""
    expect_equal("the status", told.get("status"), "success")
    expect_equal("the points told", told.get("point"), points)


def expect_moved(told: Mapping[str, Any], points: int, action: str) -> None:
    """A success of so many points, in that direction."""
    expect_success(told, points)
    expect_equal("the action", told.get("action"), action)


def expect_failed(partner: Partner, told: Mapping[str, Any], reason: str) -> None:
    """A failure, for the reason as the settings word it."""
    expect_equal("the status", told.get("status"), "failed")
    expect_equal("the reason", told.get("errorMessage"), partner.setting("callback.errorTexts")[reason])


def moment(text: str) -> datetime:
    """A timestamp of up to nine digits of a second; those beyond the sixth are dropped."""
    whole, _, fraction = text.removesuffix("Z").partition(".")
    expect(text.endswith("Z"), "the timestamp", wanted="UTC, ending in Z", got=text)
    try:
        return datetime.fromisoformat(f"{whole}.{fraction[:6]:0<6}").replace(tzinfo=UTC)
    except ValueError:
        expect(False, "the timestamp", wanted="a date-time of RFC 3339", got=text)
        raise


def set_apart(callbacks: Callbacks, kind: str, times: int = 1) -> Delivered:
    """The first of so many deliveries of that kind, which the scenario knows of."""
    found = callbacks.claim(kind)
    expect_equal(f"the deliveries that are {kind}", len(found), times)
    return found[0]


# --- what was sent ---


def calls(exchanges: Sequence[Exchange], operation: str) -> list[Exchange]:
    """The calls of one operation in the scenario under way, those apart that met a worn-out token and were repeated."""
    now = exchanges[-1].scenario
    mine = [e for e in exchanges if e.scenario == now and e.operation == operation]
    return [e for e in mine if e.response is None or e.response.status != 401] or mine


def expect_one_call(exchanges: Sequence[Exchange], operation: str) -> None:
    expect_equal("the number of calls", len(calls(exchanges, operation)), 1)


def target_of(exchange: Exchange) -> str:
    """Path and query of a call, as they were sent: what a signature covers."""
    parts = urlsplit(exchange.request.url)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


def needs_signing(partner: Partner) -> None:
    """Ends the scenario as not applicable for partners that do not sign."""
    partner.needs("signing")
    if partner.setting("signature.mode") == "off":
        raise NotApplicable("signatures are not looked at, as the settings have it")
