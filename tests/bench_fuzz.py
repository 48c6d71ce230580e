"""Figures of fuzzing, each a ratio measured in one run: against the stock command on the same simulator, and at ten times the cases."""

import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

import yaml  # noqa: E402

from accredit.suite.catalogue import Dossier, provider_names  # noqa: E402
from tests.stock import document_for_stock, headers_for_stock  # noqa: E402

SEED = 2026
CASES = {"latam_pass": 150, "air_miles": 40, "points": 300}
"""Of each operation in the phase fuzzing: a minute or so of the stock command for each provider."""
SCALED, FEW, MANY = ("latam_pass", "searchMember[fuzzing]"), 2_000, 20_000


@dataclass(frozen=True)
class Served:
    """A simulator in a process of its own."""

    provider: str
    folder: Path
    urls: Mapping[str, str]

    @property
    def env(self) -> dict[str, str]:
        """With the secrets that its accredit.toml names."""
        told = tomllib.loads((self.folder / "accredit.toml").read_text())[self.provider]["certification"]["secrets"]
        access = json.loads((self.folder / "access.json").read_text())["certification"]
        return {**os.environ, **{variable: access[name] for name, variable in told.items()}}


@contextmanager
def served(provider: str) -> Iterator[Served]:
    """Serves a provider; its clock runs quickly, so that our politeness to a real one costs nothing here."""
    with tempfile.TemporaryDirectory() as name:
        command = [sys.executable, "-u", "-m", "accredit", "simulate", provider, "--speed", "1000", "--folder", name]
        with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as server:
            assert server.stdout is not None
            urls: dict[str, str] = {}
            for line in server.stdout:
                if found := re.match(r"\s+certification\s+(\S+)\s+as (\S+)", line):
                    urls[found[2]] = found[1]
                if line.startswith("CA,"):
                    break
            yield Served(provider, Path(name), urls)
            server.send_signal(signal.SIGINT)


def ours(at: Served, cases: int, folder: Path) -> tuple[int, float]:
    """Cases sent by `accredit fuzz`, recorded, judged and reported, and the seconds it took."""
    began = time.perf_counter()
    subprocess.run(
        [sys.executable, "-m", "accredit", "fuzz", at.provider, "--env", "certification", "--consent", "a simulator",
         "--only", "fuzzing", "--cases", str(cases), "--seed", str(SEED), "--partner", str(at.folder / "accredit.toml"),
         "--output", str(folder), "--make-key", str(folder / "key")],
        cwd=ROOT, env=at.env, stdout=subprocess.DEVNULL, check=False)  # fmt: skip
    took = time.perf_counter() - began
    [journal] = folder.glob("*/journal.jsonl")
    return sum('"kind":"case"' in line for line in journal.read_text().splitlines()), took


def stock(at: Served, cases: int, folder: Path) -> tuple[int, float]:
    """Cases sent by `schemathesis run`, its HAR written, and the seconds it took, over all of a provider's documents."""
    sent, took = 0, 0.0
    subject = Dossier(at.provider, ROOT)
    for service in subject.provider.services:
        document, har = folder / f"{service}.yaml", folder / f"{service}.har"
        document.write_text(yaml.safe_dump(document_for_stock(subject, service)))
        base = next(url for url, services in subject.provider.facts_of("certification").services_by_url(subject.provider.services, {}).items() if service in services)
        headers = [part for name, value in headers_for_stock(subject, at.folder, at.urls).items() for part in ("-H", f"{name}: {value}")]
        began = time.perf_counter()
        subprocess.run(
            [sys.executable, "-m", "schemathesis.cli", "run", str(document), "--url", at.urls[base], "--tls-verify", str(at.folder / "ca.pem"),
             *headers, "--seed", str(SEED), "--max-examples", str(cases), "--phases", "fuzzing", "--continue-on-failure", "--generation-database", "none",
             "--report", "har", "--report-har-path", str(har), "--no-color"],
            cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)  # fmt: skip
        took += time.perf_counter() - began
        sent += len(json.loads(har.read_text())["log"]["entries"])
    return sent, took


def speed() -> None:
    """Cases per second, everything recorded, judged, reported and sealed, over the stock command writing its HAR."""
    for provider in provider_names(ROOT):
        with served(provider) as at, tempfile.TemporaryDirectory() as name:
            for part in ("stock", "ours"):
                (Path(name) / part).mkdir()
            theirs, their_seconds = stock(at, CASES[provider], Path(name) / "stock")
            sent, seconds = ours(at, CASES[provider], Path(name) / "ours")
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


if __name__ == "__main__":
    for part in sys.argv[1:] or ("speed", "scale"):
        {"speed": speed, "scale": scale}[part]()
