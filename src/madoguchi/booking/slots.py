"""Seats by the quarter-hour (枠): one row each, taken by one conditional update, so that no seat is given twice.

1. A day's rows are made when somebody first asks for it, from the hours of the lane; made twice, they are there once.
2. A visit takes its quarter-hours in the order of time, each only while a seat is free; one that is full undoes the rest.
3. What is given back is given back in the same order; two visits that cross can never wait for each other.
4. When hours change, the seats of days to come follow; what is booked stays booked and is counted as beyond.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.db.models import F, IntegerField, Value
from django.db.models.functions import Greatest

from madoguchi.booking.models import LaneRow, SlotRow
from madoguchi.booking.offering import Offer, quarters


class SlotFull(ValueError):
    """No seat is left in one of the quarter-hours."""

    def __init__(self) -> None:
        super().__init__(
            "その時間は、たったいま埋まりました。何も取られていません。ほかの時間を選んでください。"
        )


class NotOpenThen(ValueError):
    """The lane does not serve in all of that time."""

    def __init__(self) -> None:
        super().__init__("その時間には窓口が開いていません。一覧から時間を選び直してください。")


@dataclass(frozen=True, slots=True)
class Free:
    """A time at which a visit may begin: the quarter-hour, and how many such visits still fit."""

    quarter: int
    left: int


Place = tuple[date, int]


def make_day(*, lane: LaneRow, day: date, offered: Offer) -> None:
    """Make the rows of a day that are not there yet. Those that are there stay as they are."""
    if SlotRow.objects.filter(lane=lane, day=day).exists():
        return
    SlotRow.objects.bulk_create(
        [
            SlotRow(lane=lane, day=day, quarter=one.number, seats=one.seats)
            for one in quarters(offered=offered, branch=lane.branch, lane=lane.key, day=day)
        ],
        ignore_conflicts=True,
    )


def follow_hours(*, offered: Offer, since: date) -> int:
    """Let the seats of days from `since` on follow the hours as they are now; returns how many visits stand beyond."""
    beyond = 0
    with transaction.atomic():
        for lane in LaneRow.objects.order_by("pk"):
            for day in (
                SlotRow.objects.filter(lane=lane, day__gte=since).values_list("day", flat=True).distinct()
            ):
                wanted = {
                    one.number: one.seats
                    for one in quarters(offered=offered, branch=lane.branch, lane=lane.key, day=day)
                }
                rows = SlotRow.objects.filter(lane=lane, day=day).order_by("quarter")
                there = list(rows.values_list("quarter", flat=True))
                for quarter in there:
                    rows.filter(quarter=quarter).update(**_with_seats(wanted.get(quarter, 0)))
                SlotRow.objects.bulk_create(
                    [
                        SlotRow(lane=lane, day=day, quarter=number, seats=seats)
                        for number, seats in wanted.items()
                        if number not in there
                    ],
                    ignore_conflicts=True,
                )
                beyond += sum(rows.values_list("beyond", flat=True))
    return beyond


def move(*, lane: LaneRow, change: Mapping[Place, int], beyond: bool = False) -> None:
    """Take (+1) and give back (-1) quarter-hours of a lane, in the order of time, in the caller's transaction.

    `beyond`: staff may take one more than there are. Raises SlotFull, NotOpenThen; the transaction then has to be undone.
    """
    for (day, quarter), seats in sorted(change.items()):
        row = SlotRow.objects.filter(lane=lane, day=day, quarter=quarter)
        if seats < 0:
            row.filter(used__gt=0).update(used=F("used") - 1, beyond=_over(F("used") - 1 - F("seats")))
            continue
        if beyond:
            taken = row.update(used=F("used") + 1, beyond=_over(F("used") + 1 - F("seats")))
        else:
            taken = row.filter(used__lt=F("seats")).update(used=F("used") + 1)
        if not taken:
            raise SlotFull if row.exists() else NotOpenThen


def places(day: date, quarter: int, count: int) -> dict[Place, int]:
    """The quarter-hours of a visit, each taken once."""
    return {(day, quarter + step): 1 for step in range(count)}


def free_on(*, lane: LaneRow, day: date, count: int) -> tuple[Free, ...]:
    """When a visit of `count` quarter-hours may begin on a day, in order; the rows have to be there."""
    left = {
        quarter: seats - used
        for quarter, seats, used in SlotRow.objects.filter(lane=lane, day=day).values_list(
            "quarter", "seats", "used"
        )
    }
    found = ((start, min(left.get(start + step, 0) for step in range(count))) for start in sorted(left))
    return tuple(Free(start, least) for start, least in found if least > 0)


def _over(more: object) -> Greatest:
    return Greatest(Value(0), more, output_field=IntegerField())


def _with_seats(seats: int) -> dict[str, object]:
    return {"seats": seats, "beyond": _over(F("used") - seats)}
