"""Tables of the city room. Private, but for StaffMember, which Django's sign-in needs by name."""

from __future__ import annotations

from django.contrib.auth.models import AbstractUser
from django.db import models

from madoguchi.city.authority import Role


class Municipality(models.Model):
    """The one municipality of this database."""

    code = models.CharField(max_length=6)
    prefecture = models.CharField(max_length=10)
    name = models.CharField(max_length=40)
    mayor_title = models.CharField(max_length=40)
    only = models.BooleanField(default=True, unique=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(only=True), name="city_one_municipality")]


class Department(models.Model):
    """A department (課); `key` is what the catalogue of procedures names."""

    key = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=60)
    order = models.PositiveSmallIntegerField(default=0)


class Branch(models.Model):
    """An office building (本庁・支所)."""

    key = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=60)
    letter = models.CharField(max_length=1, unique=True)


class Desk(models.Model):
    """A seat at which a resident is received (窓口・席)."""

    branch = models.ForeignKey(Branch, on_delete=models.PROTECT, related_name="desks")
    key = models.SlugField(max_length=40)
    name = models.CharField(max_length=60)

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
