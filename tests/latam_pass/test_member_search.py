"""Member search: three modes, sixteen scopes."""

from typing import Any

import pytest

from tests.latam_pass.bench import DEFAULTS, SCOPES, Bench, told


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
