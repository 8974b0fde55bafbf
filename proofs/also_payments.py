"""Whatever happens between paying and filing, nobody is charged twice, no yen is lost, and both ledgers are equal to the yen.

10,000 invented histories (`tests/rooms/payments/histories.py`) on each database, and 200 real SIGKILLs of the web server and of the
provider while residents pay and cashiers give back (`benchmarks/pay_kills.py`). The control lets two
payments of one thing live beside each other: what the care mends afterwards was still charged twice for a moment.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from proofs.databases import on, postgresql, sqlite
from proofs.frame import Proof, Result
from proofs.going_on import going_on
from proofs.kept import ROOT

KILLS = 200


def quick(own: Path) -> Result:
    return on(sqlite(own), own, histories, 120)


def full(own: Path) -> Result:
    told = on(sqlite(own), own, histories, 10_000)
    with postgresql() as url:
        told += on(url, own, histories, 10_000)
    return told + _kills(own)


def control(own: Path) -> Result:
    return on(sqlite(own), own, two_living, 60)


def histories(own: Path, count: str) -> Result:
    """Histories one after the other, each undone afterwards."""
    import logging

    from django.db import connection
    from tests.rooms.payments.test_histories import played

    logging.disable(logging.ERROR)

    def one(number: int) -> list[str]:
        try:
            played(1_000_000 + number, 1)
        except AssertionError as error:
            return [str(error)]
        return []

    return going_on(own, f"histories on {connection.vendor}", int(count), one)


def two_living(own: Path, count: str) -> Result:
    """Whoever presses again begins another payment: neither `begin` nor the database keeps one thing to one payment."""
    from django.db import connection

    from madoguchi.payments import asking
    from madoguchi.payments.models import PaymentRow

    asking.LIVING = ()  # type: ignore[assignment,attr-defined]  # the guard
    only = [one for one in PaymentRow._meta.constraints if one.name == "payments_never_twice"]
    with connection.schema_editor() as editor:
        editor.remove_constraint(PaymentRow, only[0])
    return histories(own, count)


def _kills(own: Path) -> Result:
    """A process of its own goes on where the one before was stopped; what it found wrong is in the log."""
    words = [sys.executable, "-m", "benchmarks.pay_kills", "--work", str(own), "--kills", str(KILLS)]
    done = subprocess.run(words, cwd=ROOT, check=False)
    return Result(KILLS, int(done.returncode != 0), f"{KILLS} kills of the web server and the provider")


PROOF = Proof("paying", "Paying and filing: nobody charged twice, nothing lost", quick, full, control)
