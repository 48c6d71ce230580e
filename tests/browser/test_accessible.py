"""Whether everybody can read the report: axe's rules, in a real Chromium, with everything opened."""

from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

from tests.browser.conftest import reading
from tests.conftest import Ended


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1200, 390])
def test_axe_finds_nothing(browser: Browser, failing: Ended, hostile: Path, scheme: str, width: int) -> None:
    """No violation, whatever the theme and the width, for a report of ours and one full of what a provider should not send."""
    found = []
    for report in (failing.folder / "report.html", hostile):
        context = browser.new_context(
            viewport={"width": width, "height": 900}, color_scheme="dark" if scheme == "dark" else "light"
        )
        page = reading(context, report).open("#exchange-1")
        page.locator("#exchange-1 .body").wait_for()
        page.locator("#open-all").click()
        for part in page.locator("#contract details, #pictures details").all():
            part.evaluate("e => { e.open = true }")
        page.locator(".requirement.failed a.number").first.click()
        page.locator(".requirement.failed .body").first.wait_for()
        answer = Axe().run(page).response
        found += [
            f"{v['id']}: {node['target']} {node['failureSummary'][:300]}"
            for v in answer["violations"]
            for node in v["nodes"][:3]
        ]
        context.close()

    assert found == []
