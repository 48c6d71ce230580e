"""A finding may be accepted for a while, by somebody who answers for it; it stays a finding, and is shown as accepted."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from accredit.model.errors import UsageError
from accredit.model.finding import Outcome
from accredit.model.fuzzing import finding_id
from accredit.suite.catalogue import Dossier
from accredit.suite.fuzzing.baseline import accepted_findings
from tests.conftest import MINI, accredit
from tests.fuzzing import folder_of, fuzz_mini, fuzzed

SAYS_201 = finding_id("credit", "status_code_conformance", "201:ST103:201")
YESTERDAY = f"{datetime.now(UTC) - timedelta(days=2):%Y-%m-%d}"
ENTRY = {
    "finding": SAYS_201,
    "operation": "credit",
    "environment": "simulator",
    "owner": "Ann, Integration",
    "reason": "Mended with release 7.",
    "ticket": "MINI-12",
    "last_day": "2999-12-31",
}


@pytest.fixture
def baseline(tmp_path):
    """`baseline(last_day="soon")`: an accredit.toml, with one entry in the baseline beside it."""

    def write(**changed):
        entry = {name: value for name, value in {**ENTRY, **changed}.items() if value is not None}
        lines = [f"{name} = {json.dumps(value)}" for name, value in entry.items()]
        (tmp_path / "accredit.toml").write_text("[mini]\n")
        (tmp_path / "fuzz-baseline.toml").write_text("\n".join(["[[mini.accepted]]", *lines, ""]))
        return tmp_path / "accredit.toml"

    return write


def test_an_accepted_finding_lets_the_run_pass_and_is_shown(own_mini, tmp_path, baseline):
    """Code 0, with who accepted it until when; a reader of the bundle comes to the same."""
    simulator = own_mini / "contracts" / "mini" / "simulator.py"
    simulator.write_text(simulator.read_text().replace("defect in self.setup.defects", 'defect == "says_201"'))
    partner, output = baseline(), tmp_path / "evidence"
    only = ["--only", "credit[examples]", "--partner", partner]
    code, said = fuzz_mini(
        output, *only, "--make-key", tmp_path / "key", "--allure", tmp_path / "allure", suite=own_mini
    )
    [bundle] = output.glob("*.zip")
    verified = accredit("verify", bundle, "--key", tmp_path / "key.pub")

    assert code == 0, said
    assert "[1/1] passed" in said
    assert (
        f"{SAYS_201} credit, status_code_conformance: accepted until 2999-12-31 by Ann, Integration (MINI-12)" in said
    )
    assert "MINI-12" in (folder_of(output) / "report.html").read_text()
    assert verified.returncode == 0, verified.stdout
    assert "judging the records again gives the same: passed" in verified.stdout


def test_an_accepted_finding_stays_a_finding(tmp_path, baseline):
    """Its round passes; it is listed as accepted, and no longer as open."""
    verdict = fuzzed(tmp_path, "credit[examples]", defect="says_201", partner=baseline()).verdict

    assert verdict.open == ()
    assert [(finding.id, entry.owner) for finding, entry in verdict.accepted] == [(SAYS_201, "Ann, Integration")]
    assert [j.outcome for j in verdict.rounds] == [Outcome.PASSED]
    assert not verdict.failed


def test_another_finding_is_not_excused(tmp_path, baseline):
    """Only what was accepted is."""
    verdict = fuzzed(tmp_path, "credit", defect="says_201 errs_in_lists", partner=baseline()).verdict

    assert [finding.check for finding in verdict.open] == ["response_schema_conformance"]
    assert verdict.failed


@pytest.mark.parametrize(
    ("changed", "defect", "says"),
    [
        ({"finding": "F-00000000"}, "", "accepted and not found any more"),
        ({"operation": "readMember"}, "says_201", "accepted of readMember and found in credit"),
        ({"last_day": YESTERDAY}, "says_201", f"accepted until {YESTERDAY} and expired"),
        ({"last_day": YESTERDAY}, "", f"accepted until {YESTERDAY} and expired"),
    ],
)
def test_an_entry_that_excuses_nothing_fails(tmp_path, baseline, changed, defect, says):
    """An unused entry and an expired one are failures, said with whom to ask."""
    verdict = fuzzed(tmp_path, "credit", "readMember", defect=defect, partner=baseline(**changed)).verdict

    assert verdict.failed
    assert any(says in line and "owner Ann, Integration, ticket MINI-12" in line for line in verdict.reasons)
    assert bool(verdict.open) == bool(defect)


@pytest.mark.parametrize(
    ("rounds", "changed", "how"),
    [
        (["readMember"], {}, {}),
        (["credit[coverage]", "credit[examples]", "credit[fuzzing]"], {}, {}),
        (["readMember"], {"operation": "readMember"}, {}),
        (["credit"], {"environment": "certification"}, {}),
        (["credit"], {"environment": "certification", "last_day": YESTERDAY}, {}),
        (["credit"], {"profile": "certification"}, {}),
        (["credit"], {}, {"cases": 4}),
        (["credit"], {}, {"seed": 7}),
        (["credit"], {"seed": 7}, {}),
        (["credit"], {}, {"defect": "denies_at_the_edge"}),
    ],
    ids=["another operation", "without a phase", "without the round that leads there", "elsewhere", "elsewhere, expired", "by a fuller profile",
         "fewer cases", "another seed", "found by another seed", "cannot judge"],
)  # fmt: skip
def test_who_could_not_have_found_it_says_nothing(tmp_path, baseline, rounds, changed, how):
    """An entry is unused only when every round that could show it ran, there, by the same cases, and was judged."""
    verdict = fuzzed(tmp_path, *rounds, partner=baseline(**changed), **how).verdict

    assert verdict.stale == ()


def test_an_entry_for_elsewhere_excuses_nothing_here(tmp_path, baseline):
    """What is accepted of certification is a finding in the simulator."""
    partner = baseline(environment="certification")
    verdict = fuzzed(tmp_path, "credit[examples]", defect="says_201", partner=partner).verdict

    assert [finding.id for finding in verdict.open] == [SAYS_201]


def test_it_holds_on_its_last_day(tmp_path, baseline):
    """And not a day longer."""
    entry = accepted_findings(baseline(last_day="2026-11-30"), Dossier("mini", MINI))[0]

    assert entry.holds_on("2026-11-30")
    assert not entry.holds_on("2026-12-01")


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        *(({name: None}, name) for name in ENTRY),
        *(({name: " "}, f"{name} of") for name in ("finding", "owner", "reason", "ticket")),
        ({"last_day": "soon"}, "it must be a day, as 2027-01-31"),
        ({"last_day": "20260101"}, "it must be a day"),
        ({"last_day": "2026-W01-1"}, "it must be a day"),
        ({"nonsense": "x"}, "nonsense"),
        ({"operation": "credits"}, "did you mean credit?"),
        ({"operation": " "}, "there are requestToken, readMember, credit"),
        ({"environment": "production"}, "one that is fuzzed: simulator, certification"),
        ({"profile": "full"}, "there are ci, certification"),
        ({"finding": "F-zzz"}, "no id of a finding"),
    ],
)
def test_an_entry_that_nobody_answers_for_is_refused(baseline, changed, says):
    """Owner, reason, ticket and last day are needed; the mistake is named with its place."""
    with pytest.raises(UsageError, match=r"fuzz-baseline\.toml") as refused:
        accepted_findings(baseline(**changed), Dossier("mini", MINI))

    assert says in str(refused.value)


def test_a_misspelt_table_is_refused(tmp_path, baseline):
    partner = baseline()
    told = (tmp_path / "fuzz-baseline.toml").read_text()
    (tmp_path / "fuzz-baseline.toml").write_text(told.replace("accepted", "excused"))

    with pytest.raises(UsageError, match="has excused"):
        accepted_findings(partner, Dossier("mini", MINI))


def test_a_misspelt_provider_is_refused(tmp_path, baseline):
    """Otherwise its entries would be nobody's, and nobody would know."""
    partner = baseline()
    told = (tmp_path / "fuzz-baseline.toml").read_text()
    (tmp_path / "fuzz-baseline.toml").write_text(told.replace("[mini", "[mimi"))

    with pytest.raises(UsageError, match="'mimi' is no provider; did you mean mini"):
        accepted_findings(partner, Dossier("mini", MINI))


def test_two_entries_for_one_finding_are_refused(tmp_path, baseline):
    partner = baseline()
    path = tmp_path / "fuzz-baseline.toml"
    path.write_text(path.read_text() * 2)

    with pytest.raises(UsageError, match=f"{SAYS_201} is accepted twice in simulator"):
        accepted_findings(partner, Dossier("mini", MINI))


def test_a_baseline_that_cannot_be_read_ends_the_command(tmp_path, baseline):
    """Code 2, before anything is sent; every mistake is named."""
    code, said = fuzz_mini(tmp_path / "evidence", "--partner", baseline(last_day="soon", operation="creditt"))

    assert code == 2
    assert "it must be a day" in said
    assert "did you mean credit?" in said
    assert not (tmp_path / "evidence").exists()
