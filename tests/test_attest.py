"""A named person's word is kept with what they showed, and nothing secret with it."""

import io
import zipfile
import zlib
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from accredit.cli import main
from accredit.evidence.statements import kept_in
from accredit.release.voices import kept
from accredit.suite.people import people
from tests.conftest import MINI
from tests.people import Office, limit, office

SECRET = "s3cr3t-of-the-partner"
ACCESS = '[mini.certification.secrets]\nclient_secret = "MINI_SECRET"\n'


@pytest.fixture
def here(tmp_path: Path) -> Office:
    return office(tmp_path, {"ada": ("lead",), "bob": ("lead",)}, ACCESS)


def attest(
    here: Office, *arguments: object, by: str = "Ada", key: str = "ada", env: dict[str, str] | None = None
) -> Result:
    told = ["attest", "--says", "I saw it", *map(str, arguments), "--by", by, "--key", str(here.key_file(key)),
            "--partner", str(here.partner_file), "--suite", str(MINI)]  # fmt: skip
    return CliRunner().invoke(main, told, env=env or {})


def statements(here: Office) -> Path:
    return here.folder / "statements" / "mini"


def test_a_document_is_kept_by_its_digest(here: Office) -> None:
    """The statement names the document as it lies there, and who said it is known by their key."""
    (here.folder / "the contract, signed!.txt").write_text("signed")

    assert attest(here, "MI-04", "--file", here.folder / "the contract, signed!.txt").exit_code == 0

    [voice] = kept(statements(here), people(here.partner_file, MINI)).attestations
    [document] = (statements(here) / "documents").iterdir()
    assert voice.stranger == ""
    assert voice.said.by == "Ada"
    assert list(voice.subject) == [document.name]
    assert document.name.endswith("-the-contract-signed-.txt")
    assert document.name.startswith(voice.subject[document.name][:12])


@pytest.mark.parametrize(("attests", "code"), [('["MI-04"]', 0), ('["MI"]', 0), ('["MI-03"]', 2), ("[]", 2)])
def test_a_word_counts_on_what_the_partner_lets_it(here: Office, attests: str, code: int) -> None:
    """By requirement or chapter; on another nothing is kept."""
    limit(here, attests)

    ended = attest(here, "MI-04")

    assert ended.exit_code == code, ended.output
    assert statements(here).exists() == (code == 0)
    assert code == 0 or "only, and not MI-04; have somebody attest it who does" in ended.output


def test_what_a_scenario_shows_cannot_be_attested_away(here: Office) -> None:
    """A driven requirement is shown by its run; elsewhere it may be attested when the register says so."""
    assert "a scenario shows it" not in attest(here, "MI-03", "--env", "certification").output
    assert (
        "cannot be attested: scenarios show it in simulator and certification"
        in attest(here, "MI-02", "--env", "production").output
    )
    assert "a scenario shows it in simulator" in attest(here, "MI-03", "--env", "simulator").output
    assert "say where else" in attest(here, "MI-03").output


def test_an_unknown_requirement_is_told_what_it_is_like(here: Office) -> None:
    """A slip of the keyboard is no dead end."""
    ended = attest(here, "MI-4")

    assert ended.exit_code == 2
    assert "did you mean MI-04" in ended.output


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (("--shown-on", "2999-01-01"), "yet to come"),
        (("--last-day", "2001-01-01"), "has passed"),
        (("--shown-on", "yesterday"), "no day"),
        (("--file", "nothing.pdf"), "cannot be read"),
    ],
)
def test_what_shows_nothing_is_refused(here: Office, options: tuple[str, str], says: str) -> None:
    """Days that are none, that are yet to come or have passed; a file that is not there."""
    ended = attest(here, "MI-04", *options)

    assert ended.exit_code == 2
    assert says in ended.output
    assert kept_in(statements(here), "attestation") == {}


def test_an_empty_document_shows_nothing(here: Office) -> None:
    """Somebody forgot to save it."""
    (here.folder / "empty.pdf").touch()

    assert "is empty" in attest(here, "MI-04", "--file", here.folder / "empty.pdf").output


def test_each_signs_with_their_own_key(here: Office) -> None:
    """Nobody speaks in another's name, and nobody whom accredit.toml does not know speaks at all."""
    assert "is Bob's, not Ada's" in attest(here, "MI-04", key="bob").output
    assert "nobody of that name" in attest(here, "MI-04", by="Eve").output
    assert attest(here, "MI-04", by="ada").exit_code == 0


def _zipped(text: bytes) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as book:
        book.writestr("xl/sharedStrings.xml", b"<sst>" + text + b"</sst>")
    return made.getvalue()


@pytest.mark.parametrize(
    ("name", "data", "place"),
    [
        ("mail.txt", f"the password is {SECRET}.".encode(), "line 1"),
        ("mail.txt", SECRET.encode().hex().encode(), "line 1"),
        ("sheet.xlsx", _zipped(SECRET.encode()), "member xl/sharedStrings.xml"),
        ("ticket.pdf", b"%PDF-1.7\n1 0 obj\nstream\n" + zlib.compress(SECRET.encode()) + b"\nendstream", "stream 1"),
    ],
    ids=["plain", "hex", "xlsx", "pdf"],
)
def test_a_secret_in_a_document_is_found_wherever_it_hides(here: Office, name: str, data: bytes, place: str) -> None:
    """Nothing is kept; the place is told, the value never."""
    (here.folder / name).write_bytes(data)

    ended = attest(here, "MI-04", "--file", here.folder / name, env={"MINI_SECRET": SECRET})

    assert ended.exit_code == 4
    assert place in ended.output
    assert "[MINI_SECRET]" in ended.output
    assert SECRET not in ended.output
    assert not statements(here).exists()


def test_a_secret_in_the_words_is_found_as_well(here: Office) -> None:
    """What somebody says goes to the provider too."""
    ended = attest(here, "MI-04", "--says", f"log in with {SECRET}", env={"MINI_SECRET": SECRET})

    assert ended.exit_code == 4
    assert "the words on MI-04" in ended.output


def test_a_search_for_nothing_says_so(here: Office) -> None:
    """Without the variables nothing can be looked for; what cannot be looked into is named."""
    (here.folder / "shot.png").write_bytes(b"\x89PNG\r\n\x1a\n")

    assert "searched for nothing" in attest(here, "MI-04", env={"MINI_SECRET": ""}).output
    assert (
        "not looked into"
        in attest(here, "MI-04", "--file", here.folder / "shot.png", env={"MINI_SECRET": SECRET}).output
    )
