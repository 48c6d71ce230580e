"""`exchanges.har`, opened by what browsers have for it."""

import json
from pathlib import Path
from typing import Any

from playwright.sync_api import BrowserContext, Page

from accredit.evidence.exports.har import har
from tests.conftest import Ended
from tests.test_exports import ODD

DEVTOOLS = "devtools://devtools/bundled"
IMPORTED = """async (log) => (await import(log)).NetworkLog.NetworkLog.instance().requests().map(
    (request) => [request.requestMethod, request.url(), request.statusCode, request.resourceType().name()])"""


def imported(context: BrowserContext, path: Path) -> tuple[Page, list[Any]]:
    """The developer tools after *Import HAR file*, and what they hold: method, URL, status and kind of each request."""
    page = context.new_page()
    page.goto(f"{DEVTOOLS}/devtools_app.html")
    page.get_by_role("tab", name="Network").click()
    page.locator("input[type=file]").set_input_files(path)
    page.get_by_text(f"{len(_entries(path))} requests", exact=True).wait_for()
    return page, page.evaluate(IMPORTED, f"{DEVTOOLS}/models/logs/logs.js")


def _entries(path: Path) -> list[Any]:
    entries: list[Any] = json.loads(path.read_bytes())["log"]["entries"]
    return entries


def test_developer_tools_import_every_exchange(context: BrowserContext, failing: Ended) -> None:
    """*Import HAR file* in the Network panel shows each exchange of a run, fetched ones among what was fetched."""
    page, told = imported(context, failing.folder / "exchanges.har")

    sent = [(e.request.method, e.request.url, e.response and e.response.status) for e in failing.exchanges]
    assert [(method, url, status) for method, url, status, _ in told] == sent
    assert {kind for *_, kind in told} == {"fetch"}
    page.get_by_text("Fetch/XHR", exact=True).click()
    assert page.get_by_text(f"{len(sent)} requests", exact=True).is_visible()


def test_developer_tools_import_whatever_was_recorded(context: BrowserContext, failing: Ended, tmp_path: Path) -> None:
    """Broken connections, callbacks, bodies that were no text, and answers meant to do harm are shown as well."""
    path = tmp_path / "odd.har"
    path.write_bytes(b"".join(har(failing.run, ODD.values())))
    _, told = imported(context, path)

    assert [(method, status) for method, _, status, _ in told] == [
        ("GET", 0),
        ("POST", 200),
        ("POST", 204),
        ("GET", 799),
    ]


def test_a_browser_replays_what_was_answered(context: BrowserContext, failing: Ended) -> None:
    """Answers that a browser serves from the file, with no server there, are those that were recorded for the address."""
    recorded: dict[str, set[tuple[int, str]]] = {}
    for e in failing.exchanges:
        if e.request.method == "GET" and e.response and e.response.body:
            recorded.setdefault(e.request.url, set()).add((e.response.status, e.response.body))
    context.route_from_har(failing.folder / "exchanges.har")
    page = context.new_page()
    answers = {url: _answer(page, url) for url in list(recorded)[:10]}

    assert answers
    assert all(answer in recorded[url] for url, answer in answers.items())


def _answer(page: Page, url: str) -> tuple[int, str]:
    answer = page.goto(url)
    assert answer is not None
    return answer.status, answer.text()
