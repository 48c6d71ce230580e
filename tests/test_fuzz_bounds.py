"""Where generated requests never go, whom they need the consent of, what they leave behind, and what is refused before."""

import json
from pathlib import Path

import pytest

from accredit.model.disguise import disguises
from accredit.model.finding import Outcome
from accredit.model.fuzzing import PROFILES, Round
from accredit.suite.catalogue import Dossier
from accredit.suite.fuzzing.campaign import Campaign
from accredit.suite.live import Live
from accredit.suite.plan import Choices, plan_run
from tests.conftest import MINI, served
from tests.fuzzing import Fuzz, folder_of, fuzz_mini, fuzzed

PARTNER = """[mini]
capabilities = ["gold"]
[mini.{environment}]
connect_to = "127.0.0.1:9"
[mini.{environment}.secrets]
client_id = "MINI_ID"
client_secret = "MINI_SECRET"
[mini.{environment}.roles]
members.reading = {{ card = "7000000001" }}
members.collecting = {{ card = "7000000002" }}
"""
SECRETS = {"MINI_ID": "an-id-of-mini", "MINI_SECRET": "a-secret-of-mini"}


@pytest.fixture
def partner(tmp_path):
    def write(environment):
        (tmp_path / "accredit.toml").write_text(PARTNER.format(environment=environment))
        return tmp_path / "accredit.toml"

    return write


def test_production_is_never_fuzzed(tmp_path, partner):
    """Code 2, whatever consent is shown."""
    code, said = fuzz_mini(
        tmp_path / "out",
        "--env",
        "production",
        "--consent",
        "all of them",
        "--partner",
        partner("production"),
        env=SECRETS,
    )

    assert code == 2
    assert "generated requests never go to production" in said
    assert not (tmp_path / "out").exists()


def test_the_guard_lets_no_generated_request_into_production(tmp_path, partner, monkeypatch):
    """Should anybody get past that refusal, nothing leaves, and each refusal is on record."""
    for name, value in SECRETS.items():
        monkeypatch.setenv(name, value)
    choices = Choices(
        environment="production", features=False, partner_file=partner("production"), output=tmp_path / "out"
    )
    live = Live(plan_run(Dossier("mini", MINI), choices))
    live.begin()
    live.api.tokens.current = lambda _environment=None: "a token from somewhere"
    went = Campaign(live, PROFILES["ci"], 1).run(Round("readMember", "coverage"))
    live.end()
    fuzz = Fuzz(live.plan.folder)

    assert "generated requests never go to production" in went.unjudged
    refusals = list(fuzz.records("refusal"))
    assert [refusal["case"] for refusal in refusals] == [case.id for case in fuzz.run.fuzzed.cases]
    assert {refusal["reason"] for refusal in refusals} == {"generated requests never go to production."}
    assert len(refusals) > 5
    assert list(fuzz.records("exchange")) == []
    assert {case.reached for case in fuzz.run.fuzzed.cases} == {"unsent"}


def test_certification_needs_consent(tmp_path, partner):
    """Code 2, and what to say; nothing is sent."""
    code, said = fuzz_mini(
        tmp_path / "out", "--env", "certification", "--partner", partner("certification"), env=SECRETS
    )

    assert code == 2
    assert "Mini Miles must have agreed to be fuzzed in certification" in said
    assert "--consent" in said
    assert not (tmp_path / "out").exists()


def test_scenarios_never_bring_fuzzing_to_certification(tmp_path, mini):
    """`accredit run --fuzz` elsewhere than on a simulator is refused; without it, nothing is fuzzed there."""
    ended = mini("--env", "certification", "--fuzz")

    assert ended.code == 2
    assert "`accredit fuzz` asks for it" in ended.said


def test_nobody_listening_cannot_be_judged(tmp_path, partner):
    """Three unanswered requests are enough: code 3, no round passed, and where nobody answered."""
    code, said = fuzz_mini(
        tmp_path / "out",
        "--env",
        "certification",
        "--consent",
        "T-1",
        "--partner",
        partner("certification"),
        env=SECRETS,
    )

    assert code == 3, said
    assert "rounds of fuzzing: 10 cannot judge" in said
    assert "cannot be reached" in said
    assert len(list(Fuzz(folder_of(tmp_path / "out")).records("exchange"))) <= 3 * 10


def test_certification_is_fuzzed_with_consent_at_the_providers_pace(tmp_path, own_mini):
    """By the path that reaches the real endpoints: their host, their headers, their rate, and who agreed to it on record."""
    provider = own_mini / "contracts" / "mini" / "provider.toml"
    provider.write_text(provider.read_text().replace("requests_per_second = 1000", "requests_per_second = 5"))
    with served("mini", tmp_path / "sim", "--suite", own_mini, speed=1) as there:
        code, said = fuzz_mini(
            tmp_path / "out", "--env", "certification", "--consent", "T-1: agreed with Ann", "--only", "readMember", "--cases", "4",
            "--partner", there.folder / "accredit.toml", suite=own_mini, env=there.env)  # fmt: skip
    fuzz = Fuzz(folder_of(tmp_path / "out"))
    sent = sorted(record["sent_at"] for record in fuzz.records("exchange"))
    seconds = _seconds(sent[-1]) - _seconds(sent[0])

    assert code == 0, said
    assert fuzz.run.header["fuzz"]["consent"] == "T-1: agreed with Ann"
    assert fuzz.run.header["fuzz"]["profile"]["name"] == "certification"
    assert set(fuzz.outcomes.values()) == {Outcome.PASSED}
    for record in fuzz.records("exchange"):
        assert record["request"]["url"].startswith("https://api.mini.example/rehearsal/")
        assert ["x-rehearsal", "yes"] in [list(pair) for pair in record["request"]["headers"]]
    assert (len(sent) - 1) / seconds <= 5.5


def _seconds(at):
    from datetime import datetime

    return datetime.fromisoformat(at).timestamp()


def test_nothing_rests_elsewhere(tmp_path, own_mini):
    """Neither in the working folder nor in the suite's is anything kept, and at home only tables of letters."""
    work, home = tmp_path / "work", tmp_path / "home"
    work.mkdir()
    home.mkdir()
    before = _names(own_mini)
    env = {"HOME": str(home), "XDG_CACHE_HOME": "", "PYTHONDONTWRITEBYTECODE": "1"}
    code, said = fuzz_mini("out", "--only", "credit", suite=own_mini, cwd=work, env=env)
    kept = [path.relative_to(home).as_posix() for path in home.rglob("*") if path.is_file()]

    assert code == 0, said
    assert [path.name for path in work.iterdir()] == ["out"]
    assert _names(own_mini) == before
    tables = ".cache/accredit/hypothesis/unicode_data/"
    assert all(name.startswith(tables) or name == ".cache/accredit/hypothesis/.gitignore" for name in kept), kept
    assert not [path for path in tmp_path.rglob(".*") if path.name in (".hypothesis", ".schemathesis")]


def _names(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if "__pycache__" not in path.parts}


def test_no_secret_and_no_member_is_in_any_file(tmp_path):
    """Not the partner's secrets, nor a token, nor a card or an address, in any form, though errors repeat the token."""
    with served("mini", tmp_path / "sim", "--suite", MINI, "--defect", "tells_the_token", speed=1) as there:
        code, said = fuzz_mini(
            tmp_path / "out", "--env", "certification", "--consent", "T-1", "--only", "coverage", "--make-key", tmp_path / "key",
            "--allure", tmp_path / "out" / "allure", "--partner", there.folder / "accredit.toml", env=there.env)  # fmt: skip
        values = [*there.secrets, "7000000001", "7000000002", "ann@mini.example", "bob@mini.example"]
    carried = [path.read_bytes() for path in (MINI / "contracts" / "mini").iterdir() if path.is_file()]

    assert code == 1, said
    for path in (tmp_path / "out").rglob("*"):
        if path.is_file():
            data = path.read_bytes()
            for known in carried:
                data = data.replace(known, b"")
            assert not [form for value in values for form in disguises(value) if form.encode() in data], path.name


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--seed", "soon"], "'soon' is not a valid integer"),
        (["--profile", "all"], "'all' is not one of 'ci', 'certification'"),
        (["--cases", "0"], "0 is not in the range"),
        (["--only", "noSuch"], "noSuch: neither operation nor phase nor round; there are requestToken[examples]"),
        (["--only", "smoke"], "smoke: neither operation nor phase nor round"),
        (["--only", "readMember[stateful]"], "readMember[stateful]: neither operation nor phase nor round"),
        (["--env", "staging"], "is no environment"),
        (["--run", "nowhere", "--replay", "x"], "does not exist"),
    ],
)
def test_wrong_usage_is_explained(tmp_path, arguments, says):
    """Code 2, and what there is instead."""
    code, said = fuzz_mini(tmp_path / "out", *arguments)

    assert code == 2
    assert says in said


@pytest.mark.parametrize(
    ("wrong", "code", "says"),
    [
        (("fuzzing.toml", "[books]", "[ledger]"), 2, "ledger"),
        (("fuzzing.toml", 'place = "body.id"', 'plaice = "body.id"'), 2, "plaice"),
        (("fuzzing.toml", '"id:credit"', '"moon:credit"'), 2, "'moon' is no source"),
        (("fuzzing.toml", '"id:credit"', '"member:collecting:shoe"'), 3, "leads nowhere"),
        (("fuzzing.toml", '"id:credit"', '"setting:shoe"'), 2, "leads nowhere"),
        (("fuzzing.toml", '"id:credit"', '"moment:soon"'), 2, "leads nowhere"),
        (("fuzzing.toml", 'watched = ["credit"]', 'watched = ["debit"]'), 2, "debit: no such operation"),
        (("fuzzing.toml", 'place = "body.id"', 'place = "body.shoe"'), 2, "body.shoe"),
        (("fuzzing.toml", "member:collecting:card", "member:sleeping:card"), 3, "nobody plays 'sleeping'"),
        (("openapi.yaml", "openapi: 3.1.0", "openapi: [3.1.0"), 2, "openapi.yaml"),
        (("openapi.yaml", "pattern: '^[0-9]{10}$'", "pattern: '^[0-9'"), 2, "openapi cannot be used"),
        (("openapi.yaml", "'#/components/schemas/Credit'", "'#/components/schemas/Nothing'"), 2, "Nothing"),
        (("openapi.yaml", "operationId: readMember, parameters", "operationId: readShoe, parameters"), 2, "readShoe"),
    ],
)  # fmt: skip
def test_facts_and_contracts_that_cannot_be_used_are_explained(tmp_path, own_mini, wrong, code, says):
    """What is wrong with them is named with its file; a role that nobody plays cannot be judged. Never our own fault."""
    file, old, new = wrong
    path = own_mini / "contracts" / "mini" / file
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new))
    ended, said = fuzz_mini(tmp_path / "out", "--only", "credit[examples]", "--only", "examples", suite=own_mini)

    assert ended == code, said
    assert says in said
    assert "our own fault" not in said


def test_a_provider_without_facts_is_fuzzed_all_the_same(tmp_path, own_mini):
    """Without fuzzing.toml everything is drawn from the contract; what only known values reach cannot be judged."""
    (own_mini / "contracts" / "mini" / "fuzzing.toml").unlink()
    fuzz = fuzzed(tmp_path, "examples", root=own_mini)

    assert fuzz.outcomes["requestToken[examples]"] is Outcome.PASSED
    assert fuzz.outcomes["readMember[examples]"] is Outcome.CANNOT_JUDGE
    assert not fuzz.verdict.failed


def test_a_run_that_was_broken_off_never_passes(tmp_path):
    """A journal without a footer is incomplete, and a round without its end is not judged."""
    folder = fuzzed(tmp_path, "requestToken[examples]", "readMember[examples]").folder
    journal = folder / "journal.jsonl"
    lines = journal.read_text().splitlines(keepends=True)
    last = max(number for number, line in enumerate(lines) if json.loads(line)["record"]["kind"] == "round")
    journal.write_text("".join(lines[:last]))
    from tests.conftest import accredit

    ended = accredit("report", folder, "--suite", MINI)

    assert Fuzz(folder).reasons["readMember[examples]"] == "it never ended"
    assert ended.returncode == 3, ended.stdout
    assert "incomplete: the run has no footer" in ended.stdout
