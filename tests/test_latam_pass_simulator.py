"""LATAM Pass's simulator, called directly: a Call in, an Answer out, and a clock moved by hand."""

import base64
import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import urlencode

import jsonschema_rs
import pytest

from accredit.model.simulation import Answer, Call, Cut, Setup
from accredit.suite.catalogue import Dossier
from accredit.suite.live import load_simulation

DOSSIER = Dossier("latam_pass", Path(__file__).resolve().parent.parent)
DEFAULTS = {name: setting.value for name, setting in DOSSIER.provider.settings.items()}
SIMULATOR: Any = load_simulation(DOSSIER.root, DOSSIER.name)
MARKER = "x-latam-test"
OWN_HEADERS = ("client_id", "access_token")
AUTH_ERROR = {"result": "failure", "errors": [{"type": "INVALID", "message": ""}], "status": 400}
SCOPES = sorted(DEFAULTS["member.response.map"])
SOON, LATER = 20, 1000
"""Seconds after which an accrual decided to end soon, and any other, has ended."""


class Defects(frozenset[str]):
    """Those that are switched on, and which of all the simulator has asked about."""

    def __init__(self, names: Iterable[str]) -> None:
        self.asked: set[str] = set()

    def __contains__(self, name: object) -> bool:
        self.asked.add(str(name))
        return super().__contains__(name)


class Bench:
    """A simulator and calls to it that are right in everything that is not said otherwise."""

    def __init__(self, *defects: str, seed: int = 7, **settings: Any) -> None:
        self.now = datetime(2026, 11, 21, 12, tzinfo=UTC)
        chosen = DEFAULTS | {name.replace("_", "."): value for name, value in settings.items()}
        self.defects = Defects(defects)
        self.simulator = SIMULATOR(Setup(chosen, lambda: self.now, self.defects, Random(seed)))
        self._token, self._renew_at = "", self.now
        self._count = 0

    @cached_property
    def roles(self) -> Mapping[str, Any]:
        roles: Mapping[str, Any] = self.simulator.roles("certification")
        return roles

    def wait(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)

    def member(self, role: str) -> dict[str, Any]:
        return dict(self.roles["members"][role])

    def ffn(self, role: str = "known by both") -> str:
        return str(self.member(role)["ffn"])

    def call(
        self,
        operation: str,
        body: object = None,
        query: Mapping[str, object] | None = None,
        *,
        environment: str = "certification",
        without: Sequence[str] = (),
        **headers: str,
    ) -> Answer:
        """Headers are written with underscores where they have hyphens; those of the gateway's own keep theirs."""
        usual = {"client_id": self.simulator.access(environment)["client_id"], "host": "api.latampass.com"}
        if environment == "certification":
            usual[MARKER] = "LatamPass"
        if operation != "requestToken" and not {"access_token"} & {*without, *headers}:
            usual["access_token"] = self.token(environment)
        usual |= {name if name in OWN_HEADERS else name.replace("_", "-"): value for name, value in headers.items()}
        sent = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        told = {name: value for name, value in usual.items() if name not in without}
        asked = {name: [str(value)] for name, value in (query or {}).items()}
        answer: Answer = self.simulator.answer(Call(operation, environment, "POST", "/sandbox/x", asked, told, sent))
        return answer

    # --- tokens ---

    def grant(
        self,
        environment: str = "certification",
        basic: str | None = None,
        form: Mapping[str, str] | None = None,
        without: Sequence[str] = (),
    ) -> Answer:
        known = self.simulator.access(environment)
        pair = basic if basic is not None else f"{known['client_id']}:{known['client_secret']}"
        body = urlencode({"grant_type": "client_credentials"} if form is None else form).encode()
        shown = "Basic " + base64.b64encode(pair.encode()).decode()
        return self.call("requestToken", body, environment=environment, without=without, authorization=shown)

    def token(self, environment: str = "certification", *, new: bool = False) -> str:
        """A good one. That of the test environment is kept for as long as it lasts."""
        if environment == "certification" and not new and self.now < self._renew_at:
            return self._token
        value = str(told(self.grant(environment)).get("access_token", ""))
        if environment == "certification":
            self._token, self._renew_at = value, self.now + timedelta(hours=1)
        return value

    # --- business ---

    def search(
        self, ffn: str | None = None, document: object = None, scopes: str = "member-status", **how: Any
    ) -> Answer:
        body = {name: value for name, value in (("ffn", ffn), ("document", document)) if value is not None}
        return self.call("searchMember", body, x_scope=scopes, **how)

    def anyone(self, **how: Any) -> Answer:
        return self.search(self.ffn(), **how)

    def purchase(self, role: str = "known by both", **changes: Any) -> dict[str, Any]:
        self._count += 1
        return {
            "partner": {"id": self.roles["partner_id"]},
            "member": {"ffn": self.ffn(role)},
            "partnerTransactionId": f"tx-{self._count}",
            "partnerAccrualId": f"acc-{self._count}",
            "partnerOriginDate": "2026-11-20T19:42:07.123-04:00",
            "description": "Points for a purchase",
            "points": 120,
            "productId": "001",
            **changes,
        }

    def report(self, role: str = "known by both", **changes: Any) -> Answer:
        return self.call("requestAccrual", self.purchase(role, **changes))

    def ask(self, **query: object) -> Answer:
        return self.call("getAccruals", None, {"partnerIdentifier": self.roles["partner_id"], **query})

    def items(self, **query: object) -> list[dict[str, Any]]:
        return list(told(self.ask(**query))["accruals"])

    def ended(self, **changes: Any) -> dict[str, Any]:
        """A report's item long after it was sent."""
        acknowledged = told(self.report(**changes))
        self.wait(LATER)
        return self.items(correlationId=acknowledged["correlationId"])[0]

    def begin(self, card: object = None, bank: str = "BANK-ONE", role: str = "known by both", **how: Any) -> Answer:
        body = {"member": {"ffn": self.ffn(role)}, "card": card or {"token": "one"}}
        return self.call("beginCobrand", body, x_issue_bank=bank, **how)

    def end(self, card: object = None, bank: str = "BANK-ONE", role: str = "known by both") -> Answer:
        return self.call("endCobrand", {"ffn": self.ffn(role), "card": card or {"token": "one"}}, x_issue_bank=bank)

    def balance(self, role: str = "known by both") -> int:
        return int(told(self.search(self.ffn(role), scopes="member-balance"))["balance"])

    def segments(self) -> int:
        return len(told(self.anyone(scopes="member-segment"))["segments"])


def told(answer: Answer) -> Any:
    return json.loads(answer.body)


@pytest.fixture(name="bench")
def right_one() -> Bench:
    return Bench()


# --- the door ---


def test_a_token_is_good_for_an_hour_and_no_longer(bench: Bench) -> None:
    """Sixty minutes by the clock that was handed in; then 401 with the gateway's words."""
    token = bench.token()
    bench.wait(3599)
    before = bench.anyone(access_token=token)
    bench.wait(1)
    after = bench.anyone(access_token=token)

    assert before.status == 200
    assert after.status == 401
    assert after.body.decode() == "Access Token in the request, identified by HEADER access_token, is invalid."


def test_the_token_answer_has_what_gateways_of_its_family_send(bench: Bench) -> None:
    answer = bench.grant()

    assert answer.status == 200
    assert sorted(told(answer)) == ["access_token", "expires_in", "token_type"]
    assert told(answer)["expires_in"] == 3600


def test_a_new_token_ends_the_old_one_where_set_so() -> None:
    bench = Bench(auth_newTokenRevokesOld=True)
    old, new = bench.token(), bench.token(new=True)

    assert bench.anyone(access_token=old).status == 401
    assert bench.anyone(access_token=new).status == 200


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"basic": "nobody:nothing"}, "Invalid client_id in Authorization header"),
        ({"basic": ":"}, "Invalid client_id in Authorization header"),
        ({"basic": "{client_id}:nothing"}, "Invalid secret in Authorization header"),
        ({"form": {"grant_type": "password"}}, "Invalid grant_type format"),
        ({"form": {}}, "Invalid grant_type format"),
    ],
)
def test_token_errors_are_the_published_ones(bench: Bench, changed: dict[str, Any], message: str) -> None:
    """Status, shape and words, exactly."""
    if "basic" in changed:
        changed = {"basic": changed["basic"].format(**bench.simulator.access("certification"))}
    answer = bench.grant(**changed)

    assert answer.status == 400
    assert told(answer) == AUTH_ERROR | {"errors": [{"type": "INVALID", "message": message}]}


@pytest.mark.parametrize("header", ["Bearer x", "Basic", "Basic %%%", "Basic /w==", "Basic Zm9v", ""])
def test_a_broken_authorization_names_no_client(bench: Bench, header: str) -> None:
    answer = bench.call("requestToken", b"grant_type=client_credentials", authorization=header)

    assert told(answer)["errors"][0]["message"] == "Invalid client_id in Authorization header"


def test_each_environment_has_credentials_of_its_own(bench: Bench) -> None:
    """Those of one APP open nothing in the other."""
    certification, production = (bench.simulator.access(e) for e in ("certification", "production"))

    assert set(certification.values()).isdisjoint(production.values())
    assert all(re.fullmatch("[0-9a-f]{32}", value) for value in [*certification.values(), *production.values()])
    assert bench.grant("production", "{client_id}:{client_secret}".format(**certification)).status == 400


def test_the_same_chance_gives_the_same_credentials() -> None:
    assert Bench(seed=3).simulator.access("production") == Bench(seed=3).simulator.access("production")
    assert Bench(seed=3).simulator.access("production") != Bench(seed=4).simulator.access("production")


@pytest.mark.parametrize("operation", ["requestToken", "searchMember"])
def test_the_client_id_is_on_every_request(bench: Bench, operation: str) -> None:
    answer = bench.grant(without=["client_id"]) if operation == "requestToken" else bench.anyone(without=["client_id"])

    assert answer.status == 401
    assert answer.body.decode().startswith("Could not find a required APP in the request")


def test_a_call_without_token_is_refused_and_so_is_a_bearer(bench: Bench) -> None:
    bare = bench.anyone(without=["access_token"])
    bearer = bench.anyone(without=["access_token"], authorization=f"Bearer {bench.token()}")

    assert bare.status == bearer.status == 401
    assert (
        bare.body
        == bearer.body
        == b"Could not find a required Access Token in the request, identified by HEADER access_token"
    )


def test_a_gateway_error_may_be_an_object() -> None:
    """Text or an object: which is not published."""
    bench = Bench(gateway_errors_noToken={"status": 403, "text": {"error": "no token"}})
    answer = bench.anyone(without=["access_token"])

    assert (answer.status, told(answer)) == (403, {"error": "no token"})


def test_a_test_request_without_the_marker_meets_the_firewall(bench: Bench) -> None:
    """The firewall's page: HTML with the URL, a reference and where the reference leads."""
    answer = bench.anyone(without=[MARKER], host="<api>")
    page = answer.body.decode()
    [number] = re.findall(r"Reference #([0-9a-f.]+)", page)

    assert answer.status == 403
    assert answer.headers["content-type"].startswith("text/html")
    assert "<h1>Access Denied</h1>" in page
    assert "http://&lt;api&gt;/sandbox/x" in page
    assert f"https://errors.edgesuite.net/{number}" in page


def test_another_value_of_the_marker_is_no_marker(bench: Bench) -> None:
    assert bench.anyone(**{MARKER: "latampass"}).status == 403


def test_production_refuses_the_marker(bench: Bench) -> None:
    plain = bench.anyone(environment="production")
    marked = bench.anyone(environment="production", **{MARKER: "LatamPass"})

    assert plain.status == 200
    assert marked.status == 400
    assert told(marked)["code"] == 400


@pytest.mark.parametrize("state", ["Pending", "disabled"])
def test_only_an_approved_app_has_access(bench: Bench, state: str) -> None:
    """Neither a new token nor one granted before helps."""
    token = bench.token("production")
    bench.simulator.set_app("production", state)
    refused = [bench.grant("production"), bench.anyone(environment="production", access_token=token)]
    bench.simulator.set_app("production", "Approved")

    assert [(a.status, a.body) for a in refused] == [(403, b"The APP can not access this API")] * 2
    assert bench.anyone(environment="production", access_token=token).status == 200


def test_a_state_nobody_knows_is_a_slip_of_the_scenario(bench: Bench) -> None:
    with pytest.raises(ValueError, match="approved"):
        bench.simulator.set_app("production", "approved")


def test_a_test_app_waits_for_approval_where_set_so() -> None:
    assert Bench(app_test_autoApprove=False).grant().status == 403


def test_an_operation_nobody_knows_is_not_found(bench: Bench) -> None:
    call = Call(None, "certification", "PUT", "/sandbox/x", {}, {}, b"")

    assert bench.simulator.answer(call).status == 404
    assert bench.call("notifyAccrual").status == 404


def test_too_many_calls_are_held_back_until_the_window_has_passed(bench: Bench) -> None:
    bench.simulator.limit("searchMember", 2, 5)
    statuses = [bench.anyone().status for _ in range(3)]
    held_back = told(bench.anyone())
    bench.wait(5)

    assert statuses == [200, 200, 429]
    assert held_back == {
        "code": 429,
        "message": "Current rate exceeds the maximum for internal integrations",
        "instructions": "Please, try again late",
        "issuedDateTime": "2026-11-21",
        "details": None,
    }
    assert bench.anyone().status == 200
    bench.simulator.lift_limits()
    assert [bench.anyone().status for _ in range(5)] == [200] * 5


def test_a_limit_by_setting_counts_each_operation_on_its_own() -> None:
    bench = Bench(rate_limit=1, rate_windowSeconds=60)

    assert [bench.anyone().status, bench.anyone().status, bench.report().status] == [200, 429, 202]


def test_the_door_counts_what_arrives(bench: Bench) -> None:
    bench.anyone()
    bench.anyone(without=[MARKER])

    assert bench.simulator.received("searchMember") == 2
    assert bench.simulator.received("getAccruals") == 0


# --- what can be injected ---


def test_the_firewall_denies_once(bench: Bench) -> None:
    bench.simulator.deny_next("searchMember")

    assert [bench.ask().status, bench.anyone().status, bench.anyone().status] == [200, 403, 200]


@pytest.mark.parametrize(("status", "kind"), [(502, "text/plain"), (504, "text/plain"), (429, "application/json")])
def test_calls_fail_as_often_as_asked_for(bench: Bench, status: int, kind: str) -> None:
    bench.simulator.fail_next("searchMember", status, times=2)
    answers = [bench.anyone() for _ in range(3)]

    assert [a.status for a in answers] == [status, status, 200]
    assert answers[0].headers["content-type"].startswith(kind)


@pytest.mark.parametrize("accepted", [True, False])
def test_an_answer_is_lost_after_or_before_the_report_was_taken(bench: Bench, accepted: bool) -> None:
    bench.simulator.lose_next_answer("requestAccrual", accepted=accepted)
    lost = bench.report(partnerTransactionId="lost")
    heard = bench.report()

    assert (lost.cut, heard.cut) == (Cut.BEFORE_THE_ANSWER, Cut.NOWHERE)
    assert len(bench.items(partnerTransactionId="lost")) == accepted


def test_a_garbled_answer_is_no_json(bench: Bench) -> None:
    bench.simulator.garble_next("searchMember")
    garbled = bench.anyone()

    assert garbled.status == 200
    with pytest.raises(json.JSONDecodeError):
        told(garbled)
    assert told(bench.anyone())


def test_revoked_tokens_open_nothing(bench: Bench) -> None:
    token = bench.token()
    bench.simulator.revoke_tokens()

    assert bench.anyone(access_token=token).status == 401


# --- member search ---


@pytest.mark.parametrize(
    ("coded", "documented", "found"),
    [
        ("known by both", None, "known by both"),
        (None, "known by document only", "known by document only"),
        ("known by both", "nobody", "known by both"),
        ("nobody", "known by both", "known by both"),
        ("known by both", "another member", "known by both"),
    ],
)
def test_members_are_found_code_first(bench: Bench, coded: str | None, documented: str | None, found: str) -> None:
    """By code, by document, by both; the document only counts when nobody has the code."""
    answer = bench.search(
        bench.ffn(coded) if coded else None, bench.member(documented)["document"] if documented else None
    )

    assert answer.status == 200
    assert told(answer) == {"ffn": bench.ffn(found), "status": "ACTIVE"}


def test_all_that_is_told_of_a_document_has_to_agree(bench: Bench) -> None:
    document = bench.member("known by both")["document"]

    assert bench.search(document=document | {"country": "CL"}).status == 404
    assert bench.search(document={"number": document["number"]}).status == 200


def test_nobody_found_is_a_business_outcome(bench: Bench) -> None:
    answer = bench.search(bench.ffn("nobody"), bench.member("nobody")["document"])

    assert answer.status == 404
    assert told(answer)["code"] == 404


def test_a_mismatch_is_refused_where_set_so() -> None:
    bench = Bench(member_search_mismatch="error")
    answer = bench.search(bench.ffn("known by both"), bench.member("another member")["document"])

    assert (answer.status, sorted(told(answer)["details"])) == (400, ["document"])


@pytest.mark.parametrize("scope", SCOPES)
def test_each_scope_releases_its_property_and_no_other(bench: Bench, scope: str) -> None:
    told_of = told(bench.anyone(scopes=scope))

    assert sorted(told_of) == sorted(["ffn", DEFAULTS["member.response.map"][scope]])
    assert told_of[DEFAULTS["member.response.map"][scope]] not in (None, "", [])


def test_there_are_sixteen_scopes_and_the_partner_claims_them_all(bench: Bench) -> None:
    claims = {claim for claim in bench.roles["capabilities"] if claim.startswith("scope:")}

    assert claims == {f"scope:{scope}" for scope in SCOPES}
    assert len(claims) == 16


def test_scopes_are_a_list_and_the_code_comes_by_setting() -> None:
    bench = Bench(member_response_alwaysFfn=False)

    assert sorted(told(bench.anyone(scopes="member-tier, member-status"))) == ["status", "tier"]


def test_a_scope_unknown_or_not_defined_refuses_the_whole_search(bench: Bench) -> None:
    bench.simulator.withdraw_scope("member-email")
    refused = [bench.anyone(scopes=f"member-status,{scope}") for scope in ("member-shoe-size", "member-email")]
    bench.simulator.grant_scope("member-email")

    assert [a.status for a in refused] == [403, 403]
    assert "member-email" in told(refused[1])["details"]["x-scope"]
    assert bench.anyone(scopes="member-email").status == 200


def test_refused_scopes_are_left_out_where_set_so() -> None:
    bench = Bench(member_scope_unauthorised="omit")
    bench.simulator.withdraw_scope("member-email")

    assert sorted(told(bench.anyone(scopes="member-email,shoe,member-tier"))) == ["ffn", "tier"]


def test_a_search_without_scopes_is_refused(bench: Bench) -> None:
    answer = bench.anyone(scopes="")

    assert (answer.status, list(told(answer)["details"])) == (400, ["x-scope"])


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({}, ["document", "ffn"]),
        ({"ffn": 5}, ["ffn"]),
        ({"ffn": ""}, ["ffn"]),
        ({"document": "x"}, ["document"]),
        ({"document": {"type": 5, "country": "br"}}, ["document.country", "document.number", "document.type"]),
    ],
)
def test_a_faulty_search_names_its_fields(bench: Bench, body: Any, fields: list[str]) -> None:
    """In the shape of the one published error: a date in issuedDateTime, dotted paths in details."""
    answer = bench.call("searchMember", body, x_scope="member-status")
    error = told(answer)

    assert answer.status == error["code"] == 400
    assert (error["message"], error["instructions"]) == ("Invalid request content", "Evaluate the request fields")
    assert error["issuedDateTime"] == "2026-11-21"
    assert sorted(error["details"]) == fields


def test_fields_and_properties_are_named_by_settings() -> None:
    names = {"ffn": "code", "document": "paper", "type": "kind", "number": "no", "country": "land"}
    bench = Bench(member_request_schema=names, member_response_map={"member-status": "state"})
    paper = bench.member("known by both")["document"]
    answer = bench.call("searchMember", {"paper": paper}, x_scope="member-status,member-document")

    assert sorted(paper) == ["kind", "land", "no"]
    assert told(answer) == {"ffn": bench.ffn(), "state": "ACTIVE", "member-document": [paper]}


def test_members_are_as_their_roles_say(bench: Bench) -> None:
    blocked = told(bench.search(bench.ffn("not active")))
    tier = told(bench.search(bench.ffn("with a tier"), scopes="member-tier"))["tier"]

    assert blocked["status"] == bench.member("not active")["status"] == "BLOCKED"
    assert sorted(tier) == ["category", "expirationDate"]
    assert told(bench.search(bench.ffn("code beginning with zero")))["ffn"].startswith("0")


# --- accruals ---


def test_a_report_is_acknowledged_and_credited_once_it_settles(bench: Bench) -> None:
    bench.simulator.decide_next_accrual("PROCESSED", SOON)
    answer = bench.report()
    early, credited_early = bench.items(id=192)[0], bench.balance()
    bench.wait(SOON)
    late = bench.items(id=192)[0]

    assert answer.status == 202
    assert told(answer) == {
        "id": 192,
        "correlationId": early["correlationId"],
        "status": "PROCESSING",
        "partnerAccrualId": "acc-1",
        "partnerTransactionId": "tx-1",
    }
    assert (early["status"], credited_early, "latamAccrualId" in early) == ("PROCESSING", 0, False)
    assert (late["status"], bench.balance(), late["latamAccrualId"]) == ("PROCESSED", 120, "100192")
    assert (late["createdAt"], late["updatedAt"]) == (
        "2026-11-21T12:00:00.000000+00:00",
        "2026-11-21T12:00:20.000000+00:00",
    )


def test_a_report_shows_as_it_was_sent(bench: Bench) -> None:
    sent = bench.purchase()
    bench.call("requestAccrual", sent)
    item = bench.items(partnerTransactionId=sent["partnerTransactionId"])[0]

    assert {name: item[name] for name in item if name in sent} == {
        name: value for name, value in sent.items() if name not in ("partner", "member")
    }
    assert item["ffn"] == sent["member"]["ffn"]


def test_accruals_settle_as_fast_as_published() -> None:
    """The shares final at 15, 30 and 60 seconds are the published ones; all is final at the last age."""
    bench, shares, waited = Bench(), [], 0
    for _ in range(2000):
        bench.report(points=1)
    for age in (15, 30, 60, 900):
        bench.wait(age - waited)
        waited = age
        shares.append(bench.simulator.balance_of(bench.ffn()) / 2000)

    assert shares == pytest.approx([0.93, 0.935, 0.94, 1.0], abs=0.015)


def test_the_slow_product_takes_more_than_a_minute(bench: Bench) -> None:
    bench.report(productId=bench.roles["products"]["slow"])
    bench.wait(60)
    early = bench.items()[0]["status"]
    bench.wait(60)

    assert (early, bench.items()[0]["status"]) == ("PROCESSING", "PROCESSED")


def test_the_clock_alone_settles_the_books(bench: Bench) -> None:
    bench.report()
    bench.wait(LATER)

    assert bench.simulator.balance_of(bench.ffn()) == 120


@pytest.mark.parametrize(
    ("member", "credited"),
    [
        ({"ffn": "collecting"}, "collecting"),
        ({"document": "collecting"}, "collecting"),
        ({"ffn": "collecting", "document": "another member"}, "collecting"),
        ({"ffn": "nobody", "document": "collecting"}, "collecting"),
        ({"ffn": "nobody", "document": "nobody"}, None),
    ],
)
def test_points_go_to_the_code_then_to_the_document(bench: Bench, member: dict[str, str], credited: Any) -> None:
    item = bench.ended(member={name: bench.member(role)[name] for name, role in member.items()})

    assert item["status"] == ("PROCESSED" if credited else "CANCELLED")
    assert item["ffn"] == bench.ffn(credited or "nobody")


def test_what_fails_may_fail_at_once_where_set_so() -> None:
    bench = Bench(accrual_unknownMember="sync404", accrual_badProduct="sync400")

    assert bench.report("nobody").status == 404
    assert (bench.report(productId="099").status, bench.items()) == (400, [])


def test_another_product_is_cancelled_and_says_why_where_set_so() -> None:
    shown = Bench(accrual_cancelReason_expose=True).ended(productId="099")
    hidden = Bench().ended(productId="099")

    assert (shown["status"], shown["statusDetail"]) == ("CANCELLED", "no such product")
    assert (hidden["status"], "statusDetail" in hidden) == ("CANCELLED", False)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"partner": {}}, "partner.id"),
        ({"member": {}}, "member.ffn"),
        ({"member": 5}, "member.ffn"),
        ({"member": {"ffn": {}}}, "member.ffn"),
        ({"member": {"document": {"type": "CPF"}}}, "member.document.number"),
        ({"member": {"ffn": "90000000202", "email": 5}}, "member.email"),
        ({"partnerAccrualId": ""}, "partnerAccrualId"),
        ({"partnerTransactionId": None}, "partnerTransactionId"),
        ({"partnerOriginDate": "2026-11-20T19:42:07"}, "partnerOriginDate"),
        ({"partnerOriginDate": "2026-13-20T19:42:07Z"}, "partnerOriginDate"),
        ({"partnerOriginDate": 5}, "partnerOriginDate"),
        ({"description": "x" * 256}, "description"),
        ({"points": 0}, "points"),
        ({"points": True}, "points"),
        ({"points": "120"}, "points"),
        ({"productId": 1}, "productId"),
        ({"interfaceId": 4}, "interfaceId"),
        ({"correlationId": 4}, "correlationId"),
    ],
)
def test_a_faulty_report_names_its_field(bench: Bench, changes: dict[str, Any], field: str) -> None:
    answer = bench.report(**changes)

    assert answer.status == 400
    assert field in told(answer)["details"]
    assert bench.items() == []


def test_every_faulty_field_is_named_and_no_other(bench: Bench) -> None:
    answer = told(bench.report(points=0, partnerOriginDate="2026-06-01T08:00:00", member={}))

    assert set(answer["details"]) == {"points", "partnerOriginDate", "member.ffn"}


@pytest.mark.parametrize(
    "moment", ["2026-11-20T19:42:07Z", "2026-11-20t19:42:07.1+00:00", "2022-06-19T17:10:36.177-04:00"]
)
def test_moments_have_an_offset(bench: Bench, moment: str) -> None:
    assert bench.report(partnerOriginDate=moment).status == 202


@pytest.mark.parametrize("name", ["partnerAccrualId", "partnerTransactionId"])
def test_partner_ids_have_at_most_fifty_characters(bench: Bench, name: str) -> None:
    assert bench.report(**{name: "é" * 50}).status == 202
    assert told(bench.report(**{name: "é" * 51}))["details"] == {name: "size must be between 0 and 50"}


def test_limits_of_a_report_are_settings() -> None:
    bench = Bench(accrual_limits_points=100, accrual_interfaceId_required=True, accrual_email_required=True)
    answer = bench.report()

    assert sorted(told(answer)["details"]) == ["interfaceId", "member.email", "points"]


def test_the_partners_own_correlation_id_is_kept(bench: Bench) -> None:
    assert told(bench.report(correlationId="mine"))["correlationId"] == "mine"


def test_a_report_for_another_partner_is_refused(bench: Bench) -> None:
    assert bench.report(partner={"id": "OHUTA"}).status == 403


# --- duplicates ---


@pytest.mark.parametrize(
    ("policy", "answered", "credited"),
    [("asyncCancel", 202, 2), ("sync409", 409, 1), ("sync400", 400, 1), ("returnOriginal", 202, 1)],
)
def test_a_repeat_credits_once_whatever_it_is_answered(policy: str, answered: int, credited: Any) -> None:
    """`credited` counts the accruals that there are; only ever one of them ends as PROCESSED."""
    bench = Bench(accrual_duplicate=policy)
    sent = bench.purchase()
    first, repeat = bench.call("requestAccrual", sent), bench.call("requestAccrual", sent)
    bench.wait(LATER)

    assert (first.status, repeat.status) == (202, answered)
    assert [item["status"] for item in bench.items()] == ["PROCESSED", "CANCELLED"][:credited]
    assert bench.balance() == 120
    if policy == "returnOriginal":
        assert told(bench.call("requestAccrual", sent)) == told(first) | {"status": "PROCESSED"}


@pytest.mark.parametrize(
    ("change", "is_repeat"),
    [
        ({"partnerAccrualId": "another"}, True),
        ({"description": "another"}, True),
        ({"productId": "007"}, True),
        ({"member": {"document": "repeating"}}, True),
        ({"points": 121}, False),
        ({"partnerTransactionId": "another"}, False),
        ({"partnerOriginDate": "2026-11-20T19:42:07.124-04:00"}, False),
        ({"member": {"ffn": "collecting"}}, False),
    ],
)
def test_five_data_make_a_repeat(change: dict[str, Any], is_repeat: bool) -> None:
    """Member, partner, transaction id, origin date, points. A document is the member it finds."""
    bench = Bench(accrual_duplicate="sync409")
    sent = bench.purchase("repeating")
    if "member" in change:
        [(name, role)] = change["member"].items()
        change = {"member": {name: bench.member(role)[name]}}
    bench.call("requestAccrual", sent)

    assert bench.call("requestAccrual", sent | change).status == (409 if is_repeat else 202)


def test_the_data_of_a_repeat_are_settings() -> None:
    bench = Bench(
        accrual_duplicate="sync409", accrual_duplicate_fields=["ffn"], accrual_duplicate_resolveDocument=False
    )
    document = bench.member("repeating")["document"]

    assert [bench.report("repeating").status, bench.report("repeating").status] == [202, 409]
    assert [bench.report(member={"document": document}).status for _ in range(2)] == [202, 409]


def test_what_was_refused_or_never_taken_is_no_original(bench: Bench) -> None:
    sent = bench.purchase()
    bench.call("requestAccrual", sent | {"productId": ""})
    bench.simulator.lose_next_answer("requestAccrual", accepted=False)
    bench.call("requestAccrual", sent)
    bench.call("requestAccrual", sent)
    bench.wait(LATER)

    assert [item["status"] for item in bench.items()] == ["PROCESSED"]


# --- the status query ---


@pytest.mark.parametrize("name", ["correlationId", "partnerTransactionId", "partnerAccrualId", "id"])
def test_each_filter_finds_its_accrual(bench: Bench, name: str) -> None:
    answers = [told(bench.report()) for _ in range(3)]

    assert [item["id"] for item in bench.items(**{name: answers[1][name]})] == [193]


def test_filters_narrow_together(bench: Bench) -> None:
    first, second = (told(bench.report()) for _ in range(2))

    assert bench.items(correlationId=first["correlationId"], partnerAccrualId=second["partnerAccrualId"]) == []


def test_an_older_pages_filters_work_as_well(bench: Bench) -> None:
    bench.report()
    bench.wait(86400)
    bench.report("collecting")

    assert [item["id"] for item in bench.items(createdStart="2026-11-22")] == [193]
    assert [item["id"] for item in bench.items(createdEnd="2026-11-21")] == [192]
    assert [item["id"] for item in bench.items(ffn=bench.ffn("collecting"))] == [193]


def test_a_partner_sees_its_own_accruals_only(bench: Bench) -> None:
    bench.report()

    assert bench.items(partnerIdentifier="OHUTA") == []
    assert bench.call("getAccruals").status == 400


@pytest.mark.parametrize(
    "query",
    [
        {"size": "abc"},
        {"size": 0},
        {"page": -1},
        {"correlationId": ""},
        {"partnerAccrualId": "x" * 51},
        {"createdStart": "x"},
    ],
)
def test_a_faulty_question_names_its_field(bench: Bench, query: dict[str, object]) -> None:
    answer = bench.ask(**query)

    assert (answer.status, list(told(answer)["details"])) == (400, list(query))


def test_pages_are_counted_from_one_and_items_misspelt(bench: Bench) -> None:
    for _ in range(5):
        bench.report()
    pages = [told(bench.ask(size=2, page=page)) for page in (1, 2, 3, 4)]

    assert [[item["id"] for item in page["accruals"]] for page in pages] == [[192, 193], [194, 195], [196], []]
    assert [(p["totalPages"], p["currentPage"], p["totalItens"]) for p in pages] == [(3, n, 5) for n in (1, 2, 3, 4)]


def test_page_size_and_parameter_are_settings() -> None:
    bench = Bench(accrual_get_pageSize=1, accrual_get_pageParam="pageNumber")
    bench.report()
    bench.report()

    assert [item["id"] for item in bench.items(pageNumber=2)] == [193]


def test_no_match_is_an_empty_page_or_404(bench: Bench) -> None:
    assert told(bench.ask(correlationId="x")) == {"accruals": [], "totalPages": 1, "currentPage": 1, "totalItens": 0}
    assert Bench(accrual_get_empty=404).ask(correlationId="x").status == 404


def test_a_filter_is_asked_for_where_set_so() -> None:
    bench = Bench(accrual_get_requireFilter=True)

    assert (bench.ask().status, bench.ask(correlationId="x").status) == (400, 200)


def test_questions_before_the_published_waits_are_counted(bench: Bench) -> None:
    """15 s after the report; then 30 s and 15 s, 60 s and 30 s, and a minute each time."""
    bench.report()
    for pause in (15, 15, 30, 60, 60):
        bench.wait(pause)
        bench.ask(id=192)
    on_time = bench.simulator.early_questions()
    bench.wait(59)
    bench.ask(id=192)

    assert (on_time, bench.simulator.early_questions()) == (0, 1)


def test_an_early_question_is_refused_where_set_so() -> None:
    bench = Bench(accrual_poll_enforce=True)
    bench.report()
    bench.wait(14)
    early = bench.ask(id=192).status
    bench.wait(1)

    assert (early, bench.ask(id=192).status) == (429, 200)


def test_looking_at_the_books_is_no_reading() -> None:
    bench = Bench("final_status_moves")
    bench.report()
    bench.wait(LATER)
    seen = [bench.simulator.accruals_of(bench.ffn())[0]["status"] for _ in range(5)]

    assert seen == ["PROCESSED"] * 5


# --- cobrand ---


def test_a_card_begins_ends_and_begins_again(bench: Bench) -> None:
    """NONE → ACTIVE → ENDED → ACTIVE; an end in NONE or ENDED is an error, a repeated begin is not."""
    steps = [bench.end(), bench.begin(), bench.begin(), bench.end(), bench.end(), bench.begin(), bench.end()]

    assert [answer.status for answer in steps] == [404, 201, 201, 204, 404, 201, 204]
    assert steps[3].body == b""


def test_the_benefit_lasts_as_long_as_any_card_at_that_bank(bench: Bench) -> None:
    two, counted = {"token": "two"}, [bench.segments()]
    for step, card in ((bench.begin, None), (bench.begin, two), (bench.end, None), (bench.end, two)):
        step(card)
        counted.append(bench.segments())

    assert counted == [1, 2, 2, 2, 1]


def test_the_benefit_comes_later_where_set_so() -> None:
    bench = Bench(cobrand_async=True)
    bench.begin()
    at_once = bench.segments()
    bench.wait(LATER)

    assert (at_once, bench.segments()) == (1, 2)


def test_members_banks_and_cards_have_life_cycles_of_their_own(bench: Bench) -> None:
    for how in ({}, {"bank": "BANK-TWO"}, {"card": {"brand": "VISA"}}, {"role": "another member"}):
        bench.begin(**how)
    bench.end()

    assert [
        bench.end(**how).status
        for how in ({"bank": "BANK-TWO"}, {"card": {"brand": "VISA"}}, {"role": "another member"})
    ] == [204] * 3


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({"card": {"token": "one"}}, ["member.ffn"]),
        ({"member": "x", "card": 5}, ["card", "member.ffn"]),
        (
            {"member": {"ffn": "90000000202"}, "card": {"token": 5, "lastDigits": "12345"}},
            ["card.lastDigits", "card.token"],
        ),
    ],
)
def test_a_faulty_begin_names_its_fields(bench: Bench, body: Any, fields: list[str]) -> None:
    answer = bench.call("beginCobrand", body, x_issue_bank="BANK-ONE")

    assert (answer.status, sorted(told(answer)["details"])) == (400, fields)


def test_the_published_refusal_of_a_begin_comes_word_for_word(bench: Bench) -> None:
    answer = bench.call("beginCobrand", {"member": {"ffn": None}, "card": {}}, x_issue_bank="BANK-ONE")

    assert told(answer) == {
        "code": 400,
        "message": "Invalid request content",
        "instructions": "Evaluate the request fields",
        "issuedDateTime": "2026-11-21",
        "details": {"member.ffn": "must not be null"},
    }


def test_a_begin_for_nobody_and_one_without_bank_are_refused(bench: Bench) -> None:
    assert bench.begin(role="nobody").status == 404
    assert bench.begin(without=["x-issue-bank"]).status == 400


def test_what_cobrand_left_open_is_set() -> None:
    bench = Bench(
        cobrand_begin_repeat="409", cobrand_issueBanks=["BANK-ONE"], cobrand_end_ffnPath="member.ffn",
        cobrand_end_neverBegan=422, cobrand_end_successStatus=200,
    )  # fmt: skip
    ended = {"member": {"ffn": bench.ffn()}, "card": {"token": "one"}}

    assert [bench.begin().status, bench.begin().status, bench.begin(bank="BANK-TWO").status] == [201, 409, 400]
    assert [bench.call("endCobrand", ended, x_issue_bank="BANK-ONE").status for _ in range(2)] == [200, 422]


def test_a_query_may_carry_the_end() -> None:
    bench = Bench(cobrand_end_carrier="query")
    bench.begin()
    answers = [
        bench.call("endCobrand", None, query, x_issue_bank="BANK-ONE")
        for query in ({}, {"ffn": bench.ffn(), "card": "one"})
    ]

    assert [answer.status for answer in answers] == [400, 204]
    assert sorted(told(answers[0])["details"]) == ["card", "ffn"]


# --- what nobody published ---

BY_SETTING: Sequence[tuple[str, Any, Callable[[Bench], Answer], int]] = [
    ("token.successStatus", 201, lambda b: b.grant(), 201),
    ("search.successStatus", 206, lambda b: b.anyone(), 206),
    ("accrual.successStatus", 201, lambda b: b.report(), 201),
    ("accrual.get.successStatus", 206, lambda b: b.ask(), 206),
    ("cobrand.begin.successStatus", 200, lambda b: b.begin(), 200),
    ("headers.latamTest.missingInTest", 401, lambda b: b.anyone(without=[MARKER]), 401),
    (
        "headers.latamTest.presentInProd",
        403,
        lambda b: b.anyone(environment="production", **{MARKER: "LatamPass"}),
        403,
    ),
    ("member.errors.nobody", 422, lambda b: b.search("1"), 422),
    ("member.errors.scope", 400, lambda b: b.anyone(scopes="no-such"), 400),
    ("member.errors.noScope", 422, lambda b: b.anyone(scopes=""), 422),
    ("member.errors.invalid", 422, lambda b: b.search(), 422),
    ("accrual.limits.description", 5, lambda b: b.report(), 400),
    ("accrual.interfaceId.required", True, lambda b: b.report(), 400),
    ("accrual.email.required", True, lambda b: b.report(), 400),
    ("accrual.limits.points", 5, lambda b: b.report(), 400),
    ("cobrand.begin.nobody", 422, lambda b: b.begin(role="nobody"), 422),
    ("cobrand.begin.noBank", 422, lambda b: b.begin(without=["x-issue-bank"]), 422),
    ("cobrand.end.neverBegan", 409, lambda b: b.end(), 409),
]


@pytest.mark.parametrize(("setting", "value", "act", "status"), BY_SETTING, ids=[case[0] for case in BY_SETTING])
def test_what_nobody_published_is_a_setting(
    setting: str, value: Any, act: Callable[[Bench], Answer], status: int
) -> None:
    """Another value of the setting is another answer: nothing is decided in code."""
    assert act(Bench(**{setting: value})).status == status
    assert act(Bench()).status != status


# --- against its contract, its settings, and whatever is sent ---


@pytest.mark.parametrize(
    "operation", ["requestToken", "searchMember", "requestAccrual", "getAccruals", "beginCobrand", "endCobrand"]
)
@pytest.mark.parametrize(
    "body",
    [b"", b"null", b"[]", b'"x"', b"\xff\xfe", b"[" * 100_000, b'{"ffn": "\\ud800"}',
     b'{"points": ' + b"9" * 5000 + b"}", b'{"ffn": [1], "document": [], "member": [], "card": [], "partner": []}', b'{"member": {"ffn": NaN}}'],
)  # fmt: skip
def test_nothing_that_is_sent_trips_it(bench: Bench, operation: str, body: Any) -> None:
    answer = bench.call(operation, body, x_scope="member-status", x_issue_bank="BANK-ONE")

    assert answer.status == 400
    assert told(answer)


def test_answers_fit_the_contract(bench: Bench) -> None:
    """Each status is one the contract has for the operation, each body fits its schema."""
    card = {"member": {"ffn": bench.ffn()}, "card": {}}
    bench.report()
    bench.wait(LATER)
    answers: list[tuple[str, Answer]] = [
        *(("requestToken", a) for a in (bench.grant(), bench.grant(basic="x:y"), bench.grant(without=[MARKER]))),
        *(
            ("searchMember", a)
            for a in (bench.anyone(scopes=",".join(SCOPES)), bench.search(), bench.anyone(scopes="x"))
        ),
        *(("searchMember", a) for a in (bench.anyone(access_token="x"), bench.search("x"))),
        *(("requestAccrual", a) for a in (bench.report(), bench.report(points=0), bench.report(partner={"id": "x"}))),
        *(("getAccruals", a) for a in (bench.ask(), bench.ask(size=0))),
        *(
            ("beginCobrand", bench.call("beginCobrand", body, x_issue_bank="BANK-ONE"))
            for body in (card, {}, card | {"member": {"ffn": "x"}})
        ),
        *(("endCobrand", bench.end({"token": token})) for token in ("one", "two")),
    ]

    for operation, answer in answers:
        assert _misfits(operation, answer) == []


def _misfits(operation: str, answer: Answer) -> list[str]:
    document = DOSSIER.document
    method, path = next((o.method.lower(), o.path) for o in DOSSIER.contract.operations if o.id == operation)
    response = document["paths"][path][method]["responses"].get(str(answer.status))
    if response is None:
        return [f"{operation} may not answer {answer.status}"]
    if "$ref" in response:
        response = document["components"]["responses"][response["$ref"].rpartition("/")[2]]
    kind = answer.headers.get("content-type", "").partition(";")[0]
    schema = response.get("content", {}).get(kind, {}).get("schema")
    if schema is None:
        return [f"{operation} may not answer {answer.status} with {kind}"] if "content" in response else []
    value = json.loads(answer.body) if kind == "application/json" else answer.body.decode()
    validator = jsonschema_rs.validator_for({**schema, "components": document["components"]})
    return [f"{operation} {answer.status}: {error.message}" for error in validator.iter_errors(value)]


def test_every_setting_it_reads_is_in_the_providers_file() -> None:
    """Nothing is decided in code that is a setting, and no setting is read that nobody can set."""
    source = "".join(path.read_text() for path in DOSSIER.folder.glob("*.py"))
    read = set(re.findall(r'setting\("([^"]+)"\)', source))

    assert read <= set(DEFAULTS)
    assert {
        name for name in DEFAULTS if name.startswith(("accrual.", "cobrand.", "member.", "rate.", "headers."))
    } - read == {
        "accrual.v2.schema",
        "accrual.holdDays",
    }


def test_roles_are_synthetic_and_complete(bench: Bench) -> None:
    """The shape of a partner's accredit.toml; codes in the manner of Brazil fail its check digits."""
    members = bench.roles["members"]

    assert sorted(members) == [
        "another member", "code beginning with zero", "collecting", "known by both", "known by document only",
        "known by member code", "nobody", "not active", "repeating", "with a cobrand card", "with a tier",
    ]  # fmt: skip
    assert all(member.get("email", "@example.test").endswith("@example.test") for member in members.values())
    assert not any(_is_cpf(member["ffn"]) for member in members.values() if len(set(member["ffn"])) > 1)
    assert sorted(bench.roles["products"]) == ["slow", "standard", "unknown"]
    assert sorted(bench.roles["banks"]) == ["another issuer", "issuer"]
    assert sorted(bench.roles["cards"]) == ["first", "second"]
    assert bench.roles == bench.simulator.roles("production")


def _is_cpf(number: str) -> bool:
    digits = [int(digit) for digit in number]
    return all(sum((k + 1 - i) * digits[i] for i in range(k)) * 10 % 11 % 10 == digits[k] for k in (9, 10))


# --- defects ---


def _marked(bench: Bench) -> int:
    return bench.anyone(environment="production", **{MARKER: "LatamPass"}).status


def _after(bench: Bench, minutes: int) -> int:
    token = bench.token()
    bench.wait(minutes * 60)
    return bench.anyone(access_token=token).status


def _in_production(bench: Bench, state: str) -> int:
    bench.simulator.set_app("production", state)
    return bench.grant("production").status


def _third(bench: Bench, operation: str, call: Callable[[], Answer]) -> int:
    bench.simulator.limit(operation, 2, 5)
    return [call().status for _ in range(3)][-1]


def _found(bench: Bench, coded: str | None, documented: str | None) -> bool | int:
    """True for the right member, False for another, else the status."""
    document = bench.member(documented)["document"] if documented else None
    answer = bench.search(bench.ffn(coded) if coded else None, document)
    expected = documented if coded in (None, "nobody") else coded
    return told(answer)["ffn"] == bench.ffn(str(expected)) if answer.status == 200 else answer.status


def _released(bench: Bench, scopes: str, role: str = "known by both") -> list[str]:
    return sorted(told(bench.search(bench.ffn(role), scopes=scopes)))


def _unapproved(bench: Bench) -> int:
    bench.simulator.withdraw_scope("member-email")
    return bench.anyone(scopes="member-email").status


def _acknowledged(bench: Bench, name: str) -> bool:
    return "id" in told(bench.report(member={name: bench.member("known by both")[name]}))


def _credited(bench: Bench, coded: str, documented: str) -> str:
    both = {"ffn": bench.ffn(coded), "document": bench.member(documented)["document"]}
    return next(
        (role for role in (coded, documented) if bench.ended(member=both)["ffn"] == bench.ffn(role)), "a stranger"
    )


def _decided(bench: Bench, status: str, seconds: float, wait: float) -> int:
    bench.simulator.decide_next_accrual(status, seconds)
    bench.report()
    bench.wait(wait)
    return int(bench.simulator.balance_of(bench.ffn()))


def _shown(bench: Bench, name: str) -> int:
    answer = told(bench.report())
    return len(bench.items(**{name: answer[name]}))


def _last_page(bench: Bench) -> int:
    bench.report()
    bench.report()
    return len(bench.items(size=1, page=2))


def _twice(bench: Bench, **change: Any) -> int:
    """The points credited by a report and another that differs in this, to whomever."""
    sent, members = bench.purchase("repeating"), [bench.ffn("repeating"), bench.ffn("collecting")]
    before: int = sum(bench.simulator.balance_of(ffn) for ffn in members)
    bench.call("requestAccrual", sent)
    bench.call("requestAccrual", sent | change)
    bench.wait(LATER)
    after: int = sum(bench.simulator.balance_of(ffn) for ffn in members)
    return after - before


def _lost(bench: Bench) -> int:
    bench.simulator.lose_next_answer("requestAccrual", accepted=True)
    bench.report()
    return len(bench.items())


def _readings(bench: Bench) -> list[str]:
    bench.report()
    bench.wait(LATER)
    return [bench.items()[0]["status"][0] for _ in range(4)]


def _statuses(*answers: Answer) -> list[int]:
    return [answer.status for answer in answers]


def _details(answer: Answer) -> bool:
    return told(answer)["details"] is not None


def _for_nobody(bench: Bench) -> Answer:
    return bench.call("beginCobrand", {"member": {}, "card": {}}, x_issue_bank="BANK-ONE")


def _benefit(bench: Bench) -> list[int]:
    bench.begin()
    begun = bench.segments()
    bench.end()
    return [begun, bench.segments()]


def _other_card(bench: Bench, **other: Any) -> int:
    bench.begin()
    bench.begin(**other)
    bench.end()
    return bench.end(**other).status


def _denied(bench: Bench) -> bool:
    bench.simulator.deny_next("searchMember")
    return b"Reference #" in bench.anyone().body


TABLE: Mapping[str, tuple[Callable[[Bench], Any], Any, Any]] = {
    "grants_without_basic": (lambda b: b.call("requestToken", b"grant_type=client_credentials").status, 400, 200),
    "serves_test_without_marker": (lambda b: b.anyone(without=[MARKER]).status, 403, 200),
    "serves_production_with_marker": (_marked, 400, 200),
    "wrong_client_gets_other_message": (lambda b: b"client_id" in b.grant(basic="x:y").body, True, False),
    "grants_to_a_wrong_secret": (
        lambda b: b.grant(basic=b.simulator.access("certification")["client_id"] + ":x").status, 400, 200),
    "accepts_any_grant": (lambda b: b.grant(form={}).status, 400, 200),
    "token_serves_five_calls": (lambda b: _statuses(*(b.anyone() for _ in range(6))), [200] * 6, [200] * 5 + [401]),
    "token_outlives_its_hour": (lambda b: _after(b, 61), 401, 200),
    "token_dies_early": (lambda b: _after(b, 59), 200, 401),
    "accepts_unknown_tokens": (lambda b: b.anyone(access_token="x").status, 401, 200),
    "denial_hides_its_reference": (_denied, True, False),
    "client_id_not_required": (lambda b: b.anyone(without=["client_id"]).status, 401, 200),
    "access_token_not_required": (lambda b: b.anyone(without=["access_token"]).status, 401, 200),
    "bearer_alone_suffices": (
        lambda b: b.anyone(without=["access_token"], authorization=f"Bearer {b.token()}").status, 401, 200),
    "test_token_opens_production": (
        lambda b: b.anyone(environment="production", access_token=b.token()).status, 401, 200),
    "code_finds_a_neighbour": (lambda b: _found(b, "known by member code", None), True, False),
    "document_finds_a_neighbour": (lambda b: _found(b, None, "known by document only"), True, False),
    "unknown_document_spoils_search": (lambda b: _found(b, "known by both", "nobody"), True, 404),
    "unknown_code_ends_search": (lambda b: _found(b, "nobody", "known by both"), True, 404),
    "nobody_found_answers_ok": (lambda b: b.search(b.ffn("nobody")).status, 404, 200),
    "mismatch_prefers_document": (lambda b: _found(b, "known by both", "another member"), True, False),
    "reads_first_scope_only": (lambda b: "status" in _released(b, "member-tier,member-status"), True, False),
    "releases_unasked_birthdate": (
        lambda b: _released(b, "member-tier"), ["ffn", "tier"], ["birthDate", "ffn", "tier"]),
    "withholds_language": (lambda b: _released(b, "member-language"), ["ffn", "languages"], ["ffn"]),
    "ignores_unknown_scope": (lambda b: b.anyone(scopes="member-shoe-size").status, 403, 200),
    "releases_unapproved_scope": (_unapproved, 403, 200),
    "search_refusal_names_no_field": (lambda b: _details(b.search()), True, False),
    "missing_scope_releases_all": (lambda b: b.anyone(scopes="").status, 400, 200),
    "blocked_member_looks_active": (lambda b: told(b.search(b.ffn("not active")))["status"], "BLOCKED", "ACTIVE"),
    "tier_without_expiry": (lambda b: len(told(b.anyone(scopes="member-tier"))["tier"]), 2, 1),
    "drops_leading_zeros": (lambda b: _found(b, "code beginning with zero", None), True, False),
    "search_never_limits": (lambda b: _third(b, "searchMember", b.anyone), 429, 200),
    "ack_by_code_lacks_id": (lambda b: _acknowledged(b, "ffn"), True, False),
    "ack_by_document_lacks_id": (lambda b: _acknowledged(b, "document"), True, False),
    "both_credits_document_holder": (
        lambda b: _credited(b, "collecting", "another member"), "collecting", "another member"),
    "unknown_code_cancels": (lambda b: _credited(b, "nobody", "collecting"), "collecting", "nobody"),
    "credits_a_stranger": (lambda b: _credited(b, "nobody", "nobody"), "nobody", "a stranger"),
    "accepts_51_characters": (lambda b: b.report(partnerAccrualId="x" * 51).status, 400, 202),
    "refuses_50_characters": (lambda b: b.report(partnerAccrualId="x" * 50).status, 202, 400),
    "origin_date_becomes_sending_time": (
        lambda b: b.ended()["partnerOriginDate"], "2026-11-20T19:42:07.123-04:00", "2026-11-21T12:00:00.000+00:00"),
    "credits_unknown_product": (lambda b: b.ended(productId="099")["status"], "CANCELLED", "PROCESSED"),
    "product_loses_zeros": (lambda b: b.ended()["productId"], "001", "1"),
    "credits_while_processing": (lambda b: _decided(b, "PROCESSED", 100, 50), 0, 120),
    "correlation_filter_leaks": (lambda b: _shown(b, "correlationId"), 1, 2),
    "transaction_filter_leaks": (lambda b: _shown(b, "partnerTransactionId"), 1, 2),
    "accrual_filter_leaks": (lambda b: _shown(b, "partnerAccrualId"), 1, 2),
    "identifier_not_required": (lambda b: b.call("getAccruals").status, 400, 200),
    "no_match_reads_cancelled": (lambda b: [i["status"] for i in b.items(correlationId="x")], [], ["CANCELLED"]),
    "last_page_is_lost": (_last_page, 1, 0),
    "spells_total_items_right": (lambda b: "totalItens" in told(b.ask()), True, False),
    "processed_without_latam_id": (lambda b: "latamAccrualId" in b.ended(), True, False),
    "reports_other_points": (lambda b: b.ended()["points"], 120, 121),
    "cancelled_yet_credited": (lambda b: _decided(b, "CANCELLED", SOON, SOON), 0, 120),
    "credits_a_repeat": (_twice, 120, 240),
    "repeat_escapes_by_description": (lambda b: _twice(b, description="another"), 120, 240),
    "repeat_check_ignores_points": (lambda b: _twice(b, points=121), 241, 120),
    "repeat_check_ignores_date": (lambda b: _twice(b, partnerOriginDate="2026-11-20T19:42:07Z"), 240, 120),
    "repeat_check_ignores_transaction": (lambda b: _twice(b, partnerTransactionId="another"), 240, 120),
    "repeat_check_ignores_member": (lambda b: _twice(b, member={"ffn": b.ffn("collecting")}), 240, 120),
    "lost_accrual_is_hidden": (_lost, 1, 0),
    "accrual_refusal_names_no_field": (lambda b: _details(b.report(points=0)), True, False),
    "accrual_never_limits": (lambda b: _third(b, "requestAccrual", b.report), 429, 202),
    "final_status_moves": (_readings, ["P", "P", "P", "P"], ["P", "P", "P", "C"]),
    "begin_refused": (lambda b: b.begin().status, 201, 422),
    "unlock_refused": (lambda b: _statuses(b.begin(), b.end(), b.begin()), [201, 204, 201], [201, 204, 422]),
    "end_refused": (lambda b: _statuses(b.begin(), b.end()), [201, 204], [201, 422]),
    "second_begin_is_forgotten": (
        lambda b: _statuses(b.begin(), b.end(), b.begin(), b.end()), [201, 204, 201, 204], [201, 204, 201, 404]),
    "ends_what_never_began": (lambda b: b.end().status, 404, 204),
    "begin_without_member_accepted": (lambda b: _for_nobody(b).status, 400, 201),
    "begin_refusal_names_no_field": (lambda b: _details(_for_nobody(b)), True, False),
    "bank_not_required": (lambda b: b.begin(without=["x-issue-bank"]).status, 400, 201),
    "cobrand_never_limits": (lambda b: _third(b, "beginCobrand", b.begin), 429, 201),
    "repeated_begin_ends_the_card": (lambda b: _statuses(b.begin(), b.begin(), b.end())[2], 204, 404),
    "cards_share_a_life_cycle": (lambda b: _other_card(b, card={"token": "two"}), 204, 404),
    "banks_share_a_life_cycle": (lambda b: _other_card(b, bank="BANK-TWO"), 204, 404),
    "benefit_never_appears": (_benefit, [2, 1], [1, 1]),
    "benefit_outlives_the_card": (_benefit, [2, 1], [2, 2]),
    "pending_app_is_served": (lambda b: _in_production(b, "Pending"), 403, 200),
    "disabled_app_is_served": (lambda b: _in_production(b, "disabled"), 403, 200),
}  # fmt: skip
"""Defect → what to look at, what is seen without it, what is seen with it."""


REDDENED = {name: DOSSIER.register.reddened_by(name) for name in TABLE}


def test_every_defect_is_in_the_table() -> None:
    assert set(TABLE) == set(SIMULATOR.DEFECTS)


def test_every_defect_is_a_sentence_and_is_looked_at() -> None:
    """A defect that no line of the simulator asks for would change nothing."""
    code = "".join(path.read_text() for path in DOSSIER.folder.glob("*.py") if path.name != "defects.py")

    for name, sentence in SIMULATOR.DEFECTS.items():
        assert f'"{name}"' in code, name
        assert sentence.endswith(".")


def test_every_defect_of_the_register_exists() -> None:
    assert {name for r in DOSSIER.register.requirements for name in r.defects} == set(SIMULATOR.DEFECTS)


@pytest.mark.parametrize("defect", TABLE)
def test_a_defect_shows(defect: str) -> None:
    """Seen without the defect and with it, the same thing differs, and as it was meant to."""
    look, right, wrong = TABLE[defect]

    assert look(Bench()) == right
    assert look(Bench(defect)) == wrong


def test_a_defect_shows_nowhere_else() -> None:
    """What a defect changes beside its own is looked at by the same requirement; so falsifying it turns that one red.

    But for `begin_refused`: where no card begins, nothing else of a card can be judged.
    """
    elsewhere: dict[str, set[str]] = {}
    for other, (look, right, _) in TABLE.items():
        bench = Bench()
        look(bench)
        for defect in bench.defects.asked:  # one that is never asked about cannot change what is seen
            if not REDDENED[defect] & REDDENED[other] and _seen(look, defect) != right:
                elsewhere.setdefault(defect, set()).update(REDDENED[other])

    assert list(elsewhere) == ["begin_refused"]
    assert all(id_.startswith("LP-COB-") for id_ in elsewhere["begin_refused"])


def _seen(look: Callable[[Bench], Any], defect: str) -> Any:
    try:
        return look(Bench(defect))
    except (KeyError, IndexError, ValueError) as nothing:
        return nothing
