"""Every screen that opens without a case: axe finds nothing, the HTML is valid, and it holds at 200%."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from django.test import Client
from playwright.sync_api import Page
from tests.browser_kit import accessibility_faults, html_faults, reading_faults

SCREENS = {
    "clerk_hana": ["/cases/", "/cases/?q=A001", "/cases/none/hearing/", "/staff/logout/"],
    "officer_nhi": ["/desk/"],
    "reviewer_jiro": ["/reviews/"],
    "systems_saki": ["/office/changes/", "/office/imports/", "/office/staff/", "/office/certificates/"],
    "dx_mio": [
        "/office/catalogue/",
        "/office/catalogue/nhi-enrol/",
        "/staff/password/change/",
        "/office/audit/",
    ],
    "auditor_ren": ["/office/audit/", "/office/audit/unusual/", "/office/audit/sheet/2026-11-09/"],
    "protector_yuki": ["/office/sheltered/", "/office/sheltered/readings/", "/office/sheltered/emergency/"],
    "nobody_yet": ["/staff/mfa/"],
}
BY_SCREEN = [(username, url) for username, urls in SCREENS.items() for url in urls]
WITHOUT_SIGN_IN = ["/staff/login/", "/gallery/"]
pytestmark = [
    pytest.mark.browser,
    pytest.mark.urls("tests.browser.urls"),
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("procedures", "residents"),
]


@pytest.mark.needs("Chromium")
@pytest.mark.needs("axe")
@pytest.mark.parametrize("username", SCREENS)
def test_axe_finds_nothing(page_of: Callable[[str], Page], username: str) -> None:
    page, faults = page_of(username), []
    for url in SCREENS[username]:
        page.goto(url)
        faults += [f"{url} {one}" for one in accessibility_faults(page)]
    assert faults == [], "\n".join(faults)


@pytest.mark.needs("Chromium")
@pytest.mark.needs("axe")
def test_before_sign_in_everybody_can_read_it(page: Page) -> None:
    faults = [fault for url in WITHOUT_SIGN_IN for fault in reading_faults(page, url)]
    assert faults == [], "\n".join(faults)


@pytest.mark.needs("Chromium")
@pytest.mark.needs("axe")
def test_axe_would_find_a_planted_fault(page: Page) -> None:
    page.goto("/staff/login/")
    page.evaluate("document.querySelector('main').insertAdjacentHTML('beforeend', '<input><img>')")
    found = " ".join(accessibility_faults(page))
    assert "label" in found
    assert "image-alt" in found


@pytest.mark.needs("java")
def test_the_html_is_valid(signed_in: Callable[[str], Client], tmp_path: Path) -> None:
    pages = {url: Client().get(url).content.decode() for url in WITHOUT_SIGN_IN}
    for username, url in BY_SCREEN:
        pages[url] = signed_in(username).get(url, follow=True).content.decode()
    faults = html_faults(pages, tmp_path)
    assert faults == [], "\n".join(faults)


@pytest.mark.needs("java")
def test_the_checker_would_find_a_planted_fault(tmp_path: Path) -> None:
    assert html_faults({"planted": "<!DOCTYPE html><title>x</title><p><div></p>"}, tmp_path) != []
