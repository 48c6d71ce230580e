"""The ledger of what was spent: it survives, and says when it was tampered with."""

import errno
import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from accredit.evidence.journal import read_run
from accredit.evidence.log import append, read_log
from accredit.evidence.spent import Ledger
from accredit.model.budget import Budget, budget_from
from accredit.model.errors import CannotJudge, Refused, UsageError
from accredit.model.spending import Charge
from accredit.suite.catalogue import Dossier
from tests.budgets import told
from tests.conftest import MINI
from tests.production import Production, production

CARD = "7000000002"
ROLES = {"members": {"collecting": {"card": CARD}}}


class Hands:
    """A clock that is moved by hand."""

    def __init__(self) -> None:
        self.at = datetime.now(UTC)

    def __call__(self) -> datetime:
        return self.at


@pytest.fixture
def clock() -> Hands:
    return Hands()


@pytest.fixture
def path(tmp_path: Path, clock: Hands) -> Path:
    """The ledger's, which was made when a budget was signed."""
    path = tmp_path / "statements" / "mini" / "spent.jsonl"
    _ledger(path).begin(clock)
    return path


def _budget(count: int = 3) -> Budget:
    return budget_from(told("mini", ROLES, {"credit": count}, points={"total": 900, "each": 300}), "mini", "budget")


def _ledger(path: Path, run: str = "run-1", count: int = 3) -> Ledger:
    return Ledger(path, _budget(count), "d" * 64, run)


def _charge(own: str, points: int = 100) -> Charge:
    return Charge("credit", points, ("members: collecting",), own, own.rjust(64, "0"))


def _spent(path: Path, clock: Hands, *owns: str) -> Ledger:
    """A ledger in which these were sent and answered."""
    ledger = _ledger(path)
    for own in owns:
        number, _ = ledger.reserve(_charge(own), clock)
        ledger.answered(number, 202, clock)
    return ledger


def test_it_counts_on_over_runs(path: Path, clock: Hands) -> None:
    """A second run begins where the first ended."""
    _spent(path, clock, "a", "b")
    second = _ledger(path, "run-2")
    second.open(clock)
    second.reserve(_charge("c"), clock)

    with pytest.raises(Refused, match="allows 3 of credit, and 3 were sent"):
        second.reserve(_charge("d"), clock)


def test_a_clock_that_was_moved_backwards_is_found(path: Path, clock: Hands) -> None:
    """Within a run and before one; what was spent later than now cannot be."""
    ledger = _spent(path, clock, "a")
    clock.at -= timedelta(minutes=1)

    with pytest.raises(UsageError, match="clock was moved backwards; set it right"):
        _ledger(path, "run-2").open(clock)
    with pytest.raises(Refused, match="clock was moved backwards"):
        ledger.reserve(_charge("b"), clock)


def test_a_window_that_closes_during_a_run_stays_closed(path: Path, clock: Hands) -> None:
    """The time is looked at for each write."""
    ledger = _spent(path, clock, "a")
    clock.at += timedelta(days=301)

    with pytest.raises(Refused, match=r"ended at .* have another signed"):
        ledger.reserve(_charge("b"), clock)


@pytest.mark.parametrize("left", [1, 40, 200])
def test_a_line_that_was_cut_off_counts_as_the_most_it_can_have_been(path: Path, clock: Hands, left: int) -> None:
    """It is found, explained, and asked about before anything more is sent; then the count goes on."""
    _spent(path, clock, "a")
    whole = path.read_bytes()
    _ledger(path).reserve(_charge("b"), clock)
    torn = path.read_bytes()[len(whole) :][:left]
    path.write_bytes(whole + torn)

    with pytest.raises(UsageError, match=r"nobody knows how 1 write of[^\n]*\n.*a line that was cut off, 300 points"):
        _ledger(path, "run-2").open(clock)
    third = _ledger(path, "run-3")
    third.settle(2, "absent", "Ada", clock)
    assert third.open(clock).under(budget="d" * 64) == (2, 400)
    [kept] = path.parent.glob("spent.jsonl.torn-*")
    assert kept.read_bytes() == torn
    [told_torn] = [entry for entry in read_log(path).entries if entry["kind"] == "torn"]
    assert told_torn["after_torn"] == {"bytes": len(torn), "kept": kept.name}


def test_a_write_of_which_nobody_knows_stops_the_next_run(path: Path, clock: Hands) -> None:
    """Until somebody has looked; then it stays counted, and is not sent again whatever was found."""
    _ledger(path).reserve(_charge("a"), clock)
    second = _ledger(path, "run-2")
    with pytest.raises(UsageError, match=r'write 1 of .*: credit "a", 100 points\n.*--settle NUMBER=arrived'):
        second.open(clock)
    second.settle(1, "absent", "Ada", clock)

    assert second.open(clock).count("d" * 64, "credit") == 1
    with pytest.raises(Refused, match="was found to be absent; send what is missing under a new id"):
        second.reserve(_charge("a"), clock)


def test_a_write_without_an_id_is_not_cleared_by_another_ones_answer(path: Path, clock: Hands) -> None:
    """Where a report has no id of its own, only the same contents are the same report."""
    ledger = _ledger(path)
    lost, other = (Charge("credit", 0, ("members: collecting",), "", digest * 64) for digest in "ab")
    ledger.reserve(lost, clock)
    ledger.answered(ledger.reserve(other, clock)[0], 201, clock)

    with pytest.raises(UsageError, match=r'nobody knows how 1 write .*\n.*write 1 of .*: credit "aaaaaaaaaaaa"'):
        _ledger(path, "run-2").open(clock)


def test_an_answer_that_does_not_tell_leaves_a_write_unknown(path: Path, clock: Hands) -> None:
    """A gateway's 504 is no answer of the programme's; the same write, answered later, is."""
    ledger = Ledger(path, _budget(), "d" * 64, "run-1", again_on=(504,))
    ledger.answered(ledger.reserve(_charge("a"), clock)[0], 504, clock)
    unknown = _ledger(path, "run-2").state(clock)[0].unclear()
    ledger.answered(ledger.reserve(_charge("a"), clock)[0], 202, clock)

    assert [entry.charge.own for entry in unknown] == ["a"]
    assert _ledger(path, "run-2").open(clock).under(budget="d" * 64) == (2, 200)


def test_only_what_is_unknown_can_be_settled(path: Path, clock: Hands) -> None:
    """What was answered was answered."""
    ledger = _spent(path, clock, "a")

    with pytest.raises(UsageError, match="no write 1 of which nobody knows"):
        ledger.settle(1, "absent", "Ada", clock)


def _altered(path: Path) -> None:
    path.write_bytes(path.read_bytes().replace(b'"moved":100', b'"moved":  1'))


def _without_a_line(path: Path) -> None:
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(lines[:1] + lines[2:]))


def _moved(path: Path) -> None:
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join([lines[0], *lines[2:], lines[1]]))


@pytest.mark.parametrize("how", [_altered, _without_a_line, _moved])
def test_an_altered_ledger_is_refused(path: Path, clock: Hands, how: Callable[[Path], None]) -> None:
    """Its records are chained."""
    _spent(path, clock, "a", "b")
    how(path)

    with pytest.raises(UsageError, match=r"was altered .* put the original back"):
        _ledger(path, "run-2").open(clock)


@pytest.mark.parametrize(
    "record",
    [
        {"kind": "said", "word": "hello"},
        {"kind": "spent", "number": 2},
        {"kind": "answered", "number": 7, "status": 202, "at": "2026-11-21T10:00:00.000Z"},
        {"kind": "answered", "number": None, "status": 202, "at": "2026-11-21T10:00:00.000Z"},
        {"kind": "spent", "number": "two", "at": "now"},
    ],
)
def test_a_line_that_is_no_ledgers_is_refused(path: Path, clock: Hands, record: dict[str, object]) -> None:
    """However well it is chained: it is told by its number, and nothing is counted beside it."""
    _spent(path, clock, "a")
    append(path, lambda _: record)

    with pytest.raises(UsageError, match=r"was altered \(line 4: no record of a ledger: .*put the original back"):
        _ledger(path, "run-2").open(clock)


def _removed(path: Path) -> None:
    path.unlink()


def _emptied(path: Path) -> None:
    path.write_bytes(b"")


def _shortened(path: Path) -> None:
    path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[:-2]))


def _replaced(path: Path) -> None:
    path.rename(path.with_suffix(".old"))
    Ledger(path, _budget(), "d" * 64, "run-1").begin(lambda: datetime.now(UTC))


@pytest.mark.parametrize("how", [_removed, _emptied, _shortened, _replaced])
def test_a_ledger_that_is_shortened_during_a_run_stops_it(
    path: Path, clock: Hands, how: Callable[[Path], None]
) -> None:
    """Whoever counts in it remembers where it was."""
    ledger = _spent(path, clock, "a", "b")
    how(path)

    with pytest.raises(CannotJudge, match="removed, shortened or replaced"):
        ledger.reserve(_charge("c"), clock)


@pytest.fixture
def mini(tmp_path: Path) -> Iterator[Production]:
    with production(Dossier("mini", MINI), tmp_path) as there:
        there.desk.approve(told("mini", ROLES, {"credit": 2}))
        yield there


@pytest.mark.parametrize(
    ("how", "says"),
    [
        (_removed, r"is not there.* put the original back"),
        (_emptied, r"is not there.* put the original back"),
        (_replaced, "is not the ledger that was signed with the budget"),
        (_shortened, "lacks 1 writes that journals of earlier runs hold"),
    ],
)
def test_a_ledger_that_is_shortened_between_runs_is_found(
    mini: Production, how: Callable[[Path], None], says: str
) -> None:
    """By what was signed with the budget, and by the journals of earlier runs: what they sent must still be counted."""
    live = mini.run()
    live.api.call("credit", json={"id": "a", "card": CARD, "points": 120})
    live.end()
    how(mini.desk.ledger)

    with pytest.raises(UsageError, match=says):
        mini.run()


@pytest.mark.parametrize("how", [_removed, _emptied, _replaced])
def test_a_ledger_that_is_gone_is_missed_without_any_journal(mini: Production, how: Callable[[Path], None]) -> None:
    """Also where the evidence goes elsewhere, as in a fresh checkout of a pipeline: its chain was signed with the budget."""
    mini.run().end()
    how(mini.desk.ledger)
    heard = len(mini.heard.calls)

    with pytest.raises(UsageError, match=r"[Pp]ut the original back"):
        mini.run(output=mini.desk.folder / "elsewhere")
    assert len(mini.heard.calls) == heard


def test_two_approvers_sign_beside_one_ledger(mini: Production) -> None:
    """A ledger that each made in a checkout of their own is two counts, and refused; once both signed beside one, it holds."""
    mini.desk.ledger.unlink()
    mini.desk.sign("ben", at="2026-01-02T12:00:00+00:00")

    with pytest.raises(UsageError, match="keep one and have both sign beside it"):
        mini.run()
    mini.desk.sign("ada", at="2026-01-02T12:00:00+00:00")
    mini.run().end()


def test_what_cannot_be_counted_does_not_leave(mini: Production, monkeypatch: pytest.MonkeyPatch) -> None:
    """A full disk: refused, nothing is heard, and the ledger is whole."""
    live = mini.run()
    live.api.tokens.current()

    def full(*_: object) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "pwrite", full)
        with pytest.raises(Refused, match=r"cannot be counted, so it may not leave: .*No space left.* Make room"):
            live.api.call("credit", json={"id": "a", "card": CARD, "points": 120})
    live.end()

    assert mini.heard.writes("credit") == []
    assert mini.run().allowance is not None


def test_the_footer_of_a_run_tells_what_was_spent(mini: Production) -> None:
    """By this run, under the budget and under the ticket; with the ledger's chain, so that a later one can be compared."""
    live = mini.run()
    live.api.call("credit", json={"id": "a", "card": CARD, "points": 120})
    live.end()
    run = read_run(live.plan.folder)

    assert run.spend is not None
    assert (run.spend["requests"], run.spend["points_moved"], run.spend["ticket_points"]) == (1, 120, 120)
    assert run.header["budget"]["operations"] == {"credit": 2}
    assert run.header["budget"]["roles"] == {"members": ["collecting"]}
    assert CARD not in live.journal.path.read_text()


@pytest.mark.parametrize("left", [0, 1, 60])
def test_a_ledger_that_was_cut_off_as_it_was_made_is_made_by_the_next_signature(
    path: Path, clock: Hands, left: int
) -> None:
    """Nothing can have been counted in it; and no run takes it for one."""
    path.write_bytes(path.read_bytes()[:left])
    with pytest.raises(UsageError, match="is not there"):
        _ledger(path).open(clock)

    chain = _ledger(path).begin(clock)
    assert Ledger(path, _budget(), "d" * 64, "run-1", signed=(chain,)).open(clock).entries == {}


def test_a_journal_that_cannot_be_read_is_asked_about(mini: Production) -> None:
    """What it sent could not be held against the ledger."""
    live = mini.run()
    live.api.call("credit", json={"id": "a", "card": CARD, "points": 120})
    live.end()
    [journal] = (mini.desk.folder / "evidence").glob("*/journal.jsonl")
    journal.write_bytes(journal.read_bytes().replace(b'"credit"', b'"debit"', 1))

    with pytest.raises(UsageError, match=r"altered.* what it sent cannot be held against the ledger"):
        mini.run()
