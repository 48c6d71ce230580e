"""What nobody published may turn out otherwise: the scenarios judge by the settings, and never by the defaults alone."""

from pathlib import Path

import pytest

from tests.conftest import run_with
from tests.latam_pass.bench import DOSSIER

STATUSES = """
"search.successStatus" = 201
"accrual.successStatus" = 201
"accrual.get.successStatus" = 206
"token.successStatus" = 201
"cobrand.begin.successStatus" = 200
"cobrand.end.successStatus" = 200
"gateway.errors.unknownApp" = {status = 400, text = "x"}
"gateway.errors.noToken" = {status = 403, text = "x"}
"member.errors.scope" = 400
"member.errors.nobody" = 422
"member.errors.noScope" = 403
"member.errors.invalid" = 422
"headers.latamTest.missingInTest" = 401
"headers.latamTest.presentInProd" = 403
"accrual.get.empty" = 404
"cobrand.end.neverBegan" = 409
"cobrand.begin.noBank" = 403
"""
NAMES = """
"member.request.schema" = {ffn = "memberCode", document = "identity", type = "type", number = "number", country = "country"}
"accrual.get.pageParam" = "pageNumber"
"accrual.ack.schema" = ["id", "correlationId"]
"accrual.email.required" = true
"accrual.interfaceId.required" = true
"auth.success.extra" = []
"cobrand.end.ffnPath" = "member.ffn"
"cobrand.issueBanks" = ["BANK-ONE", "BANK-TWO"]
"""
STRICTER = """
"accrual.duplicate" = "sync409"
"accrual.unknownMember" = "sync404"
"accrual.badProduct" = "sync400"
"accrual.poll.enforce" = true
"auth.newTokenRevokesOld" = true
"member.search.mismatch" = "error"
"cobrand.begin.repeat" = "409"
"cobrand.end.carrier" = "query"
"""
SOFTER = """
"accrual.duplicate" = "returnOriginal"
"accrual.duplicate.resolveDocument" = false
"member.scope.unauthorised" = "omit"
"cobrand.async" = true
"""
WORLDS = {"statuses": STATUSES, "names": NAMES, "stricter": STRICTER, "softer": SOFTER}


@pytest.mark.parametrize("world", WORLDS)
def test_every_scenario_passes_in_another_world(world: str, tmp_path: Path) -> None:
    ended = run_with("latam_pass", tmp_path, f"[latam_pass.settings]\n{WORLDS[world]}")

    assert ended.code == 0, ended.said


@pytest.mark.parametrize(
    ("setting", "unjudged"),
    [
        ('"accrual.get.requireFilter" = true', {"LP-ACC-24"}),
        (
            '"member.response.alwaysFfn" = false',
            {"LP-MEM-01", "LP-MEM-02", "LP-MEM-03", "LP-MEM-04", "LP-MEM-06", "LP-MEM-16"},
        ),
    ],
)
def test_what_cannot_be_shown_is_said_to_be_so(setting: str, unjudged: set[str], tmp_path: Path) -> None:
    """Where an answer does not tell enough, the run cannot judge; it neither passes nor fails."""
    ended = run_with("latam_pass", tmp_path, f"[latam_pass.settings]\n{setting}")
    outcomes = ended.outcomes(DOSSIER.register)

    assert ended.code == 3
    assert {id_ for id_, outcome in outcomes.items() if outcome == "cannot_judge"} == unjudged
    assert "failed" not in outcomes.values()
