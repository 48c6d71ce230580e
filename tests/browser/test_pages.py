"""Whether everybody can read the pages that come after a run: a gate's, a comparison's and a watch's, each with much to show."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from click.testing import CliRunner
from playwright.sync_api import Browser, BrowserContext

from accredit.cli import main
from accredit.release.course import Course
from accredit.release.watch_report import make_report
from accredit.release.watching import WatchPlan, keep_plan
from accredit.suite.catalogue import Dossier, partner_facts
from accredit.suite.places import reports_folder
from accredit.wire.hidden import Search, Values
from tests import test_compare as comparing
from tests import test_watch as watching
from tests.browser.conftest import HOSTILE, Reader, reading
from tests.certified import certified, outcome
from tests.conftest import MINI, ROOT, Ended, chained
from tests.people import office
from tests.resealing import resealed

A4 = 688
"""Pixels between the margins of a sheet."""
SEEN = "e => e.checkVisibility({contentVisibilityAuto: true}) && e.getBoundingClientRect().height > 0"


def gate_page(sealed: Ended, folder: Path) -> Path:
    """Something passed, something failed, much that nobody has said yet."""
    bundle = certified(sealed, folder / "b", outcome("MI-02", "failed"))
    here = office(folder, {"ada": ("lead",)}, '[mini]\npartner_id = "p-1"\n')
    said = CliRunner().invoke(main, ["gate", "mini.going_live", str(bundle), "--key", str(sealed.output.parent / "signing.pub"), "--on",
                                     "2026-11-21", "--partner", str(here.partner_file), "--suite", str(MINI),
                                     "--page", str(folder / "gate.html")])  # fmt: skip
    assert said.exit_code == 1, said.output
    return folder / "gate.html"


def comparison_page(sealed: Ended, folder: Path) -> Path:
    """A finding, an excuse that is past its day, and what the wire should not send."""
    key = sealed.output.parent / "signing.key"

    def hostile(records: comparing.Records) -> None:
        comparing.produced(records)
        comparing.hides_gold(records)
        comparing._answers(records, lambda told: told.update({HOSTILE: 1}))

    first = resealed(sealed.folder, MINI, key, folder / "a", comparing.certified)
    second = resealed(sealed.folder, MINI, key, folder / "b", hostile)
    (folder / "accredit.toml").write_text("")
    comparing._declare(folder, last_day="2026-11-20")
    said = comparing._compare(folder, first, second)
    assert said.exit_code == 1, said.output
    [page] = (folder / "out").glob("*.html")
    return page


def watch_page(sealed: Ended, folder: Path) -> Path:
    """Three days of LATAM Pass with an outage and a gap, and a transaction of the partner's own that nobody was shown."""
    latam = Dossier("latam_pass", ROOT)
    began = datetime(2026, 11, 24, 3, tzinfo=UTC)
    keep_plan(folder, WatchPlan(format=1, run="20261124T030000-aaaaaa", provider="latam_pass", environment="production", began=began,
                                until=began + timedelta(hours=72), every=3600, zone="America/Sao_Paulo"))  # fmt: skip
    records = [
        {"kind": "header", "suite_version": "0", "clock": "the machine's", "connect_to": "", "settings": {}},
        {"kind": "start", "at": began.isoformat(), "left_out": {"accruals": HOSTILE}, "torn": []},
    ]
    for hour in (*range(20), *range(30, 72)):
        at = began + timedelta(hours=hour)
        records += [watching._call(at, 503 if 10 < hour < 18 else None if hour == 18 else 200) | {"number": hour + 1}, watching._look(at)]  # fmt: skip
    records += [watching._accruals(at, watching.GOOD) | {"number": 99}, {"kind": "ended", "at": at.isoformat()}]
    (folder / "journal.jsonl").write_bytes(b"".join(chained(records)))
    looked_for = Search([Values({"a-value-nobody-wrote": "[client_secret]"})], latam.provider.masking)
    facts = Course(latam, partner_facts(None, latam.provider), folder / "statements")
    make_report(facts, folder, reports_folder(), None, looked_for)
    return folder / "watch.html"


PAGES: dict[str, Callable[[Ended, Path], Path]] = {
    "gate": gate_page,
    "comparison": comparison_page,
    "watch": watch_page,
}


@pytest.fixture(scope="module", params=list(PAGES))
def made(request: pytest.FixtureRequest, sealed: Ended, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return PAGES[request.param](sealed, tmp_path_factory.mktemp(request.param))


@pytest.fixture
def reader(context: BrowserContext, made: Path) -> Iterator[Reader]:
    """Somebody who reads the page; nothing was complained of and nobody asked when they leave."""
    there = reading(context, made)
    yield there
    assert there.complaints == []
    assert {url.partition("#")[0] for url in there.requests} <= {made.as_uri(), "about:blank"}


@pytest.mark.parametrize(("scheme", "width"), [("light", 1200), ("dark", 390)])
def test_axe_finds_nothing(browser: Browser, made: Path, scheme: Literal["light", "dark"], width: int) -> None:
    """No violation in either theme, on a desk and in a hand, with everything opened."""
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
    page = reading(context, made).open()
    for part in page.locator("details").all():
        part.evaluate("e => { e.open = true }")
    violations = Axe().run(page).response["violations"]
    overflow = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    context.close()

    assert [f"{v['id']}: {n['target']} {n['failureSummary'][:300]}" for v in violations for n in v["nodes"][:3]] == []
    assert overflow <= 0


def test_a_keyboard_reaches_and_opens_everything(reader: Reader) -> None:
    """Tab passes every link, table and summary once, in the order of the page, each with a mark around it; Enter opens what is closed."""
    page = reader.open()
    wanted = page.evaluate("[...document.querySelectorAll('a[href], summary, [tabindex=\"0\"]')]"
                           ".filter(e => e.checkVisibility()).length")  # fmt: skip
    met, opened = [], []
    for _ in range(wanted):
        page.keyboard.press("Tab")
        told = page.evaluate("""() => {
            const e = document.activeElement
            return {at: [...document.querySelectorAll('*')].indexOf(e), outline: getComputedStyle(e).outlineStyle,
                    shut: e.localName === 'summary' && !e.parentElement.open}}""")
        met.append(told["at"])
        assert told["outline"] != "none"
        if told["shut"] and not opened:
            page.keyboard.press("Enter")
            opened.append(page.evaluate("document.activeElement.parentElement.open"))
            page.keyboard.press("Enter")

    assert met == sorted(set(met))
    assert opened in ([], [True])


def test_it_prints(reader: Reader) -> None:
    """The answer and every finding are on paper, which cuts nothing off; what matters is open."""
    page = reader.open()
    page.set_viewport_size({"width": A4, "height": 1000})
    page.emulate_media(media="print")
    seen = [
        part.evaluate(SEEN) for part in page.locator("h1, .found, .scenario > div, .missing li, #thresholds td").all()
    ]

    assert seen
    assert all(seen)
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert page.evaluate("document.documentElement.scrollWidth") <= A4
    assert page.pdf().startswith(b"%PDF")
