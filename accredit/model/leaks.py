"""What a run must not have written down, and what came of looking for it. Holds no value that could be written itself."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

SCAN = "leak-scan.json"
"""The file that tells of a scan."""


@dataclass(frozen=True, slots=True)
class Sought:
    """What was looked for, as numbers.

    Attributes:
        values: Secret and personal values of the run, of which `given` were the partner's own secrets. The others were learned
            where something declared stood, or planted.
        forms: Ways in which these would be recognised.
        too_short: Values of fewer than five characters, masked where they stand. They would turn up anywhere by chance, so
            nobody can look for them.
        canaries: Values that were made up for this run, or marked as no others are, whatever is declared.
        planted: How many of them by name; one may stand under several.
        met: How many of them the mask came upon; the others were never on the wire, and prove nothing.
        bare: Declared name of which no canary was planted → why.
    """

    values: int
    given: int
    forms: int
    too_short: int
    canaries: int = 0
    planted: Mapping[str, int] = field(default_factory=dict)
    met: int = 0
    bare: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def from_record(cls, told: Mapping[str, Any]) -> "Sought | None":
        """What `leak-scan.json` tells was looked for; None when nothing was."""
        if not told["scanned"]:
            return None
        c = told["canaries"]
        planted = dict(c["planted"])
        bare = c["not_planted"] if isinstance(c["not_planted"], Mapping) else dict.fromkeys(c["not_planted"], "")
        canaries = c.get("values", sum(planted.values()))  # earlier bundles tell no reasons, and count by name
        return cls(
            told["values"],
            told["given"],
            told["forms"],
            told["too_short"],
            canaries,
            planted,
            c["met_by_the_mask"],
            bare,
        )


class Hidden(Protocol):
    """The values of a run, in the process that knows them: they are never written, in no form that gives them back."""

    longest: int
    """Bytes of the longest form."""

    sought: Sought

    def found(self, data: bytes) -> Iterator[tuple[int, int, int]]:
        """Where a value begins and ends, and which it is."""

    def name(self, which: int) -> str:
        """What stands in a value's place: `[ffn:1f3a9c20]`."""

    def is_late(self, which: int, segment: str, record: int) -> bool:
        """True when a value was learned only after that record of the segment, counted from 0, had been written: whoever wrote it
        could not know."""

    def is_given(self, which: int) -> bool:
        """True of a secret that the provider gave the partner: it is nowhere to be read, whoever wrote that."""


@dataclass(frozen=True, slots=True)
class Leak:
    """One place where a value was found. Never holds the value.

    Attributes:
        place: Where in the file: `line 12, /response/body`, `member xl/sharedStrings.xml`, `stream 3`.
        offset: In bytes, from the beginning of the file or of what was unpacked from it.
        name: As in the token of its value.
        everyday: The provider gave it, and yet it stands in texts that anybody can read, whoever is certified.
    """

    file: str
    place: str
    offset: int
    name: str
    everyday: bool = False

    def __str__(self) -> str:
        where = f", {self.place}" if self.place else ""
        return f"{self.file}{where}, byte {self.offset}: {self.name}"


@dataclass(frozen=True, slots=True)
class Scan:
    """A scan that found nothing.

    Attributes:
        sought: None when the run's values were no longer known: then nothing was looked for.
        read: Bytes that were gone through, unpacked ones too.
        common: Values that are words of the suite itself (`MALE`, an example's member), so that finding them tells nothing.
        closed: Files that hold something packed or drawn that could not be looked into.
        digests: Hex SHA-256 of each file that was gone through.
        masked_again: Records that were masked once more before the scan, for values learned after they had been written.
    """

    sought: Sought | None
    read: int = 0
    common: int = 0
    closed: tuple[str, ...] = ()
    digests: Mapping[str, str] = field(default_factory=dict)
    masked_again: int = 0

    def to_record(self) -> dict[str, Any]:
        """As `leak-scan.json` tells it."""
        s = self.sought
        if s is None:
            return {"format": 1, "scanned": False, "why": NOT_SCANNED}
        canaries = {
            "values": s.canaries,
            "planted": dict(s.planted),
            "met_by_the_mask": s.met,
            "not_planted": dict(s.bare),
        }
        return {"format": 1, "scanned": True, "found": 0, "values": s.values, "given": s.given, "too_short": s.too_short, "common": self.common,
                "forms": s.forms, "bytes": self.read, "canaries": canaries, "closed": list(self.closed),
                "masked_again": self.masked_again, "files": dict(self.digests)}  # fmt: skip


NOT_SCANNED = "the process that knew the values of this run has ended, and they are never written"


def told(record: Mapping[str, Any]) -> str:
    """A scan in a sentence: `no leak: 71 values in 1204 forms looked for in 812345 bytes`."""
    if not record.get("scanned"):
        return f"not scanned for leaks: {record.get('why', NOT_SCANNED)}"
    canaries = record["canaries"]
    planted = canaries.get("values", sum(canaries["planted"].values()))
    parts = [
        f"{record['values']} secret and personal values in {record['forms']} forms looked for in {record['bytes']} bytes, none found"
    ]
    if planted:
        parts.append(f"{canaries['met_by_the_mask']} of {planted} canaries were on the wire, and masked")
    if record["too_short"]:
        parts.append(f"{record['too_short']} values are too short to be looked for")
    if record["common"]:
        parts.append(f"{record['common']} are words of the suite itself")
    if again := record.get("masked_again"):
        parts.append(f"{again} record{'s' * (again != 1)} masked once more, for values learned after being written")
    if record["closed"]:
        parts.append(f"not looked into: {', '.join(record['closed'])}")
    return "; ".join(parts)
