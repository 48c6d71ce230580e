"""A gate says yes only of what was shown, said and signed; whatever is taken away, altered or out of place is told, with the reason."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from accredit.evidence.statements import keep, stated
from accredit.model.gate.decide import decide
from accredit.model.gate.rows import Decision
from accredit.model.gate.signing import approved
from accredit.model.gate.table import Table
from accredit.model.reply import Reply
from accredit.model.requirement import Register
from accredit.release.table import gate_named, table_of
from tests.certified import TODAY, certified
from tests.conftest import Ended
from tests.gate.conftest import ABOUT, AT, SEATS, Release, said
from tests.people import limit


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
    assert reason.endswith("Ada showed nothing; the register asks for: the signed page")


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


def test_a_word_on_what_is_not_theirs_does_not_count(ready: Release) -> None:
    """Once the partner limits whose word counts on what, an attestation on file shows nothing, and what was signed with it is void."""
    limit(ready.office, '["MI-03"]')

    decision = ready.asked()

    assert said(decision, "MI-04")[0] is Reply.UNKNOWN
    assert "does not count: the word of Ada, who by accredit.toml attests MI-03 only" in said(decision, "MI-04")[1]
    assert said(decision, "MI-03")[0] is Reply.YES
    assert "lay here; sign again" in said(decision, "lead")[1]


def test_a_word_limited_to_nothing_counts_on_nothing(ready: Release) -> None:
    """An empty list is a limit too, and the strictest; whoever's word it was shows nothing any more."""
    limit(ready.office, "[]")

    decision = ready.asked()

    for requirement in ("MI-03", "MI-04"):
        assert said(decision, requirement)[0] is Reply.UNKNOWN
        assert (
            "does not count: the word of Ada, who by accredit.toml attests nothing only"
            in said(decision, requirement)[1]
        )


@pytest.mark.parametrize("attests", ["[]", '["MI-03"]'])
def test_a_limit_that_nobody_signed_under_voids_the_signatures(ready: Release, attests: str) -> None:
    """Also to nothing, and also of somebody who attested nothing: without it their word would have counted on all."""
    limit(ready.office, attests, "bob")

    decision = ready.asked()

    assert said(decision, "MI-04")[0] is Reply.YES
    assert said(decision, "lead")[0] is not Reply.YES
    assert "sign again" in said(decision, "lead")[1]


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


def test_only_what_counts_is_to_be_signed(
    release: Callable[..., Release], good: Path, sealed: Ended, tmp_path: Path
) -> None:
    """The next command names neither a simulator's run nor what is no bundle; where nothing counts it is the run that makes something."""
    made = release()
    (tmp_path / "notes.txt").write_text("no bundle")
    useless = (sealed.bundle, tmp_path / "notes.txt")

    told = {_signing(made.asked("going_live", TODAY, *these)) for these in ((good, *useless), useless)}

    assert told == {
        f"accredit sign {good.name} --for mini.going_live --role lead --by … --key …",
        "accredit run mini --env certification, then sign its bundle",
    }


def _signing(decision: Decision) -> str:
    """The first role's next step."""
    return next(row.next for row in decision.rows if row.about == "sign-off")


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
    found_first, unfuzzed = replace(first, **found), replace(second, fuzzed=frozenset())

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

    decision = decide(replace(table, laid=(replace(laid, **facts),)))

    assert decision.answer is reply
    assert said(decision, laid.name)[0] is reply
    assert reason in " ".join(row.reason for row in decision.rows if row.subject == laid.name)


@pytest.mark.parametrize(("environment", "where"), [("production", "production"), ("simulator", "certification")])
def test_in_the_place_of_a_rehearsal_another_is_made_there(ready: Release, environment: str, where: str) -> None:
    """The next command goes where the rehearsal went, when the gate asks for a run there."""
    table = ready.table("twice")
    laid = replace(table.laid[0], environment=environment, is_real=False, place="a rehearsal")

    decision = decide(replace(table, laid=(laid,)))

    [row] = [row for row in decision.rows if row.question == "Does it count here?"]
    assert row.next.endswith(f"accredit run mini --env {where}")


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
