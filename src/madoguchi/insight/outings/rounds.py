"""A round of visits to whoever was not reached (訪問の回り方): whose doors, in which order, within the hours there are.

1. Who may be visited comes from the queue of `outreach`, which never holds anybody under 支援措置. 2. Doors lie where their town
lies; nothing nearer is known. 3. The worth of a door is how urgent the person is; `planning` finds the tour with most worth.
4. Nothing is kept: a round is worked out when it is asked for, and each person on it is written down as read.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from madoguchi.audit.entries import Actor, Purpose
from madoguchi.audit.operations import record_act
from madoguchi.city.queries import profile
from madoguchi.insight.outings.planning import plan_tour
from madoguchi.insight.outings.plans import NotAnArea, areas, middle_of
from madoguchi.insight.outings.ways import OutingBudget, OutingTask, Ways
from madoguchi.outreach.reach_states import rank
from madoguchi.outreach.reaching import ReachLine, queue
from madoguchi.residents.disclosure import JAPAN, disclose
from madoguchi.residents.people import DisclosedPerson
from madoguchi.residents.places import Town, towns
from madoguchi.residents.protection import Audience
from madoguchi.residents.where import towns_where

# A round holds as many doors as one or two people can do in a day.
MOST_DOORS = 12
CANDIDATES = 24
EFFORT = 0.6
SOON_WORTH = 10
LIMITS = {"doors": (1, MOST_DOORS), "minutes": (30, 600), "stay": (5, 120)}
ROUND_NAMES = {"doors": "訪ねる人数", "minutes": "出発から帰るまでの分", "stay": "1軒にいる分"}
USUAL = {"doors": 8, "minutes": 240, "stay": 20}


@dataclass(frozen=True, slots=True)
class Door:
    """A door of a round: who, in which town, minutes after setting out when one arrives and leaves (訪ねる家)."""

    line: ReachLine
    person: DisclosedPerson
    town: Town
    begins: int
    ends: int


@dataclass(frozen=True, slots=True)
class VisitRound:
    """A round of visits (訪問の回り方): the doors in order; how near to the best, of a hundred; who waits in the area besides."""

    area: str
    start: Town
    doors: tuple[Door, ...]
    minutes: int
    of_bound: int
    waiting: int


class RoundRefused(ValueError):
    """A round that cannot be planned; the sentence says what to do."""


def plan_round(
    *, area: str, start: str, doors: int, minutes: int, stay: int, by: Actor, screen: str, now: datetime
) -> VisitRound:
    """The round for one part of the city, now. Raises NotAnArea, RoundRefused."""
    for name, number in (("doors", doors), ("minutes", minutes), ("stay", stay)):
        low, high = LIMITS[name]
        if not low <= number <= high:
            raise RoundRefused(f"{ROUND_NAMES[name]}は{low}から{high}までの数を入れてください。")
    places = towns()
    begin = places.get(start) if start else middle_of(area)
    if begin is None or area not in areas():
        raise NotAnArea
    lines = queue(now=now)
    there = towns_where(
        [one.resident_no for one in lines], among=places, city=profile().name, by=by, screen=screen, now=now
    )
    near = [one for one in lines if one.resident_no in there and there[one.resident_no].area == area]
    chosen = near[:CANDIDATES]
    today = now.astimezone(JAPAN).date()
    budget = OutingBudget(stops=doors, minutes=minutes, stay=stay)
    worth = tuple(
        one.need + (SOON_WORTH if not rank(one.deadline, one.need, on=today)[0] else 1) for one in chosen
    )
    task = OutingTask(begin, tuple(there[one.resident_no] for one in chosen), worth, budget, doors=True)
    tour = plan_tour(task, effort=EFFORT)
    doors_found = _doors(task, chosen, tour.stops, by=by, screen=screen, now=now)
    record_act(actor=by, activity="round_planned", now=now, doors=len(doors_found))
    of_bound = 100 * tour.people // tour.bound if tour.bound else 100
    return VisitRound(area, begin, doors_found, tour.minutes, of_bound, len(near) - len(doors_found))


def _doors(
    task: OutingTask,
    chosen: Sequence[ReachLine],
    stops: Sequence[int],
    *,
    by: Actor,
    screen: str,
    now: datetime,
) -> tuple[Door, ...]:
    """The people of a tour in its order, each written down as read."""
    ways, stay, at, point = Ways(task), task.budget.stay, 0, 0
    numbers = [chosen[stop].resident_no for stop in stops]
    found = disclose(
        actor=by, purpose=Purpose.VISIT, resident_nos=numbers, audience=Audience.DEPARTMENT, case=None, screen=screen, now=now
    ) if numbers else ()  # fmt: skip
    people = {one.resident_no: one for one in found}
    doors_found = []
    for stop in stops:
        at += ways.minutes(point, stop + 1)
        line = chosen[stop]
        doors_found.append(Door(line, people[line.resident_no], task.towns[stop], at, at + stay))
        at, point = at + stay, stop + 1
    return tuple(doors_found)
