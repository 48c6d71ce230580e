"""What asking a gate costs with twenty bundles on the table, and a comparison that it makes again: part of `make bench`.

Journals are those of a rehearsal, their exchanges repeated under new numbers and chained anew, without the words that call it one;
each bundle is a run of its own.
"""

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from accredit.evidence.bundle import make_evidence  # noqa: E402
from accredit.evidence.journal import MAIN, read_segments  # noqa: E402
from accredit.evidence.keys import load_private, make_key, public_path  # noqa: E402
from accredit.model.chain import START, write_line  # noqa: E402
from accredit.suite.places import reports_folder  # noqa: E402
from tests.bench_bundle import longer  # noqa: E402

BUNDLES, EXCHANGES, GOAL = 20, 1_000, 3.0
PROVIDER, PLACES = "latam_pass", ("certification", "production")


def asking() -> None:
    """A process of its own, as a pipeline asks: imports and all."""
    with tempfile.TemporaryDirectory() as name:
        work = Path(name)
        make_key(work / "a.key")
        long = [longer(folder, EXCHANGES, work / folder.name) for folder in _rehearsed(work)]
        key = load_private(work / "a.key")
        bundles = [
            make_evidence(_another(long[n % 2], n, work / "b" / str(n)), ROOT, reports_folder(), key).bundle
            for n in range(BUNDLES)
        ]
        trusted = ("--key", str(public_path(work / "a.key")))
        pair = map(str, bundles[-2:])
        told = _accredit(work, "compare", *pair, *trusted, "--sign-with", "a.key", ends=(0, 1, 3))
        began = time.perf_counter()
        table = _accredit(work, "gate", f"{PROVIDER}.assisted_production", *map(str, bundles), *trusted, ends=(1,))
        took = time.perf_counter() - began
        assert "P-" in told, told
        assert "comparing them again" not in table, table
        print(
            f"gate, {BUNDLES} bundles of {EXCHANGES:,} exchanges, and a comparison    {took:.2f} s      goal {GOAL} s"
        )


def _rehearsed(work: Path) -> list[Path]:
    """The folders of a run in each place, reached at a simulator."""
    with _simulator(work) as given:
        for place in PLACES:
            _accredit(
                work, "run", PROVIDER, "--env", place, "--partner", "sim/accredit.toml", "--key", "a.key", given=given
            )
    return [
        next(path for path in (work / "evidence").glob(f"{PROVIDER}-{place}-*") if path.is_dir()) for place in PLACES
    ]


@contextmanager
def _simulator(work: Path) -> Iterator[Mapping[str, str]]:
    """Runs meanwhile; the secrets that it wants."""
    asked = [sys.executable, "-m", "accredit", "simulate", PROVIDER, "--speed", "240", "--folder", str(work / "sim")]
    with subprocess.Popen(asked, cwd=ROOT, stdout=subprocess.PIPE, text=True) as served:
        assert served.stdout is not None
        try:
            next(line for line in served.stdout if line.startswith("rehearse"))
            lines = (work / "sim" / "secrets.env").read_text().splitlines()
            yield dict(line.removeprefix("export ").split("=", 1) for line in lines if "=" in line)
        finally:
            served.send_signal(signal.SIGINT)


def _accredit(work: Path, *asked: str, ends: tuple[int, ...] = (0,), given: Mapping[str, str] | None = None) -> str:
    ended = subprocess.run([sys.executable, "-m", "accredit", *asked], cwd=work, capture_output=True, text=True, check=False,
                           env={**os.environ, "PYTHONPATH": str(ROOT), **(given or {})})  # fmt: skip
    assert ended.returncode in ends, ended.stdout + ended.stderr
    return ended.stdout


def _another(folder: Path, number: int, target: Path) -> Path:
    """A copy of a run's folder under another id, as if the provider itself had been reached."""
    [segment] = read_segments(folder)
    target.mkdir(parents=True)
    other = {"run": f"20261121T1000{number:02}-aaaaaa", "connect_to": "", "clock": "real"}
    chain = START
    with (target / MAIN).open("wb") as file:
        for record in segment:
            chain, line = write_line(chain, {**record, **other} if record["kind"] == "header" else record)
            file.write(line)
    return target


if __name__ == "__main__":
    asking()
