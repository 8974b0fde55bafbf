"""A city is set up from a plan, and set up again: what is new, what changes, and that nothing is lost on the way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

import pytest
from django.test import Client
from tests.rooms.city.conftest import NOW, SETTING_UP

from madoguchi.audit.models import EntryRow
from madoguchi.city import queries
from madoguchi.city.applying import (
    AnotherCity,
    NobodyToAdminister,
    WouldGo,
    apply_plan,
    current_plan,
    to_be_changed,
)
from madoguchi.city.authority import Role
from madoguchi.city.models import Branch, CalendarException, Department, Desk, StaffMember
from madoguchi.city.operations import reset_second_step, set_seat, sign_in_link
from madoguchi.city.plan import (
    BranchPlan,
    ChangeKind,
    CityPlan,
    CityProfile,
    DayPlan,
    DepartmentPlan,
    PlanChange,
    StaffPlan,
)

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 24)
SYSTEMS = StaffPlan("S0001", "情報 咲", "systems", None, None, frozenset({Role.SYSTEMS}))
CLERK = StaffPlan("S0002", "窓口 花", "citizens", "main", None, frozenset({Role.CLERK}))
PLAN = CityPlan(
    profile=CityProfile("999997", "まど県", "まどか市", "まどか市長"),
    branches=(
        BranchPlan("main", "本庁", "A", {"desk1": "1番窓口", "desk2": "2番窓口"}),
        BranchPlan("north", "北支所", "B", {"desk1": "1番窓口"}),
    ),
    departments=(
        DepartmentPlan("citizens", "市民課", ("citizens",)),
        DepartmentPlan("hoken", "保険年金課", ("insurance", "pension")),
        DepartmentPlan("systems", "情報政策課", ()),
    ),
    days=(DayPlan(date(2026, 11, 28), True, "土曜開庁"), DayPlan(date(2026, 11, 30), False, "工事")),
    staff=(SYSTEMS, CLERK),
)


def apply(plan: CityPlan, **more: bool) -> list[str]:
    return [str(one) for one in apply_plan(plan=plan, by=SETTING_UP, now=NOW, **more)]


def seat(number: str) -> str:
    found = queries.seat_of(StaffMember.objects.get(username=number))
    return f"{found.branch}/{found.desk}" if found else ""


def acts() -> list[str]:
    return list(EntryRow.objects.order_by("pk").values_list("activity", flat=True))


def test_an_empty_database_becomes_the_city() -> None:
    changes = apply_plan(plan=PLAN, by=SETTING_UP, now=NOW)
    assert {one.kind for one in changes} == {ChangeKind.NEW}
    assert queries.profile() == PLAN.profile
    assert queries.departments() == {"citizens": "市民課", "insurance": "保険年金課", "pension": "保険年金課"}
    days = queries.open_days()
    assert [days.is_open(date(2026, 11, day)) for day in (27, 28, 29, 30)] == [True, True, False, False]
    assert (seat("S0001"), seat("S0002")) == ("", "main/desk1")
    assert acts().count("staff_added") == 2


def test_applied_again_it_changes_nothing_and_records_nothing() -> None:
    apply(PLAN)
    before = acts()
    assert to_be_changed(PLAN, on=TODAY) == ()
    assert apply(PLAN) == []
    assert acts() == before
    assert current_plan() == replace(PLAN, staff=(SYSTEMS, replace(CLERK, desk="desk1")))


def test_a_desk_that_somebody_moved_to_stays_unless_the_plan_names_one() -> None:
    apply(PLAN)
    staff = StaffMember.objects.get(username="S0002").pk
    set_seat(staff=staff, branch="main", desk="desk2", by=SETTING_UP, now=NOW)
    assert apply(PLAN) == []
    assert apply(replace(PLAN, staff=(SYSTEMS, replace(CLERK, desk="desk1")))) == [
        "変わる 職員 S0002: 窓口 花 citizens main/desk2 窓口担当 → 窓口 花 citizens main/desk1 窓口担当"
    ]
    apply(replace(PLAN, staff=(SYSTEMS, replace(CLERK, branch="north"))))
    assert seat("S0002") == "north/desk1"


def test_what_is_gone_needs_a_word_and_is_kept_for_the_cases_that_name_it() -> None:
    apply(PLAN)
    smaller = replace(PLAN, branches=PLAN.branches[:1], departments=PLAN.departments[:2], staff=(
        replace(SYSTEMS, department=None),
    ))  # fmt: skip
    before = acts()
    with pytest.raises(WouldGo, match="--allow-gone") as refused:
        apply(smaller)
    assert {(one.what, one.key) for one in refused.value.gone} == {
        ("庁舎", "north"), ("席", "north/desk1"), ("課", "systems"), ("職員", "S0002"),
    }  # fmt: skip
    assert acts() == before
    assert apply(smaller, gone_allowed=True)
    assert not StaffMember.objects.get(username="S0002").is_active
    assert (Branch.objects.count(), Desk.objects.count(), Department.objects.count()) == (2, 3, 3)
    assert ("north", "desk1") in queries.desk_names()
    assert ("north", "desk1") not in queries.desk_choices()
    assert "systems" not in queries.department_choices()
    assert acts()[-2:] == ["staff_stopped", "city_set_up"]
    assert to_be_changed(smaller, on=TODAY) == ()


def test_whoever_comes_back_is_let_in_again() -> None:
    apply(PLAN)
    apply(replace(PLAN, staff=(SYSTEMS,)), gone_allowed=True)
    assert apply(PLAN) == ["新しい 職員 S0002: 窓口 花 citizens main 窓口担当"]
    assert StaffMember.objects.get(username="S0002").is_active
    assert StaffMember.objects.count() == 2


def test_two_branches_may_change_letters_and_a_letter_of_one_that_is_gone_is_free() -> None:
    apply(PLAN)
    main, north = PLAN.branches
    apply(replace(PLAN, branches=(replace(main, letter="B"), replace(north, letter="A"))))
    assert (queries.branch_letter("main"), queries.branch_letter("north")) == ("B", "A")
    harbour = BranchPlan("harbour", "みなと支所", "A", {"desk1": "1番窓口"})
    apply(replace(PLAN, branches=(replace(main, letter="B"), harbour)), gone_allowed=True)
    assert queries.branch_letter("harbour") == "A"


def test_a_duty_moves_from_one_department_to_another() -> None:
    apply(PLAN)
    citizens, hoken, systems = PLAN.departments
    moved = (
        replace(citizens, duties=("citizens", "pension")),
        replace(hoken, duties=("insurance",)),
        systems,
    )
    apply(replace(PLAN, departments=moved))
    assert queries.departments() == {"citizens": "市民課", "pension": "市民課", "insurance": "保険年金課"}


def test_days_of_the_past_stay_and_a_file_without_days_leaves_them_alone() -> None:
    apply(PLAN)
    CalendarException.objects.create(day=date(2026, 1, 4), is_open=True)
    assert apply(replace(PLAN, days=None)) == []
    apply(replace(PLAN, days=()), gone_allowed=True)
    assert list(CalendarException.objects.values_list("day", flat=True)) == [date(2026, 1, 4)]


def test_in_which_order_duties_stand_is_no_change() -> None:
    apply(PLAN)
    turned = tuple(replace(one, duties=tuple(reversed(one.duties))) for one in PLAN.departments)
    assert any(len(one.duties) > 1 for one in turned)
    assert apply(replace(PLAN, departments=turned)) == []


def test_a_city_that_opens_on_saturdays() -> None:
    apply(replace(PLAN, weekly_closed=frozenset({6}), days=()))
    days = queries.open_days()
    assert days.is_open(date(2026, 12, 5))
    assert not days.is_open(date(2026, 12, 6))
    assert not days.is_open(date(2026, 12, 29))


def test_a_database_keeps_its_city() -> None:
    apply(PLAN)
    other = replace(PLAN, profile=CityProfile("112186", "埼玉県", "深谷市", "深谷市長"))
    with pytest.raises(AnotherCity, match="まどか市（999997）のものです"):
        apply(other, gone_allowed=True)


def test_somebody_must_be_able_to_administer() -> None:
    with pytest.raises(NobodyToAdminister, match="情報システム担当がひとりも"):
        apply(replace(PLAN, staff=(CLERK,)))
    assert current_plan() is None


def test_a_plan_that_fails_half_way_leaves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*args: object, **given: object) -> None:
        raise RuntimeError

    monkeypatch.setattr("madoguchi.city.applying._store_staff", broken)
    with pytest.raises(RuntimeError):
        apply(PLAN)
    assert (current_plan(), acts()) == (None, [])


class TestTheFirstSignIn:
    """A link, once, for a password of one's own: nobody else ever knows one."""

    CHOSEN = "わたしだけがしるあいことば2026"

    def link(self, number: str = "S0002") -> str:
        return sign_in_link(staff=StaffMember.objects.get(username=number).pk, by=SETTING_UP, now=NOW)

    def choose(self, path: str, password: str = CHOSEN) -> Client:
        browser = Client()
        form = browser.get(path, follow=True)
        assert "パスワードを決める" in form.content.decode()
        address = form.request["PATH_INFO"]
        assert path not in address  # the secret is out of the address before anything is typed
        browser.post(address, {"password1": password, "password2": password})
        return browser

    def signs_in(self, password: str, number: str = "S0002") -> bool:
        answer = Client().post("/staff/login/", {"login": number, "password": password})
        return answer.status_code == 302

    def test_before_it_nothing_signs_in(self) -> None:
        apply(PLAN)
        assert not StaffMember.objects.get(username="S0002").has_usable_password()
        assert not self.signs_in("")

    def test_it_works_once(self) -> None:
        apply(PLAN)
        path = self.link()
        self.choose(path)
        assert self.signs_in(self.CHOSEN)
        assert [one for one in acts() if "link" in one or "chosen" in one] == [
            "sign_in_link_made",
            "password_chosen",
        ]
        again = Client().get(path, follow=True).content.decode()
        assert "このリンクは使えません" in again

    def test_a_new_link_ends_the_one_before_and_the_password(self) -> None:
        apply(PLAN)
        first = self.link()
        self.choose(self.link())
        assert "このリンクは使えません" in Client().get(first, follow=True).content.decode()
        self.link()
        assert not self.signs_in(self.CHOSEN)

    def test_it_ends_after_a_week(self, settings: object) -> None:
        apply(PLAN)
        path = self.link()
        settings.PASSWORD_RESET_TIMEOUT = -1  # type: ignore[attr-defined]  # pytest-django's settings take any name
        assert "このリンクは使えません" in Client().get(path, follow=True).content.decode()

    def test_a_weak_password_is_refused(self) -> None:
        apply(PLAN)
        self.choose(self.link(), "mijikai")
        assert not StaffMember.objects.get(username="S0002").has_usable_password()

    def test_a_colleague_who_left_gets_nowhere_with_it(self) -> None:
        apply(PLAN)
        path = self.link()
        apply(replace(PLAN, staff=(SYSTEMS,)), gone_allowed=True)
        Client().get(path, follow=True)
        assert not self.signs_in(self.CHOSEN)

    def test_the_secret_is_in_no_record(self) -> None:
        apply(PLAN)
        key = self.link().rstrip("/").rsplit("-", 1)[-1]
        rows = EntryRow.objects.values_list("activity", "body")
        assert key not in repr(list(rows))


def test_the_second_step_of_a_colleague_is_forgotten_on_record() -> None:
    apply(PLAN)
    staff = StaffMember.objects.get(username="S0002").pk
    reset_second_step(staff=staff, by=SETTING_UP, now=NOW)
    assert EntryRow.objects.get(activity="second_step_reset").body == {"staff": staff}


def test_a_change_reads_as_a_sentence() -> None:
    change = PlanChange(ChangeKind.GONE, "庁舎", "north", "北支所（B）")
    assert str(change) == "なくなる 庁舎 north: 北支所（B）"
    assert isinstance(queries.departments(), Mapping)
