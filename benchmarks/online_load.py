"""Residents at home, many at once: how long each waits for a page while they apply, look up and read.

    python -m benchmarks.online_load [--sessions 500] [--think 5] [--minutes 3] [--postgres] [--work FOLDER]

A real server (granian, as `madoguchi serve` starts it) on this machine only; a thread per resident who is signed in and has
a browser of their own: they open their page, choose what to apply for, consent, answer question after question, look at
what they began, and think so many seconds between pages (half to one and a half times). They come one after the other over
the first think times, and the minutes begin when all are there. Timed from the request to the whole page; a bare limit, a
small file, in the same run. The register is invented; the sign-ins at the provider are not part of it.
"""

from __future__ import annotations

import argparse
import os
import random
import re
import shutil
import statistics
import tempfile
import threading
import time
from contextlib import nullcontext
from dataclasses import dataclass, field
from html.parser import HTMLParser
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from urllib.parse import urlencode, urlsplit

LIMIT_MS = 500.0
SEED = 20261127
FOUND, REDIRECTS = 200, (302, 303)
WANTED = ("birth", "child-allowance-claim")
_AGREED = re.compile(r'name="agreed" value="([^"]+)"')
# One in so many pages is the bare limit.
BARE_EVERY = 25


@dataclass(slots=True)
class Times:
    """Milliseconds by page, and what was no page; counted while `counting`."""

    counting: bool = False
    by_page: dict[str, list[float]] = field(default_factory=dict)
    errors: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def note(self, page: str, begun: float) -> None:
        with self.lock:
            if self.counting:
                self.by_page.setdefault(page, []).append((time.perf_counter() - begun) * 1000)

    def wrong(self, what: str) -> None:
        with self.lock:
            self.errors.append(what[:200])


class Question(HTMLParser):
    """The fields of the question's form: what is hidden, what can be chosen, whether anything must be typed."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.hidden: dict[str, str] = {}
        self.choices: dict[str, list[str]] = {}
        self.typed = False
        self.inside = False
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = dict(attrs)
        if tag == "form":
            self.inside = (told.get("method") or "").lower() == "post" and not told.get("action")
        if not self.inside or tag != "input":
            self.typed = self.typed or (self.inside and tag in ("select", "textarea"))
            return
        name, value = told.get("name") or "", told.get("value") or ""
        kind = told.get("type", "text")
        if kind == "hidden":
            self.hidden[name] = value
        elif kind == "radio":
            self.choices.setdefault(name, []).append(value)
        elif kind != "checkbox":
            self.typed = True

    def handle_endtag(self, tag: str) -> None:
        self.inside = self.inside and tag != "form"


class Resident:
    """Somebody at home with a browser of their own, who keeps one connection as a browser does."""

    def __init__(self, address: str, cookie: str, times: Times, chance: random.Random, think: float) -> None:
        self.host, self.times, self.chance, self.think = address, times, chance, think
        self.cookies = {"sessionid": cookie}
        self.line = HTTPConnection(address, timeout=60)
        self.pages = 0

    def wait(self) -> None:
        time.sleep(self.think * self.chance.uniform(0.5, 1.5))

    def ask(self, name: str, path: str, fields: dict[str, str] | None = None) -> tuple[str, str]:
        """A page as it was waited for, with what it leads to; the page and where it is."""
        begun = time.perf_counter()
        status, page, path = self._followed(path, fields)
        self.times.note(name, begun)
        if status != FOUND:
            self.times.wrong(f"{name}: {status} {path}")
        self.pages += 1
        if self.pages % BARE_EVERY == 0:
            begun = time.perf_counter()
            self._once("GET", "/static/shared/icon.svg", None)
            self.times.note("(bare limit: a small file)", begun)
        return page, path

    def _followed(self, path: str, fields: dict[str, str] | None) -> tuple[int, str, str]:
        status, headers, page = self._once("POST" if fields is not None else "GET", path, fields)
        for _ in range(4):
            if status not in REDIRECTS:
                break
            path = urlsplit(headers.get("location", "")).path or path
            status, headers, page = self._once("GET", path, None)
        return status, page, path

    def _once(self, method: str, path: str, fields: dict[str, str] | None) -> tuple[int, dict[str, str], str]:
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        body = None
        if fields is not None:
            body = urlencode({**fields, "csrfmiddlewaretoken": self.cookies.get("csrftoken", "")})
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        try:
            self.line.request(method, path, body, headers)
            answer = self.line.getresponse()
        except (HTTPException, ConnectionError):  # the server let the idle line go
            self.line.close()
            self.line.request(method, path, body, headers)
            answer = self.line.getresponse()
        page = answer.read().decode("utf-8", errors="replace")
        for name, value in answer.getheaders():
            if name.lower() == "set-cookie":
                cookie, _, rest = value.partition("=")
                self.cookies[cookie] = rest.split(";", 1)[0]
        return answer.status, {name.lower(): value for name, value in answer.getheaders()}, page

    def live(self, until: threading.Event) -> None:
        """Apply for one thing after the other until it is over."""
        while not until.is_set():
            self.ask("home", "/my/")
            self.wait()
            self.ask("what to apply for", "/my/apply/")
            self.wait()
            what = self.chance.choice(WANTED)
            page, path = self.ask("consent", f"/my/apply/for/{what}/")
            self.wait()
            agreed = _AGREED.search(page)
            said = {**Question(page).hidden, "agreed": agreed[1] if agreed else ""}
            page, path = self.ask("begin", path, said)
            self._answer(page, path, until)

    def _answer(self, page: str, path: str, until: threading.Event) -> None:
        number = re.search(r"/my/apply/([^/]+)/", path)
        for _ in range(30):
            if until.is_set() or not re.fullmatch(r"/my/apply/[^/]+/", path):
                break
            self.wait()
            question = Question(page)
            said = {name: self.chance.choice(values) for name, values in question.choices.items()}
            go = "unknown" if question.typed or not said else "answer"
            page, path = self.ask("answer", path, {**question.hidden, **said, "go": go})
        if number and not until.is_set():
            self.wait()
            self.ask("where it stands", f"/my/cases/{number[1]}/")
            self.wait()


def prepare(sessions: int) -> list[str]:
    """The invented city and as many residents who are signed in; the keys of their sessions."""
    import django

    django.setup()
    from django.contrib.sessions.backends.db import SessionStore
    from django.core.management import call_command
    from django.utils import timezone

    from madoguchi.catalogue.operations import publish
    from madoguchi.catalogue.queries import current
    from madoguchi.city.applying import apply_plan
    from madoguchi.city.queries import system_actor
    from madoguchi.city.resident_session import RESIDENT
    from madoguchi.config.demo_city import CITY_PACK, madoka
    from madoguchi.procedures.loader import NATIONAL_FOLDER
    from madoguchi.residents.accounts.coming import come
    from madoguchi.residents.accounts.facts import AccountState, ClaimedFacts
    from madoguchi.residents.load import entry_of, invented, load_population

    call_command("migrate", verbosity=0)
    call_command("collectstatic", verbosity=0, interactive=False)
    now, by = timezone.now(), system_actor("計測")
    publish(folders=[NATIONAL_FOLDER, CITY_PACK], by=by, now=now, note="計測")
    apply_plan(plan=madoka(current()), by=by, now=now)
    load_population(residents=sessions * 20, seed=SEED, on=timezone.localdate(), by=by, now=now)
    keys: list[str] = []
    for home in invented(residents=sessions * 20, seed=SEED, on=timezone.localdate()):
        head = entry_of(home, home.people[0])
        facts = ClaimedFacts(head.name.name, head.address, str(head.birth), head.sex)
        account = come(issuer="https://id.example", subject=head.resident_no, facts=facts, by=by, now=now)
        if account.state is not AccountState.MATCHED:
            continue
        held = SessionStore()
        held[RESIDENT] = {"account": account.number, "since": now.isoformat(), "seen": now.isoformat()}
        held.save()
        keys.append(str(held.session_key))
        if len(keys) == sessions:
            return keys
    raise SystemExit(f"only {len(keys)} of {sessions} residents could be signed in")


def visit(base: str, keys: list[str], think: float, minutes: float) -> Times:
    """All of them at once for so many minutes."""
    times, until = Times(), threading.Event()
    address = urlsplit(base).netloc

    def one(place: int, key: str) -> None:
        time.sleep(2 * think * place / len(keys))
        try:
            Resident(address, key, times, random.Random(SEED + place), think).live(until)
        except Exception as error:  # whatever it is, the report names it
            times.wrong(repr(error))

    threads = [threading.Thread(target=one, args=pair, daemon=True) for pair in enumerate(keys)]
    for thread in threads:
        thread.start()
    time.sleep(3 * think)
    times.counting = True
    time.sleep(minutes * 60)
    times.counting = False
    until.set()
    for thread in threads:
        thread.join(30)
    return times


def report(times: Times, given: argparse.Namespace) -> int:
    """One line a page; 1 when the p95 of all pages is over the limit or anything failed."""
    name = "PostgreSQL" if given.postgres else "SQLite"
    pages = [one for page, found in times.by_page.items() if not page.startswith("(") for one in found]
    print(f"{name}: {given.sessions} residents, {given.think:g} s between pages, {given.minutes:g} minutes")
    print(f"{'page':<28}{'times':>7}{'p50 ms':>9}{'p95 ms':>9}{'max ms':>9}")
    for page, found in [*sorted(times.by_page.items()), ("all pages", pages)]:
        p95 = statistics.quantiles(found, n=20)[-1] if len(found) > 1 else found[0]
        print(f"{page:<28}{len(found):>7}{statistics.median(found):>9.0f}{p95:>9.0f}{max(found):>9.0f}")
    over = statistics.quantiles(pages, n=20)[-1] >= LIMIT_MS
    print(
        f"{len(pages) / given.minutes / 60:.0f} pages a second; faults: {len(times.errors)}; limit p95 < {LIMIT_MS:.0f} ms: {'NOT met' if over else 'met'}"
    )
    for error in sorted(set(times.errors))[:5]:
        print(error)
    return 1 if over or times.errors else 0


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--sessions", type=int, default=500)
    parser.add_argument("--think", type=float, default=5, help="seconds between pages")
    parser.add_argument("--minutes", type=float, default=3)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--postgres", action="store_true", help="on a temporary cluster")
    parser.add_argument("--work", type=Path)
    given = parser.parse_args()
    from tools.postgres import temporary_cluster

    folder = given.work or Path(tempfile.mkdtemp(prefix="mdgload"))
    shutil.rmtree(folder, ignore_errors=True)
    os.environ["MADOGUCHI_HOME"] = str(folder)
    os.environ["DJANGO_SETTINGS_MODULE"] = "madoguchi.config.settings"
    os.environ.pop("MADOGUCHI_DATABASE_URL", None)
    with temporary_cluster() if given.postgres else nullcontext("") as url:
        if url:
            os.environ["MADOGUCHI_DATABASE_URL"] = url
        keys = prepare(given.sessions)
        from benchmarks.queue_day import serving

        with serving(given.workers) as base:
            times = visit(base, keys, given.think, given.minutes)
        from django.db import connection

        connection.close()
    return report(times, given)


if __name__ == "__main__":
    raise SystemExit(main())
