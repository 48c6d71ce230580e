"""A bundle is intact, authentic and complete, or the verifier says which it is not."""

import base64
import hashlib
import json
import random
import zipfile
from pathlib import Path

import pytest
from securesystemslib.dsse import Envelope
from securesystemslib.signer import SSlibKey

from accredit.evidence import archive
from accredit.evidence.keys import envelope, load_private, load_public, make_key
from accredit.evidence.verify import Reply, verify
from accredit.model.keys import key_id
from tests.conftest import accredit, rewritten


@pytest.fixture
def key(sealed):
    return load_public(sealed.output.parent / "signing.pub")


def _replies(path: Path, key) -> dict[str, Reply]:
    return {check.question: check.reply for check in verify(path, key).checks}


def test_an_untouched_bundle_answers_yes_four_times(sealed, key):
    """Intact, authentic, complete, re-judged; exit code 0."""
    found = verify(sealed.bundle, key)

    assert [check.reply for check in found.checks] == [Reply.YES] * 4
    assert found.exit_code == 0


def test_without_a_key_nobody_can_say_whose_it_is(sealed):
    """A signature by just anybody proves nothing: unknown, exit code 3."""
    ended = accredit("verify", sealed.bundle)

    assert ended.returncode == 3
    assert "whose it is can only be said with --key" in ended.stdout


def test_another_key_is_not_trusted(sealed, tmp_path):
    """A bundle signed with another key than the one trusted is not authentic; exit code 1."""
    make_key(tmp_path / "other.key")
    found = verify(sealed.bundle, load_public(tmp_path / "other.pub"))

    assert {c.question: c.reply for c in found.checks}["authentic"] is Reply.NO
    assert found.exit_code == 1


def test_a_forger_can_sign_anew_but_not_as_the_partner(sealed, key, tmp_path):
    """Whoever alters a file and signs again is found by the key, and by judging again."""

    def forge(files: dict[str, bytes]) -> None:
        make_key(tmp_path / "forger.key")
        told = json.loads(files["manifest.json"])
        told["predicate"]["verdict"] = "failed"
        files["manifest.json"] = json.dumps(told).encode()
        files["manifest.dsse.json"] = envelope(files["manifest.json"], load_private(tmp_path / "forger.key"))

    replies = _replies(rewritten(sealed.bundle, tmp_path / "b.zip", forge), key)

    assert replies == {"intact": Reply.YES, "authentic": Reply.NO, "complete": Reply.YES, "re-judged": Reply.NO}


def test_removing_any_file_is_found(sealed, key, tmp_path):
    """Whichever file is removed, the bundle is not intact."""
    with zipfile.ZipFile(sealed.bundle) as zipped:
        names = zipped.namelist()
    for name in names:
        path = rewritten(sealed.bundle, tmp_path / "b.zip", lambda files, name=name: files.pop(name))
        assert _replies(path, key)["intact"] is Reply.NO, name


def test_adding_a_file_is_found(sealed, key, tmp_path):
    """A file that the manifest does not name has no place in a bundle."""
    path = rewritten(sealed.bundle, tmp_path / "b.zip", lambda files: files.update({"extra.txt": b"x"}))

    assert _replies(path, key)["intact"] is Reply.NO


def test_any_changed_byte_of_content_is_found(sealed, key, tmp_path):
    """A byte changed anywhere in the zip: not intact, refused, or nothing of the content changed at all."""
    whole, chance = sealed.bundle.read_bytes(), random.Random(11)
    with zipfile.ZipFile(sealed.bundle) as zipped:
        original = {name: zipped.read(name) for name in zipped.namelist()}
    for _ in range(150):
        place = chance.randrange(len(whole))
        path = tmp_path / "b.zip"
        path.write_bytes(whole[:place] + bytes([whole[place] ^ (1 + chance.randrange(255))]) + whole[place + 1 :])
        if _replies(path, key)["intact"] is Reply.YES:
            with zipfile.ZipFile(path) as zipped:
                assert {name: zipped.read(name) for name in zipped.namelist()} == original


def test_records_moved_within_the_journal_are_found(sealed, key, tmp_path):
    """Even with a manifest that fits, a journal whose records were moved breaks its chain."""

    def move(files: dict[str, bytes]) -> None:
        lines = files["journal.jsonl"].splitlines(keepends=True)
        files["journal.jsonl"] = b"".join([lines[0], lines[2], lines[1], *lines[3:]])
        told = json.loads(files["manifest.json"])
        for subject in told["subject"]:
            if subject["name"] == "journal.jsonl":
                subject["digest"]["sha256"] = hashlib.sha256(files["journal.jsonl"]).hexdigest()
        files["manifest.json"] = json.dumps(told).encode()
        files["manifest.dsse.json"] = envelope(
            files["manifest.json"], load_private(sealed.output.parent / "signing.key")
        )

    assert _replies(rewritten(sealed.bundle, tmp_path / "b.zip", move), key)["intact"] is Reply.NO


def _with_entry(source: Path, target: Path, entry: zipfile.ZipInfo, data: bytes = b"x") -> Path:
    target.write_bytes(source.read_bytes())
    with zipfile.ZipFile(target, "a") as zipped:
        zipped.writestr(entry, data)
    return target


@pytest.mark.parametrize("name", ["../escape.txt", "/etc/passwd", "a/../../b", "a\\..\\b", "folder/", "a//b", "./a"])
def test_unsafe_names_are_refused(sealed, tmp_path, name):
    """A zip that would write outside its folder is refused, and nothing is unpacked."""
    path = _with_entry(sealed.bundle, tmp_path / "b.zip", zipfile.ZipInfo(name))
    ended = accredit("verify", path)

    assert ended.returncode == 1
    assert "intact:     no" in ended.stdout
    assert "Traceback" not in ended.stderr


def test_links_are_refused(sealed, key, tmp_path):
    """A symbolic link in a bundle is refused."""
    link = zipfile.ZipInfo("link")
    link.external_attr = 0o120777 << 16

    assert _replies(_with_entry(sealed.bundle, tmp_path / "b.zip", link, b"/etc/passwd"), key)["intact"] is Reply.NO


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_two_files_of_one_name_are_refused(sealed, key, tmp_path):
    """When two files have one name nobody can say which was meant."""
    assert (
        _replies(_with_entry(sealed.bundle, tmp_path / "b.zip", zipfile.ZipInfo("journal.jsonl")), key)["intact"]
        is Reply.NO
    )


@pytest.mark.parametrize("data", [b"", b"PK", b"no zip at all"])
def test_what_is_no_zip_is_refused(tmp_path, data):
    """Something else than a zip ends with code 1 and a sentence."""
    (tmp_path / "b.zip").write_bytes(data)
    ended = accredit("verify", tmp_path / "b.zip")

    assert ended.returncode == 1
    assert "is no whole zip" in ended.stdout


def test_a_bundle_packed_by_others_is_read_whole_or_refused(sealed, key, tmp_path):
    """Compressed anew, a bundle is the same to the verifier; with a byte of what is compressed changed, it is refused."""
    packed, broken = tmp_path / "packed.zip", tmp_path / "broken.zip"
    with zipfile.ZipFile(sealed.bundle) as source, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            target.writestr(name, source.read(name))
    with zipfile.ZipFile(packed) as zipped:
        entry = zipped.getinfo("journal.jsonl")
    data = bytearray(packed.read_bytes())
    data[entry.header_offset + 30 + len(entry.filename)] ^= 0xFF
    broken.write_bytes(data)

    assert _replies(packed, key)["intact"] is Reply.YES
    assert _replies(broken, key)["intact"] is Reply.NO


def test_a_zip_that_would_unpack_to_too_much_is_refused(sealed, key, tmp_path, monkeypatch):
    """Before anything is unpacked."""
    monkeypatch.setattr(archive, "MOST_BYTES", 1000)

    assert "would unpack to more" in verify(sealed.bundle, key).checks[0].reason


def test_a_file_is_packed_as_its_bytes_are(tmp_path):
    """Whether its content is at hand or passes through from its path, a file makes the same zip."""
    (tmp_path / "journal.jsonl").write_bytes(b"line\n" * 100_000)
    archive.write(tmp_path / "a.zip", {"j": tmp_path / "journal.jsonl", "m": b"{}"})
    archive.write(tmp_path / "b.zip", {"j": b"line\n" * 100_000, "m": b"{}"})

    assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "b.zip").read_bytes()
    assert archive.digest(tmp_path / "journal.jsonl") == archive.digest(b"line\n" * 100_000)


def test_a_run_without_footer_is_incomplete(sealed, tmp_path):
    """A run whose footer was cut off is reported again as unknown, and sealed so."""
    folder = tmp_path / "run"
    folder.mkdir()
    lines = (sealed.folder / "journal.jsonl").read_bytes().splitlines(keepends=True)
    (folder / "journal.jsonl").write_bytes(b"".join(lines[:-1]))
    from tests.conftest import MINI

    ended = accredit("report", folder, "--suite", MINI, "--key", sealed.output.parent / "signing.key")
    assert ended.returncode == 3, ended.stdout
    assert "incomplete" in ended.stdout
    [bundle] = tmp_path.glob("*.zip")
    assert accredit("verify", bundle, "--key", sealed.output.parent / "signing.pub").returncode == 1


def test_the_same_run_and_key_give_the_same_bytes(sealed, tmp_path):
    """A bundle made again from the same journal with the same key is the same file."""
    from tests.conftest import MINI

    before = sealed.bundle.read_bytes()
    ended = accredit("report", sealed.folder, "--suite", MINI, "--key", sealed.output.parent / "signing.key")

    assert ended.returncode == 0, ended.stdout
    assert sealed.bundle.read_bytes() == before


def test_others_verify_the_envelope_too(sealed):
    """The envelope is plain DSSE over an in-toto statement: another implementation accepts its signature."""
    with zipfile.ZipFile(sealed.bundle) as zipped:
        told = json.loads(zipped.read("manifest.dsse.json"))
    [signature] = told["signatures"]
    public = load_public(sealed.output.parent / "signing.pub")
    assert signature["keyid"] == key_id(public)
    key = SSlibKey(signature["keyid"], "ed25519", "ed25519", {"public": public.public_bytes_raw().hex()})
    foreign = Envelope.from_dict({**told, "signatures": [{"keyid": signature["keyid"], "sig": signature["sig"]}]})

    assert foreign.verify([key], 1)
    assert json.loads(base64.b64decode(told["payload"]))["_type"] == "https://in-toto.io/Statement/v1"
