"""What people said goes into the bundle: signed, with its documents, shown to every reader, and never a verdict."""

import hashlib
import shutil
from collections.abc import Mapping
from datetime import date
from io import BytesIO
from pathlib import Path
from xml.etree import ElementTree

import pypdf
import pytest
from click.testing import CliRunner

from accredit.cli import main
from accredit.cli.showing import show_matrix
from accredit.evidence import archive
from accredit.evidence.archive import Content
from accredit.evidence.bundle import Evidence
from accredit.evidence.keys import load_public
from accredit.evidence.statements import keep, stated
from accredit.evidence.verify import Verification, verify
from accredit.model.coverage import Coverage
from accredit.model.keys import new_private
from accredit.model.leaks import SCAN
from accredit.model.reply import Reply
from accredit.model.verdict import Answer
from accredit.release.attachments import to_attach
from accredit.release.rules import rule_for
from accredit.release.shown import shown_by
from accredit.suite.places import reports_folder
from tests.certified import TODAY, certified, outcome
from tests.conftest import MINI, Ended
from tests.people import office

KEY = new_private()
SHOWN = b"The contract, signed by both."
DOCUMENT = f"{hashlib.sha256(SHOWN).hexdigest()[:12]}-contract.txt"
WORD = {
    "provider": "mini",
    "requirement": "MI-04",
    "by": "Ada",
    "says": "seen | in the *vault*",
    "shown_on": "2026-11-20",
}
WAIVER = {"provider": "mini", "requirement": "MI-02", "environment": "certification", "reason": "known.", "approver": "Ada",
          "ticket": "T-1", "made_on": "2026-11-20", "last_day": "2026-12-01"}  # fmt: skip


def attachments(document: bytes = SHOWN, **otherwise: str) -> Mapping[str, Content]:
    """Attestations of MI-03 and MI-04, the latter with a document, and a waiver of MI-02."""
    digest = {DOCUMENT: hashlib.sha256(SHOWN).hexdigest()}
    return {
        "attachments/attestations/MI-03.json": stated(
            "attestation", {}, WORD | {"requirement": "MI-03", "environment": "certification"}, KEY
        ),
        "attachments/attestations/MI-04.json": stated("attestation", digest, WORD | otherwise, KEY),
        "attachments/waivers/MI-02.json": stated("waiver", {}, WAIVER, KEY),
        f"attachments/documents/{DOCUMENT}": document,
    }


@pytest.fixture(scope="module")
def carrying(sealed: Ended, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return certified(sealed, tmp_path_factory.mktemp("carrying"), outcome("MI-02", "failed"), attachments=attachments())


@pytest.fixture(scope="module")
def trusted(sealed: Ended) -> Path:
    return sealed.output.parent / "signing.pub"


def _attached(found: Verification) -> tuple[Reply, str]:
    [check] = [check for check in found.checks if check.question == "attached"]
    return check.reply, check.reason


def test_words_are_attached_and_change_no_verdict(carrying: Path, trusted: Path) -> None:
    """The verifier finds each signed and its document as attested; what failed stays failed."""
    found = verify(carrying, load_public(trusted))

    assert _attached(found)[0] is Reply.YES
    assert "2 attestations and 1 waivers" in _attached(found)[1]
    assert found.exit_code == 0
    assert found.verdict is not None
    assert found.verdict.answer is Answer.FAILED


def test_every_reader_is_told(carrying: Path) -> None:
    """Matrix, report and each language's ticket name who said what, and until when a failure is waived; the scan went over all of it."""
    with archive.opened(carrying) as bundle:
        matrix, report, ticket, spanish, scan = (
            bundle.read(name).decode()
            for name in ("requirements.csv", "report.html", "ticket.going_live.en.md", "ticket.going_live.es.md", SCAN)
        )

    assert f"attested by Ada on 2026-11-20: seen | in the *vault* ({DOCUMENT})" in matrix
    assert "failed, waived until 2026-12-01 by Ada, T-1: known" in matrix
    assert "Attested by Ada on 2026-11-20" in report
    assert "waived until 2026-12-01" in report
    assert r"Attested by Ada on 2026-11-20: seen \| in the \*vault\*" in ticket
    assert "Waived until 2026-12-01 by Ada, T-1: known. |" in ticket
    assert "Dispensado hasta el 2026-12-01" in spanish
    assert f"attachments/documents/{DOCUMENT}" in scan


def test_paper_and_pipelines_are_told_too(carrying: Path) -> None:
    """A waived failure stays one in counts and colours, and says until when; what is attested says by whom."""
    with archive.opened(carrying) as bundle:
        summary, builds, paper = (bundle.read(name) for name in ("summary.md", "junit.xml", "report.pdf"))
    pages = " ".join(
        "".join(p.extract_text() for p in pypdf.PdfReader(BytesIO(paper)).pages).replace("\u200b", "").split()
    )
    waived = "failed, waived until 2026-12-01 by Ada, T-1: known."
    cases = [case for case in ElementTree.fromstring(builds).iter("testcase") if case.get("classname") == "mini.MI-02"]
    failures = [failure for case in cases for failure in case.iter("failure")]
    [said] = [case.find("skipped").text for case in ElementTree.fromstring(builds).iter("testcase")
              if case.get("classname") == "mini.MI-04"]  # fmt: skip

    assert (
        f"| MI-02 | The same credit sent twice counts once | failed | points: expected 120, got 240; {waived} |"
        in summary.decode()
    )
    assert (
        r"| MI-04 | The contract is signed | attested by Ada on 2026-11-20: seen \| in the \*vault\*"
        in summary.decode()
    )
    assert failures
    assert {failure.text for failure in failures} == {f"points: expected 120, got 240; {waived}"}
    assert {failure.get("message") for failure in failures} == {failure.text for failure in failures}
    assert "attested by Ada on 2026-11-20: seen | in the *vault*" in said
    assert "F" + waived.removeprefix("f") in pages
    assert "failed, waived until 2026-12-01" in pages
    assert "not tested, attested by Ada" in pages
    assert "Attested by Ada on 2026-11-20: seen | in the *vault*" in pages


def test_same_words_same_bytes(sealed: Ended, carrying: Path, tmp_path: Path) -> None:
    """Journal, statements and key give the bundle, byte for byte."""
    again = certified(sealed, tmp_path, outcome("MI-02", "failed"), attachments=attachments())

    assert archive.digest(again) == archive.digest(carrying)


def test_every_file_can_be_made_again(carrying: Path, trusted: Path) -> None:
    """The words are among what report, matrix and tickets are made from."""
    found = verify(carrying, load_public(trusted), templates=reports_folder())

    assert {check.question: check.reply for check in found.checks}["rendered"] is Reply.YES


def _ruling(bundle: Path, sentence: str, today: date = TODAY) -> tuple[Reply, str]:
    _, shown = shown_by(bundle, None, today)
    assert shown is not None
    found = rule_for(sentence)
    assert found is not None
    rule, words = found
    ruling = rule(shown, *words)
    return ruling.reply, ruling.got


def test_the_rulebook_goes_by_what_is_attached(carrying: Path) -> None:
    """A must that is attested is; a waiver is past its last day the day after it, and both must still hold on that day."""
    attested, waived = (
        "every must of MI that a person or the partner's own traffic shows is attested",
        "no waiver is past its last day",
    )

    assert _ruling(carrying, attested) == (Reply.YES, "")
    assert _ruling(carrying, attested, date(2026, 11, 19))[0] is Reply.UNKNOWN
    assert _ruling(carrying, waived) == (Reply.YES, "")
    assert _ruling(carrying, waived, date(2026, 12, 2)) == (Reply.NO, "MI-02 is past its last day, 2026-12-01")


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda files: files | {f"attachments/documents/{DOCUMENT}": b"Another."}, "is not there as it was attested"),
        (lambda files: {n: c for n, c in files.items() if "documents" not in n}, "is not there as it was attested"),
        (lambda files: files | {"attachments/documents/more.txt": b"?"}, "is named by no attestation"),
    ],
)
def test_a_document_that_was_not_attested_is_found(
    sealed: Ended, tmp_path: Path, trusted: Path, change, reason: str
) -> None:
    """Sealed by whoever holds the key, it is still no evidence."""
    bundle = certified(sealed, tmp_path, attachments=change(attachments()))

    assert _attached(verify(bundle, load_public(trusted)))[0] is Reply.NO
    assert reason in _attached(verify(bundle, load_public(trusted)))[1]


def test_only_words_of_people_we_know_are_attached(sealed: Ended, tmp_path: Path) -> None:
    """Of this provider and environment; what is left out is told."""
    here = office(tmp_path, {"ada": ("lead",)})
    folder = tmp_path / "statements" / "mini"
    good = keep(folder, "attestation", "MI-04", stated("attestation", {}, WORD, here.keys["ada"]))
    keep(
        folder,
        "attestation",
        "MI-03",
        stated("attestation", {}, WORD | {"environment": "production"}, here.keys["ada"]),
    )
    keep(folder, "attestation", "MI-04", stated("attestation", {}, WORD, KEY))

    found = to_attach(sealed.folder, MINI, here.partner_file)

    assert dict(found.files) == {f"attachments/attestations/{good.name}": good}
    assert len(found.left_out) == 1
    assert "nobody's of [people]" in found.left_out[0]


def test_a_run_that_is_sealed_again_carries_them(sealed: Ended, tmp_path: Path) -> None:
    """`accredit report` attaches what lies beside accredit.toml."""
    here = office(tmp_path, {"ada": ("lead",)})
    keep(tmp_path / "statements" / "mini", "attestation", "MI-04", stated("attestation", {}, WORD, here.keys["ada"]))
    folder = Path(shutil.copytree(sealed.folder, tmp_path / "e" / sealed.folder.name))

    ended = CliRunner().invoke(main, ["report", str(folder), "--suite", str(MINI), "--key", str(here.key_file("ada")),
                                      "--partner", str(here.partner_file)])  # fmt: skip

    assert ended.exit_code == 0, ended.output
    [bundle] = (tmp_path / "e").glob("*.zip")
    assert "1 attestations" in _attached(verify(bundle, None))[1]


def test_the_terminal_shows_what_people_said(carrying: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Beside each requirement, as report, matrix and ticket do; what failed stays failed."""
    _, shown = shown_by(carrying, None, TODAY)
    assert shown is not None

    show_matrix(
        Evidence(shown.run, shown.verdict, Coverage(()), shown.provider, Path(), None, {}, attached=shown.attached)
    )

    said = capsys.readouterr().out
    assert "attested by Ada on 2026-11-20: seen | in the *vault*" in said
    assert "failed, waived until 2026-12-01 by Ada" in said
