"""A bundle is intact, authentic and complete, or the verifier says which it is not."""

import base64
import json
import shutil
import subprocess
import zipfile
from pathlib import Path

import pytest
from securesystemslib.dsse import Envelope
from securesystemslib.signer import SSlibKey

from accredit.evidence import archive
from accredit.evidence.keys import envelope, load_private, load_public, make_key
from accredit.evidence.verify import verify
from accredit.model.errors import CannotJudge
from accredit.model.keys import key_id
from accredit.model.reply import Reply
from tests.conftest import MINI, accredit, rewritten


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


@pytest.mark.parametrize("data", [b"", b"PK", b"no zip at all"])
def test_what_is_no_zip_is_refused(tmp_path, data):
    """Something else than a zip ends with code 1 and a sentence."""
    (tmp_path / "b.zip").write_bytes(data)
    ended = accredit("verify", tmp_path / "b.zip")

    assert ended.returncode == 1
    assert "is no whole zip" in ended.stdout
    assert "Traceback" not in ended.stderr


def test_a_key_id_is_whole_or_refused(sealed):
    """A part of a key's id could be made to fit; exit code 2 says what is wanted."""
    ended = accredit("verify", sealed.bundle, "--key-id", "3f9a")

    assert ended.returncode == 2
    assert "64 hexadecimal digits" in ended.stderr


def test_a_bundle_that_nobody_would_verify_is_not_made(tmp_path, monkeypatch):
    """One that is too large, or has a name that not every machine can hold, is refused when it is written, and nothing stays."""
    monkeypatch.setattr(archive, "MOST_BYTES", 1000)
    for files, words in (({"a": b"x" * 2000}, "would have"), ({"aux": b""}, "rename the file")):
        with pytest.raises(CannotJudge, match=words):
            archive.write(tmp_path / "b.zip", files)

    assert list(tmp_path.iterdir()) == []


def test_other_programs_read_our_zips(tmp_path):
    """The zips we write are plain zips, whatever letters their names have."""
    files = {"a/acumulación.feature": b"x", "empty": b"", "z": b"y" * 100_000}
    archive.write(tmp_path / "b.zip", files)

    with zipfile.ZipFile(tmp_path / "b.zip") as zipped:
        assert zipped.testzip() is None
        assert {name: zipped.read(name) for name in zipped.namelist()} == files
    assert subprocess.run(["unzip", "-tq", str(tmp_path / "b.zip")], capture_output=True, check=False).returncode == 0


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
    ended = accredit("report", folder, "--suite", MINI, "--key", sealed.output.parent / "signing.key")
    assert ended.returncode == 3, ended.stdout
    assert "incomplete" in ended.stdout
    [bundle] = tmp_path.glob("*.zip")
    assert accredit("verify", bundle, "--key", sealed.output.parent / "signing.pub").returncode == 1


@pytest.mark.parametrize("surroundings", [
    {"PYTHONHASHSEED": "1", "TZ": "UTC", "LANG": "C", "LC_ALL": "C"},
    {"PYTHONHASHSEED": "4711", "TZ": "Pacific/Kiritimati", "LANG": "pt_BR.UTF-8", "LC_ALL": "", "PYTHONUTF8": "1"},
])  # fmt: skip
def test_the_same_run_and_key_give_the_same_bytes(sealed, tmp_path, surroundings):
    """A bundle made again from the same journal with the same key is the same file, whatever the process is in."""
    copy = tmp_path / "elsewhere" / sealed.folder.name
    shutil.copytree(sealed.folder, copy)
    ended = accredit("report", copy, "--suite", MINI, "--key", sealed.output.parent / "signing.key", cwd=tmp_path, env=surroundings)  # fmt: skip

    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert (copy.parent / sealed.bundle.name).read_bytes() == sealed.bundle.read_bytes()


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
