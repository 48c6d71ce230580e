"""What every call meets first: tokens, the firewall, the APP's state, limits."""

import json
import re
from typing import Any

import pytest

from accredit.model.simulation import Call, Cut
from tests.latam_pass.bench import AUTH_ERROR, MARKER, Bench, told


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
