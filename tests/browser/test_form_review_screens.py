"""The form review's screens, before anybody counted, while it is counted and after: everybody can read them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from django.test import Client
from playwright.sync_api import Page
from tests.browser_kit import html_faults, reading_faults
from tests.rooms.catalogue.surveys import BY, NOW

from madoguchi.catalogue.inventory import city_list
from madoguchi.catalogue.inventory.city_entries import CityEntry
from madoguchi.residents import identifying
from madoguchi.residents.models import IdentifierCountRow

pytestmark = [
    pytest.mark.browser,
    pytest.mark.urls("tests.browser.urls"),
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("procedures", "residents"),
]
SCREENS = ("", "sheets/nhi-enrol/", "sheets/residence-change/", "identifiers/", "identifiers/?all=1", "assumptions/", "print/")  # fmt: skip


def counted() -> None:
    identifying.count(number=identifying.ask_for_count(by=BY, now=NOW), clock=lambda: NOW)
    for procedure, volume in (("nhi-enrol", 1500), ("water-start", 10)):
        city_list.save(
            entry=CityEntry("", procedure, procedure=procedure, volume=volume), version=None, by=BY, now=NOW
        )


def broken_off() -> None:
    asked = identifying.ask_for_count(by=BY, now=NOW)
    IdentifierCountRow.objects.filter(pk=asked).update(
        state="failed", under_way=None, sentence="途中で止まりました。"
    )


def nothing() -> None:
    """Nobody has counted."""


STATES: dict[str, Callable[[], object]] = {
    "not counted": nothing,
    "waiting": lambda: identifying.ask_for_count(by=BY, now=NOW),
    "counted": counted,
    "broken off": broken_off,
}


@pytest.mark.needs("Chromium")
@pytest.mark.needs("axe")
@pytest.mark.parametrize(
    "state",
    [
        "not counted",
        "counted",
        *(pytest.param(one, marks=pytest.mark.slow) for one in ("waiting", "broken off")),
    ],
)
@pytest.mark.slow
def test_a_screen_of_the_form_review_can_be_read_by_everybody(
    state: str, page_of: Callable[[str], Page]
) -> None:
    STATES[state]()
    page, faults = page_of("dx_mio"), []
    for screen in SCREENS:
        url = f"/office/form-review/{screen}"
        faults += reading_faults(page, url)
    assert faults == [], "\n".join(faults)


@pytest.mark.needs("java")
@pytest.mark.slow
def test_the_html_of_the_form_review_is_valid(signed_in: Callable[[str], Client], tmp_path: Path) -> None:
    browser, pages = signed_in("dx_mio"), {}
    for state, bring_about in STATES.items():
        bring_about()
        for url in SCREENS:
            pages[f"{state} {url}"] = browser.get(f"/office/form-review/{url}").content.decode()
        IdentifierCountRow.objects.all().delete()
    faults = html_faults(pages, tmp_path)
    assert faults == [], "\n".join(faults)


@pytest.mark.needs("Chromium")
def test_the_page_of_a_count_says_when_it_is_done(page_of: Callable[[str], Page]) -> None:
    page = page_of("dx_mio")
    page.goto("/office/form-review/identifiers/")
    page.get_by_role("button", name="住民記録で数える").click()
    assert "順番を待っています" in page.inner_text("#progress")
    newest = identifying.newest()
    assert newest is not None
    identifying.count(number=newest.number, clock=lambda: NOW)
    page.wait_for_selector("text=全員が1人に決まる、いちばん小さい組", timeout=10_000)
    assert "宛名番号" in page.inner_text("main")
