"""A city as it is to be (市の設定): everything that one file says, as one value; and what differs from another.

Nothing here reads a file or the database.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import Enum
from typing import TypeVar

from madoguchi.city.authority import ROLE_NAMES, Role
from madoguchi.jp.open_days import WEEKEND

WEEKDAYS = "月火水木金土日"
Thing = TypeVar("Thing")


@dataclass(frozen=True, slots=True)
class CityProfile:
    """The municipality as documents name it."""

    code: str
    prefecture: str
    name: str
    mayor_title: str


@dataclass(frozen=True, slots=True)
class BranchPlan:
    """A building and its seats: key, name, the letter of its case numbers, desks as key → name."""

    key: str
    name: str
    letter: str
    desks: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class DepartmentPlan:
    """A department and its duties, in any order: what the catalogue of procedures calls the work that it does."""

    key: str
    name: str
    duties: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DayPlan:
    """A day on which the city is open or closed against its week and the national holidays."""

    day: date
    is_open: bool
    note: str


@dataclass(frozen=True, slots=True)
class StaffPlan:
    """A member of staff by staff number. Without a desk, the one they have in that branch stays, else its first."""

    number: str
    name: str
    department: str | None
    branch: str | None
    desk: str | None
    roles: frozenset[Role]


@dataclass(frozen=True, slots=True)
class CityPlan:
    """A whole city. `days` or `staff` None: the file says nothing of them, so they stay as they are."""

    profile: CityProfile
    branches: tuple[BranchPlan, ...]
    departments: tuple[DepartmentPlan, ...]
    weekly_closed: frozenset[int] = WEEKEND
    days: tuple[DayPlan, ...] | None = None
    staff: tuple[StaffPlan, ...] | None = None


class ChangeKind(Enum):
    """What becomes of a thing when the plan is applied."""

    NEW = "new"
    CHANGED = "changed"
    GONE = "gone"

    @property
    def label(self) -> str:
        """In Japanese."""
        return {"new": "新しい", "changed": "変わる", "gone": "なくなる"}[self.value]


@dataclass(frozen=True, slots=True)
class PlanChange:
    """One thing that applying the plan would change: what it is, its key, and how."""

    kind: ChangeKind
    what: str
    key: str
    text: str

    def __str__(self) -> str:
        return f"{self.kind.label} {self.what} {self.key}: {self.text}"


def differences(before: CityPlan | None, after: CityPlan, *, on: date) -> tuple[PlanChange, ...]:
    """What is new, changed and gone in `after`, seen from `before` (None: an empty database).

    Days before `on` are history: they are not missed in the new plan.
    """
    return tuple(_differences(before, after, on))


def _differences(before: CityPlan | None, after: CityPlan, on: date) -> Iterator[PlanChange]:
    yield from _compared(
        "自治体", {before.profile.code: before.profile} if before else {}, {after.profile.code: after.profile},
        lambda one: f"{one.prefecture}{one.name}（{one.mayor_title}）",
    )  # fmt: skip
    was = before or CityPlan(after.profile, (), (), after.weekly_closed)
    yield from _compared(
        "週の閉庁日",
        {"week": was.weekly_closed} if before else {},
        {"week": after.weekly_closed},
        weekday_names,
    )
    yield from _compared(
        "庁舎", {one.key: one for one in was.branches}, {one.key: one for one in after.branches},
        lambda one: f"{one.name}（{one.letter}）",
    )  # fmt: skip
    yield from _compared("席", _desks(was), _desks(after), str)
    yield from _compared(
        "課", {one.key: one for one in was.departments}, {one.key: one for one in after.departments},
        lambda one: f"{one.name}（担当: {'、'.join(sorted(one.duties)) or 'なし'}）",
    )  # fmt: skip
    if after.days is not None:
        known = {one.day.isoformat(): one for one in was.days or () if one.day >= on}
        stated = {one.day.isoformat(): one for one in after.days if one.day >= on}
        yield from _compared("開庁日", known, stated, _day_text)
    if after.staff is not None:
        earlier = {one.number: one for one in was.staff or ()}
        wanted = {one.number: _settled(one, earlier.get(one.number)) for one in after.staff}
        yield from _compared("職員", earlier, wanted, _staff_text)


def _compared(
    what: str, before: Mapping[str, Thing], after: Mapping[str, Thing], text: Callable[[Thing], str]
) -> Iterator[PlanChange]:
    for key, one in after.items():
        if key not in before:
            yield PlanChange(ChangeKind.NEW, what, key, text(one))
        elif text(before[key]) != text(one):
            yield PlanChange(ChangeKind.CHANGED, what, key, f"{text(before[key])} → {text(one)}")
    for key, one in before.items():
        if key not in after:
            yield PlanChange(ChangeKind.GONE, what, key, text(one))


def _desks(plan: CityPlan) -> dict[str, str]:
    return {
        f"{branch.key}/{key}": f"{branch.name} {name}"
        for branch in plan.branches
        for key, name in branch.desks.items()
    }


def _settled(wanted: StaffPlan, before: StaffPlan | None) -> StaffPlan:
    """Without a desk in the file, the desk that they have in that branch is the wanted one."""
    if before is None or wanted.desk is not None or wanted.branch != before.branch:
        return wanted
    return replace(wanted, desk=before.desk)


def weekday_names(days: frozenset[int]) -> str:
    """Days of the week in Japanese, Monday first; 「なし」 for none."""
    return "・".join(WEEKDAYS[day] for day in sorted(days)) or "なし"


def _day_text(one: DayPlan) -> str:
    return ("開ける" if one.is_open else "閉める") + (f"（{one.note}）" if one.note else "")


def _staff_text(one: StaffPlan) -> str:
    place = "/".join(part for part in (one.branch, one.desk) if part)
    roles = "・".join(ROLE_NAMES[role] for role in Role if role in one.roles)
    return " ".join(part or "－" for part in (one.name, one.department, place, roles))
