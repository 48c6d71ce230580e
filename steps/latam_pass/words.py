"""What several topics say: a search, a report of points, its status, and the calls that one scenario made."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any

from accredit import Api, CannotJudge, Clock, Exchange, NotApplicable, Partner, Polling, Reply, expect, expect_equal

FOUR_HOURS_BEHIND = timezone(timedelta(hours=-4))
FINAL = ("PROCESSED", "CANCELLED")
_GENERIC_SCOPES = (
    "member-status",
    "member-tier",
    "member-language",
    "member-segment",
    "member-balance",
    "member-enrollment",
    "member-coalition",
)


@dataclass(frozen=True)
class Report:
    """One accrual as the partner sent it, and what came back."""

    body: Mapping[str, Any]
    reply: Reply

    @property
    def transaction(self) -> str:
        return str(self.body["partnerTransactionId"])

    @property
    def correlation(self) -> str:
        return str(self.reply.json.get("correlationId"))


# --- member search ---


def search(api: Api, partner: Partner, *, ffn: str | None = None, document: Mapping[str, str] | None = None,
           scopes: Iterable[str] | None = None, **how: Any) -> Reply:  # fmt: skip
    """A member search by code, document or both. Without `scopes`, by the least that the partner is approved for."""
    names = partner.setting("member.request.schema")
    asked = [a_scope(partner)] if scopes is None else list(scopes)
    told = {names["ffn"]: ffn, names["document"]: document}
    headers = {"x-scope": ",".join(asked)} if asked else {}
    return api.call(
        "searchMember",
        json={name: value for name, value in told.items() if value},
        headers={**headers, **how.pop("headers", {})},
        **how,
    )


def any_search(api: Api, partner: Partner, **how: Any) -> Reply:
    """A search that should find somebody, for scenarios to which it does not matter whom."""
    return search(api, partner, ffn=partner.member("known by both")["ffn"], **how)


def a_scope(partner: Partner) -> str:
    """One scope that the partner is approved for, generic rather than personal."""
    for scope in _GENERIC_SCOPES:
        if partner.claims(f"scope:{scope}"):
            return scope
    raise NotApplicable("the partner claims no generic scope, such as scope:member-status")


def released_by(partner: Partner, scope: str) -> str:
    """The property that the scope releases. The scopes are published, these names are a setting."""
    return str(partner.setting("member.response.map")[scope])


def ask_for(api: Api, partner: Partner, scope: str, ffn: str) -> Any:
    """What one scope releases of a member."""
    reply = search(api, partner, ffn=ffn, scopes=[scope])
    expect_equal("the search", reply.status, partner.setting("search.successStatus"))
    return reply.json.get(released_by(partner, scope))


def balance(api: Api, partner: Partner, ffn: str) -> int:
    """The member's points, as a search tells them."""
    return int(ask_for(api, partner, "member-balance", ffn))


# --- accruals ---


def purchase(
    partner: Partner, clock: Clock, member: Mapping[str, Any], points: int = 120, **other: Any
) -> dict[str, Any]:
    """A report of points, its ids new. No two purchases were made at the same moment."""
    transaction = partner.new_id("tx")
    made_at = clock.now() - timedelta(hours=3, seconds=int(transaction[-4:]))
    return {
        "partner": {"id": partner.id},
        "member": {name: member[name] for name in ("ffn", "document") if name in member},
        "partnerTransactionId": transaction,
        "partnerAccrualId": partner.new_id("acc"),
        "partnerOriginDate": moment(made_at),
        "description": "Points for a purchase made in a certification run",
        "points": points,
        "productId": partner.product("standard"),
        "interfaceId": 3,
    } | other


def moment(at: datetime) -> str:
    """`2022-06-19T17:10:36.177-04:00`."""
    return at.astimezone(FOUR_HOURS_BEHIND).isoformat(timespec="milliseconds")


def send(api: Api, body: Mapping[str, Any]) -> Report:
    """Sends a report."""
    return Report(body, api.call("requestAccrual", json=body))


def acknowledged(api: Api, partner: Partner, body: Mapping[str, Any]) -> Report:
    """Sends a report that is a precondition of what follows."""
    report = send(api, body)
    if report.reply.status != partner.setting("accrual.successStatus") or not report.reply.json.get("correlationId"):
        raise CannotJudge(
            f"a report that should have been acknowledged was answered {report.reply.status} (exchange {report.reply.exchange})"
        )
    return report


def ask(api: Api, partner: Partner, **filters: str) -> Reply:
    """A status query by the partner's identifier and one filter."""
    return api.call("getAccruals", query={"partnerIdentifier": partner.id, **filters})


def items(reply: Reply) -> list[dict[str, Any]]:
    """The accruals that a status query shows; none when it says that there are none."""
    if reply.status == 404:
        return []
    told = reply.json
    expect(
        isinstance(told, dict) and isinstance(told.get("accruals"), list),
        "the status",
        wanted="a list of accruals",
        got=reply.text[:80],
    )
    return list(told["accruals"])


def status_of(api: Api, partner: Partner, report: Report) -> dict[str, Any] | None:
    """The report's own item, looked up by its correlation id; None while nobody knows it."""
    found = items(ask(api, partner, correlationId=report.correlation))
    return next((item for item in found if item.get("partnerAccrualId") == report.body["partnerAccrualId"]), None)


def final(api: Api, partner: Partner, clock: Clock, polling: Polling, report: Report) -> dict[str, Any]:
    """The report's item once its status is final, asked for by the published schedule and no sooner."""
    for pause in polling.waits():
        clock.wait(pause)
        item = status_of(api, partner, report)
        if item is not None and item.get("status") in FINAL:
            return item
    raise CannotJudge(f"report {report.transaction} had no final status when the run gave up asking")


def expect_status(item: Mapping[str, Any], wanted: str) -> None:
    expect_equal("the final status", item.get("status"), wanted)


# --- what was sent ---


def calls(exchanges: Sequence[Exchange], operation: str) -> list[Exchange]:
    """The calls of one operation in the scenario under way, those apart that only met a worn-out token."""
    now = exchanges[-1].scenario
    mine = [e for e in exchanges if e.scenario == now and e.operation == operation]
    return [e for e in mine if e.response is None or e.response.status != 401]


def expect_one_call(exchanges: Sequence[Exchange], operation: str) -> None:
    expect_equal("the number of calls", len(calls(exchanges, operation)), 1)


def expect_held_back(reply: Reply) -> None:
    """429, with the code that the provider says to go by."""
    expect_equal("the answer beyond the limit", reply.status, 429)
    expect_equal("its code", reply.json.get("code"), 429)


def expect_patience(reply: Reply) -> None:
    expect(reply.is_success, "the call after backing off", wanted="a success", got=reply.status)


def expect_named_fields(reply: Reply) -> Mapping[str, str]:
    """The `details` of a refusal, which name the fields."""
    details = reply.json.get("details")
    expect(
        isinstance(details, dict) and bool(details),
        "the refusal's details",
        wanted="the fields that are wrong",
        got=details,
    )
    return dict(details)
