"""Where a visit reaches most people without a card (出張先を選ぶ): stops, their order, and how near to the best that is.

1. A stop in a town serves every town within walking reach of it, be there one person or a hundred.
2. The budget is so many stops and so many minutes from setting out to coming back; the way is the crow's times a factor.
3. A greedy plan is made first: again and again the stop that adds most people a minute.
4. CP-SAT then looks for the best tour (maximal covering, orienteering), beginning with the greedy one; the better counts.
5. What no plan could exceed is worked out beside it: by the solver where it saw all stops, else by a problem that asks less.
"""

from __future__ import annotations

from dataclasses import dataclass

from madoguchi.insight.outings.ways import OutingTask, Ways

# Work, not time: the same task has the same answer on any machine.
EFFORT = 2.0
MOST_CANDIDATES = 30


@dataclass(frozen=True, slots=True)
class Tour:
    """A plan: the stops in order, the towns they serve, the people of these, minutes, and what no plan exceeds."""

    stops: tuple[int, ...]
    covered: frozenset[int]
    people: int
    minutes: int
    bound: int


def greedy(task: OutingTask, ways: Ways | None = None) -> tuple[int, ...]:
    """The stops of the greedy plan in order: each time the one with most new people a minute, put in where it costs least."""
    ways = ways or Ways(task)
    stops: list[int] = []
    covered: frozenset[int] = frozenset()
    while len(stops) < task.budget.stops:
        best: tuple[float, int, list[int]] | None = None
        had, spent = ways.people(covered), ways.taken(stops)
        for town in range(ways.count):
            gain = ways.people(covered | ways.serves[town]) - had
            if town in stops or not gain:
                continue
            tours = ([*stops[:at], town, *stops[at:]] for at in range(len(stops) + 1))
            tour = min(tours, key=ways.taken)
            if ways.taken(tour) > task.budget.minutes:
                continue
            rate = gain / max(ways.taken(tour) - spent, 1)
            if best is None or rate > best[0]:
                best = (rate, town, tour)
        if best is None:
            break
        stops, covered = best[2], covered | ways.serves[best[1]]
    return tuple(stops)


def plan_tour(task: OutingTask, *, effort: float = EFFORT) -> Tour:
    """The best tour found: never fewer people than the greedy one. Empty when nothing can be reached."""
    # The solver brings pandas with it, some 44 MB in a process that only serves pages: loaded where something is solved.
    from madoguchi.insight.outings.solving import loose_bound, solved

    ways = Ways(task)
    first = greedy(task, ways)
    within = [
        town
        for town in range(ways.count)
        if ways.taken([town]) <= task.budget.minutes and ways.people(ways.serves[town])
    ]
    ranked = sorted(
        within, key=lambda town: (-ways.people(ways.serves[town]), ways.minutes(0, town + 1), town)
    )
    candidates = sorted({*ranked[:MOST_CANDIDATES], *first})
    found, bound = solved(ways, candidates, first, effort) if candidates else (first, 0)
    if len(candidates) < len(within):
        bound = loose_bound(ways, within, effort)
    best = max((first, found), key=lambda stops: (ways.people(ways.covered(stops)), -ways.taken(stops)))
    covered = ways.covered(best)
    people = ways.people(covered)
    return Tour(best, covered, people, ways.taken(best) if best else 0, max(bound, people))
