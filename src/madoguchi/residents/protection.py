"""支援措置: where the whereabouts of a protected person may appear. Default: nowhere.

One function, asked wherever something is produced. That a person is protected is itself hidden: what is withheld looks
the same as what is not known, and nobody's address stands in lists or search results.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from enum import Enum

from madoguchi.residents.models import Protection, ResidentRecord


class Audience(Enum):
    """Who or what will see an address."""

    CLERK = "clerk"
    DEPARTMENT = "department"
    REVIEW = "review"
    RESIDENT_DISPLAY = "resident_display"
    SHEET_TO_SELF = "sheet_to_self"
    SHEET_TO_OTHER = "sheet_to_other"
    LIST = "list"
    SEARCH = "search"
    CSV_CORE = "csv_core"
    LOG = "log"


# An application that the protected person signs in person needs the address; nothing else may carry it.
ALLOWED_WHEN_PROTECTED = frozenset({Audience.SHEET_TO_SELF})


def protected_people(resident_nos: Iterable[str], *, on: date) -> frozenset[str]:
    """Those of `resident_nos` who are protected on that day: by their own record or by that of the household they live in.

    Protection holds until it is lifted; passing its end date only reminds. One protected member shields the whole
    household, because the others' address is theirs.
    """
    numbers = list(resident_nos)
    if not numbers:
        return frozenset()
    households = dict(
        ResidentRecord.objects.filter(resident_no__in=numbers, is_current=True).values_list("resident_no", "household_no")
    )
    living = ResidentRecord.objects.filter(household_no__in=set(households.values()), is_current=True)
    household_of = dict(living.values_list("resident_no", "household_no"))
    active = Protection.objects.filter(
        resident_no__in=[*household_of, *numbers], begins_on__lte=on, lifted_on__isnull=True
    ).values_list("resident_no", flat=True)
    active_numbers = set(active)
    shielded = {household_of[number] for number in active_numbers if number in household_of}
    return frozenset(
        number for number in numbers if number in active_numbers or households.get(number) in shielded
    )


def may_show_address(resident_no: str, *, audience: Audience, on: date) -> bool:
    """Whether this person's address may appear before this audience."""
    return audience in ALLOWED_WHEN_PROTECTED or not protected_people([resident_no], on=on)
