"""What a resident on a thin line waits for: how heavy a page is without fonts, and when the first of it is drawn.

    python -m benchmarks.first_render [--times 5]

A real server on this machine, the system's Chromium with an empty cache, a line of 1.6 Mbit/s with 150 ms there and back (what
browsers' tools call slow 4G), a processor four times slower. The median of so many visits.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import tempfile
from pathlib import Path

from benchmarks.online_load import prepare
from benchmarks.queue_day import serving

PAGES = ("/book/", "/find/", "/pay/", "/furusato/", "/my/sign-in/", "/my/", "/my/apply/", "/congestion/")
LINE = {"offline": False, "downloadThroughput": 200_000, "uploadThroughput": 93_750, "latency": 150}
PHONE = {"width": 360, "height": 740}
FONT = "/\\.(woff2?|ttf|otf)$/"
WEIGHT = (
    "[...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')]"
    f".filter(one => !{FONT}.test(new URL(one.name).pathname)).reduce((sum, one) => sum + one.encodedBodySize, 0)"
)
FIRST = "performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0"


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--times", type=int, default=5)
    given = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="mdgfirst"))
    os.environ["MADOGUCHI_HOME"] = str(folder)
    os.environ["DJANGO_SETTINGS_MODULE"] = "madoguchi.config.settings"
    os.environ.pop("MADOGUCHI_DATABASE_URL", None)
    (key,) = prepare(1)
    with serving(1) as base:
        measured = visits(base, key, given.times)
    print(f"{'page':<16}{'bytes without fonts':>20}{'first drawn, ms':>17}")
    for page, (weight, first) in measured.items():
        print(f"{page:<16}{weight:>20,}{first:>17,.0f}")
    shutil.rmtree(folder, ignore_errors=True)
    return 0


def visits(base: str, key: str, times: int) -> dict[str, tuple[int, float]]:
    """Each page visited so often with an empty cache: its weight, and the median of when the first of it was drawn."""
    from playwright.sync_api import sync_playwright

    found: dict[str, tuple[int, float]] = {}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
        )
        for path in PAGES:
            weight, firsts = 0, []
            for _ in range(times):
                window = browser.new_context(viewport=PHONE, locale="ja-JP")  # type: ignore[arg-type]  # a plain mapping
                window.add_cookies([{"name": "sessionid", "value": key, "url": base}])
                page = window.new_page()
                line = window.new_cdp_session(page)
                line.send("Network.enable")
                line.send("Network.emulateNetworkConditions", LINE)
                line.send("Emulation.setCPUThrottlingRate", {"rate": 4})
                page.goto(f"{base}{path}", wait_until="networkidle")
                weight = int(page.evaluate(WEIGHT))
                firsts.append(float(page.evaluate(FIRST)))
                window.close()
            found[path] = weight, statistics.median(firsts)
        browser.close()
    return found


if __name__ == "__main__":
    raise SystemExit(main())
