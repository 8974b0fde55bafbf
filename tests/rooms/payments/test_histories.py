"""Paying and filing with everything going wrong: never charged twice, never lost, books equal to the yen.

Some of them in `make test`; `python -m benchmarks.pay_histories` plays 10,000.
"""

from __future__ import annotations

import os
from collections import Counter

import pytest
from django.db import connection, transaction
from tests import cast
from tests.rooms.payments import histories, played_with

# From the first on, so many: among these everything happens that has to.
FIRST, QUICK = 50, 40
HAPPENS = (
    "time-out before the act", "time-out after the act", "killed before the act", "killed after the act", "killed",
    "event twice", "forged", "refund race", "somebody else meanwhile", "drop_event", "filed_by_hand", "withdraw",
    "ends captured", "ends refunded", "ends failed", "ends disputed",
)  # fmt: skip


def played(first: int, count: int) -> Counter[str]:
    """Play so many histories, each undone afterwards; what happened in all of them."""
    seen: Counter[str] = Counter()
    for seed in range(first, first + count):
        with transaction.atomic():
            played_with.BASE_SAVEPOINTS[0] = len(connection.savepoint_ids)
            try:
                seen += histories.play(seed, now=cast.NOW)
            except AssertionError as error:
                raise AssertionError(f"history {seed}: {error}") from error
            transaction.set_rollback(True)
    return seen


@pytest.mark.django_db
def test_any_history_ends_well() -> None:
    seen = played(FIRST, int(os.environ.get("HISTORIES", QUICK)))
    assert [what for what in HAPPENS if not seen[what]] == []
