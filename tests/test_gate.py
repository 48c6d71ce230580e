"""A gate says yes only of what was shown, said and signed; whatever is taken away, altered or out of place is told, with the reason."""

import json
import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from functools import cache
from hashlib import sha256
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from accredit.cli import main
from accredit.evidence.archive import digest
from accredit.evidence.keys import load_public
from accredit.evidence.statements import keep, kept_in, stated
from accredit.model.finding import Outcome
from accredit.model.gate.decide import decide
from accredit.model.gate.laid import Came
from accredit.model.gate.rows import Decision
from accredit.model.gate.signing import approved
from accredit.model.gate.table import Table
from accredit.model.keys import new_private
from accredit.model.reply import Reply
from accredit.model.requirement import Register
from accredit.model.statement import SignOff
from accredit.release.pair import pair_of
from accredit.release.parity import compare_pair, record
from accredit.release.signoff import sign_table
from accredit.release.table import approved_by, gate_named, table_of
from accredit.suite.catalogue import Dossier
from tests.certified import TODAY, certified, outcome
from tests.conftest import MINI, Ended
from tests.people import Office, office
from tests.resealing import Records, resealed
from tests.test_compare import certified as first_side
from tests.test_compare import hides_gold, produced

ABOUT = Dossier("mini", MINI)
PARTNER = '[mini]\npartner_id = "p-1"\ncapabilities = ["gold", "silver"]\n'
ROLES = {"ada": ("lead",), "bob": ("release-manager",), "cyd": ("release-manager", "lead"), "dan": ("visitor",)}
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


def test_what_was_shown_said_and_signed_is_yes(ready: Release) -> None:
    """Every row is yes, and who signed is told."""
    decision = ready.asked()

    assert decision.answer is Reply.YES, decision.missing
    assert {(s.name, s.role) for s in decision.signatures} == {(by.title(), role) for by, role in SEATS}


def test_nothing_shown_is_unknown(release: Callable[..., Release]) -> None:
    """Without a bundle and a word nothing is known, and the next step is named."""
    made = release()
    decision = decide(table_of(ABOUT, gate_named(ABOUT, "going_live"), (), None, TODAY, made.office.partner_file))

    assert decision.answer is Reply.UNKNOWN
    assert all(row.next for row in decision.missing)


def test_whatever_is_taken_away_it_is_never_yes(ready: Release) -> None:
    """Of what was signed nothing can be missing: no bundle, attestation or signature."""
    for path in sorted(ready.folder.rglob("*.json")):
        data = path.read_bytes()
        path.unlink()
        assert ready.asked().answer is not Reply.YES, path
        path.write_bytes(data)

    assert ready.asked().answer is Reply.YES


def test_an_altered_statement_is_no(ready: Release) -> None:
    """A signature over other bytes is found, and the file named."""
    path = next((ready.folder / "attestations").glob("MI-04*"))
    path.write_bytes(path.read_bytes().replace(b'"sig": "', b'"sig": "A'))

    decision = ready.asked()

    assert decision.answer is Reply.NO
    assert path.name in said(decision, "statements")[1]


def test_without_a_key_nobody_knows_whose_the_bundle_is(ready: Release) -> None:
    """Any key could have signed it."""
    decision = decide(
        table_of(ABOUT, gate_named(ABOUT, "going_live"), ready.bundles, None, TODAY, ready.office.partner_file)
    )

    assert decision.answer is Reply.UNKNOWN


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"shown_on": "2026-11-22"}, "which is after 2026-11-21"),
        ({"last_day": "2026-11-20"}, "past its last day"),
        ({"provider": "other"}, "it speaks of other"),
        ({"environment": "simulator"}, "it was shown in simulator"),
        ({"named": "Bob"}, "in the name of Bob, signed with the key of Ada"),
    ],
)
def test_an_attestation_out_of_place_does_not_count(
    release: Callable[..., Release], change: dict[str, str], reason: str
) -> None:
    """Of another day, provider, place or person: unknown, with the reason."""
    made = release()
    made.attest("MI-04", **change)

    reply, why = said(made.asked(), "MI-04")

    assert reply is Reply.UNKNOWN
    assert reason in why


def test_a_bare_word_shows_nothing(release: Callable[..., Release]) -> None:
    """The register asks for something to be shown; who shows nothing is told what."""
    made = release()
    words = {"provider": "mini", "requirement": "MI-04", "by": "Ada", "says": "seen", "shown_on": "2026-11-20"}
    keep(made.folder, "attestation", "MI-04", stated("attestation", {}, words, made.office.keys["ada"]))

    reply, reason = said(made.asked(), "MI-04")

    assert reply is Reply.UNKNOWN
    assert reason.endswith("who showed nothing; the register asks for: the signed page")


def test_a_document_must_lie_there_as_it_was_attested(release: Callable[..., Release]) -> None:
    """What was shown can be shown again."""
    made = release()
    words = {"provider": "mini", "requirement": "MI-04", "by": "Ada", "says": "seen", "shown_on": "2026-11-20"}
    keep(
        made.folder, "attestation", "MI-04", stated("attestation", {"a.pdf": "0" * 64}, words, made.office.keys["ada"])
    )

    reply, reason = said(made.asked(), "MI-04")

    assert reply is Reply.UNKNOWN
    assert "a.pdf is not there" in reason


def test_a_key_that_accredit_toml_does_not_know_says_nothing(ready: Release) -> None:
    """Taken out of [people], neither their word nor their signature counts."""
    text = ready.office.partner_file.read_text()
    ready.office.partner_file.write_text(re.sub(r"\[people\.ada\]\n(.+\n)+", "", text))

    decision = ready.asked()

    assert decision.answer is Reply.UNKNOWN
    assert "nobody's of [people]" in said(decision, "MI-04")[1]


def test_who_lost_the_role_has_not_signed(ready: Release) -> None:
    """Roles are those of accredit.toml today."""
    text = ready.office.partner_file.read_text()
    ready.office.partner_file.write_text(
        text.replace("name = \"Bob\"\nroles = ['release-manager']", 'name = "Bob"\nroles = []')
    )

    assert "Bob is no release-manager" in said(ready.asked(), "release-manager")[1]


def test_nobody_counts_twice(release: Callable[..., Release]) -> None:
    """Cyd has two roles; a quorum takes different people."""
    made = release()
    made.attest("MI-03", environment="certification")
    made.attest("MI-04")
    made.sign("cyd", "lead")
    made.sign("cyd", "release-manager")
    made.sign("bob", "release-manager")
    decision = made.asked()

    assert decision.answer is Reply.UNKNOWN
    assert sum(row.reply is Reply.YES for row in decision.rows if row.about == "sign-off") == 1
    assert "counts once" in " ".join(row.reason for row in decision.rows)

    made.sign("ada", "lead")
    assert made.asked().answer is Reply.YES


def test_two_keys_of_one_name_are_one_person(release: Callable[..., Release]) -> None:
    """However it is written: whoever has two keys signs once."""
    made = release()
    text = made.office.partner_file.read_text()
    made.office.partner_file.write_text(text.replace('name = "Cyd"', 'name = "BOB"'))
    made.attest("MI-03", environment="certification")
    made.attest("MI-04")
    made.sign("ada", "lead")
    made.sign("bob", "release-manager")
    made.sign("cyd", "release-manager", named="BOB")

    reply, reason = said(made.asked(), "release-manager")

    assert reply is Reply.UNKNOWN
    assert "counts once" in reason


def test_a_later_word_voids_the_signatures(ready: Release) -> None:
    """They were made over what lay there then."""
    ready.attest("MI-04", says="seen again")

    decision = ready.asked()

    assert decision.answer is Reply.UNKNOWN
    assert "sign again" in said(decision, "lead")[1]


@pytest.mark.parametrize(
    ("asked", "name"),
    [
        (lambda t: replace(t, gate=replace(t.gate, quorum=t.gate.quorum[:1])), "gates.toml, [going_live]"),
        (lambda t: replace(t, gate=replace(t.gate, later={"MI-02": "later"})), "gates.toml, [going_live]"),
        (lambda t: replace(t, days=t.days + 1), "gates.toml, [going_live]"),
        (lambda t: replace(t, rulebooks=dict.fromkeys(t.rulebooks, "0" * 64)), "going_live.feature"),
        (lambda t: replace(t, people=(replace(t.people[0], roles=("lead", "visitor")), *t.people[1:])), "[people]"),
    ],
    ids=["fewer signers", "later", "older runs", "rulebook", "roles"],
)
def test_a_signature_covers_what_was_asked(ready: Release, asked: Callable[[Table], Table], name: str) -> None:
    """Whoever asks for less afterwards, or gives out roles, has it signed again."""
    table = ready.table()

    decision = decide(asked(table))

    assert decision.answer is Reply.UNKNOWN
    assert name in said(decision, "lead")[1]
    assert "sign again" in said(decision, "lead")[1]
    assert approved(asked(table), table.laid[0].digest)[0] is Reply.UNKNOWN


def test_a_signature_over_another_bundle_does_not_count(ready: Release, failing: Path) -> None:
    """The bundle is part of what was signed."""
    decision = ready.asked("going_live", TODAY, failing)

    assert decision.answer is Reply.NO
    assert f"made before {failing.name} lay here" in said(decision, "lead")[1]


def test_a_later_failure_is_not_hidden_by_an_earlier_pass(ready: Release, good: Path, failing: Path) -> None:
    """The newest run counts, whatever the order they are named in; the earlier one is told."""
    for bundles in ((good, failing), (failing, good)):
        reply, reason = said(ready.asked("going_live", TODAY, *bundles), "MI-02")
        assert reply is Reply.NO
        assert "contradicts: passed in run 20261121T100000-aaaaaa" in reason


def test_a_later_pass_settles_an_earlier_failure(
    release: Callable[..., Release], sealed: Ended, failing: Path, tmp_path: Path
) -> None:
    """The failing run is superseded, and still told."""
    later = certified(sealed, tmp_path / "later", run="20261121T120000-cccccc", at=f"{TODAY}T12:00:00.000Z")
    made = release(failing, later)
    decision = made.asked()

    assert said(decision, "MI-02")[0] is Reply.YES
    assert "failed in run 20261121T110000-bbbbbb" in said(decision, "MI-02")[1]
    assert said(decision, failing.name)[1].startswith("superseded")


@pytest.mark.parametrize(
    "found",
    [{"fuzz_failed": True, "reasons": ("finding F-1",)}, {"reasons": ("misfits",), "lasting": ("misfits",)}],
    ids=["fuzzed", "misfits"],
)
def test_what_no_newer_run_looked_at_again_is_not_settled(
    release: Callable[..., Release], sealed: Ended, good: Path, tmp_path: Path, found: dict[str, object]
) -> None:
    """It judged the same requirements, and neither fuzzed nor answers what did not fit. One that fuzzed the same does."""
    later = certified(sealed, tmp_path / "later", run="20261121T120000-cccccc", at=f"{TODAY}T12:00:00.000Z")
    table = release(good, later).table()
    first, second = (replace(b, fuzzed=frozenset({"credit[coverage]"})) for b in table.laid)
    found_first, unfuzzed = replace(first, **found), replace(second, fuzzed=frozenset())  # type: ignore[arg-type]

    assert said(decide(replace(table, laid=(found_first, unfuzzed))), good.name)[0] is not Reply.YES
    assert said(decide(replace(table, laid=(found_first, second))), good.name)[1].startswith("superseded") == bool(
        "fuzz_failed" in found
    )


def test_no_newer_run_takes_a_claim_back(release: Callable[..., Release]) -> None:
    """What was claimed once is asked for; and two runs that claim otherwise leave it unknown which is the partner's."""
    made = release()
    table = made.table()
    [claiming] = table.laid
    register = Register(
        tuple(replace(r, needs=("gold",)) if r.id == "MI-04" else r for r in table.register.requirements)
    )
    table = replace(table, register=register)
    claiming = replace(claiming, capabilities=frozenset({"gold"}))
    later = replace(claiming, name="later.zip", digest="1" * 64, started_at=AT, capabilities=frozenset())

    assert said(decide(replace(table, laid=(later,))), "MI-04")[0] is Reply.YES
    decision = decide(replace(table, laid=(claiming, later)))
    assert said(decision, "MI-04")[0] is Reply.UNKNOWN
    assert said(decision, "later.zip") == (
        Reply.UNKNOWN, "it does not claim gold, and another run here does: which of them is the partner's?"
    )  # fmt: skip


def test_a_waived_failure_stays_failed_and_does_not_block(release: Callable[..., Release], failing: Path) -> None:
    """Waived until its last day, by whom, under which ticket; the day after it is no."""
    made = release(failing)
    made.attest("MI-03", environment="certification")
    made.attest("MI-04")
    made.waive("MI-02")
    made.sign_all()
    decision = made.asked()

    assert decision.answer is Reply.YES, decision.missing
    assert "failed in run 20261121T110000-bbbbbb, waived until 2026-12-01 by Ada (T-1)" in said(decision, "MI-02")[1]
    assert made.asked("going_live", date(2026, 12, 1)).answer is Reply.YES
    assert made.asked("going_live", date(2026, 12, 2)).answer is Reply.NO


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"last_day": "2026-11-20"}, "past its last day"),
        ({"last_day": "2027-11-20"}, "made for 365 days, and 30 is the most"),
        ({"environment": "production"}, "is for production, not for certification"),
        ({"approver": "Bob"}, "in the name of Bob, signed with the key of Ada"),
        ({"provider": "other"}, "it speaks of other"),
    ],
)
def test_a_waiver_out_of_place_excuses_nothing(
    release: Callable[..., Release], failing: Path, change: dict[str, str], reason: str
) -> None:
    """Expired, too long, for another environment or provider, or of somebody else."""
    made = release(failing)
    made.waive("MI-02", **change)

    reply, why = said(made.asked(), "MI-02")

    assert reply is Reply.NO
    assert reason in why + said(made.asked(), "MI-02")[1]


def test_a_waiver_that_excuses_nothing_fails_the_gate(ready: Release) -> None:
    """The requirement passes by now."""
    ready.waive("MI-02")

    decision = ready.asked()

    assert decision.answer is Reply.NO
    assert any("unused" in row.reason for row in decision.rows if row.about == "waiver")


@pytest.mark.parametrize(
    ("facts", "reply", "reason"),
    [
        ({"environment": "simulator"}, Reply.UNKNOWN, "only certification counts"),
        (
            {"is_real": False, "place": "a rehearsal of certification"},
            Reply.UNKNOWN,
            "shows nothing of the provider itself: a rehearsal",
        ),
        ({"provider": "other"}, Reply.NO, "it is of other"),
        ({"suite_version": "0.0.9"}, Reply.UNKNOWN, "made by accredit 0.0.9"),
        ({"others": ("contracts/mini/provider.toml",)}, Reply.UNKNOWN, "judged by others than ours"),
        ({"partner_id": "p-2"}, Reply.NO, "of the partner p-2, and accredit.toml says p-1"),
        ({"started_at": datetime(2026, 10, 1, tzinfo=UTC)}, Reply.NO, "51 days before"),
        ({"started_at": datetime(2026, 11, 22, tzinfo=UTC)}, Reply.UNKNOWN, "after 2026-11-21"),
        ({"fuzz_failed": True, "reasons": ("finding F-1",)}, Reply.NO, "finding F-1"),
        ({"reasons": ("incomplete: the run has no footer",)}, Reply.UNKNOWN, "incomplete"),
        ({"held": ()}, Reply.UNKNOWN, "no rulebook is named"),
    ],
)
def test_a_bundle_out_of_place_does_not_count(
    ready: Release, facts: dict[str, object], reply: Reply, reason: str
) -> None:
    """Of another environment, provider, suite or partner, a rehearsal, too old, of a wrong clock, or not passed."""
    table = ready.table()
    [laid] = table.laid

    decision = decide(replace(table, laid=(replace(laid, **facts),)))  # type: ignore[arg-type]

    assert decision.answer is reply
    assert said(decision, laid.name)[0] is reply
    assert reason in " ".join(row.reason for row in decision.rows if row.subject == laid.name)


def test_a_bundle_judged_by_a_laxer_suite_is_not_ours(
    release: Callable[..., Release], sealed: Ended, tmp_path: Path
) -> None:
    """One of the same version, and the same register: a scenario has lost its only check."""

    def lax(root: Path) -> None:
        feature = root / "features/mini/points.feature"
        feature.write_text(feature.read_text().replace("    Then the member has 120 points more\n", ""))

    bundle = certified(sealed, tmp_path / "lax", rewrite=lax)

    reply, reason = said(release(bundle).asked(), bundle.name)

    assert reply is Reply.UNKNOWN
    assert reason == "judged by others than ours: features/mini/points.feature"


def test_a_run_without_its_time_zone_cannot_be_placed(ready: Release, sealed: Ended, tmp_path: Path) -> None:
    """Nobody could say which of two runs is the newer. A rehearsal is known by its header."""
    odd = certified(sealed, tmp_path / "odd", run="20261121T100000-eeeeee", at="2026-11-21T10:00:00")
    rehearsed = certified(sealed, tmp_path / "rehearsed", lambda r: r[0].update(connect_to="127.0.0.1:8443"))

    decision = ready.asked("going_live", TODAY, odd, rehearsed)

    assert "has no offset" in said(decision, odd.name)[1]
    assert "a rehearsal of certification" in said(decision, rehearsed.name)[1]


def test_an_altered_bundle_is_no(ready: Release, tmp_path: Path) -> None:
    """Nothing of it is gone by."""
    bad = tmp_path / "bad.zip"
    data = bytearray(ready.bundles[0].read_bytes())
    data[len(data) // 2] ^= 1
    bad.write_bytes(data)

    decision = ready.asked("going_live", TODAY, bad)

    assert said(decision, "bad.zip")[0] is Reply.NO
    assert said(decision, "MI-01")[0] is Reply.UNKNOWN


def test_a_signature_from_tomorrow_does_not_count(release: Callable[..., Release]) -> None:
    """Nobody has signed yet what they will sign."""
    made = release()
    made.sign("ada", "lead", at=datetime(2026, 11, 22, tzinfo=UTC))

    assert "which is after 2026-11-21" in said(made.asked(), "lead")[1]


@pytest.fixture(scope="module")
def live(sealed: Ended, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Of production, an hour later."""
    return certified(sealed, tmp_path_factory.mktemp("live"), run="20261121T130000-dddddd", at=f"{TODAY}T13:00:00.000Z",
                     environment="production")  # fmt: skip


@pytest.fixture
def both(release: Callable[..., Release], good: Path, live: Path) -> Release:
    """A bundle of each environment, for the gate that compares them."""
    return release(good, live)


def test_what_production_judged_under_a_budget_counts(both: Release) -> None:
    """Also where no scenario alone shows it there: a failure is never passed over."""
    table = both.table("twice")
    table = replace(table, gate=replace(table.gate, requirements=("MI-02",)))
    came = Came(Outcome.FAILED, True, "240 points")
    laid = tuple(replace(b, came={**b.came, "MI-02": came}) if b.environment == "production" else b for b in table.laid)

    assert said(decide(table), "MI-02")[0] is Reply.YES
    assert said(decide(replace(table, laid=laid)), "MI-02")[0] is Reply.NO


@pytest.fixture(scope="module")
def sides(sealed: Ended, tmp_path_factory: pytest.TempPathFactory) -> Callable[[Callable[[Records], None]], Path]:
    """Runs that can be compared, each made once."""

    @cache
    def made(*changes: Callable[[Records], None]) -> Path:
        def change(records: Records) -> None:
            for one in changes:
                one(records)

        key, target = sealed.output.parent / "signing.key", tmp_path_factory.mktemp("side")
        return resealed(sealed.folder, MINI, key, target, change)

    return made


def _kept_comparison(made: Release, by: str = "ada", *otherwise: Path, **changes: object) -> None:
    """What `accredit compare` keeps of these bundles, or of others; signed by somebody after changes."""
    parity = compare_pair(pair_of(*(otherwise or made.bundles), None), (), TODAY)
    subject = {one.path.name: one.digest for one in (parity.pair.first, parity.pair.second)}
    data = stated("parity", subject, record(parity) | changes, made.office.keys[by])
    keep(made.folder, "parity", parity.name, data)


def test_production_must_have_been_compared(release: Callable[..., Release], sides: Callable[..., Path]) -> None:
    """By a record over these two bundles; without one nobody knows."""
    made = release(sides(first_side), sides(produced))
    assert "were not compared" in said(made.asked("twice"), "parity")[1]

    _kept_comparison(made)

    assert said(made.asked("twice"), "parity")[0] is Reply.YES


def test_what_differs_is_no(release: Callable[..., Release], sides: Callable[..., Path]) -> None:
    """With what was found; a comparison of other bundles changes nothing."""
    made = release(sides(first_side), sides(produced, hides_gold))
    _kept_comparison(made, "ada", sides(first_side), sides(produced))
    assert "there are records of other bundles" in said(made.asked("twice"), "parity")[1]

    _kept_comparison(made)

    assert said(made.asked("twice"), "parity")[0] is Reply.NO
    assert "A field is missing in production" in said(made.asked("twice"), "parity")[1]


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"answer": "same", "reasons": [], "findings": [], "findings_count": 0}, "comparing them again says different"),
        ({"scenarios_compared": 9}, "with other scenarios_compared"),
        ({"provider": "other"}, "with other provider"),
        ({"suite_version": "0.0.9"}, "with other suite_version"),
        ({"draft": "A draft: made on the simulator."}, "A draft"),
    ],
)
def test_nobodys_word_is_taken_for_a_comparison(
    release: Callable[..., Release], sides: Callable[..., Path], changes: dict[str, object], reason: str
) -> None:
    """It is made again: a record that says something else than the bundles shows nothing, whoever signed it."""
    made = release(sides(first_side), sides(produced, hides_gold))
    _kept_comparison(made, **changes)

    reply, why = said(made.asked("twice"), "parity")

    assert reply is Reply.UNKNOWN
    assert reason in why


def test_a_comparison_made_by_somebody_without_a_role_does_not_count(
    release: Callable[..., Release], sides: Callable[..., Path]
) -> None:
    """Nor does one made with a key that nobody knows."""
    made = release(sides(first_side), sides(produced))
    text = made.office.partner_file.read_text()
    made.office.partner_file.write_text(text.replace("roles = ['visitor']", "roles = []"))
    _kept_comparison(made, "dan")

    reply, why = said(made.asked("twice"), "parity")

    assert reply is Reply.UNKNOWN
    assert "nor of anybody with a role in [people]" in why


def test_what_the_comparison_shows_is_no_better_than_it(
    release: Callable[..., Release], sides: Callable[..., Path]
) -> None:
    """A requirement that parity shows has parity's answer."""
    table = release(sides(first_side), sides(produced)).table("twice")

    decision = decide(replace(table, gate=replace(table.gate, shown_by_parity=("MI-01",))))

    assert said(decision, "MI-01")[0] is said(decision, "parity")[0] is Reply.UNKNOWN


@pytest.mark.parametrize("told", [{"declared": [{}]}, {"answer": "same"}, {}])
def test_a_comparison_that_is_none_is_told(ready: Release, told: dict[str, object]) -> None:
    """One that is not as accredit writes it is named, whoever signed it."""
    path = keep(ready.folder, "parity", "parity", stated("parity", {}, told, new_private()))

    decision = ready.asked()

    assert decision.answer is Reply.NO
    assert path.name in said(decision, "statements")[1]


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


def run(made: Release, *arguments: object) -> Result:
    shared = ["--partner", str(made.office.partner_file), "--suite", str(MINI)]
    return CliRunner().invoke(main, [*map(str, arguments), *shared])


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
    assert "takes no signature of a visitor" in sign(good, "visitor", "dan").output
    assert sign(good, "lead", "ada").exit_code == 0
