"""A ticket says what the run says, in the provider's words and languages, and stays text whatever came over the wire."""

import dataclasses
import re
from pathlib import Path

import pytest
from markdown_it import MarkdownIt

from accredit.cli.showing import show_matrix
from accredit.evidence.bundle import Evidence
from accredit.evidence.exports.pages import pages
from accredit.evidence.markdown import MOST, code, written
from accredit.evidence.messages import messages
from accredit.evidence.render import report_html
from accredit.evidence.summary import MOST_BYTES, append_summaries, summary
from accredit.evidence.ticket import chapter_counts, tickets
from accredit.evidence.under_budget import budget_lines
from accredit.model.coverage import Coverage
from accredit.model.finding import Outcome
from accredit.model.provider import Chapter
from accredit.model.purpose import open_questions
from accredit.model.run import Refusal
from accredit.model.verdict import judge
from accredit.suite.catalogue import Dossier, provider_names
from accredit.suite.places import reports_folder
from tests.conftest import MINI, ROOT, accredit
from tests.resealing import resealed

MARKDOWN = MarkdownIt("commonmark", {"html": True, "linkify": False}).enable("table")
BUDGET = {"file": "b.toml", "sha256": "0" * 64, "ticket": "T-1", "ticket_requests": 20, "ticket_points": 2400, "operations": {"credit": 5},
          "points_total": 600, "points_each": 120, "start": "then", "end": "later", "left_out": {},
          "signed": [{"by": "Ada", "role": "approver", "at": "before"}]}  # fmt: skip
SPEND = {"requests": 1, "points_moved": 120, "budget_requests": 3, "budget_points": 360, "ticket_requests": 7, "ticket_points": 840,
         "unclear": []}  # fmt: skip
SEALED_AS = ("accredit-mini.zip", "k" * 64)
HOSTILE = [
    "a | b", "`code` and ``more``", "<script>alert(1)</script>", "line\nnext\r\nlast", "[link](http://x.example)", "# head",
    "![img](x)", "**bold** _it_ ~~no~~", "back\\slash \\| \\`", "&lt;b&gt; &amp;", "https://evil.example/ www.evil.example",
    "\u202egnp.exe\u202c", "<!-- comment", "| --- |", "```", "a_b_c __init__", "\x00\x1b[31mred", "- list", "1. list", "$x$ @team",
]  # fmt: skip


def _inline(markdown: str) -> list[tuple[str, str]]:
    """Kind and content of everything within the one cell of a table, as a Markdown reader sees it."""
    tokens = MARKDOWN.parse(f"| h | last |\n|---|---|\n| {markdown} | end |\n\nafter\n")
    kinds = [t.type for t in tokens]
    assert kinds.count("td_open") == 2, markdown
    assert kinds.count("table_open") == 1
    [first, last] = [tokens[n + 1] for n, kind in enumerate(kinds) if kind == "td_open"]
    assert last.content == "end"
    return [(t.type, t.content) for t in first.children or ()]


@pytest.mark.parametrize("value", HOSTILE)
def test_a_hostile_value_stays_text_in_its_cell(value):
    """No row, column, link, image, tag or emphasis comes of it; it is there word for word, what cannot be seen by its name."""
    pieces = _inline(written(value))

    assert {kind for kind, _ in pieces} <= {"text", "text_special"}
    seen = "".join(content for _, content in pieces)
    assert seen == re.sub("[\x00-\x1f\u202a-\u202e]", lambda c: f"⟨U+{ord(c[0]):04X}⟩", " ".join(value.split()))


@pytest.mark.parametrize("value", HOSTILE)
def test_a_hostile_value_stays_code_in_its_cell(value):
    """Backticks and bars do not get it out of its quotes."""
    [(kind, _)] = _inline(code(value))

    assert kind == "code_inline"


def test_a_long_value_is_cut_and_says_so():
    """A megabyte from the wire does not make a megabyte of ticket."""
    assert written("x" * 2**20) == "x" * MOST + "…"


@pytest.fixture(scope="module")
def mini(sealed):
    about = Dossier("mini", MINI)
    return about, sealed.run, judge(sealed.run, about.register)


def _tickets(mini, **changes) -> dict[str, str]:
    about, run, verdict = mini
    run = dataclasses.replace(run, header={**run.header, **changes.pop("header", {})})
    verdict = dataclasses.replace(verdict, **changes)
    made = tickets(reports_folder(), about.provider, run, verdict, about.correspondence, SEALED_AS)
    return {name: text.decode() for name, text in made}


def test_there_is_a_ticket_for_each_language(mini):
    """The purpose's own words stand in it, in its language."""
    made = _tickets(mini)

    assert set(made) == {"ticket.going_live.en.md", "ticket.going_live.es.md"}
    assert "Please say yes." in made["ticket.going_live.en.md"]
    assert "Por favor digan que sí." in made["ticket.going_live.es.md"]
    assert "## Veredicto: aprobado" in made["ticket.going_live.es.md"]


def test_a_run_of_another_environment_has_no_ticket(mini):
    """Nobody asks for going live with a run of production."""
    assert _tickets(mini, header={"environment": "production"}) == {}


def test_a_draft_and_a_rehearsal_say_that_they_are_not_to_be_sent(mini):
    """Only a run that reached the provider makes a ticket to be sent."""
    draft = _tickets(mini)["ticket.going_live.en.md"]
    rehearsal = _tickets(mini, header={"environment": "certification", "connect_to": "127.0.0.1:8443"})
    real = _tickets(mini, header={"environment": "certification"})["ticket.going_live.en.md"]

    assert "> Draft, not to be sent" in draft
    assert "> Not to be sent: this was a rehearsal at 127.0.0.1:8443." in rehearsal["ticket.going_live.en.md"]
    assert "not to be sent" not in real.lower()


def test_what_was_not_examined_says_who_shows_it(mini):
    """An attested requirement is in the ticket, with who shows it and how."""
    text = _tickets(mini)["ticket.going_live.en.md"]

    assert "| MI-04 | The contract is signed | The partner's signatory shows it. (the signed page) |" in text
    assert "- Production." in text


def test_every_requirement_is_counted_once(mini):
    """Passed, failed, unclear, not applicable and open make all."""
    text = _tickets(mini)["ticket.going_live.en.md"]
    [row] = [line for line in text.splitlines() if line.startswith("| MI Everything")]
    *counts, everything = [int(cell) for cell in row.split("|")[2:-1]]

    assert sum(counts) == everything == len(mini[0].register.ids)


def test_a_requirement_of_no_chapter_is_counted_everywhere(mini, sealed, capsys):
    """However few chapters a provider has: tickets, summary, paper, page and terminal leave no requirement out, and count none twice."""
    about, run, verdict = mini
    few = (
        Chapter(prefix="MI", title="All"),
        Chapter(prefix="MI-01", title="Within"),
        Chapter(prefix="XX", title="None"),
    )
    for chapters in (few[2:], few):
        provider = dataclasses.replace(about.provider, chapter=chapters)
        table = summary(reports_folder(), provider, run, verdict, "b.zip").decode()
        paper = pages(provider, run, verdict, {}, "b.zip")["chapters"]
        page = b"".join(report_html(reports_folder(), provider, run, verdict, Coverage(()), iter(()))).decode()
        show_matrix(Evidence(run, verdict, Coverage(()), provider, Path(), None, {}))
        said = capsys.readouterr().out

        assert sum(row["all"] for row in chapter_counts(provider, verdict, {})) == len(about.register.ids)
        assert sum(
            int(n) for row in re.findall(r"^\| .*? ((?:\| \d+ )+)\|$", table, re.M) for n in re.findall(r"\d+", row)
        ) == len(about.register.ids)
        assert sorted(row["id"] for chapter in paper for row in chapter["rows"]) == sorted(about.register.ids)
        assert sorted(re.findall(r'<details class="requirement [a-z_]+" id="([^"]+)"', page)) == sorted(
            about.register.ids
        )
        assert sorted(re.findall(r"^  (MI-\S+)", said, re.M)) == sorted(about.register.ids)


def test_what_failed_stands_in_it_and_stays_text(mini):
    """A failing row carries what was got, hostile or not, and the table goes on after it."""
    _, _, verdict = mini
    hostile = "got | <img src=x> `x`\n| MI-99 | forged | passed |"
    judgements = tuple(
        dataclasses.replace(j, outcome=Outcome.FAILED, reason=hostile) if j.requirement.id == "MI-02" else j
        for j in verdict.judgements
    )
    text = _tickets(mini, judgements=judgements, reasons=("failed: MI-02",))["ticket.going_live.es.md"]
    html = MARKDOWN.render(text)

    assert "- fallidos: MI-02" in text
    assert "got | &lt;img src=x&gt; `x` | MI-99 | forged | passed |</td>" in html
    assert "<img" not in html
    assert not re.search(r"<td>MI-99</td>", html)


def test_what_the_partner_put_right_is_no_question_any_more(mini):
    """An open question names what is assumed; a setting that the partner set is not assumed."""
    open_ = _tickets(mini)["ticket.going_live.en.md"]
    put_right = _tickets(mini, header={"settings": {"credit.status": 200, "evidence.mostDays": 9}})

    assert "| **Q1** Which success does a credit draw? | `credit.status` = `202`; `evidence.mostDays` = `30` |" in open_
    assert "Q1" not in put_right["ticket.going_live.en.md"]


def test_what_was_written_under_a_budget_stands_where_it_belongs(mini):
    """By this run, under the ticket in all, and of how much; with how many requests were refused before they left."""
    about, run, verdict = mini
    refusal = Refusal("s", "credit", "POST", "https://x.example/credits", "not now", "2026-11-21T10:00:00.000Z")
    run = dataclasses.replace(run, spend=SPEND, refusals=(refusal,) * 3)

    said = _tickets((about, run, verdict), header={"budget": BUDGET})["ticket.going_live.en.md"]

    assert "requests and points: 1 and 120 by this run, 7 and 840 in all, of at most 20 and 2400." in said
    assert "Requests refused before they left: 3." in said


def test_it_can_be_checked_in_two_lines(mini):
    """Name and key of the bundle are in it, and what to type."""
    text = _tickets(mini)["ticket.going_live.en.md"]

    assert "    sha256sum accredit-mini.zip\n    accredit verify accredit-mini.zip --key partner.pub\n" in text
    assert SEALED_AS[1] in text


def test_tickets_and_summary_are_sealed_and_made_alike_again(sealed, tmp_path):
    """Same journal and key, same bytes; and they are in the bundle."""
    import zipfile

    key = sealed.output.parent / "signing.key"
    again = resealed(sealed.folder, MINI, key, tmp_path, lambda _: None)
    names = ["summary.md", "ticket.going_live.en.md", "ticket.going_live.es.md"]
    with zipfile.ZipFile(sealed.bundle) as first, zipfile.ZipFile(again) as second:
        for name in names:
            assert first.read(name) == second.read(name)


# Providers: every ticket can be written, and asks what is open.


@pytest.mark.parametrize("name", provider_names(ROOT))
def test_the_first_questions_are_open_ones(name):
    """Each stands first, and only where asked for is the rest left out."""
    about = Dossier(name, ROOT)
    for purpose in about.correspondence.purposes:
        asked = [q.name for q in open_questions(about.provider, {}, purpose.asks_first)]

        assert asked[: len(purpose.asks_first)] == list(purpose.asks_first)
        assert set(asked) == {s.unknown for s in about.provider.settings.values() if s.unknown}


@pytest.mark.parametrize("language", ["es", "fr", "pt"])
def test_each_way_a_reason_begins_has_been_translated(language):
    """Reasons of every kind that a verdict gives begin in the language of the ticket."""
    told = messages(reports_folder(), language)
    source = "".join((ROOT / "accredit" / "model" / n).read_text() for n in ("verdict.py", "rounds.py"))
    for begins in told.begins:
        assert told.reason(f"{begins}X") == told.begins[begins] + "X"
    for said in ("incomplete: the run has", "nothing was judged", "made defective on purpose", "deliveries that are not",
                 "answers that do not fit", "not accounted for", "accepted until", "accepted and not found"):  # fmt: skip
        assert said in source
        assert any(said.split("{")[0] in begins or begins.strip() in said for begins in told.begins), said


# The lint: what keeps a ticket from being written.

WORDS, PURPOSES = "contracts/mini/tickets/es.toml", "contracts/mini/purposes.toml"


@pytest.mark.parametrize(
    ("file", "old", "new", "says"),
    [
        (WORDS, 'MI = "Todo"\n', "", f"{WORDS}: [chapters] lacks MI"),
        (WORDS, "Q1 = ", "Q2 = ", f"{WORDS}: [questions] lacks Q1"),
        (WORDS, "Q1 = ", "Q2 = ", f"{WORDS}: [questions] has Q2, which nothing asks for"),
        (WORDS, "[purposes.going_live]", "[purposes.leaving]", f"{WORDS}: [purposes] lacks going_live"),
        (PURPOSES, '"es"]', '"pt"]', "contracts/mini/tickets/pt.toml: does not exist"),
        (PURPOSES, '"es"]', '"xx"]', "reports/tickets/xx.toml: lacks the message 'verdict'"),
        (PURPOSES, '["Q1"]', '["Q9"]', "asks Q9 first, which no setting has"),
        (PURPOSES, '["simulator", "certification"]', "[]", "never has a ticket"),
    ],
)
def test_the_lint_finds_what_a_translation_lacks(own_mini, file, old, new, says):
    """Each mistake is named with its file."""
    path = own_mini / file
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new))
    ended = accredit("lint", "--suite", own_mini)

    assert ended.returncode == 1, ended.stdout + ended.stderr
    assert says in ended.stdout


def test_a_language_that_lacks_a_message_is_named(tmp_path):
    """A key less than English, a key too many, other places to fill: three complaints."""
    import shutil

    from accredit.suite.ticket_lint import ticket_complaints

    templates = Path(shutil.copytree(reports_folder(), tmp_path / "reports"))
    path = templates / "tickets" / "es.toml"
    text = path.read_text().replace("verdict = ", "veredicto = ", 1).replace("{declared}", "{declarados}")
    path.write_text(text)
    found = "\n".join(ticket_complaints(Dossier("mini", MINI), templates))

    assert "es.toml: lacks the message 'verdict'" in found
    assert "es.toml: has 'veredicto', which English lacks" in found
    assert "es.toml: 'scenarios' has other {places}" in found


# What a pipeline shows.


def test_a_summary_stays_small_however_much_went_wrong(mini):
    """Ten thousand failing requirements with a megabyte each to say: still far below what a pipeline takes."""
    about, run, verdict = mini
    failed = dataclasses.replace(verdict.judgements[0], outcome=Outcome.FAILED, reason="|" * 2**20)
    verdict = dataclasses.replace(verdict, judgements=(failed,) * 10_000, reasons=("x" * 2**20,) * 1000)
    text = summary(reports_folder(), about.provider, run, verdict, "b.zip")

    assert len(text) < MOST_BYTES // 4
    assert "and 9900 more, all in report.html" in text.decode()


def test_a_budgets_lines_say_what_was_sent_of_what(mini):
    """By the run, under its budget and under its ticket: three counts, each with its own points."""
    _, run, _ = mini
    refusal = Refusal("s", "credit", "POST", "https://x.example/credits", "not now", "2026-11-21T10:00:00.000Z")

    lines = dict(
        budget_lines(
            dataclasses.replace(run, header={**run.header, "budget": BUDGET}, spend=SPEND, refusals=(refusal,) * 2)
        )
    )

    assert lines["Ticket"] == "T-1: at most 20 requests and 2400 points"
    assert lines["Allowed"] == "credit: at most 5; at most 600 points in all, 120 a request"
    assert lines["Sent by this run"] == "1 request and 120 points"
    assert (
        lines["Sent in all"]
        == "under this budget 3 requests and 360 points, under the ticket 7 requests and 840 points"
    )
    assert lines["Refused"] == "2 requests, none of which left"


def test_summaries_of_several_runs_never_outgrow_the_pipeline(tmp_path):
    """What others wrote before is kept; who finds no room left says so in a line."""
    big, small = tmp_path / "big" / "summary.md", tmp_path / "small" / "summary.md"
    for path, size in ((big, MOST_BYTES - 500), (small, 1000)):
        path.parent.mkdir()
        path.write_bytes(b"x" * size)
    (tmp_path / "out.md").write_text("before\n")
    append_summaries(tmp_path / "out.md", [big, small])
    said = (tmp_path / "out.md").read_text()

    assert said.startswith("before\nxxx")
    assert said.endswith("small: no room left here; see its report.\n")
    assert len(said) <= MOST_BYTES


def test_run_adds_a_summary_to_what_the_pipeline_has(mini_run_with_summary):
    """`--summary` appends, with the verdict in its first line."""
    said = mini_run_with_summary.read_text()

    assert said.startswith("# Build\n## Mini Miles, Rehearsal (simulator): passed\n")
    assert MARKDOWN.render(said).count("<table>") == 1


def test_what_is_not_sealed_names_no_bundle(mini_run_with_summary):
    """A run without a key has none: tickets and summary say so, and not how to check what is not there."""
    tickets = sorted(mini_run_with_summary.parent.glob("evidence/*/ticket.*.md"))
    said = [path.read_text() for path in (mini_run_with_summary, *tickets)]

    assert len(tickets) == 2
    assert not [text for text in said if ".zip" in text or "sha256sum" in text]
    assert "Evidence: not sealed" in said[0]
    assert "the run was not sealed" in said[1]
    assert "la ejecución no se selló" in said[2]


@pytest.fixture
def mini_run_with_summary(tmp_path):
    path = tmp_path / "summary.md"
    path.write_text("# Build\n")
    ended = accredit(
        "run", "mini", "--no-fuzz", "--suite", MINI, "--output", tmp_path / "evidence", "--summary", path, cwd=tmp_path
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
    return path
