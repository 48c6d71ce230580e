"""A seal can bear a time stamp of an authority's, which proves itself, cannot be taken away unseen, and is never a silent failure."""

import shutil
import ssl
import subprocess
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from accredit.evidence.der import with_certificates_in_order
from accredit.evidence.keys import load_public
from accredit.evidence.verify import verify
from accredit.model.reply import Reply
from tests.conftest import MINI, ROOT, accredit, rewritten
from tests.stamping import CONFIG, made, serving


@pytest.fixture(scope="module")
def tsa(tmp_path_factory):
    with serving(made(tmp_path_factory.mktemp("tsa") / "here")) as tsa:
        yield tsa


def _sealed_again(sealed, folder: Path, url: str) -> subprocess.CompletedProcess[str]:
    copy = shutil.copytree(sealed.folder, folder / sealed.folder.name)
    key = sealed.output.parent / "signing.key"
    return accredit("report", copy, "--suite", MINI, "--key", key, "--timestamp-url", url)


@pytest.fixture(scope="module")
def stamped(sealed, tsa, tmp_path_factory):
    """The run's bundle, sealed again with a time stamp."""
    folder = tmp_path_factory.mktemp("stamped")
    ended = _sealed_again(sealed, folder, tsa.url)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    [bundle] = folder.glob("*.zip")
    return bundle


@pytest.fixture
def key(sealed):
    return load_public(sealed.output.parent / "signing.pub")


def test_a_stamp_says_by_whom_and_when(stamped, key, tsa):
    """With the authority's root certificate: stamped yes, by the name in its certificate, just now."""
    before = datetime.now(UTC)
    found = verify(stamped, key, tsa.root.read_bytes())

    [*others, stamp] = found.checks
    assert {check.reply for check in others} == {Reply.YES}
    assert stamp.question == "stamped"
    assert stamp.reply is Reply.YES
    assert "'Example TSA', at 20" in stamp.reason
    assert timedelta(0) <= before - datetime.fromisoformat(stamp.reason.split(" at ")[1]) < timedelta(minutes=5)


def test_without_the_authority_s_certificate_a_stamp_proves_nothing(sealed, stamped):
    """Unknown, with the way to know; exit code 3."""
    ended = accredit("verify", stamped, "--key", sealed.output.parent / "signing.pub")

    assert ended.returncode == 3
    assert "stamped:    unknown" in ended.stdout
    assert "--tsa-cert" in ended.stdout


def test_another_authority_is_not_trusted(stamped, key, tmp_path):
    """An authority of the same names and other keys: stamped no; exit code 1."""
    found = verify(stamped, key, made(tmp_path / "other").root.read_bytes())

    assert found.checks[-1].reply is Reply.NO
    assert found.exit_code == 1


def test_openssl_agrees(stamped, tsa, tmp_path):
    """The command in VERIFY.md accepts the same stamp, and refuses it over anything else."""
    with zipfile.ZipFile(stamped) as zipped:
        zipped.extractall(tmp_path)
    line = next(
        line.strip() for line in (ROOT / "reports" / "VERIFY.md").read_text().splitlines() if "ts -verify" in line
    )
    command = ["bash", "-c", f"TSA={tsa.root}; {line}"]

    assert subprocess.run(command, cwd=tmp_path, capture_output=True, check=False).returncode == 0
    (tmp_path / "manifest.dsse.json").write_bytes(b"another")
    assert subprocess.run(command, cwd=tmp_path, capture_output=True, check=False).returncode != 0


def test_a_stamp_cannot_be_taken_away(stamped, key, tmp_path):
    """That there is to be one is signed: a bundle without it is not intact."""
    path = rewritten(stamped, tmp_path / "b.zip", lambda files: files.pop("manifest.tsr"))

    assert verify(path, key).checks[0].reply is Reply.NO


def test_a_stamp_cannot_be_put_in(sealed, stamped, key, tmp_path):
    """A bundle sealed without one has no place for it."""
    with zipfile.ZipFile(stamped) as zipped:
        stamp = zipped.read("manifest.tsr")
    path = rewritten(sealed.bundle, tmp_path / "b.zip", lambda files: files.update({"manifest.tsr": stamp}))

    assert verify(path, key).checks[0].reply is Reply.NO


@pytest.mark.parametrize(
    "stamp",
    [b"", b"\x30\x80", b"\x30\x03\x02\x01\x00", b"\x30" * 100_000, None],
    ids=["empty", "endless", "short", "deep", "longer"],
)
def test_what_is_no_stamp_is_refused(stamped, key, tmp_path, stamp):
    """Something else in its place, or bytes after it (None): not intact."""

    def spoil(files: dict[str, bytes]) -> None:
        files["manifest.tsr"] = files["manifest.tsr"] + b"\0" if stamp is None else stamp

    assert verify(rewritten(stamped, tmp_path / "b.zip", spoil), key).checks[0].reply is Reply.NO


def test_asking_for_a_stamp_that_is_not_there_is_answered_no(sealed, key, tsa):
    """With --tsa-cert, a bundle sealed without a stamp is not what was wanted."""
    found = verify(sealed.bundle, key, tsa.root.read_bytes())

    assert found.checks[-1].reply is Reply.NO
    assert "without a time stamp" in found.checks[-1].reason


@pytest.mark.parametrize("trouble", ["nobody there", "no stamp", "500"])
def test_an_authority_that_gives_no_stamp_is_told_loudly(sealed, tsa, key, tmp_path, trouble):
    """The run is sealed without, that is said, and the exit code is 3; the bundle is good as it is."""
    tsa.status = 500 if trouble == "500" else 200
    answer = tsa.answer
    if trouble == "no stamp":
        tsa.answer = lambda query: b"<html>Welcome</html>"
    url = "http://127.0.0.1:9/" if trouble == "nobody there" else tsa.url
    try:
        ended = _sealed_again(sealed, tmp_path, url)
    finally:
        tsa.status, tsa.answer = 200, answer

    assert ended.returncode == 3, ended.stdout + ended.stderr
    assert "NOT stamped" in ended.stdout
    assert ("its answer cannot be read (ASN.1 parse error" in ended.stdout) == (trouble == "no stamp")
    assert url in ended.stdout
    [bundle] = tmp_path.glob("*.zip")
    assert verify(bundle, key).exit_code == 0


def test_certificates_in_any_order_are_understood(sealed, key, tmp_path):
    """An authority that sends its certificates as DER does not allow, as many do: stamped, and proven; openssl agrees."""
    there = made(tmp_path / "tsa")
    (there.folder / "tsa.cnf").write_text(CONFIG + "certs = root.pem\n")
    lower, higher = sorted(
        ssl.PEM_cert_to_DER_cert((there.folder / f"{name}.pem").read_text()) for name in ("root", "tsa")
    )
    answer = there.answer
    there.answer = lambda query: answer(query).replace(lower + higher, higher + lower)
    with serving(there):
        ended = _sealed_again(sealed, tmp_path, there.url)
    [bundle] = tmp_path.glob("*.zip")
    with zipfile.ZipFile(bundle) as zipped:
        for name, kept in (("stamp", "manifest.tsr"), ("over", "manifest.dsse.json")):
            (there.folder / name).write_bytes(zipped.read(kept))
    command = ["openssl", "ts", "-verify", "-data", "over", "-in", "stamp", "-CAfile", "root.pem"]

    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert verify(bundle, key, there.root.read_bytes()).checks[-1].reply is Reply.YES
    assert lower + higher in (there.folder / "stamp").read_bytes()
    assert b"OK" in subprocess.run(command, cwd=there.folder, capture_output=True, check=False).stdout


@pytest.mark.parametrize("answer", [b"", b"\x30", b"\x30\x80", b"\x30\x84\xff\xff\xff\xff", b"\x30" * 1000, b"<html>"])
def test_what_is_no_answer_is_left_as_it_is(answer):
    """Whatever an authority sends, nothing of it is guessed at."""
    assert with_certificates_in_order(answer) == answer


def test_only_a_digest_leaves(stamped, tsa):
    """What the authority was sent is a query of less than a hundred bytes."""
    assert 0 < len(tsa.asked[0]) < 100
