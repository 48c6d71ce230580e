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
from accredit.model.parity.comparison import Compared, Comparison, Row, Side, compare
from accredit.model.parity.differences import KINDS, Difference, grouped
from accredit.model.parity.facts import ParityFacts
from accredit.model.parity.latency import Latencies
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

    return made


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
def test_what_differs_is_found_as_itself_and_what_does_not_is_not(recorded: Recorded, provider: str) -> None:
    """Other ids, moments, tokens and polls are no difference, either way round. Each difference that is put into one of two real runs is
    found by its kind and place, as technical or commercial, and as nothing else. One test, since the runs take longer than all of it."""
    first, second = recorded(provider, "first"), recorded(provider, "second")
    equal = [compared(provider, first, second), compared(provider, second, first)]
    otherwise = {
        case.name: told for case in CASES if case.provider == provider and (told := _otherwise(case, first, second))
    }

    assert [(c.differences, c.unclear) for c in equal] == [((), ()), ((), ())]
    assert min(c.exchanges_compared for c in equal) > 10
    assert otherwise == {}


def _otherwise(case: Case, first: Records, second: Records) -> list[Difference]:
    """What came of a case, when it is not the one finding that must."""
    changed = copy.deepcopy(second)
    case.change(changed)
    findings = grouped(compared(case.provider, first, changed).differences)
    if [(f.first.kind, f.kind.field) for f in findings] == [(case.kind, case.field)] and _is_at(
        findings[0].first.place, case.place
    ):
        return []
    return [finding.first for finding in findings]


def _is_at(place: str, wanted: str) -> bool:
    return place == wanted or (wanted.endswith("*") and place.startswith(wanted[:-1]))


def test_every_kind_of_difference_is_tried() -> None:
    """A kind that was never seen to be found proves nothing; names are unique, and the cases many."""
    tried = {case.kind for case in CASES}

    assert set(KINDS) - tried <= {"query", "amount", "currency", "header-extra", "not-different"}
    assert len({case.name for case in CASES}) == len(CASES) >= 30


@pytest.mark.parametrize(
    ("first", "second", "statuses", "writes"),
    [
        (1, 1, (200, 200), ("credit",)),
        (1, 1, (202, 201), ("credit",)),
        (1, 1, (422, 422), ()),
        (1, 1, (200, 500), ()),
        (1, 1, (500, 200), ()),
        (1, 1, (200, 302), ()),
        (1, 0, (200, 0), ()),
    ],
)
def test_a_write_is_compared_where_both_sides_took_it(first, second, statuses, writes):
    """A write that one side refused, or that has no counterpart, moved no points to compare; a read never does."""
    rows = tuple(Row(name, first, second, statuses, (None, None), 0) for name in ("credit", "readMember"))

    comparison = Comparison(
        (Compared("s", ("", ""), rows, (), ()),), (), (), Latencies(), frozenset({"credit", "refund"})
    )

    assert comparison.writes_compared == writes
