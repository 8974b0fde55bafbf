"""What tickets say of the days that are over (番号票からの実績): who joined a lane when, how long they waited and were served.

A step counts where it joined its lane; its wait is known once it was called, its time at the desk once it was finished.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from madoguchi.audit.entries import Actor
from madoguchi.booking.hours import number_of
from madoguchi.booking.levelling.history import Came, keep_arrivals
from madoguchi.booking.models import TicketStepRow
from madoguchi.booking.tickets.states import StepState

JAPAN = ZoneInfo("Asia/Tokyo")
MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class ServedStep:
    """One step of a ticket as it was (番号票の一件): when it joined its lane, was called, sat down, was finished."""

    lane: str
    joined_at: datetime
    called_at: datetime | None
    started_at: datetime | None
    finished_at: datetime | None
    booked: bool


def came_of(steps: Iterable[ServedStep]) -> tuple[Came, ...]:
    """Counts by lane, day in Japan and quarter-hour, with the means of what was measured."""
    groups: dict[tuple[str, date, int], list[ServedStep]] = {}
    for one in steps:
        at = one.joined_at.astimezone(JAPAN)
        groups.setdefault((one.lane, at.date(), number_of(at.time())), []).append(one)
    return tuple(
        Came(
            lane,
            day,
            quarter,
            len(there),
            sum(one.booked for one in there),
            _mean([(one.called_at - one.joined_at) / MINUTE for one in there if one.called_at]),
            _mean(
                [
                    minutes
                    for one in there
                    if one.started_at
                    and one.finished_at
                    and (minutes := (one.finished_at - one.started_at) / MINUTE) > 0
                ]
            ),
        )
        for (lane, day, quarter), there in sorted(groups.items())
    )


def take_tickets_in(*, branch: str, first: date, last: date, by: Actor, now: datetime) -> int:
    """Keep what the tickets of these days say; returns how many quarter-hours."""
    came = came_of(_served(branch, first, last))
    return keep_arrivals(branch=branch, came=came, by=by, now=now) if came else 0


def _served(branch: str, first: date, last: date) -> Iterable[ServedStep]:
    rows = TicketStepRow.objects.filter(branch=branch, ticket__day__gte=first, ticket__day__lte=last)
    rows = rows.exclude(state=StepState.PLANNED.value).select_related("ticket")
    for row in rows.order_by("pk").iterator(chunk_size=2000):
        # The first step began to wait when its number was issued; a recall or a way back in line does not change that.
        joined = row.ticket.arrived_at if row.order == 0 else row.waiting_since
        called = row.called_at if row.called_at is None or row.called_at >= joined else None
        booked = row.ticket.booked_for is not None and row.order == 0
        yield ServedStep(row.lane, joined, called, row.started_at, row.finished_at, booked)


def _mean(values: list[float]) -> float | None:
    return sum(values) / len(values) if values else None
