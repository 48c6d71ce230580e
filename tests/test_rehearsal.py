"""LATAM Pass under its real host name: the path to the real endpoints, with nobody to move clocks or open ledgers."""

import pytest

from accredit.model.disguise import disguises
from accredit.suite.catalogue import Dossier
from tests.conftest import ROOT, Ended, Rehearsal, accredit


def _run(rehearsal: Rehearsal, environment: str, folder) -> Ended:
    key = folder / "signing.key"
    ended = accredit("run", "latam_pass", "--env", environment, "--partner", rehearsal.folder / "accredit.toml", "--output", folder / "evidence",
                     "--make-key", key, env=rehearsal.env)  # fmt: skip
    return Ended(ended.returncode, ended.stdout + ended.stderr, folder / "evidence")


@pytest.fixture(scope="module")
def certification(rehearsal, tmp_path_factory) -> Ended:
    return _run(rehearsal, "certification", tmp_path_factory.mktemp("certification"))


@pytest.fixture(scope="module")
def production(rehearsal, tmp_path_factory) -> Ended:
    return _run(rehearsal, "production", tmp_path_factory.mktemp("production"))


@pytest.fixture(scope="module")
def register():
    return Dossier("latam_pass", ROOT).register


def test_certification_has_the_outcomes_of_the_simulator(certification, register):
    """What passes on the simulator passes under the real host name; only @simulator scenarios are missing."""
    outcomes = certification.outcomes(register)

    assert certification.code == 0, certification.said
    assert {id_ for id_, outcome in outcomes.items() if outcome == "passed"} == {
        r.id for r in register.driven if "certification" in r.environments
    }


def test_certification_is_marked_as_a_test_on_every_request(certification):
    """Each request goes to the sandbox of the real host and carries the marker."""
    for exchange in (e for e in certification.exchanges if e.direction == "outgoing"):
        assert exchange.request.url.startswith("https://api.latampass.com/sandbox/")
        assert dict(exchange.request.headers)["x-latam-test"] == "LatamPass"


def test_certification_waits_by_the_published_schedule(certification):
    """The first question after a report comes no sooner than 15 seconds later, of the run's own clock."""
    from datetime import datetime

    sent: dict[str, datetime] = {}
    for exchange in certification.exchanges:
        at = datetime.fromisoformat(exchange.sent_at)
        if exchange.operation == "requestAccrual":
            sent[exchange.scenario] = at
        elif exchange.operation == "getAccruals" and "final" in exchange.scenario and exchange.scenario in sent:
            assert (at - sent.pop(exchange.scenario)).total_seconds() >= 15


def test_ids_are_short_and_tell_the_run(certification):
    """Ids in the provider's logs have at most 50 characters and lead to this run."""
    import json

    taken = [
        e
        for e in certification.exchanges
        if e.operation == "requestAccrual" and e.response and e.response.status == 202
    ]
    for exchange in taken:
        body = json.loads(exchange.request.body)
        assert len(body["partnerTransactionId"]) <= 50
        assert certification.run.id in body["partnerTransactionId"]


def test_production_only_reads_and_carries_no_marker(production, register):
    """The same code in production: no sandbox, no marker, nothing written."""
    assert production.code == 0, production.said
    assert production.exchanges
    for exchange in production.exchanges:
        assert exchange.request.url.startswith("https://api.latampass.com/")
        assert "/sandbox" not in exchange.request.url
        assert "x-latam-test" not in dict(exchange.request.headers)
        assert exchange.operation in ("requestToken", "searchMember")
    passed = {id_ for id_, outcome in production.outcomes(register).items() if outcome == "passed"}
    assert passed == {r.id for r in register.driven if "production" in r.environments}


@pytest.mark.parametrize("environment", ["certification", "production"])
def test_nothing_secret_or_personal_is_written(environment, rehearsal, request):
    """No secret and no member's data is in any file, in any of its disguises; what the reviewer needs stays readable."""
    ended: Ended = request.getfixturevalue(environment)
    values = [*rehearsal.secrets, *(known["client_id"] for known in rehearsal.access.values())]
    values += [
        "90000000101",
        "AB9000303",
        "90000000202",
        "00000000606",
        "alba.prova@example.test",
        "Bento",
        "Rua Prova 17",
    ]
    files = {path.name: path.read_bytes() for path in ended.output.rglob("*") if path.is_file()}

    for name, data in files.items():
        carried = data.replace((ROOT / "contracts/latam_pass/members.py").read_bytes(), b"")
        for value in values:
            for form in disguises(value):
                assert form.encode() not in carried, f"{name} holds {form!r}"
    if environment == "certification":
        journal = files["journal.jsonl"].decode()
        assert '\\"correlationId\\": \\"' in journal
        assert '\\"points\\": 120' in journal


def test_a_rehearsal_says_that_it_is_one(certification):
    """A bundle made against this machine can never be taken for one made against the provider."""
    assert certification.run.header["connect_to"].startswith("127.0.0.1:")
    assert "A rehearsal" in (certification.folder / "report.html").read_text()
