"""Setting up a city: its name, departments, buildings, staff and calendar."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction

from madoguchi.audit.entries import Actor
from madoguchi.audit.operations import record_act
from madoguchi.city.authority import Role
from madoguchi.city.models import (
    Branch,
    CalendarException,
    Department,
    Desk,
    Municipality,
    StaffMember,
    StaffRole,
)
from madoguchi.city.queries import CityProfile


@dataclass(frozen=True, slots=True)
class BranchPlan:
    """A building and its seats: key, name, the letter of its case numbers, desks as key → name."""

    key: str
    name: str
    letter: str
    desks: Mapping[str, str]


class PasswordRefused(ValueError):
    """A password that is too easily guessed, with the reasons."""

    def __init__(self, reasons: Sequence[str]) -> None:
        self.reasons = tuple(reasons)
        super().__init__("このパスワードは使えません。" + "".join(reasons))


def set_up_city(
    *,
    profile: CityProfile,
    departments: Mapping[str, str],
    branches: Sequence[BranchPlan],
    by: Actor,
    now: datetime,
) -> None:
    """Make the municipality of this database, once. Raises IntegrityError when there is one already."""
    with transaction.atomic():
        Municipality.objects.create(
            code=profile.code,
            prefecture=profile.prefecture,
            name=profile.name,
            mayor_title=profile.mayor_title,
        )
        set_departments(names=departments, by=by, now=now)
        for plan in branches:
            branch = Branch.objects.create(key=plan.key, name=plan.name, letter=plan.letter)
            Desk.objects.bulk_create(
                Desk(branch=branch, key=key, name=name) for key, name in plan.desks.items()
            )
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
    """Add a member of staff; returns the id.

    Raises PasswordRefused for a weak password and IntegrityError when the sign-in name is taken.
    """
    with transaction.atomic():
        member = StaffMember(username=username, display_name=display_name)
        try:
            validate_password(password, member)
        except ValidationError as error:
            raise PasswordRefused(error.messages) from error
        member.set_password(password)
        member.department = Department.objects.get(key=department) if department else None
        member.desk = Desk.objects.get(branch__key=branch, key=desk) if branch and desk else None
        member.save(force_insert=True)
        StaffRole.objects.bulk_create(StaffRole(staff=member, role=role.value) for role in roles)
        record_act(actor=by, activity="staff_added", now=now, staff=member.pk)
    return member.pk


def set_roles(*, staff: int, roles: Sequence[Role], by: Actor, now: datetime) -> None:
    """Let this member of staff hold exactly these roles. Raises StaffMember.DoesNotExist."""
    with transaction.atomic():
        member = StaffMember.objects.get(pk=staff)
        StaffRole.objects.filter(staff=member).delete()
        StaffRole.objects.bulk_create(StaffRole(staff=member, role=role.value) for role in set(roles))
        held = "+".join(sorted(role.value for role in set(roles)))
        record_act(actor=by, activity="roles_set", now=now, staff=staff, roles=held)


def set_seat(*, staff: int, branch: str, desk: str, by: Actor, now: datetime) -> None:
    """Seat this member of staff at a desk. Raises Desk.DoesNotExist for a desk that is not there."""
    with transaction.atomic():
        seat = Desk.objects.get(branch__key=branch, key=desk)
        StaffMember.objects.filter(pk=staff).update(desk=seat)
        record_act(actor=by, activity="seat_set", now=now, staff=staff, branch=branch, desk=desk)


def set_active(*, staff: int, active: bool, by: Actor, now: datetime) -> None:
    """Stop or restart an account; a stopped one is out with its next request. None is ever removed."""
    with transaction.atomic():
        StaffMember.objects.filter(pk=staff).update(is_active=active)
        record_act(actor=by, activity="staff_restarted" if active else "staff_stopped", now=now, staff=staff)


def set_day(*, day: date, is_open: bool, note: str, by: Actor, now: datetime) -> None:
    """Open or close the office on a day, against the national calendar."""
    with transaction.atomic():
        CalendarException.objects.update_or_create(day=day, defaults={"is_open": is_open, "note": note})
        record_act(actor=by, activity="calendar_set", now=now, day=day.isoformat())
