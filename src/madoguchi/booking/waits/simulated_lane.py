"""One lane through one day of the simulator (模擬の窓口の列): events in order of time, in seconds from midnight."""

from __future__ import annotations

import heapq
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from random import Random

from madoguchi.booking.hours import Quarter
from madoguchi.booking.tickets.states import DeskState, Priority, StepState
from madoguchi.booking.tickets.values import BranchNow, DeskNow, QueuedStep
from madoguchi.booking.waits.parameters import MunicipalDay, SimulatedLane

QUARTER = 900
LINES = (Priority.CARE, Priority.BOOKED, Priority.WALK_IN)


@dataclass(slots=True)
class SimulatedPerson:
    """One person of the simulation (模擬の来庁者). `gone_at`: when patience ends; `says_so`: gives the number back then."""

    service: str
    arrived: float
    priority: Priority
    place_at: float
    booked: float | None = None
    label: str = ""
    gone_at: float = math.inf
    says_so: bool = False
    called: float | None = None
    left: float | None = None


@dataclass(slots=True)
class _Desk:
    number: int
    away: tuple[tuple[float, float], ...]
    person: SimulatedPerson | None = None
    since: float = 0.0
    busy_until: float = 0.0

    def is_away(self, at: float) -> bool:
        return any(begins <= at < ends for begins, ends in self.away)


class _Kind(Enum):
    ARRIVES = 0
    FREE = 1
    LOOK = 2
    GIVES_BACK = 3
    RETURNS = 4


class LanePlay:
    """Plays one lane through one day (列の一日の進行)."""

    def __init__(
        self,
        random: Random,
        parameters: MunicipalDay,
        lane: SimulatedLane,
        planned: tuple[Quarter, ...],
        means: Mapping[str, float],
        midnight: datetime,
        letter: str,
    ) -> None:
        self.served: list[tuple[str, float, float, bool]] = []
        self._random, self._parameters, self._lane = random, parameters, lane
        self._planned = {one.number: one.desks for one in planned}
        self._first, self._last = planned[0].number, planned[-1].number
        self._means, self._midnight, self._letter = means, midnight, letter
        self._spreads = {one.key: one.spread for one in lane.services}
        self._waiting: list[SimulatedPerson] = []
        self._help: tuple[float, float] = (math.inf, math.inf)
        self._events: list[tuple[float, int, _Kind, SimulatedPerson | _Desk | None]] = []
        self._serial = 0
        self._numbers = 0
        most = max(self._planned.values())
        self._desks = [_Desk(number, self._absences(number)) for number in range(most + 1)]

    def run(self, people: list[SimulatedPerson]) -> Iterator[tuple[SimulatedPerson, BranchNow]]:
        """Play the day; every person with the queue just after their number was taken. Read it to the end."""
        seen: list[tuple[SimulatedPerson, BranchNow]] = []
        for person in people:
            self._at(person.arrived, _Kind.ARRIVES, person)
        for number in range(self._first, self._last + 1):
            self._at(number * QUARTER, _Kind.LOOK, None)
        for desk in self._desks:
            for _, ends in desk.away:
                self._at(ends, _Kind.LOOK, None)
        while self._events:
            now, _, kind, about = heapq.heappop(self._events)
            if kind is _Kind.ARRIVES and isinstance(about, SimulatedPerson):
                self._arrive(about, now)
                self._call(now)
                seen.append((about, self._branch_now(about, now)))
                continue
            if kind is _Kind.FREE and isinstance(about, _Desk):
                about.person = None
            elif kind is _Kind.GIVES_BACK and isinstance(about, SimulatedPerson) and about in self._waiting:
                self._waiting.remove(about)
                about.left = now
            elif kind is _Kind.RETURNS and isinstance(about, SimulatedPerson):
                self._come_back(about, now)
            self._call(now)
        return iter(seen)

    def _at(self, at: float, kind: _Kind, about: SimulatedPerson | _Desk | None) -> None:
        self._serial += 1
        heapq.heappush(self._events, (at, self._serial, kind, about))

    def _absences(self, number: int) -> tuple[tuple[float, float], ...]:
        said, found = self._parameters.desks, []
        opens, closes = self._first * QUARTER, (self._last + 1) * QUARTER
        if self._random.random() < said["away"]:
            begins = self._random.uniform(opens + 1800, closes - 1800)
            found.append((begins, begins + self._random.expovariate(1 / said["away_mean"]) * 60))
        if self._random.random() < said["opens_late"]:
            found.append((0.0, opens + self._random.expovariate(1 / said["opens_late_mean"]) * 60))
        return tuple(found)

    def _arrive(self, person: SimulatedPerson, now: float) -> None:
        self._label(person)
        said = self._parameters.leaving
        if person.priority is Priority.WALK_IN and self._random.random() < said["share"]:
            patience = said["patience_median"] * math.exp(self._random.gauss(0, said["patience_spread"]))
            person.gone_at = now + patience * 60
            person.says_so = self._random.random() < said["says_so"]
            if person.says_so:
                self._at(person.gone_at, _Kind.GIVES_BACK, person)
        if person.booked is not None and person.place_at > now:
            self._at(person.place_at, _Kind.LOOK, None)
        self._waiting.append(person)
        self._ask_for_help(now)

    def _label(self, person: SimulatedPerson) -> None:
        self._numbers += 1
        person.label = f"{self._letter}{self._numbers:03}"

    def _ask_for_help(self, now: float) -> None:
        """One more desk opens a while after too many waited for each open desk."""
        said = self._parameters.desks
        if now < self._help[1] and self._help[1] != math.inf:
            return
        if len(self._waiting) > said["help_when_waiting"] * max(1, len(self._open(now))):
            begins = now + said["help_after"] * 60
            self._help = (begins, begins + said["help_minutes"] * 60)
            self._at(begins, _Kind.LOOK, None)

    def _come_back(self, person: SimulatedPerson, now: float) -> None:
        """Behind the next of those who wait by arrival, and this time they stay."""
        person.gone_at = math.inf
        line = sorted(one.place_at for one in self._waiting if one.priority is Priority.WALK_IN)
        person.place_at = line[0] + 0.001 if line else now
        self._waiting.append(person)

    def _open(self, now: float) -> list[_Desk]:
        """The desks that call people now; after closing time those of the last quarter-hour stay."""
        number = min(max(int(now // QUARTER), self._first), self._last)
        count = self._planned[number] if now >= self._first * QUARTER else 0
        if self._help[0] <= now < self._help[1]:
            count += 1
        there = [one for one in self._desks[:count] if not one.is_away(now)]
        return there or [one for one in self._desks[:1] if now >= (self._last + 1) * QUARTER]

    def _order(self, now: float) -> list[SimulatedPerson]:
        def key(one: SimulatedPerson) -> tuple[bool, int, float, float]:
            early = one.booked is not None and one.place_at > now
            return (early, LINES.index(one.priority), one.place_at, one.arrived)

        return sorted(self._waiting, key=key)

    def _call(self, now: float) -> None:
        """Every open desk where nobody sits calls the next whose time has come."""
        for desk in self._open(now):
            if desk.person is not None:
                continue
            ordered = self._order(now)
            if not ordered or ordered[0].place_at > now:
                return
            self._take(desk, ordered[0], now)

    def _take(self, desk: _Desk, person: SimulatedPerson, now: float) -> None:
        said, random = self._parameters.calls, self._random
        self._waiting.remove(person)
        person.called = now if person.called is None else person.called
        if person.gone_at <= now:
            seconds = said["recall_after_seconds"] * (said["recalls"] + 1)
            if random.random() < said["comes_back"]:
                self._at(now + random.expovariate(1 / said["comes_back_mean"]) * 60, _Kind.RETURNS, person)
            came = False
        else:
            seconds = max(5.0, random.gauss(said["walk_seconds"], said["walk_spread_seconds"]))
            seconds += said["recall_after_seconds"] * (random.random() < said["slow"])
            sigma = math.sqrt(math.log(1 + self._spreads[person.service] ** 2))
            mean = self._means[person.service] * 60
            seconds += mean * math.exp(random.gauss(-sigma * sigma / 2, sigma))
            came = True
        desk.person, desk.since, desk.busy_until = person, now, now + seconds
        self.served.append((person.service, now, seconds, came))
        self._at(desk.busy_until, _Kind.FREE, desk)

    def _branch_now(self, own: SimulatedPerson, now: float) -> BranchNow:
        moment = self._midnight + timedelta(seconds=now)
        open_now = {one.number for one in self._open(now)}
        steps = [self._step(one, now, position, None) for position, one in enumerate(self._order(now), 1)]
        steps += [self._step(one.person, now, None, one) for one in self._desks if one.person is not None]
        desks = tuple(
            DeskNow(
                key=f"desk{one.number + 1}",
                name=f"{one.number + 1}番窓口",
                lanes=(self._lane.key,),
                state=DeskState.OPEN if one.number in open_now else DeskState.CLOSED,
                label=one.person.label if one.person else "",
                step_state=StepState.SERVING if one.person else None,
                since=self._midnight + timedelta(seconds=one.since) if one.person else None,
                staff_id=None,
            )
            for one in self._desks
        )
        return BranchNow("simulated", moment, self._serial, tuple(steps), desks)

    def _step(self, one: SimulatedPerson, now: float, position: int | None, desk: _Desk | None) -> QueuedStep:
        def moment(seconds: float) -> datetime:
            return self._midnight + timedelta(seconds=seconds)

        return QueuedStep(
            ticket=one.label,
            label=one.label,
            step=0,
            service=one.service,
            lane=self._lane.key,
            state=StepState.WAITING if desk is None else StepState.SERVING,
            priority=one.priority,
            arrived_at=moment(one.arrived),
            waiting_since=moment(one.arrived),
            booked_for=None if one.booked is None else moment(one.booked),
            desk="" if desk is None else f"desk{desk.number + 1}",
            called_at=None if desk is None else moment(desk.since),
            started_at=None if desk is None else moment(desk.since),
            calls=0 if desk is None else 1,
            position=position,
            steps_after=0,
            language="ja",
        )
