"""A real browser for tests: Chromium on the live server, axe for accessibility, the Nu checker for HTML.

The page's CSP stays as it is: axe comes in through the debugger, not as a script of the page.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
NU = ROOT / "node_modules" / "vnu-jar" / "build" / "dist" / "vnu.jar"
QUIET = (
    "--no-sandbox",
    "--disable-dev-shm-usage",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
HALF: ViewportSize = {"width": 720, "height": 450}  # 1440 × 900 at 200%
# Only what is wrong is worked out in full; style sheets are not fetched a second time (that serves experimental rules).
RUN = """rules => axe.run(document, {
  runOnly: {type: 'tag', values: rules}, resultTypes: ['violations'], preload: false, elementRef: false})"""
# The checker lives for seconds: compiling it well would take longer than it runs.
SMALL_JAVA = ("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xshare:auto", "-Xss4m")
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def chromium_path() -> str | None:
    """Where the system's Chromium is, or None; its headless build first: the same engine for a third of the processor."""
    found = map(shutil.which, ("chromium-headless-shell", "chromium", "google-chrome"))
    return next((path for path in found if path), None)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """The system's own Chromium, one for a file of tests; nothing is downloaded.

    Playwright runs an event loop in this thread for as long, and Django would refuse to read its database there.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        yield from _running()


def _running() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=list(QUIET))
        yield browser
        browser.close()


@pytest.fixture
def page(chromium: Browser, live_server: Any) -> Iterator[Page]:
    """A page of a fresh browser window on the live server, in Japanese; a complaint in its console fails the test."""
    window = chromium.new_context(
        base_url=live_server.url, locale="ja-JP", viewport={"width": 1366, "height": 900}
    )
    opened = window.new_page()
    opened.set_default_timeout(10_000)
    complaints: list[str] = []
    opened.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    yield opened
    window.close()
    expected = ("status of 4", "ERR_INTERNET_DISCONNECTED")  # a refusal, and a line that a test has cut
    heard = [said for said in complaints if not any(one in said for one in expected)]
    assert heard == [], heard


@pytest.fixture
def page_of(page: Page, signed_in: Callable[[str], Client], live_server: Any) -> Callable[[str], Page]:
    """The page with this member of the cast signed in."""

    def sign_in(username: str) -> Page:
        cookie = signed_in(username).cookies[settings.SESSION_COOKIE_NAME]
        page.context.clear_cookies()
        page.context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": live_server.url}])
        return page

    return sign_in


def accessibility_faults(page: Page) -> list[str]:
    """What axe finds on the page as it stands: rule, and where."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found: Mapping[str, Any] = page.evaluate(RUN, WCAG)
    return [f"{one['id']}: {node['html'][:160]}" for one in found["violations"] for node in one["nodes"]]


def reading_faults(page: Page, url: str, *, statuses: tuple[int, ...] = (200,)) -> list[str]:
    """What axe finds at this address with everything unfolded at 200 %, and whether something is cut off."""
    page.set_viewport_size(HALF)
    answer = page.goto(url)
    assert answer is not None and answer.status in statuses, url
    page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true })")
    faults = [f"{url} {one}" for one in accessibility_faults(page)]
    too_wide = page.evaluate("document.scrollingElement.scrollWidth - document.scrollingElement.clientWidth")
    return [*faults, f"{url} is {too_wide} px too wide"] if too_wide > 0 else faults


def html_faults(pages: Mapping[str, str], folder: Path) -> list[str]:
    """What the Nu checker finds in these pages, by their names; one start of Java for all of them."""
    named = {f"{number}.html": name for number, name in enumerate(pages)}
    for file, name in named.items():
        (folder / file).write_text(pages[name], encoding="utf-8")
    words = [
        "java",
        *SMALL_JAVA,
        "-jar",
        str(NU),
        "--format",
        "json",
        "--exit-zero-always",
        "--stdout",
        *sorted(named),
    ]
    done = subprocess.run(words, cwd=folder, capture_output=True, text=True, check=True)
    return [
        f"{named[Path(one['url']).name]}:{one.get('lastLine', 0)} {one['message']}"
        for one in json.loads(done.stdout)["messages"]
        if one["type"] != "info"
    ]
