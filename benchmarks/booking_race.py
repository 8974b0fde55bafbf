"""The last seat, wanted by many at once: over HTTP by 200 clients, and by attempts straight at the tables.

    python -m benchmarks.booking_race [--clients 200] [--attempts 1000000] [--processes 4] [--seconds 6] [--quick]

1. The server as `madoguchi serve` starts it, on this machine: every client has its page first, then all press in the same moment.
   One 302 to its booking, the rest a 409, no 500.
2. Attempts by several processes on SQLite and on a PostgreSQL of their own: seats used = seats of living bookings, and
   no quarter-hour has more than there are.
3. The rate through the whole stack beside the same view with the update of the seats left out (a second server of the
   same kind on the same database), in turns in the same run.
"""

from __future__ import annotations

import argparse
import os
import re
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlencode

from madoguchi.config.server import server_command

ROOT = Path(__file__).resolve().parent.parent
MARK = re.compile(r'name="(csrfmiddlewaretoken|press)" value="([^"]+)"')
LEAST_SHARE = 0.5
SEATS, ROUNDS, RETRIES = 3, 2, 5


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--clients", type=int, default=200)
    parser.add_argument("--attempts", type=int, default=1_000_000, help="over both databases together")
    parser.add_argument("--processes", type=int, default=4)
    parser.add_argument("--seconds", type=float, default=6.0, help="how long each rate is measured")
    parser.add_argument("--quick", action="store_true", help="a small form of everything")
    given = parser.parse_args()
    if given.quick:
        given.clients, given.attempts, given.seconds = 40, 2_000, 2.0
    faults = 0
    with tempfile.TemporaryDirectory(prefix="mdgrace") as home:
        faults += over_http("SQLite", f"sqlite:///{home}/race.sqlite3", home, given)
        faults += attempts_at(
            "SQLite", f"sqlite:///{home}/many.sqlite3", home, given.attempts // 2, given.processes
        )
    from tools.postgres import TO_GET_IT, binaries, temporary_cluster

    if binaries() is None:
        print(f"not run: PostgreSQL; to get it: {TO_GET_IT}")
        return 1 if faults else 0
    # A database of its own for each: the pages that take no seat leave bookings behind that do not add up.
    with temporary_cluster() as url, tempfile.TemporaryDirectory(prefix="mdgrace") as home:
        faults += over_http("PostgreSQL", url, home, given)
    with temporary_cluster() as url, tempfile.TemporaryDirectory(prefix="mdgrace") as home:
        attempts = given.attempts - given.attempts // 2
        faults += attempts_at("PostgreSQL", url, home, attempts, given.processes)
    return 1 if faults else 0


# -- over HTTP ---------------------------------------------------------------------------------------------------


def over_http(name: str, url: str, home: str, given: argparse.Namespace) -> int:
    """The last seat by many clients, then the two rates. Returns the number of broken promises."""
    environment = _environment(url, home)
    day = _city(environment, "city", "1")
    port, bare_port = _free_port(), _free_port()
    served = server_command(host="127.0.0.1", port=port, workers=2)
    bare = server_command(host="127.0.0.1", port=bare_port, workers=2)
    bare[-1] = "benchmarks.booking_race_bare:application"
    with _running(served, environment, port), _running(bare, environment, bare_port):
        told = race(port, f"/book/at/main/papers/{day}/", given.clients, 36)
        wins, full = told.count(302), told.count(409)
        good = wins == 1 and full == given.clients - 1
        rest = len(told) - wins - full
        print(f"{name}: the last seat, {given.clients} clients: {wins} booked, {full} told 409, {rest} else")
        path = f"/book/at/main/papers/{_city(environment, 'seats', '20000')}/"
        rates: dict[int, list[float]] = {port: [], bare_port: []}
        for _ in range(ROUNDS):  # in turns, so that whatever else the machine does falls on both
            for one, found in rates.items():
                found.append(_rate(one, path, given.seconds / ROUNDS))
    taking, without = (statistics.fmean(found) for found in rates.values())
    share = taking / without if without else 0.0
    print(
        f"{name}: {taking:.0f} bookings/s through the whole stack, {without:.0f}/s by the same view without the update: {share:.0%}"
    )
    return int(not good) + int(share < LEAST_SHARE)


def race(port: int, path: str, clients: int, quarter: int) -> list[int]:
    ready, told = threading.Barrier(clients), [0] * clients

    def one(number: int) -> None:
        jar, marks = _page(port, path)
        ready.wait(300)
        told[number] = _press(port, path, jar, marks, quarter)

    threads = [threading.Thread(target=one, args=(number,)) for number in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return told


def _city(environment: dict[str, str], *words: str) -> str:
    """Do something to the city in a process of its own; returns the last word that it prints."""
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.booking_race_city", *words], cwd=ROOT, env=environment, check=True,
        capture_output=True, text=True,
    )  # fmt: skip
    return done.stdout.split()[-1]


def _rate(port: int, path: str, seconds: float) -> float:
    """Bookings a second by four visitors, each with its page got before the clock runs; every press is a new time."""
    clients = 4
    pages = [[_page(port, path) for _ in range(int(12 * seconds) + 4)] for _ in range(clients)]
    done, odd, begun = Counter[int](), Counter[int](), time.perf_counter()

    def one(number: int) -> None:
        for step, (jar, marks) in enumerate(pages[number]):
            if time.perf_counter() > begun + seconds:
                return
            status = _press(port, path, jar, marks, 37 + (number + step) % 10)
            done[number] += 1
            odd[status] += status != 302

    threads = [threading.Thread(target=one, args=(number,)) for number in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if +odd:
        print(f"   not booked: {+odd}")
    return done.total() / (time.perf_counter() - begun)


def _page(port: int, path: str) -> tuple[dict[str, str], dict[str, str]]:
    """The page as a browser gets it: its cookies and its hidden marks."""
    jar: dict[str, str] = {}
    status, body = _asked(port, "GET", path, jar)
    marks = dict(MARK.findall(body))
    if (
        status == 200 and "press" not in marks
    ):  # a full day has no form; any page of the same site gives the token
        marks = dict(MARK.findall(_asked(port, "GET", "/book/find/", jar)[1])) | {"press": "full"}
    return jar, marks


def _press_once(port: int, path: str, jar: dict[str, str], marks: dict[str, str], quarter: int) -> int:
    return _asked(port, "POST", path, jar, urlencode({**marks, "quarter": quarter}))[0]


def _press(port: int, path: str, jar: dict[str, str], marks: dict[str, str], quarter: int) -> int:
    """The status of a press; one that the network cut is sent again, as a browser's user would: it is the same press."""
    for _ in range(RETRIES):
        try:
            return _press_once(port, path, jar, marks, quarter)
        except ConnectionError:
            time.sleep(0.2)
    return 0


def _asked(port: int, method: str, path: str, jar: dict[str, str], body: str = "") -> tuple[int, str]:
    connection = HTTPConnection("127.0.0.1", port, timeout=300)
    headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in jar.items())}
    if body:
        headers["Content-Type"] = "application/x-www-form-urlencoded"
    connection.request(method, path, body or None, headers)
    answer = connection.getresponse()
    for name, value in answer.getheaders():
        if name.lower() == "set-cookie":
            cookie, _, content = value.partition(";")[0].partition("=")
            jar[cookie] = content
    text = answer.read().decode()
    connection.close()
    return answer.status, text


def _free_port() -> int:
    import socket

    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@contextmanager
def _running(words: list[str], environment: dict[str, str], port: int) -> Iterator[None]:
    server = subprocess.Popen(words, env=environment, cwd=ROOT)
    try:
        for _ in range(300):
            try:
                _asked(port, "GET", "/book/", {})
                break
            except OSError:
                time.sleep(0.2)
        yield
    finally:
        server.terminate()
        server.wait(20)


def _environment(url: str, home: str) -> dict[str, str]:
    return {
        **os.environ, "MADOGUCHI_DATABASE_URL": url, "MADOGUCHI_HOME": home, "MADOGUCHI_SECRET_KEY": "only-for-the-race",
        "PYTHONPATH": f"{ROOT / 'src'}:{ROOT}", "DJANGO_SETTINGS_MODULE": "madoguchi.config.settings",
    }  # fmt: skip


# -- straight at the tables --------------------------------------------------------------------------------------


def attempts_at(name: str, url: str, home: str, attempts: int, processes: int) -> int:
    """Attempts to hold seats by several processes; returns the number of quarter-hours that do not add up."""
    environment = _environment(url, home)
    _city(environment, "city", str(SEATS))
    begun = time.perf_counter()
    words = [sys.executable, "-m", "benchmarks.booking_race_city", "try", str(attempts // processes)]
    runs = [
        subprocess.Popen([*words, str(number)], cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True)
        for number in range(processes)
    ]
    told = [run.communicate()[0].split() for run in runs]
    took = time.perf_counter() - begun
    got, refused, odd, p99 = (sum(float(one[at]) for one in told) for at in range(4))
    check = subprocess.run(
        [sys.executable, "-m", "benchmarks.booking_race_city", "check"], cwd=ROOT, env=environment, check=True,
        capture_output=True, text=True,
    ).stdout.split()  # fmt: skip
    wrong = int(check[-2])
    print(
        f"{name}: {got + refused + odd:,.0f} attempts by {processes} processes in {took:.0f} s ({(got + refused) / took:,.0f}/s, "
        f"p99 {p99 / processes:.1f} ms): {got:,.0f} held, {refused:,.0f} told full, {odd:.0f} errors; "
        f"double bookings {wrong} in {check[-1]} quarter-hours"
    )
    return wrong + int(odd)


if __name__ == "__main__":
    sys.exit(main())
