"""Setting and reading what the office offers (用件・窓口の列・受付時間): the whole of it at once, as often as needed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction

from madoguchi.audit.entries import Actor
from madoguchi.audit.operations import record_act
from madoguchi.booking.hours import Quarter, quarters_of
from madoguchi.booking.models import HoursRow, LaneRow, LaneServiceRow, ServiceRow
from madoguchi.booking.services import DayHours, Hours, Lane, Service, Weekday
from madoguchi.city.queries import open_days


@dataclass(frozen=True, slots=True)
class Offer:
    """All services, all lanes, and the hours of each lane by branch and key."""

    services: tuple[Service, ...]
    lanes: tuple[Lane, ...]
    hours: Mapping[tuple[str, str], tuple[Hours, ...]]
    single_days: Mapping[tuple[str, str], tuple[DayHours, ...]]

    def service(self, key: str) -> Service:
        """A service by its key. Raises NoSuchService."""
        found = next((one for one in self.services if one.key == key), None)
        if found is None:
            raise NoSuchService(key)
        return found

    def lane_of(self, branch: str, service: str) -> Lane:
        """The lane that serves a service in a branch. Raises NotOffered."""
        found = next((one for one in self.lanes if one.branch == branch and service in one.services), None)
        if found is None:
            raise NotOffered
        return found

    def lanes_at(self, branch: str) -> tuple[Lane, ...]:
        """The lanes of a branch, in the city's order."""
        return tuple(one for one in self.lanes if one.branch == branch)


class NoSuchService(LookupError):
    """No service of that key is offered."""

    def __init__(self, key: str) -> None:
        self.key = key
        super().__init__("その用件は、いま受け付けていません。一覧から選び直してください。")


class NotOffered(LookupError):
    """This branch does not serve that."""

    def __init__(self) -> None:
        super().__init__("その用件は、この庁舎では受け付けていません。ほかの庁舎を選んでください。")


class TwoLanes(ValueError):
    """One service in two lanes of a branch: nobody would know where to wait."""

    def __init__(self, branch: str, service: str) -> None:
        super().__init__(
            f"庁舎「{branch}」では、用件「{service}」が2つの窓口の列に入っています。1つにしてください。"
        )


def set_offer(*, offer: Offer, by: Actor, now: datetime) -> None:
    """Make the offer exactly this. What is no longer in it is taken out of use and stays for the tickets that name it.

    Raises TwoLanes.
    """
    for branch in {one.branch for one in offer.lanes}:
        seen: set[str] = set()
        for lane in offer.lanes_at(branch):
            for service in lane.services:
                if service in seen:
                    raise TwoLanes(branch, offer.service(service).name)
                seen.add(service)
    with transaction.atomic():
        LaneServiceRow.objects.all().delete()
        HoursRow.objects.all().delete()
        ServiceRow.objects.update(in_use=False)
        LaneRow.objects.update(in_use=False)
        services = {one.key: _store_service(order, one) for order, one in enumerate(offer.services)}
        for order, lane in enumerate(offer.lanes):
            _store_lane(order, lane, services, offer)
        record_act(actor=by, activity="offer_set", now=now, services=len(services), lanes=len(offer.lanes))


def offer() -> Offer:
    """What the office offers now."""
    lanes = LaneRow.objects.filter(in_use=True).order_by("branch", "order", "key")
    offered: dict[int, list[str]] = {}
    for lane, service in LaneServiceRow.objects.order_by("service__order").values_list(
        "lane_id", "service__key"
    ):
        offered.setdefault(lane, []).append(service)
    hours: dict[tuple[str, str], list[Hours]] = {}
    days: dict[tuple[str, str], dict[date, DayHours]] = {}
    for row in HoursRow.objects.select_related("lane").order_by("pk"):
        place = (row.lane.branch, row.lane.key)
        if row.day is None:
            hours.setdefault(place, []).append(_hours(row, row.weekday or 0))
        else:
            before = days.setdefault(place, {}).get(row.day, DayHours(row.day, (), row.note))
            spans = before.spans if row.begins is None else (*before.spans, _hours(row, row.day.weekday()))
            days[place][row.day] = DayHours(row.day, spans, row.note)
    return Offer(
        services=tuple(
            Service(
                one.key,
                one.name,
                one.minutes,
                one.letter,
                one.department,
                one.event,
                one.bookable,
                tuple(sorted(one.names.items())),
            )
            for one in ServiceRow.objects.filter(in_use=True).order_by("order")
        ),
        lanes=tuple(
            Lane(
                one.branch,
                one.key,
                one.name,
                tuple(offered.get(one.pk, ())),
                tuple(one.desks),
                one.officers_come,
                tuple(sorted(one.names.items())),
            )
            for one in lanes
        ),
        hours={place: tuple(spans) for place, spans in hours.items()},
        single_days={place: tuple(found.values()) for place, found in days.items()},
    )


def quarters(*, offered: Offer, branch: str, lane: str, day: date) -> tuple[Quarter, ...]:
    """The quarter-hours of a day in which a lane serves, by the city's calendar."""
    place = (branch, lane)
    return quarters_of(day, offered.hours.get(place, ()), offered.single_days.get(place, ()), open_days())


def _store_service(order: int, one: Service) -> ServiceRow:
    said: dict[str, Any] = {
        "name": one.name,
        "minutes": one.minutes,
        "letter": one.letter,
        "department": one.department,
        "event": one.event,
        "bookable": one.bookable,
        "names": dict(one.names),
        "order": order,
        "in_use": True,
    }
    return ServiceRow.objects.update_or_create(key=one.key, defaults=said)[0]


def _store_lane(order: int, lane: Lane, services: Mapping[str, ServiceRow], offer: Offer) -> None:
    row, _ = LaneRow.objects.update_or_create(
        branch=lane.branch,
        key=lane.key,
        defaults={
            "name": lane.name,
            "desks": list(lane.desks),
            "officers_come": lane.officers_come,
            "names": dict(lane.names),
            "order": order,
            "in_use": True,
        },
    )
    place = (lane.branch, lane.key)
    LaneServiceRow.objects.bulk_create(
        [LaneServiceRow(lane=row, service=services[key], branch=lane.branch) for key in lane.services]
    )
    HoursRow.objects.bulk_create(
        [*_weekly(row, offer.hours.get(place, ())), *_single(row, offer.single_days.get(place, ()))]
    )


def _weekly(lane: LaneRow, hours: Sequence[Hours]) -> list[HoursRow]:
    return [
        HoursRow(
            lane=lane,
            weekday=one.weekday.value,
            begins=one.begins,
            ends=one.ends,
            desks=one.desks,
            seats=one.seats,
            since=one.since,
            until=one.until,
        )
        for one in hours
    ]


def _single(lane: LaneRow, days: Sequence[DayHours]) -> list[HoursRow]:
    rows = []
    for one in days:
        if not one.spans:
            rows.append(HoursRow(lane=lane, day=one.day, note=one.note))
        rows += [
            HoursRow(
                lane=lane,
                day=one.day,
                begins=span.begins,
                ends=span.ends,
                desks=span.desks,
                seats=span.seats,
                note=one.note,
            )
            for span in one.spans
        ]
    return rows


def _hours(row: HoursRow, weekday: int) -> Hours:
    assert row.begins is not None and row.ends is not None, "the table says so"
    return Hours(Weekday(weekday), row.begins, row.ends, row.desks, row.seats, row.since, row.until)
