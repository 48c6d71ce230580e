"""What asking a gate costs with twenty bundles on the table: part of `make bench`.

The journal is a real run's, its exchanges repeated under new numbers and chained anew; each bundle is a run of its own.
"""

import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from accredit.evidence.bundle import make_evidence  # noqa: E402
from accredit.evidence.journal import MAIN, read_segments  # noqa: E402
from accredit.evidence.keys import load_private, make_key  # noqa: E402
from accredit.model.chain import START, write_line  # noqa: E402
from accredit.suite.places import reports_folder  # noqa: E402
from tests.bench_bundle import longer  # noqa: E402

BUNDLES, EXCHANGES, GOAL = 20, 1_000, 3.0


def another(folder: Path, number: int, target: Path) -> Path:
    """A copy of a run's folder under another id."""
    [segment] = read_segments(folder)
    target.mkdir(parents=True)
    chain = START
    with (target / MAIN).open("wb") as file:
        for record in segment:
            told = (
                {**record, "run": f"20261121T1000{number:02}-aaaaaa", "environment": "certification"}
                if record["kind"] == "header"
                else record
            )
            chain, line = write_line(chain, told)
            file.write(line)
    return target


def asking() -> None:
    """A process of its own, as a pipeline asks: imports and all."""
    with tempfile.TemporaryDirectory() as name:
        work = Path(name)
        make_key(work / "a.key")
        command = [
            sys.executable,
            "-m",
            "accredit",
            "run",
            "latam_pass",
            "--no-fuzz",
            "--output",
            work / "e",
            "--key",
            work / "a.key",
        ]
        subprocess.run(list(map(str, command)), cwd=ROOT, stdout=subprocess.DEVNULL, check=True)
        [run] = [path for path in (work / "e").iterdir() if path.is_dir()]
        long = longer(run, EXCHANGES, work / "long")
        key = load_private(work / "a.key")
        bundles = [
            make_evidence(another(long, n, work / "b" / str(n)), ROOT, reports_folder(), key).bundle
            for n in range(BUNDLES)
        ]
        began = time.perf_counter()
        asked = [
            sys.executable,
            "-m",
            "accredit",
            "gate",
            "latam_pass.approval",
            *bundles,
            "--key",
            work / "a.key",
            "--format",
            "json",
        ]
        ended = subprocess.run(list(map(str, asked)), cwd=ROOT, capture_output=True, text=True, check=False)
        took = time.perf_counter() - began
        assert ended.returncode == 1, (
            ended.stderr
        )  # a simulator's run that calls itself certification's is not complete
        print(f"gate, {BUNDLES} bundles of {EXCHANGES:,} exchanges    {took:.2f} s      goal {GOAL} s")


if __name__ == "__main__":
    asking()
