"""`accredit compare` on sealed bundles: what is refused, what is declared, what is kept, what a rulebook makes of it."""

import hashlib
import json
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from accredit.cli import main
from accredit.evidence.keys import load_public, make_key
from accredit.evidence.statements import kept_in
from accredit.model.keys import key_id
from accredit.model.parity.comparison import Answer
from accredit.model.parity.left_out import NotCompared
from accredit.model.reply import Reply
from accredit.release import parity
from accredit.release.pair import pair_of
from accredit.release.rules import rule_for
from accredit.release.shown import shown_by
from tests.conftest import MINI, Ended, rewritten
from tests.resealing import Records, resealed

TODAY = "2026-11-21"
PRODUCTION_ALONE = ("mini/points: The member who was asked for is shown", "mini/points: Gold is told")
CERTIFIED = (*PRODUCTION_ALONE, "mini/points: A repeated credit counts once")
SENTENCE = "production did what certification did"
BUDGET = {"file": "b.toml", "sha256": "0" * 64, "ticket": "T-1", "ticket_points": 1, "ticket_requests": 1, "start": f"{TODAY}T00:00:00Z",
          "end": f"{TODAY}T23:00:00Z", "points_total": 1, "points_each": 1, "operations": {"credit": 1}, "roles": {}, "signed": [],
          "left_out": {}}  # fmt: skip
Change = Callable[[Records], None]
Make = Callable[..., Path]


def _confined(records: Records, scenarios: tuple[str, ...]) -> None:
    records[0]["expected"] = [e for e in records[0]["expected"] if e["scenario"] in scenarios]
    records[:] = [r for r in records if r.get("scenario", scenarios[0]) in scenarios or r["kind"] == "exchange"]
    for record in records:
        if record["kind"] == "collected":
            record["scenarios"] = [id_ for id_ in record["scenarios"] if id_ in scenarios]
        if record["kind"] == "exchange" and record["scenario"] not in scenarios:
            record["scenario"] = ""


def certified(records: Records) -> None:
    """As if certification had been reached."""
    _confined(records, CERTIFIED)
    records[0] |= {"environment": "certification", "base_url": "https://api.mini.example/rehearsal"}
    _moved(records, "certification", "https://api.mini.example/rehearsal")


def produced(records: Records) -> None:
    """As if production had been, by another run."""
    _confined(records, PRODUCTION_ALONE)
    records[0] |= {"environment": "production", "base_url": "https://api.mini.example", "run": "20261122T100000-abcdef"}
    _moved(records, "production", "https://api.mini.example")
    for exchange in _exchanges(records):
        exchange["request"]["headers"] = [pair for pair in exchange["request"]["headers"] if pair[0] != "x-rehearsal"]


def wrote(records: Records) -> None:
    """As if production had been under a budget, so that it was written to as well."""
    _confined(records, CERTIFIED)
    records[0] |= {
        "environment": "production",
        "base_url": "https://api.mini.example",
        "run": "20261122T100000-abcdef",
        "budget": BUDGET,
    }
    _moved(records, "production", "https://api.mini.example")
    for exchange in _exchanges(records):
        exchange["request"]["headers"] = [pair for pair in exchange["request"]["headers"] if pair[0] != "x-rehearsal"]


def _moved(records: Records, environment: str, base: str) -> None:
    for exchange in _exchanges(records):
        exchange["environment"] = environment
        exchange["request"]["url"] = re.sub(r"https://localhost:\d+(/rehearsal)?", base, exchange["request"]["url"])


def _exchanges(records: Records) -> Records:
    return [record for record in records if record["kind"] == "exchange"]


def _answers(records: Records, change: Callable[[Any], None]) -> None:
    for exchange in _exchanges(records):
        if exchange["operation"] == "readMember":
            told = json.loads(exchange["response"]["body"])
            change(told)
            exchange["response"]["body"] = json.dumps(told)


def hides_gold(records: Records) -> None:
    _answers(records, lambda told: told.pop("gold", None))


def nothing(_: Records) -> None:
    pass


@pytest.fixture(scope="module")
def make(sealed: Ended, tmp_path_factory: pytest.TempPathFactory) -> Make:
    """A bundle of the miniature's, as if made there, changed in some respect. Each is made once."""
    made: dict[tuple[Any, ...], Path] = {}

    def one(
        where: Change, change: Change = nothing, key: Path | None = None, rewrite: Callable[[Path], None] | None = None
    ) -> Path:
        def both(records: Records) -> None:
            where(records)
            change(records)

        if (where, change, key, rewrite) not in made:
            signing = key or sealed.output.parent / "signing.key"
            made[where, change, key, rewrite] = resealed(
                sealed.folder, MINI, signing, tmp_path_factory.mktemp("b"), both, rewrite
            )
        return made[where, change, key, rewrite]

    return one


@pytest.fixture
def key(sealed: Ended) -> Path:
    return sealed.output.parent / "signing.key"


def _compare(folder: Path, first: Path, second: Path, *more: object) -> Result:
    arguments = ["compare", first, second, "--output", folder / "out", "--partner", folder / "accredit.toml", *more]
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


@pytest.fixture
def partner(tmp_path: Path) -> Path:
    """The partner's folder."""
    (tmp_path / "accredit.toml").write_text("")
    return tmp_path


def _declare(folder: Path, **otherwise: str) -> None:
    entry = {"operation": "readMember", "place": "response.body.gold", "kind": "field-missing", "reason": "not sold there",
             "approver": "Ada", "ticket": "T-1", "last_day": "2026-12-31"} | otherwise  # fmt: skip
    lines = [f'{name} = "{value}"' if name != "last_day" else f"{name} = {value}" for name, value in entry.items()]
    (folder / "parity.toml").write_text("\n".join(["[[mini.declared]]", *lines, ""]))


def test_the_same_is_sealed_and_kept(make: Make, partner: Path, key: Path) -> None:
    """Exit 0; the record is signed over both bundles and the page, tells what was left out, and is kept beside accredit.toml."""
    first, second = make(certified), make(produced)
    ended = _compare(partner, first, second, "--key", key.with_suffix(".pub"), "--sign-with", key)
    [(path, kept)] = kept_in(partner / "statements" / "mini", "parity").items()
    [page] = (partner / "out").glob("*.html")

    assert ended.exit_code == 0, ended.output
    assert path.parent.name == "parities"
    digests = {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in (first, second, page)}
    assert dict(kept.subject) == digests
    assert kept.predicate["answer"] == "same"
    assert kept.predicate["scenarios_compared"] == len(PRODUCTION_ALONE)
    [left] = kept.predicate["not_compared"]
    assert (left["scenario"], left["why"]) == (CERTIFIED[2], "production may never run it")


def test_the_same_bundles_and_key_give_the_same_bytes(make: Make, partner: Path, key: Path) -> None:
    """On whatever day."""
    for folder, day in (("a", "2026-11-21"), ("b", "2027-03-01")):
        _compare(
            partner, make(certified), make(produced), "--sign-with", key, "--output", partner / folder, "--on", day
        )

    assert len(kept_in(partner / "statements" / "mini", "parity")) == 1
    written = [sorted((p.name, p.read_bytes()) for p in (partner / folder).iterdir()) for folder in ("a", "b")]
    assert written[0] == written[1]


def test_a_difference_is_a_finding(make: Make, partner: Path, key: Path) -> None:
    """Exit 1, with its id, what was expected and got, and the exchanges on both sides."""
    ended = _compare(partner, make(certified), make(produced, hides_gold), "--key", key.with_suffix(".pub"))

    assert ended.exit_code == 1, ended.output
    assert re.search(r"P-[0-9a-f]{8} technical: A field is missing in production.\n  readMember response.body.gold\n"
                     r"  expected: boolean\n  got:      not there\n  .*\(exchange \d+ and \d+", ended.output)  # fmt: skip
    assert "record:  not signed" in ended.output


@pytest.mark.parametrize(
    ("declared", "code", "says"),
    [
        ({}, 0, "0 findings, 2 differences declared"),
        ({"last_day": "2026-11-20"}, 1, "declared until 2026-11-20: readMember, response.body.gold"),
        ({"place": "response.body.silver"}, 1, "declared and not found any more: readMember, response.body.silver"),
        ({"scenario": PRODUCTION_ALONE[0]}, 1, "1 findings, 1 differences declared"),
        ({"approver": " "}, 2, "approver is empty"),
        ({"kind": "colour"}, 2, "kind is 'colour'"),
        ({"colour": "red"}, 2, "colour"),
    ],
)
def test_what_is_declared_is_excused_until_its_day(
    make: Make, partner: Path, declared: dict[str, str], code: int, says: str
) -> None:
    """Somebody answers for it; what excuses nothing, or not any more, fails."""
    _declare(partner, **declared)
    ended = _compare(partner, make(certified), make(produced, hides_gold), "--on", TODAY)

    assert ended.exit_code == code, ended.output
    assert says in ended.output


def test_what_is_not_clear_is_no_reason_to_call_a_declaration_idle(make: Make, partner: Path) -> None:
    """Where a scenario could not be judged nobody knows whether what was declared is still there: unknown, and no "different"."""
    _declare(partner, place="response.body.silver")
    pair = pair_of(make(certified), make(produced), None)
    whole = parity.compare_pair(pair, parity.declared_by(partner / "accredit.toml", "mini"), date.fromisoformat(TODAY))
    unclear = NotCompared("a scenario", "it could not be judged", unclear=True)

    part = replace(whole, comparison=replace(whole.comparison, not_compared=(unclear,)))

    assert (whole.answer, part.answer) == (Answer.DIFFERENT, Answer.UNKNOWN)


def _marked(records: Records) -> None:
    _exchanges(records)[0]["request"]["headers"].append(["x-rehearsal", "yes"])


def _unmarked(records: Records) -> None:
    for exchange in _exchanges(records):
        exchange["request"]["headers"] = [pair for pair in exchange["request"]["headers"] if pair[0] != "x-rehearsal"]


def _under_rehearsal(records: Records) -> None:
    records[0]["base_url"] = "https://api.mini.example/rehearsal"
    for exchange in _exchanges(records):
        exchange["request"]["url"] = exchange["request"]["url"].replace(".example/", ".example/rehearsal/")


@pytest.mark.parametrize(
    ("first", "second", "place"),
    [
        (nothing, _marked, "request.header.x-rehearsal"),
        (_unmarked, nothing, "request.header.x-rehearsal"),
        (nothing, _under_rehearsal, "request.url.base"),
    ],
)
def test_what_must_differ_and_does_not_is_a_finding(
    make: Make, partner: Path, first: Change, second: Change, place: str
) -> None:
    """The mark of test is there in test, and nowhere in production; the base URL is another."""
    ended = _compare(partner, make(certified, first), make(produced, second))

    assert ended.exit_code == 1, ended.output
    assert "What must differ, or must be there on one side only, is not so." in ended.output
    assert place in ended.output


def _cannot_judge(records: Records) -> None:
    for record in records:
        if record["kind"] in ("finding", "step") and record["scenario"] == PRODUCTION_ALONE[1]:
            record["outcome"] = "cannot_judge"


def test_a_scenario_that_could_not_be_judged_leaves_it_unknown(make: Make, partner: Path) -> None:
    """Exit 3: silence is no agreement."""
    ended = _compare(partner, make(certified), make(produced, _cannot_judge))

    assert ended.exit_code == 3, ended.output
    assert f"{PRODUCTION_ALONE[1]}: production could not judge it" in ended.output


def _writes_left_out(records: Records) -> None:
    """A budget for credits, and the user's choice of what reads."""
    _confined(records, PRODUCTION_ALONE[:1])
    records[0] |= {"only": ["MI-01"], "budget": BUDGET}


def _may_be_budgeted(suite: Path) -> None:
    register = suite / "contracts/mini/requirements.toml"
    register.write_text(register.read_text().replace('production = "never"', 'production = "writes"', 1))


def test_writes_that_a_budget_allowed_are_left_out_by_choice(make: Make, partner: Path) -> None:
    """A run of production that left out what its budget covered is told as a choice, and that no write was compared."""
    first, second = (
        make(certified, rewrite=_may_be_budgeted),
        make(produced, _writes_left_out, rewrite=_may_be_budgeted),
    )
    pair = pair_of(first, second, None)

    comparison = parity.compare_pair(pair, (), date.fromisoformat(TODAY)).comparison

    chosen = {n.scenario: n.chosen for n in comparison.not_compared}
    assert chosen["mini/points: A repeated credit counts once"] is True
    assert comparison.writes_compared == ()


def _another_version(records: Records) -> None:
    records[0]["suite_version"] = "99.0"


def _cut_off(records: Records) -> None:
    records.pop()


def _other_features(suite: Path) -> None:
    feature = suite / "features/mini/points.feature"
    feature.write_text(f"{feature.read_text()}\n# otherwise\n")


def _other_tickets(suite: Path) -> None:
    words = suite / "contracts/mini/tickets/en.toml"
    words.write_text(f"{words.read_text()}\n# otherwise\n")


def _of_another_provider(records: Records) -> None:
    records[0]["provider"] = "maxi"


@pytest.mark.parametrize(
    ("first", "second", "rewrite", "code", "says"),
    [
        ((produced,), (certified,), None, 2, "the order is: certification, then production"),
        ((certified,), (certified, hides_gold), None, 2, "was made in certification"),
        ((certified,), (produced, _another_version), None, 2, "two suites do not ask the same"),
        ((certified,), (produced,), _other_features, 2, "judged by other files, features/mini/points.feature"),
        ((certified,), (produced, _cut_off), None, 1, "not shown to be complete"),
    ],
)
def test_what_does_not_belong_together_is_refused(
    make: Make, partner: Path, first: Any, second: Any, rewrite: Any, code: int, says: str
) -> None:
    """With the reason; nothing is written."""
    ended = _compare(partner, make(*first), make(*second, rewrite=rewrite) if rewrite else make(*second))

    assert ended.exit_code == code, ended.output
    assert says in ended.output
    assert not (partner / "out").exists()


def test_tickets_and_rulebooks_may_have_changed(make: Make, partner: Path) -> None:
    """Nobody is judged by them."""
    assert _compare(partner, make(certified), make(produced, rewrite=_other_tickets)).exit_code == 0


def test_a_bundle_is_not_compared_with_itself(make: Make, partner: Path, tmp_path: Path) -> None:
    """Under another name neither."""
    copy = tmp_path / "copy.zip"
    copy.write_bytes(make(produced).read_bytes())
    ended = _compare(partner, make(produced), copy)

    assert ended.exit_code == 2
    assert "are the same bundle" in ended.output


def test_an_altered_or_foreign_bundle_is_refused(make: Make, partner: Path, key: Path, tmp_path: Path) -> None:
    """Exit 1, and why."""
    altered = rewritten(make(produced), tmp_path / "altered.zip", lambda files: files.update({"report.html": b""}))
    make_key(tmp_path / "other.key")
    foreign = make(produced, key=tmp_path / "other.key")
    ended = [
        _compare(partner, make(certified), second, "--key", key.with_suffix(".pub")) for second in (altered, foreign)
    ]

    assert [one.exit_code for one in ended] == [1, 1]
    assert "not shown to be intact" in ended[0].output
    assert "not shown to be authentic" in ended[1].output


def test_a_simulators_run_makes_a_draft(sealed: Ended, make: Make, partner: Path) -> None:
    """It may stand in for certification, and is called what it is."""
    ended = _compare(partner, sealed.bundle, make(produced))

    assert ended.exit_code == 0, ended.output
    assert "A draft: the first run was made on the simulator." in ended.output


def _hostile(records: Records) -> None:
    _answers(records, lambda told: told.update({"<script>alert(1)</script>\u202e": 1}))


def test_the_page_asks_nobody_and_runs_nothing(make: Make, partner: Path) -> None:
    """What came over the wire is text on it, and in the ticket."""
    _compare(partner, make(certified), make(produced, _hostile))
    [page], [ticket] = ([p.read_text() for p in (partner / "out").glob(f"*.{kind}")] for kind in ("html", "md"))

    assert "<script" not in page
    assert "&lt;script&gt;alert(1)" in page
    assert "\u202e" not in page + ticket
    assert "<script" not in ticket
    assert "default-src &#39;none&#39;" in page or "default-src 'none'" in page
    assert not re.search(r"""(src|href)=["'](?!#)""", page)


# What a rulebook makes of it.


def _ruled(make: Make, partner: Path, key: Path, *compared: Path, signed_with: Path | None = None) -> Any:
    _compare(partner, *compared, "--sign-with", signed_with or key, "--on", TODAY)
    (partner / "statements").mkdir(exist_ok=True)
    _, shown = shown_by(
        make(produced), load_public(key.with_suffix(".pub")), date.fromisoformat(TODAY), partner / "statements"
    )
    assert shown is not None
    rule, words = rule_for(SENTENCE) or pytest.fail(SENTENCE)
    return rule(shown, *words)


def test_a_comparison_says_that_production_did_the_same(make: Make, partner: Path, key: Path) -> None:
    """The rulebook's sentence holds of a bundle of which a signed record says so."""
    assert _ruled(make, partner, key, make(certified), make(produced)).reply is Reply.YES


@pytest.mark.parametrize(
    ("second", "writes", "reply"), [(produced, (), Reply.UNKNOWN), (wrote, ("credit",), Reply.YES)]
)
def test_a_rulebook_may_ask_for_a_write_among_what_was_compared(
    make: Make, partner: Path, key: Path, second: Change, writes: tuple[str, ...], reply: Reply
) -> None:
    """Where only what reads was compared nothing is known of the business, also when the answer is the same."""
    first, live = make(certified, rewrite=_may_be_budgeted), make(second, rewrite=_may_be_budgeted)
    _compare(partner, first, live, "--sign-with", key, "--on", TODAY)
    trusted, statements = load_public(key.with_suffix(".pub")), partner / "statements"
    _, shown = shown_by(live, trusted, date.fromisoformat(TODAY), statements)
    rule, words = rule_for(f"{SENTENCE}, credit among it") or pytest.fail("no such rule")
    [kept] = kept_in(statements / "mini", "parity").values()

    assert tuple(kept.predicate["writes_compared"]) == writes
    assert shown is not None
    assert rule(shown, *words).reply is reply
    assert (rule(shown, *words).got == "") is (reply is Reply.YES)


def test_a_comparison_that_found_something_says_no(make: Make, partner: Path, key: Path) -> None:
    """With what it found."""
    ruling = _ruled(make, partner, key, make(certified, hides_gold), make(produced))

    assert ruling.reply is Reply.NO
    assert "A field is there in production only." in ruling.got


def test_other_comparisons_say_nothing(sealed: Ended, make: Make, partner: Path, key: Path, tmp_path: Path) -> None:
    """One of another bundle, a draft, one that somebody else signed, none at all."""
    make_key(tmp_path / "other.key")
    of_another = _ruled(make, partner, key, make(certified), make(produced, _another_run))
    draft = _ruled(make, partner, key, sealed.bundle, make(produced))
    signed_by_another = _ruled(make, partner, key, make(certified), make(produced), signed_with=tmp_path / "other.key")

    assert {of_another.reply, draft.reply, signed_by_another.reply} == {Reply.UNKNOWN}
    assert "speaks of this bundle" in of_another.got
    assert "A draft" in draft.got


def _another_run(records: Records) -> None:
    records[0]["run"] = "20261123T100000-abcdef"


def test_the_command_line_brings_a_comparison(make: Make, partner: Path, key: Path) -> None:
    """`accredit lint BUNDLE --for … --statements FOLDER`."""
    _compare(partner, make(certified), make(produced), "--sign-with", key)
    arguments = ["lint", make(produced), "--for", "mini.going_live", "--suite", MINI, "--key", key.with_suffix(".pub"),
                 "--statements", partner / "statements", "--on", TODAY]  # fmt: skip
    ended = CliRunner().invoke(main, [str(argument) for argument in arguments])

    assert f"{SENTENCE}\n" not in ended.output
    assert f"{SENTENCE}, credit among it\n         got: no credit was compared" in ended.output
    assert "made in production" in ended.output


def test_whoever_has_a_role_may_have_compared(make: Make, partner: Path, key: Path) -> None:
    """The rulebook goes by the same people as the gate: another key's comparison counts once accredit.toml says whose it is."""
    make_key(partner / "ada.key")
    live = make(produced)
    _compare(partner, make(certified), live, "--sign-with", partner / "ada.key")
    arguments = ["lint", live, "--for", "mini.going_live", "--suite", MINI, "--key", key.with_suffix(".pub"), "--on", TODAY,
                 "--statements", partner / "statements", "--partner", partner / "accredit.toml"]  # fmt: skip
    said = []
    for people in (
        "",
        f'[people.ada]\nname = "Ada"\nroles = ["release-manager"]\nkey = "{key_id(load_public(partner / "ada.pub"))}"\n',
    ):
        (partner / "accredit.toml").write_text(people)
        said.append(CliRunner().invoke(main, [str(argument) for argument in arguments]).output)

    assert ["nor that of anybody with a role" in output for output in said] == [True, False]
    assert [f"{SENTENCE}\n" in output for output in said] == [True, False]
