"""Who sits at which lane in each quarter-hour (配置案), the rules that it keeps, and looking whether a roster keeps them.

`faults` knows nothing of how a roster was made: it judges what the solver proposes and what comes back from Excel alike.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from madoguchi.booking.hours import QUARTERS_A_DAY, time_of

LUNCH = "昼"
BACK = "後方"
# How much is done to find one. Work, not time: the same task has the same answer on any machine. About as many seconds on a usual one.
EFFORT = 12.0


class NobodyThere(ValueError):
    """A roster without people or lanes."""

    def __init__(self) -> None:
        super().__init__(
            "配置する職員か、開いている窓口がひとつもありません。職員の一覧と受付時間を確かめてください。"
        )


class NotFoundInTime(RuntimeError):
    """The solver found neither a roster nor that there is none."""

    def __init__(self) -> None:
        super().__init__(
            "配置案が決まった手間の中で見つかりませんでした。職員や窓口を減らして、もう一度試してください。"
        )


@dataclass(frozen=True, slots=True)
class Officer:
    """Somebody who can sit at a counter (配置する職員): which lanes they know, and from which quarter-hour to before which."""

    key: str
    name: str
    lanes: frozenset[str]
    begins: int
    ends: int
    lunch: bool = True

    def is_here(self, quarter: int) -> bool:
        return self.begins <= quarter < self.ends

    @property
    def hours(self) -> str:
        return span_words(self.begins, self.ends)


@dataclass(frozen=True, slots=True)
class RosterRules:
    """Rules that every roster keeps (配置のきまり): lunch of so many quarters within a span; longest time at a counter in one go."""

    lunch_quarters: int = 4
    lunch_from: int = 11 * 4
    lunch_to: int = 14 * 4
    longest: int = 12


@dataclass(frozen=True, slots=True)
class LaneNeed:
    """What a lane needs: desks by quarter-hour, the fewest it may ever have while it is open, and how many desks there are."""

    lane: str
    name: str
    needed: Mapping[int, int]
    minimum: Mapping[int, int]
    desks: int

    def most(self, quarter: int) -> int:
        """So many are placed here at most: more would wait for people instead of working behind the counter."""
        return min(self.desks, max(self.needed.get(quarter, 0), self.minimum.get(quarter, 0)))


@dataclass(frozen=True, slots=True)
class RosterTask:
    """All that a roster is made from."""

    officers: tuple[Officer, ...]
    lanes: tuple[LaneNeed, ...]
    rules: RosterRules = field(default_factory=RosterRules)

    @property
    def quarters(self) -> range:
        """The quarter-hours of the day that any lane or officer speaks of."""
        spoken = [quarter for lane in self.lanes for quarter in lane.needed]
        return range(min(spoken, default=0), max(spoken, default=-1) + 1)

    def lane(self, key: str) -> LaneNeed | None:
        return next((one for one in self.lanes if one.lane == key), None)

    def lunch_starts(self, officer: Officer) -> range:
        """The quarter-hours at which an officer's lunch can begin; none when they have no lunch."""
        if not officer.lunch:
            return range(0)
        first = max(self.rules.lunch_from, officer.begins)
        return range(first, min(self.rules.lunch_to, officer.ends) - self.rules.lunch_quarters + 1)


@dataclass(frozen=True, slots=True)
class Roster:
    """Where everybody is (配置): the lane of each officer by quarter-hour, and when their lunch begins. Else: 後方."""

    places: Mapping[str, Mapping[int, str]]
    lunches: Mapping[str, int]

    def at(self, lane: str, quarter: int) -> int:
        """How many sit at a lane."""
        return sum(where.get(quarter) == lane for where in self.places.values())

    def changes(self) -> int:
        """How often somebody takes a seat anew."""
        return sum(
            where.get(quarter - 1) != lane
            for where in self.places.values()
            for quarter, lane in where.items()
        )


@dataclass(frozen=True, slots=True)
class NoRoster:
    """No roster keeps every rule (配置できない): which rule where, what is missing, and why, a sentence each."""

    sentences: tuple[str, ...]


def faults(task: RosterTask, roster: Roster) -> tuple[str, ...]:
    """Every rule that a roster breaks, a sentence each; none: it may be used."""
    known = {one.key for one in task.officers}
    strangers = tuple(
        f"職員「{key}」は、この日の職員の一覧にありません。" for key in roster.places if key not in known
    )
    return (*strangers, *faults_of_officers(task, roster), *_of_lanes(task, roster))


def faults_of_officers(task: RosterTask, roster: Roster) -> Iterator[str]:
    """The rules about a person alone: skills, hours, lunch, time in one go."""
    for one in task.officers:
        where = roster.places.get(one.key, {})
        for quarter, key in sorted(where.items()):
            lane = task.lane(key)
            if lane is None or key not in one.lanes:
                yield f"{one.name}さんは{words(quarter)}の「{lane.name if lane else key}」を担当できません。"
            if not one.is_here(quarter):
                yield f"{one.name}さんは{words(quarter)}には勤務していません（{one.hours}）。"
        yield from _of_lunch(task, one, where, roster.lunches.get(one.key))
        run = 0
        for quarter in task.quarters:
            run = run + 1 if quarter in where else 0
            if run == task.rules.longest + 1:
                hours = task.rules.longest / 4
                yield f"{one.name}さんが{hours:g}時間より長く続けて窓口に座っています（{words(quarter)}まで）。"


def _of_lunch(
    task: RosterTask, officer: Officer, where: Mapping[int, str], begins: int | None
) -> Iterator[str]:
    starts = task.lunch_starts(officer)
    if not officer.lunch:
        return
    if begins is None or begins not in starts:
        yield f"{officer.name}さんの昼休み（{task.rules.lunch_quarters * 15}分）がありません。"
    elif any(quarter in where for quarter in range(begins, begins + task.rules.lunch_quarters)):
        yield f"{officer.name}さんが昼休みの間に窓口に座っています（{words(begins)}から）。"


def _of_lanes(task: RosterTask, roster: Roster) -> Iterator[str]:
    for lane in task.lanes:
        few = {
            quarter: fewest - roster.at(lane.lane, quarter)
            for quarter, fewest in lane.minimum.items()
            if roster.at(lane.lane, quarter) < fewest
        }
        for first, last in stretches(few):
            missing = max(few[quarter] for quarter in range(first, last))
            yield f"{span_words(first, last)}の「{lane.name}」が最低の人数に{missing}人足りません。"
        many = {quarter: 1 for quarter in lane.needed if roster.at(lane.lane, quarter) > lane.desks}
        for first, last in stretches(many):
            yield f"{span_words(first, last)}の「{lane.name}」には席が{lane.desks}つしかありません。"


def short_of(task: RosterTask, roster: Roster) -> dict[tuple[str, int], int]:
    """Where fewer sit than the wait to be kept needs; not a broken rule, but longer waits."""
    return {
        (lane.lane, quarter): needed - roster.at(lane.lane, quarter)
        for lane in task.lanes
        for quarter, needed in lane.needed.items()
        if roster.at(lane.lane, quarter) < needed
    }


def stretches(quarters: Mapping[int, int] | Sequence[int]) -> list[tuple[int, int]]:
    """Quarter-hours that follow each other, as spans from the first to after the last."""
    found: list[tuple[int, int]] = []
    for quarter in sorted(quarters):
        if found and found[-1][1] == quarter:
            found[-1] = (found[-1][0], quarter + 1)
        else:
            found.append((quarter, quarter + 1))
    return found


def words(quarter: int) -> str:
    """The time at which a quarter-hour begins, as people write it."""
    if quarter >= QUARTERS_A_DAY:
        return "24:00"
    at = time_of(quarter)
    return f"{at.hour}:{at.minute:02d}"


def span_words(first: int, end: int) -> str:
    """A span of quarter-hours."""
    return f"{words(first)}〜{words(end)}"
