"""Ways to tamper with a bundle at random: bytes of its zip, and files and records within. Each gives something else than it was given."""

import random
from collections.abc import Callable

from tests.bundles import JOURNAL, Good, zipped

Tampering = Callable[[Good, random.Random], bytes]


def flips_a_byte(good: Good, chance: random.Random) -> bytes:
    """Any bits of any one byte."""
    data = bytearray(good.zip)
    data[chance.randrange(len(data))] ^= chance.randrange(1, 256)
    return bytes(data)


def removes_bytes(good: Good, chance: random.Random) -> bytes:
    """From one byte to all the rest."""
    start = chance.randrange(len(good.zip))
    end = min(len(good.zip), start + _length(chance))
    return good.zip[:start] + good.zip[end:]


def inserts_bytes(good: Good, chance: random.Random) -> bytes:
    """Anywhere, before and after as well."""
    place = chance.randrange(len(good.zip) + 1)
    return good.zip[:place] + chance.randbytes(_length(chance)) + good.zip[place:]


def doubles_bytes(good: Good, chance: random.Random) -> bytes:
    """A stretch stands twice."""
    start = chance.randrange(len(good.zip))
    end = min(len(good.zip), start + _length(chance))
    return good.zip[:end] + good.zip[start:]


def swaps_bytes(good: Good, chance: random.Random) -> bytes:
    """Two stretches of one length change places; drawn again until they differ."""
    while True:
        length = min(_length(chance), len(good.zip) // 2)
        first = chance.randrange(len(good.zip) - 2 * length + 1)
        second = chance.randrange(first + length, len(good.zip) - length + 1)
        data = bytearray(good.zip)
        data[first : first + length], data[second : second + length] = good.zip[second : second + length], good.zip[first : first + length]  # fmt: skip
        if data != good.zip:
            return bytes(data)


def removes_files(good: Good, chance: random.Random) -> bytes:
    """One or more, from a zip that fits."""
    gone = set(chance.sample(sorted(good.files), chance.randint(1, len(good.files))))
    return zipped({name: data for name, data in good.files.items() if name not in gone})


def adds_a_file(good: Good, chance: random.Random) -> bytes:
    """In a zip that fits."""
    return good.with_({f"{chance.choice(('', 'judged-by/', 'journal.'))}{chance.randrange(10**9)}.jsonl": b""})


def swaps_files(good: Good, chance: random.Random) -> bytes:
    """Two files have each other's content, in a zip that fits."""
    while True:
        one, other = chance.sample(sorted(good.files), 2)
        if good.files[one] != good.files[other]:
            return good.with_({one: good.files[other], other: good.files[one]})


def removes_records(good: Good, chance: random.Random) -> bytes:
    """One or more, and the partner signs anew without chaining anew."""
    lines = good.files[JOURNAL].splitlines(keepends=True)
    # Cut off at its end a journal is a whole chain still: what is removed here has something after it.
    gone = set(chance.sample(range(len(lines) - 1), chance.randint(1, 3)))
    return good.sealed({JOURNAL: b"".join(line for place, line in enumerate(lines) if place not in gone)})


def doubles_a_record(good: Good, chance: random.Random) -> bytes:
    """At once or later, and the partner signs anew."""
    lines = good.files[JOURNAL].splitlines(keepends=True)
    lines.insert(chance.randrange(len(lines) + 1), chance.choice(lines))
    return good.sealed({JOURNAL: b"".join(lines)})


def swaps_records(good: Good, chance: random.Random) -> bytes:
    """Two records change places, and the partner signs anew."""
    lines = good.files[JOURNAL].splitlines(keepends=True)
    one, other = chance.sample(range(len(lines)), 2)
    lines[one], lines[other] = lines[other], lines[one]
    return good.sealed({JOURNAL: b"".join(lines)})


TAMPERINGS: tuple[Tampering, ...] = (
    flips_a_byte, removes_bytes, inserts_bytes, doubles_bytes, swaps_bytes, removes_files, adds_a_file, swaps_files,
    removes_records, doubles_a_record, swaps_records,
)  # fmt: skip


def _length(chance: random.Random) -> int:
    """Mostly few bytes, now and then many."""
    return chance.choice((1, 1, 2, 8, 22, 46, 100, 5000))
