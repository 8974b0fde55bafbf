"""What became of what was told (伝えた見込みの結果): written by the acts that end a wait, in their transaction.

`estimates` tells; this module only closes, so that calling need not know how waits are estimated.
"""

from __future__ import annotations

from datetime import datetime

from madoguchi.booking.models import EstimateOutcome, EstimateRow


def realised(*, ticket: str, step: int, now: datetime) -> int:
    """The number was called: what was told of this step is now known to have been right or wrong. How many it was."""
    return _close(ticket, step, EstimateOutcome.CALLED, now)


def ended(*, ticket: str, step: int, now: datetime) -> int:
    """The wait ended without a call (left, transferred, set aside): known to be at least this long, scored nowhere."""
    return _close(ticket, step, EstimateOutcome.LEFT, now)


def _close(ticket: str, step: int, outcome: EstimateOutcome, now: datetime) -> int:
    rows = EstimateRow.objects.filter(ticket=ticket, step=step, outcome="")
    return rows.update(outcome=outcome.value, ended_at=now)
