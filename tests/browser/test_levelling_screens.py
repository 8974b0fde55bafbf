"""Screens of levelling and 実績 with something in them: axe finds nothing, nothing is cut off, the HTML is valid."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Page
from tests.browser_kit import accessibility_faults, html_faults, reading_faults
from tests.rooms.booking.planned import SIX, offered, past, people
from tests.rooms.insight.counted import counted
from tests.rooms.insight.test_journeys import a_ticket
from tests.unit.insight.attacking import invented

from madoguchi.audit.entries import Actor
from madoguchi.booking.levelling import operations
from madoguchi.booking.models import LaneOfficerRow
from madoguchi.channels.backoffice.levelling.common import next_open_day
from madoguchi.insight import experience as playing
from madoguchi.insight.models import PressRow
from madoguchi.insight.outings import plans
from madoguchi.insight.outings.ways import OutingBudget
from madoguchi.insight.stopwatch import Phase, Round
from madoguchi.residents.places import towns

pytestmark = [
    pytest.mark.browser,
    pytest.mark.urls("tests.browser.urls"),
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("procedures", "residents"),
]
BY = Actor(1, "推進 澪", "", "")
SCREENS = (
    "levelling/", "levelling/?branch=north", "levelling/?day=きのう", "levelling/arrivals/", "levelling/officers/",
    "levelling/lengths/",
    "levelling/proposals/{ready}/", "levelling/proposals/{impossible}/", "levelling/proposals/{waiting}/",
    "insight/", "insight/?by=branch&first=R8.11.1&last=R8.11.9", "insight/?first=H1.1.8",
    "experience/", "experience/{played}/", "experience/{begun}/",
    "coverage/", "coverage/?by=age", "coverage/?by=district_age", "coverage/effect/", "visits/", "visits/{outing}/",
    "visits/{asked}/",
)  # fmt: skip
# Opened by whoever may open lists; the list itself answers a post.
OF_OFFICERS = ("visits/lists/", "visits/{outing}/list/")


@pytest.fixture
def made(city: Mapping[str, Actor]) -> dict[str, int]:
    """A past, people, a proposal of each kind, visits, and played visits."""
    now = timezone.now()
    tomorrow = next_open_day(timezone.localdate())
    offered()
    past(last=timezone.localdate() - timedelta(days=1), weeks=6)

    def proposal(day_after: int = 0) -> int:
        day = tomorrow
        for _ in range(day_after):
            day = next_open_day(day)
        return operations.ask_for_proposal(branch="main", day=day, target_minutes=10, by=BY, now=now)

    people("clerk_hana")
    impossible = proposal(1)
    operations.make_proposal(proposal=impossible, clock=lambda: now, runs=4, effort=0.3)
    people(*SIX)
    ready = proposal()
    operations.make_proposal(proposal=ready, clock=lambda: now, runs=4, effort=0.3)
    operations.adopt(proposal=ready, by=BY, now=now)
    waiting = proposal(2)
    for number in range(6):
        a_ticket(f"t-{number}", late=number * 30)
    played = playing.begin(
        persona="4人家族の転入", of_round=Round.BEFORE, case_number="", by=BY, now=now - timedelta(hours=1)
    )
    for pressed, minutes in (("wait", 60), ("talk", 40), ("end", 20)):
        playing.press(experience=played, pressed=pressed, key=pressed, ago_ms=minutes * 60_000, now=now)
    begun = playing.begin(persona="おくやみ", of_round=Round.AFTER, case_number="", by=BY, now=now)
    assert LaneOfficerRow.objects.count() == 6
    return {
        "ready": ready,
        "impossible": impossible,
        "waiting": waiting,
        "played": played,
        "begun": begun,
    }


@pytest.fixture
def visits(city: Mapping[str, Actor]) -> dict[str, int]:
    """Two counted days with a visit that is worked out, and one that is only asked for."""
    today, known = timezone.localdate(), towns()
    counted(today - timedelta(days=40), invented(4, known, 9000), known)
    counted(today, invented(4, known, 12000), known)
    numbers = [
        plans.ask_for_outing(
            area=area, start="", visit_on=today, budget=OutingBudget(), by=BY, now=timezone.now()
        )
        for area in ("都城の町名", "裾野の町名")
    ]
    plans.make_outing(outing=numbers[0], now=timezone.now(), effort=0.2)
    return dict(zip(("outing", "asked"), numbers, strict=True))


def addresses(made: Mapping[str, int]) -> list[str]:
    return [f"/office/{screen}".format(**made) for screen in SCREENS]


@pytest.mark.needs("Chromium")
@pytest.mark.needs("axe")
@pytest.mark.slow
def test_a_screen_can_be_read_by_everybody(
    made: dict[str, int], visits: dict[str, int], page_of: Callable[[str], Page]
) -> None:
    page, faults = page_of("dx_mio"), []
    for url in addresses(made | visits):
        faults += reading_faults(page, url, statuses=(200, 422))
    assert faults == [], "\n".join(faults)


@pytest.mark.needs("Chromium")
@pytest.mark.needs("axe")
@pytest.mark.slow
def test_coverage_and_visits_on_a_phone_and_a_wide_screen(
    visits: dict[str, int], page_of: Callable[[str], Page]
) -> None:
    """320 and 1280 px: nothing is cut off, and the list opens from its button."""
    page, faults = page_of("dx_mio"), []
    page.set_default_navigation_timeout(
        60_000
    )  # the first page of a process that has opened none takes longest
    for width in (320, 1280):
        page.set_viewport_size({"width": width, "height": 800})
        for screen in ("coverage/", "coverage/effect/", "visits/", "visits/{outing}/"):
            page.goto(f"/office/{screen}".format(**visits))
            wide = page.evaluate(
                "document.scrollingElement.scrollWidth - document.scrollingElement.clientWidth"
            )
            faults += [f"{screen} at {width} is {wide} px too wide"] if wide > 0 else []
            faults += accessibility_faults(page)
            if pictures := os.environ.get("MADOGUCHI_PICTURES"):
                page.screenshot(
                    path=f"{pictures}/{screen.strip('/').replace('/', '-')}-{width}.png".format(**visits),
                    full_page=True,
                )
    page = page_of("herald_aki")
    faults += reading_faults(page, "/office/visits/lists/")
    page.get_by_role("button", name="名簿を開く").first.click()
    page.get_by_role("heading", name="出張の名簿").wait_for()
    assert faults + accessibility_faults(page) == []


@pytest.mark.needs("java")
@pytest.mark.slow
def test_the_html_is_valid(
    made: dict[str, int], visits: dict[str, int], signed_in: Callable[[str], Client], tmp_path: Path
) -> None:
    pages = {url: signed_in("dx_mio").get(url).content.decode() for url in addresses(made | visits)}
    pages["list"] = signed_in("herald_aki").post(f"/office/visits/{visits['outing']}/list/").content.decode()
    faults = html_faults(pages, tmp_path)
    assert faults == [], "\n".join(faults)


@pytest.mark.needs("Chromium")
def test_the_stopwatch_by_keys_is_the_stopwatch_in_the_hand(
    made: dict[str, int], page_of: Callable[[str], Page]
) -> None:
    """Keys pressed at moments of a clock of our own; in between the line is cut. Every phase within 5 seconds of it."""
    page = page_of("dx_mio")
    page.goto(f"/office/experience/{made['begun']}/")
    hand: list[tuple[str, float]] = []

    def press(key: str, pressed: str) -> None:
        page.keyboard.press(key)
        hand.append((pressed, time.perf_counter()))

    press("1", "wait")
    page.wait_for_selector("[data-elapsed]", timeout=10_000)
    time.sleep(1.5)
    page.context.set_offline(True)
    press("4", "talk")
    page.wait_for_selector("[data-unsent]:not([hidden])", timeout=10_000)
    time.sleep(1.5)
    press("e", "question")
    press("3", "write")
    time.sleep(1)
    page.context.set_offline(False)
    page.wait_for_selector(".mdg-watch strong:has-text('書く')", timeout=15_000)
    press("0", "end")
    page.wait_for_selector(".mdg-watch:has-text('終わり')", timeout=15_000)
    found = playing.experience(made["begun"], now=timezone.now()).clocked
    phases = [one for one in hand if one[0] != "question"]
    for (pressed, since), (_next, until) in pairwise(phases):
        assert found.minutes[Phase(pressed)] * 60 == pytest.approx(until - since, abs=1.0), pressed
    assert PressRow.objects.filter(experience=made["begun"]).count() == 5
    assert "1" in page.inner_text("button[value=question] .mdg-count")


@pytest.mark.needs("Chromium")
def test_the_bar_moves_and_the_page_says_when_it_is_done(
    made: dict[str, int], page_of: Callable[[str], Page]
) -> None:
    page = page_of("dx_mio")
    page.goto(f"/office/levelling/proposals/{made['waiting']}/")
    assert "順番を待っています" in page.inner_text("#progress")
    operations.make_proposal(proposal=made["waiting"], clock=timezone.now, runs=4, effort=0.3)
    page.wait_for_selector("text=この案に決める", timeout=15_000)
    assert "きまり" in page.inner_text("main")
