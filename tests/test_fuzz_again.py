"""The same seed draws the same requests, wherever and whenever; the record says what they were drawn by."""

import hashlib
import json
import os
import subprocess
import sys

import pytest

from tests.conftest import MINI, ROOT
from tests.fuzzing import fuzzed

DRAW = """
import json, sys
{first}
from pathlib import Path
from accredit.model.fuzzing import Round
from accredit.suite.catalogue import Dossier
from accredit.suite.fuzzing.campaign import Campaign
from accredit.suite.live import Live
from accredit.suite.plan import Choices, plan_run

root, output, seed = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
live = Live(plan_run(Dossier("mini", root), Choices(features=False, fuzz="ci", seed=seed, output=output)))
campaign = Campaign(live, live.plan.profile, seed)
drawn = [[d.id, d.operation, d.phase, d.index, d.request.method, d.target, d.headers, d.body.hex()]
         for round_ in live.plan.rounds for d in campaign.cases(round_)]
live.close()
print(json.dumps(drawn))
"""
OTHERS = (
    "import decimal, sqlite3, xml.dom.minidom, rich, tests.conftest, sys; sys.path.insert(0, '.'); import constants"
)
CONSTANTS = "TEXTS = [" + ", ".join(f"'odd constant {n}', '{n:010}', {n}, {n}.5" for n in range(200)) + "]"


def _drawn(folder, seed=2026, first="", hash_seed="0", root=MINI):
    """Every case of all rounds, as a process of its own draws them."""
    env = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONHASHSEED": hash_seed}
    command = [sys.executable, "-c", DRAW.replace("{first}", first), str(root), str(folder), str(seed)]
    ended = subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, timeout=60, check=False)
    assert ended.returncode == 0, ended.stderr
    return json.loads(ended.stdout)


@pytest.fixture(scope="module")
def drawn(tmp_path_factory):
    return _drawn(tmp_path_factory.mktemp("drawn"))


def test_the_same_seed_draws_the_same_requests(tmp_path, own_mini, drawn):
    """In another process, from another checkout, with other modules loaded and hashes in another order: the same bytes."""
    (tmp_path / "constants.py").write_text(CONSTANTS)

    assert len(drawn) > 50
    assert _drawn(tmp_path, first=OTHERS, hash_seed="17", root=own_mini) == drawn


def test_another_seed_draws_others(tmp_path, drawn):
    """Arbitrary cases are others; what the contract's examples and boundaries give stays as it is."""
    other = _drawn(tmp_path, seed=7)

    assert {case[0] for case in other if case[2] == "fuzzing"} != {case[0] for case in drawn if case[2] == "fuzzing"}
    assert [case[0] for case in other if case[2] == "examples"] == [case[0] for case in drawn if case[2] == "examples"]


def test_a_case_is_known_by_its_content(drawn):
    """One id, one request; the ids are those in the record of a run, but for what links lead to and for missing tokens."""
    by_id = {}
    for id_, *_, method, target, headers, body in drawn:
        assert by_id.setdefault(id_, (method, target, headers, body)) == (method, target, headers, body)
    assert len({json.dumps(content) for content in by_id.values()}) == len(by_id)


def test_the_same_seed_sends_the_same_requests(tmp_path):
    """Two runs send the same cases in the same order; only ids that may never be used twice differ."""
    first, second = fuzzed(tmp_path / "1"), fuzzed(tmp_path / "2")

    assert [case.id for case in first.run.fuzzed.cases] == [case.id for case in second.run.fuzzed.cases]
    assert [_bare(e) for e in first.records("exchange")] == [_bare(e) for e in second.records("exchange")]


def _bare(exchange):
    """Method, target and body of what was sent, without values that were masked or made anew."""
    sent = exchange["request"]
    path = sent["url"].partition("example")[2]
    body = sent["body"]
    if body.startswith("{") and exchange["operation"] == "credit":
        body = json.dumps({**json.loads(body), "id": "", "card": ""})
    return [exchange["case"], exchange["operation"], sent["method"], path[:8], body]


def test_the_record_says_what_the_cases_were_drawn_by(tmp_path):
    """Seed, profile, versions of the engine, rounds, and the digests of contract and facts: enough to draw them again."""
    header = fuzzed(tmp_path, "requestToken[examples]").run.header
    told = header["fuzz"]
    contract = (MINI / "contracts" / "mini" / "openapi.yaml").read_bytes()

    assert told["seed"] == 2026
    assert told["profile"] == {"name": "ci", "cases": 8, "chains": 3, "types": 3, "smaller": 40}
    assert told["engine"].startswith("schemathesis 4.")
    assert ", hypothesis 6." in told["engine"]
    assert told["rounds"] == [{"operation": "requestToken", "phase": "examples"}]
    assert header["judged_by"]["contracts/mini/openapi.yaml"] == hashlib.sha256(contract).hexdigest()
    assert "contracts/mini/fuzzing.toml" in header["judged_by"]
