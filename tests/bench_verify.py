"""How much tampering the verifier finds, as a figure: part of `make bench`."""

import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from accredit.evidence import archive  # noqa: E402
from accredit.evidence.keys import load_private, make_key  # noqa: E402
from accredit.evidence.verify import verify  # noqa: E402
from accredit.model.reply import Reply  # noqa: E402
from tests.bundles import Good  # noqa: E402
from tests.tampering import TAMPERINGS  # noqa: E402

MINI = ROOT / "tests" / "miniatures" / "mini"


def sealed(folder: Path) -> Good:
    """A good bundle, of a run with its contract fuzzed."""
    make_key(folder / "a.key")
    command = [sys.executable, "-m", "accredit", "run", "mini", "--suite", MINI, "--output", folder / "e", "--key", folder / "a.key"]  # fmt: skip
    subprocess.run(list(map(str, command)), cwd=ROOT, stdout=subprocess.DEVNULL, check=True)
    [path] = (folder / "e").glob("*.zip")
    with archive.opened(path) as bundle:
        return Good(
            {name: bundle.read(name) for name in bundle.names}, path.read_bytes(), load_private(folder / "a.key")
        )


def tampering(times: int = 10_000) -> None:
    """Random flips, removals, insertions, doublings and swaps, of bytes, files and records in turns."""
    with tempfile.TemporaryDirectory() as name:
        good, path = sealed(Path(name)), Path(name) / "b.zip"
        public, missed, began = good.key.public_key(), Counter[str](), time.perf_counter()
        for seed in range(times):
            way = TAMPERINGS[seed % len(TAMPERINGS)]
            path.write_bytes(way(good, random.Random(seed)))
            if Reply.NO not in {check.reply for check in verify(path, public).checks}:
                missed[way.__name__] += 1
    told = f", missed: {dict(missed)}" if missed else ""
    print(f"tampering found            {times - missed.total():,} of {times:,}{told}, {(time.perf_counter() - began) / times * 1000:.1f} ms each"
          f"      goal {times:,}")  # fmt: skip


if __name__ == "__main__":
    tampering()
