"""Setting a city up, and setting it again (市の設定の適用): all of a plan or nothing of it.

1. What stands in the database is read as a plan, and the two are compared: new, changed, gone.
2. Whatever would be gone is only taken away when the caller says so; nothing is ever deleted. A department, branch or
   desk that is gone is no longer offered, and stays for the cases that name it; a person who left is stopped.
3. The plan is stored in one transaction, and each change of a member of staff is in the audit.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db import transaction

from madoguchi.audit.entries import Actor
from madoguchi.audit.operations import record_act
from madoguchi.city.authority import Authority, Role, authorities_of
from madoguchi.city.models import (
    Branch,
    CalendarException,
    Department,
    Desk,
    Duty,
    Municipality,
    StaffMember,
)
from madoguchi.city.operations import add_staff, set_active, set_roles, set_seat
from madoguchi.city.plan import (
    BranchPlan,
    ChangeKind,
    CityPlan,
    CityProfile,
    DayPlan,
    DepartmentPlan,
    PlanChange,
    StaffPlan,
    differences,
)

JAPAN = ZoneInfo("Asia/Tokyo")


class AnotherCity(ValueError):
    """The database belongs to another municipality."""

    def __init__(self, here: CityProfile, wanted: CityProfile) -> None:
        super().__init__(
            f"このデータベースは{here.prefecture}{here.name}（{here.code}）のものです。"
            f"{wanted.name}（{wanted.code}）には、別のデータベースを使ってください。"
        )


class WouldGo(ValueError):
    """Applying the plan would take things away, and nobody has said that this is meant."""

    def __init__(self, gone: Sequence[PlanChange]) -> None:
        self.gone = tuple(gone)
        super().__init__(
            f"設定にないものが {len(self.gone)} 件あるため、何も設定していません。"
            "なくしてよければ、もう一度 --allow-gone を付けて実行してください。"
        )


class NobodyToAdminister(ValueError):
    """With this plan nobody could add staff any more."""

    def __init__(self) -> None:
        super().__init__(
            "情報システム担当がひとりもいなくなるため、何も設定していません。職員の役割に「情報システム担当」を入れてください。"
        )


def current_plan() -> CityPlan | None:
    """The city as it stands in the database, as a plan; None before the first set-up."""
    row = Municipality.objects.first()
    if row is None:
        return None
    return CityPlan(
        profile=CityProfile(row.code, row.prefecture, row.name, row.mayor_title),
        branches=tuple(
            BranchPlan(
                branch.key,
                branch.name,
                branch.letter,
                {desk.key: desk.name for desk in branch.desks.all() if desk.in_use},
            )
            for branch in Branch.objects.filter(in_use=True).order_by("pk").prefetch_related("desks")
        ),
        departments=tuple(
            DepartmentPlan(one.key, one.name, tuple(sorted(duty.key for duty in one.duties.all())))
            for one in Department.objects.filter(in_use=True)
            .order_by("order", "key")
            .prefetch_related("duties")
        ),
        weekly_closed=frozenset(row.weekly_closed),
        days=tuple(
            DayPlan(*one)
            for one in CalendarException.objects.order_by("day").values_list("day", "is_open", "note")
        ),
        staff=_staff(),
    )


def _staff() -> tuple[StaffPlan, ...]:
    rows = (
        StaffMember.objects.filter(is_active=True)
        .select_related("department", "desk__branch")
        .prefetch_related("role_rows")
        .order_by("username")
    )
    return tuple(
        StaffPlan(
            number=row.username,
            name=row.display_name,
            department=row.department.key if row.department else None,
            branch=row.desk.branch.key if row.desk else None,
            desk=row.desk.key if row.desk else None,
            roles=frozenset(Role(one.role) for one in row.role_rows.all()),
        )
        for row in rows
    )


def to_be_changed(plan: CityPlan, *, on: date) -> tuple[PlanChange, ...]:
    """What applying this plan would change. Raises AnotherCity and NobodyToAdminister."""
    before = current_plan()
    if before and before.profile.code != plan.profile.code:
        raise AnotherCity(before.profile, plan.profile)
    if plan.staff is not None and not any(
        Authority.ADMINISTER in authorities_of(one.roles) for one in plan.staff
    ):
        raise NobodyToAdminister
    return differences(before, plan, on=on)


def apply_plan(
    *, plan: CityPlan, by: Actor, now: datetime, gone_allowed: bool = False
) -> tuple[PlanChange, ...]:
    """Make the city as the plan has it; returns what changed.

    All or nothing. Raises AnotherCity, NobodyToAdminister, and WouldGo unless `gone_allowed`.
    """
    today = now.astimezone(JAPAN).date()
    with transaction.atomic():
        changes = to_be_changed(plan, on=today)
        gone = [one for one in changes if one.kind is ChangeKind.GONE]
        if gone and not gone_allowed:
            raise WouldGo(gone)
        if not changes:
            return ()
        _store_city(plan)
        _store_departments(plan.departments)
        _store_branches(plan.branches)
        if plan.days is not None:
            _store_days(plan.days, today)
        if plan.staff is not None:
            _store_staff(plan.staff, by=by, now=now)
        record_act(actor=by, activity="city_set_up", now=now, changes=len(changes))
    return changes


def _store_city(plan: CityPlan) -> None:
    Municipality.objects.update_or_create(
        only=True,
        defaults={
            "code": plan.profile.code,
            "prefecture": plan.profile.prefecture,
            "name": plan.profile.name,
            "mayor_title": plan.profile.mayor_title,
            "weekly_closed": sorted(plan.weekly_closed),
        },
    )


def _store_departments(plans: Sequence[DepartmentPlan]) -> None:
    Department.objects.exclude(key__in=[one.key for one in plans]).update(in_use=False)
    for order, one in enumerate(plans):
        row, _ = Department.objects.update_or_create(
            key=one.key, defaults={"name": one.name, "order": order, "in_use": True}
        )
        for duty in one.duties:
            Duty.objects.update_or_create(key=duty, defaults={"department": row})
    done = [duty for one in plans for duty in one.duties]
    Duty.objects.exclude(key__in=done).filter(department__in_use=True).delete()


def _store_branches(plans: Sequence[BranchPlan]) -> None:
    """A letter belongs to one branch in use: all are put out of use first, so that two may change letters."""
    Branch.objects.update(in_use=False)
    for one in plans:
        row, _ = Branch.objects.update_or_create(
            key=one.key, defaults={"name": one.name, "letter": one.letter, "in_use": True}
        )
        Desk.objects.filter(branch=row).exclude(key__in=one.desks).update(in_use=False)
        for key, name in one.desks.items():
            Desk.objects.update_or_create(branch=row, key=key, defaults={"name": name, "in_use": True})


def _store_days(days: Sequence[DayPlan], today: date) -> None:
    """Days of the past stay: the deadlines of old cases were reckoned by them."""
    CalendarException.objects.filter(day__gte=today).exclude(day__in=[one.day for one in days]).delete()
    for one in days:
        CalendarException.objects.update_or_create(
            day=one.day, defaults={"is_open": one.is_open, "note": one.note}
        )


def _store_staff(plans: Sequence[StaffPlan], *, by: Actor, now: datetime) -> None:
    known = {row.username: row for row in StaffMember.objects.prefetch_related("role_rows")}
    for one in plans:
        row = known.get(one.number)
        if row is None:
            add_staff(
                username=one.number,
                password=None,
                display_name=one.name,
                roles=sorted(one.roles, key=lambda role: role.value),
                department=one.department,
                branch=one.branch,
                desk=_desk_of(one, None),
                by=by,
                now=now,
            )
        else:
            _store_member(row, one, by=by, now=now)
    numbers = {one.number for one in plans}
    for number, row in known.items():
        if number not in numbers and row.is_active:
            set_active(staff=row.pk, active=False, by=by, now=now)


def _store_member(row: StaffMember, one: StaffPlan, *, by: Actor, now: datetime) -> None:
    department = Department.objects.get(key=one.department) if one.department else None
    if (row.display_name, row.department_id) != (one.name, department.pk if department else None):
        StaffMember.objects.filter(pk=row.pk).update(display_name=one.name, department=department)
        record_act(actor=by, activity="staff_changed", now=now, staff=row.pk)
    if {role.role for role in row.role_rows.all()} != {role.value for role in one.roles}:
        set_roles(staff=row.pk, roles=list(one.roles), by=by, now=now)
    seat = Desk.objects.select_related("branch").get(pk=row.desk_id) if row.desk_id else None
    desk = _desk_of(one, seat)
    if (seat.branch.key, seat.key) != (one.branch, desk) if seat else one.branch is not None:
        set_seat(staff=row.pk, branch=one.branch, desk=desk, by=by, now=now)
    if not row.is_active:
        set_active(staff=row.pk, active=True, by=by, now=now)


def _desk_of(one: StaffPlan, seat: Desk | None) -> str | None:
    """The desk of the plan; else the one they have in that branch; else the branch's first."""
    if one.branch is None or one.desk is not None:
        return one.desk
    if seat and seat.branch.key == one.branch and seat.in_use:
        return seat.key
    first = Desk.objects.filter(branch__key=one.branch, in_use=True).order_by("pk").first()
    return first.key if first else None
