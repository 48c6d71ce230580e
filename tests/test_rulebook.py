"""A rulebook's sentences hold of a bundle, or are the message: each is made to fail by a bundle altered in that one respect."""

import dataclasses
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from accredit.evidence.keys import load_public, make_key
from accredit.model.errors import UsageError
from accredit.model.fuzzing import FuzzFinding
from accredit.model.gherkin import sentences_of
from accredit.model.reply import Reply
from accredit.release.rulebook import held_against, rulebook_in
from accredit.release.rules import RULES
from accredit.release.shown import shown_by
from accredit.suite.catalogue import Dossier, provider_names
from tests.conftest import MINI, ROOT, accredit, rewritten
from tests.resealing import Records, resealed

TODAY = date(2026, 11, 21)
BOOK = "contracts/mini/rulebooks/going_live.feature"
NOT_YET = {
    "no secret and no personal value was found in it",
    "every must that a person or the partner's own traffic shows is attested",
    "every must of MI that a person or the partner's own traffic shows is attested",
    "the approvers are named",
    "production did what certification did",
    "production did what certification did, credit among it",
}
"""What no bundle can show yet."""


def _certified(records: Records) -> None:
    """As if the provider itself had been reached that day, by the scenarios that are not the simulator's alone."""
    alone = "mini/points: An old token is refused"
    assert any(e["scenario"] == alone for e in records[0]["expected"])
    records[0]["expected"] = [e for e in records[0]["expected"] if e["scenario"] != alone]
    records[:] = [r for r in records if r.get("scenario") != alone or r["kind"] == "exchange"]
    for record in records:
        if record["kind"] == "collected":
            record["scenarios"] = [id_ for id_ in record["scenarios"] if id_ != alone]
    records[0] |= {"environment": "certification", "started_at": f"{TODAY}T10:00:00.000Z"}


def _header(**facts: object) -> Callable[[Records], None]:
    return lambda records: records[0].update(facts)


def _outcome(requirement: str, outcome: str) -> Callable[[Records], None]:
    def change(records: Records) -> None:
        for record in records:
            if record["kind"] == "finding" and record["requirement"] == requirement:
                record |= {"outcome": outcome, "what": "points", "wanted": "120", "got": "240"}

    return change


def _first_exchange(change: Callable[[dict], None]) -> Callable[[Records], None]:
    return lambda records: change(next(r for r in records if r["kind"] == "exchange"))


def _delivered(records: Records) -> None:
    last = max((r for r in records if r["kind"] == "exchange"), key=lambda r: r["number"])
    records.insert(-1, {**last, "number": last["number"] + 1, "direction": "incoming", "delivery": "forged"})


def _fuzzed(accepted: list[dict[str, str]], found: bool) -> Callable[[Records], None]:
    profile = {"name": "ci", "cases": 0, "chains": 0, "types": 99}
    told = {
        "profile": profile,
        "seed": 1,
        "engine": "",
        "consent": "",
        "rounds": [],
        "left": [],
        "accepted": accepted,
        "shown_by": {"other": []},
    }

    def change(records: Records) -> None:
        records[0]["fuzz"] = told
        if found:
            records.insert(-1, FINDING)

    return change


FINDING = FuzzFinding("getMember", "status", "500", "an undocumented status", "coverage", "c1").to_record()
ACCEPTED = {
    "finding": "F-1", "environment": "certification", "operation": "other", "owner": "Ada", "reason": "known", "ticket": "T-1", "last_day": "2026-11-20"
}  # fmt: skip


@pytest.fixture(scope="module")
def made(sealed, tmp_path_factory):
    """Makes a bundle that is altered in some respect from one that holds."""

    def make(change: Callable[[Records], None] = lambda _: None, rewrite: Callable[[Path], None] | None = None) -> Path:
        def both(records: Records) -> None:
            _certified(records)
            change(records)

        key = sealed.output.parent / "signing.key"
        return resealed(sealed.folder, MINI, key, tmp_path_factory.mktemp("b"), both, rewrite)

    return make


@pytest.fixture(scope="module")
def key(sealed):
    return load_public(sealed.output.parent / "signing.pub")


def _not_held(bundle: Path, key, today: date = TODAY) -> dict[str, Reply]:
    """Sentence → answer, of those that do not hold."""
    _, shown = shown_by(bundle, key, today)
    assert shown is not None
    held = held_against(shown, rulebook_in(shown, "mini", "going_live"), BOOK)
    return {one.sentence.text: one.ruling.reply for one in held if one.ruling.reply is not Reply.YES}


def test_of_a_good_bundle_only_what_no_bundle_can_show_is_open(made, key):
    """Every other sentence holds; what cannot be shown yet is unknown, never yes."""
    assert _not_held(made(), key) == dict.fromkeys(NOT_YET, Reply.UNKNOWN)


CASES = [
    ("it is complete", lambda r: r.pop(), None, Reply.NO, {"the run passed": Reply.UNKNOWN}),
    ("the run was made in certification", _header(environment="production"), None, Reply.NO, None),
    ("the provider itself was reached", _header(connect_to="127.0.0.1:8443"), None, Reply.NO, {}),
    ("each request kept to the headers and paths of its environment",
     _first_exchange(lambda e: e["request"].update(headers=[])), None, Reply.NO, {}),
    ("nothing was made wrong on purpose", _header(defects=["credits_a_repeat"]), None, Reply.NO, {"the run passed": Reply.UNKNOWN}),
    ('the run is no older in days than "evidence.mostDays"', _header(started_at="2026-10-21T23:59:59.999Z"), None, Reply.NO, {}),
    ("no scenario was left out by choice", _header(only=["MI-01", "MI-02", "MI-05"]), None, Reply.NO, {}),
    ("the run passed", _outcome("MI-05", "cannot_judge"), None, Reply.UNKNOWN,
     {"every requirement of MI that scenarios show here passed": Reply.UNKNOWN}),
    ("every requirement of MI that scenarios show here passed", _outcome("MI-01", "failed"), None, Reply.NO, {"the run passed": Reply.NO}),
    ("MI-02 passed", _outcome("MI-02", "failed"), None, Reply.NO,
     {"the run passed": Reply.NO, "every requirement of MI that scenarios show here passed": Reply.NO}),
    ("every answer fits the contract", _first_exchange(lambda e: e.update(misfits=["the body: points: is no integer"])), None, Reply.NO,
     {"the run passed": Reply.UNKNOWN}),
    ("every delivery is as promised", _delivered, None, Reply.NO, {"the run passed": Reply.UNKNOWN}),
    ("no finding of generated requests is open", _fuzzed([], True), None, Reply.NO, {"the run passed": Reply.NO}),
    ("no accepted finding is past its last day", _fuzzed([ACCEPTED], False), None, Reply.NO, {"the run passed": Reply.NO}),
    ("every open requirement says who shows it and how", lambda _: None,
     lambda s: (s / "contracts/mini/requirements.toml").write_text(
         (s / "contracts/mini/requirements.toml").read_text().replace('reason = "The partner\'s signatory shows it."\n', "")),
     Reply.NO, {}),
]  # fmt: skip


@pytest.mark.parametrize(("sentence", "change", "rewrite", "reply", "also"), CASES, ids=[c[0] for c in CASES])
def test_each_rule_fails_on_a_bundle_altered_in_that_respect(made, key, sentence, change, rewrite, reply, also):
    """The sentence does not hold, and but for what follows from it every other does."""
    found = _not_held(made(change, rewrite), key)

    assert found[sentence] is reply
    if also is not None:
        assert found == dict.fromkeys(NOT_YET, Reply.UNKNOWN) | {sentence: reply} | also


def test_a_bundle_of_another_signer_is_not_authentic(made, tmp_path):
    """The key given is the one it must be signed with; without one nobody knows."""
    make_key(tmp_path / "other.key")
    bundle = made()

    assert _not_held(bundle, load_public(tmp_path / "other.pub"))["it is signed with the key given"] is Reply.NO
    assert _not_held(bundle, None)["it is signed with the key given"] is Reply.UNKNOWN


def test_an_accepted_finding_expires_while_the_bundle_lies(made, key):
    """What held on the day of the run does not hold for ever: the day comes from whoever asks."""
    entry = {**ACCEPTED, "last_day": "2026-11-25"}

    assert (
        _not_held(made(_fuzzed([entry], False)), key, date(2026, 11, 26))["no accepted finding is past its last day"]
        is Reply.NO
    )


def test_evidence_from_tomorrow_is_not_fresh(made, key):
    """A run that lies after the day it is asked of says nothing of its age."""
    replies = _not_held(made(), key, date(2026, 11, 20))

    assert replies['the run is no older in days than "evidence.mostDays"'] is Reply.UNKNOWN


def test_a_bundle_that_was_searched_for_secrets_says_so(made, key):
    """What the search told of itself is believed of the very files it names; one for nothing, or of other files, is none."""
    _, shown = shown_by(made(), key, TODAY)
    rule = dict(RULES)["no secret and no personal value was found in it"]
    good = {"scanned": True, "values": 12, "found": 0, "closed": [], "files": dict(shown.digests)}

    def reply(**otherwise: object) -> Reply:
        return rule(dataclasses.replace(shown, scan={**good, **otherwise})).reply

    assert reply() is Reply.YES
    assert reply(found=1) is Reply.NO
    assert reply(scanned=False) is Reply.UNKNOWN
    assert reply(values=0) is Reply.UNKNOWN
    assert reply(closed=["report.pdf, stream 3"]) is Reply.UNKNOWN
    assert reply(files={**shown.digests, "report.html": "0" * 64}) is Reply.UNKNOWN


def test_every_sentence_there_is_has_a_case():
    """A rule that was never seen to fail proves nothing."""
    said = {s.text for s in sentences_of((MINI / BOOK).read_text(), BOOK)}
    tried = {c[0] for c in CASES} | NOT_YET
    elsewhere = {
        "the bundle is intact",
        "it is signed with the key given",
        "judging its records again gives the same answer",
        "no waiver is past its last day",  # test_attachments
    }

    assert said == tried | elsewhere
    assert len(said) == len(RULES)


@pytest.mark.parametrize("name", provider_names(ROOT))
def test_each_provider_has_rulebooks_that_name_its_own_requirements(name):
    """A prefix or an id that the register lacks could never fail."""
    about = Dossier(name, ROOT)
    for purpose in about.correspondence.purposes:
        text = (about.folder / "rulebooks" / f"{purpose.name}.feature").read_text()
        for sentence in sentences_of(text, purpose.name):
            for word in sentence.text.split():
                if word.isupper() and "-" in word:
                    assert any(id_.startswith(word.rstrip(",")) for id_ in about.register.ids), sentence.text


# The command line.


def test_an_altered_bundle_is_not_intact(sealed, tmp_path):
    """Nothing in it is believed, its rulebook neither: the verifier's reason is printed, exit code 1."""
    altered = rewritten(sealed.bundle, tmp_path / "b.zip", lambda files: files.update({"report.html": b""}))
    ended = accredit("lint", altered, "--for", "mini.going_live", "--suite", MINI)

    assert ended.returncode == 1
    assert ended.stdout.startswith("no       the bundle is intact\n")


def test_a_bundle_whose_records_say_something_else_is_found(made, sealed, tmp_path):
    """A manifest that claims more than its records, signed by the right key, is printed as the sentence it breaks."""
    from tests.resealing import claiming

    bundle = claiming(
        made(_outcome("MI-05", "cannot_judge")),
        sealed.output.parent / "signing.key",
        tmp_path / "b.zip",
        verdict="passed",
    )
    ended = accredit(
        "lint", bundle, "--for", "mini.going_live", "--suite", MINI, "--key", sealed.output.parent / "signing.pub"
    )

    assert ended.returncode == 1
    assert "no       judging its records again gives the same answer\n" in ended.stdout


def test_the_sentence_is_the_message(made, sealed):
    """What does not hold is printed as it stands, with what was got; 3 when nothing is no and something unknown."""
    ended = accredit(
        "lint",
        made(),
        "--for",
        "mini.going_live",
        "--suite",
        MINI,
        "--key",
        sealed.output.parent / "signing.pub",
        "--on",
        TODAY,
    )

    assert ended.returncode == 3, ended.stdout + ended.stderr
    assert (
        "unknown  the approvers are named\n         got: a bundle does not say who signed it off; --statements names where that is kept\n"
        in ended.stdout
    )
    assert ended.stdout.endswith("25 rules, 19 yes, 0 no, 6 unknown\nanswer: unknown\n")


def test_a_rulebook_all_of_which_holds_answers_yes(made, sealed, tmp_path):
    """One may bring one's own rulebook; exit code 0."""
    (tmp_path / "mine.feature").write_text(
        "Feature: Mine\n  Scenario: Short\n    Then the bundle is intact\n    And MI-02 passed\n"
    )
    ended = accredit(
        "lint", made(), "--for", "mini.going_live", "--suite", MINI, "--rulebook", tmp_path / "mine.feature"
    )

    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert ended.stdout.endswith("2 rules, 2 yes, 0 no, 0 unknown\nanswer: yes\n")


def test_a_bundle_cannot_bring_laxer_rules_of_its_own(made):
    """A rulebook, a register or settings other than ours leave the answer unknown, and are named."""

    def lax(suite: Path) -> None:
        (suite / BOOK).write_text("Feature: x\n  Scenario: y\n    Then the bundle is intact\n")

    ended = accredit("lint", made(rewrite=lax), "--for", "mini.going_live", "--suite", MINI)

    assert ended.returncode == 3
    assert f"got: others: {BOOK}" in ended.stdout


def test_a_bundle_cannot_bring_laxer_scenarios_of_its_own(made):
    """All that a run was judged by counts, not its register alone."""
    name = "features/mini/points.feature"

    def lax(suite: Path) -> None:
        (suite / name).write_text((suite / name).read_text().replace("    Then the member has 120 points more\n", ""))

    ended = accredit("lint", made(rewrite=lax), "--for", "mini.going_live", "--suite", MINI)

    assert ended.returncode == 3
    assert f"got: others: {name}" in ended.stdout


def test_an_unknown_sentence_is_named_with_file_and_line(made, tmp_path):
    """Nobody guesses what a sentence means: exit code 2."""
    (tmp_path / "mine.feature").write_text("Feature: Mine\n  Scenario: Short\n    Then all is well\n")
    ended = accredit(
        "lint", made(), "--for", "mini.going_live", "--suite", MINI, "--rulebook", tmp_path / "mine.feature"
    )

    assert ended.returncode == 2
    assert f"{tmp_path / 'mine.feature'}:3: nobody knows the sentence 'all is well'" in ended.stderr


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--for", "mini.elsewhere"], "carries no rulebook for mini.elsewhere; it carries mini.going_live"),
        (["--for", "maxi.going_live"], "the bundle is of mini, --for says maxi"),
        (["--for", "mini"], "one bundle and one purpose"),
        ([], "is a bundle: say what for, --for mini.going_live"),
        (["--for", "mini.going_live", "--on", "soon"], "--on soon: no day"),
    ],
)
def test_a_question_that_makes_no_sense_is_refused(sealed, arguments, says):
    """Exit code 2, with what to name instead."""
    ended = accredit("lint", sealed.bundle, *arguments, "--suite", MINI)

    assert ended.returncode == 2, ended.stdout
    assert says in ended.stderr


def test_a_rulebook_without_a_sentence_is_refused():
    """It would be content with every bundle."""
    with pytest.raises(UsageError, match="every bundle would do"):
        sentences_of("Feature: x\n", "x.feature")


def test_the_lint_misses_a_rulebook_and_finds_an_unknown_sentence(own_mini):
    """Before any bundle is there, `accredit lint` reads the rulebooks too."""
    book = own_mini / BOOK
    book.write_text(book.read_text().replace("MI-02 passed", "MI-02 is fine"))
    ended = accredit("lint", "--suite", own_mini)
    book.unlink()
    missing = accredit("lint", "--suite", own_mini)

    assert f"{BOOK}:18: nobody knows the sentence 'MI-02 is fine'" in ended.stdout
    assert f"{BOOK}: does not exist" in missing.stdout
    assert (ended.returncode, missing.returncode) == (1, 1)
