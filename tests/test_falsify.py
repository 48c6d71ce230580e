"""Falsify is honest: it says killed, silent and wrong when each is the case."""

from tests.conftest import MINI, accredit

BROAD = [
    "answers_html",
    "answers_at_length",
    "breaks_off_midway",
    "answers_broken_json",
    "denies_at_the_edge",
    "grants_nothing",
]


def test_each_listed_defect_is_killed():
    """A defect that turns exactly its requirement red is killed."""
    ended = accredit("falsify", "mini", "--suite", MINI, "--defect", "credits_a_repeat", "--defect", "token_never_ends")

    assert ended.returncode == 0, ended.stdout
    assert "2 defects: 2 killed, 0 silent, 0 wrong" in ended.stdout


def test_a_defect_that_nobody_notices_is_silent(own_mini):
    """A scenario that asserts nothing lets its defect live, and that is our failure."""
    steps = own_mini / "steps" / "mini.py"
    steps.write_text(steps.read_text().replace('expect_equal("gold", reply.json.get("gold"), True)', "assert reply"))
    ended = accredit("falsify", "mini", "--suite", own_mini, "--defect", "hides_gold")

    assert ended.returncode == 1
    assert "silent hides_gold: red nothing; should also be red MI-05" in ended.stdout


def test_a_defect_that_reddens_another_requirement_is_wrong(own_mini):
    """A scenario that fails for what another is there for is told."""
    steps = own_mini / "steps" / "mini.py"
    steps.write_text(
        steps.read_text().replace(
            '    expect_equal("the card"',
            '    expect_equal("gold", reply.json["gold"], True)\n    expect_equal("the card"',
        )
    )
    ended = accredit("falsify", "mini", "--suite", own_mini, "--defect", "hides_gold")

    assert ended.returncode == 1
    assert "wrong  hides_gold: red MI-01, MI-05; should not be red MI-01" in ended.stdout


def test_defects_that_no_requirement_lists_are_gaps():
    """A defect without a requirement, and a must without a defect, keep falsify from passing."""
    ended = accredit("falsify", "mini", "--suite", MINI)

    assert ended.returncode == 1
    for defect in BROAD:
        assert f"gap: {defect} is listed by no requirement" in ended.stdout


def test_only_scenarios_that_a_defect_can_touch_are_run_and_the_answer_is_the_same(tmp_path):
    """What the simulator never asks about changes nothing; `--whole` runs everything all the same."""
    chosen = ["--suite", MINI, "--defect", "credits_a_repeat", "--defect", "hides_gold"]
    quick, whole = accredit("falsify", "mini", *chosen), accredit("falsify", "mini", *chosen, "--whole")

    assert quick.stdout == whole.stdout
    assert "2 killed, 0 silent, 0 wrong" in quick.stdout


def test_nothing_is_falsified_by_a_suite_that_does_not_pass(own_mini):
    """A scenario that fails anyway would seem to kill every defect."""
    steps = own_mini / "steps" / "mini.py"
    steps.write_text(steps.read_text().replace('reply.json.get("gold"), True', 'reply.json.get("gold"), "never"'))
    ended = accredit("falsify", "mini", "--suite", own_mini)

    assert ended.returncode == 3
    assert "does not pass without any defect" in ended.stderr


def test_a_defect_that_nobody_asks_about_is_silent(own_mini):
    simulator = own_mini / "contracts" / "mini" / "simulator.py"
    simulator.write_text(
        simulator.read_text().replace('"hides_gold": "Gold', '"sleeps": "Nobody sees it.", "hides_gold": "Gold')
    )
    ended = accredit("falsify", "mini", "--suite", own_mini, "--defect", "sleeps")

    assert "silent sleeps: no scenario has the simulator ask about it" in ended.stdout
