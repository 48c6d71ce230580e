"""Where a partner stands: every move along the process, with its evidence; every forbidden one refused, and nothing written."""

import hashlib
import json
import re
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from accredit.evidence.archive import digest
from accredit.evidence.keys import load_private, load_public, make_key
from accredit.evidence.log import append, read_log
from accredit.evidence.statements import keep, stated
from accredit.model.errors import BundleRefused, CannotJudge, UsageError
from accredit.model.keys import PrivateKey, new_private
from accredit.model.process import entered
from accredit.release.course import Course, course_of
from accredit.release.moves import Wanted, move
from accredit.release.standing import Move, Proof, standing
from accredit.release.status import status_of
from accredit.release.voices import DOCUMENTS
from accredit.suite.catalogue import Dossier, partner_facts, provider_names
from accredit.suite.process_lint import process_complaints
from tests.certified import certified
from tests.conftest import ROOT
from tests.people import office
from tests.resealing import claiming

NOW = datetime(2026, 11, 24, 15, tzinfo=UTC)  # a Tuesday
TUESDAY = NOW.date()


@pytest.fixture
def course(tmp_path: Path) -> Course:
    """A partner of LATAM Pass that has recorded nothing yet."""
    office(tmp_path, {"ada": ("integration-lead",)}, '[latam_pass]\npartner_id = "P"\n')
    return course_of(Dossier("latam_pass", ROOT), tmp_path / "accredit.toml")


@pytest.fixture
def mail(tmp_path: Path) -> str:
    """A document that somebody was sent."""
    (tmp_path / "mail.eml").write_text("From: the provider\n\nApproved.\n")
    return str(tmp_path / "mail.eml")


def _at(course: Course, state: str, on: date = date(2026, 11, 20), scheduled: date | None = None) -> None:
    """The record as if the partner had come to that state."""
    at = datetime(on.year, on.month, on.day, 12, tzinfo=UTC)
    made = Move(
        kind="move",
        at=at,
        on=on,
        leaves="",
        enters=state,
        by="Ada",
        evidence=(Proof(kind="file", name="x", sha256="0" * 64),),
        scheduled=scheduled,
    )
    append(course.log, lambda _: made.to_record())


def _attest(
    course: Course, requirement: str, key: PrivateKey | None = None, document: bytes = b"seen", **more: object
) -> None:
    """Ada's word, with a document; signed by Ada where no other key is given."""
    words = {
        "provider": course.dossier.name,
        "requirement": requirement,
        "by": "Ada",
        "says": "seen",
        "shown_on": "2026-11-21",
    }
    (course.folder / DOCUMENTS).mkdir(parents=True, exist_ok=True)
    (course.folder / DOCUMENTS / "a.pdf").write_bytes(document)
    subject = {"a.pdf": hashlib.sha256(b"seen").hexdigest()}
    key = key or load_private(course.folder.parent.parent / "ada.key")
    keep(course.folder, "attestation", requirement, stated("attestation", subject, {**words, **more}, key))


def _wanted(state: str, *shown: str, **more: object) -> Wanted:
    return Wanted(state=state, by="Ada", shown=shown, **more)


def _way(leaves: str, enters: str) -> str:
    return f"{leaves} → {enters}"


def test_the_whole_process_of_the_dossier_is_there():
    """19 states, and each transition of the table, by its actor's side."""
    process = Dossier("latam_pass", ROOT).process
    assert process is not None

    ways = {_way(t.leaves, t.enters): t.mover for t in process.transition if t.leaves and t.enters}

    assert list(process.states) == [f"S{n}" for n in range(19)]
    assert ways == {
        "S0 → S1": "both", "S1 → S2": "partner", "S2 → S3": "partner", "S3 → S4": "provider", "S4 → S5": "partner", "S5 → S7": "provider",
        "S5 → S6": "provider", "S6 → S5": "partner", "S7 → S8": "partner", "S8 → S9": "provider", "S9 → S10": "partner",
        "S10 → S11": "provider", "S11 → S13": "provider", "S11 → S12": "provider", "S12 → S4": "both", "S13 → S14": "both",
        "S14 → S15": "partner", "S15 → S16": "provider", "S15 → S17": "provider", "S17 → S18": "partner",
    }  # fmt: skip
    assert [state for state, told in process.states.items() if told.production] == [
        f"S{n}" for n in (*range(7, 12), *range(13, 18))
    ]


@pytest.mark.parametrize("provider", provider_names(ROOT))
def test_every_process_hangs_together(provider):
    """Known states, all reachable, evidence that names what there is, probes that only read."""
    assert list(process_complaints(Dossier(provider, ROOT))) == []


_STATES = '[states.A]\nname = "A"\ntitle = "A"\nsource = "tests"\nprovenance = "seed"\n'
_MOVE = '[[transition]]\nleaves = ""\nenters = "{}"\nmover = "{}"\nactor = "x"\ntrigger = "x"\nevidence = [{}]\nsource = "tests"\nprovenance = "seed"\n'
_FILE = '{ what = "a paper" }'
_LIMITS = '[watch.thresholds]\ncoverage = "a"\nlooks = "a"\nerrors = "a"\nlimited = "a"\noutage = "a"\n'
_WATCH = _LIMITS + '[[watch.probe]]\nname = "p"\noperation = "{}"\nsource = "tests"\nprovenance = "seed"\n'


@pytest.mark.parametrize(
    ("told", "words"),
    [
        (_STATES + _MOVE.format("B", "partner", _FILE), "'B' is no state"),
        (_STATES + _STATES.replace("states.A", "states.B") + _MOVE.format("A", "partner", _FILE), "B: no way leads there"),
        (_STATES + _MOVE.format("A", "partner", ""), "nothing shows it"),
        (_STATES + _MOVE.format("A", "provider", '{ what = "x", requirement = "MI-01" }'), "a document of the provider's"),
        (_STATES + _MOVE.format("A", "partner", '{ what = "x", requirement = "MI-99" }'), "MI-99 is no requirement"),
        (_STATES + _MOVE.format("A", "partner", '{ what = "x", purpose = "nothing" }'), "'nothing' is no purpose"),
        (_STATES + _MOVE.format("A", "partner", _FILE) * 2, "is told twice"),
        (_STATES + _MOVE.format("A", "partner", _FILE) + _WATCH.format("nothing"), "nothing is no operation"),
        (_STATES + _MOVE.format("A", "partner", _FILE) + _WATCH.format("credit"), "credit does not only read"),
        (_STATES + _MOVE.format("A", "partner", _FILE) + _WATCH.format("readMember"), "'a' is no setting"),
    ],
    ids=[
        "unknown state", "unreachable", "unshown", "verdict of our own", "unknown requirement", "unknown purpose", "twice",
        "unknown probe", "writing probe", "unknown setting",
    ],
)  # fmt: skip
def test_lint_finds_what_is_wrong_with_a_process(own_mini, told, words):
    """Each way to be wrong has its complaint."""
    (own_mini / "contracts/mini/process.toml").write_text(told)

    complaints = "\n".join(process_complaints(Dossier("mini", own_mini)))

    assert re.search(words, complaints), complaints


def test_nobody_knows_where_a_partner_is_who_recorded_nothing(course):
    """Unknown, and what comes first is said all the same."""
    found = status_of(course, TUESDAY, Path("nowhere"))

    assert not found.is_known
    assert [n.state for n in found.next] == ["S0"]


def test_a_move_is_recorded_with_its_evidence_by_digest(course, mail, tmp_path):
    """Attestations are found by requirement, files are digested; the status is where one moved to."""
    for requirement in ("LP-REG-01", "LP-REG-09"):
        _attest(course, requirement)

    made = move(course, _wanted("S0", mail), NOW)

    found = status_of(course, TUESDAY, tmp_path)
    assert {(p.kind, p.name) for p in made.evidence} == {
        ("file", "mail.eml"),
        ("attestation", "LP-REG-01"),
        ("attestation", "LP-REG-09"),
    }
    assert all(len(p.sha256) == 64 for p in made.evidence)
    assert (found.standing.state, found.standing.moves) == ("S0", (made,))
    assert "LP-REG-01" not in found.open
    assert "LP-REG-02" in found.open


def test_production_is_not_reached_before_it_was_approved(course, mail):
    """S7 from S3 is no way; what may come next is said, and whose move it is."""
    _at(course, "S3")

    with pytest.raises(
        UsageError, match=r"from S3 \(PROD_PENDING\) no way leads to S7 .*S4 \(LATAM's API team: asks for evidence\)"
    ):
        move(course, _wanted("S7", mail), NOW)


@pytest.mark.parametrize(
    ("at", "wanted"), [("S5", "S8"), ("S12", "S13"), ("S11", "S14"), ("S16", "S17"), ("S2", "S15")]
)
def test_no_state_is_skipped(course, mail, at, wanted):
    """Assisted production before approval, scheduling before completion, a fallback out of steady operation: none of it is a way."""
    _at(course, at)

    with pytest.raises(UsageError, match="no way leads to"):
        move(course, _wanted(wanted, mail), NOW)

    assert standing(course.log).state == at


@pytest.mark.parametrize("verdict", ["S16", "S17"])
def test_a_partner_cannot_declare_the_verdict(course, verdict, tmp_path):
    """What the provider decides takes the provider's document: a bundle or a statement of ours is none, and nothing is less."""
    _at(course, "S15")
    ours = tmp_path / "ours.json"
    ours.write_bytes(stated("attestation", {"a.pdf": "a" * 64}, {"requirement": "LP-CUT-09"}, new_private()))
    (tmp_path / "accredit-x.zip").write_bytes(b"PK")
    _attest(course, "LP-CUT-09")

    for shown in ((), ("LP-CUT-09",), (str(ours),), (str(tmp_path / "accredit-x.zip"),)):
        with pytest.raises(
            UsageError, match=r"written verdict: 1 to be shown as a file, 0 given.*only their own document"
        ):
            move(course, _wanted(verdict, *shown), NOW)


def test_the_providers_document_makes_the_verdict(course, mail):
    """With it, the verdict is on record; before the days were over that is noted."""
    _at(course, "S15", date(2026, 11, 24))

    made = move(course, _wanted("S16", mail), NOW)

    assert made.notes == ("before the monitored days end, 2026-11-26 by reading A",)


def test_evidence_that_is_missing_is_asked_for(course, mail):
    """A ticket that nobody attested, a bundle that is none, a file that is not there or empty: the message says what to show."""
    _at(course, "S7")
    with pytest.raises(UsageError, match=r"no attestation of LP-AP-02 is on file.*accredit attest LP-AP-02"):
        move(course, _wanted("S8", mail), NOW)
    _attest(course, "LP-AP-02")
    with pytest.raises(UsageError, match="neither a requirement of LATAM Pass nor a file"):
        move(course, _wanted("S8", "nothing.pdf"), NOW)
    _at(course, "S4")
    with pytest.raises(UsageError, match=r"name the sealed bundle for latam_pass\.approval"):
        move(course, _wanted("S5", mail), NOW)


def test_an_attestation_out_of_date_shows_nothing(course):
    """What was shown until yesterday has to be shown anew."""
    _at(course, "S7")
    _attest(course, "LP-AP-02", last_day="2026-11-23")

    with pytest.raises(UsageError, match="no attestation of LP-AP-02"):
        move(course, _wanted("S8"), NOW)


@pytest.mark.parametrize(
    ("otherwise", "words"),
    [
        ({"key": new_private()}, "nobody's of \\[people\\]"),
        ({"by": "Bob"}, "in the name of Bob, signed with the key of Ada"),
        ({"provider": "points"}, "of points"),
        ({"shown_on": "2026-11-25"}, "dated 2026-11-25, which is after"),
        ({"document": b"another"}, "the document a.pdf is not there"),
    ],
)
def test_a_word_that_the_gate_would_not_take_shows_no_move(course, otherwise, words):
    """A stranger's, one in another's name, of another provider, dated ahead, or whose document is another: refused, and still open."""
    _at(course, "S7")
    _attest(course, "LP-AP-02", **otherwise)

    with pytest.raises(UsageError, match=f"no attestation of LP-AP-02 counts .*{words}"):
        move(course, _wanted("S8"), NOW)
    assert "LP-AP-02" not in course.attested(TUESDAY)


def test_an_altered_attestation_is_found(course):
    """Nothing rests on a statement that somebody changed."""
    _at(course, "S7")
    _attest(course, "LP-AP-02")
    [path] = course.folder.glob("attestations/*.json")
    path.write_bytes(path.read_bytes().replace(b"A", b"B", 1))

    with pytest.raises(BundleRefused):
        move(course, _wanted("S8"), NOW)


@pytest.fixture
def going_live(own_mini, tmp_path, sealed) -> Course:
    """A partner of the miniature programme, whose one move takes a bundle."""
    told = _STATES + _MOVE.format("A", "partner", '{ what = "bundle", purpose = "going_live" }')
    (own_mini / "contracts/mini/process.toml").write_text(told)
    facts, key = partner_facts(None, Dossier("mini", own_mini).provider), sealed.output.parent / "signing.pub"
    return Course(Dossier("mini", own_mini), facts, tmp_path / "statements", trusted=load_public(key))


def test_a_simulators_bundle_is_no_evidence_for_a_provider(going_live, sealed):
    """The purpose takes certification; a simulator's bundle is a draft, however sound."""
    with pytest.raises(UsageError, match="is of mini, simulator; going_live takes certification"):
        move(going_live, _wanted("A", str(sealed.bundle)), NOW)


@pytest.mark.parametrize("connect_to", ["", "127.0.0.1:8443"])
def test_a_bundle_counts_when_the_provider_was_reached(going_live, sealed, tmp_path, connect_to):
    """Sound, of certification, for the purpose: its digest is on record. A rehearsal's is refused."""
    bundle = certified(sealed, tmp_path / "again", lambda records: records[0].update(connect_to=connect_to))

    if connect_to:
        with pytest.raises(UsageError, match="nothing of the provider itself: a rehearsal of certification at "):
            move(going_live, _wanted("A", str(bundle)), NOW)
    else:
        assert move(going_live, _wanted("A", str(bundle)), NOW).evidence == (
            Proof(kind="bundle", name=bundle.name, sha256=digest(bundle)),
        )


def test_a_bundle_that_somebody_else_signed_is_refused(going_live, sealed, tmp_path):
    """However sound: by a stranger's key, and by any key where nobody said which one is the partner's."""
    make_key(tmp_path / "stranger.key")
    ours = certified(sealed, tmp_path / "again")
    theirs = claiming(ours, tmp_path / "stranger.key", tmp_path / ours.name)

    for bundle, course in ((theirs, going_live), (ours, replace(going_live, trusted=None))):
        with pytest.raises(UsageError, match="is not shown to be authentic: signed with key"):
            move(course, _wanted("A", str(bundle)), NOW)


def test_a_bundle_that_claims_another_verdict_is_refused(going_live, sealed, tmp_path):
    """Also when it is the partner's own key that signed the claim."""
    bundle = certified(sealed, tmp_path / "again")
    lie = claiming(bundle, sealed.output.parent / "signing.key", tmp_path / bundle.name, verdict="failed")

    with pytest.raises(UsageError, match="is not shown to be re-judged"):
        move(going_live, _wanted("A", str(lie)), NOW)


def test_an_altered_bundle_is_refused(going_live, sealed, tmp_path):
    """A bundle that was changed after sealing shows nothing."""
    data = bytearray(sealed.bundle.read_bytes())
    data[len(data) // 2] ^= 1
    (tmp_path / sealed.bundle.name).write_bytes(data)

    with pytest.raises(UsageError, match="is not shown to be intact"):
        move(going_live, _wanted("A", str(tmp_path / sealed.bundle.name)), NOW)


def test_a_cutover_is_agreed_for_an_available_tuesday(course, mail):
    """A Monday is refused, and a day that nobody can mean; a later Tuesday than the next is noted; no day at all is asked for."""
    _at(course, "S13")

    with pytest.raises(UsageError, match="2026-11-30 is a Monday, not a Tuesday; next available: 2026-12-01"):
        move(course, _wanted("S14", mail, scheduled=date(2026, 11, 30)), NOW)
    with pytest.raises(UsageError, match="9999-12-27 is more than two years after 2026-11-24"):
        move(course, _wanted("S14", mail, scheduled=date(9999, 12, 27)), NOW)
    with pytest.raises(UsageError, match="which Tuesday was agreed on"):
        move(course, _wanted("S14", mail), NOW)
    made = move(course, _wanted("S14", mail, scheduled=date(2026, 12, 8)), NOW)

    assert made.notes == ("not the next available Tuesday, which was 2026-11-24",)
    assert standing(course.log).scheduled == date(2026, 12, 8)


def test_a_cutover_happens_on_the_day_that_was_agreed_on(course, mail):
    """Not on a Monday, nor on another Tuesday, unless that was agreed on anew."""
    _at(course, "S14", date(2026, 11, 20), scheduled=date(2026, 12, 1))

    with pytest.raises(UsageError, match="2026-11-23 is a Monday"):
        move(course, _wanted("S15", mail, on=date(2026, 11, 23)), NOW)
    with pytest.raises(UsageError, match="agreed on is 2026-12-01, not 2026-11-24"):
        move(course, _wanted("S15", mail), NOW)
    move(course, _wanted("S14", mail, scheduled=TUESDAY), NOW)
    move(course, _wanted("S15", mail), NOW)

    assert standing(course.log).state == "S15"
    assert status_of(course, TUESDAY, Path("nowhere")).to_record()["monitored"] == [
        "2026-11-24",
        "2026-11-25",
        "2026-11-26",
    ]


def test_a_fallback_that_was_late_is_noted(course, mail):
    """The verdict on Thursday, completed on Monday: recorded, and said to be late."""
    _at(course, "S17", date(2026, 11, 19))

    assert status_of(course, TUESDAY, Path("x")).overdue == (
        "the fallback decided on 2026-11-19 had to be complete by 2026-11-20",
    )
    assert move(course, _wanted("S18", mail), NOW).notes == ("late: a fallback had to be complete by 2026-11-20",)


def test_what_follows_a_fallback_is_a_setting(course, mail):
    """Nobody published it; by default the partner is asked for evidence again."""
    _at(course, "S18")

    assert move(course, _wanted("S4", mail), NOW).enters == "S4"
    assert [entered(t, {"process.afterFallback": "S0"}) for t in course.process.transition if t.leaves == "S18"] == [
        "S0"
    ]


def test_a_clock_moved_backwards_is_refused(course, mail):
    """An entry before the last one would tell another story; the clock is to be set right."""
    _at(course, "S3", date(2026, 11, 25))

    with pytest.raises(
        CannotJudge, match=r"the clock says 2026-11-24 15:00:00 UTC, the last entry was recorded at 2026-11-25 12:00:00"
    ):
        move(course, _wanted("S4", mail), NOW)


def test_a_move_lies_neither_ahead_nor_before_the_last(course, mail):
    """What has not happened is not recorded, and no move happened before the one it follows."""
    _at(course, "S3", date(2026, 11, 20))

    with pytest.raises(UsageError, match="2026-12-01 lies ahead"):
        move(course, _wanted("S4", mail, on=date(2026, 12, 1)), NOW)
    with pytest.raises(UsageError, match="2026-11-19 is before 2026-11-20"):
        move(course, _wanted("S4", mail, on=date(2026, 11, 19)), NOW)


def test_a_record_cut_off_by_a_crash_is_told_and_gone_on_with(course, mail):
    """The move that was being written is not on record; the next one says what was found."""
    _at(course, "S3")
    with course.log.open("ab") as file:
        file.write(b'{"chain":"00')

    torn = status_of(course, TUESDAY, Path("x")).standing.torn
    move(course, _wanted("S4", mail), NOW)

    assert torn == 12
    assert read_log(course.log).entries[-1]["after_torn"]["bytes"] == 12
    assert standing(course.log).state == "S4"


def test_a_refused_move_leaves_no_file(course, mail):
    """Not even an empty record."""
    with pytest.raises(UsageError):
        move(course, _wanted("S7", mail), NOW)

    assert not course.log.exists()


@pytest.mark.parametrize("provider", ["air_miles", "points"])
def test_every_state_of_the_others_can_be_walked_to(provider, tmp_path, mail, monkeypatch):
    """From the beginning along the first way each time: with attestations and files, but for the bundles."""
    office(tmp_path, {"ada": ("integration-lead",)})
    mine = course_of(Dossier(provider, ROOT), tmp_path / "accredit.toml")
    for r in mine.dossier.register.requirements:
        _attest(mine, r.id) if any(e.requirement == r.id for t in mine.process.transition for e in t.evidence) else None
    second = tmp_path / "more.pdf"
    second.write_bytes(b"%PDF")

    reached: list[str] = []
    for _ in range(8):
        state, way = mine.process.leaving(standing(mine.log).state, mine.settings)[0]
        if any(e.purpose for e in way.evidence):
            _at(mine, state)
        else:
            move(mine, _wanted(state, mail, str(second)), NOW)
        reached.append(state)

    assert reached == list(mine.process.states)[:8]


def test_the_status_is_data_for_machines(course):
    """What a pipeline reads: state, whose move, evidence, what is open."""
    _at(course, "S11")

    told = json.loads(json.dumps(status_of(course, TUESDAY, Path("x")).to_record()))

    assert told["state"] == "S11"
    assert {n["state"]: n["mover"] for n in told["next"]} == {"S13": "provider", "S12": "provider"}
    assert told["next"][0]["evidence"] == [
        {"what": "notice of completion", "requirement": "", "purpose": "", "there": None}
    ]
    assert "LP-AP-11" in told["open_requirements"]
