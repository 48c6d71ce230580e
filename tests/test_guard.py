"""Nothing leaves for a wrong host, path, method, header or environment."""

import pytest

from accredit.model.errors import Refused
from accredit.suite.catalogue import Dossier
from accredit.wire.guard import Door, Guard
from tests.conftest import ROOT

LATAM = Dossier("latam_pass", ROOT)
MARKED = [("x-latam-test", "LatamPass")]
SEARCH = "/v1/customer/loyalty/partner/member/search-member"
ACCRUAL = "/v2/customer/loyalty/partner/accrual"


def _guard(environment: str) -> Guard:
    facts = LATAM.provider.environments[environment]
    return Guard(environment, (Door(environment, facts.base_url, facts),), LATAM.contract)


@pytest.mark.parametrize(
    ("method", "url", "headers"),
    [
        ("POST", f"http://api.latampass.com/sandbox{SEARCH}", MARKED),
        ("POST", f"https://api.latampass.com{SEARCH}", MARKED),
        ("POST", f"https://api.latampass.com.evil.example/sandbox{SEARCH}", MARKED),
        ("POST", f"https://evil.example/sandbox{SEARCH}", MARKED),
        ("POST", f"https://api.latampass.com:8443/sandbox{SEARCH}", MARKED),
        ("POST", f"https://user@api.latampass.com/sandbox{SEARCH}", MARKED),
        ("POST", f"https://api.latampass.com/sandboxes{SEARCH}", MARKED),
        ("POST", f"https://api.latampass.com/sandbox/..{SEARCH}", MARKED),
        ("POST", f"https://api.latampass.com/sandbox/%2e%2e{SEARCH}", MARKED),
        ("PUT", f"https://api.latampass.com/sandbox{SEARCH}", MARKED),
        ("DELETE", f"https://api.latampass.com/sandbox{ACCRUAL}", MARKED),
        ("POST", f"https://api.latampass.com/sandbox{SEARCH}", []),
        ("POST", f"https://api.latampass.com/sandbox{SEARCH}", [("x-latam-test", "latampass")]),
    ],
)
def test_what_is_no_marked_test_request_does_not_leave_for_certification(method, url, headers):
    """Certification takes only operations of the contract, under the sandbox, with the marker."""
    with pytest.raises(Refused):
        _guard("certification").admit(method, url, headers)


@pytest.mark.parametrize(
    ("method", "path", "headers"),
    [
        ("POST", f"/sandbox{SEARCH}", []),
        ("POST", SEARCH, MARKED),
        ("POST", ACCRUAL, []),
        ("POST", "/v1/customer/loyalty/partner/cobranded", []),
        ("DELETE", "/v1/customer/loyalty/partner/cobranded", []),
        ("PATCH", ACCRUAL, []),
    ],
)
def test_production_takes_only_unmarked_reads(method, path, headers):
    """Production takes nothing from the sandbox, nothing marked as a test, nothing that writes."""
    with pytest.raises(Refused):
        _guard("production").admit(method, f"https://api.latampass.com{path}", headers)


def test_right_requests_leave():
    """What belongs where it goes is let through, and its operation is known."""
    search = _guard("certification").admit("POST", f"https://api.latampass.com/sandbox{SEARCH}", MARKED).operation
    status = _guard("production").admit("GET", f"https://api.latampass.com{ACCRUAL}?partnerIdentifier=1", []).operation

    assert search is not None
    assert search.id == "searchMember"
    assert status is not None
    assert status.id == "getAccruals"


def test_generated_requests_never_leave_for_production():
    """Fuzzed data stays out of production, even for operations that read."""
    with pytest.raises(Refused):
        _guard("production").admit("GET", f"https://api.latampass.com{ACCRUAL}", [], generated=True)
