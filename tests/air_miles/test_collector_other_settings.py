"""What nobody published may turn out otherwise: the scenarios judge by the settings, and never by the defaults alone."""

from pathlib import Path

import pytest

from accredit.suite.catalogue import Dossier
from tests.air_miles.bench import ROOT
from tests.conftest import run_with

REGISTER = Dossier("air_miles", ROOT).register
COLLECTOR = [requirement.id for requirement in REGISTER.driven if requirement.id.startswith("AM-COL-")]
STATUSES = """
"oauth.wrongClient.status" = 403
"oauth.invalidGrant.status" = 400
"oauth.badRequest.status" = 403
"collector.errors.invalid" = 422
"collector.errors.token" = 403
"collector.errors.scope" = 401
"collector.enrollment.successStatus" = 200
"collector.enrollment.duplicatePolicy" = "200"
"""
NAMES = """
"collector.oauth.audience" = "urn:another:audience"
"collector.enrollment.responseSchema" = {number = "account"}
"collector.summary.responseSchema" = {number = "account", name = "who", tier = "level", dream = "travel", cash = "money"}
"collector.profile.responseSchema" = {number = "account", personal = "person", contact = "reach"}
"collector.enrollment.extraFields" = {language = "fr", promotion = {code = "X"}}
"""
STRICTER = """
"oauth.refresh.rotation" = true
"oauth.token.ttl" = 60
"oauth.code.ttl" = 10
"collector.enrollment.tokenKind" = "machine"
"collector.enrollment.minAge" = 16
"collector.enums.gender" = ["FEMALE", "MALE"]
"collector.enums.title" = ["MRS"]
"collector.enums.phoneType" = ["Home", "Mobile"]
"""
SOFTER = """
"collector.enrollment.tokenKind" = "member"
"collector.m2m.header" = true
"collector.enrollment.required" = ["contactDetails.email"]
"""
WORLDS = {"statuses": STATUSES, "names": NAMES, "stricter": STRICTER, "softer": SOFTER}


@pytest.mark.parametrize("world", WORLDS)
def test_every_scenario_passes_in_another_world(world: str, tmp_path: Path) -> None:
    ended = run_with("air_miles", tmp_path, f"[air_miles.settings]\n{WORLDS[world]}", COLLECTOR)

    assert ended.code == 0, ended.said


@pytest.mark.parametrize("kind", ["native_or_spa", "web_application", "back_end_service"])
def test_an_application_of_one_type_shows_what_it_can(kind: str, tmp_path: Path) -> None:
    """Nothing fails for what the partner does not claim."""
    claims = [
        "partner_calculated",
        "collector_service",
        kind,
        "scope:collector:summary:read",
        "scope:collector:enrollment:write",
    ]
    ended = run_with("air_miles", tmp_path, f"[air_miles]\ncapabilities = {claims}", COLLECTOR)
    outcomes = ended.outcomes(REGISTER)

    assert ended.code == 0, ended.said
    assert outcomes["AM-COL-01"] == "passed"
    assert outcomes["AM-COL-26"] == "not_applicable"
    assert outcomes["AM-COL-13"] == "passed"
    assert outcomes["AM-COL-08"] == ("not_applicable" if kind == "back_end_service" else "passed")


def test_who_does_not_use_it_is_asked_nothing_of_it(tmp_path: Path) -> None:
    ended = run_with("air_miles", tmp_path, '[air_miles]\ncapabilities = ["partner_calculated"]', COLLECTOR)
    outcomes = ended.outcomes(REGISTER)

    assert {outcomes[id_] for id_ in COLLECTOR} == {"not_applicable"}
