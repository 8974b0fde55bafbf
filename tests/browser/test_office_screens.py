"""The inventory's screens with something in them: axe finds nothing, nothing is cut off, the HTML is valid."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from django.test import Client
from playwright.sync_api import Page
from tests.browser_kit import html_faults, reading_faults
from tests.rooms.catalogue.surveys import BY, NOW, numbered, parquet_of, taken

from madoguchi.catalogue.inventory import city_list, settings
from madoguchi.catalogue.inventory.city_entries import CityEntry, Online
from madoguchi.catalogue.inventory.ease import definition_as_data, shipped
from madoguchi.catalogue.inventory.plan import Quarter
from madoguchi.catalogue.inventory.taking_in import receive_survey, take_survey_in

pytestmark = [
    pytest.mark.browser,
    pytest.mark.urls("tests.browser.urls"),
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("procedures", "residents"),
]
SCREENS = (
    "", "national/?q=国保", "national/?q=見つからない", "national/9062/", "city/", "city/?q=見つからない", "city/new/",
    "city/of/M-0001/", "ease/", "plan/?days=3",
)  # fmt: skip


@pytest.fixture
def surveys() -> list[int]:
    """A survey that is shown, one that was refused, one that waits; a list, a definition and a plan."""
    shown = taken(
        numbered("9062", VOLUME="4473575"),
        numbered("2", LAW="国民健康保険法", NAME="資格取得の届出"),
        numbered("2"),
    )
    refused = receive_survey(title="別の表", file_name="a.csv", content=b"a,b", by=BY, now=NOW)
    take_survey_in(survey=refused, clock=lambda: NOW)
    waiting = receive_survey(
        title="令和7年度", file_name="b.parquet", content=parquet_of(numbered("1")).getvalue(), by=BY, now=NOW
    )
    city_list.add_from_survey(numbers=("9062", "2"), by=BY, now=NOW)
    for name in ("印鑑登録", "印鑑 登録", "やめた手続き"):
        city_list.save(
            entry=CityEntry("", name, volume=1500, online=Online.DONE), version=None, by=BY, now=NOW
        )
    city_list.set_removed(number="M-0005", removed=True, by=BY, now=NOW)
    settings.set_definition(data=definition_as_data(shipped()), by=BY, now=NOW)
    settings.adopt_plan(
        quarters={"M-0001": Quarter(2027, 1)}, days_a_quarter=3, first=Quarter(2026, 3), by=BY, now=NOW
    )
    return [shown, refused, waiting]


def addresses(surveys: list[int]) -> list[str]:
    return [
        *(f"/office/inventory/{screen}" for screen in SCREENS),
        *(f"/office/inventory/surveys/{one}/" for one in surveys),
    ]


@pytest.mark.needs("Chromium")
@pytest.mark.needs("axe")
@pytest.mark.slow
def test_a_screen_of_the_inventory_can_be_read_by_everybody(
    surveys: list[int], page_of: Callable[[str], Page]
) -> None:
    page, faults = page_of("dx_mio"), []
    for url in addresses(surveys):
        faults += reading_faults(page, url)
    assert faults == [], "\n".join(faults)


@pytest.mark.needs("java")
@pytest.mark.slow
def test_the_html_of_the_inventory_is_valid(
    surveys: list[int], signed_in: Callable[[str], Client], tmp_path: Path
) -> None:
    pages = {url: signed_in("dx_mio").get(url).content.decode() for url in addresses(surveys)}
    faults = html_faults(pages, tmp_path)
    assert faults == [], "\n".join(faults)


@pytest.mark.needs("Chromium")
def test_the_bar_moves_and_the_page_says_when_it_is_done(
    surveys: list[int], page_of: Callable[[str], Page]
) -> None:
    page = page_of("dx_mio")
    page.goto(f"/office/inventory/surveys/{surveys[2]}/")
    assert "順番を待っています" in page.inner_text("#progress")
    take_survey_in(survey=surveys[2], clock=lambda: NOW)
    page.wait_for_selector("text=国の調査をさがす", timeout=10_000)
    assert "断った行" in page.inner_text("main")
