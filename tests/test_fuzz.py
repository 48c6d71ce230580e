"""Fuzzing finds what is wrong with a provider, each by its own check, and never passes what it could not reach."""

import pytest

from accredit.model.finding import Outcome
from accredit.model.verdict import judge
from accredit.suite.catalogue import Dossier
from tests.conftest import accredit
from tests.fuzzing import Fuzz, folder_of, fuzz_mini, fuzzed

CREDIT, READ = "credit", "readMember"


@pytest.fixture(scope="module")
def right(tmp_path_factory):
    """A run against the simulator as it should be. Read only."""
    return fuzzed(tmp_path_factory.mktemp("right"))


def test_a_right_programme_passes_in_every_phase(right):
    """Every operation in every phase, the stateful one where the contract has links, and nothing is found."""
    phases = {
        "requestToken": ["examples", "coverage", "fuzzing"],
        "readMember": ["examples", "coverage", "fuzzing"],
        "credit": ["examples", "coverage", "fuzzing", "stateful"],
    }

    assert set(right.outcomes) == {f"{operation}[{phase}]" for operation, told in phases.items() for phase in told}
    assert set(right.outcomes.values()) == {Outcome.PASSED}
    assert right.verdict.reasons == ()


def test_every_round_is_at_work(right):
    """Both what fits and what breaks the contract is sent, every check is applied, and the links are followed."""
    checks = {check: count for j in right.verdict.rounds for check, count in j.checks.items()}
    modes = {(case.operation, case.mode) for case in right.run.fuzzed.cases}

    assert all(j.tally.sent for j in right.verdict.rounds)
    assert modes == {(o, m) for o in ("requestToken", READ, CREDIT) for m in ("positive", "negative")}
    assert {"asks_for_a_token", "refused_moves_nothing", "tells_nothing", "follows", "not_a_server_error"} <= set(
        checks
    )
    assert all(checks.values())


def test_only_checks_that_looked_at_something_are_counted(right):
    """By what was sent and answered: what fits is no matter of refusing, what was accepted is no error, and so on."""
    of_round = right.run.fuzzed.by_round()
    for judged in right.verdict.rounds:
        cases = [case for case in of_round.get(judged.round, ()) if "token" not in case.description]
        told = [case for case in cases if case.status not in (401, 403, 404, 429)]
        checks = judged.checks

        assert 0 not in checks.values()
        assert checks["not_a_server_error"] == len(of_round.get(judged.round, ()))
        assert checks.get("positive_data_acceptance", 0) == sum(case.mode == "positive" for case in told)
        assert checks.get("negative_data_rejection", 0) <= sum(case.mode == "negative" for case in told)
        assert checks.get("tells_nothing", 0) == sum(case.status >= 400 for case in of_round.get(judged.round, ()))
        assert "calls_back" not in checks
        assert "response_headers_conformance" not in checks
    examples = next(j.checks for j in right.verdict.rounds if j.round.name == "readMember[examples]")
    assert set(examples) == {
        "not_a_server_error", "status_code_conformance", "content_type_conformance", "response_schema_conformance",
        "positive_data_acceptance",
    }  # fmt: skip


def test_an_outage_is_no_asking_for_a_token(tmp_path, own_mini):
    """Who answers 500 to a call without a token has not been asked whether it lets anybody in."""
    simulator = own_mini / "contracts" / "mini" / "simulator.py"
    told = simulator.read_text()
    simulator.write_text(told.replace('return _refusal(401, "no token")', 'return _refusal(503, "closed")'))
    fuzz_mini(tmp_path / "out", "--only", "readMember[coverage]", suite=own_mini)
    [judged] = Fuzz(folder_of(tmp_path / "out")).verdict.rounds

    assert "asks_for_a_token" not in judged.checks


def test_what_is_bound_breaks_no_promise(right):
    """An id that is not ours, or another member's card, fits the contract: whoever sends it breaks nothing."""
    wrong = [case for case in right.run.fuzzed.cases if case.mode == "negative"]
    led = [case for case in right.run.fuzzed.cases if case.after]

    # A content type on a request without a body is nobody's business; the stock check lets it pass as well.
    assert {case.reached for case in wrong if "Content-Type" not in case.description} == {"rejected"}
    assert {(case.operation, case.after, case.mode) for case in led} == {(READ, CREDIT, "positive")}


@pytest.mark.parametrize(
    ("defect", "operation", "check", "rounds"),
    [
        ("tells_a_stack_trace", CREDIT, "tells_nothing", ["credit[coverage]"]),
        ("tells_the_token", CREDIT, "tells_nothing", ["credit[coverage]"]),
        ("takes_anything", CREDIT, "negative_data_rejection", ["credit[coverage]"]),
        ("refuses_large_credits", CREDIT, "positive_data_acceptance", ["credit[coverage]"]),
        ("credits_what_it_refuses", CREDIT, "refused_moves_nothing", ["credit[coverage]"]),
        ("lets_anybody_in", READ, "asks_for_a_token", ["readMember[coverage]"]),
        ("says_201", CREDIT, "status_code_conformance", ["credit[examples]"]),
        ("says_plain_text", READ, "content_type_conformance", ["readMember[examples]"]),
        ("counts_in_words", READ, "response_schema_conformance", ["readMember[examples]"]),
        ("errs_in_lists", CREDIT, "response_schema_conformance", ["credit[fuzzing]"]),
        ("hangs_up", CREDIT, "answers", ["credit[examples]"]),
        ("grants_nothing", "requestToken", "response_schema_conformance", ["requestToken[examples]"]),
    ],
)
def test_each_defect_is_found_by_its_check_alone(tmp_path, defect, operation, check, rounds):
    """What is wrong is found in the phase that tries it, by the check that is there for it, and no other complains."""
    fuzz = fuzzed(tmp_path, *rounds, defect=defect)

    assert fuzz.found == {(operation, check)}
    assert set(fuzz.outcomes.values()) == {Outcome.FAILED}


def test_what_a_link_leads_to_is_a_finding_of_its_round(tmp_path):
    """A member who is shown wrongly after a credit fails the round that followed the link, under the name of what was asked."""
    fuzz = fuzzed(tmp_path, "credit[stateful]", defect="counts_in_words")

    assert fuzz.outcomes == {"credit[stateful]": Outcome.FAILED}
    assert fuzz.found == {(READ, "response_schema_conformance")}


@pytest.mark.parametrize("defect", ["forbids_everybody", "finds_nothing", "denies_everything_at_the_edge"])
def test_what_never_reached_the_api_cannot_be_judged(tmp_path, defect):
    """403, 404 or a firewall's page throughout says nothing of the API: code 3, no round passed."""
    code, said = fuzz_mini(tmp_path, "--defect", defect, "--only", "examples", "--only", "coverage")

    assert code == 3, said
    assert "rounds of fuzzing: 6 cannot judge" in said
    assert "nothing reached the API" in said
    assert "no token: the provider answered 40" in said or "a firewall denied requestToken" in said


def test_one_operation_that_is_never_reached_cannot_be_judged(tmp_path):
    """A firewall before one operation leaves the others judged, and that one not."""
    fuzz = fuzzed(tmp_path, "readMember[examples]", "requestToken[examples]", defect="denies_at_the_edge")

    assert fuzz.outcomes == {"requestToken[examples]": Outcome.PASSED, "readMember[examples]": Outcome.CANNOT_JUDGE}
    assert fuzz.reasons["readMember[examples]"] == "nothing reached the API: 403 throughout"


def test_refusals_alone_never_pass(tmp_path, own_mini):
    """Where no request that fits was accepted in any phase, to be refused throughout shows nothing."""
    facts = own_mini / "contracts" / "mini" / "fuzzing.toml"
    facts.write_text(facts.read_text().replace('values = ["member:reading:card"]', 'values = ["text:9999999999"]'))
    fuzz = fuzzed(tmp_path, "readMember", root=own_mini)

    assert set(fuzz.outcomes.values()) == {Outcome.CANNOT_JUDGE}
    assert fuzz.reasons["readMember[examples]"] == "nothing reached the API: 404 throughout"
    assert "that fit the contract none was accepted, in no phase" in fuzz.reasons["readMember[coverage]"]


def test_a_stateful_round_without_a_link_followed_never_passes(tmp_path, own_mini):
    """A link that hangs on a status which never comes is not followed, and that is no pass."""
    contract = own_mini / "contracts" / "mini" / "openapi.yaml"
    told = contract.read_text()
    taken = told[told.index("        '202':") : told.index("        '400':", told.index("        '202':"))]
    without = "".join(
        line for line in taken.splitlines(keepends=True) if "link" not in line and "theMember" not in line
    )
    contract.write_text(told.replace(taken, taken.replace("'202'", "'203'") + without))
    fuzz = fuzzed(tmp_path, "credit", root=own_mini)

    assert fuzz.outcomes["credit[examples]"] is Outcome.PASSED
    assert fuzz.outcomes["credit[stateful]"] is Outcome.CANNOT_JUDGE
    assert "never followed, since nothing was answered as they want it: theMember" in fuzz.reasons["credit[stateful]"]


def test_books_that_cannot_be_read_let_nothing_pass(tmp_path):
    """Where nobody tells what a member has, nothing shows that a refused credit moves nothing."""
    fuzz = fuzzed(tmp_path, "credit[coverage]", defect="denies_at_the_edge")

    assert fuzz.outcomes == {"credit[coverage]": Outcome.CANNOT_JUDGE}
    assert "could not be read" in fuzz.reasons["credit[coverage]"]


@pytest.fixture
def prepared(own_mini):
    """Mini Miles, where before a member is read a credit brings something about for it."""
    facts = own_mini / "contracts" / "mini" / "fuzzing.toml"
    facts.write_text(facts.read_text() + '\n[[first]]\noperations = ["readMember"]\nlink = "theMember"\n')
    return own_mini


def test_an_answer_to_what_a_case_takes_is_held_to_the_contract_as_well(tmp_path, prepared):
    """An undocumented status before the request that is judged keeps the run from having passed, and is shown."""
    fuzz = fuzzed(tmp_path, "readMember[examples]", defect="says_201", root=prepared)
    verdict = judge(fuzz.run, Dossier("mini", prepared).register)
    [shown] = fuzz.run.misfitting

    assert set(fuzz.outcomes.values()) == {Outcome.PASSED}
    assert (shown.operation, shown.response.status) == ("credit", 201)
    assert any(f"do not fit the contract: exchange {shown.number} (credit: 201:" in line for line in verdict.reasons)


def test_what_a_finding_tells_of_is_told_once(tmp_path, prepared):
    """Where the checks have found the same, nothing is added to it: who accepts the finding has accepted this."""
    fuzz = fuzzed(tmp_path, "readMember[examples]", "credit[examples]", defect="says_201", root=prepared)

    assert fuzz.found == {(CREDIT, "status_code_conformance")}
    assert fuzz.run.misfitting == ()


def test_a_run_of_scenarios_fuzzes_as_well(tmp_path, mini):
    """On a simulator `accredit run` fuzzes by the profile ci, into the same bundle, and verify judges it again the same."""
    ended = mini("--fuzz", "--make-key", tmp_path / "key")
    again = accredit("verify", ended.bundle, "--key", tmp_path / "key.pub")

    assert ended.code == 0, ended.said
    assert "4 scenarios and 10 rounds of fuzzing" in ended.said
    assert again.returncode == 0, again.stdout
    assert ended.run.header["fuzz"]["profile"]["name"] == "ci"
