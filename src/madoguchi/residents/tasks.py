"""What the register puts off: counting identifiers over everybody takes longer than a page may."""

from __future__ import annotations

from django.utils import timezone
from django_tasks import task

from madoguchi.residents import identifying


@task()
def count_identifiers(number: int) -> None:
    """Make the count of this number."""
    identifying.count(number=number, clock=timezone.now)
