"""Residents at home, many at once: how long each waits for a page while they apply, look up and read.

    python -m benchmarks.online_load [--sessions 500] [--think 5] [--minutes 3] [--postgres] [--work FOLDER]

A real server (granian, as `madoguchi serve` starts it) on this machine only; each resident is signed in and has a browser of
their own (`online_browsers`): they open their page, choose what to apply for, consent, answer question after question, look at
what they began, and think so many seconds between pages (half to one and a half times). They come one after the other over
the first think times, and the minutes begin when all are there. Timed from the request to the whole page; a bare limit, a
small file, in the same run; what the browsers themselves take of the machine is told. The register is invented; the sign-ins
at the provider are not part of it.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import os
import random
import shutil
import statistics
import tempfile
import time
from contextlib import nullcontext, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from benchmarks.online_browsers import Resident, Times

LIMIT_MS = 500.0
SEED = 20261127


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


@dataclass(frozen=True, slots=True)
class Worked:
    """Seconds of processor time of the minutes that counted: the browsers', the server's with its database, everybody's."""

    browsers: float
    server: float
    everybody: float


def server_seconds() -> float:
    """Processor seconds of what this program started, and of what that started, so far: granian, and PostgreSQL where it runs."""
    parents: dict[int, list[int]] = {}
    worked: dict[int, float] = {}
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):  # it has just ended
            words = (folder / "stat").read_text().rpartition(")")[2].split()
            number = int(folder.name)
            parents.setdefault(int(words[1]), []).append(number)
            # Of those of its children that have ended, too.
            worked[number] = sum(map(int, words[11:15])) / os.sysconf("SC_CLK_TCK")
            if b"postgres" in (folder / "cmdline").read_bytes() and words[1] == "1":
                parents.setdefault(os.getpid(), []).append(number)
    family, seconds = [os.getpid()], 0.0
    while family:
        below = parents.get(family.pop(), [])
        seconds += sum(worked.get(one, 0.0) for one in below)
        family += below
    return seconds


def machine_seconds() -> float:
    """Processor seconds of the whole machine that were not idle."""
    words = Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:]
    user, nice, system, _idle, _waits, irq, softirq = map(int, words[:7])
    return (user + nice + system + irq + softirq) / os.sysconf("SC_CLK_TCK")


def visit(base: str, keys: list[str], think: float, minutes: float) -> tuple[Times, Worked]:
    """All of them at once for so many minutes; who worked how long meanwhile."""
    gc.collect()
    gc.freeze()
    return asyncio.run(_visit(urlsplit(base).netloc, keys, think, minutes))


async def _visit(address: str, keys: list[str], think: float, minutes: float) -> tuple[Times, Worked]:
    times, until = Times(), asyncio.Event()

    async def one(place: int, key: str) -> None:
        await asyncio.sleep(2 * think * place / len(keys))
        try:
            await Resident(address, key, times, random.Random(SEED + place), think).live(until)
        except Exception as error:  # whatever it is, the report names it
            times.wrong(repr(error))

    residents = [asyncio.create_task(one(place, key)) for place, key in enumerate(keys)]
    await asyncio.sleep(3 * think)
    times.counting = True
    before = (time.process_time(), server_seconds(), machine_seconds())
    await asyncio.sleep(minutes * 60)
    times.counting = False
    after = (time.process_time(), server_seconds(), machine_seconds())
    until.set()
    await asyncio.wait(residents, timeout=30)
    return times, Worked(*(late - early for early, late in zip(before, after, strict=True)))


def report(times: Times, worked: Worked, given: argparse.Namespace) -> int:
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
    whole = given.minutes * 60 * (os.cpu_count() or 1)
    others = worked.everybody - worked.browsers - worked.server
    print(
        f"a page takes {worked.server / len(pages) * 1000:.1f} ms of a processor in the server and its database, "
        f"{worked.browsers / len(pages) * 1000:.1f} ms in the residents' browsers ({worked.browsers / whole:.0%} of the machine); "
        f"other programs took {others / whole:.0%} of the machine"
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
    with temporary_cluster(durable=True) if given.postgres else nullcontext("") as url:
        if url:
            os.environ["MADOGUCHI_DATABASE_URL"] = url
        keys = prepare(given.sessions)
        from benchmarks.queue_day import serving

        with serving(given.workers) as base:
            times, worked = visit(base, keys, given.think, given.minutes)
        from django.db import connection

        connection.close()
    return report(times, worked, given)


if __name__ == "__main__":
    raise SystemExit(main())
