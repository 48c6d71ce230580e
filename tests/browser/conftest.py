"""A real Chromium that reads reports from disk, and the reports that it reads."""

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from accredit.evidence.journal import read_segments
from tests.bench_bundle import longer
from tests.conftest import MINI, Ended, accredit, chained

FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip
HOSTILE = "<img src=x onerror=alert(1)></script><script>alert(2)</script><!-- \u202egnp.exe \x00 \ud800 {{ 7*7 }}"
LONG = "A" * 1_000_000 + "THE END"


def chromium_path() -> str | None:
    """The system's Chromium; one of another name may be told by CHROMIUM."""
    names = (os.environ.get("CHROMIUM", ""), "chromium", "chromium-browser", "google-chrome")
    return next((found for name in names if name and (found := shutil.which(name))), None)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = chromium_path()
    if path is None:
        missing = "Chromium is not installed; `apt-get install chromium`, or name one in CHROMIUM"
        pytest.fail(missing) if os.environ.get("CI") else pytest.skip(missing)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        yield chromium
        chromium.close()


@dataclass
class Reader:
    """Somebody who has opened a report, and everything that should not have happened meanwhile."""

    page: Page
    report: Path
    complaints: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)

    def open(self, address: str = "") -> Page:
        """The report at this place: `#LP-MEM-01`."""
        self.page.goto("about:blank")
        self.page.goto(self.report.as_uri() + address)
        return self.page


def reading(context: BrowserContext, report: Path) -> Reader:
    """A reader whose page complains of dialogs, errors and requests."""
    reader = Reader(context.new_page(), report)
    page = reader.page
    page.set_default_timeout(10_000)
    page.on("console", lambda told: reader.complaints.append(told.text))
    page.on("pageerror", lambda raised: reader.complaints.append(str(raised)))
    page.on("dialog", lambda dialog: (reader.complaints.append(f"dialog {dialog.message}"), dialog.dismiss()))
    page.on("request", lambda sent: reader.requests.append(sent.url))
    return reader


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    made = browser.new_context(viewport={"width": 1200, "height": 900})
    yield made
    made.close()


@pytest.fixture(scope="session")
def failing(tmp_path_factory: pytest.TempPathFactory) -> Ended:
    """A run of the miniature programme that credits a repeat, fuzzed as well. Read only."""
    folder = tmp_path_factory.mktemp("failing")
    arguments = ("--defect", "credits_a_repeat", "--suite", MINI, "--output", folder / "evidence")
    ended = accredit("run", "mini", *arguments, cwd=folder)
    assert ended.returncode == 1, ended.stdout + ended.stderr
    return Ended(ended.returncode, ended.stdout, folder / "evidence")


@pytest.fixture
def reader(context: BrowserContext, failing: Ended) -> Iterator[Reader]:
    """Somebody who reads the report of a failed run; nothing may have gone wrong when they leave."""
    made = reading(context, failing.folder / "report.html")
    yield made
    assert made.complaints == []
    assert {url.partition("#")[0] for url in made.requests} <= {made.report.as_uri(), "about:blank"}


def rendered(folder: Path) -> Path:
    """The report of the failed run that the journal in this folder records."""
    ended = accredit("report", folder, "--suite", MINI)
    assert ended.returncode == 1, ended.stdout + ended.stderr
    return folder / "report.html"


@pytest.fixture(scope="session")
def long(failing: Ended, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report of a run of 450 exchanges."""
    folder = longer(failing.folder, 450, tmp_path_factory.mktemp("long") / "run")
    return rendered(folder)


@pytest.fixture(scope="session")
def hostile(failing: Ended, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report of a run whose provider sent what is meant to harm its reader."""
    folder = tmp_path_factory.mktemp("hostile")
    [segment] = read_segments(failing.folder)
    records = [dict(record) for record in segment]
    first, second = [r for r in records if r["kind"] == "exchange"][:2]
    first["response"] = {**first["response"], "headers": [["x-evil", HOSTILE]], "body": HOSTILE}
    first["misfits"], first["operation"] = [HOSTILE], HOSTILE
    first["request"] = {**first["request"], "url": f"https://localhost/?{HOSTILE}", "body": f"[1, {'[' * 40}"}
    second["response"] = {**second["response"], "body": LONG}
    for record in records:
        if record["kind"] == "finding" and record["outcome"] == "failed":
            record |= {"what": HOSTILE, "wanted": HOSTILE, "got": LONG + HOSTILE}
    (folder / "journal.jsonl").write_bytes(b"".join(chained(records)))
    return rendered(folder)
