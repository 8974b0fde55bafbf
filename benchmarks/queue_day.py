"""A day of the hall replayed over HTTP: how long a clerk waits for each press, with the queue of a busy office.

    python -m benchmarks.queue_day [--cases 521] [--desks 12] [--faster 10] [--minutes 525] [--postgres] [--work FOLDER]

A real server (granian, as `madoguchi serve` starts it) on this machine only; a thread per officer presses the buttons of
the screen and loads the page that follows, as a browser does; every open page asks what is new every 5 seconds of the
day. A press is timed from the click to the whole new page. Arrivals and services are invented (a fixed seed).
"""

from __future__ import annotations

import argparse
import os
import random
import re
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from datetime import datetime
from functools import partial
from http.cookiejar import CookieJar
from pathlib import Path
from urllib.error import URLError
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, build_opener

from madoguchi.audit.entries import Actor

LIMIT_MS = 300.0
PASSWORD = "madoguchi-bench-2026"
SEED = 20261126
POLL_SECONDS = 5.0
WALK_SECONDS = 25.0
IDLE_SECONDS = 20.0
NOT_HERE = 0.04
SERVICES = (
    ("moving", "住所の変更", 22.0, "A", "residents"),
    ("certificates", "証明書", 6.0, "A", "residents"),
    ("insurance", "国民健康保険", 16.0, "B", "insurance"),
    ("children", "子育て", 15.0, "C", "children"),
)
VISITS = ((("certificates",), 40), (("moving",), 15), (("insurance",), 18), (("children",), 9), (("moving", "insurance"), 12), (("moving", "insurance", "children"), 6))  # fmt: skip
# How many come in each hour from opening, as parts of the day: a peak in the late morning and after lunch.
HOURS = (9, 14, 15, 12, 9, 13, 12, 9, 7)


class Clock:
    """The time of the replayed day."""

    def __init__(self, faster: float, begin: float, minutes: float) -> None:
        self.faster, self.minutes = faster, begin + minutes
        self.began = time.monotonic() - begin * 60 / faster

    def minute(self) -> float:
        return (time.monotonic() - self.began) * self.faster / 60

    def wait(self, seconds: float) -> None:
        """So many seconds of the day."""
        time.sleep(seconds / self.faster)

    def over(self) -> bool:
        return self.minute() >= self.minutes


class Times:
    """Milliseconds by action."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.by_action: dict[str, list[float]] = {}
        self.errors: list[str] = []

    def note(self, action: str, begin: float) -> None:
        with self.lock:
            self.by_action.setdefault(action, []).append((time.perf_counter() - begin) * 1000)


class Browser:
    """A signed-in browser that knows its cookies."""

    def __init__(self, base: str, username: str, times: Times) -> None:
        self.base, self.times = base, times
        self.jar = CookieJar()
        self.opener = build_opener(HTTPCookieProcessor(self.jar))
        self.get("/staff/login/")
        self.post("/staff/login/", login=username, password=PASSWORD)

    def token(self) -> str:
        return next(one.value or "" for one in self.jar if one.name == "csrftoken")

    def get(self, path: str) -> str:
        with self.opener.open(f"{self.base}{path}", timeout=60) as answer:
            return str(answer.read().decode())

    def post(self, path: str, **fields: str) -> str:
        """Send a form and load the page that it leads to."""
        data = urlencode({**fields, "csrfmiddlewaretoken": self.token()}).encode()
        with self.opener.open(f"{self.base}{path}", data=data, timeout=60) as answer:
            return str(answer.read().decode())

    def press(self, action: str, path: str, **fields: str) -> str:
        """A press that somebody waits for."""
        begin = time.perf_counter()
        page = self.post(path, **fields)
        self.times.note(action, begin)
        return page


def officer(browser: Browser, desk: str, clock: Clock, chance: random.Random) -> None:
    """Call, serve, finish, until the day is over and the hall is empty."""
    browser.post("/calls/desk/", act="open", desk=f"main/{desk}")
    means = {name: mean for _, name, mean, _, _ in SERVICES}
    while not clock.over():
        page = browser.press("next", "/calls/next/")
        found = re.search(r'action="(/calls/(\w{32})/act/)".*?name="version" value="(\d+)"', hand(page), re.S)
        if found is None:
            clock.wait(IDLE_SECONDS * chance.uniform(0.5, 1.5))
            continue
        address, version = found[1], found[3]
        clock.wait(WALK_SECONDS * chance.uniform(0.3, 1.7))
        if chance.random() < NOT_HERE:
            page = browser.press("recall", address, act="recall", version=version)
            clock.wait(WALK_SECONDS)
            browser.press("not here", address, act="not_here", version=version_in(page))
            continue
        page = browser.press("start", address, act="start", version=version)
        mean = next((mean for name, mean in means.items() if f"<p>{name}" in page), 10.0)
        until = clock.minute() + chance.lognormvariate(0, 0.5) * mean * 0.88
        while clock.minute() < until and not clock.over():
            clock.wait(min(POLL_SECONDS, max(0.5, (until - clock.minute()) * 60)))
            begin = time.perf_counter()
            page = browser.get(live_in(page)) or page
            browser.times.note("(the page looks by itself)", begin)
        browser.press("finish", address, act="finish", version=version_in(page))


def hand(page: str) -> str:
    """The part of the page that shows the number in hand."""
    return page.split('class="mdg-calls__hand"', 1)[-1].split('id="queue"', 1)[0]


def live_in(page: str) -> str:
    """The address by which the page looks by itself."""
    found = re.search(r'data-hx-get="([^"]+)"', page)
    return found[1] if found else "/calls/"


def version_in(page: str) -> str:
    found = re.search(r'name="version" value="(\d+)"', hand(page))
    return found[1] if found else ""


def hall(browser: Browser, cases: int, clock: Clock, chance: random.Random) -> int:
    """People come to the machine by the hour; returns how many came."""
    edges = [60 * hour for hour in range(len(HOURS))]
    minutes = sorted(
        edges[hour] + chance.uniform(0, 60)
        for hour in chance.choices(range(len(HOURS)), weights=HOURS, k=cases)
    )
    came = 0
    first = clock.minute()
    for minute in minutes:
        minute *= 525 / (60 * len(HOURS))
        while clock.minute() < minute and not clock.over():
            clock.wait(max(0.5, (minute - clock.minute()) * 60))
        if clock.over():
            break
        if minute < first:
            continue
        services = chance.choices([one for one, _ in VISITS], weights=[weight for _, weight in VISITS])[0]
        begin = time.perf_counter()
        pairs = [("service", one) for one in services]
        data = urlencode([*pairs, ("request", f"{came:032x}"), ("csrfmiddlewaretoken", browser.token())])
        with browser.opener.open(
            f"{browser.base}/kiosk/main/issue/", data=data.encode(), timeout=60
        ) as answer:
            answer.read()
        browser.times.note("(a number at the machine)", begin)
        begin = time.perf_counter()
        browser.get("/static/shared/icon.svg")
        browser.times.note("(bare limit: a small file)", begin)
        came += 1
    return came


def prepare(desks: int) -> list[str]:
    """The invented city with its officers, lanes and a ticket machine, in the database of the environment."""
    import django

    django.setup()
    from django.core.management import call_command
    from django.utils import timezone

    from madoguchi.booking.tickets.days import set_rules
    from madoguchi.booking.tickets.order import QueueRules
    from madoguchi.city.applying import apply_plan
    from madoguchi.city.queries import system_actor
    from madoguchi.config.demo_city import madoka
    from madoguchi.procedures.loader import national_pack

    call_command("migrate", verbosity=0)
    call_command("collectstatic", verbosity=0, interactive=False)
    now, by = timezone.now(), system_actor("計測")
    apply_plan(plan=madoka(national_pack()), by=by, now=now)
    names = _lanes_and_staff(desks, by, now)
    set_rules(branch="main", rules=QueueRules(only_in_hours=False), by=by, now=now)
    return names


def _lanes_and_staff(desks: int, by: Actor, now: datetime) -> list[str]:
    """Three lanes, an officer a desk, and the machine; the desks."""
    from madoguchi.booking.offering import Offer, set_offer
    from madoguchi.booking.services import Lane, Service
    from madoguchi.city.authority import Role
    from madoguchi.city.operations import add_staff

    names = [f"d{number:02d}" for number in range(desks)]
    parts = {
        "residents": names[: desks // 2],
        "insurance": names[desks // 2 : -desks // 5],
        "children": names[-(desks // 5) :],
    }
    lanes = tuple(
        Lane("main", key, key, tuple(one[0] for one in SERVICES if one[4] == key), tuple(own))
        for key, own in parts.items()
    )
    services = tuple(
        Service(key, name, int(mean), letter, "citizens") for key, name, mean, letter, _ in SERVICES
    )
    set_offer(offer=Offer(services, lanes, {}, {}), by=by, now=now)
    for name in [*names, "machine"]:
        role = Role.TICKET_MACHINE if name == "machine" else Role.CLERK
        add_staff(
            username=name,
            password=PASSWORD,
            display_name=name,
            roles=(role,),
            department=None,
            branch=None,
            desk=None,
            by=by,
            now=now,
        )
    return names


@contextmanager
def serving(workers: int) -> Iterator[str]:
    """The server of the product on a free port; gone afterwards."""
    from madoguchi.config.server import server_command

    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port = int(one.getsockname()[1])
    server = subprocess.Popen(server_command(host="127.0.0.1", port=port, workers=workers))
    base = f"http://127.0.0.1:{port}"
    try:
        for _ in range(300):
            try:
                build_opener().open(f"{base}/staff/login/", timeout=5).close()
                break
            except (URLError, ConnectionError, TimeoutError):
                time.sleep(0.2)
        yield base
    finally:
        server.terminate()
        try:
            server.wait(5)
        except subprocess.TimeoutExpired:
            server.kill()


def replay(
    base: str, desks: list[str], cases: int, faster: float, begin: float, minutes: float
) -> tuple[Times, int]:
    """The whole day; the times of every press."""
    times = Times()
    browsers = {name: Browser(base, name, times) for name in [*desks, "machine"]}
    clock = Clock(faster, begin, minutes)
    came: list[int] = []

    def guarded(act: Callable[[], object]) -> Callable[[], None]:
        def run() -> None:
            try:
                act()
            except Exception as error:  # whatever it is, the report names it
                times.errors.append(repr(error)[:200])

        return run

    acts: list[Callable[[], object]] = [
        lambda: came.append(hall(browsers["machine"], cases, clock, random.Random(SEED)))
    ]
    for number, desk in enumerate(desks):
        chance = random.Random(SEED + number + 1)
        acts.append(partial(officer, browsers[desk], desk, clock, chance))
    threads = [threading.Thread(target=guarded(act)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return times, sum(came)


def report(times: Times, came: int, *, database: str, given: argparse.Namespace) -> int:
    """One line an action; 1 when a p95 of the staff is over the limit or anything failed."""
    print(
        f"{database}: {came} numbers, {given.desks} desks, {given.faster:g} times faster, {given.minutes:g} minutes of the day"
    )
    print(f"{'action':<28}{'times':>7}{'p50 ms':>9}{'p95 ms':>9}{'max ms':>9}")
    over = 0
    for action, found in sorted(times.by_action.items()):
        p95 = statistics.quantiles(found, n=20)[-1] if len(found) > 1 else found[0]
        over += not action.startswith("(") and p95 >= LIMIT_MS
        print(f"{action:<28}{len(found):>7}{statistics.median(found):>9.0f}{p95:>9.0f}{max(found):>9.0f}")
    print(
        f"limit for every press of the staff: p95 < {LIMIT_MS:.0f} ms: {'met' if not over else 'NOT met'}; faults: {len(times.errors)}"
    )
    for error in times.errors[:3]:
        print(error)
    return 1 if over or times.errors else 0


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--cases", type=int, default=521)
    parser.add_argument("--desks", type=int, default=12)
    parser.add_argument("--faster", type=float, default=10)
    parser.add_argument("--begin", type=float, default=0, help="minutes after opening")
    parser.add_argument("--minutes", type=float, default=525, help="of the day, from --begin")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--postgres", action="store_true", help="on a temporary cluster")
    parser.add_argument("--work", type=Path)
    given = parser.parse_args()
    from tools.postgres import temporary_cluster

    folder = given.work or Path(tempfile.mkdtemp(prefix="mdgday"))
    shutil.rmtree(folder, ignore_errors=True)
    os.environ["MADOGUCHI_HOME"] = str(folder)
    os.environ["DJANGO_SETTINGS_MODULE"] = "madoguchi.config.settings"
    os.environ.pop("MADOGUCHI_DATABASE_URL", None)
    with temporary_cluster() if given.postgres else nullcontext("") as url:
        if url:
            os.environ["MADOGUCHI_DATABASE_URL"] = url
        desks = prepare(given.desks)
        with serving(given.workers) as base:
            times, came = replay(base, desks, given.cases, given.faster, given.begin, given.minutes)
        from django.db import connection

        connection.close()
    return report(times, came, database="PostgreSQL" if url else "SQLite", given=given)


if __name__ == "__main__":
    sys.exit(main())
