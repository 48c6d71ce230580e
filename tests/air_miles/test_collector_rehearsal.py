"""Collector Service under its real host names: the path to certification, with nobody to log members in or count accounts."""

from collections.abc import Iterator

import pytest

from accredit.suite.catalogue import Dossier
from tests.air_miles.bench import ROOT
from tests.conftest import Ended, accredit, served

REGISTER = Dossier("air_miles", ROOT).register
COLLECTOR = [r for r in REGISTER.driven if r.id.startswith("AM-COL-")]


@pytest.fixture(scope="module", name="certification")
def rehearsed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ended]:
    folder = tmp_path_factory.mktemp("certification")
    only = [part for requirement in COLLECTOR for part in ("--only", requirement.id)]
    with served("air_miles", folder / "there") as there:
        ended = accredit("run", "air_miles", "--env", "certification", *only, "--partner", there.folder / "accredit.toml",
                         "--output", folder / "evidence", env=there.env)  # fmt: skip
        yield Ended(ended.returncode, ended.stdout + ended.stderr, folder / "evidence")


def test_certification_has_the_outcomes_of_the_simulator(certification: Ended) -> None:
    """What needs no member logged in passes under the real host names; only @simulator scenarios are missing."""
    outcomes = certification.outcomes(REGISTER)

    assert certification.code == 0, certification.said
    assert {r.id for r in COLLECTOR if outcomes[r.id] == "passed"} == {
        r.id for r in COLLECTOR if "certification" in r.environments
    }


def test_each_call_goes_to_its_own_host(certification: Ended) -> None:
    """Tokens are asked of the identity provider, accounts opened at the API, and nothing else is reached."""
    sent = [exchange for exchange in certification.exchanges if exchange.scenario]
    reached = {(exchange.operation, exchange.request.url.split("/")[2]) for exchange in sent}

    assert reached == {("requestToken", "oauth-cert.airmiles.ca"), ("enroll", "cert.airmilesapis.ca")}


def test_no_secret_and_nobodys_data_is_written(certification: Ended) -> None:
    """Neither tokens nor the people enrolled."""
    journal = (certification.folder / "journal.jsonl").read_text()

    assert "Exemplaire" not in journal
    assert "@example.test" not in journal
    assert "eyJ" not in journal
