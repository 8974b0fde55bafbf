"""P12: the counter writes on while nothing seals, while sealing fails and while it is sealed without a pause; the age of the proof is told.

A write that fails is a loss, and so is each that takes longer than a second while it is sealed, beyond as many as did so while nothing
sealed (a busy machine) and one in two hundred. The control is what others did: the stamp is asked for with every write, and the stamp
is out of order.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from proofs.databases import on, postgresql, sqlite
from proofs.frame import NotHere, Proof, Result

LONGEST_SECONDS = 1.0
NOW = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)


def quick(own: Path) -> Result:
    return on(sqlite(own), own, writes_on, 500)


def full(own: Path) -> Result:
    shown = on(sqlite(own), own, writes_on, 10_000)
    try:
        with postgresql() as url:
            return shown + on(url, own, writes_on, 10_000)
    except NotHere as error:
        return shown + Result(0, 0, f"PostgreSQL not here: {error}")


def control(own: Path) -> Result:
    return on(sqlite(own), own, stamped_with_every_write, 200)


def writes_on(own: Path, count: str) -> Result:
    """So many writes with the stamper stopped, with a broken one, and with one that never rests."""
    from madoguchi.audit.operations import seal
    from madoguchi.audit.verifying import seal_age, verify

    number = int(count)
    seal(now=NOW)
    stopped = _written(number)
    age = seal_age()
    aged = age.waiting == number and age.minutes(NOW + timedelta(minutes=30)) == 30
    with _beside(_broken):
        broken = _written(number)
    with _beside(lambda: seal(now=NOW)):
        beside = _written(number)
    seal(now=NOW)
    held = not verify().faults and seal_age().waiting == 0
    waited = max(0, beside.slow - stopped.slow - number // 200)
    losses = stopped.failed + broken.failed + beside.failed + waited + (not aged) + (not held)
    detail = (
        f"95% in {stopped.usual:.1f} ms unsealed, {broken.usual:.1f} ms with a broken stamper, {beside.usual:.1f} ms while sealing "
        f"without a pause; longer than a second {stopped.slow}, {broken.slow}, {beside.slow}"
    )
    return Result(3 * number, losses, detail)


def stamped_with_every_write(own: Path, count: str) -> Result:
    """What is shown elsewhere: no write without a fresh stamp."""
    from madoguchi.audit import operations

    plain = operations.record_act

    def record(**said: Any) -> None:
        plain(**said)
        _broken()

    operations.record_act = record
    return Result(int(count), _written(int(count)).failed, "stamped with every write")


def _broken() -> None:
    raise OSError("the stamper does not answer")


@contextmanager
def _beside(work: Callable[[], object]) -> Any:
    """Something done again and again in a thread of its own; what it raises is its own affair."""
    from django.db import connection

    stop = threading.Event()

    def again() -> None:
        while not stop.wait(0.01):
            try:
                work()
            except OSError:
                continue
        connection.close()

    thread = threading.Thread(target=again)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


@dataclass(frozen=True, slots=True)
class _Writes:
    """Milliseconds within which 95% of the writes ended, how many failed, and how many took longer than a second."""

    usual: float
    failed: int
    slow: int


def _written(count: int) -> _Writes:
    from madoguchi.audit import operations
    from madoguchi.audit.entries import Actor

    clerk, spent, failed = Actor(7, "証跡 試", "main", "desk1"), [], 0
    for number in range(count):
        began = time.monotonic()
        try:
            operations.record_act(actor=clerk, activity="calendar_set", now=NOW, number=number)
        except Exception:
            failed += 1
        spent.append(time.monotonic() - began)
    slow = sum(one > LONGEST_SECONDS for one in spent)
    return _Writes(sorted(spent)[int(count * 0.95)] * 1000, failed, slow)


PROOF = Proof(
    "P12",
    "The audit's proof is never older than stated, and the counter does not wait for it",
    quick,
    full,
    control,
    limits="Times are those of a machine with other work on it; a change of the 95% below 5% is not told apart from its noise.",
)
