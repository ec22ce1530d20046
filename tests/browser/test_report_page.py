"""The report as a real browser sees it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from playwright.sync_api import Browser, sync_playwright

from pullcord.app.document import IncidentDocument
from pullcord.app.incidents import listed, shown
from pullcord.app.report import render
from tests.app.build import respond
from tests.components import COMPONENTS

pytestmark = pytest.mark.needs("chromium")

ATTACK = '"><img src=x onerror="document.title=1"><script>document.title=2</script>'


@pytest.fixture
def document(tmp_path: Path) -> IncidentDocument:
    # Before the browser: Playwright keeps an event loop running in this thread, and the response starts its own.
    respond(tmp_path / "out", simulate=True)
    return shown(tmp_path / "out" / "state", listed(tmp_path / "out" / "state")[0].id)


@pytest.fixture
def browser() -> Iterator[Browser]:
    with sync_playwright() as play:
        program = COMPONENTS["chromium"].find()
        started = play.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-gpu"])
        yield started
        started.close()


def test_a_hostile_report_runs_nothing_asks_for_nothing_and_can_be_read(
    tmp_path: Path, document: IncidentDocument, browser: Browser
) -> None:
    hostile = msgspec.structs.replace(document, title=ATTACK, assets=(ATTACK,), reasons=(ATTACK,))
    file = tmp_path / "report.html"
    file.write_text(render(hostile), encoding="utf-8")

    page = browser.new_page(viewport={"width": 1366, "height": 768})
    complaints: list[str] = []
    requests: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", lambda request: requests.append(request.url))
    page.goto(file.as_uri())

    assert complaints == []  # a violation of the page's policy is written to the console
    assert requests == [file.as_uri()]
    assert page.title().startswith(document.id)
    assert page.inner_text("h1") == ATTACK
    assert page.is_visible("text=SIMULATED")
    # Nothing sticks out sideways, on a laptop and on a phone.
    for width in (1366, 390):
        page.set_viewport_size({"width": width, "height": 844})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
