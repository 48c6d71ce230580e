"""The gate between rendering and sealing: goes through every byte that is to be sealed, for each value the run had to hide."""

import json
import mmap
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

from accredit.evidence.archive import Bundle, Content, digest
from accredit.evidence.judged_by import FOLDER
from accredit.evidence.manifest import MANIFEST
from accredit.evidence.unpacked import DEEPEST, Bytes, inner_of, let_go
from accredit.model.errors import AccreditError
from accredit.model.leaks import SCAN, Hidden, Leak, Scan, told

_PIECE = 1024 * 1024
_CONTEXT = 2
"""Bytes beside a form by which it is told whether it stands alone."""
_MOST_OF_A_FILE, _MOST_TOLD = 5, 20
_MOST_PARSED = 8 * 1024 * 1024

_SIMULATORS = f"{FOLDER}contracts/"
_ENGINE = Path(__file__).resolve().parent.parent

Counts = Callable[[int], bool]
"""Whether finding that value is a leak."""


class Leaked(AccreditError):
    """Something that was to be sealed holds what must not leave this machine. Our fault: the mask should have known."""

    def __init__(self, leaks: Sequence[Leak]) -> None:
        self.leaks = tuple(leaks)
        places = "\n  ".join(map(str, leaks[:_MOST_TOLD]))
        more = f"\n  and {len(leaks) - _MOST_TOLD} more" if len(leaks) > _MOST_TOLD else ""
        super().__init__(
            f"a secret or personal value was written, so nothing was sealed and what had been made to be read was removed:\n  {places}{more}\n"
            "Name what carries it in [masking] of provider.toml and run again; delete the run's folder, whose records hold it still."
            f"{_everyday(leaks)}"
        )


class LeakGate:
    """One scan; files go through it one by one.

    Args:
        published: Texts that anybody can read, whoever is certified. A learned value that is a word of theirs is no secret; what the
            provider gave the partner always is one.
    """

    def __init__(self, hidden: Hidden, published: Iterable[bytes]) -> None:
        self._hidden = hidden
        met = {which for text in published for _, _, which in hidden.found(text)}
        self.common = {which for which in met if not hidden.is_given(which)}
        self._everyday = met - self.common
        self.masked_again = 0
        self._digests: dict[str, str] = {}
        self._closed: set[str] = set()
        self._read = 0
        self.leaks: list[Leak] = []

    def take(self, name: str, content: Content, *, published: bool = False) -> None:
        """Goes through one file.

        Args:
            published: It was there before the run, for anybody to read: a leak in it is only what the provider gave the partner.
        """
        counts: Counts = self._hidden.is_given if published else lambda which: which not in self.common
        with _mapped(content) as data:
            self.leaks += islice(self._leaks_in(data, name, (), counts), _MOST_OF_A_FILE)
        self._digests[name] = digest(content)

    def forget(self, masked_again: int) -> None:
        """Begins anew, after so many records have been rewritten."""
        self._digests, self._closed, self._read, self.leaks = {}, set(), 0, []
        self.masked_again = masked_again

    def must_be_clean(self) -> None:
        """Raises Leaked when anything was found so far."""
        if self.leaks:
            raise Leaked(self.leaks)

    @property
    def scan(self) -> Scan:
        """What it came to, when there are no leaks."""
        return Scan(
            self._hidden.sought,
            self._read,
            len(self.common),
            tuple(sorted(self._closed)),
            dict(sorted(self._digests.items())),
            self.masked_again,
        )

    @property
    def told(self) -> bytes:
        """`leak-scan.json`: what it came to, and where something was found, so that nobody seals these records later."""
        found = {"found": len(self.leaks), "leaks": [asdict(leak) for leak in self.leaks]} if self.leaks else {}
        return json.dumps(self.scan.to_record() | found, indent=1, sort_keys=True).encode()

    def _leaks_in(self, data: Bytes, name: str, within: tuple[str, ...], counts: Counts) -> Iterator[Leak]:
        """Args: within: The places, outermost first, from which `data` was unpacked."""
        self._read += len(data)
        for at, which in self._places(data, counts):
            place = ", ".join(within) or _place_in(data, at, partial(self._holds, which))
            yield Leak(name, place, at, self._hidden.name(which), which in self._everyday)
        for inner in inner_of(data, within[-1] if within else name):
            if inner.data is None or len(within) == DEEPEST:
                self._closed.add(", ".join((name, *within)))
            else:
                yield from self._leaks_in(inner.data, name, (*within, inner.place), counts)

    def _places(self, data: Bytes, counts: Counts) -> Iterator[tuple[int, int]]:
        """Where a value stands, and which, piece by piece. Pieces overlap by the longest form."""
        size = max(_PIECE, 4 * self._hidden.longest)
        for at in range(0, len(data), size):
            first = max(0, at - _CONTEXT)
            for start, _, which in self._hidden.found(data[first : at + size + self._hidden.longest + _CONTEXT]):
                if at <= first + start < at + size and counts(which):
                    yield first + start, which
            let_go(data, first, at + size)

    def _holds(self, which: int, text: str) -> bool:
        return any(found == which for _, _, found in self._hidden.found(text.encode("utf-8", "surrogatepass")))


def _everyday(leaks: Iterable[Leak]) -> str:
    """What is likely with a credential that anybody can read in the suite: no masking would help."""
    if not (names := sorted({leak.name for leak in leaks if leak.everyday})):
        return ""
    return (f"\n{', '.join(names)}: this credential also stands in texts that anybody can read (contracts, features, accredit's own). Most "
            "likely it is a word so common that it is there by chance, and can be guessed: no masking helps, have the provider give another "
            "one. Otherwise somebody wrote it there: take it out, and have it replaced.")  # fmt: skip


def published_texts(carried: Mapping[str, bytes], templates: Path) -> Iterator[bytes]:
    """What anybody can read, whoever is certified: the suite but for its simulators, whose people may be hidden in what a run writes;
    the templates; and our own words."""
    yield from (data for name, data in carried.items() if not (name.startswith(_SIMULATORS) and name.endswith(".py")))
    own = (path for path in _ENGINE.rglob("*.py") if "_suite" not in path.parts)
    for path in (*own, *(path for path in templates.rglob("*") if path.is_file())):
        yield path.read_bytes()


def earlier_scan(folder: Path, journal: Mapping[str, Path]) -> Mapping[str, Any]:
    """What a scan by the run's own process told, when it was of these very records; otherwise that there was none.

    Raises:
        Leaked: it found something.
    """
    try:
        scan: dict[str, Any] = json.loads((folder / SCAN).read_bytes())
        if scan["scanned"] and all(scan["files"].get(name) == digest(path) for name, path in journal.items()):
            leaks = [Leak(**leak) for leak in scan.get("leaks", ())]
        else:
            return Scan(None).to_record()
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        return Scan(None).to_record()
    if leaks:
        raise Leaked(leaks)
    return scan


def scan_told(bundle: Bundle) -> str:
    """What a bundle's scan told, in a sentence, and whether it was of these files."""
    scan: dict[str, Any] = (
        json.loads(bundle.read(SCAN, _MOST_PARSED)) if SCAN in bundle.names else Scan(None).to_record()
    )
    if not scan["scanned"]:
        return told(scan)
    subjects = json.loads(bundle.read(MANIFEST, _MOST_PARSED))["subject"]
    others = [
        s["name"] for s in subjects if s["name"] != SCAN and scan["files"].get(s["name"]) != s["digest"]["sha256"]
    ]
    return told(scan) + (
        f"; not searched, since made afterwards: {', '.join(others[:_MOST_OF_A_FILE])}" if others else ""
    )


@contextmanager
def _mapped(content: Content) -> Iterator[Bytes]:
    """The bytes, of a file without reading it into memory."""
    if isinstance(content, bytes):
        yield content
    elif not content.stat().st_size:
        yield b""
    else:
        with content.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
            yield data


def _place_in(data: Bytes, at: int, holds: Callable[[str], bool]) -> str:
    """`line 12, /response/body`; without the pointer where the line is no JSON."""
    begins, ends = data.rfind(b"\n", 0, at) + 1, data.find(b"\n", at)
    line = bytes(data[begins : ends if ends >= 0 else len(data)])
    number = (
        sum(bytes(data[start : min(start + _PIECE, begins)]).count(b"\n") for start in range(0, begins, _PIECE)) + 1
    )
    try:
        told = json.loads(line if len(line) <= _MOST_PARSED else b"")
    except (ValueError, RecursionError):
        return f"line {number}"
    pointer = next(_pointers(told, holds), "")
    return f"line {number}, {pointer}" if pointer and not holds(pointer) else f"line {number}"


def _pointers(value: Any, holds: Callable[[str], bool], at: str = "") -> Iterator[str]:
    """JSON pointers of the texts that hold it."""
    if isinstance(value, dict):
        for name, item in value.items():
            yield from _pointers(item, holds, f"{at}/{name}")
    elif isinstance(value, list):
        for number, item in enumerate(value):
            yield from _pointers(item, holds, f"{at}/{number}")
    elif holds(str(value)):
        yield at
