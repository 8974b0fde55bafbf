"""What bookings and tickets put off: every morning before the office opens, learning from the days before."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from django.utils import timezone
from django_tasks import task

from madoguchi.booking.learning import learn_day
from madoguchi.booking.waits.learned import JAPAN

LEARNS_AT = time(5)


def next_morning(now: datetime) -> datetime:
    """When the next day is learned for."""
    return datetime.combine(now.astimezone(JAPAN).date() + timedelta(days=1), LEARNS_AT, JAPAN)


@task()
def learn_waits() -> None:
    """Learn for today, and come back tomorrow. A second one of the same day finds nothing to do and does not come back."""
    if learn_day(now=timezone.now()):
        learn_waits.using(run_after=next_morning(timezone.now())).enqueue()
