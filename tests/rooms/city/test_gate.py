"""At the door: methods that no page has, a sign-in too long ago, a second step that the office asks for, what a browser keeps."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta

import pytest
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.conf import LazySettings
from django.conf import settings as django_settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import timezone

from madoguchi.city.authority import Role
from madoguchi.city.models import StaffMember
from madoguchi.city.passwords import NoOfficeWords
from madoguchi.city.sign_in import SIGNED_IN_AT

pytestmark = pytest.mark.django_db
SignedIn = Callable[..., Client]


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "TRACE", "OPTIONS", "PROPFIND"])
def test_a_method_that_no_page_has_reaches_no_view(signed_in: SignedIn, method: str) -> None:
    answer = signed_in(Role.CLERK).generic(method, "/screen/counter/")
    assert answer.status_code == 405
    assert answer.content == b""
    assert answer.headers["Allow"] == "GET, HEAD, POST"


def aged(browser: Client, **ago: float) -> Client:
    session = browser.session
    session[SIGNED_IN_AT] = (timezone.now() - timedelta(**ago)).isoformat()
    session.save()
    return browser


def test_twelve_hours_end_the_sign_in_of_staff_however_busy(signed_in: SignedIn) -> None:
    browser = signed_in(Role.CLERK)
    assert aged(browser, hours=11, minutes=59).get("/screen/counter/").status_code == 200
    answer = aged(browser, hours=12, minutes=1).get("/screen/counter/")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/staff/login/")
    assert browser.get("/screen/counter/").status_code == 302


def test_a_ticket_machine_stands_for_days(signed_in: SignedIn) -> None:
    assert aged(signed_in(Role.TICKET_MACHINE), days=3).get("/screen/ticket_machine/").status_code == 200


def test_an_office_may_ask_for_a_second_step(signed_in: SignedIn, settings: LazySettings) -> None:
    browser = signed_in(Role.CLERK)
    assert browser.get("/screen/counter/").status_code == 200
    settings.SECOND_STEP_REQUIRED = True
    answer = browser.get("/screen/counter/")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/staff/mfa/")
    assert "2段階めの確認が必要です" in browser.get("/staff/mfa/").content.decode()
    member = StaffMember.objects.get(pk=browser.session["_auth_user_id"])
    RecoveryCodes.activate(member)
    assert browser.get("/screen/counter/").status_code == 302
    TOTP.activate(member, generate_totp_secret())
    assert browser.get("/screen/counter/").status_code == 200


def test_a_ticket_machine_needs_no_second_step(signed_in: SignedIn, settings: LazySettings) -> None:
    settings.SECOND_STEP_REQUIRED = True
    assert signed_in(Role.TICKET_MACHINE).get("/screen/ticket_machine/").status_code == 200


def test_a_browser_keeps_nothing_of_whoever_signed_in(signed_in: SignedIn) -> None:
    browser = signed_in(Role.CLERK)
    assert browser.get("/screen/counter/").headers["Cache-Control"] == "no-store"
    assert "Cache-Control" not in Client().get("/screen/anyone/").headers
    left = browser.post("/staff/logout/")
    assert left.headers["Clear-Site-Data"] == '"cache", "storage"'


@pytest.mark.parametrize(
    "password",
    [
        "madoguchi2026",
        "Ｍａｄｏｇｕｃｈｉ窓口窓口窓口",
        "まどか市役所令和8年",
        "adminpassword1",
        "tanaka-tanaka1",
    ],
)
def test_a_password_that_leans_on_the_office_is_refused(city: None, password: str) -> None:
    with pytest.raises(ValidationError):
        NoOfficeWords().validate(password, StaffMember(username="tanaka"))


@pytest.mark.parametrize("password", ["kumo-no-ue-no-hare", "窓口のむこうにあおいうみ", "x" * 128])
def test_other_passwords_of_any_make_are_taken(city: None, password: str) -> None:
    validate_password(password, StaffMember(username="tanaka"))


def test_headers_of_every_page(city: None) -> None:
    headers = Client().get("/staff/login/").headers
    policy = headers["Content-Security-Policy"]
    for part in ("default-src 'none'", "object-src 'none'", "base-uri 'none'", "frame-ancestors 'none'"):
        assert part in policy
    assert "unsafe" not in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"


def test_cookies_over_https_belong_to_this_host_alone() -> None:
    """The settings are read in a process of their own, as an office with HTTPS has them."""

    said = "import os; os.environ['MADOGUCHI_HTTPS'] = 'yes'; from madoguchi.config import settings as s; print(s.SESSION_COOKIE_NAME, s.CSRF_COOKIE_NAME, s.SESSION_COOKIE_SECURE, s.CSRF_COOKIE_SECURE, s.SECURE_HSTS_SECONDS, s.SECURE_HSTS_INCLUDE_SUBDOMAINS)"
    told = subprocess.run([sys.executable, "-c", said], capture_output=True, text=True, check=True).stdout
    assert told.split() == ["__Host-sessionid", "__Host-csrftoken", "True", "True", "31536000", "True"]
    assert django_settings.SESSION_COOKIE_HTTPONLY
    assert django_settings.SESSION_COOKIE_SAMESITE == "Lax"


def test_a_password_is_changed_by_whoever_knows_it_and_typed_as_one_likes(signed_in: SignedIn) -> None:
    for url, names in (
        ("/staff/login/", {"password"}),
        ("/staff/password/change/", {"oldpassword", "password1", "password2"}),
    ):
        browser = Client() if "login" in url else signed_in(Role.CLERK)
        page = browser.get(url).content.decode()
        fields = {
            name: tag
            for tag in re.findall(r"<input[^>]*>", page)
            for name in re.findall(r'name="(\w+)"', tag)
        }
        assert names <= fields.keys()
        assert all('type="password"' in fields[name] for name in names)
        assert all('autocomplete="off"' not in fields[name] for name in names)
        assert "onpaste" not in page
