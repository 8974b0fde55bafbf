"""Tables of the city room. Private, but for StaffMember, which Django's sign-in needs by name."""

from __future__ import annotations

from django.contrib.auth.models import AbstractUser
from django.db import models

from madoguchi.city.authority import Role
from madoguchi.jp.open_days import WEEKEND


def weekend() -> list[int]:
    """Saturday and Sunday, as `date.weekday` counts."""
    return sorted(WEEKEND)


class Municipality(models.Model):
    """The one municipality of this database."""

    code = models.CharField(max_length=6)
    prefecture = models.CharField(max_length=10)
    name = models.CharField(max_length=40)
    mayor_title = models.CharField(max_length=40)
    weekly_closed = models.JSONField(default=weekend)
    only = models.BooleanField(default=True, unique=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(only=True), name="city_one_municipality")]


class Department(models.Model):
    """A department (課) of this city. One that is no longer there stays for the cases that name it."""

    key = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=60)
    order = models.PositiveSmallIntegerField(default=0)
    in_use = models.BooleanField(default=True)


class Duty(models.Model):
    """What the catalogue calls a department (担当), and the department of this city that does it."""

    key = models.SlugField(max_length=40, unique=True)
    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="duties")


class Branch(models.Model):
    """An office building (本庁・支所)."""

    key = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=60)
    letter = models.CharField(max_length=1)
    in_use = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["letter"], condition=models.Q(in_use=True), name="city_letter_once"
            )
        ]


class Desk(models.Model):
    """A seat at which a resident is received (窓口・席)."""

    branch = models.ForeignKey(Branch, on_delete=models.PROTECT, related_name="desks")
    key = models.SlugField(max_length=40)
    name = models.CharField(max_length=60)
    in_use = models.BooleanField(default=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["branch", "key"], name="city_desk_once")]


class CalendarException(models.Model):
    """A day on which the city is open or closed against the national calendar."""

    day = models.DateField(unique=True)
    is_open = models.BooleanField()
    note = models.CharField(max_length=100, default="")


class StaffMember(AbstractUser):
    """A member of staff (職員)."""

    department = models.ForeignKey(Department, null=True, on_delete=models.PROTECT)
    desk = models.ForeignKey(Desk, null=True, on_delete=models.PROTECT)
    display_name = models.CharField(max_length=60, default="")


class StaffRole(models.Model):
    """A role that a member of staff holds."""

    staff = models.ForeignKey(StaffMember, on_delete=models.CASCADE, related_name="role_rows")
    role = models.CharField(max_length=20)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["staff", "role"], name="city_role_once"),
            models.CheckConstraint(
                condition=models.Q(role__in=[role.value for role in Role]), name="city_role_known"
            ),
        ]
