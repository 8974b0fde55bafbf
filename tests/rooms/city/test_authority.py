"""Who may open what. The table is written out here a second time, by hand: a change must be made twice."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from tests.rooms.city.conftest import NOW, SETTING_UP

from madoguchi.audit.models import EntryRow
from madoguchi.city.authority import Authority, Role
from madoguchi.city.gate import SIGN_IN_VIEWS
from madoguchi.city.models import StaffMember
from madoguchi.city.operations import set_active

pytestmark = pytest.mark.django_db
EVERYBODY = {"anyone", "signed_in"}
MAY_OPEN = {
    Role.CLERK: EVERYBODY | {"counter", "calls"},
    Role.OFFICER: EVERYBODY | {"department", "calls"},
    Role.REVIEWER: EVERYBODY | {"counter", "calls", "review", "matching"},
    Role.SYSTEMS: EVERYBODY | {"connect", "administer", "disposal"},
    Role.DX: EVERYBODY | {"catalogue", "levelling", "insight"},
    Role.AUDITOR: EVERYBODY | {"audit", "disposal"},
    Role.PROTECTION: EVERYBODY | {"protection", "matching"},
    Role.TICKET_MACHINE: EVERYBODY | {"ticket_machine"},
    Role.CASHIER: EVERYBODY | {"payments"},
    Role.GIFTS: EVERYBODY | {"gifts"},
    Role.OUTREACH: EVERYBODY | {"outreach", "visit_lists"},
    Role.COMMISSIONER: EVERYBODY | {"entrusted"},
    Role.INTERPRETER: EVERYBODY | {"interpret"},
    Role.CONTRACT_RECEPTION: EVERYBODY | {"calls"},
    Role.CONTRACT_PREPARING: EVERYBODY | {"prepare"},
}


def opened(browser: Client) -> set[str]:
    return {one.value for one in Authority if browser.get(f"/screen/{one.value}/").status_code == 200}


@pytest.mark.parametrize("role", Role)
def test_a_role_opens_its_own_screens_and_no_other(signed_in: Callable[..., Client], role: Role) -> None:
    assert opened(signed_in(role)) == MAY_OPEN[role]


def test_two_roles_open_what_each_opens(signed_in: Callable[..., Client]) -> None:
    assert opened(signed_in(Role.OFFICER, Role.AUDITOR)) == EVERYBODY | {
        "department",
        "calls",
        "audit",
        "disposal",
    }


@pytest.mark.parametrize("role", [Role.INTERPRETER, Role.CONTRACT_RECEPTION, Role.CONTRACT_PREPARING])
def test_beside_a_role_from_outside_no_other_counts(signed_in: Callable[..., Client], role: Role) -> None:
    staff = (Role.CLERK, Role.REVIEWER, Role.AUDITOR, Role.PROTECTION, Role.SYSTEMS)
    assert opened(signed_in(role, *staff)) == MAY_OPEN[role]


def test_without_a_role_nothing_opens(signed_in: Callable[..., Client]) -> None:
    assert opened(signed_in()) == EVERYBODY


def test_a_stranger_is_sent_to_the_sign_in(client: Client, city: None) -> None:
    assert opened(client) == {"anyone"}
    answer = client.get("/screen/counter/")
    assert answer.status_code == 302
    assert answer["Location"] == "/staff/login/?next=/screen/counter/"
    assert client.get("/screen/resident/")["Location"].startswith("/my/sign-in/?next=")


def test_a_refusal_says_who_uses_the_screen_and_whom_to_ask_and_is_recorded(
    signed_in: Callable[..., Client],
) -> None:
    answer = signed_in(Role.CLERK).get("/screen/audit/")
    assert answer.status_code == 403
    page = answer.content.decode()
    assert "「監査担当」" in page
    assert "情報システム担当に役割の追加を頼んでください" in page
    line = EntryRow.objects.get(activity="refused")
    assert line.body == {"screen": "screen-audit", "needed": "audit"}
    assert line.staff_id == StaffMember.objects.get().pk


def test_a_view_without_a_declared_authority_does_not_open(signed_in: Callable[..., Client]) -> None:
    browser = signed_in(*Role)
    assert browser.get("/forgotten/").status_code == 403


def test_a_stopped_account_is_out_with_the_next_request(signed_in: Callable[..., Client]) -> None:
    browser = signed_in(Role.CLERK)
    assert browser.get("/screen/counter/").status_code == 200
    set_active(staff=StaffMember.objects.get().pk, active=False, by=SETTING_UP, now=NOW)
    assert browser.get("/screen/counter/").status_code == 302


@pytest.mark.parametrize(
    "address", ["/staff/signup/", "/staff/password/reset/", "/staff/email/", "/staff/password/set/"]
)
def test_what_allauth_offers_besides_stays_shut(signed_in: Callable[..., Client], address: str) -> None:
    assert signed_in(*Role).get(address).status_code == 403
    assert Client().get(address).status_code in (302, 403)


def test_the_listed_sign_in_views_all_exist() -> None:
    def names(patterns: list[URLPattern | URLResolver]) -> set[str | None]:
        found: set[str | None] = set()
        for one in patterns:
            found |= names(one.url_patterns) if isinstance(one, URLResolver) else {one.name}
        return found

    assert set(SIGN_IN_VIEWS) <= names(get_resolver().url_patterns)
