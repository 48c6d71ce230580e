"""Where a partner stands with a provider, read from its own record of moves."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from accredit.evidence.log import Log, read_log
from accredit.model.process import NOWHERE
from accredit.model.reading import Strict, read


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof(Strict):
    """One thing that was shown for a move.

    Attributes:
        kind: `file`, `bundle` or `attestation`.
        name: The file's, or the requirement's id.
        sha256: Of the file, the bundle or the attestation; hex.
    """

    kind: str
    name: str
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Move(Strict):
    """One entry of the record.

    Attributes:
        at: When it was recorded, UTC. on: The day it happened.
        scheduled: The day of the cutover that was agreed on by this move.
        notes: What is worth knowing later, such as a deadline missed.
        after_torn: What a crash had left of an entry before this one.
    """

    kind: str
    at: datetime
    on: date
    leaves: str
    enters: str
    by: str
    evidence: tuple[Proof, ...]
    scheduled: date | None = None
    notes: tuple[str, ...] = ()
    after_torn: Mapping[str, Any] | None = None

    def to_record(self) -> dict[str, Any]:
        """As the record keeps it."""
        told: dict[str, Any] = {
            "kind": self.kind, "at": self.at.isoformat(), "on": self.on.isoformat(), "leaves": self.leaves, "enters": self.enters,
            "by": self.by, "notes": list(self.notes),
            "evidence": [{"kind": p.kind, "name": p.name, "sha256": p.sha256} for p in self.evidence],
        }  # fmt: skip
        return told | ({"scheduled": self.scheduled.isoformat()} if self.scheduled else {})


@dataclass(frozen=True, slots=True)
class Standing:
    """What the record says.

    Attributes:
        torn: Bytes of an entry that a crash cut off at its end; that move was not recorded.
        chain: The value that tells this record from any other.
    """

    moves: tuple[Move, ...]
    torn: int = 0
    chain: str = ""

    @property
    def state(self) -> str:
        """A state of the process; `NOWHERE` when nothing is recorded."""
        return self.moves[-1].enters if self.moves else NOWHERE

    @property
    def last(self) -> Move | None:
        return self.moves[-1] if self.moves else None

    @property
    def scheduled(self) -> date | None:
        """The day of the cutover that was agreed on last."""
        return next((m.scheduled for m in reversed(self.moves) if m.scheduled), None)


def standing_in(log: Log, where: str) -> Standing:
    """Reads a record.

    Raises:
        UsageError: an entry is none of ours.
    """
    moves = tuple(read(Move, entry, f"{where}, entry {number}") for number, entry in enumerate(log.entries, 1))
    return Standing(moves, len(log.torn), log.chain)


def standing(path: Path) -> Standing:
    """Where the partner stands by its record.

    Raises:
        BundleRefused: the record was altered.
        UsageError: it cannot be read.
    """
    return standing_in(read_log(path), str(path))
