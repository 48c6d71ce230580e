"""What a bundle costs by how many exchanges it holds: `make bench`. Every measurement is a process of its own.

The journal is a real run's, its exchanges repeated under new numbers and chained anew; scenarios are as many as they were. What is
looked for before it is sealed are the values of that run, handed on over a pipe, as workers do, and written nowhere.
"""

import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from accredit.evidence import bundle  # noqa: E402
from accredit.evidence.journal import MAIN, read_segments  # noqa: E402
from accredit.evidence.keys import load_private, load_public, make_key  # noqa: E402
from accredit.evidence.verify import verify  # noqa: E402
from accredit.model.chain import START, write_line  # noqa: E402
from accredit.model.provider import Masking  # noqa: E402
from accredit.suite.catalogue import Dossier  # noqa: E402
from accredit.suite.places import reports_folder  # noqa: E402
from accredit.wire.hidden import Search, Values  # noqa: E402

Record = Mapping[str, Any]
Told = dict[str, Any]
PROVIDER = "air_miles"
"""Of the three the one whose run has most to hide."""
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


@contextmanager
def hearing() -> Iterator[list[Values]]:
    """What each process of the next run in this one knows that must not be written."""
    from accredit.suite import session  # here and below: who seals has no need of what runs, and would count its memory

    heard: list[Values] = []

    def search(known: Iterable[Values], masking: Masking) -> Search:
        heard.extend(known)
        return Search(heard, masking)

    session.Search = search
    try:
        yield heard
    finally:
        session.Search = Search


def recorded(output: Path, _: Path) -> Told:
    """A whole run on the simulator, contract fuzzed: its folder, and its values for `sealed`."""
    from accredit.suite.plan import Choices
    from accredit.suite.run import certify

    with hearing() as heard:
        [folder] = certify(ROOT, [PROVIDER], Choices(environment="simulator", fuzz="ci", output=output), progress=lambda *_: None)  # fmt: skip
    return {"folder": str(folder), "values": json.dumps([values.packed() for values in heard])}


def sealed(folder: Path, key: Path) -> Told:
    """Renders every format but the PDF, scans, and seals. The run's values come by standard input."""
    known = [Values.unpacked(text) for text in json.load(sys.stdin)]
    bundle.FILES = {name: make for name, make in bundle.FILES.items() if name != "report.pdf"}
    began = Moment()
    hidden = Search(known, Dossier(PROVIDER, ROOT).provider.masking)
    made = bundle.make_evidence(folder, ROOT, reports_folder(), load_private(key), hidden=hidden)
    assert made.bundle is not None
    assert made.scan["scanned"]
    return {**began.since(), "values": hidden.sought.values, "forms": hidden.sought.forms}


def verified(path: Path, key: Path) -> Told:
    """Verifies a bundle, judging again."""
    began = Moment()
    found = verify(path, load_public(key.with_suffix(".pub")))
    assert found.exit_code == 0, found.checks
    return began.since()


class Moment:
    """When something began."""

    def __init__(self) -> None:
        self._wall, self._cpu = time.perf_counter(), time.process_time()

    def since(self) -> Told:
        """Seconds by the clock and of the processor, and the most megabytes the process has had."""
        return {"seconds": time.perf_counter() - self._wall, "cpu": time.process_time() - self._cpu,
                "mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}  # fmt: skip


def measured(what: str, path: Path, key: Path, values: str = "") -> Told:
    """One of the three in a process of its own, start and imports left out of the seconds. This one stays small: what it starts would
    count its memory as their own."""
    command = [sys.executable, __file__, what, path, key]
    return dict(json.loads(subprocess.check_output(command, cwd=ROOT, input=values.encode())))


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        make_key(folder / "a.key")
        run = measured("record", folder / "real", folder / "a.key")
        values = run["values"]
        few, many = (longer(Path(run["folder"]), count, folder / str(count) / "run") for count in (FEW, MANY))
        small, large = (measured("seal", path, folder / "a.key", values) for path in (few, many))
        [path] = (folder / str(FEW)).glob("*.zip")
        again = measured("verify", path, folder / "a.key")
        print(f"{FEW} exchanges, all formats but the PDF, scanned, sealed  {small['seconds']:.1f} s ({small['cpu']:.1f} s of the processor), "
              f"{small['mb']:.0f} MB at most; {small['values']} values in {small['forms']} forms      goal <= 10 s, <= 250 MB")  # fmt: skip
        print(f"{MANY} over {FEW}                     {large['seconds'] / small['seconds']:.1f} x time, {large['cpu'] / small['cpu']:.1f} x of the "
              f"processor, {large['mb'] / small['mb']:.2f} x memory ({large['mb']:.0f} MB)      goal <= 11 x and <= 1.3 x")  # fmt: skip
        print(
            f"{FEW} exchanges, verified and re-judged  {again['seconds']:.1f} s ({again['cpu']:.1f} s of the processor)      goal <= 3 s"
        )
        print(
            f"report of {FEW} exchanges                {(few / 'report.html').stat().st_size / 1e6:.1f} MB      goal <= 15 MB"
        )


if __name__ == "__main__":
    if len(sys.argv) > 1:
        print(
            json.dumps(
                {"record": recorded, "seal": sealed, "verify": verified}[sys.argv[1]](
                    Path(sys.argv[2]), Path(sys.argv[3])
                )
            )
        )
    else:
        main()
