"""Ways in which production may differ from what was shown in certification: each changes the records of one run in one respect."""

import copy
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

Record = dict[str, Any]
Records = list[Record]
Change = Callable[[Records], None]

REPORT = "A processed report is what was sent"
TWICE = "The same report sent twice credits the member once"
REFUSED = "A report with wrong fields is refused"
FOUND = "A member is found by code"
NOBODY = "Finding nobody is an outcome of its own"
ADDRESS = "nothing else [member-address]"
ENROLLED = "nothing else [member-enrollment]"
TOKEN = "credentials are granted a token"
WRONG_ID = "A wrong client id is named"
MANY = "One token serves many calls"
FINAL = "A final status never moves again"
EARNED = "After an earning the balance is higher"
NINE = "A success has its nine fields"
NO_RULE = "A rule that does not exist is refused at once"


@dataclass(frozen=True)
class Case:
    """One difference: how it is made, and the only finding that must come of it."""

    name: str
    change: Change
    kind: str
    place: str
    field: str = "technical"
    provider: str = "latam_pass"


def of(records: Records, scenario: str, operation: str) -> list[Record]:
    """A scenario's exchanges of one operation."""
    found = [
        r for r in records if r["kind"] == "exchange" and scenario in r["scenario"] and r["operation"] == operation
    ]
    assert found, (scenario, operation)
    return found


def body(
    scenario: str, operation: str, change: Callable[[Any], Any], side: str = "response", *, last: bool = False
) -> Change:
    """Changes the body of every exchange of an operation, or of the last; what `change` gives is the new one, unless it is None."""

    def apply(records: Records) -> None:
        for exchange in of(records, scenario, operation)[-1 if last else 0 :]:
            message = exchange[side]
            if not message or not message["body"]:
                continue
            told = json.loads(message["body"])
            given = change(told)
            message["body"] = json.dumps(told if given is None else given)

    return apply


def header(scenario: str, operation: str, name: str, value: str | None, side: str = "response") -> Change:
    """Sets a header, or takes it away."""

    def apply(records: Records) -> None:
        for exchange in of(records, scenario, operation):
            kept = [pair for pair in exchange[side]["headers"] if pair[0].lower() != name.lower()]
            exchange[side]["headers"] = [*kept, *([[name, value]] if value is not None else [])]

    return apply


def each(scenario: str, operation: str, change: Callable[[Record], None]) -> Change:
    """Changes every exchange of an operation."""

    def apply(records: Records) -> None:
        for exchange in of(records, scenario, operation):
            change(exchange)

    return apply


def without(scenario: str, operation: str, place: int) -> Change:
    """Takes one exchange away."""
    return lambda records: records.remove(of(records, scenario, operation)[place])


def doubled(scenario: str, operation: str, place: int, **otherwise: Any) -> Change:
    """Puts a copy after one exchange, under the next free number."""

    def apply(records: Records) -> None:
        one = of(records, scenario, operation)[place]
        again = {
            **copy.deepcopy(one),
            "number": max(r["number"] for r in records if r["kind"] == "exchange") + 1,
            **otherwise,
        }
        records.insert(records.index(one) + 1, again)

    return apply


def swapped(scenario: str, operation: str, other: str) -> Change:
    """The first of one operation comes after the last of another."""

    def apply(records: Records) -> None:
        one, two = of(records, scenario, operation)[0], of(records, scenario, other)[-1]
        first, second = records.index(one), records.index(two)
        records[first], records[second] = two, one
        one["number"], two["number"] = two["number"], one["number"]

    return apply


def accrual(change: Callable[[Record], Any]) -> Callable[[Any], None]:
    """Changes each accrual of a status."""

    def apply(told: Any) -> None:
        for one in told["accruals"]:
            change(one)

    return apply


def never_final(records: Records) -> None:
    """Asked until the run gave up, and still processing."""
    polls = of(records, REPORT, "getAccruals")
    for poll in polls:
        told = json.loads(poll["response"]["body"])
        told["accruals"][0]["status"] = "PROCESSING"
        poll["response"]["body"] = json.dumps(told)
    polls[-1]["sent_at"] = "2099-01-01T00:00:00.000Z"


def goes_back(records: Records) -> None:
    """Processed, processing again, processed."""
    polls = of(records, FINAL, "getAccruals")
    told = json.loads(polls[-2]["response"]["body"])
    told["accruals"][0]["status"] = "CANCELLED"
    polls[-2]["response"]["body"] = json.dumps(told)


def balance(by: int) -> Change:
    """The last balance that is told is higher or lower."""

    def apply(told: Any) -> None:
        told["balance"] += by

    return body(TWICE, "searchMember", apply, last=True)


def another_outcome(records: Records) -> None:
    next(r for r in records if r["kind"] == "finding" and FOUND in r["scenario"])["outcome"] = "failed"


def an_extra_scenario(records: Records) -> None:
    one = next(e for e in records[0]["expected"] if FOUND in e["scenario"])
    records[0]["expected"].append({**one, "scenario": "latam_pass/member_search: A member of another planet is found"})


def without_a_scenario(records: Records) -> None:
    records[0] |= {"only": [], "expected": [e for e in records[0]["expected"] if FOUND not in e["scenario"]]}


def _set(**values: Any) -> Callable[[Any], None]:
    return lambda told: told.update(values)


def _gone(name: str) -> Callable[[Any], None]:
    def apply(told: Any) -> None:
        del told[name]

    return apply


def _first_gone(told: Any) -> None:
    del told[min(told)]


def _as(name: str, change: Callable[[Any], Any]) -> Callable[[Any], None]:
    return lambda told: told.update({name: change(told[name])})


def _status(status: int) -> Callable[[Record], None]:
    return lambda e: e["response"].update(status=status)


def _moved_host(e: Record) -> None:
    e["request"]["url"] = e["request"]["url"].replace("localhost", "elsewhere.example")


def _another_path(e: Record) -> None:
    e["request"]["url"] = e["request"]["url"].replace("/v2/", "/v3/")


def _another_partner(e: Record) -> None:
    e["request"]["url"] = re.sub("partnerIdentifier=[^&]*", "partnerIdentifier=OHUTA", e["request"]["url"])


def _more_asked(e: Record) -> None:
    e["request"]["url"] += "&size=10"


def _no_answer(e: Record) -> None:
    e["response"] = None


def _text(text: str) -> Callable[[Record], None]:
    return lambda e: e["response"].update(body=text)


def _late(e: Record) -> None:
    e["delivery"] = "late"


def cases() -> Iterator[Case]:
    """Each a kind of its own, or a kind at another place that reads otherwise on the wire."""
    a, got, post = "response.body.accruals[]", "getAccruals", "requestAccrual"
    yield Case("status", each(FOUND, "searchMember", _status(206)), "status", "response.status")
    yield Case("missing field", body(FOUND, "searchMember", _gone("status")), "field-missing", "response.body.status")
    yield Case("extra field", body(FOUND, "searchMember", _set(colour="red")), "field-extra", "response.body.colour")
    yield Case("type", body(REPORT, post, _as("id", str)), "type", "response.body.id")
    yield Case("null", body(FOUND, "searchMember", _set(status=None)), "null", "response.body.status")
    yield Case("enum", body(REPORT, got, accrual(_set(status="CANCELLED"))), "value", f"{a}.status")
    yield Case("never final", never_final, "value", f"{a}.status")
    yield Case("final no more", goes_back, "unsteady", "flow")
    yield Case("nested field", body(ADDRESS, "searchMember", lambda t: [_first_gone(one) for one in t["addresses"]] and None), "field-missing",
               "response.body.addresses[].*")  # fmt: skip
    yield Case("array emptied", body(ADDRESS, "searchMember", _set(addresses=[])), "array", "response.body.addresses")
    yield Case(
        "object for array", body(REPORT, got, _as("accruals", lambda items: items[0])), "type", "response.body.accruals"
    )
    yield Case(
        "header missing",
        header(FOUND, "searchMember", "content-type", None),
        "header-missing",
        "response.header.content-type",
    )
    yield Case(
        "header extra",
        header(FOUND, "searchMember", "cache-control", "no-store"),
        "header-extra",
        "response.header.cache-control",
    )
    yield Case(
        "content type",
        header(FOUND, "searchMember", "content-type", "text/html"),
        "header",
        "response.header.content-type",
    )
    yield Case("charset", header(FOUND, "searchMember", "content-type", "application/json; charset=iso-8859-1"), "header",
               "response.header.content-type")  # fmt: skip
    yield Case(
        "limit",
        header(FOUND, "searchMember", "X-RateLimit-Limit", "60"),
        "header-extra",
        "response.header.x-ratelimit-limit",
    )
    yield Case(
        "redirection", header(REPORT, post, "Location", "/elsewhere"), "header-extra", "response.header.location"
    )
    yield Case("error code", body(NOBODY, "searchMember", _set(code=4041)), "message", "response.body.code")
    yield Case(
        "error message", body(NOBODY, "searchMember", _set(message="Nobody here")), "message", "response.body.message"
    )
    yield Case("error detail", body(REFUSED, post, lambda t: _first_gone(t["details"])), "field-missing",
               "response.body.details.*")  # fmt: skip
    yield Case("error in text", each(NOBODY, "searchMember", _text("Not found")), "body", "response.body")
    yield Case("extra call", doubled(REPORT, post, 0), "flow-extra", "flow")
    yield Case("missing call", without(TWICE, post, 1), "flow-missing", "flow")
    yield Case("one read fewer", without(MANY, "searchMember", 3), "flow-missing", "flow")
    yield Case("refused token", doubled(TOKEN, "requestToken", 0, response={"status": 401, "headers": [], "body": "", "size": 0, "cut": False}),
               "flow-extra", "flow")  # fmt: skip
    yield Case("order", swapped(TOKEN, "requestToken", "searchMember"), "flow-order", "flow")
    yield Case("host", each(FOUND, "searchMember", _moved_host), "host", "request.url.base")
    yield Case("path", each(REPORT, post, _another_path), "path", "request.line")
    yield Case("query", each(REPORT, got, _more_asked), "query", "request.query.size")
    yield Case("no answer", each(FOUND, "searchMember", _no_answer), "no-answer", "response")
    yield Case("empty body", each(FOUND, "searchMember", _text("")), "body", "response.body")
    yield Case("broken JSON", each(FOUND, "searchMember", _text('{"ffn": ')), "body", "response.body")
    yield Case(
        "test marker gone",
        header(FOUND, "searchMember", "x-latam-test", None, "request"),
        "header-missing",
        "request.header.x-latam-test",
    )
    yield Case(
        "scope", header(FOUND, "searchMember", "x-scope", "member-tier", "request"), "header", "request.header.x-scope"
    )
    yield Case(
        "date format",
        body(ENROLLED, "searchMember", _set(enrollmentDate="21/11/2026")),
        "format",
        "response.body.enrollmentDate",
    )
    yield Case(
        "time zone",
        body(REPORT, got, accrual(_as("createdAt", lambda t: t.replace("+00:00", "-03:00")))),
        "format",
        f"{a}.createdAt",
    )
    yield Case(
        "no time zone",
        body(REPORT, got, accrual(_as("updatedAt", lambda t: t.replace("+00:00", "")))),
        "format",
        f"{a}.updatedAt",
    )
    yield Case("pages", body(REPORT, got, _set(totalPages=2)), "value", "response.body.totalPages")
    yield Case("another id", body(REPORT, got, accrual(_set(id=99_999_999))), "echo", f"{a}.id")
    yield Case("another correlation", body(REPORT, got, accrual(_set(correlationId="16a98ee0-629c-40a7-822b-35bd9b51cc8f"))), "echo",
               f"{a}.correlationId")  # fmt: skip
    yield Case("outcome", another_outcome, "outcome", "LP-MEM-01")
    yield Case("extra scenario", an_extra_scenario, "scenario-extra", "scenario")
    yield Case("missing scenario", without_a_scenario, "scenario-missing", "scenario")
    yield Case(
        "setting", lambda r: r[0].update(settings={"accrual.get.empty": 404}), "told", "settings.accrual.get.empty"
    )
    yield from _commercial()
    yield from _of_callbacks()


def _repeats_the_first(records: Records) -> None:
    """A second result has the transaction of the first."""
    first, second = of(records, NINE, "pointsResult")[:2]
    told, again = (json.loads(e["request"]["body"]) for e in (first, second))
    second["request"]["body"] = json.dumps({**again, "transactionId": told["transactionId"]})


def _commercial() -> Iterator[Case]:
    a, got, post = "response.body.accruals[]", "getAccruals", "requestAccrual"
    yield Case(
        "one point fewer",
        body(REPORT, got, accrual(_as("points", lambda p: p - 1))),
        "quantity",
        f"{a}.points",
        "commercial",
    )
    yield Case(
        "rounding",
        body(REPORT, got, accrual(_as("points", lambda p: p + 0.4))),
        "quantity",
        f"{a}.points",
        "commercial",
    )
    yield Case("no points", body(REPORT, got, accrual(_set(points=0))), "quantity", f"{a}.points", "commercial")
    yield Case(
        "other points asked for",
        body(TWICE, post, _as("points", lambda p: p + 5), "request"),
        "quantity",
        "request.body.points",
        "commercial",
    )
    yield Case(
        "product shown", body(REPORT, got, accrual(_set(productId="007"))), "product", f"{a}.productId", "commercial"
    )
    yield Case(
        "product sent",
        body(TWICE, post, _set(productId="007"), "request"),
        "product",
        "request.body.productId",
        "commercial",
    )
    yield Case(
        "leading zero",
        body(REPORT, got, accrual(_as("productId", lambda p: p.lstrip("0")))),
        "product",
        f"{a}.productId",
        "commercial",
    )
    yield Case(
        "partner", each(REPORT, got, _another_partner), "partner", "request.query.partnerIdentifier", "commercial"
    )
    yield Case(
        "another member", body(REPORT, got, accrual(_set(ffn="[ffn:00000000]"))), "member", f"{a}.ffn", "commercial"
    )
    yield Case(
        "another member found",
        body(FOUND, "searchMember", _set(ffn="[ffn:00000000]")),
        "member",
        "response.body.ffn",
        "commercial",
    )
    yield Case("credited twice", balance(120), "balance", "response.body.balance", "commercial")
    yield Case("credited short", balance(-1), "balance", "response.body.balance", "commercial")
    yield Case("unit", body(REPORT, got, accrual(_set(unit="miles"))), "field-extra", f"{a}.unit")


def _of_callbacks() -> Iterator[Case]:
    """Of Points: signed calls, results by callback, a rule in place of a product."""

    def case(name: str, change: Change, kind: str, place: str, field: str = "technical") -> Case:
        return Case(name, change, kind, place, field, "points")

    call, heard, sent = "requestPoints", "pointsResult", "request"
    yield case("callback missing", without(NINE, heard, 0), "flow-missing", "flow")
    yield case("callback doubled", doubled(NINE, heard, 0), "flow-extra", "flow")
    yield case(
        "id format",
        body(NINE, heard, _as("transactionId", lambda t: t[-8:]), sent),
        "format",
        "request.body.transactionId",
    )
    yield case("one transaction twice", _repeats_the_first, "repeat", "request.body.transactionId")
    yield case("callback late", each(NINE, heard, _late), "delivery", "delivery")
    yield case(
        "callback with other points",
        body(EARNED, heard, _as("point", lambda p: p + 1), sent),
        "quantity",
        "request.body.point",
        "commercial",
    )
    yield case(
        "callback without a field",
        body(NINE, heard, _gone("timestamp"), sent),
        "field-missing",
        "request.body.timestamp",
    )
    yield case("callback of another call", body(NINE, heard, _set(requestId="req-20991121t164028-aaaaaa-0002"), sent), "echo",
               "request.body.requestId")  # fmt: skip
    yield case("callback failed", body(NINE, heard, _set(status="failed"), sent), "value", "request.body.status")
    yield case(
        "callback for another",
        body(NINE, heard, _set(userId="[userId:00000000]"), sent),
        "member",
        "request.body.userId",
        "commercial",
    )
    yield case(
        "another rule", body(EARNED, call, _set(ruleId="rule-other"), sent), "rule", "request.body.ruleId", "commercial"
    )
    yield case(
        "another rule told",
        body(EARNED, heard, _set(ruleId="rule-other"), sent),
        "rule",
        "request.body.ruleId",
        "commercial",
    )
    yield case(
        "no signature", header(NINE, call, "Signature", None, sent), "header-missing", "request.header.signature"
    )
    yield case("another algorithm", each(NINE, call, _other_algorithm), "header", "request.header.signature")
    yield case(
        "shown as basic",
        header(NINE, call, "authorization", "Basic [access_token:00000000]", sent),
        "header",
        "request.header.authorization",
    )
    yield case("taken at once", each(NINE, call, _status(200)), "status", "response.status")
    yield case(
        "nanoseconds gone",
        body(NINE, heard, _as("timestamp", lambda t: t.partition(".")[0] + "Z"), sent),
        "format",
        "request.body.timestamp",
    )


def _other_algorithm(e: Record) -> None:
    e["request"]["headers"] = [[n, v.replace("RSA-SHA256", "rsa-sha512")] for n, v in e["request"]["headers"]]
