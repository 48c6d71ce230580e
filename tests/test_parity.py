"""Two runs of one suite side by side: each injected difference is found as itself and as nothing else; equal runs have none."""

import copy
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from accredit.evidence.journal import read_segments
from accredit.model.chain import Segment
from accredit.model.exchange import Exchange
from accredit.model.folding import run_from
from accredit.model.parity.comparison import Comparison, Side, compare
from accredit.model.parity.differences import KINDS, grouped
from accredit.model.parity.facts import ParityFacts
from accredit.suite.catalogue import Dossier
from tests.conftest import ROOT, accredit, chained
from tests.differing import Case, Records, cases

ONLY = {
    "latam_pass": ("LP-ACC-25", "LP-ACC-27", "LP-ACC-30", "LP-ACC-41", "LP-AUTH-01", "LP-AUTH-04", "LP-AUTH-07", "LP-MEM-01", "LP-MEM-05", "LP-MEM-08"),
    "points": ("PT-AUTH-01", "PT-BAL-03", "PT-CB-01", "PT-EARN-05"),
}  # fmt: skip
"""Enough of each to have every kind of difference in it."""
CASES = list(cases())
Recorded = Callable[[str, str], Records]


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Recorded:
    """The records of a simulator's run of a provider: `recorded("points", "first")`. Two of one provider are equal runs."""

    @cache
    def made(provider: str, name: str) -> Records:
        return recorded_in(provider, tmp_path_factory.mktemp(name))

    return lambda provider, name: copy.deepcopy(made(provider, name))


def recorded_in(provider: str, folder: Path) -> Records:
    """The records of a run of the provider's simulator, made in that folder."""
    chosen = [part for id_ in ONLY[provider] for part in ("--only", id_)]
    ended = accredit("run", provider, "--no-fuzz", *chosen, "--output", folder, cwd=folder)
    [run] = [path for path in folder.iterdir() if path.is_dir()]
    assert ended.returncode == 0, ended.stdout + ended.stderr
    return [dict(record) for segment in read_segments(run) for record in segment]


@cache
def _dossier(provider: str) -> Dossier:
    return Dossier(provider, ROOT)


def _side(records: Records, paths: tuple[str, ...] = ("", "/sandbox")) -> Side:
    run = run_from([Segment("journal.jsonl", chained(records))])
    exchanges = [Exchange.from_record(record) for record in records if record["kind"] == "exchange"]
    return Side(
        run, lambda scenario: sorted((e for e in exchanges if e.scenario == scenario), key=lambda e: e.number), paths
    )


def compared(provider: str, first: Records, second: Records, facts: ParityFacts | None = None) -> Comparison:
    """Both are test's, so that what must differ in production does not."""
    dossier = _dossier(provider)
    assert dossier.parity is not None
    settings = {name: setting.value for name, setting in dossier.provider.settings.items()}
    facts = facts or replace(dossier.parity, differs=())
    return compare(_side(first), _side(second), facts, dossier.contract, settings, dossier.register)


@pytest.mark.parametrize("provider", ONLY)
@pytest.mark.parametrize(("first", "second"), [("first", "second"), ("second", "first")])
def test_equal_runs_do_not_differ(recorded: Recorded, provider: str, first: str, second: str) -> None:
    """Other ids, moments, tokens and polls are no difference."""
    comparison = compared(provider, recorded(provider, first), recorded(provider, second))

    assert comparison.differences == ()
    assert comparison.unclear == ()
    assert comparison.exchanges_compared > 10


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name.replace(" ", "-"))
def test_a_difference_is_found_as_itself(recorded: Recorded, case: Case) -> None:
    """By kind and place, as what it concerns, and as nothing else."""
    second = recorded(case.provider, "second")
    case.change(second)
    findings = grouped(compared(case.provider, recorded(case.provider, "first"), second).differences)

    assert [(f.first.kind, f.kind.field) for f in findings] == [(case.kind, case.field)], [f.first for f in findings]
    place = findings[0].first.place
    assert place == case.place or (case.place.endswith("*") and place.startswith(case.place[:-1]))


def test_every_kind_of_difference_is_tried() -> None:
    """A kind that was never seen to be found proves nothing; names are unique, and the cases many."""
    tried = {case.kind for case in CASES}

    assert set(KINDS) - tried <= {"query", "amount", "currency", "header-extra", "not-different"}
    assert len({case.name for case in CASES}) == len(CASES) >= 30
