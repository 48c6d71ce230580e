"""A budgeted run that is killed in the middle, and what the next one makes of it."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from accredit.model.chain import record_in
from accredit.suite.budgets import ledger_beside
from accredit.suite.catalogue import Dossier
from accredit.wire.clock import RealClock
from tests.budgets import told
from tests.conftest import MINI
from tests.production import Production, production
from tests.spender import CARD, POINTS, Spender, spender

PURCHASES = ("p-1", "p-2", "p-3", "p-4", "p-5", "p-6")
COUNT = 4
SOME_MOMENTS = (2, 9, 14, 15, 17, 18, 20, 21, 24, 30, 37, 50)


@dataclass
class Killed:
    """What was found after a run was killed at a moment, looked after, and run again.

    Attributes:
        heard: Ids of the purchases that reached the provider, in their order.
        unclear: What the second run refused over, if it did.
        kept: Ids of which the ledger or a journal knows.
    """

    was_killed: bool
    heard: list[str]
    unclear: str
    kept: set[str]
    ended: dict[str, Any]


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Production, Spender]]:
    with production(Dossier("mini", MINI), tmp_path_factory.mktemp("killed")) as there, spender(there.env) as spending:
        yield there, spending


def kill_at(there: Production, spending: Spender, moment: int) -> Killed:
    """A budget, a run that is killed at that moment, another; where that one asks, somebody looks, and a third goes on."""
    there.another_desk(f"at-{moment}")
    there.desk.approve(_budget())
    before = len(there.heard.writes("credit"))
    mine = [f"{moment}-{id_}" for id_ in PURCHASES]
    [first] = spending.live(there.desk, mine, moment)
    [ended] = spending.live(there.desk, mine)
    unclear = str(ended.get("error", ""))
    if unclear:
        _look(there)
        [ended] = spending.live(there.desk, mine)
    heard = [write["id"] for write in there.heard.writes("credit")[before:]]
    return Killed("killed" in first, heard, unclear, _known(there), ended)


def _budget() -> dict[str, Any]:
    members = {"members": {"collecting": {"card": CARD}}}
    return told("mini", members, {"credit": COUNT}, points={"total": COUNT * POINTS, "each": POINTS})


def _look(there: Production) -> None:
    """Settles each write that nobody knows of, by looking at what the provider has."""
    ledger, clock = ledger_beside(there.desk.budget, there.dossier, there.desk.partner_file), RealClock()
    known = there.heard.simulation.credits
    for entry in ledger.state(clock.now)[0].unclear():
        ledger.settle(entry.number, "arrived" if entry.charge.own in known else "absent", "Ada", clock.now)


def _known(there: Production) -> set[str]:
    """Ids that both the ledger and some journal's intents hold."""
    spent = {
        r["own"]
        for r in map(record_in, there.desk.ledger.read_bytes().splitlines(keepends=True))
        if r["kind"] == "spent"
    }
    intended = set()
    for path in (there.desk.folder / "evidence").rglob("journal*.jsonl"):
        whole = [line for line in path.read_bytes().splitlines(keepends=True) if line.endswith(b"\n")]
        intended |= {json.loads(r["body"])["id"] for r in map(record_in, whole) if r["kind"] == "intent"}
    return spent & intended


def expect_nothing_lost(killed: Killed) -> None:
    """Nothing beyond the budget, nothing twice, and nothing that reached the provider without anybody knowing."""
    assert len(killed.heard) <= COUNT
    assert len(set(killed.heard)) == len(killed.heard)
    assert set(killed.heard) <= killed.kept
    assert "told" in killed.ended, killed.ended


@pytest.mark.parametrize("moment", SOME_MOMENTS)
def test_a_killed_run_spends_nothing_twice_and_loses_nothing(place: tuple[Production, Spender], moment: int) -> None:
    """Killed before, in and after each write and sending; then run again from the beginning of the queue."""
    killed = kill_at(*place, moment)

    assert killed.was_killed
    expect_nothing_lost(killed)


def test_processes_cannot_race_for_the_last_unit(place: tuple[Production, Spender]) -> None:
    """Six at once, each with its own queue, none knowing of another: what is heard is what the budget allows, to the last unit."""
    there, spending = place
    there.another_desk("race")
    there.desk.approve(_budget())
    before = len(there.heard.writes("credit"))
    spending.live(there.desk, ["race-1", "race-2", "race-3"], times=6)
    spending.live(there.desk, ["after-1", "after-2", "after-3", "after-4"])

    assert len(there.heard.writes("credit")) - before == COUNT
