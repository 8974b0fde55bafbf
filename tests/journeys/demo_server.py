"""The real product for a journey: `madoguchi demo` in a process of its own, with a browser in front of it.

The city is made once a run, by the command that `make demo` runs, with every screen visited (`--check`); each journey
goes on (`--keep`) with a copy of its own, so that none sees what another did.
"""

from __future__ import annotations

import fcntl
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from playwright.sync_api import Browser, sync_playwright
from tests.browser_kit import QUIET, chromium_path

ROOT = Path(__file__).resolve().parents[2]
# Bounds for what hangs, not for what is slow: four workers share two cores, and making the city takes a minute of one.
START_SECONDS, COMMAND_SECONDS = 300, 900
RESIDENTS = 600
COMMAND = (sys.executable, "-m", "madoguchi.config.command_line")


def environment_of(home: Path) -> dict[str, str]:
    """The settings by which a command finds the demo in this folder, and nothing of the test's own."""
    environment = {**os.environ, "MADOGUCHI_HOME": str(home), "PYTHONPATH": str(ROOT / "src")}
    for name in ("MADOGUCHI_DATABASE_URL", "DJANGO_SETTINGS_MODULE", "MADOGUCHI_SECRET_KEY"):
        environment.pop(name, None)
    return environment


def told(home: Path, pattern: str) -> str:
    """What the demo printed: the first group of the pattern, as soon as it is there."""
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        found = re.search(pattern, (home.parent / "demo.log").read_text(encoding="utf-8", errors="replace"))
        if found:
            return found[1]
        time.sleep(0.1)
    raise AssertionError(f"the demo did not print {pattern}")


def madoguchi(home: Path, *words: str, more: Mapping[str, str] = {}) -> str:
    """Run a command beside the demo, as an office does; returns what it said."""
    environment = {**environment_of(home), **more}
    done = subprocess.run(
        [*COMMAND, *words], env=environment, capture_output=True, text=True, timeout=COMMAND_SECONDS
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def _made_once(home: Path) -> Path:
    """The folder of a city that nobody has been in yet, made by whichever worker comes first."""
    root = home.parents[2 if "PYTEST_XDIST_WORKER" in os.environ else 1]
    made = root / "city" / "home"
    made.parent.mkdir(exist_ok=True)
    with (root / "city.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not made.exists():
            making = made.with_name("making")
            shutil.rmtree(making, ignore_errors=True)
            madoguchi(making, "demo", "--past", "0", "--residents", str(RESIDENTS), "--check")
            making.rename(made)  # one that broke off is nobody's city
    return made


@contextmanager
def demo(home: Path, *, more: Mapping[str, str] = {}) -> Iterator[str]:
    """Serve a まどか市 of its own; yields its address and kills the process group afterwards. `more`: further settings."""
    shutil.copytree(_made_once(home), home)
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port = one.getsockname()[1]
    environment = {**environment_of(home), **more}
    words = [*COMMAND, "demo", "--keep", "--port", str(port)]
    log = (home.parent / "demo.log").open("wb")
    server = subprocess.Popen(words, env=environment, stdout=log, stderr=log, start_new_session=True)
    base = f"http://127.0.0.1:{port}"
    try:
        _wait(base, server)
        yield base
    finally:
        os.killpg(server.pid, signal.SIGKILL)
        log.close()


def _wait(base: str, server: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        assert server.poll() is None, "the demo ended before it answered"
        try:
            urlopen(f"{base}/staff/login/", timeout=5).close()
            return
        except (URLError, ConnectionError, TimeoutError):
            time.sleep(0.3)
    raise AssertionError("the demo did not answer in time")


@contextmanager
def chromium() -> Iterator[Browser]:
    """The system's Chromium."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=list(QUIET))
        try:
            yield browser
        finally:
            browser.close()
