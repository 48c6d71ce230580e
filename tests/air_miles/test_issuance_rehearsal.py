"""AIR MILES under its real host names: the path to the real endpoints, with nobody to move clocks or open ledgers."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from accredit.suite.catalogue import Dossier
from tests.air_miles.bench import ROOT
from tests.conftest import Ended, Rehearsal, accredit, served

REGISTER = Dossier("air_miles", ROOT).register
ISSUANCE = [requirement.id for requirement in REGISTER.driven if requirement.id.startswith("AM-ISS-")]


@pytest.fixture(scope="module")
def rehearsal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rehearsal]:
    with served("air_miles", tmp_path_factory.mktemp("rehearsal"), speed=60) as there:
        yield there


def _run(rehearsal: Rehearsal, environment: str, folder: Path, without: str = "") -> Ended:
    """A run of Issuance; `without` is a capability that the partner does not claim."""
    claims = (rehearsal.folder / "accredit.toml").read_text().replace(f', "{without}"', "")
    (folder / "accredit.toml").write_text(claims)
    only = [part for id_ in ISSUANCE for part in ("--only", id_)]
    ended = accredit("run", "air_miles", "--env", environment, *only, "--partner", folder / "accredit.toml",
                     "--output", folder / "evidence", env=rehearsal.env)  # fmt: skip
    return Ended(ended.returncode, ended.stdout + ended.stderr, folder / "evidence")


@pytest.fixture(scope="module")
def certification(rehearsal: Rehearsal, tmp_path_factory: pytest.TempPathFactory) -> Ended:
    return _run(rehearsal, "certification", tmp_path_factory.mktemp("certification"))


def test_certification_has_the_outcomes_of_the_simulator(certification: Ended) -> None:
    """What passes on the simulator passes under the real host names; only @simulator scenarios are missing."""
    passed = {id_ for id_, outcome in certification.outcomes(REGISTER).items() if outcome == "passed"}

    assert certification.code == 0, certification.said
    assert {id_ for id_ in passed if id_ in ISSUANCE} == {
        id_ for id_ in ISSUANCE if "certification" in REGISTER[id_].environments
    }


def test_each_host_hears_only_what_is_its_own(certification: Ended) -> None:
    """Tokens from the identity host, everything else from the API's; nothing of production."""
    for exchange in certification.exchanges:
        host = "oauth-cert.airmiles.ca" if exchange.operation == "requestToken" else "cert.airmilesapis.ca"
        assert exchange.request.url.startswith(f"https://{host}/")


def test_no_collector_number_is_written_down(certification: Ended, rehearsal: Rehearsal) -> None:
    """Not in a request, an answer, a step or a finding."""
    roles = (rehearsal.folder / "accredit.toml").read_text()
    numbers = {word for word in roles.replace('"', " ").split() if word.isdigit() and len(word) == 11}
    written = (certification.folder / "journal.jsonl").read_text()

    assert len(numbers) > 5
    assert [number for number in numbers if number in written] == []


def test_ids_lead_to_the_run(certification: Ended) -> None:
    """Whoever reads AIR MILES' logs finds the run by a transaction's id."""
    sent = [
        e for e in certification.exchanges if e.operation == "postMiles" and e.response and e.response.status == 200
    ]

    assert sent
    for exchange in sent:
        assert certification.run.id in json.loads(exchange.request.body)["checkoutTransactionId"]


def test_production_only_reads(rehearsal: Rehearsal, tmp_path: Path) -> None:
    """CALCULATE is all that goes there, after a preflight that reads a history, and nothing of CERT; not so Summary, the roles' log-ins being CERT's."""
    production = _run(rehearsal, "production", tmp_path, without="scope:collector:summary:read")
    passed = {id_ for id_, outcome in production.outcomes(REGISTER).items() if outcome == "passed"}

    assert production.code == 0, production.said
    assert passed == {id_ for id_ in ISSUANCE if "production" in REGISTER[id_].environments}
    assert {e.operation for e in production.exchanges} == {"requestToken", "findActivity", "calculateMiles"}
    assert not any("cert" in exchange.request.url for exchange in production.exchanges)
