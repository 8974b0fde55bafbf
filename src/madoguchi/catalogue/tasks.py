"""What the catalogue puts off: taking in a survey of 75,000 rows takes longer than a page may."""

from __future__ import annotations

from django.utils import timezone
from django_tasks import task

from madoguchi.catalogue.inventory.taking_in import take_survey_in


@task()
def take_in(survey: int) -> None:
    """Take in the survey of this number."""
    take_survey_in(survey=survey, clock=timezone.now)
