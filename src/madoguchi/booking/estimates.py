"""Estimates of waits as they are told and kept (待ち時間の見込み): every one that is shown, and what became of it.

1. `shown` estimates, decides what may be shown after what was shown before, and keeps it when it says something new.
2. `realised` and `ended` (`told`) close what was told of a step: its number was called, or the wait ended before.

Two screens that show one number at once keep one row: the second reads what the first kept.
"""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction

from madoguchi.booking.models import EstimateRow, LearnedWaitsRow
from madoguchi.booking.offering import Offer, offer, quarters
from madoguchi.booking.ports import FirstWait
from madoguchi.booking.tickets.queries import branch_now
from madoguchi.booking.tickets.states import Priority, StepState
from madoguchi.booking.tickets.values import BranchNow, QueuedStep
from madoguchi.booking.told import ended, realised
from madoguchi.booking.waits.kept import from_kept
from madoguchi.booking.waits.learned import JAPAN, LearnedWaits
from madoguchi.booking.waits.prediction import estimate, waiting_step
from madoguchi.booking.waits.showing import RiseReason, ShownWait, to_show
from madoguchi.booking.waits.values import EstimateMethod, WaitEstimate

MOST_KEPT = 500

__all__ = ["ended", "foreseen", "kept_row", "learned_on", "realised", "shown", "told_at_issue"]


def foreseen(*, now: BranchNow, ticket: str, offered: Offer | None = None) -> WaitEstimate:
    """How long a waiting number will wait, told to nobody and not kept. Raises NotWaiting."""
    own = waiting_step(now, ticket)
    known = offered or offer()
    day = now.at.astimezone(JAPAN).date()
    return estimate(
        now=now,
        ticket=ticket,
        planned=quarters(offered=known, branch=now.branch, lane=own.lane, day=day),
        declared={one.key: float(one.minutes) for one in known.services},
        learned=learned_on(branch=now.branch, now=now.at),
    )


def shown(*, now: BranchNow, ticket: str, offered: Offer | None = None) -> ShownWait:
    """What is shown to whoever waits with this ticket, at `now.at`; kept when it is not what was shown last.

    Raises NotWaiting.
    """
    own = waiting_step(now, ticket)
    new = foreseen(now=now, ticket=ticket, offered=offered)
    last = _last(own)
    if last is not None and last.told_at > now.at:
        return _as_shown(last)  # a screen that looks at an older moment has nothing to say
    # What was told of a wait that is over binds nobody in the next one.
    before = _as_shown(last) if last is not None and not last.outcome else None
    found = to_show(before, 0 if last is None else (now.at - last.told_at).total_seconds(), new)
    if before is not None and not _says_more(before, found):
        return found
    number = 1 if last is None else last.number + 1
    if number > MOST_KEPT:
        return found
    try:
        with transaction.atomic():
            kept_row(now, own, number, found).save(force_insert=True)
    except IntegrityError:
        kept = _last(own)
        if kept is None:
            raise
        return _as_shown(kept)
    return found


def told_at_issue(*, branch: str, ticket: str, now: datetime) -> FirstWait | None:
    """What a number was told first, and when; told now when it was told nothing yet. None for one that does not wait."""
    row = EstimateRow.objects.filter(ticket=ticket).order_by("told_at", "pk").first()
    if row is None:
        queue = branch_now(branch=branch, now=now)
        if not any(one.ticket == ticket and one.state is StepState.WAITING for one in queue.steps):
            return None
        shown(now=queue, ticket=ticket)
        row = EstimateRow.objects.filter(ticket=ticket).order_by("told_at", "pk").first()
    if row is None:
        return None
    low, high = _as_shown(row).estimate.minutes
    return FirstWait(low, high, row.told_at)


def learned_on(*, branch: str, now: datetime) -> LearnedWaits:
    """What a branch knows on this day: the newest version of today or before; nothing for a new office."""
    day = now.astimezone(JAPAN).date()
    row = LearnedWaitsRow.objects.filter(branch=branch, day__lte=day).order_by("-day").first()
    return LearnedWaits() if row is None else from_kept(row.state)


def _last(own: QueuedStep) -> EstimateRow | None:
    return EstimateRow.objects.filter(ticket=own.ticket, step=own.step).order_by("-number").first()


def _says_more(before: ShownWait, found: ShownWait) -> bool:
    """Whether a reader would see a difference."""
    return found.reason is not RiseReason.NONE or before.estimate.minutes != found.estimate.minutes


def _as_shown(row: EstimateRow) -> ShownWait:
    told = WaitEstimate(
        row.low, row.middle, row.high, row.ahead, row.desks, EstimateMethod(row.method), row.work
    )
    return ShownWait(told, RiseReason(row.reason), (row.lowest_low, row.lowest_middle, row.lowest_high))


def kept_row(now: BranchNow, own: QueuedStep, number: int, found: ShownWait) -> EstimateRow:
    """What is kept of an estimate that is shown to the holder of a waiting step, as their `number`th."""
    told = found.estimate
    return EstimateRow(
        branch=now.branch,
        ticket=own.ticket,
        step=own.step,
        number=number,
        lane=own.lane,
        service=own.service,
        booked=own.priority is Priority.BOOKED,
        told_at=now.at,
        method=told.method.value,
        low=told.low,
        middle=told.middle,
        high=told.high,
        work=told.work,
        ahead=told.ahead,
        desks=told.desks,
        reason=found.reason.value,
        lowest_low=found.lowest[0],
        lowest_middle=found.lowest[1],
        lowest_high=found.lowest[2],
    )
