"""Who can sit where (配置できる職員): the lanes that members of staff know, and when they usually work."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from madoguchi.audit.entries import Actor
from madoguchi.audit.operations import record_act
from madoguchi.booking.hours import QUARTERS_A_DAY
from madoguchi.booking.levelling.roster import Officer
from madoguchi.booking.models import LaneOfficerRow
from madoguchi.city.queries import staff, staff_names

USUAL_BEGINS, USUAL_ENDS = 8 * 4 + 2, 17 * 4 + 1


@dataclass(frozen=True, slots=True)
class StaffChoice:
    """A member of staff as the page shows them: what they know in this branch, or nothing yet."""

    id: int
    name: str
    department: str
    officer: Officer | None


class HoursRefused(ValueError):
    """Work that ends before it begins."""

    def __init__(self, name: str) -> None:
        super().__init__(f"{name}さんの勤務時間が逆になっています。始まりを終わりより前にしてください。")


def officers(branch: str) -> tuple[Officer, ...]:
    """Those who can sit at a lane of this branch, by name. Whoever has left the office is not among them."""
    rows = list(LaneOfficerRow.objects.filter(branch=branch))
    names = staff_names({row.staff for row in rows})
    active = {one.id for one in staff() if one.active}
    found = [_officer(row, names[row.staff]) for row in rows if row.staff in names and row.staff in active]
    return tuple(sorted(found, key=lambda one: (one.name, one.key)))


def choices(branch: str) -> tuple[StaffChoice, ...]:
    """All active staff, those of this branch's lanes first."""
    known = {one.key: one for one in officers(branch)}
    found = [
        StaffChoice(one.id, one.name or one.username, one.department, known.get(str(one.id)))
        for one in staff()
        if one.active
    ]
    return tuple(sorted(found, key=lambda one: (one.officer is None, one.name)))


def set_officers(*, branch: str, given: Mapping[int, Officer | None], by: Actor, now: datetime) -> None:
    """Make this the lanes and hours of these members of staff; None or no lane: not at this branch's lanes.

    Raises HoursRefused.
    """
    for one in given.values():
        if one is not None and not 0 <= one.begins < one.ends <= QUARTERS_A_DAY:
            raise HoursRefused(one.name)
    with transaction.atomic():
        for number, one in given.items():
            if one is None or not one.lanes:
                LaneOfficerRow.objects.filter(branch=branch, staff=number).delete()
                continue
            LaneOfficerRow.objects.update_or_create(
                branch=branch,
                staff=number,
                defaults={
                    "lanes": sorted(one.lanes),
                    "begins": one.begins,
                    "ends": one.ends,
                    "lunch": one.lunch,
                },
            )
        record_act(actor=by, activity="lane_officers_set", now=now, branch=branch, staff=len(given))


def _officer(row: LaneOfficerRow, name: str) -> Officer:
    return Officer(str(row.staff), name, frozenset(row.lanes), row.begins, row.ends, row.lunch)
