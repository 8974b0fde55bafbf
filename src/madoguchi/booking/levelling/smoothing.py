"""Fewer changes of seat (席替えを減らす): two officers exchange what they do in a span, where that makes the day calmer.

How many sit at a lane never changes by it, and a rule that would break forbids it; so a roster only gets better.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from itertools import combinations

from madoguchi.booking.levelling.roster import Officer, Roster, RosterTask, faults_of_officers

PASSES = 6

Where = Mapping[int, str]


def smoothed(task: RosterTask, roster: Roster) -> Roster:
    """The roster with as few changes as exchanges between two can reach."""
    places: dict[str, Where] = dict(roster.places)
    for _ in range(PASSES):
        better = False
        for one, other in combinations(task.officers, 2):
            found = _exchanged(task, Roster(places, roster.lunches), one, other)
            if found is not None:
                places |= found
                better = True
        if not better:
            break
    return Roster(places, roster.lunches)


def _exchanged(task: RosterTask, roster: Roster, one: Officer, other: Officer) -> dict[str, Where] | None:
    """The best exchange of a span between two, or None."""
    two = replace(task, officers=(one, other))
    here, there = roster.places.get(one.key, {}), roster.places.get(other.key, {})
    best, found = _unrest(here, there), None
    edges = sorted(_edges(here) | _edges(there) | {task.quarters.start, task.quarters.stop})
    for first, end in combinations(edges, 2):
        mine, theirs = _swapped(here, there, first, end), _swapped(there, here, first, end)
        unrest = _unrest(mine, theirs)
        if unrest < best:
            tried = {one.key: mine, other.key: theirs}
            if not any(faults_of_officers(two, Roster(tried, roster.lunches))):
                best, found = unrest, tried
    return found


def _swapped(mine: Where, theirs: Where, first: int, end: int) -> Where:
    kept = {quarter: lane for quarter, lane in mine.items() if not first <= quarter < end}
    taken = {quarter: lane for quarter, lane in theirs.items() if first <= quarter < end}
    return dict(sorted((kept | taken).items()))


def _edges(where: Where) -> set[int]:
    """Quarters at which a seat is taken or left."""
    return {quarter for quarter in where if where.get(quarter - 1) != where[quarter]} | {
        quarter + 1 for quarter in where if where.get(quarter + 1) != where[quarter]
    }


def _unrest(*days: Where) -> tuple[int, int]:
    """Seats taken anew; of equally many, the one whose hours are shared more evenly is calmer."""
    taken = sum(where.get(quarter - 1) != lane for where in days for quarter, lane in where.items())
    return taken, max(len(where) for where in days)
