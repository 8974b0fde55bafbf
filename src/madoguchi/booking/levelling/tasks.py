"""What levelling puts off: solving and running a day a hundred times take longer than a page may."""

from __future__ import annotations

from django.utils import timezone
from django_tasks import task

from madoguchi.booking.levelling.operations import make_proposal


@task()
def propose(proposal: int) -> None:
    """Make the proposal of this number."""
    make_proposal(proposal=proposal, clock=timezone.now)
