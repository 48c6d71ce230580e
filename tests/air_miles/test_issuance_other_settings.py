"""What nobody published may turn out otherwise: the scenarios judge by the settings, and never by the defaults alone."""

from pathlib import Path

import pytest

from accredit.suite.catalogue import Dossier
from tests.air_miles.bench import ROOT
from tests.conftest import run_with

REGISTER = Dossier("air_miles", ROOT).register
ISSUANCE = [requirement.id for requirement in REGISTER.driven if requirement.id.startswith("AM-ISS-")]
STATUSES = """
"oauth.wrongClient.status" = 403
"issuance.errors.token" = 403
"issuance.errors.audience" = 401
"issuance.errors.mediaType" = 415
"issuance.errors.offer" = 422
"issuance.parallel.status" = 423
"collector.status.rejections" = {unknown = 404, inactive = 401, closed = 403}
"issuance.error.schema" = []
"""
NAMES = """
"issuance.oauth.audience" = "urn:another:audience"
"issuance.event.timestampField" = "eventDateTime"
"issuance.reverse.originalReference" = "context.original"
"collector.summary.responseSchema" = {number = "account", name = "who", tier = "level", dream = "travel", cash = "money"}
"amrp.centsPerMile" = 1000
"""
STRICTER = """
"idem.scope" = "client"
"idem.replay" = "409"
"idem.mismatch" = 422
"idem.consumedBy" = "2xx+400"
"idem.contentFallback" = false
"basket.arithmetic" = "reject"
"collectorNumber.validation" = "strict"
"collector.status.merged" = "reject"
"issuance.reverse.negativeBalance" = "reject"
"time.zone" = "eastern"
"time.maxAge" = 7
"""
SOFTER = """
"idem.replay" = "200"
"idem.mismatch" = "replay"
"issuance.reverse.exceedsOriginal" = "allow"
"issuance.parallel.operations" = ["issueMiles"]
"issuance.required.record" = ["basketPreTaxAmount"]
"basket.arithmetic" = "off"
"""
WORLDS = {"statuses": STATUSES, "names": NAMES, "stricter": STRICTER, "softer": SOFTER}


@pytest.mark.parametrize("world", WORLDS)
def test_every_scenario_passes_in_another_world(world: str, tmp_path: Path) -> None:
    ended = run_with("air_miles", tmp_path, f"[air_miles.settings]\n{WORLDS[world]}", ISSUANCE)

    assert ended.code == 0, ended.said


@pytest.mark.parametrize(("method", "other"), [("amrp_calculated", "P"), ("partner_calculated", "A")])
def test_a_partner_of_one_method_shows_what_it_can(method: str, other: str, tmp_path: Path) -> None:
    """Nothing fails, and only what the other method asks is not applicable."""
    ended = run_with("air_miles", tmp_path, f'[air_miles]\ncapabilities = ["{method}"]\n', ISSUANCE)
    outcomes = ended.outcomes(REGISTER)
    needed = {"A": "amrp_calculated", "P": "partner_calculated"}[other]

    assert "failed" not in outcomes.values()
    assert "cannot_judge" not in outcomes.values()
    assert all(outcomes[r.id] == "not_applicable" for r in REGISTER.driven if needed in r.needs)
