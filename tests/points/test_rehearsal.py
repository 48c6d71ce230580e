"""Points under hosts of the partner's naming: three services, signed calls and callbacks, with nobody to open ledgers."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from accredit.model.exchange import OUR_OWN
from tests.conftest import Ended, Rehearsal, accredit, served
from tests.points.bench import DOSSIER

WRITTEN = ("PT-EARN-01", "PT-BURN-01", "PT-SIG-06", "PT-CB-01", "PT-BAL-02")


@pytest.fixture(scope="module")
def there(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rehearsal]:
    with served("points", tmp_path_factory.mktemp("points"), speed=1) as rehearsal:
        yield rehearsal


def _run(rehearsal: Rehearsal, environment: str, folder: Path, *only: str) -> Ended:
    chosen = [part for id_ in only for part in ("--only", id_)]
    ended = accredit("run", "points", "--env", environment, "--partner", rehearsal.folder / "accredit.toml", "--output", folder, *chosen,
                     env=rehearsal.env)  # fmt: skip
    return Ended(ended.returncode, ended.stdout + ended.stderr, folder)


def test_certification_moves_points_and_hears_of_it(there: Rehearsal, tmp_path: Path) -> None:
    """Signed calls are accepted at one host, tokens and balances come from two others, results come back."""
    ended = _run(there, "certification", tmp_path, *WRITTEN)
    outcomes = ended.outcomes(DOSSIER.register)
    exchanges = ended.exchanges

    assert {id_ for id_, outcome in outcomes.items() if outcome == "passed"} == set(WRITTEN), ended.said
    assert {urlsplit(e.request.url).hostname for e in exchanges if e.direction == "outgoing"} == {
        "auth.staging.points.example", "api.staging.points.example", "balance.staging.points.example",
    }  # fmt: skip
    calls = [e for e in exchanges if e.operation == "requestPoints"]
    assert calls
    assert all({"Digest", "Signature"} <= {name for name, _ in e.request.headers} for e in calls)
    assert {e.delivery for e in exchanges if e.direction == "incoming"} == {"as promised", OUR_OWN}


def test_production_only_reads(there: Rehearsal, tmp_path: Path) -> None:
    """The smoke of production: tokens and balances, at production's hosts, and no points call."""
    ended = _run(there, "production", tmp_path)
    passed = {id_ for id_, outcome in ended.outcomes(DOSSIER.register).items() if outcome == "passed"}

    assert passed == {r.id for r in DOSSIER.register.driven if "production" in r.environments}, ended.said
    assert {e.operation for e in ended.exchanges} == {"requestToken", "getBalance"}
    assert all(".staging." not in e.request.url for e in ended.exchanges)
