"""The report of 10,000 exchanges: its size, how soon Chromium shows and filters it, and the same run as Allure 3 makes it: `make bench`.

Allure is given the same evidence: our results, and each exchange of a scenario or a round as a step of its result with two
attachments, request and response, as clients that write for Allure do.
"""

import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from playwright.sync_api import Browser, sync_playwright  # noqa: E402

from accredit.evidence.journal import exchanges_of  # noqa: E402
from accredit.model.exchange import Exchange  # noqa: E402
from tests.bench_bundle import longer  # noqa: E402
from tests.browser.conftest import FLAGS, chromium_path  # noqa: E402

EXCHANGES, TIMES = 10_000, 5
TURNS = 3
"""Of what takes a second or two the quickest counts, ours and Allure's in turns: the machine does other things as well."""
ALLURE = "allure@3"
_ALONE = """
import sys
from pathlib import Path
from accredit.evidence import bundle
from accredit.suite.places import reports_folder
bundle.FILES, bundle.FOLDERS = {"report.html": bundle.FILES["report.html"]}, {}
bundle.make_evidence(Path(sys.argv[1]), Path(sys.argv[2]), reports_folder(), None)
"""
"""Judges the run in a folder and makes its report, none of the other files; imports what that takes, and none of what measures."""
_PAINTED = "performance.getEntriesByType('paint').find((p) => p.name === 'first-contentful-paint').startTime"
_FILTERED = """async () => {
  const field = document.getElementById("q"), began = performance.now();
  field.value = "requestaccrual";
  field.dispatchEvent(new Event("input"));
  await new Promise((painted) => requestAnimationFrame(() => setTimeout(painted)));
  return performance.now() - began;
}"""


@dataclass(frozen=True, slots=True)
class Made:
    """What making a report came to: seconds by the clock and of the processor, and the bytes of what was made."""

    seconds: float
    cpu: float
    size: int

    def __str__(self) -> str:
        return f"{self.seconds:.1f} s ({self.cpu:.1f} s of the processor), {self.size / 1e6:.1f} MB"


def recorded(folder: Path) -> tuple[Path, Path]:
    """The folders of a real run and of the same run made so many exchanges long, each with its results for Allure."""
    command = [sys.executable, "-m", "accredit", "run", "latam_pass", "--output", str(folder / "real")]
    subprocess.run(command, cwd=ROOT, stdout=subprocess.DEVNULL, check=True)
    [real] = (path for path in (folder / "real").iterdir() if path.is_dir())
    long = longer(real, EXCHANGES, folder / "long" / real.name)
    subprocess.run([sys.executable, "-m", "accredit", "report", str(long)], cwd=ROOT, stdout=subprocess.DEVNULL, check=True)  # fmt: skip
    return real, long


def with_exchanges(folder: Path, target: Path) -> Path:
    """The run's results for Allure, with every exchange attached to the scenario or the round it belongs to."""
    target.mkdir()
    results = {path.name: json.loads(path.read_bytes()) for path in (folder / "allure-results").glob("*-result.json")}
    steps: dict[str, list[object]] = {}
    for result in results.values():
        steps[result["fullName"].removeprefix(f"{folder.name.partition('-')[0]}/fuzzing: ")] = result["steps"]
    for exchange in exchanges_of(folder):
        steps[exchange.scenario].append(_step(exchange, target))
    for name, result in results.items():
        (target / name).write_text(json.dumps(result))
    return target


def _step(exchange: Exchange, target: Path) -> dict[str, object]:
    told, attachments = exchange.to_record(), []
    for part in ("request", "response"):
        source = f"{exchange.number}-{part}-attachment.json"
        (target / source).write_text(json.dumps(told[part], indent=2), errors="backslashreplace")
        attachments.append({"name": part, "source": source, "type": "application/json"})
    name = f"{exchange.request.method} {exchange.request.url}"
    return {"name": name, "status": "passed", "steps": [], "attachments": attachments}


def rendered(folder: Path) -> Made:
    """A process of its own that judges the run and makes its report from the journal."""
    seconds, cpu = _spent([sys.executable, "-c", _ALONE, str(folder), str(ROOT)], ROOT)
    return Made(seconds, cpu, (folder / "report.html").stat().st_size)


def _spent(command: list[str], folder: Path) -> tuple[float, float]:
    """Seconds by the clock and of the processor that a command took."""
    began, before = time.perf_counter(), os.times()
    subprocess.run(command, cwd=folder, capture_output=True, check=True, env={**os.environ, "CI": "1"})
    after = os.times()
    took = after.children_user + after.children_system - before.children_user - before.children_system
    return time.perf_counter() - began, took


def in_chromium(report: Path) -> tuple[float, float]:
    """Milliseconds to the first paint with content, and of the first filter, each time in a page of its own."""
    path = chromium_path()
    assert path, "Chromium is not installed; `apt-get install chromium`, or name one in CHROMIUM"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        told = [_once(browser, report) for _ in range(TIMES)]
        browser.close()
    return statistics.median(t[0] for t in told), statistics.median(t[1] for t in told)


def _once(browser: Browser, report: Path) -> tuple[float, float]:
    page = browser.new_page()
    page.goto(report.as_uri())
    page.locator("#page:not(:empty)").wait_for()
    told = float(page.evaluate(_PAINTED)), float(page.evaluate(_FILTERED))
    page.close()
    return told


def installed(folder: Path) -> Path | None:
    """Allure's command; None where npm, or the package, cannot be had."""
    npm = shutil.which("npm")
    command = [npm or "npm", "install", "--silent", "--no-audit", "--no-fund", "--prefix", str(folder / "npm"), ALLURE]
    if npm is None or subprocess.run(command, capture_output=True, check=False).returncode:
        return None
    return folder / "npm" / "node_modules" / ".bin" / "allure"


def by_allure(allure: Path, results: Path, target: Path) -> Made:
    """What Allure generates from results."""
    seconds, cpu = _spent([str(allure), "generate", str(results), "--output", str(target)], results.parent)
    return Made(seconds, cpu, sum(path.stat().st_size for path in target.rglob("*") if path.is_file()))


def against_allure(real: Path, long: Path, folder: Path) -> None:
    """The real run without and with its exchanges, and the long one with them. Ours has them always."""
    allure = installed(folder)
    if allure is None:
        print("against Allure 3           not measured: npm, or its package allure, could not be had")
        return
    cases = (
        ("real run, no exchange given to Allure", real, real / "allure-results"),
        ("real run, every exchange attached", real, with_exchanges(real, folder / "attached")),
        (f"{EXCHANGES} exchanges, every one attached", long, with_exchanges(long, folder / "attached-long")),
    )
    for number, (what, run, results) in enumerate(cases):
        turns = range(TURNS if run is real else 1)
        pairs = [(rendered(run), by_allure(allure, results, folder / f"allure-{number}-{turn}")) for turn in turns]
        ours, theirs = (min(made, key=lambda one: one.seconds) for made in zip(*pairs, strict=True))
        lost = [name for name, mine, other in (("time", ours.seconds, theirs.seconds), ("size", ours.size, theirs.size)) if mine >= other]  # fmt: skip
        print(f"against Allure 3           {what}: {ours}, to its {theirs}; {' and '.join(lost) + ' not smaller' if lost else 'both smaller'}"
              "      goal: both smaller")  # fmt: skip


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        real, long = recorded(Path(name))
        painted, filtered = in_chromium(long / "report.html")
        size = (long / "report.html").stat().st_size
        print(f"report of {EXCHANGES} exchanges   {size / 1e6:.1f} MB, first paint {painted:.0f} ms, first filter {filtered:.0f} ms"
              "      goal <= 15 MB, <= 1000 ms, <= 200 ms")  # fmt: skip
        against_allure(real, long, Path(name))


if __name__ == "__main__":
    main()
