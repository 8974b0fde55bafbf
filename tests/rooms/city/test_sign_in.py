"""Signing in: name and password, the lock, the second step, passkeys, the end of a session."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.conf import settings as django_settings
from django.contrib.messages import get_messages
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone
from tests.rooms.city.conftest import PASSWORD

from madoguchi.audit.models import EntryRow
from madoguchi.city.authority import Role
from madoguchi.city.models import StaffMember
from madoguchi.city.session import is_practice
from madoguchi.city.session_store import RENEW_EVERY

pytestmark = pytest.mark.django_db
ENGLISH = re.compile(r">\s*(?:[A-Z][a-z]+ ){1,}[a-z ]*\s*<")


def try_password(
    browser: Client, password: str = "chigau-aikotoba", *, login: str = "sato", address: str = "192.0.2.1"
) -> Any:
    return browser.post("/staff/login/", {"login": login, "password": password}, REMOTE_ADDR=address)


def activities() -> list[str]:
    return list(EntryRow.objects.order_by("id").values_list("activity", flat=True))


def code_of(secret: str) -> str:
    return format_hotp_value(hotp_value(secret, next(yield_hotp_counters_from_time())))


def confirm(browser: Client, address: str = "/staff/reauthenticate/", **given: str) -> None:
    """Show once more who one is, which a change of the second step asks for."""
    assert browser.post(address, given or {"password": PASSWORD}).status_code == 302


@pytest.fixture
def second_step(member: Callable[..., int]) -> str:
    """A clerk with an authenticator app; its secret."""
    staff = StaffMember.objects.get(pk=member("sato", Role.CLERK))
    secret = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
    TOTP.activate(staff, secret)
    return secret


def test_the_sign_in_page_is_ours_and_japanese(client: Client, city: None) -> None:
    page = client.get("/staff/login/").content.decode()
    assert "職員のサインイン" in page
    assert "パスキーでサインイン" in page
    assert "Sign" not in page
    assert "signup" not in page


def test_signing_in_needs_no_word_and_signing_out_has_one(member: Callable[..., int], client: Client) -> None:
    member("sato", Role.CLERK)
    answer = try_password(client, PASSWORD)
    assert answer.status_code == 302
    assert [str(one) for one in get_messages(answer.wsgi_request)] == []
    assert "サインアウトしました。" in client.post("/staff/logout/", follow=True).content.decode()


def test_a_right_password_signs_in_and_is_recorded(signed_in: Callable[..., Client]) -> None:
    browser = signed_in(Role.CLERK)
    assert browser.get("/screen/counter/").status_code == 200
    assert activities()[-1] == "signed_in"
    browser.post("/staff/logout/")
    assert browser.get("/screen/counter/").status_code == 302
    assert activities()[-1] == "signed_out"


def test_a_wrong_password_is_recorded_without_what_was_typed(
    client: Client, member: Callable[..., int]
) -> None:
    pk = member()
    assert "サインインできませんでした" in try_password(client).content.decode()
    try_password(client, login="himitsu-no-aikotoba")
    known, unknown = EntryRow.objects.filter(activity="sign_in_failed").order_by("id")
    assert (known.body, unknown.body) == ({"staff": pk}, {})
    assert known.terminal == "192.0.2.1"
    assert not EntryRow.objects.filter(staff_name__contains="himitsu").exists()


def test_five_wrong_passwords_lock_that_name_at_that_address_only(member: Callable[..., int]) -> None:
    member("sato", Role.CLERK)
    member("suzuki", Role.CLERK)
    browser = Client()
    for _ in range(5):
        last = try_password(browser)
    assert last.status_code == 429
    locked = try_password(browser, PASSWORD)
    assert locked.status_code == 429
    assert "15分止めています" in locked.content.decode()
    assert "sign_in_locked" in activities()
    assert try_password(Client(), PASSWORD, login="suzuki").status_code == 302
    assert try_password(Client(), PASSWORD, address="192.0.2.2").status_code == 302


def test_a_whole_office_behind_one_address_can_sign_in_at_once(member: Callable[..., int]) -> None:
    member("sato", Role.CLERK)
    assert [try_password(Client(), PASSWORD).status_code for _ in range(35)] == [302] * 35


def test_the_second_step_asks_for_a_code_before_anything_opens(client: Client, second_step: str) -> None:
    answer = try_password(client, PASSWORD)
    assert answer["Location"].startswith("/staff/mfa/authenticate/")
    assert client.get("/screen/counter/").status_code == 302
    page = client.get("/staff/mfa/authenticate/").content.decode()
    assert "2段階めの確認" in page
    wrong = client.post("/staff/mfa/authenticate/", {"code": "000000"})
    (error,) = re.findall(r'class="mdg-error"[^>]*>([^<]+)<', wrong.content.decode())
    assert not error.isascii()
    assert "second_step_failed" in activities()
    right = client.post("/staff/mfa/authenticate/", {"code": code_of(second_step)})
    assert right.status_code == 302
    assert client.get("/screen/counter/").status_code == 200
    assert activities()[-1] == "signed_in"


def test_a_code_works_once(client: Client, second_step: str) -> None:
    code = code_of(second_step)
    try_password(client, PASSWORD)
    assert client.post("/staff/mfa/authenticate/", {"code": code}).status_code == 302
    again = Client()
    try_password(again, PASSWORD)
    assert again.post("/staff/mfa/authenticate/", {"code": code}).status_code == 200
    assert again.get("/screen/counter/").status_code == 302


def test_guessing_codes_ends_after_five(client: Client, second_step: str) -> None:
    try_password(client, PASSWORD)
    for _ in range(5):
        client.post("/staff/mfa/authenticate/", {"code": "000000"})
    shut = client.post("/staff/mfa/authenticate/", {"code": code_of(second_step)})
    (error,) = re.findall(r'class="mdg-error"[^>]*>([^<]+)<', shut.content.decode())
    assert not error.isascii()
    assert client.get("/screen/counter/").status_code == 302


def test_an_authenticator_app_is_added_by_its_first_code(
    signed_in: Callable[..., Client], django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    browser = signed_in(Role.CLERK)
    confirm(browser)
    page = browser.get("/staff/mfa/totp/activate/").content.decode()
    assert "認証アプリを加える" in page
    secret = re.search(r"<kbd>([A-Z2-7]+)</kbd>", page)
    assert secret
    with django_capture_on_commit_callbacks(execute=True):
        assert browser.post("/staff/mfa/totp/activate/", {"code": code_of(secret[1])}).status_code == 302
    assert set(Authenticator.objects.values_list("type", flat=True)) == {"totp", "recovery_codes"}
    assert (
        EntryRow.objects.get(activity="second_step_added", body__means="totp").staff_id
        == StaffMember.objects.get().pk
    )
    codes = re.findall(r"<li><kbd>(\w+)</kbd>", browser.get("/staff/mfa/recovery-codes/").content.decode())
    assert len(codes) == 10
    other = Client()
    try_password(other, PASSWORD)
    assert other.post("/staff/mfa/authenticate/", {"code": codes[0]}).status_code == 302
    assert other.get("/screen/counter/").status_code == 200


def test_passkeys_are_offered_and_bound_to_the_host(signed_in: Callable[..., Client]) -> None:
    assert "webauthn" in django_settings.MFA_SUPPORTED_TYPES
    browser = signed_in(Role.CLERK)
    confirm(browser)
    page = browser.get("/staff/mfa/webauthn/add/").content.decode()
    assert "パスキーを加える" in page
    assert '"id": "testserver"' in page
    offer = Client().get("/staff/mfa/webauthn/login/", headers={"Accept": "application/json"}).json()
    options = offer["request_options"]["publicKey"]
    assert options["rpId"] == "testserver"
    assert options["userVerification"] == "required"
    assert len(options["challenge"]) >= 22
    assert Client().post("/staff/mfa/webauthn/login/", {"credential": "{}"}).status_code == 302


PAGES = (
    "/staff/mfa/", "/staff/mfa/totp/activate/", "/staff/mfa/webauthn/add/", "/staff/password/change/",
    "/staff/reauthenticate/", "/staff/logout/",
)  # fmt: skip


@pytest.mark.parametrize("address", PAGES)
def test_each_page_of_the_sign_in_is_in_japanese_in_our_shell(
    signed_in: Callable[..., Client], address: str
) -> None:
    browser = signed_in(Role.CLERK)
    confirm(browser)
    answer = browser.get(address)
    page = answer.content.decode()
    assert answer.status_code == 200
    assert 'class="mdg-header"' in page
    assert not ENGLISH.findall(page)
    assert "<script>" not in page


def test_pages_with_an_authenticator_are_in_japanese_too(client: Client, second_step: str) -> None:
    try_password(client, PASSWORD)
    client.post("/staff/mfa/authenticate/", {"code": code_of(second_step)})
    asked = client.get("/staff/mfa/totp/deactivate/", follow=True)
    assert "本人の確認" in asked.content.decode()
    confirm(client)
    for address in ("/staff/mfa/", "/staff/mfa/recovery-codes/generate/", "/staff/mfa/totp/deactivate/"):
        answer = client.get(address)
        page = answer.content.decode()
        assert answer.status_code == 200, answer.headers
        assert not ENGLISH.findall(page)


def test_a_session_ends_when_idle_and_cannot_be_asked_to_last(
    client: Client, member: Callable[..., int]
) -> None:
    member("sato", Role.CLERK)
    client.post("/staff/login/", {"login": "sato", "password": PASSWORD, "remember": "on"})
    assert client.cookies["sessionid"]["max-age"] == ""  # the browser forgets it when it is closed
    (session,) = Session.objects.all()
    rest = (session.expire_date - timezone.now()).total_seconds()
    # Kept for the half minute in which a session in use is not written again; never longer.
    assert rest <= django_settings.SESSION_COOKIE_AGE + RENEW_EVERY.total_seconds()
    Session.objects.update(expire_date=timezone.now())
    assert client.get("/screen/counter/").status_code == 302


def test_the_shell_carries_the_warning_and_the_button_that_renews(signed_in: Callable[..., Client]) -> None:
    browser = signed_in(Role.CLERK)
    page = browser.get("/staff/mfa/").content.decode()
    assert f'data-seconds="{django_settings.SESSION_COOKIE_AGE}"' in page
    assert "まもなくサインアウトします" in page
    Session.objects.update(expire_date=timezone.now() + timezone.timedelta(seconds=20))
    assert browser.post("/staff/stay/", headers={"Accept": "application/json"}).status_code == 204
    (session,) = Session.objects.all()
    assert (session.expire_date - timezone.now()).total_seconds() > django_settings.SESSION_COOKIE_AGE - 20
    assert browser.post("/staff/stay/", {"next": "/cases/1/"})["Location"] == "/cases/1/"
    assert browser.post("/staff/stay/", {"next": "https://example.invalid/"})["Location"] == "/"


def test_practice_is_of_one_session_and_visible(signed_in: Callable[..., Client]) -> None:
    browser = signed_in(Role.CLERK)
    assert "練習中です" not in browser.get("/staff/mfa/").content.decode()
    browser.post("/staff/practice/", {"on": "yes"})
    answer = browser.get("/staff/mfa/")
    assert is_practice(answer.wsgi_request)
    assert "練習中です" in answer.content.decode()
    browser.post("/staff/practice/", {"on": "no"})
    assert not is_practice(browser.get("/staff/mfa/").wsgi_request)
    assert [name for name in activities() if name.startswith("practice")] == ["practice_on", "practice_off"]
