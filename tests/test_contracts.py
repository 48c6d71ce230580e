"""The contracts read alike by another implementation, and the simulators keep them. Whether they are sound, `contract lint` says."""

import re
from datetime import UTC, datetime
from random import Random

import pytest
from openapi_pydantic import OpenAPI

from accredit.evidence.journal import read_run
from accredit.model.simulation import Setup
from accredit.suite.catalogue import Dossier, provider_names
from accredit.suite.simulation import load_simulation
from tests.conftest import ROOT, accredit

PROVIDERS = provider_names(ROOT)
_METHODS = ("get", "put", "post", "delete", "patch")


@pytest.fixture(params=PROVIDERS)
def dossier(request: pytest.FixtureRequest) -> Dossier:
    return Dossier(request.param, ROOT)


def test_it_is_valid_by_another_reading(dossier):
    """A second, independent implementation reads the same operations."""
    found = {
        getattr(item, method).operationId
        for document in dossier.documents.values()
        for item in (OpenAPI.model_validate(document).paths or {}).values()
        for method in _METHODS
        if getattr(item, method)
    }

    assert found == {operation.id for operation in dossier.contract.operations}


def test_every_setting_is_explained(dossier):
    """A fact nobody published says why its default was chosen."""
    for name, setting in dossier.provider.settings.items():
        assert setting.why, name
        assert not setting.options or setting.value in setting.options, name


def test_every_code_of_a_source_is_explained(dossier):
    """Who reads `public:QS` in a report is told which page that is."""
    sources = {requirement.source for requirement in dossier.register.requirements}
    codes = {code for source in sources for code in re.findall(r"public:[A-Z0-9-]+|seed(?::\d+)?", source)}

    assert codes <= set(dossier.provider.sources)
    assert all(dossier.provider.sourced(code).endswith(f" ({code})") for code in codes)


def test_latam_pass_has_its_six_operations_and_the_notification():
    """Exactly the published operations, by method and path, and what each does."""
    latam = Dossier("latam_pass", ROOT)
    assert {(o.id, o.method, o.path, o.effect) for o in latam.contract.operations} == {
        ("requestToken", "POST", "/oauth/access-token", "token"),
        ("searchMember", "POST", "/v1/customer/loyalty/partner/member/search-member", "reads"),
        ("requestAccrual", "POST", "/v2/customer/loyalty/partner/accrual", "writes"),
        ("getAccruals", "GET", "/v2/customer/loyalty/partner/accrual", "reads"),
        ("beginCobrand", "POST", "/v1/customer/loyalty/partner/cobranded", "writes"),
        ("endCobrand", "DELETE", "/v1/customer/loyalty/partner/cobranded", "writes"),
    }
    assert latam.documents["openapi"]["webhooks"]["accrualNotification"]["post"]["operationId"] == "notifyAccrual"
    assert {f"U{n}" for n in range(1, 35)} == {s.unknown for s in latam.provider.settings.values() if s.unknown}


def test_the_simulator_answers_as_the_contract_promises(dossier, tmp_path):
    """Every answer of a whole run fits the contract, and each gap in what it exercised has a reason."""
    ended = accredit("run", dossier.name, "--no-fuzz", "--output", tmp_path)
    run = read_run(next(tmp_path.iterdir()))

    assert ended.returncode == 0
    assert run.misfitting == ()
    assert "; no gaps without a reason\n" in ended.stdout


def test_what_can_be_claimed_is_what_the_simulator_claims(dossier):
    """And whatever a requirement needs can be claimed."""
    settings = {name: setting.value for name, setting in dossier.provider.settings.items()}
    setup = Setup(settings, lambda: datetime.now(UTC), frozenset(), Random(0))
    roles = load_simulation(ROOT, dossier.name)(setup).roles("certification")

    assert set(roles["capabilities"]) == set(dossier.provider.capabilities)
    assert {need for r in dossier.register.requirements for need in r.needs} <= set(dossier.provider.capabilities)
