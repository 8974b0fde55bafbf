"""What the other rooms ask of the city: its name, its open days, its departments, and who is acting."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from django.http import HttpRequest

from madoguchi.audit.entries import Actor
from madoguchi.city.authority import Role
from madoguchi.city.models import (
    Branch,
    CalendarException,
    Department,
    Desk,
    Duty,
    Municipality,
    StaffMember,
)
from madoguchi.city.plan import CityProfile
from madoguchi.compiled import CompiledQuery
from madoguchi.jp.open_days import WEEKEND, OpenDays


@dataclass(frozen=True, slots=True)
class Seat:
    """Where a member of staff sits: branch and desk, with the letter that case numbers begin with."""

    branch: str
    branch_name: str
    letter: str
    desk: str
    desk_name: str


_PROFILE = CompiledQuery(
    lambda: Municipality.objects.order_by("pk").values_list("code", "prefecture", "name", "mayor_title")[:1]
)
_WEEKLY = CompiledQuery(lambda: Municipality.objects.order_by("pk").values_list("weekly_closed")[:1])
_EXCEPTIONS = CompiledQuery(lambda: CalendarException.objects.values_list("day", "is_open"))
_DEPARTMENTS = CompiledQuery(
    lambda: Duty.objects.order_by("department__order", "department__key", "key").values_list(
        "key", "department__name"
    )
)
_BRANCHES = CompiledQuery(
    lambda: Branch.objects.filter(in_use=True).order_by("letter").values_list("key", "name")
)
_LETTER = CompiledQuery(lambda branch: Branch.objects.filter(key=branch).values_list("letter"))
_SEAT = CompiledQuery(
    lambda desk: Desk.objects.filter(pk=desk).values_list(
        "branch__key", "branch__name", "branch__letter", "key", "name"
    )
)


class CityNotSetUp(LookupError):
    """No municipality in this database yet."""

    def __init__(self) -> None:
        super().__init__(
            "自治体がまだ設定されていません。"
            "情報システム担当に「madoguchi city apply」での設定を頼んでください（docs/set-up.md）。"
        )


def profile() -> CityProfile:
    """The municipality of this database. Raises CityNotSetUp."""
    row = _PROFILE.first()
    if row is None:
        raise CityNotSetUp
    return CityProfile(*row)


def open_days() -> OpenDays:
    """The city's calendar as a value."""
    weekly = next(iter(_WEEKLY.first() or ()), None)
    return _calendar(tuple(_EXCEPTIONS.rows()), None if weekly is None else tuple(weekly))


@lru_cache(maxsize=8)
def _calendar(rows: tuple[tuple[date, bool], ...], weekly: tuple[int, ...] | None) -> OpenDays:
    """The same value for the same rows: what is decided by it need not be compared day by day."""
    return OpenDays(
        closed=frozenset(day for day, is_open in rows if not is_open),
        opened=frozenset(day for day, is_open in rows if is_open),
        weekly=WEEKEND if weekly is None else frozenset(weekly),
    )


def departments() -> dict[str, str]:
    """Names of the departments by what the catalogue calls them (one may do several duties), in the city's order."""
    return dict(_DEPARTMENTS.rows())


def department_choices() -> dict[str, str]:
    """The departments that are there today, by their own key, in the city's order."""
    return dict(Department.objects.filter(in_use=True).order_by("order", "key").values_list("key", "name"))


def desk_choices() -> dict[tuple[str, str], str]:
    """The desks that are there today, by branch and desk key."""
    names = desk_names()
    there = Desk.objects.filter(in_use=True, branch__in_use=True).order_by("branch__letter", "pk")
    return {place: names[place] for place in there.values_list("branch__key", "key")}


def desk_names() -> dict[tuple[str, str], str]:
    """Names of all desks there ever were, by branch and desk key."""
    return {
        (branch, key): f"{branch_name} {name}"
        for branch, key, branch_name, name in Desk.objects.values_list(
            "branch__key", "key", "branch__name", "name"
        )
    }


def desks_in(branch: str) -> dict[str, str]:
    """Names of the desks of one branch as they are called there, by key."""
    return dict(Desk.objects.filter(branch__key=branch).order_by("pk").values_list("key", "name"))


def branch_names() -> dict[str, str]:
    """The office buildings that are there today, by key."""
    return dict(_BRANCHES.rows())


def branch_letter(branch: str) -> str:
    """The letter with which a branch's case numbers begin."""
    found = _LETTER.first(branch)
    if found is None:
        raise Branch.DoesNotExist
    return str(found[0])


def actor_of(request: HttpRequest) -> Actor:
    """Whoever is signed in, as the audit names them."""
    user = request.user
    assert isinstance(user, StaffMember), "only behind a sign-in"
    return actor_for(user, request)


def actor_for(user: StaffMember, request: HttpRequest) -> Actor:
    """This member of staff, at the terminal of the request."""
    seat = seat_of(user)
    return Actor(
        staff_id=user.pk,
        name=user.display_name or user.username,
        branch=seat.branch if seat else "",
        desk=seat.desk if seat else "",
        terminal=request.META.get("REMOTE_ADDR", ""),
    )


def seat_of(user: StaffMember) -> Seat | None:
    """Where this member of staff sits, if anywhere."""
    if user.desk_id is None:
        return None
    found = _SEAT.first(user.desk_id)
    return Seat(*found) if found else None


def offices_of(staff: Iterable[int]) -> dict[int, str]:
    """The office of each of these members of staff, for people outside: the department, else the building; nobody's name."""
    rows = StaffMember.objects.filter(pk__in=list(staff)).values_list(
        "pk", "department__name", "desk__branch__name"
    )
    return {number: department or branch for number, department, branch in rows if department or branch}


def duties_of(user: StaffMember) -> frozenset[str]:
    """What the catalogue calls the department of this member of staff: one department may do several duties."""
    if user.department_id is None:
        return frozenset()
    return frozenset(Duty.objects.filter(department=user.department_id).values_list("key", flat=True))


def department_name(user: StaffMember) -> str:
    """The name of the department of this member of staff; "" without one."""
    return user.department.name if user.department else ""


def staff_with(role: Role) -> dict[int, str]:
    """Whoever holds a role and may sign in, by number, in the order of their names."""
    rows = StaffMember.objects.filter(is_active=True, role_rows__role=role.value)
    named = rows.order_by("display_name", "username").values_list("pk", "display_name", "username")
    return {pk: display or username for pk, display, username in named}


def staff_names(ids: set[int]) -> dict[int, str]:
    """Display names by id."""
    rows = StaffMember.objects.filter(pk__in=ids).values_list("pk", "display_name", "username")
    return {pk: display or username for pk, display, username in rows}


def system_actor(name: str) -> Actor:
    """The system itself, doing what no person does by hand."""
    return Actor(staff_id=None, name=name, branch="", desk="")


@dataclass(frozen=True, slots=True)
class StaffLine:
    """One member of staff in the list of the office."""

    id: int
    username: str
    name: str
    department: str
    seat: str
    roles: tuple[Role, ...]
    active: bool


def staff() -> tuple[StaffLine, ...]:
    """All staff, by sign-in name."""
    rows = (
        StaffMember.objects.select_related("department", "desk__branch")
        .prefetch_related("role_rows")
        .order_by("username")
    )
    return tuple(
        StaffLine(
            id=row.pk,
            username=row.username,
            name=row.display_name,
            department=row.department.name if row.department else "",
            seat=f"{row.desk.branch.name} {row.desk.name}" if row.desk else "",
            roles=tuple(Role(one.role) for one in row.role_rows.all()),
            active=row.is_active,
        )
        for row in rows
    )
