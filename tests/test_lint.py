"""The lint refuses what would make evidence lie: each rule is tried on a suite wrong in that one way."""

from pathlib import Path

import pytest

from tests.conftest import MINI, accredit

FEATURE, STEPS, REGISTER = "features/mini/points.feature", "steps/mini.py", "contracts/mini/requirements.toml"
BUDGET = "contracts/mini/budget.toml"
SCENARIO = "\n  {tags}\n  Scenario: {name}\n    When the partner reads a member\n    Then that member is shown\n"


def _append(suite: Path, file: str, text: str) -> None:
    with (suite / file).open("a") as opened:
        opened.write(text)


def _replace(suite: Path, file: str, old: str, new: str) -> None:
    path = suite / file
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new))


def test_a_right_suite_has_no_complaints():
    """The miniature programme, and LATAM Pass, agree with their registers."""
    assert accredit("lint", "--suite", MINI).returncode == 0
    assert accredit("lint").returncode == 0


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        (lambda s: _append(s, FEATURE, SCENARIO.format(tags="@MI-99", name="x")), "@MI-99 is in no register"),
        (lambda s: _append(s, FEATURE, SCENARIO.format(tags="@MI-01 @slow", name="x")), "@slow is an unknown tag"),
        (lambda s: _append(s, FEATURE, SCENARIO.format(tags="@MI-04", name="x")), "@MI-04 is attested, not driven"),
        (lambda s: _append(s, FEATURE, SCENARIO.format(tags="@simulator", name="x")), "verifies no requirement"),
        (lambda s: _append(s, FEATURE, SCENARIO.format(tags="@MI-01", name="Gold is told")), "2 scenarios have this name"),
        (lambda s: _append(s, FEATURE, "\n  @MI-01\n  Scenario: x\n    When nobody says this\n"), "nothing defines the step 'nobody says this'"),
        (
            lambda s: _append(s, FEATURE, "\n  @MI-01\n  Scenario Outline: x\n    When the partner reads a member\n\n    Examples:\n      | a |\n"),
            "has Examples without a row",
        ),
        (lambda s: _append(s, STEPS, '\n\n@then("never said")\ndef never() -> None: ...\n'), "no scenario says 'never said'"),
        (lambda s: _replace(s, STEPS, "def shown(", "async def shown("), "is async, which pytest-bdd never awaits"),
        (lambda s: _append(s, STEPS, '\n\n@then("that member is shown")\ndef again() -> None: ...\n'), "2 definitions fit the step"),
        (lambda s: _replace(s, FEATURE, "  @MI-05\n", "  @MI-01\n"), "MI-05: is driven, yet no scenario is tagged with it"),
        (lambda s: _replace(s, FEATURE, "@MI-03 @simulator", "@MI-03"), "MI-03: its environments are simulator"),
        (lambda s: _replace(s, REGISTER, 'elsewhere = "observed"\n', ""), "MI-03: is shown in the simulator only; say in `elsewhere`"),
        (lambda s: _replace(s, REGISTER, 'reason = "The partner\'s signatory shows it."\n', ""), "MI-04: is attested, without a reason"),
        (lambda s: _replace(s, BUDGET, 'collecting = ["MI-02"]', 'collecting = ["MI-01", "MI-02"]'), "[credit.asks]: MI-01 stands not in `shows`"),
        (lambda s: _replace(s, BUDGET, "members.collecting", "members.collector"), "credit.asks.members.collector: Mini Miles has no such role"),
        (lambda s: _replace(s, BUDGET, "members.collecting", "shops.collecting"), "credit.asks.shops: Mini Miles has no roles of that kind"),
        (lambda s: _replace(s, BUDGET, 'shows = ["MI-02"]', 'shows = ["MI-02", "MI-99"]'), "[credit]: MI-99 is no requirement"),
        (lambda s: _replace(s, BUDGET, '"members.card"', '"shops.card"'), "[credit]: says nowhere for whom it is"),
    ],
)  # fmt: skip
def test_each_rule_refuses_what_it_is_there_for(own_mini, wrong, says):
    """A suite wrong in one way draws the complaint that names it, and exit code 1."""
    wrong(own_mini)
    ended = accredit("lint", "--suite", own_mini)

    assert ended.returncode == 1, ended.stdout + ended.stderr
    assert says in ended.stdout


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        (lambda s: _append(s, FEATURE, "\nnot gherkin\n"), "is not Gherkin"),
        (
            lambda s: _append(s, FEATURE, SCENARIO.format(tags="@MI-01", name="Gold is told")),
            "2 scenarios have this name",
        ),
        (lambda s: _append(s, FEATURE, SCENARIO.format(tags="@MI-99", name="x")), "@MI-99 is in no register"),
        (lambda s: _append(s, REGISTER, "\n[MI-06]\ntitle = 1\n"), "cannot be read"),
        (
            lambda s: _replace(s, "contracts/mini/openapi.yaml", "x-effect: writes", ""),
            "needs an operationId and an x-effect",
        ),
    ],
)
def test_unreadable_files_are_named(own_mini, wrong, says):
    """A file that cannot be read at all ends with code 2, and is named."""
    wrong(own_mini)
    run = accredit("run", "mini", "--no-fuzz", "--suite", own_mini, "--output", own_mini / "out")

    assert run.returncode == 2, run.stdout
    assert says in run.stderr


def test_an_async_step_never_passes(own_mini, tmp_path):
    """A step that pytest-bdd would not await keeps its scenario from being judged."""
    _replace(own_mini, STEPS, "def shown(", "async def shown(")
    ended = accredit("run", "mini", "--no-fuzz", "--suite", own_mini, "--output", tmp_path / "evidence")

    assert ended.returncode == 3
    assert "shown is async, which pytest-bdd never awaits" in ended.stdout


def test_a_step_that_nobody_defines_is_not_judged(own_mini, tmp_path):
    """A scenario with an undefined step cannot be judged; it is not passed over."""
    _append(own_mini, FEATURE, "\n  @MI-01\n  Scenario: x\n    When nobody says this\n")
    ended = accredit("run", "mini", "--no-fuzz", "--suite", own_mini, "--output", tmp_path / "evidence")

    assert ended.returncode == 3
    assert "Step definition is not found" in ended.stdout
