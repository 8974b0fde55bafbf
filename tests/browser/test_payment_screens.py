"""Paying as it is used: on a small phone without JavaScript, over the real provider's page and back; at the counter, in the office."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Page
from tests.browser_kit import accessibility_faults, html_faults
from tests.rooms.cases.walking import begun, visited

from madoguchi.audit.entries import Actor
from madoguchi.cases import certificate_wishes
from madoguchi.channels.online import views_pay
from madoguchi.connect.paying import give_number
from madoguchi.connect.twins.payment_books import Books
from madoguchi.connect.twins.payment_provider import PaymentTwin
from madoguchi.payments.models import EventRow, PaymentRow

pytestmark = [
    pytest.mark.browser,
    pytest.mark.urls("tests.browser.urls"),
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("procedures"),
]
PHONE = {"width": 320, "height": 640}
LOOKED_AT = {
    "pay:find", "pay:one", "pay:receipt", "pay:back", "counter:payment", "backoffice:payments", "backoffice:payment",
}  # fmt: skip
SHOTS = os.environ.get("SHOTS")


@pytest.fixture
def twin(live_server: Any, settings: Any) -> Iterator[PaymentTwin]:
    """The demo's provider, spoken to over HTTP and telling this server what happened."""
    made = PaymentTwin(
        0, books=Books(":memory:"), tell=f"{live_server.url}/pay/hook/", key="key", secret="secret", silence=3
    )
    for act in (made.serve_forever, made.telling):
        threading.Thread(target=act, daemon=True).start()
    settings.PAYMENT_PROVIDER, settings.PAYMENT_KEY = made.here, "key"
    settings.PAYMENT_SECRETS, settings.PUBLIC_ADDRESS = ["secret"], live_server.url

    before = list(views_pay.FORMS_MAY_GO_TO)
    views_pay.FORMS_MAY_GO_TO[:] = [made.here]
    yield made
    views_pay.FORMS_MAY_GO_TO[:] = before

    made.shutdown()
    made.server_close()


@pytest.fixture
def phone(chromium: Browser, live_server: Any) -> Iterator[Page]:
    """A phone of 320 px with JavaScript off."""
    window = chromium.new_context(
        base_url=live_server.url, locale="ja-JP", viewport=PHONE, java_script_enabled=False
    )
    yield window.new_page()
    window.close()


@pytest.fixture
def case(city: Mapping[str, Actor]) -> str:
    clerk, now = city["clerk_hana"], timezone.now().replace(microsecond=0)
    made = begun(clerk, now=now)
    visited(made, clerk, now=now)
    certificate_wishes.request_certificates(
        case=made, copies={"resident_record": 2}, fees={"resident_record": 300}, by=clerk, now=now
    )
    return made


def shot(page: Page, name: str) -> None:
    if SHOTS:
        page.screenshot(path=Path(SHOTS) / f"{name}.png", full_page=True)


def fits(page: Page) -> bool:
    """Whether nothing has to be scrolled sideways."""
    box = page.locator("html").bounding_box()
    return box is not None and box["width"] <= PHONE["width"]


@pytest.mark.needs("Chromium")
def test_paid_on_a_phone_without_javascript(
    phone: Page, twin: PaymentTwin, case: str, city: Mapping[str, Actor], page_of: Callable[[str], Page]
) -> None:
    asked = give_number(case=case, by=city["clerk_hana"], now=timezone.now())
    phone.goto("/pay/")
    shot(phone, "pay1-find")
    phone.get_by_label("支払い番号").fill(asked.number)
    phone.get_by_label("4桁の数字").fill(asked.code)
    phone.get_by_role("button", name="開く").click()
    assert "600円" in phone.inner_text("main") and fits(phone)
    shot(phone, "pay2-one")
    phone.get_by_role("button", name="600円を支払う").click()
    assert phone.url.startswith(twin.here), "the form may go on to the provider"
    shot(phone, "pay3-provider")
    assert fits(phone)
    phone.get_by_role("button", name="600円を支払う").click()
    phone.wait_for_url("**/pay/*/")
    assert "支払いが済みました" in phone.inner_text("main")
    shot(phone, "pay4-paid")
    phone.get_by_role("link", name="控えを見る").click()
    assert "支払いの控え" in phone.inner_text("h1") and fits(phone)
    shot(phone, "pay5-receipt")
    assert PaymentRow.objects.get().state == "captured"
    assert [one[2] for one in twin.books.movements()] == ["capture"]
    for _attempt in range(50):
        if EventRow.objects.exists():
            break
        phone.wait_for_timeout(100)
    assert EventRow.objects.exists(), "the webhook came over HTTP"


@pytest.mark.needs("Chromium")
@pytest.mark.needs("axe")
@pytest.mark.slow
def test_counter_and_office_are_looked_at(
    twin: PaymentTwin, case: str, page_of: Callable[[str], Page], tmp_path: Path
) -> None:
    page, seen, faults = page_of("clerk_hana"), {}, []

    def look(name: str) -> None:
        faults.extend(f"{name}: {fault}" for fault in accessibility_faults(page))
        seen[name] = page.content()
        shot(page, name)
        page.set_viewport_size(PHONE)
        shot(page, f"{name}-320")
        page.set_viewport_size({"width": 1280, "height": 900})

    page.set_viewport_size({"width": 1280, "height": 900})
    page.goto(f"/cases/{case}/check/")
    page.get_by_role("button", name="書きとめて、支払いの番号へ").click()
    look("counter-before")
    page.get_by_role("button", name="支払い用の番号を渡す").click()
    look("counter-given")
    number, code = (page.locator(one).inner_text() for one in (".mdg-slip__number", ".mdg-slip__code"))
    page.goto(f"/pay/?number={number}")
    page.get_by_label("4桁の数字").fill(code)
    look("pay-find")
    page.get_by_role("button", name="開く").click()
    look("pay-one")
    page.get_by_role("button", name="600円を支払う").click()
    faults.extend(f"provider: {fault}" for fault in accessibility_faults(page))
    page.get_by_label("コンビニ（つくりもの）").check()
    page.get_by_role("button", name="600円を支払う").click()
    page.wait_for_url("**/pay/*/")
    look("pay-paid")
    page.goto(f"/pay/{number}/receipt/")
    look("pay-receipt")
    for tongue, says in (("en", "Payment is complete"), ("vi", "Đã thanh toán xong")):
        page.goto(f"/pay/{number}/?language={tongue}")
        assert says in page.inner_text("main")
        look(f"pay-paid-{tongue}")
    page.goto(f"/pay/{number}/?language=ja")
    page.goto(f"/cases/{case}/payment/")
    assert "支払い済み" in page.inner_text("main")
    look("counter-paid")
    page = page_of("cashier_kin")
    _office(page, twin, look)
    assert faults == []
    assert html_faults(seen, tmp_path) == []


def _office(page: Page, twin: PaymentTwin, look: Callable[[str], None]) -> None:
    """The cashiers' pages: a payment, a refund that waits for the second, a file that differs."""
    page.set_viewport_size({"width": 1280, "height": 900})
    page.goto("/office/payments/")
    look("office-payments")
    page.get_by_role("link", name=PaymentRow.objects.get().number).click()
    look("office-payment")
    page.get_by_label("理由").fill("1通は要らない")
    page.get_by_role("button", name="返金を頼む").click()
    page.goto("/office/payments/")
    look("office-refund")
    day, of, move, key, yen = twin.books.movements()[0]
    wrong = f"day,reference,move,key,yen\r\n{day},{of},{move},{key},{yen - 1}\r\n"
    page.set_input_files("#file", {"name": "day.csv", "mimeType": "text/csv", "buffer": wrong.encode()})
    page.get_by_role("button", name="取り込んで突き合わせる").click()
    assert "599円" in page.inner_text("main")
    page.goto("/office/payments/")
    look("office-differences")
