"""A partner's office with bundles on the table, and what a gate says of them."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from hashlib import sha256
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from accredit.cli import main
from accredit.evidence.keys import load_public
from accredit.evidence.statements import keep, stated
from accredit.model.gate.decide import decide
from accredit.model.gate.rows import Decision
from accredit.model.reply import Reply
from accredit.model.statement import SignOff
from accredit.release.signoff import sign_table
from accredit.release.table import gate_named, table_of
from accredit.suite.catalogue import Dossier
from tests.certified import TODAY, certified, outcome
from tests.conftest import MINI, Ended
from tests.people import Office, office

ABOUT = Dossier("mini", MINI)
PARTNER = '[mini]\npartner_id = "p-1"\ncapabilities = ["gold", "silver"]\n'
ROLES = {"ada": ("lead",), "bob": ("release-manager",), "cyd": ("release-manager", "lead"), "dan": ("approver",)}
SEATS = (("ada", "lead"), ("bob", "release-manager"), ("cyd", "release-manager"))
AT = datetime(2026, 11, 21, 12, tzinfo=UTC)


@dataclass(frozen=True)
class Release:
    """A partner's office with bundles on the table."""

    office: Office
    bundles: tuple[Path, ...]
    trusted: Path

    @property
    def folder(self) -> Path:
        return self.office.folder / "statements" / "mini"

    def table(self, gate: str = "going_live", day: date = TODAY, *bundles: Path):
        return table_of(
            ABOUT,
            gate_named(ABOUT, gate),
            bundles or self.bundles,
            load_public(self.trusted),
            day,
            self.office.partner_file,
        )

    def asked(self, gate: str = "going_live", day: date = TODAY, *bundles: Path) -> Decision:
        return decide(self.table(gate, day, *bundles))

    def attest(self, requirement: str, by: str = "ada", named: str = "", **otherwise: str) -> Path:
        words = {
            "provider": "mini",
            "requirement": requirement,
            "by": named or by.title(),
            "says": "seen",
            "shown_on": "2026-11-20",
        } | otherwise
        shown = b"the page that " + requirement.encode() + b" asks for"
        name = f"{sha256(shown).hexdigest()[:12]}-page.txt"
        (self.folder / "documents").mkdir(parents=True, exist_ok=True)
        (self.folder / "documents" / name).write_bytes(shown)
        subject = {name: sha256(shown).hexdigest()}
        return keep(
            self.folder, "attestation", requirement, stated("attestation", subject, words, self.office.keys[by])
        )

    def waive(self, requirement: str, by: str = "ada", **otherwise: str) -> Path:
        words = {"provider": "mini", "requirement": requirement, "environment": "certification", "reason": "known", "approver": by.title(),
                 "ticket": "T-1", "made_on": "2026-11-20", "last_day": "2026-12-01"} | otherwise  # fmt: skip
        return keep(self.folder, "waiver", requirement, stated("waiver", {}, words, self.office.keys[by]))

    def sign(
        self, by: str, role: str, gate: str = "going_live", at: datetime = AT, named: str = "", **otherwise: str
    ) -> Path:
        words = {"provider": "mini", "purpose": f"mini.{gate}", "role": role, "by": named or by.title()}
        said = SignOff(**words | otherwise, at=at)
        return keep(self.folder, "sign-off", f"{gate}-{role}", sign_table(said, self.table(gate), self.office.keys[by]))

    def sign_all(self) -> None:
        for by, role in SEATS:
            self.sign(by, role)


@pytest.fixture(scope="module")
def good(sealed: Ended, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return certified(sealed, tmp_path_factory.mktemp("good"), run="20261121T100000-aaaaaa")


@pytest.fixture(scope="module")
def failing(sealed: Ended, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same requirement failed an hour later."""
    return certified(sealed, tmp_path_factory.mktemp("failing"), outcome("MI-02", "failed"), run="20261121T110000-bbbbbb",
                     at=f"{TODAY}T11:00:00.000Z")  # fmt: skip


@pytest.fixture
def release(sealed: Ended, good: Path, tmp_path: Path) -> Callable[..., Release]:
    def make(*bundles: Path, partner: str = PARTNER) -> Release:
        return Release(office(tmp_path, ROLES, partner), bundles or (good,), sealed.output.parent / "signing.pub")

    return make


@pytest.fixture
def ready(release: Callable[..., Release]) -> Release:
    """Everything shown, said and signed."""
    made = release()
    made.attest("MI-03", environment="certification")
    made.attest("MI-04")
    made.sign_all()
    return made


def said(decision: Decision, subject: str) -> tuple[Reply, str]:
    """The worst row about that; of a waiver last."""
    rows = sorted(
        (row for row in decision.rows if row.subject == subject),
        key=lambda row: (("no", "unknown", "yes").index(row.reply), row.about == "waiver"),
    )
    return rows[0].reply, rows[0].reason


def run(made: Release, *arguments: object) -> Result:
    shared = ["--partner", str(made.office.partner_file), "--suite", str(MINI)]
    return CliRunner().invoke(main, [*map(str, arguments), *shared])
