"""How the days of an invented office went (過去の一日の進行): who came, when they were called, how long it took.

The shape of a day (half hours, weekdays, ends of months, patience, bookings that come early or not) is that of the built-in
simulator, `waits/municipal_day.toml`; how many come follows from the desks that are open. All of it is invented.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import Enum
from random import Random

from madoguchi.audit.entries import Actor
from madoguchi.booking.hours import Quarter
from madoguchi.booking.offering import Offer
from madoguchi.booking.past.queue import PastQueue, PastTicket
from madoguchi.booking.services import QUARTER_MINUTES, Lane
from madoguchi.booking.tickets.states import Priority
from madoguchi.booking.waits.learned import LearnedWaits
from madoguchi.booking.waits.office_days import JAPAN, crowd
from madoguchi.booking.waits.parameters import MunicipalDay

QUARTER = QUARTER_MINUTES * 60
BUSY = 0.58  # of the time of the open desks, on an ordinary day
LOOKS = 0.5  # of those who take a number look at how long it will be
SECOND_SERVICE, LONG = 0.15, 15  # of those who come for what takes that many minutes
LAST_BEFORE_CLOSING = 900
SPREAD = 0.45
LATEST = 22 * 3600
LANGUAGES = ("ja", "en", "zh-Hans", "vi", "pt-BR")
LANGUAGE_SHARES = (93, 3, 2, 1, 1)


@dataclass(frozen=True, slots=True)
class PastOffice:
    """What an office's past is played from (過去を作るもと): the offer, the simulator's day, how long services really take.

    `at_desk`: who sits at a desk of a branch. `booked_only`: branch and lane of those that nobody uses without a booking.
    """

    offered: Offer
    parameters: MunicipalDay
    minutes: Mapping[str, float]
    at_desk: Callable[[str, str], Actor]
    booked_only: frozenset[tuple[str, str]] = frozenset()


class _Kind(Enum):
    COMES = 0
    FREE = 1
    SITS = 2
    GIVES_UP = 3
    LOOK = 4


@dataclass(slots=True)
class _Person:
    services: tuple[str, ...]
    arrived: float
    priority: Priority
    booked: float | None = None
    gone_at: float = math.inf
    says_so: bool = False
    ticket: PastTicket | None = None


def true_minutes(offered: Offer, random: Random) -> dict[str, float]:
    """How long each service really takes in this office: the declared minutes, a little less or more."""
    return {one.key: one.minutes * math.exp(random.gauss(0.02, 0.16)) for one in offered.services}


class DayPlay:
    """Plays one branch through one day (過去の一日)."""

    def __init__(
        self,
        office: PastOffice,
        queue: PastQueue,
        day: date,
        planned: Mapping[str, tuple[Quarter, ...]],
        learned: LearnedWaits,
        *,
        after_closed: bool,
    ) -> None:
        self._office, self._queue, self._planned, self._learned = office, queue, planned, learned
        self._random, self._day = queue.random, day
        self._midnight = datetime(day.year, day.month, day.day, tzinfo=JAPAN).astimezone(UTC)
        self._lanes = [one for one in office.offered.lanes_at(queue.branch) if planned[one.key]]
        self._declared = {one.key: float(one.minutes) for one in office.offered.services}
        self._machine = Actor(None, "発券機", queue.branch, "")
        self._crowd = crowd(self._random, office.parameters, day, after_closed)
        self._events: list[tuple[float, int, _Kind, _Person | str]] = []
        self._serial = 0
        self._busy: dict[str, _Person] = {}
        self._persons: dict[str, _Person] = {}
        self._desks = {lane.key: {one.number: one.desks for one in planned[lane.key]} for lane in self._lanes}

    def run(self) -> None:
        """Play it to the end and close the day."""
        if not self._lanes:
            return
        self._queue.begin_day(self._day)
        for person in self._people():
            self._at(person.arrived, _Kind.COMES, person)
        for number in sorted({one for desks in self._desks.values() for one in desks}):
            self._at(number * QUARTER, _Kind.LOOK, "")
        now = 0.0
        while self._events:
            now, _, kind, about = heapq.heappop(self._events)
            self._do(kind, about, now)
            self._call(now)
            if not self._events and self._queue.waits and now < LATEST:  # a booking whose time has not come
                self._at(now + QUARTER, _Kind.LOOK, "")
        self._queue.close_day(by=Actor(None, "待ち列", self._queue.branch, ""), now=self._moment(now + 600))

    def _do(self, kind: _Kind, about: _Person | str, now: float) -> None:
        if isinstance(about, str):
            if kind is _Kind.FREE:
                self._busy.pop(about, None)
            return
        if kind is _Kind.COMES:
            self._come(about, now)
        elif about.ticket is None:
            return
        elif kind is _Kind.SITS:
            desk = about.ticket.current.desk
            self._queue.start(about.ticket, by=self._by(desk), now=self._moment(now))
        elif kind is _Kind.FREE:
            desk = about.ticket.current.desk
            if about.gone_at <= now and about.ticket.current.started_at is None:
                self._queue.not_here(about.ticket, by=self._by(desk), now=self._moment(now))
            else:
                self._queue.finish(about.ticket, by=self._by(desk), now=self._moment(now))
            self._busy.pop(desk, None)
        elif kind is _Kind.GIVES_UP and about.gone_at <= now and about.ticket.current.called_at is None:
            self._queue.leave(about.ticket, by=self._machine, now=self._moment(now))

    def _come(self, person: _Person, now: float) -> None:
        moment = self._moment(now)
        self._open(now)
        booked_for = None if person.booked is None else self._moment(person.booked)
        ticket = self._queue.issue(
            person.services,
            by=self._machine,
            now=moment,
            priority=person.priority,
            booked_for=booked_for,
            language=self._random.choices(LANGUAGES, LANGUAGE_SHARES)[0],
        )
        person.ticket = ticket
        self._persons[ticket.row.public_id] = person
        if person.says_so:
            self._at(person.gone_at, _Kind.GIVES_UP, person)
        if person.booked is not None and person.booked > now:
            self._at(person.booked, _Kind.LOOK, "")
        if self._random.random() < LOOKS:
            planned = self._planned[ticket.steps[0].lane]
            self._queue.tell(
                ticket, now=moment, planned=planned, declared=self._declared, learned=self._learned
            )

    def _open(self, now: float) -> None:
        """Which desks call for which lanes now; after closing time those of the last quarter-hour stay."""
        number = int(now // QUARTER)
        found: dict[str, list[str]] = {}
        for lane in self._lanes:
            desks = self._desks[lane.key]
            count = desks[max(desks)] if number > max(desks) else desks.get(number, 0)
            for desk in lane.desks[:count]:
                found.setdefault(desk, []).append(lane.key)
        self._queue.open_desks = {desk: tuple(lanes) for desk, lanes in found.items()}

    def _call(self, now: float) -> None:
        self._open(now)
        for desk in self._queue.open_desks:
            if desk in self._busy:
                continue
            ticket = self._queue.call_next(desk, by=self._by(desk), now=self._moment(now))
            if ticket is not None:
                self._take(self._persons[ticket.row.public_id], desk, ticket, now)

    def _take(self, person: _Person, desk: str, ticket: PastTicket, now: float) -> None:
        said, random = self._office.parameters.calls, self._random
        self._busy[desk] = person
        if person.gone_at <= now and ticket.current.order == 0:
            away = said["recall_after_seconds"] * (said["recalls"] + 1)
            self._at(now + away, _Kind.FREE, person)
            return
        person.gone_at = math.inf
        walk = max(5.0, random.gauss(said["walk_seconds"], said["walk_spread_seconds"]))
        sigma = math.sqrt(math.log(1 + SPREAD**2))
        mean = self._office.minutes[ticket.current.service] * 60
        lasts = max(60.0, mean * math.exp(random.gauss(-sigma * sigma / 2, sigma)))
        self._at(now + walk, _Kind.SITS, person)
        self._at(now + walk + lasts, _Kind.FREE, person)

    def _people(self) -> Iterator[_Person]:
        """Everybody who comes on this day."""
        work = _work_of(self._lanes, self._desks)
        for lane in self._lanes:
            booked = list(self._booked(lane))
            yield from booked
            services = [one for one in lane.services if one in self._declared]
            if self._needs_booking(lane) or not services:
                continue
            mean = sum(self._declared[one] for one in services) / len(services)
            busy = sum(self._declared[one.services[0]] for one in booked)
            walk_ins = max(1.0, (work[lane.key] * BUSY - busy) / mean) * self._crowd
            yield from self._walk_ins(lane, services, walk_ins)

    def _walk_ins(self, lane: Lane, services: list[str], count: float) -> Iterator[_Person]:
        random, weights = self._random, self._office.parameters.half_hours
        numbers = sorted(self._desks[lane.key])
        opens, closes = numbers[0] * QUARTER, (numbers[-1] + 1) * QUARTER
        last = closes - LAST_BEFORE_CLOSING
        halves = max(1, round((closes - opens) / 1800))
        shares = [
            weights[place * len(weights) // halves] if self._serves(lane, opens + place * 1800) else 0.0
            for place in range(halves)
        ]
        for place, share in enumerate(shares):
            if not share:
                continue
            rate = count * share / sum(shares) / 1800
            at = opens + place * 1800 + random.expovariate(rate)
            until = min(opens + (place + 1) * 1800, last)
            while at < until:
                yield self._walk_in(services, at)
                at += random.expovariate(rate)

    def _serves(self, lane: Lane, at: float) -> bool:
        return bool(self._desks[lane.key].get(int(at // QUARTER), 0))

    def _walk_in(self, services: list[str], at: float) -> _Person:
        random, said = self._random, self._office.parameters.leaving
        shares = [1 / self._declared[one] for one in services]  # what is quick is asked for more often
        chosen = [random.choices(services, shares)[0]]
        others = [one for one in self._everything() if one != chosen[0] and self._declared[one] >= LONG]
        if self._declared[chosen[0]] >= LONG and others and random.random() < SECOND_SERVICE:
            chosen.append(random.choice(others))
        care = random.random() < self._office.parameters.walk_ins["care"]
        person = _Person(tuple(chosen), at, Priority.CARE if care else Priority.WALK_IN)
        if not care and random.random() < said["share"]:
            patience = said["patience_median"] * math.exp(random.gauss(0, said["patience_spread"]))
            person.gone_at = at + patience * 60
            person.says_so = random.random() < said["says_so"]
        return person

    def _everything(self) -> list[str]:
        """What is served here without a booking."""
        return [
            key
            for lane in self._lanes
            if not self._needs_booking(lane)
            for key in lane.services
            if key in self._declared
        ]

    def _booked(self, lane: Lane) -> Iterator[_Person]:
        random, said = self._random, self._office.parameters.bookings
        bookable = [one for one in lane.services if self._office.offered.service(one).bookable]
        free_from = 0
        for quarter in self._planned[lane.key]:
            if not quarter.seats or not bookable or quarter.number < free_from:
                continue
            service = random.choice(bookable)
            free_from = quarter.number + max(1, -(-self._office.offered.service(service).minutes // 15))
            for _ in range(quarter.seats):
                if random.random() >= said["taken"] * 0.7 or random.random() < said["no_show"]:
                    continue
                booked = quarter.number * QUARTER
                early = abs(random.gauss(said["early_mean"], said["early_spread"])) * 60
                late = random.expovariate(1 / said["late_mean"]) * 60
                arrived = booked + late if random.random() < said["late"] else booked - early
                yield _Person((service,), max(arrived, 8 * 3600.0), Priority.BOOKED, booked)

    def _needs_booking(self, lane: Lane) -> bool:
        return (lane.branch, lane.key) in self._office.booked_only

    def _by(self, desk: str) -> Actor:
        return self._office.at_desk(self._queue.branch, desk)

    def _at(self, at: float, kind: _Kind, about: _Person | str) -> None:
        self._serial += 1
        heapq.heappush(self._events, (float(round(at)), self._serial, kind, about))

    def _moment(self, second: float) -> datetime:
        return self._midnight + timedelta(seconds=round(second))


def _work_of(lanes: list[Lane], desks: Mapping[str, Mapping[int, int]]) -> dict[str, float]:
    """Minutes of open desks in a day that each lane may count on: a desk that serves two lanes counts half for each."""
    work = dict.fromkeys((one.key for one in lanes), 0.0)
    numbers = {number for there in desks.values() for number in there}
    for number in numbers:
        shared: dict[str, list[str]] = {}
        for lane in lanes:
            for desk in lane.desks[: desks[lane.key].get(number, 0)]:
                shared.setdefault(desk, []).append(lane.key)
        for there in shared.values():
            for key in there:
                work[key] += QUARTER_MINUTES / len(there)
    return work
