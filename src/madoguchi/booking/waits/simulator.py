"""A municipal day that is let run (窓口の一日の模擬), so that a predictor can be asked what it cannot have seen.

1. People come: walk-ins by a daily curve, bookings around their time; some booked ones stay away, some walk-ins leave.
2. Desks serve: fewer over lunch, one may stay shut all day or shut for a while; each service takes its own time.
3. Bookings are called at their time before walk-ins, which are called by arrival.
4. Whatever a visitor could be told from is noted when they come: who is ahead, which desks are open, the last calls.
Its parameters are in `day.toml`; the same seed gives the same days.
"""

from __future__ import annotations

import heapq
import math
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from random import Random
from typing import Any

PARAMETERS = Path(__file__).with_name("day.toml")
DAYS_A_WEEK = 5
DAYS_A_MONTH = 21
EDGE_DAYS = 3


@dataclass(frozen=True, slots=True)
class Seen:
    """What could be seen when somebody came, and what became of it.

    `ahead`: services of those who will be called before, waiting; `at_desks`: services at the desks and since how many
    minutes; `plan`: from then on, after how many minutes how many desks are planned; `pace`: minutes between the last calls, None before there
    were three; `waited`: minutes, None for whoever left (`left_after` then); `took`: minutes at the desk.
    """

    day: int
    minute: float
    service: str
    booked: bool
    ahead: tuple[str, ...]
    at_desks: tuple[tuple[str, float], ...]
    desks: int
    plan: tuple[tuple[float, int], ...]
    pace: float | None
    waited: float | None
    left_after: float | None
    took: float | None


@dataclass(slots=True)
class _Visitor:
    comes: float
    service: str
    booked_at: float | None
    patience: float
    takes: float
    seen: dict[str, Any] = field(default_factory=dict)
    called: float | None = None


@lru_cache(maxsize=1)
def parameters() -> dict[str, Any]:
    """The parameters of the day."""
    return tomllib.loads(PARAMETERS.read_text(encoding="utf-8"))


def declared_minutes() -> dict[str, float]:
    """Minutes at the desk of each service, as an office would declare them before anything is learned."""
    return {one["key"]: float(one["declared"]) for one in parameters()["service"]}


def planned_from(now: float) -> tuple[tuple[float, int], ...]:
    """The desks that the plan opens from a minute of the day on: nobody plans who stays away."""
    said = parameters()["desks"]
    begins, ends, lunch = said["lunch"]
    steps = [(0.0, said["ordinary"]), (float(begins), lunch), (float(ends), said["ordinary"])]
    current = max(place for place, (at, _) in enumerate(steps) if at <= now)
    return ((0.0, steps[current][1]), *((at - now, desks) for at, desks in steps[current + 1 :]))


def days(count: int, seed: int) -> Iterator[list[Seen]]:
    """Let `count` working days run; for each, who came, in the order of coming."""
    chance = Random(seed)
    for day in range(count):
        yield _Day(day, Random(chance.getrandbits(64))).run()


class _Day:
    def __init__(self, day: int, chance: Random) -> None:
        self.day, self.chance, self.said = day, chance, parameters()
        self.visitors = sorted((*self._walk_ins(), *self._booked()), key=lambda one: one.comes)
        self.desks = self._desks()
        self.waiting: list[_Visitor] = []
        self.busy: dict[int, _Visitor] = {}
        self.calls: list[float] = []

    # --- who comes -----------------------------------------------------------------------------------------------

    def _walk_ins(self) -> list[_Visitor]:
        said = self.said["arrivals"]
        edge = self.day % DAYS_A_MONTH < EDGE_DAYS or self.day % DAYS_A_MONTH >= DAYS_A_MONTH - EDGE_DAYS
        mean = (
            said["walk_ins_a_day"]
            * said["weekday"][self.day % DAYS_A_WEEK]
            * (said["month_edge"] if edge else 1)
        )
        number = max(10, round(mean * max(0.4, self.chance.gauss(1, said["spread"]))))
        centres = said["peaks"]
        found: list[_Visitor] = []
        while len(found) < number:
            centre, width, _ = self.chance.choices(centres, weights=[one[2] for one in centres])[0]
            comes = self.chance.gauss(centre, width)
            if self.said["opens"] - 10 <= comes <= self.said["closes"] - 15:
                leaves = self.chance.random() < said["impatient"]
                patience = self.chance.expovariate(1 / said["leaves_after"]) if leaves else math.inf
                found.append(self._visitor(max(comes, float(self.said["opens"])), None, patience))
        return found

    def _booked(self) -> list[_Visitor]:
        said = self.said["bookings"]
        found: list[_Visitor] = []
        for _ in range(said["a_day"]):
            at = self.said["opens"] + 15 * self.chance.randrange(
                (self.said["closes"] - self.said["opens"]) // 15 - 2
            )
            comes = at - self.chance.gauss(*said["early"])
            if self.chance.random() >= said["not_come"]:
                found.append(self._visitor(max(comes, float(self.said["opens"])), float(at), math.inf))
        return found

    def _visitor(self, comes: float, booked_at: float | None, patience: float) -> _Visitor:
        kinds = self.said["service"]
        kind = self.chance.choices(kinds, weights=[one["share"] for one in kinds])[0]
        drift, week = self.said["drift"], self.day // DAYS_A_WEEK
        slower = drift["a_week"] ** week * (drift["shock"] if week >= drift["shock_week"] else 1)
        takes = kind["minutes"] * slower * math.exp(self.chance.gauss(0, kind["spread"]))
        return _Visitor(comes, kind["key"], booked_at, patience, takes)

    # --- who serves ----------------------------------------------------------------------------------------------

    def _desks(self) -> list[list[tuple[float, float]]]:
        """For each desk, when it is shut."""
        said = self.said["desks"]
        begins, ends, lunch = said["lunch"]
        shut: list[list[tuple[float, float]]] = [[] for _ in range(said["ordinary"])]
        for number in range(lunch, said["ordinary"]):
            shut[number].append((begins, ends))
        if self.chance.random() < said["absent"]:
            shut[-1].append((0, math.inf))
        likely, minutes = said["closes_for"]
        for desk in shut:
            if self.chance.random() < likely:
                at = self.chance.uniform(self.said["opens"], self.said["closes"])
                desk.append((at, at + minutes))
        return shut

    def _open(self, desk: int, now: float) -> bool:
        return not any(begins <= now < ends for begins, ends in self.desks[desk])

    # --- the day -------------------------------------------------------------------------------------------------

    def run(self) -> list[Seen]:
        events: list[tuple[float, int, str, Any]] = []
        order = iter(range(10**9))
        for one in self.visitors:
            heapq.heappush(events, (one.comes, next(order), "comes", one))
            if one.booked_at is not None and one.booked_at > one.comes:
                heapq.heappush(events, (one.booked_at, next(order), "look", None))
        for shut in self.desks:
            for _, ends in shut:
                if ends < math.inf:
                    heapq.heappush(events, (ends, next(order), "look", None))
        while events:
            now, _, what, who = heapq.heappop(events)
            if what == "comes":
                who.seen = self._seen(who, now)
                self.waiting.append(who)
            elif what == "done":
                del self.busy[who]
            for desk, called in self._calls(now):
                heapq.heappush(events, (now + called.takes, next(order), "done", desk))
        return [self._result(one) for one in self.visitors]

    def _calls(self, now: float) -> Iterator[tuple[int, _Visitor]]:
        for desk in range(len(self.desks)):
            if desk in self.busy or not self._open(desk, now):
                continue
            self.waiting = [one for one in self.waiting if now - one.comes <= one.patience]
            if not self.waiting:
                return
            called = min(self.waiting, key=lambda one: self._rank(one, now))
            self.waiting.remove(called)
            called.called = now
            self.busy[desk] = called
            self.calls.append(now)
            yield desk, called

    @staticmethod
    def _rank(one: _Visitor, now: float) -> tuple[int, float]:
        due = one.booked_at is not None and one.booked_at <= max(now, one.comes)
        return (0, one.booked_at or 0) if due else (1, one.comes)

    def _seen(self, who: _Visitor, now: float) -> dict[str, Any]:
        here = [one for one in self.waiting if now - one.comes <= one.patience]
        mine = self._rank(who, max(now, who.booked_at or now))
        ahead = [one for one in here if self._rank(one, now) <= mine]
        last = self.calls[-4:]
        return {
            "ahead": tuple(one.service for one in ahead),
            "at_desks": tuple((one.service, now - (one.called or now)) for one in self.busy.values()),
            "desks": sum(self._open(desk, now) for desk in range(len(self.desks))),
            "plan": planned_from(now),
            "pace": (last[-1] - last[0]) / (len(last) - 1) if len(last) > 2 else None,
        }

    def _result(self, one: _Visitor) -> Seen:
        start = max(one.comes, one.booked_at or 0)
        waited = None if one.called is None else max(0.0, one.called - start)
        return Seen(
            day=self.day,
            minute=one.comes,
            service=one.service,
            booked=one.booked_at is not None,
            waited=waited,
            left_after=None if one.called is not None else one.patience,
            took=None if one.called is None else one.takes,
            **one.seen,
        )
