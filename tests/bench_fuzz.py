"""Figures of fuzzing, each a ratio measured in one run: against the stock command on the same simulator, and at ten times the cases."""

import json
import os
import subprocess
import sys
import tempfile
import time
import tomllib
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from accredit.evidence.journal import read_run  # noqa: E402
from accredit.suite.catalogue import Dossier, provider_names  # noqa: E402
from tests.stock import Served, Stock, names_of, rounds, served  # noqa: E402

SEED = 2026
CORES = min(os.cpu_count() or 1, 4)
"""Both commands use them all."""
CASES = {"latam_pass": 200, "air_miles": 75, "points": 400}
"""Of each operation in the phase fuzzing: a minute or so of the stock command for each provider."""
SCALED, FEW, MANY = ("latam_pass", "searchMember[fuzzing]"), 2_000, 20_000


def ours(provider: str, at: Served, cases: int, folder: Path) -> tuple[int, float]:
    """Cases sent by `accredit fuzz`, recorded, judged and reported, and the seconds it took."""
    began = time.perf_counter()
    subprocess.run(
        [sys.executable, "-m", "accredit", "fuzz", provider, "--env", "certification", "--consent", "a simulator",
         "--only", "fuzzing", "--workers", str(CORES), "--cases", str(cases), "--seed", str(SEED), "--partner", str(at.folder / "accredit.toml"),
         "--output", str(folder), "--make-key", str(folder / "key")],
        cwd=ROOT, env=_secrets(provider, at), stdout=subprocess.DEVNULL, check=False)  # fmt: skip
    took = time.perf_counter() - began
    journals = folder.glob("*/journal*.jsonl")
    return sum('"kind":"case"' in line for path in journals for line in path.read_text().splitlines()), took


def stock(provider: str, at: Served, cases: int) -> tuple[int, float]:
    """Cases sent by `schemathesis run`, its HAR written, and the seconds it took, over all of a provider's documents."""
    sent, took = 0, 0.0
    theirs = Stock(Dossier(provider, ROOT), SEED, cases, phases="fuzzing", reports="har", workers=CORES)
    for service in theirs.dossier.provider.services:
        began = time.perf_counter()
        [har] = theirs.run(service, at, SEED).glob("har-*.json")
        took += time.perf_counter() - began
        sent += len(json.loads(har.read_text())["log"]["entries"])
        har.unlink()
    return sent, took


def _secrets(provider: str, at: Served) -> dict[str, str]:
    """The variables by which its accredit.toml names them."""
    named = tomllib.loads((at.folder / "accredit.toml").read_text())[provider]["certification"]["secrets"]
    return {**os.environ, **{variable: at.access[name] for name, variable in named.items()}}


def speed() -> None:
    """Cases per second, everything recorded, judged, reported and sealed, over the stock command writing its HAR."""
    for provider in provider_names(ROOT):
        # Its clock runs quickly, so that our politeness to a real provider costs nothing here.
        with served(provider, speed=1000) as at, tempfile.TemporaryDirectory() as name:
            theirs, their_seconds = stock(provider, at, CASES[provider])
            sent, seconds = ours(provider, at, CASES[provider], Path(name))
        ratio = (sent / seconds) / (theirs / their_seconds)
        print(f"fuzz {provider:<11} {sent} cases, {sent / seconds:.0f} a second; stock {theirs}, {theirs / their_seconds:.0f} a second: "
              f"{ratio:.2f} x                  goal >= 1.5 x")  # fmt: skip


def scale() -> None:
    """Time and memory of the whole command at ten times the cases."""
    few, many = (_measured(cases) for cases in (FEW, MANY))
    print(f"fuzz {MANY} cases over {FEW}: time {many[0] / few[0]:.2f} x ({many[0]:.0f} s)             goal <= 11 x")
    print(f"fuzz {MANY} cases over {FEW}: memory {many[1] / few[1]:.2f} x ({many[1] / 1024:.0f} MB)   goal <= 1.2 x")


def _measured(cases: int) -> tuple[float, int]:
    """Seconds, and the most memory it held, in KB."""
    provider, round_ = SCALED
    with tempfile.TemporaryDirectory() as name:
        began = time.perf_counter()
        process = subprocess.Popen(
            [sys.executable, "-m", "accredit", "fuzz", provider, "--only", round_, "--cases", str(cases), "--output", name, "--make-key", f"{name}/key"],
            cwd=ROOT, stdout=subprocess.DEVNULL)  # fmt: skip
        _, _, used = os.wait4(process.pid, 0)
        process.returncode = 0
        return time.perf_counter() - began, used.ru_maxrss


def flaws() -> None:
    """The share of seeded contract defects that the profile ci finds, beside the share that the stock command finds."""
    for provider in provider_names(ROOT):
        subject = Dossier(provider, ROOT)
        names = names_of(subject)
        mine = found_by_ci(subject, names)
        theirs = {flaw: bool(said) for flaw, said in Stock(subject).found(names)}
        for flaw in names:
            print(f"  {provider:<11} {flaw:<40} ours {_found(mine[flaw])}  stock {_found(theirs[flaw])}", flush=True)
        shares = (f"{who} {sum(found.values())} of {len(names)} ({sum(found.values()) / len(names):.0%})"
                  for who, found in (("ours", mine), ("stock", theirs)))  # fmt: skip
        print(f"contract defects of {provider:<11} found: {', '.join(shares)}            goal 100 %", flush=True)


def found_by_ci(subject: Dossier, names: Sequence[str]) -> dict[str, bool]:
    """Flaw → whether fuzzing by the profile ci finds something on its operation that it does not find without it."""
    usual = _findings(subject, ())
    found: dict[str, bool] = {}
    for _, chosen in rounds(names, subject):
        seen = _findings(subject, chosen) - usual
        found |= {flaw: any(operation == flaw.partition(":")[2] for operation, _ in seen) for flaw in chosen}
    return found


def _findings(subject: Dossier, chosen: Sequence[str]) -> set[tuple[str, str]]:
    """Operation and id of each finding; only the operations of the flaws are fuzzed, if there are any."""
    only = [part for flaw in chosen for part in ("--only", flaw.partition(":")[2])]
    with tempfile.TemporaryDirectory() as name:
        subprocess.run(
            [sys.executable, "-m", "accredit", "fuzz", subject.name, *only, *(part for flaw in chosen for part in ("--flaw", flaw)), "--output", name],
            cwd=ROOT, stdout=subprocess.DEVNULL, check=False)  # fmt: skip
        [folder] = Path(name).iterdir()
        return {(finding.operation, finding.id) for finding in read_run(folder).fuzzed.findings}


def _found(yes: bool) -> str:
    return "found    " if yes else "NOT FOUND"


if __name__ == "__main__":
    for part in sys.argv[1:] or ("flaws", "speed", "scale"):
        {"speed": speed, "scale": scale, "flaws": flaws}[part]()
