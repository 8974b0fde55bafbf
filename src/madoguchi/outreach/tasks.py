"""What push puts off: going through the register takes longer than a page may."""

from __future__ import annotations

from django.utils import timezone
from django_tasks import task

from madoguchi.outreach import making

WORKERS = 2


@task()
def go_through(campaign: str) -> None:
    """Do the open parts of this campaign; begun twice, the two share them."""
    making.go_through(campaign, clock=timezone.now)


def begin(campaign: str) -> None:
    """Have it gone through, by two workers at once where there are two."""
    for _worker in range(WORKERS):
        go_through.enqueue(campaign)
