"""P1: kill -9 of the pages and of PostgreSQL at random points of a scripted counter day; what a screen showed as saved is there.

The pages run in a process that is really killed (SIGKILL) and forked anew; on PostgreSQL every second victim is the database server
with all its processes. The control answers "saved" before the work is done.
"""

from __future__ import annotations

import os
import random
import subprocess
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from urllib.parse import urlencode

from proofs import counter_day
from proofs.clusters import Cluster, cluster
from proofs.counter_day import Asked, Visit
from proofs.databases import on, sqlite
from proofs.forked import Server
from proofs.frame import Proof, Result
from proofs.going_on import going_on

LATE = 0.15
PATIENCE = 60
WITHOUT = "proofs.p01_kill:answers_too_early"


def quick(own: Path) -> Result:
    return on(sqlite(own), own, killed, 6) + _on_postgresql(own, 4)


def full(own: Path) -> Result:
    return on(sqlite(own), own, killed, 500) + _on_postgresql(own, 500)


def control(own: Path) -> Result:
    return on(sqlite(own), own, killed, 12, WITHOUT)


def _on_postgresql(own: Path, kills: int) -> Result:
    data = own / "cluster"
    with cluster(data, fresh=not data.exists()) as running:
        return on(running.url, own, killed, kills, "", data, running.socket)


def killed(own: Path, kills: str, without: str = "", data: str = "", socket: str = "") -> Result:
    """So many kills on this database; `data` and `socket` of the cluster when it is PostgreSQL."""
    cookies = counter_day.build(own)
    server = Server(without)
    database = _Database(Path(data), Path(socket)) if data else None
    try:
        server.start()
        first = Visit(over_http(server.port, cookies))
        began = time.monotonic()
        first.go()
        longest = time.monotonic() - began
        undisturbed = counter_day.acts_of(first.case)
        if first.confirmed != counter_day.ANSWERS + 5 or len(undisturbed) != first.confirmed:
            raise RuntimeError(f"the undisturbed visit ended after {first.confirmed} acts: {undisturbed}")

        def one(number: int) -> list[str]:
            chance = random.Random(number)
            visit = Visit(over_http(server.port, cookies))
            walking = threading.Thread(target=visit.go)
            walking.start()
            time.sleep(chance.random() * longest)
            if database is not None and number % 2:
                database.kill_and_start()
            else:
                server.kill()
                server.start()
            walking.join()
            return [
                *counter_day.wrong_with(visit, undisturbed),
                *(["opened by half"] if counter_day.unowned() else []),
            ]

        return going_on(own, "kills-postgresql" if data else "kills-sqlite", int(kills), _fresh(one), 5)
    finally:
        server.end()


def _fresh(one: Callable[[int], list[str]]) -> Callable[[int], list[str]]:
    """Without a connection from before: the server at its other end may be gone."""
    from django.db import connections

    def wrapped(number: int) -> list[str]:
        connections.close_all()
        try:
            return one(number)
        finally:
            connections.close_all()

    return wrapped


class _Database:
    """The cluster of another process: killed by its number, started again from here."""

    def __init__(self, data: Path, socket: Path) -> None:
        self.cluster = Cluster(data)
        self.cluster.socket.rmdir()
        self.cluster.socket = socket

    def kill_and_start(self) -> None:
        number = (self.cluster.data / "postmaster.pid").read_text().split()[0]
        theirs = subprocess.run(
            ["ps", "-o", "pid=", "-s", number], capture_output=True, text=True, check=False
        ).stdout.split()
        for pid in theirs:
            with suppress(ProcessLookupError):
                os.kill(int(pid), 9)
        time.sleep(0.05)
        if not self.cluster.start():
            raise RuntimeError("PostgreSQL does not start after a kill")


def over_http(port: int, cookies: dict[str, str]) -> Asked:
    """Requests of a browser; no answer when the connection broke, and a page is asked for again until somebody is there."""
    said = {
        "Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items()),
        "X-CSRFToken": cookies["csrftoken"],
    }

    def ask(method: str, path: str, fields: dict[str, str] | None) -> tuple[int, str, str] | None:
        line = HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
        try:
            headers = (
                {**said, "Content-Type": "application/x-www-form-urlencoded"} if fields is not None else said
            )
            line.request(method, path, urlencode(fields) if fields is not None else None, headers)
            answer = line.getresponse()
            return answer.status, answer.getheader("Location", ""), answer.read().decode(errors="replace")
        except (OSError, HTTPException):
            return None
        finally:
            line.close()

    return ask


def answers_too_early() -> None:
    """The guard taken out: an act of the hearing is said to be saved, and done a moment later; who reads waits for it."""
    from madoguchi.cases import hearing, queries

    done, undone, shown = hearing.answer_prompt, hearing.undo, queries.case_view
    working: list[threading.Thread] = []

    def later(**said: object) -> None:
        def work() -> None:
            from django.db import connections

            time.sleep(LATE)
            done(**said)  # type: ignore[arg-type]  # what the screen said
            connections.close_all()

        working.append(threading.Thread(target=work, daemon=True))
        working[-1].start()

    def waiting(function: Callable[..., object]) -> Callable[..., object]:
        def wrapped(**said: object) -> object:
            for one in working:
                one.join()
            return function(**said)

        return wrapped

    hearing.answer_prompt = later  # the guard
    hearing.undo = waiting(undone)  # type: ignore[assignment]  # waits for it
    queries.case_view = waiting(shown)  # type: ignore[assignment]  # waits for it


PROOF = Proof(
    "P1",
    "An answer shown as saved survives the kill of a process",
    quick,
    full,
    control,
    "the pages run in a forked process of their own, not under granian (the application is the same)",
)
