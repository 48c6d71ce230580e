"""The lines of a journal: each record is chained to all before it by SHA-256, so that nothing can be altered unseen."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from accredit.model.bounded import loads
from accredit.model.errors import BundleRefused

START = "0" * 64
_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))
_HEAD, _MIDDLE, _TAIL = b'{"chain":"', b'","record":', b"}"
_DIGITS = 64
_PAYLOAD = len(_HEAD) + _DIGITS + len(_MIDDLE)


def link(previous: str, record: bytes) -> str:
    """The chain value after `record`: hex SHA-256 over the previous value and the record's bytes."""
    return hashlib.sha256(previous.encode() + record).hexdigest()


def write_line(previous: str, record: Mapping[str, Any]) -> tuple[str, bytes]:
    """The chain value and the line, newline included, that append `record` after `previous`."""
    return write_payload(previous, _ENCODER.encode(record).encode("utf-8", "backslashreplace"))


def write_payload(previous: str, payload: bytes) -> tuple[str, bytes]:
    """The same for a record that was encoded before."""
    chain = link(previous, payload)
    return chain, _HEAD + chain.encode() + _MIDDLE + payload + _TAIL + b"\n"


class Segment:
    """One journal file, read as a stream: each record is checked when its turn comes, and none is kept here.

    Attributes:
        count, size, chain: How many records were read so far, how many bytes, and the chain's value after them.
        torn: True when the last line turned out to be cut off by a crash; everything before it is whole.
    """

    __slots__ = ("_lines", "chain", "count", "name", "size", "torn")

    def __init__(self, name: str, lines: Iterable[bytes]) -> None:
        self.name, self._lines = name, lines
        self.chain, self.count, self.size, self.torn = START, 0, 0, False

    def __iter__(self) -> Iterator[Mapping[str, Any]]:
        """The records, once.

        Raises:
            BundleRefused: a line was altered, inserted, removed or re-ordered.
        """
        return (_record(self._place(self.count), payload) for payload in self.payloads())

    def payloads(self) -> Iterator[bytes]:
        """The records as they were chained, once, for whoever need not read all of them. Raises as iterating does."""
        for number, line in enumerate(self._lines, 1):
            if self.torn:
                raise BundleRefused(
                    f"{self._place(number - 1)}: not a whole record, yet more follow; the journal was altered."
                )
            if not line.endswith(b"\n"):
                self.torn = True
                continue
            self.chain, payload = _unchained(self._place(number), self.chain, line)
            self.count, self.size = self.count + 1, self.size + len(line)
            yield payload

    def _place(self, number: int) -> str:
        return f"{self.name}, line {number}"


def record_in(line: bytes) -> Mapping[str, Any]:
    """The record in a line whose chain was checked before."""
    record: Mapping[str, Any] = json.loads(_payload(line).decode())
    return record


def _payload(line: bytes) -> bytes:
    return line[_PAYLOAD : -len(_TAIL) - 1]


def _unchained(place: str, previous: str, line: bytes) -> tuple[str, bytes]:
    told, payload = line[len(_HEAD) : len(_HEAD) + _DIGITS], _payload(line)
    if line != _HEAD + told + _MIDDLE + payload + _TAIL + b"\n":
        raise BundleRefused(f"{place}: not a journal record; the journal was altered.")
    chain = link(previous, payload)
    if chain.encode() != told:
        raise BundleRefused(f"{place}: the chain says {told[:12].decode(errors='replace')}…, the record gives {chain[:12]}…; "
                            "a record was altered, removed or moved. Ask for the original.")  # fmt: skip
    return chain, payload


def _record(place: str, payload: bytes) -> Mapping[str, Any]:
    try:
        record = loads(payload)
    except ValueError as wrong:
        raise BundleRefused(f"{place}: not JSON of ours ({str(wrong)[:100]}); the journal was altered.") from None
    if not isinstance(record, dict) or "kind" not in record:
        raise BundleRefused(f"{place}: a record without a kind; the journal was altered.")
    return record
