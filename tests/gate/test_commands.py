"""The commands around a gate, as their users type them: attest, waive, sign, and the gate itself."""

import json
import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import Result

from accredit.evidence.archive import digest
from accredit.evidence.statements import kept_in
from accredit.model.reply import Reply
from accredit.release.table import approved_by
from tests.certified import TODAY
from tests.conftest import Ended
from tests.gate.conftest import ABOUT, PARTNER, Release, run


def test_the_rulebook_is_told_who_signed_a_bundle(release: Callable[..., Release]) -> None:
    """`accredit lint --statements`: every role, by different people, over this very bundle, whatever else they signed with it."""
    made = release()
    where = made.office.folder / "statements"

    def told() -> tuple[Reply, str]:
        return approved_by(ABOUT, "going_live", made.bundles[0], TODAY, made.office.partner_file, where)

    made.sign("ada", "lead")
    assert told() == (Reply.UNKNOWN, "nobody has signed this bundle as release-manager, release-manager")

    made.sign("bob", "release-manager")
    made.sign("cyd", "release-manager")
    made.attest("MI-04")
    assert told() == (Reply.YES, "")


def test_the_command_answers_by_its_exit_code(ready: Release, tmp_path: Path) -> None:
    """Yes is 0, on a day that is told; a page and a summary say the same, and what is written for machines can be read by them."""
    asked = ("gate", "mini.going_live", *ready.bundles, "--key", ready.trusted, "--on", "2026-11-21")

    ended = run(ready, *asked, "--page", tmp_path / "gate.html", "--summary", tmp_path / "gate.md")
    told = json.loads(run(ready, *asked, "--format", "json").output)

    assert ended.exit_code == 0, ended.output
    assert ended.output.splitlines()[-1] == "yes: Mini Miles lets a partner go live (on 2026-11-21)"
    assert told["answer"] == "yes"
    page = (tmp_path / "gate.html").read_text()
    assert "default-src 'none'" in page
    assert "Ada" in page
    assert "going_live: yes" in (tmp_path / "gate.md").read_text()
    assert run(ready, *asked[:3]).exit_code == 3
    assert run(ready, "gate", "mini.going_live", "nothing.zip").exit_code == 2
    assert "mini.going_live, mini.twice" in run(ready, "gate", "mini").output


def test_what_a_page_shows_is_escaped(release: Callable[..., Release], tmp_path: Path) -> None:
    """Words of people never become markup."""
    made = release()
    made.attest("MI-04", last_day="2026-11-20")
    made.sign("ada", "lead", says="<script>alert(1)</script>")

    run(
        made,
        "gate",
        "mini.going_live",
        *made.bundles,
        "--key",
        made.trusted,
        "--page",
        tmp_path / "gate.html",
        "--on",
        "2026-11-21",
    )

    assert "<script" not in (tmp_path / "gate.html").read_text()


def waive(made: Release, *arguments: object, bundle: Path | None = None, approver: str = "Ada") -> Result:
    told = ("MI-02", "--env", "certification", "--reason", "known", "--approver", approver, "--ticket", "T-1", "--last-day", f"{datetime.now(UTC).date()}",
            "--bundle", bundle or made.bundles[0], "--key", made.office.key_file("ada"))  # fmt: skip
    return run(made, "waive", *told, *arguments)


def test_only_a_failure_is_waived(release: Callable[..., Release], good: Path, failing: Path) -> None:
    """A requirement that passes there, another environment, a day too far or past: refused, and nothing is kept."""
    made = release(failing)

    assert "passes in" in waive(made, bundle=good).output
    assert "name the right one" in waive(made, "--env", "production").output
    assert "is too far" in waive(made, "--last-day", "2999-01-01").output
    assert "has passed" in waive(made, "--last-day", "2001-01-01").output
    assert "nobody of that name" in waive(made, approver="Eve").output
    assert not (made.folder / "waivers").exists()

    assert waive(made).exit_code == 0
    [(path, kept)] = kept_in(made.folder, "waiver").items()
    assert path.name.startswith("MI-02-")
    assert kept.subject == {failing.name: digest(failing)}


def test_no_secret_is_kept_in_anybodys_words(
    release: Callable[..., Release], failing: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither in why a failure is accepted nor in what somebody says with a signature: exit 4, and nothing is kept."""
    made = release(failing, partner=f'{PARTNER}[mini.certification.secrets]\nclient_secret = "MINI_SECRET"\n')
    monkeypatch.setenv("MINI_SECRET", "s3cr3t-of-the-partner")
    signing = (
        "sign",
        failing,
        "--for",
        "mini.going_live",
        "--role",
        "lead",
        "--by",
        "ada",
        "--key",
        made.office.key_file("ada"),
    )

    waived = waive(made, "--reason", "see s3cr3t-of-the-partner")
    signed = run(made, *signing, "--says", "as s3cr3t-of-the-partner says")

    assert (waived.exit_code, signed.exit_code) == (4, 4), waived.output + signed.output
    assert "s3cr3t" not in waived.output + signed.output
    assert not list(made.folder.rglob("*.json"))


def test_a_bundle_is_verified_before_it_is_signed(release: Callable[..., Release], good: Path, tmp_path: Path) -> None:
    """What was altered is signed by nobody; nor in a role that one does not have, or that the gate does not ask for."""
    made = release()
    bad = Path(shutil.copy(good, tmp_path / "bad.zip"))
    bad.write_bytes(bad.read_bytes()[:-1])

    def sign(bundle: Path, role: str, by: str) -> Result:
        return run(
            made,
            "sign",
            bundle,
            "--for",
            "mini.going_live",
            "--role",
            role,
            "--by",
            by,
            "--key",
            made.office.key_file(by),
        )

    assert "is not to be signed" in sign(bad, "lead", "ada").output
    assert "is no release-manager" in sign(good, "release-manager", "ada").output
    assert "takes no signature of a approver" in sign(good, "approver", "dan").output
    assert sign(good, "lead", "ada").exit_code == 0


def test_whoever_signs_what_does_not_count_is_told(sealed: Ended, release: Callable[..., Release]) -> None:
    """A simulator's bundle can be signed, and shows nothing at the gate: that is said at once."""
    made = release(sealed.bundle)

    ended = run(made, "sign", sealed.bundle, "--for", "mini.going_live", "--role", "lead", "--by", "ada", "--key", made.office.key_file("ada"))  # fmt: skip

    assert ended.exit_code == 0
    assert "does not count at mini.going_live: it was made in simulator" in ended.output
