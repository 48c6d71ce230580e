"""A log that outlives its writers: whole, torn, altered, or written to by two at once."""

import fcntl
import multiprocessing
import os
import signal
from pathlib import Path

import pytest

from accredit.evidence import log
from accredit.evidence.log import append, read_log
from accredit.model.errors import BundleRefused, UsageError


def _say(path: Path, word: str) -> None:
    append(path, lambda logged: {"kind": "said", "word": word, "after": len(logged.entries)})


def _words(path: Path) -> list[str]:
    return [str(entry["word"]) for entry in read_log(path).entries]


def test_what_is_appended_is_read_back(tmp_path):
    """Entries come back in their order; each was made of what stood before it."""
    for word in ("one", "two"):
        _say(tmp_path / "log.jsonl", word)

    entries = read_log(tmp_path / "log.jsonl").entries

    assert [(e["word"], e["after"]) for e in entries] == [("one", 0), ("two", 1)]


@pytest.mark.parametrize("kept", [1, 40, -1])
def test_a_line_cut_off_at_any_byte_is_found_set_aside_and_told(tmp_path, kept):
    """What a crash left of an entry is nobody's entry: the others stay, the rest is kept beside, and the next entry says so."""
    path = tmp_path / "log.jsonl"
    _say(path, "one")
    whole = path.read_bytes()
    _say(path, "two")
    torn = path.read_bytes()[len(whole) :][:kept]
    path.write_bytes(whole + torn)

    found = read_log(path)
    _say(path, "three")

    assert (found.torn, len(found.entries)) == (torn, 1)
    assert _words(path) == ["one", "three"]
    told = read_log(path).entries[-1]["after_torn"]
    assert told["bytes"] == len(torn)
    assert (tmp_path / told["kept"]).read_bytes() == torn


def test_a_tail_longer_than_the_next_entry_leaves_no_rest(tmp_path):
    """What was cut off may have been long; nothing of it stands after the entry that was written over it."""
    path = tmp_path / "log.jsonl"
    _say(path, "one")
    whole = path.read_bytes()
    _say(path, "long" * 200)
    path.write_bytes(path.read_bytes()[:-1])

    _say(path, "short")

    assert path.read_bytes().startswith(whole)
    assert read_log(path).torn == b""
    assert _words(path) == ["one", "short"]


@pytest.mark.parametrize("torn", [b"", b'{"chain":"ab', b'{"chain":"' + b"a" * 2000])
def test_an_entry_that_was_written_in_part_is_none(tmp_path, monkeypatch, torn):
    """On a full disk it is said that nothing was recorded; what was in the log reads, and what was cut off is kept."""
    path = tmp_path / "log.jsonl"
    _say(path, "one")
    whole = path.read_bytes()
    path.write_bytes(whole + torn)
    right = os.pwrite

    with monkeypatch.context() as patch:
        patch.setattr(os, "pwrite", lambda file, data, offset: right(file, data[: len(data) // 2], offset))
        with pytest.raises(UsageError, match="nothing was recorded"):
            _say(path, "two")

    assert _words(path) == ["one"]
    assert path.read_bytes().startswith(whole)
    assert bool(read_log(path).torn) is bool(torn)
    assert not torn or torn in [kept.read_bytes() for kept in tmp_path.glob("log.jsonl.torn-*")]
    _say(path, "three")
    assert _words(path) == ["one", "three"]
    assert ("after_torn" in read_log(path).entries[-1]) is bool(torn)


def test_a_log_longer_than_any_of_ours_is_not_read(tmp_path, monkeypatch):
    """It is told by its length, before it is taken into memory."""
    path = tmp_path / "log.jsonl"
    _say(path, "one")
    monkeypatch.setattr(log, "MOST_BYTES", path.stat().st_size - 1)

    with pytest.raises(UsageError, match="no log of ours is so long"):
        read_log(path)


@pytest.mark.parametrize("again", [True, False])
def test_a_file_put_aside_while_its_lock_was_waited_for_is_left(tmp_path, monkeypatch, again):
    """The entry stands in the file that bears the name then, whoever made it; the other stays as it was."""
    path, aside = tmp_path / "log.jsonl", tmp_path / "aside.jsonl"
    _say(path, "one")
    before, right = path.read_bytes(), fcntl.flock

    def late(file, how):
        if not aside.exists():
            path.rename(aside)
            if again:
                path.touch()
        right(file, how)

    monkeypatch.setattr(fcntl, "flock", late)
    _say(path, "two")

    assert aside.read_bytes() == before
    assert _words(path) == ["two"]


def test_each_flipped_byte_is_noticed(tmp_path):
    """No byte of an entry that was written can be altered."""
    path = tmp_path / "log.jsonl"
    for word in ("one", "two"):
        _say(path, word)
    data = path.read_bytes()

    for place in range(0, len(data) - 1, 5):
        path.write_bytes(data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :])
        with pytest.raises(BundleRefused):
            read_log(path)


def test_an_entry_taken_out_is_noticed(tmp_path):
    """Nothing can be removed from the middle."""
    path = tmp_path / "log.jsonl"
    for word in ("one", "two", "three"):
        _say(path, word)
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(lines[0] + lines[2])

    with pytest.raises(BundleRefused, match="line 2: the chain says"):
        read_log(path)


def test_two_writers_take_turns(tmp_path):
    """Entries of two processes never mix, and each saw all before it."""
    path = tmp_path / "log.jsonl"
    writers = [multiprocessing.Process(target=_many, args=(path, name)) for name in "ab"]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()

    assert [entry["after"] for entry in read_log(path).entries] == list(range(40))


def test_a_writer_killed_at_any_moment_leaves_whole_entries_and_no_lock(tmp_path):
    """kill -9 in the middle of writing: what is there reads, and the next one can write."""
    path = tmp_path / "log.jsonl"
    writer = multiprocessing.Process(target=_many, args=(path, "a", 100_000))
    writer.start()
    while not path.exists() or path.stat().st_size < 2000:
        os.sched_yield()
    assert writer.pid is not None
    os.kill(writer.pid, signal.SIGKILL)
    writer.join()

    _say(path, "last")

    afters = [entry["after"] for entry in read_log(path).entries]
    assert afters == list(range(len(afters)))
    assert _words(path)[-1] == "last"


def _many(path: Path, name: str, count: int = 20) -> None:
    for number in range(count):
        _say(path, f"{name}{number}")


def test_a_log_that_is_kept_elsewhere_is_read_and_written(tmp_path):
    """A link in its place leads both to the same entries."""
    (tmp_path / "kept").mkdir()
    link = tmp_path / "log.jsonl"
    link.symlink_to(tmp_path / "kept" / "log.jsonl")

    for word in ("one", "two"):
        _say(link, word)

    assert _words(link) == _words(tmp_path / "kept" / "log.jsonl") == ["one", "two"]
