"""P5: nobody receives another person's paper, however many are printed at once.

Cases of different people, each with a mark in the name that nobody else has. 200 requests at a time for their sheets, guides and
confirmations, to two processes of the product on one database; some take their paper slowly, as a slow printer does, and the processes
are killed and started again meanwhile. Every paper is read back (pdftotext): its marks are those of the case it was asked for, and
there is one. The control sets pages through one place in memory that requests share.
"""

from __future__ import annotations

import random
import re
import shutil
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection, HTTPException
from pathlib import Path

from proofs import counter_day
from proofs.databases import on, sqlite
from proofs.forked import Server
from proofs.frame import NotHere, Proof, Result
from proofs.going_on import going_on

AT_ONCE, CASES, ROUND = 200, 120, 200
DIGITS = "〇一二三四五六七八九"
MARK = re.compile(rf"標\s*([{DIGITS}](?:\s*[{DIGITS}]){{3}})")
KINDS = ("sheets", "guide", "confirmation")
OK = 200
KILL_EVERY = 5


def quick(own: Path) -> Result:
    return on(sqlite(own), own, handed_out, 200)


def full(own: Path) -> Result:
    return on(sqlite(own), own, handed_out, 100_000)


def control(own: Path) -> Result:
    return on(sqlite(own), own, handed_out, 200, "proofs.p05_own_papers:one_place_for_all")


def mark(number: int) -> str:
    """The mark of a case: four figures that stand behind 標 in its people's names."""
    return "".join(DIGITS[int(one)] for one in f"{number:04d}")


def handed_out(own: Path, documents: str, without: str = "") -> Result:
    """So many documents, two hundred at a time."""
    if shutil.which("pdftotext") is None:
        raise NotHere("needs pdftotext; to get it: apt-get install poppler-utils")
    cookies = counter_day.build(own)
    cases = list(_cases(own, CASES if int(documents) > ROUND else CASES // 4))
    servers = [Server(without) for _app in range(2)]
    for one in servers:
        one.start()

    def round_of(number: int) -> list[str]:
        chance = random.Random(number)
        orders = [
            (servers[n % 2].port, *chance.choice(cases), chance.choice(KINDS), chance.random() < 0.1)
            for n in range(ROUND)
        ]
        wrong: list[str] = []
        killer = threading.Thread(target=_restart, args=(servers, chance))
        if number % KILL_EVERY == KILL_EVERY - 1:
            killer.start()
        with ThreadPoolExecutor(AT_ONCE) as pool:
            for found in pool.map(lambda order: _read_back(cookies, own, *order), orders):
                wrong += found
        if killer.ident:
            killer.join()
        return wrong

    try:
        rounds = max(int(documents) // ROUND, 1)
        told = going_on(own, "rounds of 200", rounds, round_of, 1)
        return Result(rounds * ROUND, told.losses, f"papers {rounds * ROUND:,}, {told.detail}")
    finally:
        for one in servers:
            one.end()


def _cases(own: Path, count: int) -> Iterator[tuple[str, str]]:
    """Cases whose people carry the mark, heard as far as papers need; with their marks."""
    from dataclasses import replace

    from django.utils import timezone
    from tests.rooms.cases import walking

    from madoguchi.audit.entries import Actor
    from madoguchi.cases import opening
    from madoguchi.city.models import StaffMember
    from madoguchi.city.queries import seat_of
    from madoguchi.config.demo_city import family

    member, now = StaffMember.objects.get(username="clerk"), timezone.now()
    seat, kept = seat_of(member), own / "cases.txt"
    assert seat is not None
    by = Actor(member.pk, member.display_name, seat.branch, seat.desk)
    if not kept.exists():
        lines, whole = [], family(timezone.localdate())
        for number in range(count):
            people = tuple(
                replace(one, name=f"標{mark(number)} {one.name.split()[1]}") for one in whole.people[:2]
            )
            case = walking.opened(by, now=now)
            certificate = replace(whole, people=people)
            opening.begin_from_certificate(case=case, certificate=certificate, by=by, now=now)
            walking.visited(case, by, now=now)
            walking.answered(case, by, now=now)
            lines.append(f"{case} {mark(number)}")
        kept.write_text("\n".join(lines))
    for line in kept.read_text().splitlines():
        case, own_mark = line.split()
        yield case, own_mark


def _read_back(
    cookies: dict[str, str], own: Path, port: int, case: str, own_mark: str, kind: str, slowly: bool
) -> list[str]:
    """Take a paper and read whose it is; a server that is not there is asked again, as a clerk would."""
    for _try in range(30):
        paper = _taken(cookies, port, f"/cases/{case}/papers/{kind}.pdf", slowly)
        if paper is not None:
            break
        time.sleep(0.3)
    else:
        return [f"{kind} of {case}: never handed out"]
    read = subprocess.run(
        ["pdftotext", "-q", "-", "-"], input=paper, capture_output=True, check=False
    ).stdout.decode()
    found = {re.sub(r"\s", "", one) for one in MARK.findall(read)}
    if found == {own_mark} or (not found and kind == "guide"):
        return []
    return [f"{kind} of {own_mark}: {sorted(found)}"]


def _taken(cookies: dict[str, str], port: int, path: str, slowly: bool) -> bytes | None:
    line = HTTPConnection("127.0.0.1", port, timeout=120)
    try:
        line.request(
            "GET", path, headers={"Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items())}
        )
        answer = line.getresponse()
        if slowly:
            parts = []
            while part := answer.read(4096):
                parts.append(part)
                time.sleep(0.01)
            whole = b"".join(parts)
        else:
            whole = answer.read()
        return whole if answer.status == OK and whole.startswith(b"%PDF") else None
    except (OSError, HTTPException):
        return None
    finally:
        line.close()


def _restart(servers: list[Server], chance: random.Random) -> None:
    time.sleep(chance.random())
    victim = chance.choice(servers)
    victim.kill()
    victim.start()


def one_place_for_all() -> None:
    """The guard taken out: what is to be set lies in one place that all requests share, without a lock."""
    from madoguchi.cases import sheets

    place: dict[str, object] = {}

    def shared(make: Callable[..., object]) -> Callable[..., object]:
        def through_one_place(**said: object) -> object:
            place["paper"] = make(**said)
            time.sleep(0.01)
            return place["paper"]

        return through_one_place

    for name in ("all_sheets", "guide", "confirmation"):
        setattr(sheets, name, shared(getattr(sheets, name)))


PROOF = Proof(
    "P5",
    "Nobody receives another person's paper under load",
    quick,
    full,
    control,
    "papers of the counter (sheets, guide, confirmation) as PDF; slips of the ticket printer are not read back",
)
