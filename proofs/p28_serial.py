"""P28: what happens to a hall's numbers and to a payment happens as if one after the other.

Four processes read lists and append to them, several in one transaction, under the product's own locks (`booking.tickets.queue.locked`,
`payments.taking_in.locked`) and its own settings of the connection; `list_append` looks through what they saw. The controls: on
PostgreSQL the same transactions without the lock, on SQLite the same statements without the transaction.
"""

from __future__ import annotations

import json
import random
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from dataclasses import asdict
from functools import reduce
from operator import add
from pathlib import Path
from typing import Any

from tools.postgres import binaries

from proofs.databases import on, postgresql, sqlite
from proofs.frame import Proof, Result, weakest
from proofs.list_append import Transaction, anomalies

PROCESSES = 4
KEYS, LONGEST = 5, 60  # wanted at once, and how much may stand in their lists before others are wanted
Lock = Callable[[int], AbstractContextManager[object]]


class Undone(Exception):
    """A transaction that thinks better of it."""


def quick(own: Path) -> Result:
    told = _locked(sqlite(own), own, 1_500)
    if binaries() is None:
        return told
    with postgresql() as url:
        return told + _locked(url, own, 1_500)


def full(own: Path) -> Result:
    told = _locked(sqlite(own), own, 50_000)
    with postgresql() as url:
        return told + _locked(url, own, 50_000)


def control(own: Path) -> Result:
    told = _played(sqlite(own), own, without_transaction, 1_500)
    if binaries() is None:
        return told
    with postgresql() as url:
        return weakest(told, _played(url, own, without_lock, 1_500))


def _locked(url: str, own: Path, count: int) -> Result:
    return reduce(add, (_played(url, own, one, count) for one in (under_the_hall_s, under_the_payment_s)))


def _played(url: str, own: Path, how: Callable[..., Result], count: int) -> Result:
    on(url, own, lists_made)
    on(url, own, how, count // PROCESSES, processes=PROCESSES)
    told = on(url, own, looked_through)
    return Result(
        told.n, told.losses, f"{url.partition(':')[0]} {how.__name__.replace('_', ' ')}: {told.detail}"
    )


def lists_made(own: Path) -> Result:
    """Empty lists, and what is locked for them."""
    from django.db import connection
    from tests.cast import NOW

    from madoguchi.payments.models import PayableRow, PaymentRow

    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS proof_list")
        cursor.execute("CREATE TABLE proof_list (key bigint PRIMARY KEY, elements text NOT NULL)")
    for k in range(KEYS):
        payable, _ = PayableRow.objects.get_or_create(
            number=f"PROOF{k}", defaults={"source": "proof", "reference": str(k), "lines": [], "yen": 1, "made_at": NOW}
        )  # fmt: skip
        PaymentRow.objects.get_or_create(
            number=f"PROOF{k}", defaults={"key": str(k), "payable": payable, "yen": 1, "made_at": NOW, "changed_at": NOW}
        )  # fmt: skip
    return Result(0, 0)


# -- four ways ---------------------------------------------------------------------------------------------------


def under_the_hall_s(own: Path, count: str, who: str) -> Result:
    """The lock under which numbers are given out."""
    from django.db import transaction
    from tests.cast import NOW

    from madoguchi.booking.tickets.queue import locked

    return _transactions(own, int(count), int(who), transaction.atomic, lambda k: locked(f"proof{k}", NOW))


def under_the_payment_s(own: Path, count: str, who: str) -> Result:
    """The lock under which money is taken in."""
    from django.db import transaction

    from madoguchi.payments.taking_in import locked

    @contextmanager
    def lock(k: int) -> Iterator[None]:
        locked(f"PROOF{k}")
        yield

    return _transactions(own, int(count), int(who), transaction.atomic, lock)


def without_lock(own: Path, count: str, who: str) -> Result:
    from django.db import transaction

    return _transactions(own, int(count), int(who), transaction.atomic, lambda k: nullcontext())


def without_transaction(own: Path, count: str, who: str) -> Result:
    return _transactions(own, int(count), int(who), nullcontext, lambda k: nullcontext())


def _transactions(own: Path, count: int, who: int, whole: Callable[[], Any], lock: Lock) -> Result:
    chance, seen = random.Random(who), []
    for n in range(count):
        first = _wanted_now()
        keys = sorted(chance.sample(range(KEYS), chance.randint(1, 3)))
        seen.append(_one(chance, (who * count + n) * 10, first, keys, whole, lock))
    (own / f"history-{who}.json").write_text(json.dumps([asdict(one) for one in seen]))
    return Result(count, 0)


def _wanted_now() -> int:
    """The first of the keys that everybody wants just now."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT max(key) FROM proof_list")
        first = (cursor.fetchone()[0] or 0) // KEYS * KEYS
        cursor.execute("SELECT elements FROM proof_list WHERE key >= %s", [first])
        full = sum(len(one.split()) for (one,) in cursor.fetchall()) > LONGEST
    return first + KEYS if full else first


def _one(
    chance: random.Random, element: int, first: int, keys: list[int], whole: Callable[[], Any], lock: Lock
) -> Transaction:
    from django.db import OperationalError

    appended: dict[int, list[int]] = {}
    read: dict[int, list[int]] = {}
    done, began = False, time.monotonic()
    try:
        with whole(), ExitStack() as held:
            for k in keys:
                held.enter_context(lock(k))
                for act in chance.choice(("r", "a", "ra", "ra", "raa")):
                    if act == "r":
                        read[first + k] = _read(first + k)
                    else:
                        element += 1
                        appended.setdefault(first + k, []).append(element)
                        _append(first + k, element)
            if chance.random() < 0.05:
                raise Undone
        done = True
    except (Undone, OperationalError):  # a database that refuses to go on has done nothing
        pass
    return Transaction(began, time.monotonic(), done, appended, read)


def _read(key: int) -> list[int]:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT elements FROM proof_list WHERE key = %s", [key])
        found = cursor.fetchone()
    return [int(one) for one in found[0].split()] if found else []


def _append(key: int, element: int) -> None:
    """Read, and write what was read with one more: as a program does that looks before it acts."""
    from django.db import connection

    elements = " ".join(map(str, [*_read(key), element]))
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO proof_list (key, elements) VALUES (%s, %s)"
            " ON CONFLICT (key) DO UPDATE SET elements = excluded.elements",
            [key, elements],
        )


def looked_through(own: Path) -> Result:
    """What the processes saw, held against what there is at the end."""
    from django.db import connection

    history = [
        Transaction(
            one["began"],
            one["ended"],
            one["done"],
            {int(key): some for key, some in one["appended"].items()},
            {int(key): some for key, some in one["read"].items()},
        )
        for path in sorted(own.glob("history-*.json"))
        for one in json.loads(path.read_text())
    ]
    with connection.cursor() as cursor:
        cursor.execute("SELECT key, elements FROM proof_list")
        final = {key: [int(one) for one in elements.split()] for key, elements in cursor.fetchall()}
    found = anomalies(history, final)
    done = sum(one.done for one in history)
    told = ", ".join(f"{what} {count:,}" for what, count in sorted(found.items())) or "no anomaly"
    return Result(len(history), found.total(), f"{told} ({done:,} done)")


PROOF = Proof(
    "P28",
    "Money and bookings are serializable or locked",
    quick,
    full,
    control,
    limits="The checker looks at lists in tables of its own under the product's locks; that each operation of the product takes its "
    "lock is shown by P4 and by the histories of payments, not by this.",
)
