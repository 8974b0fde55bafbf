"""ワンストップ特例 as it is used: three papers on a phone, without JavaScript, by keyboard alone, in a minute; and in the office."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Page
from tests.browser_kit import accessibility_faults, html_faults
from tests.rooms.furusato.giving import DONOR, TARO, code_of, given

from madoguchi.furusato.models import ApplicationRow
from madoguchi.furusato.same_donor import vouch
from madoguchi.residents.accounts.facts import ClaimedFacts

pytestmark = [
    pytest.mark.browser,
    pytest.mark.urls("tests.browser.urls"),
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("city"),
]
PHONE = {"width": 320, "height": 640}
NUMBERS = ("F-0001", "F-0002", "F-0003")
MOST_SECONDS = 60
LOOKED_AT = {
    "furusato:start", "furusato:gifts", "furusato:check", "furusato:receipt", "furusato:form", "furusato:change",
    "furusato:withdraw", "backoffice:furusato", "backoffice:furusato_gift", "backoffice:furusato_moved", "backoffice:furusato_paper",
}  # fmt: skip
SHOTS = os.environ.get("SHOTS")
MOVED_AWAY = ClaimedFacts(TARO.name, "大阪府大阪市北区中之島一丁目3番20号", TARO.birth, TARO.sex)


@pytest.fixture(autouse=True)
def gifts(city: object) -> None:
    day = timezone.localdate()
    given(
        *(
            {"寄附番号": one, "寄附金額": str(10000 * n), "寄附日": day.isoformat()}
            for n, one in enumerate(NUMBERS, start=1)
        ),
        now=timezone.now(),
    )


@pytest.fixture
def phone(chromium: Browser, live_server: Any) -> Iterator[Page]:
    """A phone of 320 px with JavaScript off."""
    window = chromium.new_context(
        base_url=live_server.url, locale="ja-JP", viewport=PHONE, java_script_enabled=False
    )
    yield window.new_page()
    window.close()


def shot(page: Page, name: str) -> None:
    if SHOTS:
        page.screenshot(path=Path(SHOTS) / f"furusato-{name}.png", full_page=True)


def fits(page: Page) -> bool:
    """Whether nothing has to be scrolled sideways."""
    box = page.locator("html").bounding_box()
    return box is not None and box["width"] <= PHONE["width"]


def tab_to(page: Page, selector: str) -> None:
    """Press Tab until the focus is there; nothing is clicked."""
    wanted = page.locator(selector).first
    for _press in range(60):
        if page.locator(f"{selector}:focus").count():
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"the keyboard never reaches {selector}: {wanted}")


@pytest.mark.needs("Chromium")
def test_three_gifts_in_a_minute_by_keyboard_without_javascript(phone: Page) -> None:
    began = time.monotonic()
    phone.goto(f"/furusato/open/{NUMBERS[0]}/{code_of(NUMBERS[0])}/")  # the QR of the first paper
    for number in NUMBERS[1:]:
        tab_to(phone, "#number")
        phone.keyboard.type(number.lower())
        phone.keyboard.press("Tab")
        phone.keyboard.type(code_of(number))
        phone.keyboard.press("Enter")
        phone.wait_for_selector(f"#choose-{number}")
    assert fits(phone)
    shot(phone, "1-gifts")
    tab_to(phone, "form[method=get] button")
    phone.keyboard.press("Enter")
    phone.wait_for_url("**/check/**")
    assert "3件、合わせて60,000円" in phone.inner_text("main") and fits(phone)
    shot(phone, "2-check")
    for box in ("#no-tax-return", "#at-most-five"):
        tab_to(phone, box)
        phone.keyboard.press("Space")
    tab_to(phone, "main form button")
    phone.keyboard.press("Enter")
    phone.wait_for_url("**/receipt/**")
    took = time.monotonic() - began
    assert "書類を送ってください" in phone.inner_text("main") and fits(phone)
    shot(phone, "3-receipt")
    assert ApplicationRow.objects.count() == 3
    assert took < MOST_SECONDS
    for page in ("form", "change", "withdraw"):
        phone.goto(
            f"{phone.url.split('/receipt/')[0]}/receipt/{phone.url.split('/receipt/')[1].split('/')[0]}/{page}/"
        )
        assert fits(phone), page
        shot(phone, f"4-{page}")
    phone.goto("/furusato/?language=vi")
    assert fits(phone)
    shot(phone, "0-start-vi")


@pytest.mark.needs("Chromium")
@pytest.mark.needs("axe")
@pytest.mark.needs("java")
@pytest.mark.slow
def test_every_screen_is_looked_at(page: Page, page_of: Callable[[str], Page], tmp_path: Path) -> None:
    seen: dict[str, str] = {}
    faults: list[str] = []

    def look(name: str) -> None:
        faults.extend(f"{name}: {fault}" for fault in accessibility_faults(page))
        seen[name] = page.content()
        shot(page, name)
        page.set_viewport_size({"width": 360, "height": 740})
        wide = page.evaluate("document.scrollingElement.scrollWidth - document.scrollingElement.clientWidth")
        faults.extend([f"{name}: {wide} px too wide"] if wide > 0 else [])
        shot(page, f"{name}-360")
        page.set_viewport_size({"width": 1366, "height": 900})

    page.goto("/furusato/")
    look("start")
    page.goto(f"/furusato/open/{NUMBERS[0]}/00000000/")
    look("start-problem")
    for number in NUMBERS[:2]:
        page.goto(f"/furusato/open/{number}/{code_of(number)}/")
    look("gifts")
    page.get_by_role("button", name="申請の確認へ進む").click()
    look("check")
    for box in ("no-tax-return", "at-most-five"):
        page.locator(f"#{box}").check()
    page.get_by_role("button", name="この内容で申請する").click()
    look("receipt")
    receipt = page.url
    page.goto(f"{receipt}form/")
    look("form")
    page.goto(f"{receipt}change/")
    look("change")
    page.get_by_label("住所").fill("大阪府大阪市北区中之島一丁目3番20号")
    page.get_by_label("変わった日").fill("2999-01-01")
    page.get_by_role("button", name="変更を届け出る").click()
    look("change-problem")
    page.get_by_label("変わった日").fill(timezone.localdate().isoformat())
    page.get_by_role("button", name="変更を届け出る").click()
    look("receipt-changed")
    page.goto(f"{receipt}withdraw/")
    look("withdraw")
    page_of("gifts_midori")
    _at_the_desk(page, look)
    assert faults == []
    assert html_faults(seen, tmp_path) == []


def _at_the_desk(page: Page, look: Callable[[str], None]) -> None:
    page.goto("/office/furusato/")
    look("office")
    vouch(account=900, facts=MOVED_AWAY, by=DONOR, now=timezone.now())
    page.goto("/office/furusato/moved/")
    look("office-moved")
    page.goto("/office/furusato/")
    page.get_by_role("link", name=NUMBERS[0]).click()
    look("office-gift")
    page.get_by_role("link", name="この寄附の紙を印刷する").click()
    look("office-paper")
