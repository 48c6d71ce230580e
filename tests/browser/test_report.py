"""The report, read in a real Chromium from disk."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page

from tests.browser.conftest import LONG, Reader, reading
from tests.conftest import Ended


def shown(page: Page) -> list[str]:
    """Ids of the requirements that are not filtered away."""
    return [r.get_attribute("id") or "" for r in page.locator(".requirement").all() if r.is_visible()]


def listed(page: Page) -> list[int]:
    """Numbers of the exchanges in the list."""
    page.locator("#page:not(:empty)").wait_for()
    return [int((row.get_attribute("id") or "").rpartition("-")[2]) for row in page.locator("#rows > .exchange").all()]


def test_the_verdict_and_its_reasons_come_first(reader: Reader) -> None:
    """Who reads one screen knows the answer, why, and that not everything was examined."""
    page = reader.open()

    header = page.locator("header").inner_text()
    assert "Failed" in header
    assert "failed: MI-" in header
    assert "were not examined here" in header
    assert page.locator("h1").bounding_box()["y"] < 200


def test_an_outcome_narrows_the_requirements(reader: Reader, failing: Ended) -> None:
    """A press on an outcome leaves those alone, and the address keeps it for somebody else."""
    page = reader.open()
    page.get_by_role("button", name=re.compile(r"failed \d")).click()
    found, address = shown(page), page.url

    failed = {f.requirement for f in failing.run.findings if f.outcome == "failed"}
    assert set(found) == failed
    assert address.endswith("#?outcome=failed")
    reader.open("#?outcome=failed")
    assert shown(page) == found
    assert page.get_by_role("button", name=re.compile(r"failed \d")).get_attribute("aria-pressed") == "true"


def test_a_search_finds_requirements_and_exchanges(reader: Reader, failing: Ended) -> None:
    """What is typed narrows both at once, and says how many; clearing brings all back."""
    page = reader.open()
    everything, exchanges = shown(page), listed(page)
    page.locator("#q").fill("credit 201")
    numbers, said = listed(page), page.locator("#found").inner_text()

    credited = [
        e.number for e in failing.exchanges if e.operation == "credit" and e.response and e.response.status == 201
    ]
    assert set(numbers) >= set(credited[:100])
    assert re.fullmatch(r"\d+ of \d+ requirements, \d+ of \d+ exchanges", said)
    page.locator("#q").fill("nothing says this anywhere")
    assert page.locator("#nothing").is_visible()
    page.locator("#clear").click()
    assert (shown(page), listed(page)) == (everything, exchanges)


def test_a_search_inside_reads_bodies(reader: Reader, failing: Ended) -> None:
    """What only a body says is found when it is asked for."""
    page = reader.open()
    listed(page)
    page.locator("#q").fill("[access_token:")
    before = listed(page)
    page.locator("#deep").click()
    page.locator("#rows > .exchange").first.wait_for()

    assert before == []
    assert listed(page)[0] == next(e.number for e in failing.exchanges if "[access_token:" in str(e.to_record()))


def test_answers_are_narrowed_by_their_kind(reader: Reader) -> None:
    """The list shows what was answered so, and nothing else."""
    page = reader.open()
    listed(page)
    page.locator("#answered").select_option("4xx")

    statuses = page.locator("#rows .status").all_text_contents()
    assert statuses
    assert all(status.startswith("4") for status in statuses)
    assert page.url.endswith("#?answered=4xx")


def test_a_step_opens_the_exchange_it_names(reader: Reader, failing: Ended) -> None:
    """Where it is named: sent and received side by side, with a line to repeat it. A second press closes it."""
    page = reader.open()
    number = next(n for f in failing.run.findings if f.outcome == "failed" for n in f.exchanges)
    exchange = next(e for e in failing.exchanges if e.number == number)
    failed = page.locator(".requirement.failed").first
    failed.locator("summary").first.click()
    link = failed.locator(f'a.number[href="#exchange-{number}"]').first
    link.click()
    body = failed.locator(f'.body[data-number="{number}"]')
    body.wait_for()

    told = body.inner_text()
    assert exchange.request.url in told
    assert "Received" in told
    assert "curl -X" in body.locator(".curl").inner_text()
    assert link.get_attribute("aria-expanded") == "true"
    link.click()
    body.wait_for(state="detached")


def test_a_failed_requirement_says_expected_and_got_side_by_side(reader: Reader, failing: Ended) -> None:
    """In two columns where there is room, with the words of the journal."""
    finding = next(f for f in failing.run.findings if f.outcome == "failed")
    page = reader.open(f"#{finding.requirement}")
    pair = page.locator(f"#{finding.requirement} .finding.failed .pair").first
    left, right = (pair.locator("pre").nth(at) for at in (0, 1))

    assert (left.inner_text(), right.inner_text()) == (finding.wanted, finding.got)
    assert left.bounding_box()["y"] == right.bounding_box()["y"]
    assert left.bounding_box()["x"] < right.bounding_box()["x"]


def test_a_link_opens_the_requirement_it_names(reader: Reader) -> None:
    """It is open, in view, and has the keyboard; also when a filter of the same link would hide it."""
    page = reader.open("#MI-02")
    opened = page.locator("#MI-02")

    assert opened.get_attribute("open") is not None
    assert opened.locator("summary").first.evaluate("e => e === document.activeElement")
    assert 0 <= opened.bounding_box()["y"] < 300
    reader.open("#MI-02?q=nothing+says+this+anywhere")
    assert opened.is_visible()


def test_a_link_opens_the_exchange_it_names(reader: Reader, failing: Ended) -> None:
    """Even where filters of the same link hide it."""
    last = failing.exchanges[-1]
    page = reader.open(f"#exchange-{last.number}?answered=none")
    body = page.locator(f"#exchange-{last.number} .body")
    body.wait_for()

    assert last.request.url in body.inner_text()
    assert page.locator(f"#exchange-{last.number} > summary").evaluate("e => e === document.activeElement")


def test_a_long_list_is_turned_page_by_page(context: BrowserContext, long: Path) -> None:
    """A hundred at a time, in their order, over the chunks that they are packed in; a link finds its page."""
    page = reading(context, long).open("#exchange-450")
    page.locator("#exchange-450 .body").wait_for()
    last = listed(page)
    page.locator("#earlier").click()
    before, said = listed(page), page.locator("#page").inner_text()

    assert last == list(range(401, 451))
    assert before == list(range(301, 401))
    assert said == "301–400 of 450"
    assert page.locator("#later").is_enabled()


def test_the_keyboard_is_enough(reader: Reader) -> None:
    """`/` searches, Esc leaves and clears, j and k go from line to line, Enter opens; they can be turned off."""
    page = reader.open()
    ids = shown(page)
    focused = "document.activeElement.closest('.requirement')?.id ?? document.activeElement.id"
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("k")
    page.keyboard.press("j")
    page.keyboard.press("Enter")

    assert page.evaluate(focused) == ids[1]
    assert page.locator(f"#{ids[1]}").get_attribute("open") is not None
    page.keyboard.press("/")
    assert page.evaluate(focused) == "q"
    page.keyboard.type("repeat j k")
    assert page.locator("#q").input_value() == "repeat j k"
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    assert shown(page) == ids
    page.locator("#keys").uncheck()
    page.keyboard.press("/")
    assert page.evaluate(focused) == "keys"


def test_the_tabulator_reaches_what_can_be_pressed(reader: Reader) -> None:
    """First the link past the contents, then contents and tools, each with an outline that is seen."""
    page = reader.open()
    reached = set()
    for _ in range(30):
        page.keyboard.press("Tab")
        reached.add(page.evaluate("document.activeElement.id || document.activeElement.className"))
        outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
        assert outline != "none"

    assert {"skip", "q", "chapter", "open-all", "theme"} <= reached


def test_light_and_dark(reader: Reader) -> None:
    """As the system says, until somebody chooses."""
    page = reader.open()
    paper = "getComputedStyle(document.body).backgroundColor"
    light = page.evaluate(paper)
    page.emulate_media(color_scheme="dark")
    dark = page.evaluate(paper)
    page.locator("#theme").click()
    page.locator("#theme").click()

    assert light == "rgb(255, 255, 255)"
    assert dark != light
    assert page.locator("#theme").get_attribute("aria-label") == "Theme: light"
    assert page.evaluate(paper) == light


def test_print_has_all_that_matters(reader: Reader) -> None:
    """Every requirement open, filtered or not; exchanges only where somebody opened one; no tools."""
    page = reader.open("#exchange-2")
    page.locator("#exchange-2 .body").wait_for()
    page.locator("#q").fill("")
    page.emulate_media(media="print")
    seen = "e => e.checkVisibility({contentVisibilityAuto: true, opacityProperty: true}) && e.getBoundingClientRect().height > 0"
    inside = page.locator(".requirement > .inside").all()

    assert all(part.evaluate(seen) for part in inside)
    assert not page.locator("#tools").is_visible()
    assert [row.get_attribute("id") for row in page.locator("#rows > .exchange").all() if row.is_visible()] == [
        "exchange-2"
    ]
    assert page.pdf().startswith(b"%PDF")


def test_without_its_script_the_report_still_reads(browser: object, failing: Ended) -> None:
    """Verdict, matrix and details are there; of exchanges it says where they are."""
    context: BrowserContext = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto((failing.folder / "report.html").as_uri())
    told = page.locator("body").inner_text()
    failed = page.locator(".requirement.failed").first
    failed.locator("summary").first.click()

    assert "Failed" in told
    assert "exchanges.har" in told
    assert not page.locator("#tools").is_visible()
    assert failed.locator(".finding").first.is_visible()
    context.close()


@pytest.mark.parametrize("address", ["", "#exchange-1", "#?q=alert"])
def test_what_the_wire_sent_stays_text(context: BrowserContext, hostile: Path, address: str) -> None:
    """Markup, script and template words are shown, none runs; what turns the reading direction is named."""
    reader = reading(context, hostile)
    page = reader.open(address)
    listed(page)
    page.locator("#open-all").click()
    number = int(page.locator("#rows > .exchange").first.get_attribute("id").rpartition("-")[2])
    if page.locator(f"#exchange-{number}").get_attribute("open") is None:
        page.locator(f"#exchange-{number} > summary").click()
    page.locator(f"#exchange-{number} .body").wait_for()
    for link in page.locator(".requirement.failed a.number").all()[:3]:
        link.click()
    html = page.locator("body").inner_html()

    assert reader.complaints == []
    assert {url.partition("#")[0] for url in reader.requests} <= {hostile.as_uri(), "about:blank"}
    assert page.locator("img").count() == 0
    assert "\u202e" not in html
    assert "\x00" not in html
    assert "⟨U+202E⟩gnp.exe ⟨U+0000⟩" in page.locator("body").inner_text()
    assert "⟨U+D800⟩ {{ 7*7 }}" in page.locator("body").inner_text()


def test_a_very_long_answer_is_cut_until_somebody_wants_it(context: BrowserContext, hostile: Path) -> None:
    """The page stays readable; a press shows the whole."""
    page = reading(context, hostile).open("#exchange-2")
    body = page.locator("#exchange-2 .payload").last
    body.wait_for()
    before = len(body.inner_text())
    page.get_by_role("button", name="Show all 1,000,007 characters").first.click()

    assert before < 30_000
    assert body.text_content() == LONG
    assert page.locator("#MI-02").inner_text().count("A") < 10_000
