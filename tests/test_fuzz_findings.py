"""A finding shows the smallest request that fails, can be sent again, and is one however many cases show it."""

import json
import re
from contextlib import closing

import pytest

from accredit.evidence.journal import Journal, read_segments
from tests.conftest import MINI, accredit
from tests.fuzzing import Fuzz, again, folder_of, fuzz_mini, fuzzed


@pytest.fixture(scope="module")
def leaking(tmp_path_factory):
    """A simulator whose refusals repeat the caller's token, fuzzed by the command line. Read only."""
    output = tmp_path_factory.mktemp("leaking")
    code, said = fuzz_mini(output, "--defect", "tells_the_token", "--only", "credit", cwd=output)
    assert code == 1, said
    return Fuzz(folder_of(output)), said


def test_one_finding_for_many_cases(leaking):
    """Cases of two phases show it; it is one, by operation, check and signature, and both rounds fail by it."""
    fuzz, _ = leaking
    [finding] = fuzz.verdict.open
    showing = [case for case in fuzz.run.fuzzed.cases if finding.id in case.failures]

    assert len(showing) > 10
    assert {case.phase for case in showing} == {"coverage", "fuzzing"}
    assert {name for name, reason in fuzz.reasons.items() if finding.id in reason} == {
        "credit[coverage]",
        "credit[fuzzing]",
    }
    assert finding.case == showing[0].id
    assert re.fullmatch("F-[0-9a-f]{8}", finding.id)


def test_the_same_is_wrong_under_the_same_id(leaking, tmp_path):
    """What identifies a finding does not change from run to run."""
    fuzz, _ = leaking

    assert fuzzed(tmp_path, "credit[fuzzing]", defect="tells_the_token").verdict.open[0].id == fuzz.verdict.open[0].id


def test_the_smallest_failing_request_is_shown(tmp_path):
    """What could be left out is; what is wrong with the request stays, and nothing else becomes wrong with it."""
    fuzz = fuzzed(tmp_path, "credit[coverage]", defect="takes_anything")
    left = {f.signature.rpartition(":")[2]: _body(fuzz, f) for f in fuzz.verdict.open}

    assert set(left) == {"body", "body.id", "body.card", "body.points", "body.note"}
    assert set(left["body.points"]) == {"id", "card", "points"}
    assert not isinstance(left["body.points"]["points"], int) or left["body.points"]["points"] in (False, 0, 1001)
    assert set(left["body.note"]) == {"id", "card", "points", "note"}


def test_what_a_refusal_tells_is_shown_by_an_empty_request(leaking):
    """Where any wrong request will do, nothing is left of it."""
    fuzz, _ = leaking

    assert _body(fuzz, fuzz.verdict.open[0]) in ({}, 0, None)


def _body(fuzz, finding):
    return json.loads(fuzz.exchange(finding.exchanges[0])["request"]["body"] or "null")


def test_a_finding_shows_the_request_it_is_about(tmp_path):
    """Of what moves points though it is refused, the refused request is shown, and not the look into the books."""
    fuzz = fuzzed(tmp_path, "credit[coverage]", defect="credits_what_it_refuses")
    shown = fuzz.exchange(fuzz.finding("refused_moves_nothing").exchanges[0])

    assert (shown["operation"], shown["response"]["status"]) == ("credit", 400)
    assert "[card:" in shown["request"]["body"]


def test_two_findings_of_one_case_show_each_its_own(tmp_path):
    """Making one request smaller does not put another in the place of the next finding's."""
    fuzz = fuzzed(tmp_path, "credit[fuzzing]", defect="tells_the_token errs_in_lists")

    assert fuzz.found == {("credit", "tells_nothing"), ("credit", "response_schema_conformance")}
    for finding in fuzz.verdict.open:
        shown = fuzz.exchange(finding.exchanges[0])
        assert (shown["operation"], shown["case"], shown["response"]["status"]) == ("credit", finding.case, 400)


def test_a_finding_is_sent_again_until_it_is_gone(leaking):
    """`--replay F-…` exits 1 while it fails, 0 once the simulator is right; its curl line names variables for secrets."""
    fuzz, said = leaking
    [finding] = fuzz.verdict.open
    wrong, still = fuzz_mini(fuzz.folder.parent, "--defect", "tells_the_token", "--replay", finding.id)
    right, gone = fuzz_mini(fuzz.folder.parent, "--replay", finding.id)

    assert f"again: accredit fuzz mini --replay {finding.id} --defect tells_the_token\n" in said
    assert (wrong, right) == (1, 0), still + gone
    assert "failed: An error tells what is nobody's business" in still
    assert re.search(r"curl -X POST .*-H 'authorization: Bearer '\"\$ACCESS_TOKEN\"", still), still
    assert "refused for Bearer [access_token:" in still
    assert "note: the simulator was made wrong then (tells_the_token), now: not at all" in gone
    assert "passed: nothing is wrong with the answer now" in gone


@pytest.mark.parametrize("defect", ["denies_everything_at_the_edge", "forbids_everybody", "hangs_up"])
def test_a_replay_that_reaches_nobody_says_nothing(leaking, defect):
    """A firewall's page, or nothing, in place of an answer does not mend a finding."""
    fuzz, _ = leaking
    done = again(fuzz, fuzz.verdict.open[0].id, defect=defect)

    assert done.failures == ()
    assert done.trouble
    assert bool(done.others) == (defect == "hangs_up")


def test_a_passing_case_is_sent_again(leaking, tmp_path):
    """Any case can be sent again by its id: one of a run, and one that the seed draws though there is no run."""
    fuzz, _ = leaking
    case = next(case for case in fuzz.run.fuzzed.cases if not case.failures and case.phase == "fuzzing")

    for done in (again(fuzz, case.id), again(fuzz, case.id, output=tmp_path)):
        assert (done.round.name, done.failures, done.trouble, done.whole) == ("credit[fuzzing]", (), "", False)
        assert [exchange.response.status for exchange in done.exchanges if exchange.response] == [202]


@pytest.mark.parametrize(
    ("defect", "round_"),
    [
        ("credits_what_it_refuses", "credit[coverage]"),
        ("lets_anybody_in", "readMember[coverage]"),
        ("counts_in_words", "credit[stateful]"),
    ],
)
def test_what_one_request_alone_does_not_show_is_sent_again_too(tmp_path, defect, round_):
    """A look into the books, a call without a token, what a link leads to: part of sending it again."""
    fuzz = fuzzed(tmp_path, round_, defect=defect)
    id_ = fuzz.verdict.open[0].id
    still, gone = again(fuzz, id_, defect=defect), again(fuzz, id_)

    assert still.failures
    assert (gone.failures, gone.trouble) == ((), "")


@pytest.mark.parametrize(
    ("round_", "check", "other", "mended", "whole"),
    [
        ("readMember[coverage]", "asks_for_a_token", "response_schema_conformance", "counts_in_words", True),
        ("credit[fuzzing]", "tells_nothing", "response_schema_conformance", "errs_in_lists", False),
    ],
)
def test_a_replay_answers_for_what_was_asked(tmp_path, round_, check, other, mended, whole):
    """What else is wrong is told as something else, and keeps what was asked for from neither failing nor being mended."""
    defects = f"{mended} {'lets_anybody_in' if whole else 'tells_the_token'}"
    fuzz = fuzzed(tmp_path, round_, defect=defects)
    asked = fuzz.finding(check)
    still, gone = again(fuzz, asked.id, defect=defects), again(fuzz, asked.id, defect=mended)

    assert (still.whole, still.failures, still.trouble) == (whole, (asked.message,), "")
    assert (gone.whole, gone.failures, gone.trouble) == (whole, (), "")
    for done in (still, gone):
        assert any(f", {other}: " in line for line in done.others)
        assert not any(asked.id in line for line in done.others)


def test_a_replay_by_another_contract_says_so(tmp_path, own_mini):
    """A single request is the same one, so a note will do; a round may be another, so that its silence says nothing."""
    fuzz = fuzzed(tmp_path, "readMember", defect="lets_anybody_in counts_in_words", root=own_mini)
    contract = own_mini / "contracts" / "mini" / "openapi.yaml"
    contract.write_text(contract.read_text() + "# later\n")
    single = again(fuzz, fuzz.finding("response_schema_conformance").id, root=own_mini)
    whole = again(fuzz, fuzz.finding("asks_for_a_token").id, root=own_mini)
    still = again(fuzz, fuzz.finding("asks_for_a_token").id, root=own_mini, defect="lets_anybody_in")

    for done in (single, whole, still):
        assert "contracts/mini/openapi.yaml has changed since" in done.notes
    assert (single.failures, single.trouble) == ((), "")
    assert "contracts/mini/openapi.yaml has changed since" in whole.trouble
    assert still.failures
    assert still.trouble == ""


def test_a_replay_by_another_engine_says_so(leaking, monkeypatch):
    """Another version of what draws the cases may draw others."""
    fuzz, _ = leaking
    monkeypatch.setattr("accredit.suite.fuzzing.sought.engine_versions", lambda: "schemathesis 99, hypothesis 99")
    done = again(fuzz, fuzz.verdict.open[0].id)

    assert any("now" in note and "schemathesis 99, hypothesis 99" in note for note in done.notes)


def test_a_case_that_is_not_drawn_any_more_is_not_taken_for_mended(tmp_path, own_mini):
    """Its round is sent in its place; that shows the finding, or says nothing of it."""
    fuzz = fuzzed(tmp_path, "credit[fuzzing]", defect="errs_in_lists", root=own_mini)
    contract = own_mini / "contracts" / "mini" / "openapi.yaml"
    contract.write_text(contract.read_text().replace("  /credits:", "  /v2/credits:"))
    gone = again(fuzz, fuzz.verdict.open[0].id, root=own_mini)
    still = again(fuzz, fuzz.verdict.open[0].id, root=own_mini, defect="errs_in_lists")

    assert "its whole round was sent: its case is not drawn any more" in gone.notes
    assert (gone.failures, bool(gone.trouble)) == ((), True)
    assert still.failures


def test_an_edit_that_cannot_be_done_any_more_is_trouble(leaking, tmp_path):
    """What would be sent then is another request than the one that failed, so nothing is."""
    fuzz, _ = leaking
    asked = fuzz.verdict.open[0]
    folder = tmp_path / "mini-simulator-later"
    with closing(Journal(folder, "")) as journal:
        for segment in read_segments(fuzz.folder):
            for record in segment:
                if record["kind"] != "footer":
                    is_it = record["kind"] == "fuzz_finding" and record["case"] == asked.case
                    journal.append({**record, "edits": ["drop body\x1fnothing"]} if is_it else record)
    done = again(fuzz, asked.id, output=tmp_path)

    assert done.exchanges == ()
    assert "there is nothing left to drop body.nothing" in done.trouble


def test_an_id_that_nobody_knows_is_explained(tmp_path):
    """Code 2, and what to name instead."""
    ended = accredit("fuzz", "mini", "--suite", MINI, "--output", tmp_path, "--replay", "F-00000000")

    assert ended.returncode == 2
    assert "F-00000000: no run of mini in" in ended.stderr
    assert "--run" in ended.stderr


@pytest.mark.parametrize(
    ("given", "says"),
    [
        (("--replay", "nonsense"), "'nonsense' is no id"),
        (("--replay", "F-00000000", "--only", "coverage"), "leave out --only"),
        (("--run", "."), "name the case with --replay"),
    ],
)
def test_a_replay_that_cannot_be_meant_is_refused_at_once(tmp_path, given, says):
    ended = accredit("fuzz", "mini", "--suite", MINI, "--output", tmp_path, *given)

    assert ended.returncode == 2
    assert says in ended.stderr


def test_cases_are_listed_in_the_record(leaking):
    """Each case stands in the journal with how it went, and each of its exchanges bears its id."""
    fuzz, _ = leaking
    exchanges = {record["number"]: record for record in fuzz.records("exchange")}

    for case in fuzz.run.fuzzed.cases:
        assert case.reached in ("accepted", "rejected")
        assert case.id in {exchanges[number]["case"] for number in case.exchanges}
