"""The report of 10,000 exchanges: its size, how soon Chromium shows and filters it, and the same run as Allure 3 makes it: `make bench`."""

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from playwright.sync_api import Browser, sync_playwright  # noqa: E402

from accredit.evidence import bundle  # noqa: E402
from accredit.suite.places import reports_folder  # noqa: E402
from tests.bench_bundle import longer  # noqa: E402
from tests.browser.conftest import FLAGS, chromium_path  # noqa: E402

EXCHANGES, TIMES = 10_000, 5
ALLURE = "allure@3"
_PAINTED = "performance.getEntriesByType('paint').find((p) => p.name === 'first-contentful-paint').startTime"
_FILTERED = """async () => {
  const field = document.getElementById("q"), began = performance.now();
  field.value = "requestaccrual";
  field.dispatchEvent(new Event("input"));
  await new Promise((painted) => requestAnimationFrame(() => setTimeout(painted)));
  return performance.now() - began;
}"""


def recorded(folder: Path) -> Path:
    """The folder of a run of so many exchanges, a real run's made longer."""
    command = [sys.executable, "-m", "accredit", "run", "latam_pass", "--no-fuzz", "--output", str(folder / "real")]
    subprocess.run(command, cwd=ROOT, stdout=subprocess.DEVNULL, check=True)
    [real] = (folder / "real").iterdir()
    return longer(real, EXCHANGES, folder / "long")


def rendered(folder: Path) -> tuple[float, float, int]:
    """Seconds of a process of its own that makes the report from the journal, and of the rendering in it; the report's bytes."""
    began = time.perf_counter()
    told = subprocess.check_output([sys.executable, __file__, str(folder)], cwd=ROOT)
    return time.perf_counter() - began, float(told), (folder / "report.html").stat().st_size


def report_alone(folder: Path) -> None:
    """Judges the run in this folder and makes its report, none of the other files; tells the seconds that rendering took."""
    make, took = bundle.FILES["report.html"], 0.0

    def timed(judged: bundle.Judged) -> Iterator[bytes]:
        nonlocal took
        began = time.perf_counter()
        yield from make(judged) or ()
        took = time.perf_counter() - began

    bundle.FILES, bundle.FOLDERS = {"report.html": timed}, {}
    bundle.make_evidence(folder, ROOT, reports_folder(), None)
    print(took)


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


def by_allure(results: Path, folder: Path) -> tuple[float, int] | None:
    """Seconds and bytes of what Allure generates from our results; None where npm, or the package, cannot be had."""
    npm = shutil.which("npm")
    installing = [
        npm or "npm",
        "install",
        "--silent",
        "--no-audit",
        "--no-fund",
        "--prefix",
        str(folder / "npm"),
        ALLURE,
    ]
    if npm is None or subprocess.run(installing, capture_output=True, check=False).returncode:
        return None
    command = [
        str(folder / "npm/node_modules/.bin/allure"),
        "generate",
        str(results),
        "--output",
        str(folder / "allure"),
    ]
    began = time.perf_counter()
    subprocess.run(command, cwd=folder, capture_output=True, check=True, env={**os.environ, "CI": "1"})
    took = time.perf_counter() - began
    return took, sum(path.stat().st_size for path in (folder / "allure").rglob("*") if path.is_file())


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = recorded(Path(name))
        command = [sys.executable, "-m", "accredit", "report", str(folder)]
        subprocess.run(command, cwd=ROOT, stdout=subprocess.DEVNULL, check=True)  # the results for Allure
        took, rendering, size = rendered(folder)
        painted, filtered = in_chromium(folder / "report.html")
        print(f"report of {EXCHANGES} exchanges   {size / 1e6:.1f} MB, first paint {painted:.0f} ms, first filter {filtered:.0f} ms"
              "      goal <= 15 MB, <= 1000 ms, <= 200 ms")  # fmt: skip
        theirs = by_allure(folder / "allure-results", Path(name))
        if theirs is None:
            print("against Allure 3           not measured: npm, or its package allure, could not be had")
        else:
            print(f"against Allure 3           {took:.1f} s from the journal, {rendering:.1f} s of it rendering, to its {theirs[0]:.1f} s from results without "
                  f"an exchange; {size / 1e6:.1f} MB to its {theirs[1] / 1e6:.1f} MB      goal: both smaller")  # fmt: skip


if __name__ == "__main__":
    report_alone(Path(sys.argv[1])) if len(sys.argv) > 1 else main()
