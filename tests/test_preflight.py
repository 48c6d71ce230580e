"""What a preflight notices before a run, each on a real line, and what it never does."""

import json
import socket
import ssl
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pypdf
import pytest
import trustme
from click.testing import CliRunner

from accredit.cli.preflight import command
from accredit.evidence.exports.workbook import counts
from accredit.evidence.journal import exchanges_of, read_run
from accredit.model.preflight import Check
from accredit.model.reply import Reply
from accredit.model.verdict import judge
from accredit.suite.catalogue import Dossier
from accredit.suite.live import Live
from accredit.suite.plan import Choices, plan_run
from accredit.suite.preflight.whole import preflight, preflight_alone
from tests.conftest import MINI, ROOT, accredit
from tests.doorways import EDGE_PAGE, Doorway, certificate, opened

SECRETS = {"MINI_ID": "an-id-of-mini", "MINI_SECRET": "a-secret-of-mini"}
Asked = dict[str, Check]


@pytest.fixture
def asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Asked]:
    """The preflight of Mini Miles at a doorway: title → answer."""
    for name, value in SECRETS.items():
        monkeypatch.setenv(name, value)

    def ask(doorway: Doorway, more: str = "", environment: str = "certification", **how: object) -> Asked:
        partner = _partner(tmp_path, doorway, more, environment)
        choices = Choices(environment=environment, partner_file=partner, output=tmp_path / "out")
        live = Live(plan_run(Dossier("mini", MINI), choices), asks_first=True)
        try:
            live.begin()
            checks = preflight(live, **how)
        finally:
            live.close()
        return {check.title: check for check in checks}

    return ask


def _partner(folder: Path, doorway: Doorway, more: str = "", environment: str = "certification") -> Path:
    (folder / "ca.pem").write_text(doorway.ca_pem)
    path = folder / "accredit.toml"
    path.write_text(
        f'[mini]\ncapabilities = ["gold"]\n{more.partition("[")[0]}\n[mini.{environment}]\nconnect_to = "127.0.0.1:{doorway.port}"\n'
        f'ca_file = "{folder / "ca.pem"}"\n[mini.{environment}.secrets]\nclient_id = "MINI_ID"\nclient_secret = "MINI_SECRET"\n'
        f'[mini.{environment}.roles]\nmembers.reading = {{ card = "7000000001" }}\nmembers.collecting = {{ card = "7000000002" }}\n'
        f'members.nobody = {{ card = "7999999999" }}\n{"".join(more.partition("[")[1:])}\n'
    )
    return path


def _answers(asked: Asked) -> dict[str, str]:
    return {title: check.answered.value for title, check in asked.items()}


def test_where_all_is_well_nothing_stands_in_the_way(asked):
    """Every answer is yes, but for what nobody published."""
    with opened(Doorway()) as doorway:
        answers = _answers(asked(doorway))

    assert {title for title, answer in answers.items() if answer != "yes"} == {"identity", "contract"}
    assert "data, members" in answers
    assert "GET /rehearsal/members/7999999999" not in doorway.came


def test_production_is_asked_by_reading_alone(asked):
    """What leaves for production are the token call and reads, unmarked."""
    with opened(Doorway()) as doorway:
        answers = _answers(asked(doorway, environment="production"))

    assert "no" not in answers.values()
    assert set(doorway.came) == {"POST /token", "GET /members/7000000001", "GET /members/7000000002"}


def test_a_wrong_secret_is_told_with_what_the_provider_said_masked(asked, tmp_path):
    """The token is refused; the rest that can be asked still is, and what needs a token says why it was not."""
    said = json.dumps({"error": "access_denied", "client_secret": SECRETS["MINI_SECRET"]})
    with opened(Doorway(token=(401, said))) as doorway:
        answers = asked(doorway)

    assert answers["edge"].answered is Reply.YES
    assert answers["token"].answered is Reply.NO
    assert "401" in answers["token"].reason
    assert "access_denied" in answers["token"].reason
    assert "check the credentials" in answers["token"].step
    assert answers["data, members"].reason == "not asked, since token was not answered yes"
    assert answers["clock"].answered is Reply.YES
    assert not [path for path in tmp_path.rglob("journal.jsonl") if SECRETS["MINI_SECRET"] in path.read_text()]


def test_a_firewalls_page_is_told_from_an_answer(asked):
    """Its reference is for the provider's support."""
    with opened(Doorway(token=(403, EDGE_PAGE), kind="text/html")) as doorway:
        answers = asked(doorway)

    assert answers["edge"].answered is Reply.NO
    assert "reference 4711" in answers["edge"].reason
    assert answers["token"].answered is Reply.UNKNOWN


def test_a_web_page_is_no_answer_of_the_api(asked):
    """A proxy's page in place of JSON is told as one."""
    with opened(Doorway(token=(200, "<html>Log in to the guest network</html>"), kind="text/html")) as doorway:
        edge = asked(doorway)["edge"]

    assert edge.answered is Reply.NO
    assert "a web page came in place" in edge.reason


def _older(authority: trustme.CA) -> ssl.SSLContext:
    context = certificate(authority)
    context.set_ciphers("ALL:@SECLEVEL=0")
    context.minimum_version, context.maximum_version = ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1
    return context


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion")
@pytest.mark.parametrize(
    ("made", "says"),
    [
        (lambda ca: certificate(ca, not_after=datetime.now(UTC) - timedelta(days=1)), "it has expired"),
        (lambda ca: certificate(ca, "other.example"), "it is for another name"),
        (lambda ca: certificate(trustme.CA()), "nobody we trust has signed it"),
        (_older, "no TLS 1.2 or newer is spoken there"),
    ],
)
def test_a_line_that_may_not_be_trusted_is_told(asked, made, says):
    """Nothing is sent over it: no request, no secret."""
    authority = trustme.CA()
    with opened(Doorway(), made(authority), authority) as doorway:
        answers = asked(doorway)

    assert answers["tls"].answered is Reply.NO
    assert says in answers["tls"].reason
    assert answers["edge"].answered is Reply.UNKNOWN
    assert doorway.came == []


def test_a_certificate_that_ends_soon_is_warned_of(asked):
    """It still may be trusted; the next step says whom to tell."""
    authority = trustme.CA()
    soon = certificate(authority, not_after=datetime.now(UTC) + timedelta(days=9))
    with opened(Doorway(), soon, authority) as doorway:
        tls = asked(doorway)["tls"]

    assert tls.answered is Reply.YES
    assert "ends within 14 days" in tls.step


@pytest.mark.parametrize(("slow", "says"), [(10, "ours is 59"), (-10, "behind")])
def test_a_clock_that_is_ten_minutes_off_is_told(asked, slow, says):
    """Ahead or behind, with the bound and where it comes from."""
    with opened(Doorway(slow=timedelta(minutes=slow))) as doorway:
        clock = asked(doorway)["clock"]

    assert clock.answered is Reply.NO
    assert says in clock.reason
    assert "by the setting clock.seconds" in clock.reason


def test_a_member_that_nobody_knows_is_told_by_its_role(asked):
    """By role, never by number."""
    with opened(Doorway(cards=("7000000001",))) as doorway:
        members = asked(doorway)["data, members"]

    assert members.answered is Reply.NO
    assert "'collecting'" in members.reason
    assert "7000000002" not in str(members)


def test_a_token_that_opens_nothing_is_told(asked):
    """Granted is not yet accepted."""
    with opened(Doorway(members_answer=403)) as doorway:
        answers = asked(doorway)

    assert answers["token"].answered is Reply.YES
    assert answers["accepted"].answered is Reply.NO


def test_a_variable_that_holds_nothing_is_named(asked, monkeypatch):
    """The variable's name, and no request."""
    monkeypatch.delenv("MINI_SECRET")
    with opened(Doorway()) as doorway:
        answers = asked(doorway)

    assert answers["credentials"].answered is Reply.NO
    assert "MINI_SECRET" in answers["credentials"].reason
    assert answers["tls"].answered is Reply.YES
    assert doorway.came == []


def test_credentials_of_the_other_environment_are_found_out(asked):
    """Where each environment has its own, one value for both cannot be right."""
    other = '[mini.production.secrets]\nclient_id = "MINI_ID"\nclient_secret = "MINI_SECRET"\n'
    with opened(Doorway()) as doorway:
        identity = asked(doorway, other)["identity"]

    assert identity.answered is Reply.NO
    assert "MINI_SECRET" in identity.reason
    assert SECRETS["MINI_SECRET"] not in identity.reason


@pytest.mark.parametrize(("pinned", "answer"), [("0" * 64, "no"), (Dossier("mini", MINI).contract_digest, "yes")])
def test_a_pinned_contract_is_compared(asked, pinned, answer):
    """By the digest of its documents, as `sha256sum` gives it."""
    with opened(Doorway()) as doorway:
        contract = asked(doorway, f'contract = "{pinned}"')["contract"]

    assert contract.answered == answer
    assert Dossier("mini", MINI).contract_digest in contract.reason


def test_a_disk_without_room_is_told(asked):
    """The bound is handed in, so that no disk need be full."""
    with opened(Doorway()) as doorway:
        disk = asked(doorway, least_bytes=1 << 60)["disk"]

    assert disk.answered is Reply.NO
    assert "--output" in disk.step


def test_a_folder_that_cannot_be_written_keeps_nothing_else_from_being_asked(tmp_path, monkeypatch):
    """Its records last no longer than the preflight."""
    for name, value in SECRETS.items():
        monkeypatch.setenv(name, value)
    (tmp_path / "out").write_text("a file where a folder should be")
    with opened(Doorway()) as doorway:
        choices = Choices(
            environment="certification", partner_file=_partner(tmp_path, doorway), output=tmp_path / "out" / "in"
        )
        folder, checks = preflight_alone(Dossier("mini", MINI), choices)

    assert folder is None
    assert {check.name for check in checks if check.answered is Reply.NO} == {"disk"}


def test_a_name_that_does_not_resolve_is_told(own_mini, tmp_path, monkeypatch):
    """A label is too long here, so that no name server need be asked. What needs no network is asked all the same."""
    for name, value in SECRETS.items():
        monkeypatch.setenv(name, value)
    provider = own_mini / "contracts/mini/provider.toml"
    provider.write_text(provider.read_text().replace("api.mini.example", f"{'a' * 64}.example"))
    partner = _partner(tmp_path, Doorway())
    kept = [line for line in partner.read_text().splitlines() if not line.startswith(("connect_to", "ca_file"))]
    partner.write_text("\n".join(kept))
    choices = Choices(environment="certification", partner_file=partner, output=tmp_path / "out")
    _, checks = preflight_alone(Dossier("mini", own_mini), choices)
    answers = {check.title: check for check in checks}

    assert answers["dns"].answered is Reply.NO
    assert "does not resolve" in answers["dns"].reason
    assert answers["tls"].reason == "not asked, since dns was not answered yes"
    assert answers["credentials"].answered is answers["disk"].answered is Reply.YES


def test_nobody_listening_is_told(asked):
    """With what to check."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    tls = asked(Doorway(port=port, ca_pem=trustme.CA().cert_pem.bytes().decode()))["tls"]

    assert tls.answered is Reply.NO
    assert "cannot be reached" in tls.reason
    assert tls.step == "check the host, the network and the firewall"


def test_a_run_whose_preflight_fails_runs_nothing_and_is_evidence_all_the_same(tmp_path):
    """Code 3; the bundle holds together, and its report says what stood in the way."""
    with opened(Doorway(token=(401, "{}"))) as doorway:
        partner = _partner(tmp_path, doorway)
        ended = accredit("run", "mini", "--suite", MINI, "--env", "certification", "--partner", partner, "--output", tmp_path / "out",
                         "--make-key", tmp_path / "key", env=SECRETS)  # fmt: skip
    [folder] = [path for path in (tmp_path / "out").iterdir() if path.is_dir()]
    run = read_run(folder)
    [bundle] = (tmp_path / "out").glob("*.zip")
    verified = accredit("verify", bundle, "--key", tmp_path / "key.pub")

    assert ended.returncode == 3, ended.stdout + ended.stderr
    assert "the preflight failed, so nothing was run: token: no token: the provider answered 401" in ended.stdout
    assert "scenarios: 3 declared, none begun" in ended.stdout
    assert {check.name for check in run.preflight if check.answered is Reply.NO} == {"token"}
    assert not run.steps
    assert set(run.finished.values()) == {"cannot_judge"}
    assert {exchange.operation for exchange in exchanges_of(folder)} == {"requestToken"}
    assert "Is a token granted?" in (folder / "report.html").read_text()
    assert verified.returncode == 0, verified.stdout
    paper = " ".join("".join(page.extract_text() for page in pypdf.PdfReader(folder / "report.pdf").pages).split())
    for said in (folder / "report.html").read_text(), (folder / "summary.md").read_text(), verified.stdout, paper:
        assert "3 declared, 3 collected, 3 not begun, 0 executed, 3 reported" in said
    for language, said in (("en", "3 declared, 0 executed. 3 were not begun"), ("es", "3 no se iniciaron")):
        assert said in (folder / f"ticket.going_live.{language}.md").read_text()
    assert ("scenarios executed", "0") in counts(judge(run, Dossier("mini", MINI).register), run)


def test_workers_run_nothing_either(tmp_path):
    """The one that leads them asks once; its numbers are not theirs."""
    with opened(Doorway(token=(401, "{}"))) as doorway:
        partner = _partner(tmp_path, doorway)
        ended = accredit("run", "mini", "--suite", MINI, "--env", "certification", "--partner", partner, "--output", tmp_path / "out",
                         "--workers", "2", env=SECRETS)  # fmt: skip
    [folder] = [path for path in (tmp_path / "out").iterdir() if path.is_dir()]

    assert ended.returncode == 3, ended.stdout + ended.stderr
    assert [exchange.operation for exchange in exchanges_of(folder)] == ["requestToken"]


@pytest.mark.parametrize("name", ["latam_pass", "air_miles", "points"])
def test_what_a_dossier_looks_up_only_reads(name):
    """No preflight can be made to write by its dossier, and every setting that it goes by exists."""
    subject = Dossier(name, ROOT)
    facts, settings = subject.provider.preflight, subject.provider.settings
    assert facts is not None
    named = {facts.clock, facts.signed_ahead, facts.signed_behind} - {""}
    named |= {one for lookup in facts.lookups for one in (*lookup.there, *lookup.missing) if isinstance(one, str)}

    assert all(subject.contract[lookup.operation].effect == "reads" for lookup in facts.lookups)
    assert named <= settings.keys()
    assert {c for lookup in facts.lookups for c in (lookup.needs, *lookup.claimed)} - {""} <= set(
        subject.provider.capabilities
    )


def _said(*arguments: object) -> tuple[int, str]:
    ended = CliRunner().invoke(command, [str(argument) for argument in arguments])
    return ended.exit_code, ended.output


def test_the_command_says_the_same_to_machines(tmp_path, monkeypatch):
    """Code 1 when something stands in the way; questions, answers, reasons and next steps, and no secret."""
    for name, value in SECRETS.items():
        monkeypatch.setenv(name, value)
    with opened(Doorway(token=(401, "{}"))) as doorway:
        partner = _partner(tmp_path, doorway)
        code, said = _said(
            "mini",
            "--suite",
            MINI,
            "--env",
            "certification",
            "--partner",
            partner,
            "--output",
            tmp_path / "out",
            "--format",
            "json",
        )
    [told] = json.loads(said)
    token = next(check for check in told["checks"] if check["name"] == "token")

    assert code == 1
    assert (told["provider"], told["environment"], told["answer"]) == ("mini", "certification", "no")
    assert token["question"] == "Is a token granted?"
    assert token["answered"] == "no"
    assert token["step"]
    assert read_run(Path(told["records"])).preflight
    assert SECRETS["MINI_SECRET"] not in said


def test_of_a_simulator_nothing_is_asked(tmp_path):
    """It is started by each run."""
    code, said = _said("mini", "--suite", MINI, "--env", "simulator", "--output", tmp_path / "out")

    assert code == 0
    assert "nothing to ask before" in said
    assert not (tmp_path / "out").exists()
