"""The journal keeps what completed, through crashes and full disks, and shows when it was touched."""

import io
import json
import os
import random
import resource
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any
from weakref import WeakSet

import pytest

from accredit.evidence.journal import Journal, exchanges_of, read_run, read_segments, segment_name
from accredit.model.chain import START, Segment, write_line
from accredit.model.errors import BundleRefused, CannotJudge
from accredit.model.exchange import Exchange, Request
from accredit.model.folding import run_from
from accredit.model.fuzzing import CaseRecord
from accredit.model.verdict import Answer, judge
from tests.conftest import MINI, ROOT, chained


def _lines(count: int) -> list[bytes]:
    return list(chained({"kind": "note", "number": number, "text": "ü \n\r “x”"} for number in range(count)))


def test_records_come_back_as_they_were_written():
    """What was appended is read back, whatever characters it holds."""
    records = list(Segment("j", _lines(3)))

    assert [r["number"] for r in records] == [0, 1, 2]
    assert records[0]["text"] == "ü \n\r “x”"


@pytest.mark.parametrize(
    "change",
    [
        lambda lines: lines[:2] + lines[3:],
        lambda lines: [lines[0], lines[2], lines[1], *lines[3:]],
        lambda lines: [*lines[:2], lines[1], *lines[2:]],
        lambda lines: [lines[0].replace(b'"number":0', b'"number":7'), *lines[1:]],
        lambda lines: [lines[0].replace(b"{", b"[", 1), *lines[1:]],
        lambda lines: [*lines, b"\n"],
    ],
    ids=["removed", "moved", "repeated", "altered", "broken", "empty line"],
)
def test_a_touched_journal_is_refused(change):
    """A record removed, moved, repeated or altered breaks the chain."""
    with pytest.raises(BundleRefused):
        list(Segment("j", change(_lines(5))))


def test_any_flipped_bit_is_found():
    """Whichever single bit of a journal is flipped, it is refused or read as torn; never as whole."""
    whole, chance = b"".join(_lines(4)), random.Random(7)
    for _ in range(500):
        place, bit = chance.randrange(len(whole)), 1 << chance.randrange(8)
        data = whole[:place] + bytes([whole[place] ^ bit]) + whole[place + 1 :]
        segment = Segment("j", io.BytesIO(data))
        try:
            list(segment)
        except BundleRefused:
            continue
        assert segment.torn


def test_a_torn_last_line_loses_only_itself():
    """A crash in the middle of a write loses that record and none before it."""
    segment = Segment("j", io.BytesIO(b"".join(_lines(3))[:-5]))
    records = list(segment)

    assert len(records) == segment.count == 2
    assert segment.torn


def test_a_segment_is_read_line_by_line():
    """A record is handed on before the next line is looked at: how long a journal is does not matter."""
    pulled: list[bytes] = []
    segment = Segment("j", (pulled.append(line) or line for line in _lines(100)))
    records = iter(segment)
    first = next(records)

    assert first["number"] == 0
    assert len(pulled) == segment.count == 1
    assert len(list(records)) == 99


HEADER = {"kind": "header", "run": "r"}


def _segment(name: str, *records: Mapping[str, object]) -> Segment:
    return Segment(name, chained(records))


def _exchange(number: int, **told: Any) -> Mapping[str, object]:
    return Exchange(number, "credit", "simulator", "", Request("POST", "https://h/credits"), **told).to_record()


def _case(id_: str, *numbers: int, **told: Any) -> Mapping[str, object]:
    return CaseRecord(id_, "read", "fuzzing", 0, "positive", "", "accepted", 200, numbers, **told).to_record()


def test_a_run_holds_only_what_counts_against_it():
    """Exchanges are counted and let go of, but for deliveries that no scenario knew of, and misfits that no finding tells of. So are
    answered intents."""
    intents = [{"kind": "intent", "number": number} for number in (1, 2)]
    run = run_from([
        _segment("journal.jsonl", HEADER, intents[0], _exchange(1), intents[1], _exchange(3, case="a", misfits=("told",)),
                 _case("a", 3, failures=("F-1",), judged=3), _exchange(5, misfits=("told",)), _exchange(4, misfits=("told",)),
                 _exchange(6, direction="incoming", delivery="duplicate"), _exchange(7, direction="incoming", delivery="forged"),
                 {"kind": "claim", "exchange": 6}, _exchange(8, direction="incoming", delivery="as promised"),
                 _exchange(9, case="b", misfits=("never told",)), _case("b", 9, judged=9), _exchange(10, case="c", misfits=("cut short",))),
    ])  # fmt: skip

    assert run.exchanges_recorded == 9
    assert [e.number for e in run.misfitting] == [4, 5, 9, 10]
    assert [e.number for e in run.unclaimed] == [7]
    assert [i["number"] for i in run.unanswered] == [2]


def _journal(folder: Path, **segments: Sequence[Mapping[str, object]]) -> Path:
    for worker, records in segments.items():
        (folder / segment_name(worker.removeprefix("main"))).write_bytes(b"".join(chained(records)))
    return folder


def test_exchanges_come_by_number_over_all_segments(tmp_path):
    """Workers write side by side, and a slow exchange is recorded after quicker ones; generated ones come with their case."""
    folder = _journal(tmp_path, main=[HEADER, _exchange(2), {"kind": "note"}, _exchange(1)],
                      gw0=[_exchange(9, case="a"), _case("a", 9), _exchange(3)], gw1=[_exchange(4)])  # fmt: skip
    exchanges = list(exchanges_of(folder))

    assert [e.number for e in exchanges] == [1, 2, 3, 4, 9]
    assert exchanges[-1] == Exchange(9, "credit", "simulator", "", Request("POST", "https://h/credits"), case="a")


def test_exchanges_of_a_torn_journal_are_those_that_are_whole(tmp_path):
    """What a crash cut off is left out."""
    folder = _journal(tmp_path, main=[HEADER, _exchange(1), _exchange(2)])
    (folder / "journal.jsonl").write_bytes((folder / "journal.jsonl").read_bytes()[:-9])

    assert [e.number for e in exchanges_of(folder)] == [1]


def test_exchanges_of_a_touched_journal_are_not_read(tmp_path):
    """Nothing is handed on before the chain was checked to its end."""
    folder = _journal(tmp_path, main=[HEADER, _exchange(1), _exchange(2)])
    path = folder / "journal.jsonl"
    path.write_bytes(path.read_bytes().replace(b'"number":2', b'"number":3'))

    with pytest.raises(BundleRefused, match="the chain says"):
        next(exchanges_of(folder))


def test_refusals_of_generated_requests_are_told_by_their_cases():
    """A step's request that was refused is kept; a generated one's case says that it was not sent."""
    told = {
        "kind": "refusal",
        "scenario": "s",
        "operation": "",
        "method": "GET",
        "url": "https://h",
        "reason": "no",
        "at": "",
    }
    run = run_from([_segment("journal.jsonl", HEADER, told, {**told, "case": "a"}, _case("a"))])

    assert [refusal.scenario for refusal in run.refusals] == ["s"]


class _Held(dict[str, object]):
    """A record whose life can be watched."""

    __hash__ = object.__hash__


class _Watched(Segment):
    """A segment of exchanges of steps and of cases; knows how many records were in memory at most."""

    def __init__(self, cases: int) -> None:
        super().__init__("journal.jsonl", ())
        self.cases, self.most = cases, 0

    def __iter__(self) -> Iterator[_Held]:
        alive: WeakSet[_Held] = WeakSet()
        for told in (
            HEADER,
            *(
                t
                for n in range(1, self.cases + 1)
                for t in (_exchange(n), _exchange(-n, case=f"c{n}"), _case(f"c{n}", n))
            ),
        ):
            alive.add(record := _Held(told))
            self.most = max(self.most, len(alive))
            yield record


def test_reading_holds_one_record_at_a_time():
    """However many exchanges a journal holds, no more than the one being read are in memory."""
    segment = _Watched(500)
    run = run_from([segment])

    assert run.exchanges_recorded == 1000
    assert segment.most <= 5


@pytest.mark.parametrize(
    "records",
    [[], [{"kind": "footer", "segments": {}}], [_exchange(1), HEADER]],
    ids=["empty", "a footer alone", "a header that comes late"],
)
def test_a_journal_without_header_is_refused(records):
    """What does not begin with a header is the record of no run."""
    with pytest.raises(BundleRefused, match="does not begin with a header"):
        run_from([_segment("journal.jsonl", *records)])


def test_a_footer_tells_of_every_segment():
    """A footer that tells another count than a segment has is not believed; one that tells the right one is."""
    footer = {
        "kind": "footer",
        "segments": {"journal.gw0.jsonl": {"records": 1, "chain": write_line(START, _exchange(1))[0]}},
    }

    with pytest.raises(BundleRefused, match="differ"):
        run_from([_segment("journal.jsonl", HEADER, footer), _segment("journal.gw0.jsonl", _exchange(1), _exchange(2))])
    assert run_from(
        [_segment("journal.jsonl", HEADER, footer), _segment("journal.gw0.jsonl", _exchange(1))]
    ).is_complete


def test_a_full_disk_is_told_and_nothing_before_it_is_lost(tmp_path):
    """When the disk is full the run ends with an explanation, and what was recorded can be read."""
    code = (
        "import resource, signal, sys; from pathlib import Path; from accredit.evidence.journal import Journal\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN); resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))\n"
        "j = Journal(Path(sys.argv[1]))\n"
        "for n in range(100): j.append({'kind': 'note', 'number': n})\n"
    )
    ended = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)], capture_output=True, text=True, cwd=ROOT, check=False
    )

    assert "cannot be written" in ended.stderr
    assert "what was recorded before is kept" in ended.stderr
    assert len(list(read_segments(tmp_path)[0])) >= 5


def test_a_full_disk_during_a_run_ends_it_with_code_3(tmp_path):
    """A run that cannot write its journal any more is broken off: code 3, no traceback, incomplete."""

    def small_files() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (9000, 9000))

    command = [sys.executable, "-m", "accredit", "run", "mini", "--suite", str(MINI), "--output", str(tmp_path)]
    ended = subprocess.run(
        command, capture_output=True, text=True, cwd=ROOT, preexec_fn=small_files, timeout=60, check=False
    )

    assert ended.returncode == 3, ended.stdout + ended.stderr
    assert "cannot be written" in ended.stderr
    assert "Traceback" not in ended.stderr
    [folder] = tmp_path.iterdir()
    assert not read_run(folder).is_complete


def test_a_journal_is_never_overwritten(tmp_path):
    """A second run cannot write into the first one's journal."""
    Journal(tmp_path).close()

    with pytest.raises(CannotJudge):
        Journal(tmp_path)


SENDER = """
import sys
from pathlib import Path
from accredit.suite.catalogue import Dossier
from accredit.suite.live import Live
from accredit.suite.plan import Choices, plan_run

live = Live(plan_run(Dossier("mini", Path(sys.argv[1])), Choices(output=Path(sys.argv[2]))))
live.begin()
print("begun", flush=True)
for number in range(100000):
    live.api.call("credit", json={"id": str(number), "card": "7000000002", "points": 1})
    print(number, flush=True)
"""


@pytest.mark.parametrize("moment", range(6))
def test_a_killed_run_keeps_every_exchange_that_completed(tmp_path, moment):
    """kill -9 at any moment: each exchange whose call had returned is in the journal, and the run is never passed."""
    command = [sys.executable, "-c", SENDER, str(MINI), str(tmp_path)]
    with subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": str(ROOT)}
    ) as sender:
        assert sender.stdout is not None
        for _ in range(1 + random.Random(moment).randrange(40)):
            sender.stdout.readline()
        sender.send_signal(signal.SIGKILL)
        said = sender.stdout.read().split()
    [folder] = tmp_path.iterdir()
    run, credits_ = read_run(folder), [e for e in exchanges_of(folder) if e.operation == "credit"]
    recorded = {json.loads(e.request.body)["id"] for e in credits_}
    intended = {
        record["number"] for segment in read_segments(folder) for record in segment if record["kind"] == "intent"
    }

    assert {number for number in said if number.isdigit()} <= recorded
    assert intended == {e.number for e in credits_} | {intent["number"] for intent in run.unanswered}
    assert not run.is_complete
    from accredit.suite.catalogue import Dossier

    assert judge(run, Dossier("mini", Path(MINI)).register).answer is Answer.UNKNOWN
