"""An office's days, played (窓口の模擬): who comes, who is called when, who leaves. The same seed plays the same days.

1. A day's people: walk-ins by half hour, weekday, month's end and chance; bookings that come early, late or not at all.
2. Desks open by plan (fewer at noon), are left unplanned, open late, and one more opens when too many wait.
3. The next is called as the office would: need of care, bookings whose time has come, then by arrival.
4. Whoever is missing is called again, then passed over, and may come back; others give their number back.
5. How long a service takes drifts over the weeks, each service by itself.

Every visit carries the branch's queue as it was when its number was taken, so that whatever is told then can be scored.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

from madoguchi.booking.hours import Quarter
from madoguchi.booking.services import QUARTER_MINUTES
from madoguchi.booking.tickets.states import Priority
from madoguchi.booking.tickets.values import BranchNow
from madoguchi.booking.waits.parameters import MunicipalDay, SimulatedLane, SimulatedWork
from madoguchi.booking.waits.simulated_lane import LanePlay, SimulatedPerson
from madoguchi.jp.open_days import OpenDays

JAPAN = ZoneInfo("Asia/Tokyo")
HALF_HOUR = 1800
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday")


@dataclass(frozen=True, slots=True)
class SimulatedVisit:
    """One number from the machine to its call (模擬の来庁). `called_at`: None for one who gave the number back before.

    `seen`: the queue just after the number was taken, with this number in it.
    """

    lane: str
    service: str
    label: str
    priority: Priority
    arrived_at: datetime
    called_at: datetime | None
    left_at: datetime | None
    seen: BranchNow


@dataclass(frozen=True, slots=True)
class SimulatedService:
    """One call and how long it held the desk (模擬の対応), in minutes; `came`: whether anybody came."""

    lane: str
    service: str
    called_at: datetime
    minutes: float
    came: bool


@dataclass(frozen=True, slots=True)
class SimulatedDay:
    """One day of the office: the desks as planned, everybody's visit in order of arrival, every call."""

    day: date
    planned: Mapping[str, tuple[Quarter, ...]]
    visits: tuple[SimulatedVisit, ...]
    served: tuple[SimulatedService, ...]


def simulated_days(parameters: MunicipalDay, *, seed: int, first: date, days: int) -> Iterator[SimulatedDay]:
    """That many open days from `first` on, one after the other."""
    random = Random(seed)  # an invented office, not a secret
    speeds = {one.key: [0.0, 0.0] for lane in parameters.lanes for one in lane.services}
    calendar = OpenDays()
    day, week, done = first, -1, 0
    while done < days:
        if calendar.is_open(day):
            this_week = (day - first).days // 7
            if this_week != week:
                week = this_week
                _drift(random, speeds, parameters.speed)
            done += 1
            yield _play(random, parameters, speeds, day, not calendar.is_open(day - timedelta(days=1)))
        day += timedelta(days=1)


def planned_quarters(lane: SimulatedLane, parameters: MunicipalDay) -> tuple[Quarter, ...]:
    """The quarter-hours in which a lane serves, with its desks and seats."""
    first, last = _seconds(parameters.opens) // 900, -(-_seconds(parameters.closes) // 900)
    found = []
    for number in range(first, last):
        desks = [count for at, count in lane.desks if _seconds(at) <= number * 900]
        found.append(Quarter(number, desks[-1] if desks else 0, lane.seats))
    return tuple(found)


def _drift(random: Random, speeds: dict[str, list[float]], said: Mapping[str, float]) -> None:
    """Where each service's speed goes this week; within the week it gets there little by little."""
    for key, (_, reached) in speeds.items():
        wanted = reached + random.gauss(0, said["weekly_drift"])
        speeds[key] = [reached, max(-said["largest_drift"], min(said["largest_drift"], wanted))]


def _play(
    random: Random, parameters: MunicipalDay, speeds: Mapping[str, list[float]], day: date, after_closed: bool
) -> SimulatedDay:
    factor = crowd(random, parameters, day, after_closed)
    visits: list[SimulatedVisit] = []
    served: list[SimulatedService] = []
    planned = {}
    share = min(day.weekday(), 4) / 4
    midnight = datetime(day.year, day.month, day.day, tzinfo=JAPAN)
    for letter, lane in zip("ABCDEFGH", parameters.lanes, strict=False):
        planned[lane.key] = planned_quarters(lane, parameters)
        pace = math.exp(random.gauss(0, parameters.speed["lane_day"]))
        means = {
            one.key: one.mean
            * pace
            * math.exp(speeds[one.key][0] + share * (speeds[one.key][1] - speeds[one.key][0]))
            for one in lane.services
        }
        play = LanePlay(random, parameters, lane, planned[lane.key], means, midnight, letter)
        people = _people(random, parameters, lane, planned[lane.key], factor)
        for person, seen in play.run(people):
            visits.append(_visit(person, seen, lane.key, midnight))
        served += [
            SimulatedService(lane.key, work, midnight + timedelta(seconds=at), seconds / 60, came)
            for work, at, seconds, came in play.served
        ]
    visits.sort(key=lambda one: one.arrived_at)
    return SimulatedDay(day, planned, tuple(visits), tuple(served))


def _visit(person: SimulatedPerson, seen: BranchNow, lane: str, midnight: datetime) -> SimulatedVisit:
    def moment(seconds: float | None) -> datetime | None:
        return None if seconds is None else midnight + timedelta(seconds=seconds)

    return SimulatedVisit(
        lane=lane,
        service=person.service,
        label=person.label,
        priority=person.priority,
        arrived_at=midnight + timedelta(seconds=person.arrived),
        called_at=moment(person.called),
        left_at=moment(person.left),
        seen=seen,
    )


def crowd(random: Random, parameters: MunicipalDay, day: date, after_closed: bool) -> float:
    """How many more or fewer come on such a day."""
    said = parameters.walk_ins
    factor = said[WEEKDAYS[min(day.weekday(), 4)]]
    if after_closed and day.weekday():
        factor *= said["after_holiday"]
    if (day + timedelta(days=int(said["month_end_days"]))).month != day.month:
        factor *= said["month_end"]
    elif day.day <= said["month_start_days"]:
        factor *= said["month_start"]
    return factor * math.exp(random.gauss(0, said["day_to_day"]))


def _people(
    random: Random, parameters: MunicipalDay, lane: SimulatedLane, planned: tuple[Quarter, ...], factor: float
) -> list[SimulatedPerson]:
    """Everybody who takes a number on a day, in order of arrival."""
    opens, last = _seconds(parameters.opens), _seconds(parameters.last_ticket)
    total = sum(parameters.half_hours)
    people: list[SimulatedPerson] = []
    for place, weight in enumerate(parameters.half_hours):
        rate = lane.walk_ins_a_day * factor * weight / total / HALF_HOUR
        at = opens + place * HALF_HOUR + random.expovariate(rate)
        until = min(opens + (place + 1) * HALF_HOUR, last)
        while at < until:
            care = random.random() < parameters.walk_ins["care"]
            people.append(
                SimulatedPerson(
                    _work(random, lane).key, at, Priority.CARE if care else Priority.WALK_IN, place_at=at
                )
            )
            at += random.expovariate(rate)
    people += _booked(random, parameters, lane, planned)
    people.sort(key=lambda one: one.arrived)
    return people


def _booked(
    random: Random, parameters: MunicipalDay, lane: SimulatedLane, planned: tuple[Quarter, ...]
) -> Iterator[SimulatedPerson]:
    said = parameters.bookings
    opens, last = _seconds(parameters.opens), _seconds(parameters.last_ticket)
    for quarter in planned:
        for _ in range(quarter.seats):
            if random.random() >= said["taken"] or random.random() < said["no_show"]:
                continue
            booked = quarter.number * QUARTER_MINUTES * 60
            if random.random() < said["late"]:
                arrived = booked + random.expovariate(1 / said["late_mean"]) * 60
            else:
                arrived = booked - abs(random.gauss(said["early_mean"], said["early_spread"])) * 60
            arrived = min(max(arrived, opens), last)
            work = _work(random, lane).key
            if arrived > booked + said["keeps_booking"] * 60:
                yield SimulatedPerson(work, arrived, Priority.WALK_IN, place_at=arrived)
            else:
                yield SimulatedPerson(
                    work, arrived, Priority.BOOKED, place_at=max(arrived, booked), booked=booked
                )


def _work(random: Random, lane: SimulatedLane) -> SimulatedWork:
    return random.choices(lane.services, [one.share for one in lane.services])[0]


def _seconds(at: time) -> int:
    return at.hour * 3600 + at.minute * 60
