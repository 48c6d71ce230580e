"""What is on paper says the same as the run, on every page says of which run, and nothing in it is anything but text."""

import hashlib
import json
import re
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pypdf
import pytest

from accredit.evidence.exports.pages import pages
from accredit.evidence.exports.pdf import typeset
from accredit.evidence.exports.printable import CUT, MOST, SHOWN, shown
from accredit.model.finding import Outcome
from accredit.model.provider import Provider
from accredit.model.run import Run
from accredit.model.verdict import Answer, Judgement, Verdict
from accredit.suite.catalogue import Dossier
from accredit.suite.places import reports_folder
from tests.conftest import MINI, ROOT, Ended, accredit

HOSTILE = '#import "@preview/x:1.0.0": * #panic("no") *b* $x$ `r` <l> @r \\u{41} // c'
MOMENT = 1_795_234_333
Pages = dict[str, Any]


@pytest.fixture(scope="module")
def document(sealed: Ended) -> pypdf.PdfReader:
    """The miniature programme's, as it was sealed."""
    return pypdf.PdfReader(sealed.folder / "report.pdf")


@pytest.fixture
def told(sealed: Ended) -> Callable[..., Pages]:
    """What is printed of the miniature programme's run, its verdict or its provider changed."""
    dossier = Dossier("mini", MINI)

    def pages_of(verdict: Verdict | None = None, provider: Provider | None = None, run: Run | None = None) -> Pages:
        known = verdict or sealed.verdict(dossier.register)
        return dict(
            pages(provider or dossier.provider, run or sealed.run, known, {"journal.jsonl": "5e" * 32}, "a.zip")
        )

    return pages_of


def _read(told: Pages, folder: Path) -> pypdf.PdfReader:
    path = folder / "read.pdf"
    path.write_bytes(typeset(reports_folder(), told, MOMENT))
    return pypdf.PdfReader(path)


def _text(document: pypdf.PdfReader) -> str:
    """All of it with one space between words and lines."""
    text = "\n".join(page.extract_text() for page in document.pages)
    return " ".join(text.replace("\u200b", "").split())


def _matrix(text: str) -> str:
    return text.split("Requirements Every one", 1)[1].split("Not examined by this run", 1)[0]


def _times(id_: str, text: str) -> int:
    return len(re.findall(rf"(?<![\w-]){re.escape(id_)}(?![\w-])", text))


def test_the_verdict_and_every_requirement_are_on_paper(document, sealed, mini_register):
    """In the matrix each requirement stands once; what was not examined stands again with its reason."""
    text, verdict = _text(document), sealed.verdict(mini_register)

    assert "This run passed" in text
    assert {id_: _times(id_, _matrix(text)) for id_ in mini_register.ids} == dict.fromkeys(mini_register.ids, 1)
    assert all(j.reason in text for j in verdict.open)


def test_every_page_says_which_it_is_and_of_which_journal(document, sealed):
    """Its number of how many, the run, where it was made, and the digest of the records that the bundle holds."""
    digest = hashlib.sha256((sealed.folder / "journal.jsonl").read_bytes()).hexdigest()
    texts = [page.extract_text() for page in document.pages]

    assert len(texts) > 1
    for number, text in enumerate(texts, 1):
        assert f"Page {number} of {len(texts)}" in text.replace("\u200b", "")
        assert digest in text
        assert sealed.run.id in text.replace("\u200b", "")  # a place where a long word may break
        assert "simulator" in text


def test_it_is_archivable_and_accessible(document):
    """It says that it is PDF/A-3, level A, and PDF/UA-1; holds its fonts, is tagged, and has language and title."""
    [said] = re.findall(
        r"<xmpmeta.*</.*xmpmeta>|<x:xmpmeta.*</x:xmpmeta>", document.xmp_metadata.stream.get_data().decode(), re.S
    )
    catalog = document.trailer["/Root"]
    fonts = [font.get_object() for page in document.pages for font in page["/Resources"]["/Font"].values()]
    described = [font["/DescendantFonts"][0].get_object()["/FontDescriptor"] for font in fonts]

    assert "<pdfaid:part>3</pdfaid:part>" in said
    assert "<pdfaid:conformance>A</pdfaid:conformance>" in said
    assert "<pdfuaid:part>1</pdfuaid:part>" in said
    assert (catalog["/Lang"], catalog["/MarkInfo"]["/Marked"]) == ("en", True)
    assert "this run passed" in document.metadata.title
    assert all({"/FontFile2", "/FontFile3"} & set(descriptor) for descriptor in described)


def test_it_acts_on_nothing(document, sealed):
    """No script, no form, no link and no request in it; what it carries is the data that was printed."""
    raw = (sealed.folder / "report.pdf").read_bytes()
    [(name, [data])] = document.attachments.items()

    assert not re.findall(rb"/(?:JavaScript|JS|AA|URI|Launch|GoToR|SubmitForm|AcroForm|RichMedia|XFA)\b", raw)
    assert name == "report.json"
    assert json.loads(data)["run"] == sealed.run.id


def test_the_same_journal_gives_the_same_pages(sealed, tmp_path):
    """Whatever the machine's clock, zone, language, home and fonts, and in another process."""
    made = set()
    for name, zone in (("a", "UTC"), ("b", "Asia/Tokyo")):
        folder = tmp_path / name / "run"
        folder.mkdir(parents=True)
        (folder / "journal.jsonl").write_bytes((sealed.folder / "journal.jsonl").read_bytes())
        odd = {
            "TZ": zone,
            "HOME": str(folder.parent),
            "PYTHONHASHSEED": str(len(zone)),
            "SOURCE_DATE_EPOCH": "1",
            "LC_ALL": "C",
        }
        accredit("report", folder, "--suite", MINI, "--key", sealed.output.parent / "signing.key", env=odd)
        made.add((folder / "report.pdf").read_bytes())

    assert made == {(sealed.folder / "report.pdf").read_bytes()}


def test_pages_are_set_only_for_a_bundle(mini):
    """They say how to check the bundle that they are in; a run that is not sealed has none."""
    ended = mini()

    assert (ended.folder / "report.html").exists()
    assert not (ended.folder / "report.pdf").exists()


@pytest.mark.parametrize("provider", ["latam_pass", "air_miles", "points"])
def test_a_whole_register_is_printed(provider, sealed, told, tmp_path):
    """Each requirement of the three providers once, under its chapter, and what was not examined."""
    dossier = Dossier(provider, ROOT)
    judged = tuple(
        Judgement(r, Outcome.NOT_TESTED, False, r.reason or "left out") for r in dossier.register.requirements
    )
    verdict = replace(sealed.verdict(Dossier("mini", MINI).register), judgements=judged)
    text = _text(_read(told(verdict, dossier.provider), tmp_path))

    assert {j.requirement.id: _times(j.requirement.id, _matrix(text)) for j in judged} == {
        j.requirement.id: 1 for j in judged
    }
    assert all(chapter.title in text for chapter in dossier.provider.chapter)


def test_a_requirement_of_no_chapter_is_not_left_out(sealed, told, tmp_path, mini_register):
    """It stands at the end."""
    provider = replace(Dossier("mini", MINI).provider, chapter=())
    matrix = _matrix(_text(_read(told(provider=provider), tmp_path)))

    assert "Other" in matrix
    assert all(_times(id_, matrix) == 1 for id_ in mini_register.ids)


def test_what_failed_is_told_with_expected_and_got(mini, tmp_path, mini_register):
    """And with the scenario and the exchanges it rests on, before the matrix."""
    ended = mini("--defect", "credits_a_repeat", "--make-key", tmp_path / "a.key")
    text = _text(pypdf.PdfReader(ended.folder / "report.pdf"))
    wrong = [f for j in ended.verdict(mini_register).judgements for f in j.findings if f.outcome is Outcome.FAILED]
    before = text.split("Requirements Every one")[0]

    assert "This run failed" in before
    assert wrong
    for finding in wrong:
        assert f"Expected {shown(finding.wanted)}" in before
        assert f"Got {shown(finding.got)}" in before
        assert finding.scenario in before
        assert f"#{finding.exchanges[0]}" in before


def _failed_with(value: str, verdict: Verdict) -> Verdict:
    """The same, but that one requirement's every text, and the reasons, are `value`."""
    first = next(j for j in verdict.judgements if j.findings)
    finding = replace(first.findings[0], outcome=Outcome.FAILED, what=value, wanted=value, got=value, scenario=value)
    requirement = replace(first.requirement, title=value, why=value, source=value)
    judged = replace(first, requirement=requirement, outcome=Outcome.FAILED, reason=value, findings=(finding,))
    judgements = tuple(judged if j is first else j for j in verdict.judgements)
    return replace(verdict, answer=Answer.FAILED, reasons=(value,), judgements=judgements)


def test_what_looks_like_typst_stays_text(told, sealed, mini_register, tmp_path):
    """Nothing from the wire is run, fetched or set; it stands as it came."""
    provider = replace(Dossier("mini", MINI).provider, title=HOSTILE)
    text = _text(_read(told(_failed_with(HOSTILE, sealed.verdict(mini_register)), provider), tmp_path))

    assert text.count(HOSTILE) >= 5


@pytest.mark.parametrize(
    ("value", "printed"),
    [
        ("a\u202egnp.exe", "a[U+202E]gnp.exe"),
        ("a\x00\x1b[31m\x07b", "a[U+0000][U+001B][31m[U+0007]b"),
        ("lone \ud800 half", "lone [U+D800] half"),
        ("日本 שלום \ufffe \U0001f600", "[U+65E5][U+672C] [U+05E9][U+05DC][U+05D5][U+05DD] [U+FFFE] [U+1F600]"),
        ("e\u0301\u200b\u00ad", "e[U+0301][U+200B][U+00AD]"),
        ("two\r\nlines\u2028and\u00a0more", "two lines and more"),
        ("x" * 1_000_000, "x" * MOST + CUT),
        ("\U0010ffff" * 1_000_000, ("[U+10FFFF]" * MOST)[:MOST] + CUT),
    ],
)  # fmt: skip
def test_what_paper_cannot_show_stands_as_its_number(value, printed, told, sealed, mini_register, tmp_path):
    """Characters that turn the line, cannot be seen or are in no font of ours; what is too long is cut, and says so."""
    text = _text(_read(told(_failed_with(value, sealed.verdict(mini_register))), tmp_path))

    assert text.replace(" ", "").count(printed.replace(" ", "")) >= 5


def test_every_character_can_be_printed(told, tmp_path):
    """What is not printed as it is becomes its number; what is, is in the fonts, and reads back as itself."""
    as_it_is = {chr(code) for first, last in SHOWN for code in range(first, last + 1)} | {" "}
    lines = ["".join(chr(code) for code in range(first, last + 1)) for first, last in SHOWN]
    text = _text(_read(told() | {"reasons": lines}, tmp_path)).replace(" ", "")

    assert all(set(shown(chr(code))) <= as_it_is for code in range(sys.maxunicode + 1))
    assert [line for line in lines if line not in text] == []


def test_long_lists_are_cut_and_say_so(told, sealed, mini_register, tmp_path):
    """A run in which everything went wrong in a thousand ways is still a document."""
    verdict = _failed_with("wrong", sealed.verdict(mini_register))
    text = _text(_read(told(replace(verdict, reasons=tuple(f"reason {n}" for n in range(1000)))), tmp_path))

    assert "reason 49" in text
    assert "reason 50" not in text
    assert "And 950 more reasons; report.html has them all." in text
