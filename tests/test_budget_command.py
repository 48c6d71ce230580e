"""What the command line asks before it writes to production, and the evidence of what it wrote."""

import os
import tomllib
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pypdf
import pytest
from click.testing import CliRunner, Result

from accredit.cli import main, spending
from accredit.evidence.statements import kept_in
from accredit.model.errors import UsageError
from accredit.model.keys import key_id
from accredit.suite.approval import digest_of
from accredit.suite.catalogue import Dossier
from accredit.suite.plan import plan_run
from tests.budgets import ROLE, TICKET, Desk, told
from tests.conftest import MINI, ROOT, Ended, Rehearsal, accredit
from tests.production import Production, production

CARD = "7000000002"


@pytest.fixture
def mini(tmp_path: Path) -> Iterator[Production]:
    with production(Dossier("mini", MINI), tmp_path) as there:
        there.desk.approve(
            told("mini", {"members": {"collecting": {"card": CARD, "pin": "4711-secret"}}}, {"credit": 5})
        )
        yield there


def _run(there: Production, *options: str, typed: str = "") -> Result:
    files = [
        "--suite",
        str(MINI),
        "--partner",
        str(there.desk.partner_file),
        "--output",
        str(there.desk.folder / "evidence"),
    ]
    return CliRunner().invoke(main, ["run", "mini", "--env", "production", *files, *options], input=typed)


def test_without_a_terminal_and_a_word_of_approval_nothing_is_sent(mini: Production) -> None:
    """It says what it was about to do, and how to say that one may; members by no more than they are known by."""
    result = _run(mini, "--budget", str(mini.desk.budget))

    assert result.exit_code == 2
    assert f"no terminal to ask on; --yes-i-have-approval {TICKET}" in result.output
    assert "credit          at most 5 requests; 0 were sent" in result.output
    assert "collecting (card …02)" in result.output
    assert "4711-secret" not in result.output
    assert mini.heard.calls == []


def test_approval_alone_writes_nothing(mini: Production) -> None:
    """A budget that only lies there is not used, whoever says that they may."""
    result = _run(mini, "--yes-i-have-approval", TICKET)

    assert result.exit_code == 2
    assert "without a budget nothing is written; name it: --budget assisted-production.toml" in result.output
    assert mini.heard.calls == []


def test_another_tickets_name_is_no_approval(mini: Production) -> None:
    """The name is that of the budget, and not any."""
    result = _run(mini, "--budget", str(mini.desk.budget), "--yes-i-have-approval", "INC-1")

    assert result.exit_code == 2
    assert f"INC-1 is not the budget's ticket, {TICKET}; nothing was sent" in result.output
    assert mini.heard.calls == []


def test_on_a_terminal_the_ticket_has_to_be_typed(mini: Production, monkeypatch: pytest.MonkeyPatch) -> None:
    """A yes is typed too easily."""
    monkeypatch.setattr(spending, "sys", SimpleNamespace(stdin=SimpleNamespace(isatty=lambda: True)))
    result = _run(mini, "--budget", str(mini.desk.budget), typed="yes\n")

    assert result.exit_code == 2
    assert "that is not the ticket's name; nothing was sent" in result.output
    assert mini.heard.calls == []


@pytest.mark.parametrize("environment", ["certification", "simulator"])
def test_a_budget_is_for_production_only(mini: Production, environment: str) -> None:
    """Elsewhere it is a mistake, and not passed over."""
    result = _run(mini, "--env", environment, "--budget", str(mini.desk.budget))

    assert result.exit_code == 2
    assert f"a budget is for production only, not for {environment}" in result.output


def test_a_budget_that_lies_there_is_not_used_unasked(mini: Production) -> None:
    """Without a word of it, production is read as before: the plan holds no scenario that writes."""
    plan = plan_run(mini.dossier, mini.choices())

    assert plan.approved is None
    assert [s.requirements for s in plan.expected] == [("MI-01",), ("MI-05",)]


def test_plain_pytest_needs_the_approval_too(mini: Production) -> None:
    """Whoever goes around the command does not go around the question."""
    with pytest.raises(UsageError, match=f"say that you have approval by --yes-i-have-approval {TICKET}"):
        plan_run(mini.dossier, mini.choices(budget=mini.desk.budget))


def test_the_budget_command_shows_and_settles(mini: Production) -> None:
    """What is allowed, what was sent, what nobody knows yet; 3 until somebody has looked."""
    live = mini.run()
    assert live.ledger
    assert live.allowance
    live.ledger._note({"kind": "spent", "number": 1, "budget": live.allowance.digest, "ticket": TICKET, "run": "another", "operation": "credit",
                                 "moved": 7, "roles": [], "own": "x-1", "sha256": "0"}, live.clock.now)  # fmt: skip
    live.end()
    budget = ["budget", "mini", "--suite", str(MINI), "--partner", str(mini.desk.partner_file)]

    asked = CliRunner().invoke(main, budget)
    nobody = CliRunner().invoke(main, [*budget, "--settle", "1=arrived"])
    ada = ["--by", "Ada", "--key", str(mini.desk.key_file("ada"))]
    unclear = CliRunner().invoke(main, [*budget, *ada, "--settle", "1=perhaps"])
    settled = CliRunner().invoke(main, [*budget, *ada, "--settle", "1=arrived"])

    assert (asked.exit_code, nobody.exit_code, unclear.exit_code, settled.exit_code) == (3, 2, 2, 0)
    assert 'credit "x-1", 7 points' in asked.output
    assert "at most 5 requests; 1 were sent" in settled.output


@pytest.mark.parametrize(
    ("roles", "by", "key", "says"),
    [
        ('[]', "Eve", "eve", "Eve has the roles none; what became of a write is said by somebody who is approver or lead"),
        ('["lead"]', "Mallory", "eve", "Mallory: there is nobody of that name"),
        ('["lead"]', "ada", "eve", "is Eve's, not Ada's"),
        ('["lead"]', "eve", "eve", "has no write 1"),
        ('["lead"]', "Eve", "eve", "has no write 1"),
    ],
)  # fmt: skip
def test_who_settles_is_somebody_who_answers_for_it(mini: Production, roles: str, by: str, key: str, says: str) -> None:
    """With a key of their own, an approver or in a role that signs the provider's gates; else it says why not."""
    people = f'\n[people.eve]\nname = "Eve"\nroles = {roles}\nkey = "{key_id(mini.desk.keys["eve"].public_key())}"\n'
    mini.desk.partner_file.write_text(mini.desk.partner_file.read_text() + people)
    budget = ["budget", "mini", "--suite", str(MINI), "--partner", str(mini.desk.partner_file)]

    ended = CliRunner().invoke(
        main, [*budget, "--settle", "1=arrived", "--by", by, "--key", str(mini.desk.key_file(key))]
    )

    assert ended.exit_code == 2
    assert says in ended.output


def test_the_budget_command_tells_of_a_thrown_switch(mini: Production) -> None:
    """Stopped, a budget does not hold, whoever signed it."""
    budget = ["budget", "mini", "--suite", str(MINI), "--partner", str(mini.desk.partner_file)]
    switch = mini.desk.folder / tomllib.loads(mini.desk.budget.read_text())["kill_switch"]
    switch.touch()

    result = CliRunner().invoke(main, budget)

    assert result.exit_code == 2
    assert "was thrown; nothing leaves" in result.output


def test_what_the_sign_command_makes_is_what_a_budget_takes(mini: Production) -> None:
    """Two people sign by the command line; after the first of them it still says who is missing."""
    desk = mini.desk
    desk.write(told("mini", {"members": {"collecting": {"card": CARD}}}, {"credit": 1}))
    said = []
    for name in ("ada", "ben"):
        words = ["--for", "mini.budget", "--role", ROLE, "--by", name, "--key", str(desk.key_file(name))]
        files = ["--partner", str(desk.partner_file), "--suite", str(MINI)]
        signed = CliRunner().invoke(main, ["sign", str(desk.budget), *words, *files])
        shown = CliRunner().invoke(main, ["budget", "mini", *files])
        said.append((signed.exit_code, shown.exit_code, "not signed by ben" in shown.output))

    assert said == [(0, 2, True), (0, 0, False)]


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"operations": {"credt": {"count": 1}}}, "credt"),
        ({"end": datetime(2026, 1, 2, tzinfo=UTC), "start": datetime(2026, 1, 1, tzinfo=UTC)}, "ended at 2026-01-02"),
        ({"roles": {"members": {"collecting": {"card": "…"}}}}, 'roles.members."collecting" is not filled in'),
    ],
)
def test_what_can_never_hold_is_not_signed(mini: Production, changes: dict[str, Any], says: str) -> None:
    """An operation that is none, a time that is over, a place that was left open: nobody need sign it to find out."""
    desk = mini.desk
    desk.write(told("mini", {"members": {"collecting": {"card": CARD}}}, {"credit": 1}, **changes))
    words = ["--for", "mini.budget", "--role", ROLE, "--by", "ada", "--key", str(desk.key_file("ada"))]

    ended = CliRunner().invoke(
        main, ["sign", str(desk.budget), *words, "--partner", str(desk.partner_file), "--suite", str(MINI)]
    )

    assert ended.exit_code == 2
    assert says in ended.output


@pytest.mark.parametrize("left", [None, b"", b'{"chain":"12'])
def test_a_ledger_that_is_gone_is_not_begun_anew(mini: Production, left: bytes | None) -> None:
    """Removed or emptied: signatures over it lie there, so that something may have been counted. Another signature makes none."""
    desk = mini.desk
    desk.ledger.unlink()
    if left is not None:
        desk.ledger.write_bytes(left)
    words = ["--for", "mini.budget", "--role", ROLE, "--by", "ada", "--key", str(desk.key_file("ada"))]

    ended = CliRunner().invoke(
        main, ["sign", str(desk.budget), *words, "--partner", str(desk.partner_file), "--suite", str(MINI)]
    )

    assert ended.exit_code == 2
    assert "put the original back" in ended.output
    assert (desk.ledger.read_bytes() if desk.ledger.exists() else None) == left


def _shortened(there: Production) -> None:
    lines = there.desk.ledger.read_bytes().splitlines(keepends=True)
    there.desk.ledger.write_bytes(b"".join(lines[:1]))


def _replaced(there: Production) -> None:
    there.desk.ledger.unlink()
    there.desk.counted()


@pytest.mark.parametrize(
    ("how", "says"),
    [
        (_shortened, "lacks 1 writes that journals of earlier runs hold"),
        (_replaced, "is not the ledger that was signed"),
    ],
)
def test_what_a_run_would_refuse_holds_nowhere(mini: Production, how: Callable[[Production], None], says: str) -> None:
    """`accredit budget` and the preflight go by the same ledger as a run: none of them says yes to what the others refuse."""
    live = mini.run()
    live.api.call("credit", json={"id": "a", "card": CARD, "points": 7})
    live.end()
    how(mini)
    files = [
        "--suite",
        str(MINI),
        "--partner",
        str(mini.desk.partner_file),
        "--output",
        str(mini.desk.folder / "evidence"),
    ]

    budget = CliRunner().invoke(main, ["budget", "mini", *files])
    asked = CliRunner().invoke(
        main, ["preflight", "mini", "--env", "production", "--budget", str(mini.desk.budget), *files]
    )
    before = {name for name in os.environ if name.startswith("PYTEST_")}
    run = _run(mini, "--budget", str(mini.desk.budget), "--yes-i-have-approval", TICKET)

    assert {
        name for name in os.environ if name.startswith("PYTEST_")
    } <= before  # or what runs next would miss its plugins
    assert (budget.exit_code, asked.exit_code, run.exit_code) == (2, 1, 2), asked.output + run.output
    assert all(says in " ".join(each.output.split()) for each in (budget, asked, run))


def test_a_signature_under_a_budget_names_the_bytes_of_all_that_counts(mini: Production) -> None:
    """The file, the facts that say what requests move, and the ledger as it is; for the provider's budget, by an approver."""
    desk = mini.desk
    for signed in (desk.statements / "sign-offs").iterdir():
        signed.unlink()
    asked = ["sign", str(desk.budget), "--for", "mini.budget", "--by", "ada", "--key", str(desk.key_file("ada")),
             "--partner", str(desk.partner_file), "--suite", str(MINI), "--role"]  # fmt: skip

    ended, other = CliRunner().invoke(main, [*asked, ROLE]), CliRunner().invoke(main, [*asked, "lead"])

    assert (ended.exit_code, other.exit_code) == (0, 2), ended.output + other.output
    [statement] = kept_in(desk.statements, "sign-off").values()
    assert statement.predicate["purpose"] == "mini.budget"
    assert statement.subject == {
        desk.budget.name: digest_of(desk.budget),
        "contracts/mini/budget.toml": digest_of(desk.facts),
        desk.ledger.name: desk.counted(),
    }


@pytest.fixture(scope="module")
def written(rehearsal: Rehearsal, tmp_path_factory: pytest.TempPathFactory) -> Ended:
    """LATAM Pass's production in a rehearsal: two scenarios that report points each, and a budget for one report."""
    desk = Desk(tmp_path_factory.mktemp("desk"), "latam_pass")
    text = (rehearsal.folder / "accredit.toml").read_text()
    desk.partner_file.write_text(text + desk.people)
    desk.approve(told("latam_pass", tomllib.loads(text)["latam_pass"]["production"]["roles"], {"requestAccrual": 1}))
    only = [part for id_ in ("LP-ACC-01", "LP-ACC-02", "LP-COB-01") for part in ("--only", id_)]
    done = accredit("run", "latam_pass", "--env", "production", "--partner", desk.partner_file, "--yes-i-have-approval", TICKET,
                    "--budget", desk.budget, *only, "--make-key", desk.folder / "k.key", "--output", desk.folder / "evidence", env=rehearsal.env)  # fmt: skip
    return Ended(done.returncode, done.stdout + done.stderr, desk.folder / "evidence")


def test_what_the_budget_covers_runs_in_production(written: Ended) -> None:
    """As long as there is something left of it; what it does not name is left out, with the reason."""
    verdict = written.verdict(Dossier("latam_pass", ROOT).register)
    by_id = {j.requirement.id: j for j in verdict.judgements}

    assert by_id["LP-ACC-01"].outcome.value == "passed", written.said
    assert by_id["LP-ACC-02"].outcome.value == "cannot_judge"
    assert by_id["LP-COB-01"].reason == "the budget does not name beginCobrand"


def test_what_was_refused_and_what_was_spent_is_in_the_evidence(written: Ended) -> None:
    """One report left, the other did not."""
    run = written.run

    assert run.spend is not None
    assert (run.spend["requests"], run.spend["points_moved"]) == (1, 120)
    assert [refusal.reason for refusal in run.refusals] == [
        "requestAccrual may not leave: the budget of INC-4711 allows 1 of requestAccrual, and 1 were sent."
    ]


def test_the_bundle_of_a_budgeted_run_is_complete(written: Ended) -> None:
    """Whoever verifies it knows from what it carries which scenarios had to run, and reads what was spent."""
    verified = accredit("verify", written.bundle).stdout
    report = (written.folder / "report.html").read_text()

    assert "complete:   yes" in verified
    assert "re-judged:  yes" in verified
    assert "1 request of this run moved 120 points" in report


def test_paper_and_pipelines_say_what_was_spent(written: Ended) -> None:
    """The ticket, what it allows, what was sent of it, and how many requests were refused."""
    pages = pypdf.PdfReader(written.folder / "report.pdf").pages
    paper = " ".join("".join(page.extract_text() for page in pages).replace("\u200b", "").split())
    summary = (written.folder / "summary.md").read_text()

    for said in (
        f"{TICKET}: at most 100 requests and 5000 points",
        "1 request and 120 points",
        "1 request, none of which left",
    ):
        assert said in paper
        assert said in summary
    assert "requestAccrual may not leave" in paper
    tickets = [path.read_text() for path in sorted(written.folder.glob("ticket.*.md"))]
    assert len(tickets) == 3
    for text, words in zip(
        tickets, ("1 and 120 by this run", "1 y 120 en esta ejecución", "1 e 120 nesta execução"), strict=True
    ):
        assert words in text
