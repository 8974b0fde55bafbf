"""What 実績 puts off: counting everybody and looking for a tour take longer than a page may."""

from __future__ import annotations

import contextlib

from django.utils import timezone
from django_tasks import task

from madoguchi.audit.entries import Actor
from madoguchi.insight.coverage.days import CountedAlready, count_day
from madoguchi.insight.outings.plans import make_outing


@task()
def count_cards_today(staff_id: int, name: str, branch: str, desk: str, terminal: str) -> None:
    """Count the register for whoever asked; asked twice, it is counted once."""
    with contextlib.suppress(CountedAlready):
        count_day(by=Actor(staff_id, name, branch, desk, terminal), screen="coverage", now=timezone.now())


@task()
def plan_outing(outing: int) -> None:
    """Work out the plan of this number."""
    make_outing(outing=outing, now=timezone.now())
