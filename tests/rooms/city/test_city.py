"""The city as other rooms see it: one municipality, departments that stay, a calendar, seats and roles."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from django.db import IntegrityError, transaction
from tests.rooms.city.conftest import MADOKA, NOW

from madoguchi.audit import queries as audit
from madoguchi.audit.entries import Actor
from madoguchi.audit.models import EntryRow
from madoguchi.city import queries
from madoguchi.city.authority import Role
from madoguchi.city.models import Desk, Municipality, StaffMember
from madoguchi.city.operations import (
    PasswordRefused,
    add_staff,
    set_active,
    set_day,
    set_roles,
    set_seat,
)
from madoguchi.jp.check_digits import valid_municipality_code
from madoguchi.jp.municipalities import municipalities

BY = Actor(1, "高橋 情報", "main", "")


def test_the_demo_city_is_nobodys(city: None) -> None:
    assert queries.profile() == MADOKA.profile
    assert valid_municipality_code(MADOKA.profile.code)
    assert MADOKA.profile.code.startswith("99")


def test_there_is_one_city_in_a_database(city: None) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Municipality.objects.create(code="0", prefecture="", name="", mayor_title="")
    with pytest.raises(IntegrityError), transaction.atomic():
        Municipality.objects.create(code="0", prefecture="", name="", mayor_title="", only=False)


@pytest.mark.django_db
def test_a_database_without_a_city_says_what_to_do() -> None:
    with pytest.raises(queries.CityNotSetUp, match="情報システム担当"):
        queries.profile()


def test_a_department_does_what_the_catalogue_calls_several_duties(member: Callable[..., int]) -> None:
    assert queries.departments() == {"citizens": "市民課", "insurance": "保険年金課", "pension": "保険年金課"}
    assert queries.department_choices() == {"residents": "市民課", "insurance": "保険年金課"}
    officer = StaffMember.objects.get(pk=member("yamada", Role.OFFICER, department="insurance"))
    assert queries.duties_of(officer) == {"insurance", "pension"}
    nobodys = StaffMember.objects.get(pk=member("kato", department=None))
    assert queries.duties_of(nobodys) == frozenset()


def test_main_office_and_two_branches_have_letters_of_their_own(city: None) -> None:
    assert [queries.branch_letter(branch) for branch in ("main", "north", "harbour")] == ["A", "B", "C"]
    assert queries.desk_names()["north", "desk2"] == "北支所 2番窓口"


def test_the_calendar_is_the_nations_changed_by_the_city(city: None) -> None:
    sunday, monday = date(2026, 12, 6), date(2026, 12, 7)
    set_day(day=sunday, is_open=True, note="日曜開庁", by=BY, now=NOW)
    set_day(day=monday, is_open=False, note="設備点検", by=BY, now=NOW)
    days = queries.open_days()
    assert [days.is_open(day) for day in (sunday, monday, date(2026, 12, 8))] == [True, False, True]
    set_day(day=monday, is_open=True, note="中止", by=BY, now=NOW)
    assert queries.open_days().is_open(monday)


def test_a_member_of_staff_has_a_seat_a_department_and_roles(member: Callable[..., int]) -> None:
    pk = member("sato", Role.CLERK, Role.REVIEWER)
    (line,) = queries.staff()
    assert (line.id, line.seat, line.department) == (pk, "本庁 1番窓口", "市民課")
    assert set(line.roles) == {Role.CLERK, Role.REVIEWER}
    seat = queries.seat_of(StaffMember.objects.get(pk=pk))
    assert seat == queries.Seat("main", "本庁", "A", "desk1", "1番窓口")


def test_seat_roles_and_use_of_an_account_can_be_changed_and_are_recorded(member: Callable[..., int]) -> None:
    pk = member("sato", Role.CLERK)
    set_seat(staff=pk, branch="north", desk="desk2", by=BY, now=NOW)
    set_roles(staff=pk, roles=[Role.OFFICER, Role.OFFICER], by=BY, now=NOW)
    set_active(staff=pk, active=False, by=BY, now=NOW)
    (line,) = queries.staff()
    assert (line.seat, line.roles, line.active) == ("北支所 2番窓口", (Role.OFFICER,), False)
    assert [entry.activity for entry in audit.staff_timeline(1)] == ["staff_stopped", "roles_set", "seat_set"]


def test_a_seat_that_is_not_there_is_refused(member: Callable[..., int]) -> None:
    pk = member()
    with pytest.raises(Desk.DoesNotExist):
        set_seat(staff=pk, branch="harbour", desk="desk2", by=BY, now=NOW)


@pytest.mark.parametrize("password", ["mijikai", "password123456", "sato"])
def test_a_weak_password_is_refused_with_reasons_and_leaves_nobody(city: None, password: str) -> None:
    with pytest.raises(PasswordRefused, match="このパスワードは使えません"):
        add_staff(
            username="sato", password=password, display_name="佐藤 窓", roles=[Role.CLERK], department=None,
            branch=None, desk=None, by=BY, now=NOW,
        )  # fmt: skip
    assert not StaffMember.objects.exists()
    assert not EntryRow.objects.filter(activity="staff_added").exists()


def test_a_sign_in_name_is_given_once(member: Callable[..., int]) -> None:
    member("sato")
    with pytest.raises(IntegrityError), transaction.atomic():
        member("sato")


def test_no_municipality_of_japan_has_the_code() -> None:
    assert MADOKA.profile.code not in {one.code for one in municipalities()}
    assert MADOKA.profile.name not in {one.name for one in municipalities()}
