"""What a bundle costs by how many exchanges it holds: `make bench`. Every measurement is a process of its own.

The journal is a real run's, its exchanges repeated under new numbers and chained anew; scenarios are as many as they were.
"""

import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from accredit.evidence.bundle import make_evidence  # noqa: E402
from accredit.evidence.journal import MAIN, read_segments  # noqa: E402
from accredit.evidence.keys import load_private, load_public, make_key  # noqa: E402
from accredit.evidence.verify import verify  # noqa: E402
from accredit.model.chain import START, write_line  # noqa: E402
from accredit.suite.places import reports_folder  # noqa: E402

Record = Mapping[str, Any]
FEW, MANY = 10_000, 100_000
_REPEATED = {"exchange": "number", "intent": "number", "claim": "exchange"}


def longer(folder: Path, exchanges: int, target: Path) -> Path:
    """A folder with the journal in `folder`, made so many exchanges long."""
    [segment] = read_segments(folder)
    target.mkdir(parents=True)
    chain = START
    with (target / MAIN).open("wb") as file:
        for record in _longer(list(segment), exchanges):
            chain, line = write_line(chain, record)
            file.write(line)
    return target


def _longer(records: list[Record], exchanges: int) -> Iterator[Record]:
    *body, coverage, footer = records
    yield from body
    traffic = [r for r in body if r["kind"] in _REPEATED or r["kind"] == "case"]
    step = sum(r["kind"] == "exchange" for r in traffic)
    left = exchanges - step
    for turn in range(1, exchanges // step + 1):
        for record in traffic:
            if left == 0:
                break
            left -= record["kind"] == "exchange"
            yield _moved(record, turn, turn * step)
    yield coverage
    yield footer


def _moved(record: Record, turn: int, by: int) -> Record:
    """A record as it would be so many exchanges later. Cases are told apart by their content, so that each has another id."""
    if record["kind"] == "case":
        return {
            **record,
            "id": _later(record["id"], turn),
            "exchanges": [number + by for number in record["exchanges"]],
        }
    name = _REPEATED[record["kind"]]
    moved = {**record, name: record[name] + by}
    return {**moved, "case": _later(record["case"], turn)} if record.get("case") else moved


def _later(case: str, turn: int) -> str:
    return sha256(f"{case} {turn}".encode()).hexdigest()[:12]


def sealed(folder: Path, key: Path) -> Path:
    """Renders every format and seals; the bundle."""
    bundle = make_evidence(folder, ROOT, reports_folder(), load_private(key)).bundle
    assert bundle is not None
    return bundle


def verified(bundle: Path, key: Path) -> None:
    """Verifies a bundle, judging again."""
    found = verify(bundle, load_public(key.with_suffix(".pub")))
    assert found.exit_code == 0, found.checks


def measured(what: str, path: Path, key: Path) -> dict[str, float]:
    """Seconds and megabytes of one of the two, in a process of its own, start and imports left out of the seconds."""
    return dict(json.loads(subprocess.check_output([sys.executable, __file__, what, path, key], cwd=ROOT)))


def _measure(what: str, path: Path, key: Path) -> None:
    began = time.perf_counter()
    {"seal": sealed, "verify": verified}[what](path, key)
    took = time.perf_counter() - began
    print(json.dumps({"seconds": took, "mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}))


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        make_key(folder / "a.key")
        command = [sys.executable, "-m", "accredit", "run", "latam_pass", "--output", str(folder / "real")]
        subprocess.run(command, cwd=ROOT, stdout=subprocess.DEVNULL, check=True)
        [real] = (folder / "real").iterdir()
        few, many = (longer(real, count, folder / str(count) / "run") for count in (FEW, MANY))
        small, large = measured("seal", few, folder / "a.key"), measured("seal", many, folder / "a.key")
        [bundle] = (folder / str(FEW)).glob("*.zip")
        again = measured("verify", bundle, folder / "a.key")
        print(f"{FEW} exchanges, all formats, sealed     {small['seconds']:.1f} s, {small['mb']:.0f} MB at most"
              f"            goal <= 10 s with the leak scan, <= 250 MB")  # fmt: skip
        print(f"{MANY} over {FEW}                     {large['seconds'] / small['seconds']:.1f} x time, {large['mb'] / small['mb']:.2f} x memory"
              f" ({large['mb']:.0f} MB)      goal <= 11 x and <= 1.3 x")  # fmt: skip
        print(f"{FEW} exchanges, verified and re-judged  {again['seconds']:.1f} s                         goal <= 3 s")
        print(
            f"report of {FEW} exchanges                {(few / 'report.html').stat().st_size / 1e6:.1f} MB                        goal <= 15 MB"
        )


if __name__ == "__main__":
    _measure(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])) if len(sys.argv) > 1 else main()
