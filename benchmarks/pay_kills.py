"""Paying while processes are killed (払っている最中に止める): real kill -9 of the web server and of the provider.

    python -m benchmarks.pay_kills --work FOLDER [--kills 200]

Residents pay over HTTP: number and digits, the provider's page, back; cashiers give money back. At a random moment one of the two servers is killed
with SIGKILL and started again; residents press again, come back later, or never. Then the care goes round, and it must hold:
nobody was charged twice, every paid yen is filed or given back, and both ledgers are the same to the yen.
It may be stopped and started again: city, books and count of kills stay in the folder until it is proved.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import random
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import timedelta
from http.cookiejar import CookieJar
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import (
    HTTPCookieProcessor,
    HTTPRedirectHandler,
    OpenerDirector,
    ProxyHandler,
    build_opener,
)

from benchmarks.pay_kills_refunds import Cashiers, given_back

SECRETS = {"MADOGUCHI_PAYMENT_KEY": "kills", "MADOGUCHI_PAYMENT_SECRET": "the secret of the kills"}
START_SECONDS = 60
# Kills fall anywhere within the time in which somebody who is not disturbed has paid, measured anew for every stretch.
SHORTEST_WALK, LONGEST_WALK, MEASURED_EVERY = 0.5, 20.0, 20
PATIENCE = 15
BOOKS = "books.sqlite3"
ENOUGH = 100  # kills after which something has been paid and given back, however slow the machine is
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
FAULTS = (
    "silent_after_create", "silent_after_capture", "silent_after_refund", "webhook_twice", "webhook_before_redirect",
    "webhook_later", "webhook_dropped", "refund_race",
)  # fmt: skip


def free_port() -> int:
    """A port that nobody uses now."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@dataclass
class Server:
    """A program that is killed with all that it started, and started again at the same port."""

    words: list[str]
    port: int
    process: subprocess.Popen[bytes] | None = None
    kills: int = 0

    def start(self) -> None:
        """Start it and wait until it answers."""
        self.process = subprocess.Popen(
            self.words, start_new_session=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        until = time.monotonic() + START_SECONDS
        while time.monotonic() < until:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), timeout=1):
                return
            time.sleep(0.05)
        raise SystemExit(f"{self.words[1:4]} does not start")

    def kill(self) -> None:
        """SIGKILL to it and its children; nothing that it held is finished."""
        if self.process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            self.kills += 1


class _Stay(HTTPRedirectHandler):
    """Redirects are followed by hand, as far as somebody has patience."""

    def redirect_request(self, *_args: Any, **_more: Any) -> None:
        return None


@dataclass
class Resident:
    """Somebody with a number to pay, in a browser of their own."""

    base: str
    number: str
    code: str
    chance: random.Random
    seen: Counter[str]
    opener: OpenerDirector = field(init=False)

    def __post_init__(self) -> None:
        self.opener = build_opener(HTTPCookieProcessor(CookieJar()), ProxyHandler({}), _Stay())

    def _asked(self, url: str, said: Mapping[str, str] | None = None) -> tuple[int, str, str]:
        """Status, where it sends on to, and the page."""
        data = urlencode(said).encode() if said is not None else None
        try:
            with self.opener.open(url, data, timeout=PATIENCE) as answer:
                return answer.status, "", answer.read().decode()
        except HTTPError as error:
            with error:
                return error.code, error.headers.get("Location", ""), error.read().decode()

    def _post(self, path: str, **said: str) -> tuple[int, str, str]:
        _status, _to, page = self._asked(self.base + path)
        token = TOKEN.search(page)
        return self._asked(self.base + path, {**said, "csrfmiddlewaretoken": token[1] if token else ""})

    def walk(self) -> str:
        """Pay from the number to the end; how far it came."""
        status, _to, _page = self._post("/pay/", number=self.number, code=self.code)
        if status != 302:
            return f"open {status}"
        for _press in range(self.chance.choice((1, 1, 2))):
            status, there, _page = self._post(f"/pay/{self.number}/", press=str(self.chance.randrange(3)))
        if not there.startswith("http"):
            return f"press {status}"
        if self.chance.random() < 0.08:
            return "went away"
        way = self.chance.choice(("card", "card", "card", "card", "shop", "wallet", "decline", "cancel"))
        _status, back, _page = self._asked(there, {"way": way})
        if not back or self.chance.random() < 0.15:
            return f"chose {way} and went away"
        self._asked(back)
        _status, _to, page = self._asked(f"{self.base}/pay/{self.number}/")
        return "paid" if "支払いが済みました" in page else f"chose {way}, not paid yet"

    def timed(self) -> float:
        """Walk, and how long it took."""
        began = time.monotonic()
        self.tries()
        return time.monotonic() - began

    def tries(self) -> None:
        """Walk, whatever happens to the servers meanwhile."""
        try:
            self.seen[self.walk()] += 1
        except (OSError, ValueError) as error:
            self.seen[f"cut off ({type(error).__name__})"] += 1


def build(count: int) -> None:
    """A city with so many cases whose certificates are to be paid."""
    from django.core.management import call_command
    from django.utils import timezone
    from tests.rooms.cases import walking

    from madoguchi.audit.entries import Actor
    from madoguchi.cases.certificate_wishes import request_certificates
    from madoguchi.city.models import StaffMember
    from madoguchi.city.queries import seat_of
    from madoguchi.config import demo_city
    from madoguchi.connect.paying import give_number

    call_command("migrate", verbosity=0)
    now = timezone.now()
    demo_city.build(residents=20, now=now)
    member = StaffMember.objects.get(username="clerk")
    seat = seat_of(member)
    assert seat is not None
    clerk = Actor(member.pk, member.display_name, seat.branch, seat.desk)
    for n in range(count):
        case = walking.begun(clerk, now=now)
        copies, fees = {"resident_record": n % 5 + 1}, {"resident_record": 300}
        request_certificates(case=case, copies=copies, fees=fees, by=clerk, now=now)
        give_number(case=case, by=clerk, now=now)


@dataclass
class Kept:
    """What is known when it is started again: the ports, which stand in addresses already told, the kills, what was seen."""

    port: int
    pages: int
    web: int = 0
    provider: int = 0
    seconds: float = 0.0
    seen: dict[str, int] = field(default_factory=dict)

    @property
    def kills(self) -> int:
        """All that were killed."""
        return self.web + self.provider


def play(kills: int, seed: int, web: Server, twin: Server, books: Path, kept: Kept, state: Path) -> None:
    """Residents pay, servers are killed, until there were so many kills; what happened is kept after each."""
    from django.db import connection
    from django.utils import timezone

    from madoguchi.connect import paying
    from madoguchi.connect.twins.payment_books import Books
    from madoguchi.payments.models import PayableRow

    numbers, seen = list(PayableRow.objects.order_by("pk")), Counter(kept.seen)
    base, longest = f"http://127.0.0.1:{web.port}", 0.0
    for n in range(kept.kills, kills):
        began, chance = time.monotonic(), random.Random(f"{seed}/{n}")
        if not longest or n % MEASURED_EVERY == 0:
            undisturbed = Resident(base, numbers[n].number, numbers[n].code, chance, seen)
            longest = min(max(1.5 * undisturbed.timed(), SHORTEST_WALK), LONGEST_WALK)
            began = time.monotonic()
        some = [chance.choice(numbers[: 8 + n]) for _ in range(2)]
        if chance.random() < 0.5:
            plan = Books(str(books))
            plan.set_fault(chance.choice(FAULTS), 1)
            plan.db.close()
        people = [Resident(base, one.number, one.code, random.Random(chance.random()), seen) for one in some]
        threads = [threading.Thread(target=one.tries) for one in people]
        if chance.random() < 0.6:
            threads.append(
                threading.Thread(target=Cashiers(base, random.Random(chance.random()), seen).tries)
            )
        if chance.random() < 0.4:
            threads.append(threading.Thread(target=_care, args=(seen,)))
        for one in threads:
            one.start()
        time.sleep(chance.random() * longest)
        victim = web if chance.random() < 0.5 else twin
        victim.kill()
        for one in threads:
            one.join()
        victim.start()
        kept.web, kept.provider = kept.web + (victim is web), kept.provider + (victim is twin)
        kept.seconds, kept.seen = kept.seconds + time.monotonic() - began, dict(seen)
        state.write_text(json.dumps(asdict(kept)))
        if n % 20 == 19:
            print(f"{n + 1} kills, {kept.seconds:.0f} s", dict(seen), flush=True)
            paying.care(now=timezone.now())
    connection.close()


def _care(seen: Counter[str]) -> None:
    """The worker's round, while a server dies."""
    from django.db import connection
    from django.utils import timezone

    from madoguchi.connect import paying

    try:
        paying.care(now=timezone.now() + timedelta(minutes=2))
        seen["care meanwhile"] += 1
    finally:
        connection.close()


def settled(twin_books: Path) -> dict[str, int]:
    """The care until there is nothing to do, then what must hold; the counts. Raises AssertionError."""
    from django.utils import timezone

    from madoguchi.cases.models import CertificatePaymentRow
    from madoguchi.connect import paying
    from madoguchi.connect.twins.payment_books import Books
    from madoguchi.payments import queries
    from madoguchi.payments.models import LedgerRow, OutboxRow, PaymentRow

    books, now = Books(str(twin_books)), timezone.now()
    for name in books.faults():
        books.set_fault(name, 0)
    for _round in range(30):
        now += timedelta(hours=1)
        books.expire(now=now)
        if paying.care(now=now).nothing and not OutboxRow.objects.filter(due_at__isnull=False).exists():
            break
    else:
        raise AssertionError("the care never ends")
    theirs = sorted(
        (of, move, "" if move == "capture" else key, yen) for _d, of, move, key, yen in books.movements()
    )
    ours = sorted(LedgerRow.objects.values_list("payment__number", "move", "key", "yen"))
    assert ours == theirs, "the ledgers differ"
    assert sum(queries.balances().values()) == 0
    held: Counter[int] = Counter()
    captures = Counter(of for of, move, _key, _yen in theirs if move == "capture")
    assert all(count == 1 for count in captures.values()), "charged twice"
    filed = dict(CertificatePaymentRow.objects.filter(state="paid").values_list("payment", "reference"))
    for row in PaymentRow.objects.select_related("payable"):
        net = row.captured_yen - row.refunded_yen
        held[row.payable_id] += net > 0
        assert (net > 0) == (row.number in filed), (row.number, row.state, row.filing)
        assert row.state in ("captured", "failed", "refunded"), row.state
    assert not held or max(held.values()) <= 1, "two paid payments for one thing"
    assert queries.paid_not_filed() == () and queries.filed_not_paid(ports=paying.filing_ports()) == ()
    return {
        "payments": PaymentRow.objects.count(), "captured": len(captures),
        "yen": sum(yen for _of, move, _key, yen in theirs if move == "capture"), "filed": len(filed),
        **given_back(theirs),
    }  # fmt: skip


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--work", type=Path, required=True, help="a folder for the city, the books and the state"
    )
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=20261127)
    options = parser.parse_args(argv)
    home = options.work / "pay-kills"
    home.mkdir(parents=True, exist_ok=True)
    state, built = home / "state.json", home / "built"
    if not built.exists():  # stopped while the city was made: anew
        shutil.rmtree(home)
        home.mkdir()
    kept = Kept(**json.loads(state.read_text())) if state.exists() else Kept(free_port(), free_port())
    state.write_text(json.dumps(asdict(kept)))
    _settings(home, kept)
    if not built.exists():
        build(options.kills + 8)
        built.touch()
    web, twin = _servers(home, kept)
    try:
        web.start()
        twin.start()
        play(options.kills, options.seed, web, twin, home / BOOKS, kept, state)
        counts = settled(home / BOOKS)
        if kept.kills >= ENOUGH:  # else it says nothing of payments and refunds
            assert counts["filed"] and counts["given back by cashiers"], counts
    finally:
        for one in (web, twin):
            with contextlib.suppress(Exception):
                one.kill()
    shutil.rmtree(home)
    print(f"kill -9: web {kept.web}, provider {kept.provider} in {kept.seconds:.0f} s; {counts}; {kept.seen}")
    print("never charged twice, nothing lost, both ledgers equal to the yen")
    return 0


def _settings(home: Path, kept: Kept) -> None:
    """The city and its provider, for this process and for the servers that it starts."""
    os.environ |= {
        **SECRETS, "MADOGUCHI_HOME": str(home), "DJANGO_SETTINGS_MODULE": "madoguchi.config.settings",
        "MADOGUCHI_PAYMENT_PROVIDER": f"http://127.0.0.1:{kept.pages}", "MADOGUCHI_PAYMENT_SECONDS": "4",
        "MADOGUCHI_PUBLIC_ADDRESS": f"http://127.0.0.1:{kept.port}",
    }  # fmt: skip
    os.environ.pop("MADOGUCHI_DATABASE_URL", None)
    import django

    django.setup()


def _servers(home: Path, kept: Kept) -> tuple[Server, Server]:
    from madoguchi.config.server import server_command

    twin_words = [sys.executable, "-m", "madoguchi.connect.twins.payment_provider", "--port", str(kept.pages)]
    twin_words += ["--books", str(home / BOOKS), "--tell", f"http://127.0.0.1:{kept.port}/pay/hook/"]
    web = Server(server_command(host="127.0.0.1", port=kept.port, workers=1), kept.port)
    return web, Server([*twin_words, "--silence", "5"], kept.pages)


if __name__ == "__main__":
    sys.exit(main())
