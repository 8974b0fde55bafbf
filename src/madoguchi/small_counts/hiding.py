"""Which counts may be shown so that no small one is known, nor worked out from all the others together (少人数の秘匿).

1. A count under ten is small, zero too, and is hidden. So is a count that would differ from one shown on an earlier day by
   one to nine: the difference of the two would be a small count.
2. Whoever has every count that is shown can bound a hidden one from below and above. Both bounds are worked out by linear
   programming; when they are closer than ten, one more count is hidden, the smallest of those that the bound rests on.
3. What was shown earlier that day stays shown and is part of what an attacker has; only new counts are hidden for it.
4. A count that was hidden for others and is told exactly by what stayed is shown after all: hiding it would hide nothing.

Hiding more only widens bounds, so one turn over the small counts is enough. The method is complementary cell suppression
with a protection interval (Fischetti & Salazar 2001, Management Science 47(7)); the choice of what else to hide is a
heuristic of ours, the check of each bound is exact.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import ceil, floor

from ortools.linear_solver import pywraplp

SMALLEST = 10
TINY = 1e-6
FAR_MORE = 10

Atom = Hashable
Link = tuple[frozenset[Atom], frozenset[Atom]]


@dataclass(frozen=True, slots=True)
class Count:
    """A count that could be shown: whom it counts, as the smallest groups there are, and how many they are.

    `whole`: a total, hidden only when nothing else helps. `never`: not offered, only watched. `partner`: the count that with
    this one makes up a third; hiding one of the two alone would hide nothing while the third is shown.
    """

    key: str
    atoms: frozenset[Atom]
    number: int
    whole: bool = False
    never: bool = False
    partner: str = ""


@dataclass(frozen=True, slots=True)
class Before:
    """What is out already: shown or hidden the same day (it stays so), and what was shown on earlier days."""

    fixed: Mapping[str, bool]
    earlier: Mapping[str, Collection[int]]


NOTHING_YET = Before({}, {})


def is_small(number: int) -> bool:
    """Whether a count may not leave the office as it is."""
    return number < SMALLEST


def shown(
    counts: Sequence[Count], *, links: Iterable[Link] = (), before: Before = NOTHING_YET
) -> frozenset[str]:
    """The keys of the counts that may be shown. `links`: sets of groups that hold the same people."""
    watched = [one for one in counts if _watched(one, before)]
    small = {one.key for one in watched}
    kept = {
        one.key for one in counts if before.fixed.get(one.key, one.key not in small and not one.never)
    } - {one.key for one in counts if one.never}
    attack = _Attack(counts, links, kept)
    free = {one.key: one for one in counts if one.key in kept and one.key not in before.fixed}

    def hide(key: str) -> None:
        if key in free:
            del free[key]
            kept.discard(key)
            attack.hide(key)

    for one in watched:
        hide(one.partner)
    for one in watched:
        while not attack.wide(one.key):
            candidates = [free[key] for key in attack.rests_on if key in free]
            if not candidates:
                candidates = [other for other in free.values() if other.atoms & one.atoms]
            if not candidates:
                break  # what is out already tells it; nothing new does
            chosen = min(candidates, key=lambda other: (other.whole, other.number, other.key))
            hide(chosen.key)
            hide(chosen.partner)
    for one in counts:
        offered = not one.never and one.key not in small and one.key not in before.fixed
        if offered and one.key not in kept and attack.told(one.key):
            kept.add(one.key)
    return frozenset(kept)


def _watched(one: Count, before: Before) -> bool:
    if is_small(one.number):
        return True
    return any(0 < abs(one.number - number) < SMALLEST for number in before.earlier.get(one.key, ()))


class _Attack:
    """Everybody who has what is shown: the bounds of each count, and what they rest on."""

    def __init__(self, counts: Sequence[Count], links: Iterable[Link], kept: Collection[str]) -> None:
        self.solver = pywraplp.Solver.CreateSolver("GLOP")
        of_atom: dict[Atom, list[str]] = defaultdict(list)
        both = [
            (f"link {number} {side}", atoms)
            for number, link in enumerate(links)
            for side, atoms in enumerate(link)
        ]
        for key, atoms in (*((one.key, one.atoms) for one in counts), *both):
            for atom in atoms:
                of_atom[atom].append(key)
        # Nobody supposes a group of ten times the whole city: a solver that is told so never runs to infinity.
        most = float(FAR_MORE * max([SMALLEST**3, *(one.number for one in counts)]))
        # Groups that stand in the same counts are one unknown.
        unknowns: dict[tuple[str, ...], pywraplp.Variable] = {}
        self.terms: dict[str, list[pywraplp.Variable]] = defaultdict(list)
        for keys in of_atom.values():
            signature = tuple(keys)
            if signature not in unknowns:
                unknowns[signature] = self.solver.NumVar(0, most, "")
                for key in signature:
                    self.terms[key].append(unknowns[signature])
        self.unknowns = list(unknowns.values())
        self.rows: dict[str, pywraplp.Constraint] = {}
        for one in counts:
            if one.key in kept:
                self.rows[one.key] = self._row({id(v): (v, 1) for v in self.terms[one.key]}, one.number)
        for number in range(len(both) // 2):
            sides: dict[int, tuple[pywraplp.Variable, int]] = {}
            for side, sign in ((0, 1), (1, -1)):
                for variable in self.terms[f"link {number} {side}"]:
                    _, had = sides.get(id(variable), (variable, 0))
                    sides[id(variable)] = (variable, had + sign)
            self._row(sides, 0)
        self.keys = [one.key for one in counts]
        self.low: dict[str, float] = {}
        self.high: dict[str, float] = {}
        self.rests_on: tuple[str, ...] = ()

    def _row(self, terms: Mapping[int, tuple[pywraplp.Variable, int]], number: int) -> pywraplp.Constraint:
        row = self.solver.Constraint(number, number)
        for variable, sign in terms.values():
            row.SetCoefficient(variable, sign)
        return row

    def hide(self, key: str) -> None:
        """Take a count away from the attacker. What was found possible stays possible."""
        self.rows.pop(key).SetBounds(-self.solver.infinity(), self.solver.infinity())

    def wide(self, key: str) -> bool:
        """Whether the bounds of a count are ten or more apart in whole people."""
        if self._far(key):
            return True
        rests: set[str] = set()
        for maximize in (True, False):
            rests |= self._solve(key, maximize)
            if self._far(key):
                return True
        self.rests_on = tuple(sorted(rests))
        return False

    def told(self, key: str) -> bool:
        """Whether a count is one number and no other."""
        for maximize in (True, False):
            if key not in self.low or self.high[key] - self.low[key] < TINY:
                self._solve(key, maximize)
        return self.high[key] - self.low[key] < TINY

    def _far(self, key: str) -> bool:
        if key not in self.low:
            return False
        return floor(self.high[key] + TINY) - ceil(self.low[key] - TINY) >= SMALLEST

    def _solve(self, key: str, maximize: bool) -> set[str]:
        objective = self.solver.Objective()
        objective.Clear()
        for variable in self.terms[key]:
            objective.SetCoefficient(variable, 1)
        objective.SetOptimizationDirection(maximize)
        status = self.solver.Solve()
        if status != pywraplp.Solver.OPTIMAL:
            return set(self.rows)  # not worked out: then it may rest on anything
        values = {id(variable): variable.solution_value() for variable in self.unknowns}
        for each in self.keys:
            total = sum(values[id(variable)] for variable in self.terms[each])
            self.low[each] = min(self.low.get(each, total), total)
            self.high[each] = max(self.high.get(each, total), total)
        return {name for name, row in self.rows.items() if abs(row.dual_value()) > TINY}
