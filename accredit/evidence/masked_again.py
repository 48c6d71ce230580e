"""Masks what a run had recorded before it learned that a value is secret. Only before anything is sealed, by the process that knows.

A value may first come where nobody declared one and only later, in another answer, under a declared name: then records hold it that
were written, chained, and right by all that was known. They are masked as later ones were, and the journal is chained anew. Nobody
has seen the first chain, and the seal vouches for the one it is put on; a record before the footer says how many were rewritten.
It does not tell the first chain's value: whoever has that can try birth dates until the digest fits. What had been learned *before* a
record was written is not touched: that is a gap in the mask, and keeps the run from being sealed.
"""

import os
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from accredit.evidence.journal import read_segments, segment_paths
from accredit.model.bounded import loads
from accredit.model.chain import START, write_line, write_payload
from accredit.model.leaks import Hidden
from accredit.model.run import MASKED_AGAIN

_OURS = frozenset({"header", "segment", "collected", "started", "finished", "footer"})
"""Kinds of records that nothing from the wire is in."""
_OUR_FIELDS = frozenset({"kind", "number", "scenario", "operation", "environment", "sent_at", "at", "case", "outcome", "requirement"})  # fmt: skip


def mask_again(folder: Path, hidden: Hidden, common: Collection[int]) -> int:
    """Rewrites the journal in `folder`, that of a run which has ended, where it must be; how many records were.

    Args:
        common: Values that are no secret, since anybody can read them.
    """
    rewriting = _Rewriting(hidden, common)
    main, *others = segment_paths(folder)
    try:
        for path in others:
            rewriting.rewrite(path)
        rewriting.rewrite(main)
        if rewriting.masked:
            for path in (*others, main):
                _beside(path).replace(path)
    finally:
        for path in (main, *others):
            _beside(path).unlink(missing_ok=True)
    return rewriting.masked


@dataclass
class _Rewriting:
    """One journal. `states`: records and chain of each segment but the main one, for its footer."""

    hidden: Hidden
    common: Collection[int]
    masked: int = 0
    states: dict[str, dict[str, Any]] = field(default_factory=dict)

    def rewrite(self, path: Path) -> None:
        """Writes a segment anew beside itself, what need not be masked byte for byte."""
        [segment] = [segment for segment in read_segments(path.parent) if segment.name == path.name]
        chain, records = START, 0
        with _beside(path).open("wb") as file:
            for number, payload in enumerate(segment.payloads()):
                for piece in self._pieces(payload, path.name, number):
                    chain, line = write_payload(chain, piece) if isinstance(piece, bytes) else write_line(chain, piece)
                    file.write(line)
                    records += 1
            file.flush()
            os.fsync(file.fileno())
        self.states[path.name] = {"records": records, "chain": chain}

    def _pieces(self, payload: bytes, segment: str, number: int) -> Iterator[bytes | Mapping[str, Any]]:
        """What stands in a record's place: itself, itself masked, or the footer and before it what was done."""
        if payload.startswith(b'{"kind":"footer"') and self.masked:
            yield {"kind": MASKED_AGAIN, "records": self.masked}
            footer = loads(payload)
            yield footer | {"segments": {name: self.states[name] for name in footer["segments"]}}
            return
        late = self._late(segment, number)
        if not any(late(which) for _, _, which in self.hidden.found(payload)):
            yield payload
            return
        record = loads(payload)
        masked = record if record["kind"] in _OURS else {
            name: value if name in _OUR_FIELDS else self._masked(value, late) for name, value in record.items()
        }  # fmt: skip
        self.masked += masked != record
        yield masked

    def _late(self, segment: str, number: int) -> Callable[[int], bool]:
        return lambda which: which not in self.common and self.hidden.is_late(which, segment, number)

    def _masked(self, value: Any, late: Callable[[int], bool]) -> Any:
        if isinstance(value, dict):
            return {name: self._masked(item, late) for name, item in value.items()}
        if isinstance(value, list):
            return [self._masked(item, late) for item in value]
        return self._text(value, late) if isinstance(value, str) else value

    def _text(self, text: str, late: Callable[[int], bool]) -> str:
        data, pieces, at = text.encode("utf-8", "surrogatepass"), list[bytes](), 0
        for start, end, which in _together(place for place in self.hidden.found(data) if late(place[2])):
            pieces += (data[at:start], self.hidden.name(which).encode())
            at = end
        return b"".join([*pieces, data[at:]]).decode("utf-8", "surrogatepass") if pieces else text


def _together(places: Iterable[tuple[int, int, int]]) -> Iterator[tuple[int, int, int]]:
    """In order, those that overlap as one, under the longest one's name."""
    many: list[tuple[int, int, int]] = []
    for place in sorted(places):
        if many and place[0] >= max(end for _, end, _ in many):
            yield _as_one(many)
            many = []
        many.append(place)
    if many:
        yield _as_one(many)


def _as_one(many: list[tuple[int, int, int]]) -> tuple[int, int, int]:
    _, _, which = max(many, key=lambda place: place[1] - place[0])
    return many[0][0], max(end for _, end, _ in many), which


def _beside(path: Path) -> Path:
    return path.with_suffix(".again")
