"""Where one is signed in, and ending it from another place (自分のサインイン)."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from allauth.mfa.totp.internal.auth import TOTP
from django.contrib.sessions.backends.base import UpdateError
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone
from tests.rooms.city.conftest import PASSWORD

from madoguchi.audit.models import EntryRow
from madoguchi.city.authority import Role
from madoguchi.city.models import StaffMember
from madoguchi.city.own_sessions import own_sessions

pytestmark = pytest.mark.django_db
URL = "/staff/sessions/"
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"
EDGE = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0"


def browser(name: str = "sato", *, terminal: str = "192.0.2.1", agent: str = FIREFOX) -> Client:
    made = Client(REMOTE_ADDR=terminal, HTTP_USER_AGENT=agent)
    answer = made.post("/staff/login/", {"login": name, "password": PASSWORD})
    assert answer.status_code == 302, answer.content.decode()
    return made


def is_in(one: Client) -> bool:
    return bool(one.get("/screen/signed_in/").status_code == 200)


def handles(one: Client) -> list[str]:
    return re.findall(r'name="session" value="(\w+)"', one.get(URL).content.decode())


def ended(one: Client, **posted: str) -> str:
    """The page after ending something; whoever does shows first, with the password, who they are."""
    asked = one.post(URL, posted)
    if "reauthenticate" in asked.headers["Location"]:
        done = one.post(asked.headers["Location"], {"password": PASSWORD})
        assert done.headers["Location"] == URL
    return one.get(URL).content.decode()


@pytest.fixture
def two(member: Callable[..., int]) -> tuple[Client, Client]:
    member("sato", Role.CLERK)
    return browser(), browser(terminal="192.0.2.77", agent=EDGE)


def test_the_list_says_where_since_when_and_which_is_here(two: tuple[Client, Client]) -> None:
    page = two[0].get(URL).content.decode()
    assert "192.0.2.1" in page and "Firefox（Windows）" in page and "この画面" in page
    assert "192.0.2.77" in page and "Edge（Windows）" in page
    first, second = own_sessions(
        StaffMember.objects.get(), key=two[0].session.session_key, now=timezone.now()
    )
    assert first.here and not second.here
    for one in (first, second):
        assert one.since is not None and abs((timezone.now() - one.since).total_seconds()) < 60
        assert abs((timezone.now() - one.last_used).total_seconds()) < 60


def test_no_key_of_a_session_is_on_the_page(two: tuple[Client, Client]) -> None:
    page = two[0].get(URL).content.decode()
    for key in Session.objects.values_list("session_key", flat=True):
        assert key not in page


def test_one_is_ended_from_another_place(two: tuple[Client, Client]) -> None:
    here, there = two
    (handle,) = handles(here)
    assert is_in(there)
    page = ended(here, act="one", session=handle)
    assert "1件のサインインを終えました" in page
    assert not is_in(there) and is_in(here)
    assert EntryRow.objects.get(activity="own_sessions_ended").body == {"count": 1}


def test_all_others_are_ended_and_this_one_is_not(two: tuple[Client, Client]) -> None:
    here, there = two
    third = browser(terminal="192.0.2.9")
    assert "2件のサインインを終えました" in ended(here, act="others")
    assert is_in(here) and not is_in(there) and not is_in(third)
    assert handles(here) == []
    assert "この画面のほかを、すべて終える" not in here.get(URL).content.decode()


def test_nobody_sees_or_ends_what_is_somebody_elses(
    two: tuple[Client, Client], member: Callable[..., int]
) -> None:
    member("ito", Role.CLERK, desk="desk2")
    other = browser("ito", terminal="192.0.2.200")
    assert "192.0.2.200" not in two[0].get(URL).content.decode()
    (handle,) = handles(two[0])
    wanted: tuple[dict[str, str], ...] = (
        {"act": "one", "session": handle},
        {"act": "others"},
        {"act": "one"},
        {},
    )
    for posted in wanted:
        assert "終えるものはありませんでした" in ended(other, **posted)
    assert is_in(two[0]) and is_in(two[1]) and is_in(other)
    assert not EntryRow.objects.filter(activity="own_sessions_ended").exists()


def test_the_one_that_asks_is_never_ended(two: tuple[Client, Client]) -> None:
    here, there = two
    (of_here,) = handles(there)
    ended(there, act="one", session=of_here)
    assert not is_in(here) and is_in(there)
    (_here,) = (one.handle for one in own_sessions(StaffMember.objects.get(), key=None, now=timezone.now()))
    assert "終えるものはありませんでした" in ended(there, act="one", session=_here)
    assert is_in(there)


def test_ending_asks_again_who_one_is_and_then_not_for_five_minutes(
    two: tuple[Client, Client], settings: Any
) -> None:
    here, there = two
    third = browser(terminal="192.0.2.9")
    assert here.get(URL).status_code == 200, "to look needs no more than the sign-in"
    first = handles(here)[0]
    asked = here.post(URL, {"act": "one", "session": first})
    assert asked.headers["Location"].startswith("/staff/reauthenticate/")
    assert here.post(asked.headers["Location"], {"password": "chigau-aikotoba"}).status_code == 200
    assert is_in(there) and is_in(third), "nothing ends before"
    here.post(asked.headers["Location"], {"password": PASSWORD})
    assert is_in(there) != is_in(third)
    settings.ACCOUNT_REAUTHENTICATION_TIMEOUT = -1
    assert "reauthenticate" in here.post(URL, {"act": "others"}).headers["Location"]
    settings.ACCOUNT_REAUTHENTICATION_TIMEOUT = 300
    assert here.post(URL, {"act": "others"}).headers["Location"] == URL
    assert not is_in(there) and not is_in(third)


def test_what_a_new_password_shut_out_is_not_listed(two: tuple[Client, Client]) -> None:
    here, there = two
    here.post(
        "/staff/password/change/",
        {"oldpassword": PASSWORD, "password1": "yama-no-mukou-no-sora", "password2": "yama-no-mukou-no-sora"},
    )
    assert is_in(here) and not is_in(there)
    assert handles(here) == []


def test_an_ended_session_does_not_come_back_with_what_it_was_doing(two: tuple[Client, Client]) -> None:
    here, there = two
    late = there.session
    ended(here, act="others")
    with pytest.raises(UpdateError):
        late.save()
    assert not is_in(there)


def test_after_a_change_of_the_second_step_it_is_said_where_the_others_are_ended(
    two: tuple[Client, Client],
) -> None:
    TOTP.activate(StaffMember.objects.get(), "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP")
    here = two[0]
    here.post("/staff/reauthenticate/", {"password": PASSWORD})
    page = here.post("/staff/mfa/totp/deactivate/", follow=True).content.decode()
    assert "「サインインしている場所」で終えられます" in page
    assert f'href="{URL}"' in page
