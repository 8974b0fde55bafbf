"""The office buildings as everybody may see them: what is served there, how crowded it is, where a visit still fits."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.conf import settings
from django.utils import timezone

from madoguchi.booking.booked import DAYS_AHEAD, VisitPart, quarters_for
from madoguchi.booking.bundles import visit_of
from madoguchi.booking.crowding import Thresholds, crowd_of
from madoguchi.booking.hours import number_of
from madoguchi.booking.lengths import lengths, lengths_everywhere, offered_with
from madoguchi.booking.offering import NotOffered, Offer, offer
from madoguchi.booking.services import Lane
from madoguchi.booking.tickets.queries import branch_now
from madoguchi.booking.vacancies import days_free, times_free, wait_rounded
from madoguchi.channels.api.shapes import (
    BranchList,
    BranchShape,
    BranchWaits,
    Crowd,
    Free,
    FreeDay,
    FreeDays,
    FreeTime,
    FreeTimes,
    LaneNow,
    Named,
    ServiceShape,
    WaitList,
)
from madoguchi.city.queries import branch_names


def branch_list(now: datetime) -> BranchList:
    """Every building with the services of its lanes, and how long each is booked for."""
    offered, names = offer(), branch_names()
    found = lengths_everywhere(branches=tuple(names), offered=offered, now=now)
    return BranchList(
        branches=[
            BranchShape(
                key=branch,
                name=name,
                services=[
                    ServiceShape(
                        key=one.key, name=one.name, minutes=found[branch][one.key].minutes, bookable=one.bookable
                    )
                    for one in offered.services
                    if any(one.key in lane.services for lane in offered.lanes_at(branch))
                ],
            )
            for branch, name in names.items()
        ]
    )  # fmt: skip


def waits(branches: tuple[str, ...], now: datetime) -> WaitList:
    """How crowded each lane of these buildings is, as the congestion page tells it."""
    offered, names, levels = offer(), branch_names(), Thresholds(*settings.BUSY_MINUTES)
    told = []
    for branch in branches:
        queue = branch_now(branch=branch, now=now)
        lanes = []
        for lane in offered.lanes_at(branch):
            crowd = crowd_of(queue, lane.key, levels)
            lanes.append(
                LaneNow(
                    key=lane.key, name=lane.name, services=list(lane.services), open_desks=crowd.open_desks,
                    waiting=crowd.waiting, longest_minutes=crowd.longest, crowding=Crowd(crowd.crowding.value),
                )
            )  # fmt: skip
        at = timezone.localtime(now).isoformat(timespec="seconds")
        told.append(BranchWaits(branch=Named(key=branch, name=names[branch]), at=at, lanes=lanes))
    return WaitList(branches=told)


def free_days(branch: str, service: str, first: date, days: int, now: datetime) -> FreeDays:
    """How free the days are on which this service may be booked. Raises NoSuchService, NotOffered."""
    offered, lane, parts = _wanted(branch, service, now)
    today = _after(now)[0]
    begins = max(first, today)
    last = min(first + timedelta(days=days - 1), today + timedelta(days=DAYS_AHEAD))
    found = (
        days_free(
            offered=offered, lane=lane, first=begins, last=last, count=quarters_for(parts), after=_after(now)
        )
        if begins <= last
        else {}
    )
    shown = [FreeDay(day=day, free=Free(free.value)) for day, free in sorted(found.items())]
    return FreeDays(branch=branch, service=service, days=shown)


def free_times(branch: str, service: str, day: date, now: datetime) -> FreeTimes:
    """When a visit may begin on a day. Raises NoSuchService, NotOffered."""
    offered, lane, parts = _wanted(branch, service, now)
    free = times_free(offered=offered, lane=lane, day=day, count=quarters_for(parts), after=_after(now))
    shown = [
        FreeTime(begins=one.begins, free=Free(one.vacancy.value), wait_minutes=wait_rounded(one.wait))
        for one in free
    ]
    return FreeTimes(branch=branch, service=service, day=day, times=shown)


def _wanted(branch: str, service: str, now: datetime) -> tuple[Offer, Lane, tuple[VisitPart, ...]]:
    declared = offer()
    if branch not in branch_names():
        raise NotOffered
    offered = offered_with(declared, lengths(branch=branch, offered=declared, now=now))
    lane = offered.lane_of(branch, service)
    if not offered.service(service).bookable:
        raise NotOffered
    return offered, lane, visit_of(offered=offered, services=(service,))


def _after(now: datetime) -> tuple[date, int]:
    """The quarter-hour that has begun: a visit begins later."""
    local = timezone.localtime(now)
    return local.date(), number_of(local.time())
