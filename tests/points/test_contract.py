"""Points' contract and register are whole: every operation, every open question, every check in its chapter."""

from collections import Counter

from accredit.suite.catalogue import Dossier
from tests.conftest import ROOT

POINTS = Dossier("points", ROOT)


def test_it_has_its_three_operations_and_the_callback() -> None:
    """By service, method and path, and what each does."""
    assert {(o.service, o.id, o.method, o.path, o.effect) for o in POINTS.contract.operations} == {
        ("auth", "requestToken", "POST", "/realms/partner/protocol/openid-connect/token", "token"),
        ("points", "requestPoints", "POST", "/{endpoint}", "writes"),
        (
            "balance",
            "getBalance",
            "GET",
            "/latitude-points/orgs/{orgId}/point-programs/{programme}/balances/{userId}",
            "reads",
        ),
    }
    assert set(POINTS.contract.callbacks) == {"pointsResult"}


def test_every_open_question_is_a_setting() -> None:
    """U-01 to U-51, none forgotten."""
    assert {f"U-{n:02d}" for n in range(1, 52)} == {s.unknown for s in POINTS.provider.settings.values() if s.unknown}


def test_the_register_has_its_hundred_checks() -> None:
    chapters = Counter(id_.rpartition("-")[0] for id_ in POINTS.register.ids)

    assert chapters == {
        "PT-AUTH": 10, "PT-EARN": 18, "PT-BURN": 12, "PT-SIG": 18, "PT-CB": 18, "PT-BAL": 10, "PT-PROMO": 14,
    }  # fmt: skip
    assert list(chapters) == [chapter.prefix for chapter in POINTS.provider.chapter]


def test_what_is_published_is_a_must_and_what_is_inferred_a_should() -> None:
    for requirement in POINTS.register.requirements:
        assert (requirement.level == "should") == (requirement.provenance == "inferred"), requirement.id
        assert (requirement.provenance == "inferred") == ("inferred" in requirement.source), requirement.id


def test_a_chapter_asks_for_what_its_name_says() -> None:
    """Who does not sign is not asked how; nor who only earns, how to redeem."""
    for prefix, capability in (("PT-SIG-", "signing"), ("PT-EARN-", "earn"), ("PT-BURN-", "burn")):
        for requirement in POINTS.register.requirements:
            assert not requirement.id.startswith(prefix) or capability in requirement.needs, requirement.id
