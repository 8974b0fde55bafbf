"""Setting up a city: its name, departments, buildings, staff and calendar."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from madoguchi.audit.entries import Actor
from madoguchi.audit.operations import record_act
from madoguchi.city.authority import Role
from madoguchi.city.models import Branch, CalendarException, Department, Desk, Municipality, StaffMember, StaffRole
from madoguchi.city.queries import CityProfile


@dataclass(frozen=True, slots=True)
class BranchPlan:
    """A building and its seats: key, name, the letter of its case numbers, desks as key → name."""

    key: str
    name: str
    letter: str
    desks: Mapping[str, str]


def set_up_city(
    *, profile: CityProfile, departments: Mapping[str, str], branches: Sequence[BranchPlan], by: Actor, now: datetime
) -> None:
    """Make the municipality of this database, once. Raises IntegrityError when there is one already."""
    with transaction.atomic():
        Municipality.objects.create(
            code=profile.code, prefecture=profile.prefecture, name=profile.name, mayor_title=profile.mayor_title
        )
        set_departments(names=departments, by=by, now=now)
        for plan in branches:
            branch = Branch.objects.create(key=plan.key, name=plan.name, letter=plan.letter)
            Desk.objects.bulk_create(Desk(branch=branch, key=key, name=name) for key, name in plan.desks.items())
        record_act(actor=by, activity="city_set_up", now=now)


def set_departments(*, names: Mapping[str, str], by: Actor, now: datetime) -> None:
    """Add or rename departments; none is removed, since old cases name it."""
    with transaction.atomic():
        for order, (key, name) in enumerate(names.items()):
            Department.objects.update_or_create(key=key, defaults={"name": name, "order": order})
        record_act(actor=by, activity="departments_set", now=now)


def add_staff(
    *,
    username: str,
    password: str,
    display_name: str,
    roles: Sequence[Role],
    department: str | None,
    branch: str | None,
    desk: str | None,
    by: Actor,
    now: datetime,
) -> int:
    """Add a member of staff; returns the id. Raises IntegrityError when the sign-in name is taken."""
    with transaction.atomic():
        member = StaffMember(username=username, display_name=display_name)
        member.set_password(password)
        member.department = Department.objects.get(key=department) if department else None
        member.desk = Desk.objects.get(branch__key=branch, key=desk) if branch and desk else None
        member.save(force_insert=True)
        StaffRole.objects.bulk_create(StaffRole(staff=member, role=role.value) for role in roles)
        record_act(actor=by, activity="staff_added", now=now, staff=member.pk)
    return member.pk


def set_day(*, day: date, is_open: bool, note: str, by: Actor, now: datetime) -> None:
    """Open or close the office on a day, against the national calendar."""
    with transaction.atomic():
        CalendarException.objects.update_or_create(day=day, defaults={"is_open": is_open, "note": note})
        record_act(actor=by, activity="calendar_set", now=now, day=day.isoformat())
