"""What push puts off: going through the register takes longer than a page may."""

from __future__ import annotations

from django.utils import timezone
from django_tasks import task

from madoguchi.outreach import making


@task()
def go_through(campaign: str) -> None:
    """Do the open parts of this campaign; begun twice, the two share them."""
    making.go_through(campaign, clock=timezone.now)
