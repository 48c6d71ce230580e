"""What nobody published may turn out otherwise: the scenarios judge by the settings, and never by the defaults alone."""

from pathlib import Path

import pytest

from tests.conftest import run_with
from tests.points.bench import DOSSIER

STATUSES = """
"errors.badSignature" = 403
"balance.errors.nobody" = 200
"balance.errors.organisation" = 404
"errors.extraStatuses" = [415, 422]
"token.errorStyle" = "400_old"
"token.lifetimeSeconds" = 300
"points.acceptedBody" = "requestId"
"errors.body" = "problem"
"""
NAMES = """
"points.path" = "v3-points"
"points.redeemPath" = "v3-redeem"
"balance.body" = {userId = "id", balance = "points"}
"balance.organisation" = "org-other"
"callback.errorTexts" = {earning_limit = "A", redemption_limit = "B", balance = "C", unexpected = "D"}
"users.idMap" = "mapped"
"ids.format" = "free"
"token.extraFields" = []
"timestamp.digits" = 3
"""
STRICTER = """
"points.extraMembers" = "refuse"
"points.integersOnly" = true
"callback.urlPolicy" = "https_only"
"points.repeatedRequestId" = "reject_409"
"rules.windowEnd" = "exclusive"
"signature.keys" = "one"
"signature.oldestSeconds" = 60
"balance.lagMilliseconds" = 1500
"processing.delayMilliseconds" = 9000
"callback.retries" = 2
"""
SOFTER = """
"signature.mode" = "optional"
"signature.strictness" = "lenient"
"signature.oldestSeconds" = 0
"signature.aheadSeconds" = 30
"rules.capScope" = "call"
"points.repeatedRequestId" = "replay_result"
"""
UNSIGNED = """
"signature.mode" = "off"
"errors.badToken" = 403
"burn.balanceCheck" = "sync"
"""
WORLDS = {"statuses": STATUSES, "names": NAMES, "stricter": STRICTER, "softer": SOFTER, "unsigned": UNSIGNED}


@pytest.mark.parametrize("world", WORLDS)
def test_every_scenario_passes_in_another_world(world: str, tmp_path: Path) -> None:
    ended = run_with("points", tmp_path, f"[points.settings]\n{WORLDS[world]}")

    assert ended.code == 0, ended.said


@pytest.mark.parametrize("claims", [["earn"], ["burn"], ["earn", "burn"]])
def test_what_is_not_claimed_is_not_applicable(claims: list[str], tmp_path: Path) -> None:
    """A partner that does not sign, or moves points one way only, is judged by the rest."""
    ended = run_with("points", tmp_path, f"[points]\ncapabilities = {claims}\n")
    outcomes = ended.outcomes(DOSSIER.register)

    assert "failed" not in outcomes.values(), ended.said
    for requirement in DOSSIER.register.driven:
        claimed = set(requirement.needs) <= set(claims)
        assert (outcomes[requirement.id] == "not_applicable") is not claimed, requirement.id
