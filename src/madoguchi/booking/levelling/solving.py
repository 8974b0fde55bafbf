"""Proposing a roster (配置案を作る): every rule is kept, the wait is kept as far as people are there, work is shared evenly.

OR-tools' CP-SAT solves it in three turns, each keeping what the one before reached: the fewest people that a lane may have;
desks needed for the wait (many missing at once weigh more than one here and there); few changes of seat and nobody who sits
much longer than the others. Where no roster keeps every rule, the answer says which, where, and what is missing.
"""

from __future__ import annotations

from dataclasses import replace

from ortools.sat.python import cp_model

from madoguchi.booking.levelling.roster import (
    EFFORT,
    LaneNeed,
    NobodyThere,
    NoRoster,
    NotFoundInTime,
    Officer,
    Roster,
    RosterTask,
    span_words,
    stretches,
)
from madoguchi.booking.levelling.smoothing import smoothed

SEAT_TAKEN, SHARE = 12, 1
SEED = 20261109


def propose_roster(task: RosterTask, *, effort: float = EFFORT) -> Roster | NoRoster:
    """The best roster found, or why there is none. Raises NobodyThere, NotFoundInTime."""
    if not task.officers or not task.quarters:
        raise NobodyThere
    no_lunch = [one for one in task.officers if one.lunch and not task.lunch_starts(one)]
    if no_lunch:
        return NoRoster(tuple(_lunch_does_not_fit(task, one) for one in no_lunch))
    model = _Model(task)
    missing = model.missing(effort)
    if not missing:
        return model.best(effort)
    in_the_way = _in_the_way(task, frozenset(missing), effort)
    lanes = [lane for lane in task.lanes if lane.lane in missing]
    return NoRoster(tuple(_why(task, lane, missing[lane.lane], in_the_way) for lane in lanes))


class _Model:
    """The task as variables and constraints."""

    def __init__(self, task: RosterTask) -> None:
        self.task = task
        self.model = cp_model.CpModel()
        self.wishes: list[cp_model.LinearExprT] = []
        self.short: list[cp_model.LinearExprT] = []
        self.sits: dict[tuple[str, str, int], cp_model.IntVar] = {}
        self.lunch: dict[tuple[str, int], cp_model.IntVar] = {}
        self.not_kept: dict[tuple[str, int], cp_model.IntVar] = {}
        for officer in task.officers:
            self._officer(officer)
        for lane in task.lanes:
            self._lane(lane)
        self._share()

    def _officer(self, officer: Officer) -> None:
        """One place at a time, lunch once, not too long in one go; taking a seat costs."""
        model, rules = self.model, self.task.rules
        starts = self.task.lunch_starts(officer)
        for start in starts:
            self.lunch[officer.key, start] = model.new_bool_var(f"lunch {officer.key} {start}")
        if starts:
            model.add_exactly_one(self.lunch[officer.key, start] for start in starts)
        for quarter in self.task.quarters:
            here = [
                self._sit(officer.key, lane.lane, quarter)
                for lane in self.task.lanes
                if lane.lane in officer.lanes and officer.is_here(quarter) and lane.most(quarter) > 0
            ]
            eating = [
                self.lunch[officer.key, start]
                for start in starts
                if start <= quarter < start + rules.lunch_quarters
            ]
            if here:
                model.add_at_most_one([*here, *eating])
        for first in self.task.quarters:
            window = [
                var
                for quarter in range(first, first + rules.longest + 1)
                for lane in self.task.lanes
                if (var := self.sits.get((officer.key, lane.lane, quarter))) is not None
            ]
            if window:
                model.add(sum(window) <= rules.longest)

    def _sit(self, officer: str, lane: str, quarter: int) -> cp_model.IntVar:
        sits = self.model.new_bool_var(f"{officer} {lane} {quarter}")
        self.sits[officer, lane, quarter] = sits
        before = self.sits.get((officer, lane, quarter - 1))
        if before is None:
            self.wishes.append(SEAT_TAKEN * sits)
        else:
            taken = self.model.new_bool_var(f"{officer} takes {lane} {quarter}")
            self.model.add(taken >= sits - before)
            self.wishes.append(SEAT_TAKEN * taken)
        return sits

    def _lane(self, lane: LaneNeed) -> None:
        """No more than there are desks and work for; each missing desk costs more than the one before it."""
        for quarter in sorted({*lane.needed, *lane.minimum}):
            there = sum(
                var
                for officer in self.task.officers
                if (var := self.sits.get((officer.key, lane.lane, quarter))) is not None
            )
            self.model.add(there <= lane.most(quarter))
            fewest = lane.minimum.get(quarter, 0)
            if fewest:
                not_kept = self.model.new_int_var(0, fewest, f"{lane.lane} {quarter} not kept")
                self.model.add(there + not_kept >= fewest)
                self.not_kept[lane.lane, quarter] = not_kept
            short = [
                self.model.new_bool_var(f"{lane.lane} {quarter} short {number}")
                for number in range(lane.needed.get(quarter, 0))
            ]
            self.model.add(there + sum(short) >= lane.needed.get(quarter, 0))
            self.short += [(number + 1) * var for number, var in enumerate(short)]

    def _share(self) -> None:
        """Nobody's share of their time at a counter, in percent, much above the others'."""
        highest = self.model.new_int_var(0, 100, "highest share")
        for officer in self.task.officers:
            sits = [var for (who, _, _), var in self.sits.items() if who == officer.key]
            present = sum(officer.is_here(quarter) for quarter in self.task.quarters)
            if sits and present:
                self.model.add(100 * sum(sits) <= present * highest + present - 1)
        self.wishes.append(SHARE * highest)

    def missing(self, effort: float) -> dict[str, dict[int, int]]:
        """By lane and quarter-hour, how many people its minimum lacks at best; empty: every rule can be kept."""
        self.model.minimize(sum(self.not_kept.values()))
        solver, status = self._solved(effort)
        if status == cp_model.UNKNOWN:
            raise NotFoundInTime
        found: dict[str, dict[int, int]] = {}
        for (lane, quarter), var in self.not_kept.items():
            if solver.value(var):
                found.setdefault(lane, {})[quarter] = solver.value(var)
        return found

    def best(self, effort: float) -> Roster:
        """The best roster of those that keep every rule, once it is known that there is one."""
        for var in self.not_kept.values():
            self.model.add(var == 0)
        self.model.minimize(sum(self.short))
        solver, status = self._solved(effort / 2)
        if status == cp_model.UNKNOWN:
            raise NotFoundInTime
        roster = self._roster(solver)
        self.model.add(sum(self.short) <= round(solver.objective_value))
        self.model.minimize(sum(self.wishes))
        solver, status = self._solved(effort)
        return smoothed(self.task, roster if status == cp_model.UNKNOWN else self._roster(solver))

    def _solved(self, effort: float) -> tuple[cp_model.CpSolver, cp_model.CpSolverStatus]:
        solver = cp_model.CpSolver()
        solver.parameters.num_workers = 2
        solver.parameters.interleave_search = True
        solver.parameters.random_seed = SEED
        solver.parameters.max_deterministic_time = effort
        return solver, solver.solve(self.model)

    def _roster(self, solver: cp_model.CpSolver) -> Roster:
        places: dict[str, dict[int, str]] = {one.key: {} for one in self.task.officers}
        for (who, lane, quarter), var in self.sits.items():
            if solver.value(var):
                places[who][quarter] = lane
        lunches = {who: start for (who, start), var in self.lunch.items() if solver.value(var)}
        return Roster({who: dict(sorted(where.items())) for who, where in places.items()}, lunches)


def _lunch_does_not_fit(task: RosterTask, officer: Officer) -> str:
    rules = task.rules
    return (
        f"{officer.name}さんの勤務（{officer.hours}）には、{span_words(rules.lunch_from, rules.lunch_to)}の間に"
        f"{rules.lunch_quarters * 15}分の昼休みが入りません。勤務時間を直すか、昼休みなしにしてください。"
    )


def _in_the_way(task: RosterTask, lanes: frozenset[str], effort: float) -> dict[str, str]:
    """For each lane, the rule without which its minimum could be kept, as a sentence; "" where no rule about people is."""
    hours = f"{task.rules.longest / 4:g}時間"
    no_lunch = tuple(replace(one, lunch=False) for one in task.officers)
    no_limit = replace(task.rules, longest=len(task.quarters) + 1)
    ways = (
        (
            replace(task, officers=no_lunch),
            "昼休みを守ると足りません。昼休みの時間帯を広げるか、交代できる職員を加えてください。",
        ),
        (
            replace(task, rules=no_limit),
            f"続けて座るのは{hours}までというきまりを守ると足りません。交代できる職員を加えてください。",
        ),
        (
            replace(task, officers=no_lunch, rules=no_limit),
            f"昼休みと、続けて座るのは{hours}までというきまりの両方を守ると足りません。交代できる職員を加えてください。",
        ),
    )
    found = dict.fromkeys(lanes, "")
    for relaxed, sentence in ways:
        if all(found.values()):
            break
        still = _Model(relaxed).missing(effort)
        found |= {lane: sentence for lane, said in found.items() if not said and lane not in still}
    return found


def _why(task: RosterTask, lane: LaneNeed, missing: dict[int, int], in_the_way: dict[str, str]) -> str:
    """Which minimum is not kept, what is missing, and the rule in its way."""
    spans = "、".join(span_words(*span) for span in stretches(missing))
    people, fewest = max(missing.values()), max(lane.minimum[quarter] for quarter in missing)
    said = f"{spans}の「{lane.name}」に最低{fewest}人要りますが、{people}人足りません。"
    able = min(
        sum(one.is_here(quarter) and lane.lane in one.lanes for one in task.officers) for quarter in missing
    )
    if able < fewest:
        return (
            f"{said}この窓口ができて、その時刻に勤務している職員は{able}人です。"
            "担当できる職員を加えるか、勤務時間を直してください。"
        )
    if fewest > lane.desks:
        return f"{said}席が{lane.desks}つしかありません。最低の人数を直してください。"
    other = "同じ職員がほかの窓口にも要るためです。どちらかの窓口ができる職員を加えてください。"
    return said + (in_the_way[lane.lane] or other)
