"""What named persons say is signed, kept whole, and noticed when it was altered."""

from datetime import date
from pathlib import Path

import pytest

from accredit.evidence.statements import keep, kept_in, stated, statement_in
from accredit.model.errors import BundleRefused, UsageError
from accredit.model.keys import key_id, new_private
from accredit.model.reading import read
from accredit.model.statement import Attestation
from accredit.suite.catalogue import statements_folder
from accredit.suite.people import people
from tests.conftest import MINI

SUBJECT = {"ticket.pdf": "a" * 64}
WORDS = {"provider": "mini", "requirement": "MI-REG-01", "by": "Ada", "says": "seen", "shown_on": "2026-11-21"}


def test_a_statement_is_read_back_as_it_was_made() -> None:
    """Kind, subject, words and key come back; the words are those of the record."""
    key = new_private()

    found = statement_in(stated("attestation", SUBJECT, WORDS, key), "a.json")

    assert (found.kind, found.subject, key_id(found.key)) == ("attestation", SUBJECT, key_id(key.public_key()))
    assert read(Attestation, found.predicate, "a.json").shown_on == date(2026, 11, 21)


def test_same_words_and_key_same_bytes() -> None:
    """A statement can be made again and compared."""
    key = new_private()

    assert stated("waiver", SUBJECT, WORDS, key) == stated("waiver", SUBJECT, dict(reversed(WORDS.items())), key)


def test_each_flipped_byte_is_noticed() -> None:
    """No byte of a statement can be altered."""
    data = stated("attestation", SUBJECT, WORDS, new_private())

    for place in range(0, len(data), 7):
        with pytest.raises(BundleRefused):
            statement_in(data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :], "a.json")


def test_a_statement_of_another_kind_is_not_counted(tmp_path: Path) -> None:
    """A waiver that lies among the attestations is refused, by name."""
    keep(tmp_path, "attestation", "MI-REG-01", stated("waiver", SUBJECT, WORDS, new_private()))

    with pytest.raises(BundleRefused, match=r"MI-REG-01.*'waiver', not 'attestation'"):
        kept_in(tmp_path, "attestation")


def test_what_is_kept_is_found(tmp_path: Path) -> None:
    """Each kind has a folder; keeping one twice leaves one."""
    data = stated("waiver", SUBJECT, WORDS, new_private())

    paths = {keep(tmp_path, "waiver", "MI-REG-01", data) for _ in range(2)}

    assert set(kept_in(tmp_path, "waiver")) == paths
    assert len(paths) == 1
    assert kept_in(tmp_path, "sign-off") == {}


def test_two_people_cannot_share_a_key(tmp_path: Path) -> None:
    """Whose signature it is would not be known."""
    file = tmp_path / "accredit.toml"
    file.write_text(
        "".join(f'[people.{n}]\nname = "{n}"\nroles = ["lead"]\nkey = "{64 * "a"}"\n' for n in ("ada", "bob"))
    )

    with pytest.raises(UsageError, match=r"the key aaa.* is that of two people"):
        people(file, MINI)


def test_statements_lie_beside_the_partners_file(tmp_path: Path) -> None:
    """A folder for each provider."""
    assert statements_folder(tmp_path / "accredit.toml", "mini") == tmp_path / "statements" / "mini"
