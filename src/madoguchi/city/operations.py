"""Running a city: who works here, where they sit, what they may do, and the days it is open."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from allauth.mfa.models import Authenticator
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse

from madoguchi.audit.entries import Actor
from madoguchi.audit.operations import record_act
from madoguchi.city.authority import Role
from madoguchi.city.models import CalendarException, Department, Desk, StaffMember, StaffRole


class PasswordRefused(ValueError):
    """A password that is too easily guessed, with the reasons."""

    def __init__(self, reasons: Sequence[str]) -> None:
        self.reasons = tuple(reasons)
        super().__init__("このパスワードは使えません。" + "".join(reasons))


def add_staff(
    *,
    username: str,
    password: str | None,
    display_name: str,
    roles: Sequence[Role],
    department: str | None,
    branch: str | None,
    desk: str | None,
    by: Actor,
    now: datetime,
) -> int:
    """Add a member of staff; returns the id. Without a password they choose one through their link (`sign_in_link`).

    Raises PasswordRefused for a weak password and IntegrityError when the sign-in name is taken.
    """
    with transaction.atomic():
        member = StaffMember(username=username, display_name=display_name)
        if password is not None:
            try:
                validate_password(password, member)
            except ValidationError as error:
                raise PasswordRefused(error.messages) from error
        member.set_password(password)  # none: a password that nobody can type
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


def set_seat(*, staff: int, branch: str | None, desk: str | None, by: Actor, now: datetime) -> None:
    """Seat this member of staff at a desk, or at none. Raises Desk.DoesNotExist for a desk that is not there."""
    with transaction.atomic():
        seat = Desk.objects.get(branch__key=branch, key=desk) if branch else None
        StaffMember.objects.filter(pk=staff).update(desk=seat)
        record_act(actor=by, activity="seat_set", now=now, staff=staff, branch=branch or "", desk=desk or "")


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


def sign_in_link(*, staff: int, by: Actor, now: datetime) -> str:
    """The path of a link by which this member of staff chooses a password: once, for a week.

    What they could sign in with until now (password, earlier link, open sessions) ends with it. The path is a secret:
    it is shown once, to be handed over in person, and written nowhere. Raises StaffMember.DoesNotExist.
    """
    with transaction.atomic():
        member = StaffMember.objects.get(pk=staff)
        member.set_unusable_password()
        member.save(update_fields=["password"])
        record_act(actor=by, activity="sign_in_link_made", now=now, staff=staff)
    key = {"uidb36": user_pk_to_url_str(member), "key": default_token_generator.make_token(member)}
    return reverse("account_reset_password_from_key", kwargs=key)


def reset_second_step(*, staff: int, by: Actor, now: datetime) -> None:
    """Forget every second step of a colleague who lost theirs; they set up a new one when they next sign in."""
    with transaction.atomic():
        Authenticator.objects.filter(user_id=staff).delete()
        record_act(actor=by, activity="second_step_reset", now=now, staff=staff)
