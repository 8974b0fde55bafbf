"""In which town people live (町), for counting and for planning a way: no address leaves here.

1. `towns_where` is one access for statistics, written down without persons. 2. Whoever shows a person reads them besides.
Who is asked about is for the caller to choose: protection is not looked at here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from madoguchi.audit.entries import Actor, Purpose
from madoguchi.audit.operations import record_access
from madoguchi.residents.models import ResidentRecord
from madoguchi.residents.places import Town, town_of
from madoguchi.residents.protection import Audience

_AT_ONCE = 900


def towns_where(
    resident_nos: Sequence[str],
    *,
    among: Mapping[str, Town],
    city: str,
    by: Actor,
    screen: str,
    now: datetime,
) -> dict[str, Town]:
    """The town of each of these people who live here; whoever's address begins with none of these towns is left out."""
    record_access(
        actor=by, purpose=Purpose.STATISTICS, authority=Audience.LIST.value, person_keys=(), fields=("address",), case=None,
        screen=screen, now=now,
    )  # fmt: skip
    living = ResidentRecord.objects.filter(is_current=True, status="resident", history_no__isnull=False)
    found: dict[str, Town] = {}
    for start in range(0, len(resident_nos), _AT_ONCE):
        rows = living.filter(resident_no__in=resident_nos[start : start + _AT_ONCE])
        for number, address in rows.values_list("resident_no", "address"):
            town = town_of(address, city=city, among=among)
            if town is not None:
                found[number] = town
    return found


def households_where(resident_nos: Sequence[str]) -> dict[str, str]:
    """The 世帯番号 of each of these people who live here now; nothing else of them."""
    living = ResidentRecord.objects.filter(is_current=True, status="resident", history_no__isnull=False)
    found: dict[str, str] = {}
    for start in range(0, len(resident_nos), _AT_ONCE):
        rows = living.filter(resident_no__in=resident_nos[start : start + _AT_ONCE])
        found.update(rows.values_list("resident_no", "household_no"))
    return found
