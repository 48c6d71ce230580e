"""Rounds as pytest and Allure see them: each under an identity of its own, and as many as there were."""

import json
import subprocess
import sys
from collections import Counter

import pytest

from accredit.suite.shown import differences
from tests.conftest import MINI
from tests.fuzzing import Fuzz, folder_of

DOCUMENT = "contracts/mini/openapi.yaml"


def _pytest(output, *arguments):
    command = [sys.executable, "-m", "pytest", *map(str, arguments), "--accredit-output", str(output), "-v"]
    return subprocess.run(command, cwd=MINI, capture_output=True, text=True, timeout=120, check=False)


def test_plain_pytest_runs_the_rounds(tmp_path):
    """`pytest contracts/mini/openapi.yaml` fuzzes the contract, an item a round, and leaves a journal with its footer."""
    ended = _pytest(tmp_path, DOCUMENT)
    fuzz = Fuzz(folder_of(tmp_path))

    assert "10 passed" in ended.stdout, ended.stdout + ended.stderr
    for name in fuzz.outcomes:
        assert f"{DOCUMENT}::{name} PASSED" in ended.stdout
    assert len(fuzz.outcomes) == 10
    assert fuzz.run.is_complete
    assert fuzz.verdict.reasons == ()


@pytest.mark.parametrize(
    "chosen",
    [[f"{DOCUMENT}::requestToken[examples]"], [DOCUMENT, "-k", "requestToken and examples"]],
    ids=["node id", "-k"],
)
def test_one_round_is_chosen_as_any_test_is(tmp_path, chosen):
    """By its node id or by -k. What was left out was never ended, so that nobody takes the run for a whole one."""
    ended = _pytest(tmp_path, *chosen)
    fuzz = Fuzz(folder_of(tmp_path))

    assert "1 passed" in ended.stdout, ended.stdout + ended.stderr
    assert [case.round.name for case in fuzz.run.fuzzed.cases] == ["requestToken[examples]"]
    assert sum(reason == "it never ended" for reason in fuzz.reasons.values()) == 9


def test_workers_share_the_rounds(tmp_path):
    """Under -n 2 each round runs once, into one journal of two segments, and what was found is the same."""
    ended = _pytest(tmp_path, DOCUMENT, "-n", "2", "--accredit-defect", "errs_in_lists")
    fuzz = Fuzz(folder_of(tmp_path))

    assert "2 failed, 8 passed" in ended.stdout, ended.stdout + ended.stderr
    assert len(fuzz.run.footer["segments"]) == 2
    assert Counter(end.operation + end.phase for end in fuzz.run.fuzzed.ended).most_common(1)[0][1] == 1
    assert fuzz.found == {("credit", "response_schema_conformance")}
    assert (
        max(len(case.exchanges) for case in fuzz.run.fuzzed.cases) <= 4
    )  # each worker counts from a first number of its own
    assert "Traceback" not in ended.stdout


def test_a_round_that_cannot_be_judged_is_no_passed_test(tmp_path):
    """Where the API was never reached pytest shows a failure, and says why."""
    ended = _pytest(tmp_path, f"{DOCUMENT}::readMember[examples]", "--accredit-defect", "denies_everything_at_the_edge")

    assert ended.returncode == 1
    assert "1 failed" in ended.stdout
    assert "a firewall denied requestToken" in ended.stdout


def test_findings_are_told_in_words(tmp_path):
    """Id, operation, check and exchange stand where others would have a traceback, and no secret does."""
    ended = _pytest(tmp_path, f"{DOCUMENT}::credit[fuzzing]", "--accredit-defect", "tells_the_token")
    finding = Fuzz(folder_of(tmp_path)).finding("tells_nothing")

    assert f"{finding.id} credit, tells_nothing: An error tells" in ended.stdout
    assert f"(exchange {finding.exchanges[0]})" in ended.stdout


@pytest.fixture(scope="module")
def allured(tmp_path_factory):
    """A run of everything with Allure results, at a simulator that is wrong in two ways. Read only."""
    from tests.conftest import Ended, accredit

    folder = tmp_path_factory.mktemp("allured")
    ended = accredit("run", "mini", "--suite", MINI, "--fuzz", "--output", folder / "out", "--allure", folder / "allure",
                     "--defect", "errs_in_lists", "--defect", "hides_gold", cwd=folder)  # fmt: skip
    results = [json.loads(path.read_text()) for path in (folder / "allure").glob("*-result.json")]
    return Ended(ended.returncode, ended.stdout + ended.stderr, folder / "out"), results, folder / "allure"


def test_allure_shows_as_many_as_there_were(allured):
    """Four scenarios and ten rounds, each under an identity of its own."""
    ended, results, folder = allured

    assert len(results) == len({result["historyId"] for result in results}) == 4 + 10
    assert ended.code == 1
    assert "Allure will not show" not in ended.said
    assert differences(folder.glob("*-result.json"), [ended.folder]) == []


def test_allure_shows_what_failed_and_every_step(allured):
    """The same rounds and scenarios are red, and each scenario has its steps."""
    ended, results, _ = allured
    red = {result["name"] for result in results if result["status"] == "failed"}
    steps = {result["name"]: [step["name"] for step in result["steps"]] for result in results if result.get("steps")}

    assert red == {"credit[coverage]", "credit[fuzzing]", "Gold is told"}
    assert steps["A repeated credit counts once"] == [
        "Given a member whose points are known",
        "When the partner sends one credit of 120 points twice",
        "Then the member has 120 points more",
    ]
    assert sum(map(len, steps.values())) == len(ended.run.steps) == 10


@pytest.mark.parametrize("wrong", ["merged", "lost", "a step lost"])
def test_what_allure_would_show_otherwise_is_said(allured, tmp_path, wrong):
    """Two results of one identity, a result too few, a step too few."""
    ended, results, _ = allured
    told = [dict(result) for result in results]
    if wrong == "merged":
        told[0]["historyId"] = told[1]["historyId"]
    if wrong == "lost":
        told = [result for result in told if result["name"] != "credit[fuzzing]"]
    if wrong == "a step lost":
        told = [{**result, "steps": result.get("steps", [])[:2]} for result in told]
    for number, result in enumerate(told):
        (tmp_path / f"{number}-result.json").write_text(json.dumps(result))

    found = differences(tmp_path.glob("*-result.json"), [ended.folder])

    assert found
    assert any("Allure shows 13, the journal has 14" in line for line in found) == (wrong != "a step lost")
