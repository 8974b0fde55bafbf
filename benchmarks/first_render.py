"""When the first of a resident's page is drawn on a thin line, with nothing of it on the device yet.

    python -m benchmarks.first_render [--times 3] [--work FOLDER]

A real server (granian, as `madoguchi serve` starts it) on this machine; Chromium with 360 × 740 px and an empty cache for each
page, its line narrowed by the browser itself (DevTools: bits a second and round trip). Told are the median of the first
contentful paint, of when the page can be used (`DOMContentLoaded`), and of what came over the line until then, fonts aside.
A page shows its text in the device's own font until ours is there (`font-display: swap`): fonts come after the first paint,
and are not waited for. `--work` with the folder of an earlier run goes on with its city.
"""

from __future__ import annotations

import argparse
import os
import statistics
import tempfile
from pathlib import Path
from typing import Any, NamedTuple


class Line(NamedTuple):
    """A line: its name, kbit/s in each direction, and the round trip in milliseconds."""

    name: str
    kbit: int
    trip: int


LINES = (Line("400 kbit/s, 300 ms", 400, 300), Line("1.6 Mbit/s, 150 ms", 1600, 150))
PAGES = (
    "/book/", "/book/at/main/moving/", "/find/", "/furusato/", "/pay/", "/congestion/main/", "/my/sign-in/", "/my/", "/my/apply/",
)  # fmt: skip
LANGUAGES = ("ja", "vi")
LIMIT_MS = 3_000
PAINTED = """() => new Promise(told => {
  const there = () => performance.getEntriesByName('first-contentful-paint')[0];
  const say = one => {
    const all = [...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')];
    const font = one => /\\.(woff2?|ttf|otf)$/.test(new URL(one.name).pathname);
    const bytes = some => some.reduce((sum, one) => sum + one.transferSize, 0);
    told({painted: one.startTime, usable: performance.getEntriesByType('navigation')[0].domContentLoadedEventStart,
          light: bytes(all.filter(one => !font(one)))});
  };
  if (there()) return say(there());
  new PerformanceObserver((list, watch) => { const one = there(); if (one) { watch.disconnect(); say(one); } })
    .observe({type: 'paint', buffered: true});
})"""


def measured(browser: Any, base: str, path: str, language: str, line: Line, key: str) -> dict[str, float]:
    """One visit with an empty cache. Quiet is not waited for: a page with a live stream is never idle."""
    window = browser.new_context(
        viewport={"width": 360, "height": 740}, locale=language if language != "ja" else "ja-JP"
    )
    window.add_cookies([{"name": "sessionid", "value": key, "url": base}])
    page = window.new_page()
    told = window.new_cdp_session(page)
    bytes_a_second = line.kbit * 1000 / 8
    told.send("Network.enable")
    told.send(
        "Network.emulateNetworkConditions",
        {
            "offline": False, "latency": line.trip, "downloadThroughput": bytes_a_second,
            "uploadThroughput": bytes_a_second,
        },
    )  # fmt: skip
    answer = page.goto(f"{base}{path}?language={language}", wait_until="domcontentloaded", timeout=180_000)
    if answer is None or answer.status != 200:
        raise SystemExit(f"{path}: {answer and answer.status}")
    found: dict[str, float] = page.evaluate(PAINTED)
    window.close()
    return found


def visit(base: str, key: str, times: int) -> int:
    """Every page on every line, in every language; 1 when a first paint is later than wanted on the wider line."""
    from playwright.sync_api import sync_playwright
    from tests.browser_kit import QUIET, chromium_path

    late = 0
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=list(QUIET))
        print("| line | page | language | first paint ms | can be used ms | kB without fonts |")
        print("|---|---|---|---|---|---|")
        for line in LINES:
            for path in PAGES:
                for language in LANGUAGES:
                    found = [measured(browser, base, path, language, line, key) for _ in range(times)]
                    middle = {one: statistics.median(each[one] for each in found) for one in found[0]}
                    print(
                        f"| {line.name} | `{path}` | {language} | {middle['painted']:,.0f} | {middle['usable']:,.0f} "
                        f"| {middle['light'] / 1000:.0f} |",
                        flush=True,
                    )
                    late += line is LINES[-1] and middle["painted"] > LIMIT_MS
        browser.close()
    print(f"later than {LIMIT_MS:,} ms on the wider line: {late}")
    return int(late > 0)


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--times", type=int, default=3)
    parser.add_argument("--work", type=Path)
    given = parser.parse_args()
    folder = given.work or Path(tempfile.mkdtemp(prefix="mdgpaint"))
    os.environ["MADOGUCHI_HOME"] = str(folder)
    os.environ["DJANGO_SETTINGS_MODULE"] = "madoguchi.config.settings"
    os.environ.pop("MADOGUCHI_DATABASE_URL", None)
    from benchmarks.queue_day import serving

    there = folder / "session"
    if not there.exists():
        there.write_text(_city())
    key = there.read_text()
    with serving(1) as base:
        return visit(base, key, given.times)


def _city() -> str:
    """まどか市 with what it offers and its procedures in the languages that ship; the key of a resident's session."""
    import django

    django.setup()
    from django.utils import timezone

    from benchmarks.online_load import prepare
    from madoguchi.booking.offering import set_offer
    from madoguchi.catalogue.operations import publish
    from madoguchi.city.queries import system_actor
    from madoguchi.config.demo_city import CITY_PACK, LANGUAGES_PACK, reception
    from madoguchi.procedures.loader import NATIONAL_FOLDER

    (key,) = prepare(1)
    now, by = timezone.now(), system_actor("計測")
    publish(folders=[NATIONAL_FOLDER, LANGUAGES_PACK, CITY_PACK], by=by, now=now, note="計測")
    set_offer(offer=reception(timezone.localdate()), by=by, now=now)
    return key


if __name__ == "__main__":
    raise SystemExit(main())
