"""Whoever holds the signing key can still not put other words beside the records: they are made again, and compared."""

import hashlib
import json
from collections.abc import Callable
from pathlib import Path

import pytest
import rfc8785

from accredit.evidence.engine import differences, engine
from accredit.evidence.keys import envelope, load_private, load_public
from accredit.evidence.manifest import ENVELOPE, MANIFEST
from accredit.evidence.verify import Check, verify
from accredit.model.reply import Reply
from accredit.suite.places import reports_folder
from tests.conftest import MINI, Ended, accredit, rewritten

Files = dict[str, bytes]


@pytest.fixture
def forged(sealed: Ended, tmp_path: Path) -> Callable[..., Check]:
    """What is answered of the bundle with files changed, and the manifest made and signed to fit by the partner's own key."""
    key = sealed.output.parent / "signing.key"

    def answer(change: Callable[[Files], object], **claims: object) -> Check:
        def forge(files: Files) -> None:
            told = json.loads(files[MANIFEST])
            change(files)
            told["subject"] = [
                {"name": name, "digest": {"sha256": hashlib.sha256(files[name]).hexdigest()}}
                for name in sorted(set(files) - {MANIFEST, ENVELOPE})
            ]
            told["predicate"].update(claims)
            files[MANIFEST] = rfc8785.dumps(told)
            files[ENVELOPE] = envelope(files[MANIFEST], load_private(key))

        path = rewritten(sealed.bundle, tmp_path / "b.zip", forge)
        found = verify(path, load_public(key.with_suffix(".pub")), templates=reports_folder())
        assert [check.reply for check in found.checks[:4]] == [Reply.YES] * 4
        return found.checks[-1]

    return answer


def test_every_file_is_made_again_of_the_records(sealed: Ended) -> None:
    """Asked for by an option, and then one more answer: yes."""
    ended = accredit("verify", sealed.bundle, "--key", sealed.output.parent / "signing.pub", "--rendered")

    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert "rendered:   yes" in ended.stdout


def test_what_several_workers_recorded_is_made_again(tmp_path: Path) -> None:
    """Also of a journal in segments."""
    accredit(
        "run",
        "mini",
        "--suite",
        MINI,
        "--workers",
        2,
        "--no-fuzz",
        "--output",
        tmp_path,
        "--make-key",
        tmp_path / "a.key",
    )
    [bundle] = tmp_path.glob("*.zip")
    found = verify(bundle, load_public(tmp_path / "a.pub"), templates=reports_folder())

    assert [check.reply for check in found.checks] == [Reply.YES] * 5


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (lambda files: files.update({"report.html": files["report.html"].replace(b"not tested", b"passed")}), "report.html"),
        (lambda files: files.update({"exchanges.har": files["exchanges.har"].replace(b'"status":4', b'"status":2')}), "exchanges.har"),
        (lambda files: files.pop("requirements.csv"), "requirements.csv"),
        (lambda files: files.update({"approved-by-the-provider.txt": b"yes"}), "approved-by-the-provider.txt"),
        (lambda files: files.update({"allure-results/more-result.json": b"{}"}), "allure-results/more-result.json"),
    ],
    ids=["page", "exchanges", "left out", "put in", "one more result"],
)  # fmt: skip
def test_what_the_records_do_not_give_is_found(
    forged: Callable[..., Check], change: Callable[[Files], object], named: str
) -> None:
    """A file altered, left out or added before sealing fits the manifest, and not the records."""
    check = forged(change)

    assert (check.question, check.reply) == ("rendered", Reply.NO)
    assert check.reason.endswith(f": {named}")


def test_of_another_engine_nobody_can_say_why_its_files_differ(forged: Callable[..., Check]) -> None:
    """Versions make files in other ways: unknown, and both versions are named. Where all are the same, the engine does not matter."""
    other = {**engine(reports_folder()), "accredit": "0.0.9"}
    same = forged(lambda files: None, rendered_by=other)
    apart = forged(lambda files: files.update({"junit.xml": b"<testsuites/>"}), rendered_by=other)

    assert same.reply is Reply.YES
    assert apart.reply is Reply.UNKNOWN
    assert "accredit 0.0.9 there" in apart.reason
    assert apart.reason.endswith(": junit.xml")


@pytest.mark.parametrize("told", [None, [], {"accredit": ["0"]}, "0.1.0"])
def test_an_engine_that_is_not_told_is_another_one(told: object) -> None:
    """Bundles of before there was any, and whatever strangers sign."""
    assert "accredit" in differences(told, engine(reports_folder()))
