"""A run says what happened: passed, failed, or why nothing can be said."""

import json
from pathlib import Path

import pytest

from tests.conftest import MINI, accredit


def test_a_right_programme_passes(mini, mini_register):
    """A programme that keeps its promises passes; what is attested stays visibly open."""
    ended = mini()

    assert ended.code == 0, ended.said
    assert ended.outcomes(mini_register) == {
        "MI-01": "passed", "MI-02": "passed", "MI-03": "passed", "MI-04": "not_tested", "MI-05": "passed",
    }  # fmt: skip
    assert "4 declared = 4 collected = 4 executed = 4 reported" in ended.said


@pytest.mark.parametrize(
    ("defect", "red"),
    [
        ("answers_another_member", "MI-01"),
        ("credits_a_repeat", "MI-02"),
        ("token_never_ends", "MI-03"),
        ("hides_gold", "MI-05"),
    ],
)
def test_a_wrong_programme_fails_its_one_requirement(mini, mini_register, defect, red):
    """A programme wrong in one way fails the requirement that forbids it, and no other."""
    ended = mini("--defect", defect)

    assert ended.code == 1
    assert ended.verdict(mini_register).failed == {red}


@pytest.mark.parametrize(
    ("defect", "code", "says"),
    [
        ("answers_html", 1, "expected JSON, got text/html"),
        ("answers_broken_json", 1, "expected JSON, got application/json beginning"),
        ("answers_at_length", 3, "a body longer than 5 MB"),
        ("breaks_off_midway", 3, "broke before the answer was whole"),
        ("denies_at_the_edge", 3, "a firewall denied readMember (reference 4711"),
        ("grants_nothing", 3, "no token: the answer 200 has no 'access_token'"),
    ],
)
def test_bad_answers_are_told_apart(mini, defect, code, says):
    """What arrives in place of an answer is named, with the exchange, and ends with the documented code."""
    ended = mini("--defect", defect)

    assert ended.code == code, ended.said
    assert says in ended.said
    assert "Traceback" not in ended.said


def test_a_defective_simulator_never_certifies(mini):
    """A run against a simulator that was made wrong does not pass, even when no scenario noticed."""
    ended = mini("--defect", "hides_gold", "--only", "MI-01")

    assert ended.code == 3
    assert "made defective on purpose" in ended.said


def test_workers_share_one_run(mini, mini_register):
    """With workers, each writes a segment of its own, the footer names them all, and nothing is lost."""
    ended = mini("--workers", "2")

    assert ended.code == 0, ended.said
    assert sorted(ended.run.footer["segments"]) == ["journal.gw0.jsonl", "journal.gw1.jsonl"]
    assert len({e.number for e in ended.exchanges}) == len(ended.exchanges)
    assert ended.verdict(mini_register).reconciliation.differences == ()


def test_what_is_not_claimed_is_not_applicable(mini, mini_register, tmp_path):
    """A capability the partner does not claim makes its requirement not applicable, and says so."""
    (tmp_path / "accredit.toml").write_text('[mini]\ncapabilities = ["silver"]\n')
    judged = {j.requirement.id: j for j in mini().verdict(mini_register).judgements}

    assert judged["MI-05"].outcome.value == "not_applicable"
    assert "does not claim gold" in judged["MI-05"].reason


def test_plain_pytest_runs_the_same_scenarios(tmp_path):
    """`pytest features/mini` runs the suite and leaves a journal, without the command line."""
    import subprocess
    import sys

    arguments = ["features/mini", "--accredit-output", str(tmp_path), "-q"]
    ended = subprocess.run(
        [sys.executable, "-m", "pytest", *arguments], cwd=MINI, capture_output=True, text=True, timeout=60, check=False
    )

    assert "4 passed" in ended.stdout, ended.stdout + ended.stderr
    assert len(list(tmp_path.glob("mini-simulator-*/journal.jsonl"))) == 1


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["run", "no_such"], "is no provider; there are mini"),
        (["run", "mini", "--env", "staging"], "is no environment; there are simulator, certification, production"),
        (["run", "mini", "--only", "MI-99"], "MI-99: no such requirement"),
        (["run", "mini", "--only", "MI-04"], "no scenario of MI-04 can run"),
        (["run", "mini", "--defect", "no_such"], "no such defect; the simulator has answers_another_member"),
        (["run", "mini", "--env", "certification", "--defect", "hides_gold"], "defects exist in the simulator only"),
        (["run", "mini", "--partner", "missing.toml"], "missing.toml does not exist"),
        (["run", "mini", "--key", "missing.key"], "missing.key cannot be read"),
        (["run", "mini", "--env", "certification"], "client_id is missing; give the name of the environment variable"),
        (["requirements", "mini", "MI-99"], "MI-99: no such requirement"),
        (["falsify", "mini", "--defect", "no_such"], "no such defect"),
        (["report", "nowhere"], "nowhere holds no journal.jsonl"),
        (
            ["report", "at/accredit-mini-simulator-1.zip"],
            "the folder that it was made from, beside it: at/mini-simulator-1.",
        ),
        (["verify", "nowhere.zip"], "nowhere.zip does not exist"),
    ],
)
def test_wrong_usage_is_explained(tmp_path, arguments, says):
    """What the user got wrong ends with code 2, and says what there is instead."""
    suite = [] if arguments[0] in ("verify",) else ["--suite", MINI]
    ended = accredit(*arguments, *suite, cwd=tmp_path)

    assert ended.returncode == 2, ended.stderr
    assert says in ended.stderr
    assert "Traceback" not in ended.stderr


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[mini", "is not TOML"),
        ("[mini]\nnonsense = 1\n", "nonsense"),
        ('[mini.settings]\n"no.such" = 1\n', "is no setting of Mini Miles"),
        ('[mini.certification.secrets]\nclient_secret = "hunter-2-hunter-2"\n', "never the secret itself"),
        ('[mini.certification]\nconnect_to = "10.0.0.1:443"\n', "only 127.0.0.1:PORT"),
        ("[mini.certification]\ntime_scale = 5\n", "are for rehearsals with connect_to"),
    ],
)
def test_a_bad_accredit_toml_is_explained(mini, tmp_path, text, says):
    """An accredit.toml that cannot be used ends with code 2 and names the place."""
    (tmp_path / "accredit.toml").write_text(text)
    ended = mini()

    assert ended.code == 2
    assert says in ended.said
    assert "hunter-2" not in ended.said


def _certification(tmp_path: Path, suite: Path, address: str) -> dict[str, str]:
    (tmp_path / "accredit.toml").write_text(
        f'[mini]\ncapabilities = ["gold"]\n[mini.certification]\nconnect_to = "{address}"\n'
        '[mini.certification.secrets]\nclient_id = "MINI_ID"\nclient_secret = "MINI_SECRET"\n'
        '[mini.certification.roles]\nmembers.reading = { card = "7000000001" }\nmembers.collecting = { card = "7000000002" }\n'
    )
    return {"MINI_ID": "an-id-of-mini", "MINI_SECRET": "a-secret-of-mini"}


def test_an_unreachable_host_cannot_be_judged(own_mini, tmp_path):
    """Where nobody listens nothing is judged: code 3, the reason and the next step."""
    env = _certification(tmp_path, own_mini, "127.0.0.1:9")
    ended = accredit("run", "mini", "--suite", own_mini, "--env", "certification", cwd=tmp_path, env=env)

    assert ended.returncode == 3, ended.stderr
    assert "cannot be reached" in ended.stdout
    assert "check the host, the network and the firewall" in ended.stdout


def test_a_base_url_with_plain_http_is_refused(own_mini, tmp_path):
    """Plain http never leaves: the guard refuses, and the refusal is evidence."""
    provider = own_mini / "contracts" / "mini" / "provider.toml"
    provider.write_text(
        provider.read_text().replace("https://api.mini.example/rehearsal", "http://api.mini.example/rehearsal")
    )
    env = _certification(tmp_path, own_mini, "127.0.0.1:9")
    ended = accredit("run", "mini", "--suite", own_mini, "--env", "certification", cwd=tmp_path, env=env)

    assert ended.returncode == 3
    assert "only https leaves" in ended.stdout
    journal = next(tmp_path.glob("evidence/*/journal.jsonl")).read_text()
    assert any(json.loads(line)["record"]["kind"] == "refusal" for line in journal.splitlines())


def test_an_untrusted_certificate_cannot_be_judged(rehearsal, own_mini, tmp_path):
    """A certificate that nobody we trust has signed is never accepted."""
    address = next(
        line for line in (rehearsal.folder / "accredit.toml").read_text().splitlines() if "connect_to" in line
    ).split('"')[1]
    env = _certification(tmp_path, own_mini, address)
    ended = accredit("run", "mini", "--suite", own_mini, "--env", "certification", cwd=tmp_path, env=env)

    assert ended.returncode == 3
    assert "the certificate was not trusted" in ended.stdout


def test_allure_shows_each_scenario_with_its_steps(mini, tmp_path):
    """Allure results hold a test for each scenario, its Gherkin steps, and nothing that is not masked."""
    ended = mini("--allure", tmp_path / "allure", "--defect", "answers_another_member")
    results = [json.loads(path.read_text()) for path in (tmp_path / "allure").glob("*-result.json")]

    assert len(results) == 4, ended.said
    assert {r["name"]: r["status"] for r in results}["The member who was asked for is shown"] == "failed"
    assert all(step["name"].split()[0] in ("Given", "When", "Then", "And") for r in results for step in r["steps"])
    assert sorted(len(r["steps"]) for r in results) == [2, 2, 3, 3]
    for path in (tmp_path / "allure").iterdir():
        assert b"7000000001" not in path.read_bytes(), path
        assert b"7000000002" not in path.read_bytes(), path
