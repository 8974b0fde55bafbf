"""まどか市 and its invented staff: each role has one person, so that who may do what is plain in a test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import URLPattern, include, path

from madoguchi.audit.entries import Actor
from madoguchi.channels.shared.context import MENU
from madoguchi.city.applying import apply_plan
from madoguchi.city.authority import Authority, Role, needs
from madoguchi.city.operations import add_staff
from madoguchi.city.plan import DepartmentPlan
from madoguchi.config.demo_city import madoka
from madoguchi.procedures.loader import national_pack

NOW = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
SETTING_UP = Actor(None, "設定", "", "")
PASSWORD = "kumo-no-ue-no-hare"
DEPARTMENTS = (
    DepartmentPlan("residents", "市民課", ("citizens",)),
    DepartmentPlan("insurance", "保険年金課", ("insurance", "pension")),
)
MADOKA = replace(madoka(national_pack()), departments=DEPARTMENTS)


def _screen(authority: Authority) -> Callable[..., HttpResponse]:
    @needs(authority)
    def view(request: HttpRequest) -> HttpResponse:
        return HttpResponse(authority.value)

    return view


def forgotten(request: HttpRequest) -> HttpResponse:
    """A view whose author forgot to declare an authority."""
    return HttpResponse("open")


def _menu_of(room: str) -> list[URLPattern]:
    """The screens that the menu points at: this room's tests do without the rooms that show them."""
    names = [name.split(":")[1] for _, name, _ in MENU if name.startswith(room)]
    return [path(f"{room}/{name}", forgotten, name=name) for name in names]


urlpatterns = [
    path("staff/", include("madoguchi.city.urls")),
    path("staff/", include("allauth.account.urls")),
    path("staff/mfa/", include("allauth.mfa.urls")),
    *(path("", include((_menu_of(room), room))) for room in ("counter", "backoffice", "kiosk")),
    path("my/", include(([path("sign-in/", forgotten, name="sign_in")], "my"))),
    path("feedback/", include(([path("", forgotten, name="give")], "feedback"))),
    path("forgotten/", forgotten, name="forgotten"),
    *(path(f"screen/{one.value}/", _screen(one), name=f"screen-{one.value}") for one in Authority),
]


@pytest.fixture(autouse=True)
def _screens(settings: Any) -> Iterator[None]:
    settings.ROOT_URLCONF = __name__
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def city(db: None) -> None:
    apply_plan(plan=MADOKA, by=SETTING_UP, now=NOW)


@pytest.fixture
def member(city: None) -> Callable[..., int]:
    """Add a member of staff with these roles; returns the id."""

    def add(
        username: str = "sato", *roles: Role, department: str | None = "residents", desk: str | None = "desk1"
    ) -> int:
        return add_staff(
            username=username, password=PASSWORD, display_name="佐藤 窓", roles=roles, department=department,
            branch="main", desk=desk, by=SETTING_UP, now=NOW,
        )  # fmt: skip

    return add


@pytest.fixture
def signed_in(member: Callable[..., int], client: Client) -> Callable[..., Client]:
    """A browser in which somebody with these roles has signed in with name and password."""

    def sign_in(*roles: Role) -> Client:
        member("sato", *roles)
        answer = client.post("/staff/login/", {"login": "sato", "password": PASSWORD})
        assert answer.status_code == 302, answer.content.decode()
        return client

    return sign_in
