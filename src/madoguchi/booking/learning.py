"""The daily learning of waits (待ちの学習): from tickets that were served and estimates that were told, one version a day.

What is still open of an earlier day was never called; it is closed as censored first. A version is written once: whoever
comes second leaves it as it is.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

from django.db import transaction
from django.db.models import F

from madoguchi.booking.models import EstimateOutcome, EstimateRow, LearnedWaitsRow, TicketStepRow
from madoguchi.booking.offering import offer
from madoguchi.booking.tickets.states import StepState
from madoguchi.booking.waits.kept import as_kept, from_kept
from madoguchi.booking.waits.learned import DAYS_REMEMBERED, JAPAN, LearnedWaits, learn
from madoguchi.booking.waits.values import EstimateMethod, ServedCall, ToldWait, WaitEstimate

LONGEST_SERVICE = timedelta(hours=4)


def learn_day(*, now: datetime) -> tuple[str, ...]:
    """Learn for this day in every branch that has not yet; returns those branches."""
    day = now.astimezone(JAPAN).date()
    close_earlier_days(now=now)
    offered = offer()
    declared = {one.key: float(one.minutes) for one in offered.services}
    learned = []
    for branch in sorted({one.branch for one in offered.lanes}):
        if LearnedWaitsRow.objects.filter(branch=branch, day=day).exists():
            continue
        lanes = {
            (lane.key, key): declared[key]
            for lane in offered.lanes_at(branch)
            for key in lane.services
            if key in declared
        }
        before = LearnedWaitsRow.objects.filter(branch=branch, day__lt=day).order_by("-day").first()
        state = learn(
            before=LearnedWaits() if before is None else from_kept(before.state),
            day=day,
            served=_served(branch, day),
            told=told_waits(branch=branch, since=day - timedelta(days=DAYS_REMEMBERED), until=day),
            declared=lanes,
        )
        row = LearnedWaitsRow(branch=branch, day=day, state=as_kept(state), made_at=now)
        if LearnedWaitsRow.objects.bulk_create([row], ignore_conflicts=True):
            learned.append(branch)
    return tuple(learned)


def close_earlier_days(*, now: datetime) -> int:
    """What was told on an earlier day and never called: the wait ended at the end of that day at the latest."""
    midnight = beginning_of(now.astimezone(JAPAN).date())
    with transaction.atomic():
        rows = EstimateRow.objects.filter(outcome="", told_at__lt=midnight)
        return rows.update(outcome=EstimateOutcome.LEFT.value, ended_at=F("told_at"))


def told_waits(*, since: date, until: date, branch: str | None = None) -> tuple[ToldWait, ...]:
    """The first estimate told to each person from `since` to before `until`, of waits that are over."""
    rows = EstimateRow.objects.filter(
        number=1, told_at__gte=beginning_of(since), told_at__lt=beginning_of(until)
    ).exclude(outcome="")
    if branch is not None:
        rows = rows.filter(branch=branch)
    return tuple(told_of(row) for row in rows.order_by("pk").iterator(chunk_size=2000))


def beginning_of(day: date) -> datetime:
    """Midnight in Japan."""
    return datetime.combine(day, time(), JAPAN)


def told_of(row: EstimateRow) -> ToldWait:
    """A kept estimate of a wait that is over, as it is learned from and scored."""
    lasted = (row.ended_at - row.told_at).total_seconds() if row.ended_at else 0.0
    called = row.outcome == EstimateOutcome.CALLED.value
    told = WaitEstimate(
        row.low, row.middle, row.high, row.ahead, row.desks, EstimateMethod(row.method), row.work
    )
    return ToldWait(
        lane=row.lane,
        service=row.service,
        booked=row.booked,
        told_at=row.told_at,
        estimate=told,
        realised=lasted if called else None,
        left_after=None if called else lasted,
    )


def _served(branch: str, day: date) -> Iterator[ServedCall]:
    """Everybody who was served: from the call to the end, because that long the desk called nobody else."""
    rows = TicketStepRow.objects.filter(
        branch=branch,
        state=StepState.DONE.value,
        called_at__isnull=False,
        finished_at__gt=F("called_at"),
        ticket__day__gte=day - timedelta(days=DAYS_REMEMBERED),
        ticket__day__lt=day,
    ).select_related("ticket")
    for row in rows.iterator(chunk_size=2000):
        assert row.finished_at is not None and row.called_at is not None, "asked for"
        lasted = row.finished_at - row.called_at
        if lasted <= LONGEST_SERVICE:
            yield ServedCall(row.lane, row.service, row.ticket.day, lasted.total_seconds() / 60)
