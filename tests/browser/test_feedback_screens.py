"""Saying something of a page, the office's list, and the page of the public interface: without JavaScript, at 320 px, by axe."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import Browser, Page
from tests.browser_kit import accessibility_faults, html_faults, reading_faults
from tests.cast import NOW

from madoguchi.catalogue.feedback.giving import give
from madoguchi.catalogue.feedback.states import Giver, Verdict
from madoguchi.catalogue.feedback.values import Said

pytestmark = [
    pytest.mark.browser,
    pytest.mark.urls("tests.browser.urls"),
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("procedures"),
]
OF_ANYBODY = ("/api/", "/feedback/", "/feedback/became/")
OF_THE_OFFICE = ("/office/feedback/", "/office/feedback/{number}/")
# The receipt is reached by saying something.
SCREENS = (*OF_ANYBODY, "/feedback/receipt/", *OF_THE_OFFICE)
PHONE = {"width": 320, "height": 640}
SHOTS = os.environ.get("SHOTS")


def shot(page: Page, name: str) -> None:
    if SHOTS:
        page.screenshot(path=f"{SHOTS}/{name}.png", full_page=True)


@pytest.fixture
def number(procedures: str) -> str:
    said = Said(
        Verdict.WRONG, "持ち物の「住所の分かるもの」が何か分かりません。", "counter:procedure", "nhi-enrol",
        Giver.CLERK, "citizens", "ja",
    )  # fmt: skip
    return give(said=said, press="one", now=NOW)


@pytest.fixture
def phone(chromium: Browser, live_server: Any) -> Iterator[Page]:
    """A phone of 320 px with JavaScript off."""
    window = chromium.new_context(
        base_url=live_server.url, locale="ja-JP", viewport=PHONE, java_script_enabled=False
    )
    yield window.new_page()
    window.close()


@pytest.mark.needs("Chromium")
def test_a_resident_says_something_without_javascript(phone: Page) -> None:
    phone.goto("/book/")
    shot(phone, "book_320")
    phone.get_by_role("link", name="このページへのご意見").click()
    assert "about=online" in phone.url
    shot(phone, "give_320")
    phone.get_by_label("わかりにくい").check()
    phone.get_by_label("どこが、どうですか").fill("「空き」の意味が分かりません。電話 090-1234-5678")
    phone.get_by_role("button", name="送る").click()
    shot(phone, "receipt_320")
    number = phone.locator("dd strong").inner_text()
    phone.get_by_role("link", name="どうなったかを見る").click()
    phone.get_by_label("控えの番号").fill(number)
    phone.get_by_role("button", name="見る").click()
    shot(phone, "became_320")
    assert "これから読みます" in phone.content()
    wide = phone.locator("html").bounding_box()
    assert wide is not None and wide["width"] <= PHONE["width"]


@pytest.mark.needs("Chromium")
@pytest.mark.needs("axe")
def test_anybody_can_read_these_pages(page: Page) -> None:
    faults = [fault for url in OF_ANYBODY for fault in reading_faults(page, url)]
    page.goto("/feedback/")
    page.get_by_label("わかりやすい").check()
    page.get_by_role("button", name="送る").click()
    faults += [f"receipt {one}" for one in accessibility_faults(page)]
    assert faults == [], "\n".join(faults)
    for url, name in zip(OF_ANYBODY, ("api", "give", "became"), strict=True):
        page.set_viewport_size({"width": 1280, "height": 900})
        page.goto(url)
        shot(page, f"{name}_1280")


@pytest.mark.needs("Chromium")
@pytest.mark.needs("axe")
def test_the_office_can_read_its_own(page_of: Callable[[str], Page], number: str) -> None:
    page, faults = page_of("dx_mio"), []
    for place, url in enumerate(OF_THE_OFFICE):
        faults += reading_faults(page, url.format(number=number))
        page.set_viewport_size({"width": 1280, "height": 900})
        shot(page, f"office_{place}_1280")
    assert faults == [], "\n".join(faults)


@pytest.mark.needs("java")
@pytest.mark.slow
def test_the_html_is_valid(number: str, signed_in: Callable[[str], Client], tmp_path: Path) -> None:
    browser = Client()
    browser.post("/feedback/", {"verdict": "clear"})
    pages = {url: browser.get(url).content.decode() for url in (*OF_ANYBODY, "/feedback/receipt/")}
    pages |= {
        url: signed_in("dx_mio").get(url.format(number=number)).content.decode() for url in OF_THE_OFFICE
    }
    faults = html_faults(pages, tmp_path)
    assert faults == [], "\n".join(faults)
