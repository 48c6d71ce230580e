"""Bundles that are wrong in one way, a folder each, named by its fault: README.md says what was done and what the verifier
answers, alter.py does it to a good bundle when the tests run."""

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

from accredit.evidence.keys import envelope
from accredit.evidence.layout import Entry, directory, header
from accredit.model.chain import START, write_line
from accredit.model.keys import PrivateKey

HERE = Path(__file__).parent
FAULTS = sorted(path.parent.name for path in HERE.glob("*/alter.py"))
MANIFEST, ENVELOPE, JOURNAL = "manifest.json", "manifest.dsse.json", "journal.jsonl"
Record = dict[str, Any]


@dataclass(frozen=True)
class Good:
    """A good bundle: its files, the zip they lie in, and the partner's key, for faults that even its owner cannot hide."""

    files: Mapping[str, bytes]
    zip: bytes
    key: PrivateKey

    def without(self, name: str) -> bytes:
        """The zip without a file."""
        return zipped({other: data for other, data in self.files.items() if other != name})

    def with_(self, files: Mapping[str, bytes]) -> bytes:
        """The zip with these files added or changed."""
        return zipped({**self.files, **files})

    def sealed(self, files: Mapping[str, bytes], **claims: Any) -> bytes:
        """The zip with these files, listed and signed anew by the partner; `claims` of the predicate are changed."""
        kept = {name: data for name, data in {**self.files, **files}.items() if name not in (MANIFEST, ENVELOPE)}
        told = json.loads(self.files[MANIFEST])
        told["subject"] = [{"name": name, "digest": {"sha256": sha256(kept[name])}} for name in sorted(kept)]
        told["predicate"] |= claims
        return self.signed(json.dumps(told).encode(), kept)

    def signed(self, manifest: bytes, files: Mapping[str, bytes] | None = None) -> bytes:
        """The zip with this manifest, signed by the partner."""
        return zipped({**(files or self.files), MANIFEST: manifest, ENVELOPE: envelope(manifest, self.key)})

    @property
    def records(self) -> list[Record]:
        """What the journal tells, without its chain."""
        return [json.loads(line)["record"] for line in self.files[JOURNAL].splitlines()]

    def recorded(self, records: Iterable[Record]) -> bytes:
        """The zip with a journal of these records, chained and signed anew by the partner."""
        return self.sealed({JOURNAL: chained(records)})


def chained(records: Iterable[Record]) -> bytes:
    """A journal of these records."""
    chain, lines = START, []
    for record in records:
        chain, line = write_line(chain, record)
        lines.append(line)
    return b"".join(lines)


def line_of(payload: bytes, previous: str = START) -> bytes:
    """A line of a journal whose record is this text, whatever it is."""
    chain = hashlib.sha256(previous.encode() + payload).hexdigest()
    return b'{"chain":"' + chain.encode() + b'","record":' + payload + b"}\n"


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def zipped(files: Mapping[str, bytes] | Iterable[tuple[str, bytes]]) -> bytes:
    """A zip as accredit writes it; of pairs in the order they come, whatever their names."""
    import zlib

    entries, body = [], b""
    for name, data in sorted(files.items()) if isinstance(files, Mapping) else files:
        entry = Entry(name, len(data), zlib.crc32(data), len(body))
        entries.append(entry)
        body += header(entry) + data
    return body + directory(entries)


def replaced(data: bytes, old: bytes, new: bytes, times: int = 1) -> bytes:
    """The bytes with `old` replaced, which must be there so often."""
    assert data.count(old) == times, f"{old!r} is there {data.count(old)} times"
    return data.replace(old, new)


def altered(fault: str, good: Good) -> bytes:
    """The bad bundle."""
    alter: Callable[[Good], bytes] = import_module(f"tests.bundles.{fault}.alter").alter
    return alter(good)


def told_of(fault: str) -> tuple[str, str]:
    """What its README promises: the question that is answered no, and words of the answer."""
    line = (HERE / fault / "README.md").read_text().splitlines()[-1]
    question, _, words = line.partition(": no, ")
    return question, words.strip("“”")
