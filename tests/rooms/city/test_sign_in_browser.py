"""Signing in and being signed out in a real browser: a passkey, and the warning before the end."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.sessions.models import Session
from tests.browser_kit import QUIET, chromium_path
from tests.rooms.city.conftest import PASSWORD

from madoguchi.audit.models import EntryRow
from madoguchi.city.authority import Role

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.needs("Chromium"),
]


@pytest.fixture
def page(member: Callable[..., int]) -> Iterator[Any]:
    """A page of a browser whose device holds passkeys and always knows its owner."""
    from playwright.sync_api import sync_playwright

    member("sato", Role.CLERK)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=list(QUIET))
        page = browser.new_page(locale="ja-JP")
        device = page.context.new_cdp_session(page)
        device.send("WebAuthn.enable")
        device.send(
            "WebAuthn.addVirtualAuthenticator",
            {
                "options": {
                    "protocol": "ctap2",
                    "transport": "internal",
                    "hasResidentKey": True,
                    "hasUserVerification": True,
                    "isUserVerified": True,
                }
            },
        )
        yield page
        browser.close()


def test_a_passkey_is_added_and_signs_in_without_a_password(
    page: Any, live_server: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")  # Playwright runs an event loop in this thread
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    office = live_server.url.replace("127.0.0.1", "localhost")
    page.goto(f"{office}/staff/login/?next=/screen/counter/")
    page.get_by_label("利用者名").fill("sato")
    page.get_by_label("パスワード").fill(PASSWORD)
    page.get_by_role("button", name="サインイン", exact=True).click()
    page.wait_for_url(f"{office}/screen/counter/")
    page.goto(f"{office}/staff/mfa/webauthn/add/")
    page.get_by_label("パスワード").fill(PASSWORD)
    page.get_by_role("button", name="確かめる").click()
    page.get_by_label("名前").fill("1番窓口の端末")
    page.get_by_role("button", name="加える").click()
    page.wait_for_url("**/staff/mfa/recovery-codes/**")
    assert Authenticator.objects.filter(type="webauthn").count() == 1
    page.get_by_role("button", name="サインアウト").click()
    page.goto(f"{office}/staff/login/?next=/screen/counter/")
    page.get_by_role("button", name="パスキーでサインイン").click()
    page.wait_for_url(f"{office}/screen/counter/")
    assert page.inner_text("body") == "counter"
    assert not [text for text in complaints if "Content Security Policy" in text]
    done = list(EntryRow.objects.order_by("id").values_list("activity", flat=True))
    assert [name for name in done if name.startswith(("sign", "second"))] == [
        "signed_in", "second_step_added", "second_step_added", "signed_out", "signed_in",
    ]  # fmt: skip


def test_an_unattended_screen_warns_can_be_kept_and_is_left_at_the_end(
    page: Any, live_server: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    page.clock.install()
    page.goto(f"{live_server.url}/staff/login/?next=/staff/mfa/")
    page.get_by_label("利用者名").fill("sato")
    page.get_by_label("パスワード").fill(PASSWORD)
    page.get_by_role("button", name="サインイン", exact=True).click()
    page.wait_for_url(f"{live_server.url}/staff/mfa/")
    warning = page.get_by_role("alertdialog")
    page.clock.fast_forward("50:00")
    assert not warning.is_visible()
    page.clock.fast_forward("06:00")
    warning.wait_for(state="visible")
    page.get_by_role("button", name="続ける").click()
    warning.wait_for(state="hidden")
    Session.objects.all().delete()
    page.clock.fast_forward("01:00:10")
    page.wait_for_url(f"{live_server.url}/staff/login/?next=%2Fstaff%2Fmfa%2F")
