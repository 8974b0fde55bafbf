"""P9: a loss of the line is on the clerk's screen within five seconds, and so is its return.

A real browser (Chromium) at a page of the counter; its network is cut at a random moment (and with every third, the server is stopped
without a word, so that no refusal comes), and the time until the page says so is taken. That paper forms print without
the server is part of P6: the branch's own process prints them with no network at all. The control has not the script that looks.
"""

from __future__ import annotations

import os
import random
import shutil
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from proofs import counter_day
from proofs.databases import on, sqlite
from proofs.forked import Server
from proofs.frame import NotHere, Proof, Result
from proofs.going_on import going_on

MOST_SECONDS = 5.0


def quick(own: Path) -> Result:
    return on(sqlite(own), own, cut, 4)


def full(own: Path) -> Result:
    return on(sqlite(own), own, cut, 200)


def control(own: Path) -> Result:
    return on(sqlite(own), own, cut, 2, "without")


def cut(own: Path, times: str, without: str = "") -> Result:
    """So many cuts, each with the seconds until the page says so."""
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    cookies = counter_day.build(own)
    server = Server()
    server.start()
    slowest = [0.0]
    try:
        with _page(server.port, cookies, without) as (context, page):

            def one(number: int) -> list[str]:
                chance = random.Random(number)
                page.goto(f"http://127.0.0.1:{server.port}/cases/", timeout=60_000)
                time.sleep(chance.random() * 3)
                silent = number % 3 == 2
                began = time.monotonic()
                if silent:
                    os.kill(server.pid, signal.SIGSTOP)
                else:
                    context.set_offline(True)
                seen = _seen(page, hidden=False)
                took = time.monotonic() - began
                if silent:
                    os.kill(server.pid, signal.SIGCONT)
                else:
                    context.set_offline(False)
                slowest[0] = max(slowest[0], took)
                back = seen and _seen(page, hidden=True)
                if not seen or took > MOST_SECONDS:
                    return [f"said after {took:.1f} s" if seen else "never said"]
                return [] if back else ["its return was not said"]

            told = going_on(own, "cuts of the line", int(times), one, 1)
            return Result(told.n, told.losses, f"{told.detail}, slowest {slowest[0]:.1f} s")
    finally:
        server.end()


def _seen(page: Any, *, hidden: bool) -> bool:
    from playwright.sync_api import TimeoutError as Late

    try:
        page.wait_for_selector("#line", state="hidden" if hidden else "visible", timeout=10_000)
    except Late:
        return False
    return True


@contextmanager
def _page(port: int, cookies: dict[str, str], without: str) -> Iterator[tuple[Any, Any]]:
    from playwright.sync_api import sync_playwright
    from tests.browser_kit import QUIET, chromium_path

    if chromium_path() is None or shutil.which("chromium") is None:
        raise NotHere("needs Chromium; to get it: apt-get install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=list(QUIET))
        context = browser.new_context()
        context.add_cookies(
            [
                {"name": name, "value": value, "url": f"http://127.0.0.1:{port}"}
                for name, value in cookies.items()
            ]
        )
        page = context.new_page()
        if without:
            page.route("**/line.js", lambda route: route.abort())
        yield context, page
        browser.close()


PROOF = Proof(
    "P9",
    "A loss of the line is visible within 5 s; paper forms print without the server",
    quick,
    full,
    control,
    "on one machine: the browser's network is cut, or the server stands still; no cable was pulled",
)
