"""What several topics say: a search, a report of points, its status, and the calls that one scenario made."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from itertools import islice
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
        return str(told(self.reply).get("correlationId"))


def told(reply: Reply) -> dict[str, Any]:
    """The answer's fields; a finding, and no fault of ours, when it has none."""
    answer = reply.json
    expect(isinstance(answer, dict), f"the answer {reply.status}", wanted="an object", got=type(answer).__name__)
    return dict(answer)


def part(partner: Partner, role: str, name: str) -> Any:
    """What the partner said of who plays the role: `part(partner, "nobody", "ffn")`."""
    try:
        return partner.member(role)[name]
    except KeyError:
        raise CannotJudge(f"the member {role!r} has no {name}: add it to that role in accredit.toml.") from None


# --- member search ---


def search(api: Api, partner: Partner, *, ffn: str | None = None, document: Mapping[str, str] | None = None,
           scopes: Iterable[str] | None = None, **how: Any) -> Reply:  # fmt: skip
    """A member search by code, document or both. Without `scopes`, by the least that the partner is approved for."""
    names = partner.setting("member.request.schema")
    asked = [a_scope(partner)] if scopes is None else list(scopes)
    body = {names["ffn"]: ffn, names["document"]: document}
    headers = {"x-scope": ",".join(asked)} if asked else {}
    return api.call(
        "searchMember",
        json={name: value for name, value in body.items() if value},
        headers={**headers, **how.pop("headers", {})},
        **how,
    )


def any_search(api: Api, partner: Partner, **how: Any) -> Reply:
    """A search that should find somebody, for scenarios to which it does not matter whom."""
    expect_able_to_search(partner)
    return search(api, partner, ffn=part(partner, "known by both", "ffn"), **how)


def expect_able_to_search(partner: Partner) -> None:
    """For scenarios that are not about searches and need one all the same: without a scope they show nothing."""
    if not scopes_of(partner):
        raise CannotJudge("the partner claims no scope, so no search can be made; add one to capabilities.")


def scopes_of(partner: Partner) -> list[str]:
    """The scopes that the partner is approved for, generic before personal."""
    every = dict.fromkeys([*_GENERIC_SCOPES, *partner.setting("member.response.map")])
    return [scope for scope in every if partner.claims(f"scope:{scope}")]


def a_scope(partner: Partner) -> str:
    """One scope that the partner is approved for, generic rather than personal."""
    if not (scopes := scopes_of(partner)):
        raise NotApplicable("the partner claims no scope, such as scope:member-status")
    return scopes[0]


def released_by(partner: Partner, scope: str) -> str:
    """The property that the scope releases. The scopes are published, these names are a setting."""
    return str(partner.setting("member.response.map")[scope])


def ask_for(api: Api, partner: Partner, scope: str, ffn: str) -> Any:
    """What one scope releases of a member."""
    reply = search(api, partner, ffn=ffn, scopes=[scope])
    expect_equal("the search", reply.status, partner.setting("search.successStatus"))
    return told(reply).get(released_by(partner, scope))


def balance(api: Api, partner: Partner, ffn: str) -> int:
    """The member's points, as a search tells them."""
    points = ask_for(api, partner, "member-balance", ffn)
    expect(isinstance(points, int), "the member's balance", wanted="a whole number", got=type(points).__name__)
    return int(points)


# --- accruals ---


def known_by(partner: Partner, role: str, *names: str) -> dict[str, Any]:
    """How a report names a member: by `ffn`, `document` or both, and by e-mail where the settings ask for one."""
    asked = (*names, "email") if partner.setting("accrual.email.required") else names
    return {name: part(partner, role, name) for name in asked}


def purchase(
    partner: Partner, clock: Clock, member: Mapping[str, Any], points: int = 120, **other: Any
) -> dict[str, Any]:
    """A report of points, its ids new. No two purchases were made at the same moment."""
    transaction = partner.new_id("tx")
    made_at = clock.now() - timedelta(hours=3, seconds=int(transaction[-4:]))
    return {
        "partner": {"id": partner.id},
        "member": dict(member),
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
    if report.reply.status != partner.setting("accrual.successStatus") or not told(report.reply).get("correlationId"):
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
    answer = told(reply)
    expect(isinstance(answer.get("accruals"), list), "the status", wanted="a list of accruals", got=sorted(answer))
    return list(answer["accruals"])


def status_of(api: Api, partner: Partner, report: Report) -> dict[str, Any] | None:
    """The report's own item, looked up by its correlation id; None while nobody knows it."""
    found = items(ask(api, partner, correlationId=report.correlation))
    return next((item for item in found if item.get("partnerAccrualId") == report.body["partnerAccrualId"]), None)


def first_pause(clock: Clock, polling: Polling) -> None:
    """Lets the time go by that the provider wants between a report and the first question about it."""
    clock.wait(next(polling.waits()))


def later_pauses(polling: Polling, times: int) -> Iterator[float]:
    """The pauses before so many questions after the first three: each as long as the published floor."""
    return islice(polling.waits(), 3, 3 + times)


def final(api: Api, partner: Partner, clock: Clock, polling: Polling, report: Report, asked: int = 0) -> dict[str, Any]:
    """The report's item once its status is final, asked for by the published schedule and no sooner.

    Args:
        asked: How often it was asked for already. After the first questions the pauses are as long as they get.
    """
    for pause in islice(polling.waits(), 3 if asked else 0, None):
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
    expect_equal("its code", told(reply).get("code"), 429)


def expect_patience(reply: Reply) -> None:
    expect(reply.is_success, "the call after backing off", wanted="a success", got=reply.status)


def expect_named_fields(reply: Reply) -> Mapping[str, str]:
    """The `details` of a refusal, which name the fields."""
    details = told(reply).get("details")
    expect(
        isinstance(details, dict) and bool(details),
        "the refusal's details",
        wanted="the fields that are wrong",
        got=details,
    )
    return dict(details or {})
