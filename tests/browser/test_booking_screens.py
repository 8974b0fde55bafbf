"""Booking by residents and at the counter, and residents' own pages: by keyboard, without JavaScript, on a small phone, by axe."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Browser, Page
from tests import cast
from tests.browser_kit import accessibility_faults, html_faults
from tests.personas import SELF
from tests.signing import persona_of, provider_running

from madoguchi.audit.entries import Actor, Purpose
from madoguchi.booking import reserving
from madoguchi.booking.booked import Booked, VisitPart
from madoguchi.booking.models import BookingRow, LaneRow, SlotRow
from madoguchi.booking.offering import Offer, offer, quarters, set_offer
from madoguchi.booking.slots import make_day
from madoguchi.config.demo_city import reception
from madoguchi.connect.twins.identity_provider import Provider
from madoguchi.residents import mandates
from madoguchi.residents.disclosure import disclose
from madoguchi.residents.mandates import MandateKind
from madoguchi.residents.protection import Audience

pytestmark = [
    pytest.mark.browser,
    pytest.mark.urls("tests.browser.urls"),
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("procedures"),
]
PHONE, DESKTOP = {"width": 320, "height": 640}, {"width": 1366, "height": 900}
LOOKED_AT = {
    *(f"online:{name}" for name in ("start", "find", "open", "mine", "contact", "change", "cancel", "days", "times")),
    "counter:bookings", "counter:booking_new", "counter:booking",
    *(f"my:{name}" for name in ("home", "seen", "sign_in", "mail", "mandates", "mandate_ask", "mandate_code")),
    *(f"backoffice:{name}" for name in ("matches", "match", "mandates")),
}  # fmt: skip
SHOTS = os.environ.get("SHOTS")


@pytest.fixture
def today_offered(city: Any) -> Offer:
    """まどか市's offer with the seasons of today: a browser's clock is the real one."""
    set_offer(offer=reception(timezone.localdate()), by=cast.SETTER, now=timezone.now())
    return offer()


@pytest.fixture
def phone(chromium: Browser, live_server: Any) -> Iterator[Page]:
    """A phone of 320 px with JavaScript off."""
    window = chromium.new_context(
        base_url=live_server.url, locale="ja-JP", viewport=PHONE, java_script_enabled=False
    )
    yield window.new_page()
    window.close()


def next_open(offered: Offer, lane: str = "residents", branch: str = "main") -> Any:
    day = timezone.localdate() + timedelta(days=1)
    while not quarters(offered=offered, branch=branch, lane=lane, day=day):
        day += timedelta(days=1)
    return day


def shot(page: Page, name: str) -> None:
    if SHOTS:
        page.screenshot(path=Path(SHOTS) / f"{name}.png", full_page=True)


def held(offered: Offer, quarter: int = 40, **more: Any) -> Booked:
    return reserving.hold(
        offered=offered, branch="main", parts=(VisitPart("moving", 25),), day=next_open(offered), quarter=quarter,
        owner=f"o{quarter}", request=f"r{quarter}", channel="web", now=timezone.now(), **more,
    )  # fmt: skip


@pytest.mark.needs("Chromium")
def test_a_visit_is_booked_changed_and_cancelled_on_a_phone_without_javascript(
    phone: Page, today_offered: Offer, settings: Any
) -> None:
    settings.MAIL_READY = True
    day = next_open(today_offered)
    phone.goto("/book/")
    shot(phone, "p1-start")
    phone.get_by_role("link", name="引越し").first.click()
    shot(phone, "p2-days")
    if day.month != timezone.localdate().month:
        phone.get_by_role("link", name="次の月").click()
    phone.locator(f"a[href*='{day}']").click()
    shot(phone, "p3-times")
    phone.get_by_role("button", name="9:15", exact=False).last.click()
    shot(phone, "p4-contact")
    phone.get_by_label("メールアドレス").fill("resident@example.jp")
    phone.get_by_role("button", name="内容を確かめる").click()
    shot(phone, "p5-check")
    phone.get_by_role("button", name="予約する").click()
    assert "予約できています" in phone.inner_text("h1")
    shot(phone, "p6-mine")
    row = BookingRow.objects.get()
    assert (row.state, row.contact, row.day) == ("confirmed", "resident@example.jp", day)
    assert "resident" not in phone.url
    phone.get_by_role("link", name="日と時間を変える").click()
    shot(phone, "p7-change")
    phone.goto(f"/book/mine/{row.number}/change/?day={day}#times")
    shot(phone, "p8-change-times")
    phone.get_by_role("button", name="10:00", exact=False).last.click()
    row.refresh_from_db()
    assert (row.quarter, row.sequence) == (40, 1)
    phone.get_by_role("link", name="予約を取り消す").click()
    shot(phone, "p9-cancel")
    phone.get_by_role("link", name="取り消さずにもどる").click()
    phone.get_by_role("link", name="予約を取り消す").click()
    phone.get_by_role("button", name="取り消す").click()
    row.refresh_from_db()
    assert row.state == "cancelled"
    assert "取消し" in phone.inner_text("h1")
    shot(phone, "p10-cancelled")
    assert sum(SlotRow.objects.values_list("used", flat=True)) == 0


@pytest.mark.needs("Chromium")
def test_a_visit_is_booked_by_the_keyboard_alone(page: Page, today_offered: Offer) -> None:
    day = next_open(today_offered)
    page.goto(f"/book/at/main/moving/?month={day:%Y-%m}#month")
    assert page.evaluate("document.activeElement.id") in ("month", "")
    for _ in range(60):
        page.keyboard.press("Tab")
        if str(day) in (page.evaluate("document.activeElement.getAttribute('href')") or ""):
            break
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/{day}/")
    while page.evaluate("document.activeElement.getAttribute('name')") != "quarter":
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**/contact/")
    while page.evaluate("document.activeElement.getAttribute('name')") != "book":
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_selector("text=予約できています")


@pytest.mark.needs("Chromium")
def test_the_secret_of_a_link_is_in_no_later_address_and_no_referrer(
    page: Page, today_offered: Offer
) -> None:
    booked = reserving.confirm(number=held(today_offered).number, now=timezone.now())
    asked: list[str] = []
    page.on("request", lambda one: asked.append(one.headers.get("referer", "")))
    page.goto(f"/book/open/{booked.number}/{booked.secret}/")
    page.get_by_role("link", name="日と時間を変える").click()
    assert booked.secret not in page.url + page.evaluate("document.referrer") + " ".join(asked)
    assert page.evaluate("localStorage.length") == 0
    assert booked.secret not in page.evaluate("JSON.stringify({...sessionStorage})")


@pytest.mark.slow
@pytest.mark.needs("Chromium")
@pytest.mark.needs("axe")
@pytest.mark.parametrize("size", [pytest.param(PHONE, id="phone"), pytest.param(DESKTOP, id="desktop")])
def test_the_pages_of_residents_can_be_read_by_everybody(
    page: Page, today_offered: Offer, settings: Any, size: Any
) -> None:
    settings.MAIL_READY = True
    day, faults = next_open(today_offered), []
    lane = LaneRow.objects.get(branch="main", key="bereavement")
    full = next_open(today_offered, "bereavement")
    make_day(lane=lane, day=full, offered=today_offered)
    SlotRow.objects.filter(lane=lane).update(seats=0)
    first = held(today_offered)
    confirmed = reserving.confirm(
        number=held(today_offered, 44).number, contact="a@example.jp", now=timezone.now()
    )
    page.set_viewport_size(size)
    page.goto(f"/book/open/{first.number}/{first.secret}/")
    page.goto(f"/book/open/{confirmed.number}/{confirmed.secret}/")
    gone = reserving.confirm(number=held(today_offered, 56).number, now=timezone.now())
    page.goto(f"/book/open/{gone.number}/{gone.secret}/")
    reserving.cancel(number=gone.number, now=timezone.now())
    for name, url in {
        "start": "/book/", "find": "/book/find/", "days": f"/book/at/main/moving/?month={day:%Y-%m}",
        "bundle": "/book/at/main/moving/?with=insurance&with=children", "times": f"/book/at/main/moving/{day}/",
        "full": f"/book/at/main/bereavement/{full}/", "contact": f"/book/mine/{first.number}/contact/",
        "mine": f"/book/mine/{confirmed.number}/", "change": f"/book/mine/{confirmed.number}/change/",
        "change-times": f"/book/mine/{confirmed.number}/change/?day={day}", "cancel": f"/book/mine/{confirmed.number}/cancel/",
        "gone": f"/book/mine/{gone.number}/", "wrong-link": f"/book/open/{gone.number}/wrong/",
        "vi-days": f"/book/at/main/moving/?month={day:%Y-%m}&language=vi", "vi-times": f"/book/at/main/moving/{day}/",
        "vi-mine": f"/book/mine/{confirmed.number}/", "ko-days": f"/book/at/main/moving/?month={day:%Y-%m}&language=ko",
    }.items():  # fmt: skip
        page.goto(url)
        shot(page, f"{size['width']}-{name}")
        faults += [f"{name} {one}" for one in accessibility_faults(page)]
        wide = page.evaluate("document.scrollingElement.scrollWidth - document.scrollingElement.clientWidth")
        faults += [f"{name} is {wide} px too wide"] if wide > 0 else []
    assert faults == [], "\n".join(faults)


@pytest.mark.needs("Chromium")
@pytest.mark.needs("axe")
@pytest.mark.slow
def test_the_counters_pages_of_bookings_can_be_read_by_everybody(
    page_of: Callable[[str], Page], today_offered: Offer, settings: Any
) -> None:
    settings.MAIL_READY = True
    booked = reserving.confirm(number=held(today_offered).number, now=timezone.now())
    day, page, faults = next_open(today_offered), page_of("clerk_hana"), []
    for width in (640, 1366):
        page.set_viewport_size({"width": width, "height": 900})
        for name, url in {
            "bookings": f"/bookings/?day={day}", "new": "/bookings/new/",
            "new-times": f"/bookings/new/?branch=main&service=moving&day={day}&month={day:%Y-%m}",
            "one": f"/bookings/of/{booked.number}/", "one-change": f"/bookings/of/{booked.number}/?change=yes&day={day}",
        }.items():  # fmt: skip
            page.goto(url)
            page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true })")
            shot(page, f"staff-{width}-{name}")
            faults += [f"{name} {one}" for one in accessibility_faults(page)]
            wide = page.evaluate(
                "document.scrollingElement.scrollWidth - document.scrollingElement.clientWidth"
            )
            faults += [f"{name} is {wide} px too wide"] if wide > 0 else []
    assert faults == [], "\n".join(faults)


@pytest.mark.needs("java")
@pytest.mark.slow
def test_the_html_of_the_bookings_is_valid(
    today_offered: Offer, signed_in: Callable[[str], Client], tmp_path: Path, settings: Any
) -> None:
    settings.MAIL_READY = True
    booked, day = held(today_offered), next_open(today_offered)
    visitor, clerk = Client(), signed_in("clerk_hana")
    visitor.get(f"/book/open/{booked.number}/{booked.secret}/")
    pages = {}
    for url in ("/book/", "/book/find/", "/book/at/main/moving/?with=insurance", f"/book/at/main/moving/{day}/",
                f"/book/mine/{booked.number}/contact/"):  # fmt: skip
        pages[url] = visitor.get(url).content.decode()
    reserving.confirm(number=booked.number, now=timezone.now())
    for url in ("", "change/", f"change/?day={day}", "cancel/"):
        pages[f"mine {url}"] = visitor.get(f"/book/mine/{booked.number}/{url}").content.decode()
    for url in (f"/bookings/?day={day}", f"/bookings/new/?branch=main&service=moving&day={day}",
                f"/bookings/of/{booked.number}/?change=yes&day={day}"):  # fmt: skip
        pages[url] = clerk.get(url).content.decode()
    pages["vi"] = visitor.get("/book/at/main/moving/?with=insurance&language=vi").content.decode()
    faults = html_faults(pages, tmp_path)
    assert faults == [], "\n".join(faults)


@pytest.fixture
def at_home(live_server: Any, settings: Any, residents: Mapping[str, str]) -> Iterator[Provider]:
    """The demo's provider, at which some of the cast sign in from home."""
    people = [persona_of(cast.RESIDENTS[role], role) for role in ("head", "wife", "protected")]
    people.append(persona_of(cast.RESIDENTS["twin_one"], "moved", address="まど県まどか市本町1"))
    settings.MAIL_READY = True
    with provider_running(settings, people, back=f"{live_server.url}/my/back/") as provider:
        settings.PUBLIC_ADDRESS = live_server.url
        yield provider


def come_in(page: Page, role: str) -> None:
    """Sign in over the provider's page, as this one of the cast."""
    page.goto("/my/sign-in/")
    page.get_by_role("link", name="でサインイン").click()
    page.locator(f"button[value={role}]").click()
    page.wait_for_url("**/my/")


@pytest.mark.needs("Chromium")
def test_somebody_signs_in_and_is_represented_on_a_phone_without_javascript(
    phone: Page, at_home: Provider
) -> None:
    phone.goto("/my/seen/")
    phone.get_by_role("link", name="でサインイン").click()
    assert "これは模擬です" in phone.inner_text("main")
    shot(phone, "h1-provider")
    phone.get_by_role("button", name=cast.RESIDENTS["wife"].name.name).click()
    assert phone.inner_text("h1") == "あなたの情報を見た人", "the page that was wanted first"
    phone.goto("/my/mandates/")
    phone.get_by_role("button", name="コードを作る").click()
    code = phone.locator(".mdg-slip__code").inner_text()
    phone.get_by_role("button", name="サインアウト").first.click()
    come_in(phone, "head")
    phone.get_by_role("link", name="代理（家族など").click()
    phone.get_by_role("link", name="代理を頼む").click()
    phone.get_by_label("代理の方のコード").fill(code)
    phone.get_by_label("家族").check()
    phone.get_by_label("いつまで").fill(f"{timezone.localdate() + timedelta(days=90)}")
    phone.get_by_role("button", name="代理を頼む").click()
    assert "引受けを待っています" in phone.inner_text("main")
    phone.get_by_role("button", name="サインアウト").first.click()
    come_in(phone, "wife")
    phone.goto("/my/mandates/")
    phone.get_by_role("button", name="引き受ける").click()
    phone.get_by_role("button", name="この方の手続きをする").click()
    assert "代理として手続きしています" in phone.inner_text("main")


@pytest.mark.needs("Chromium")
@pytest.mark.needs("axe")
@pytest.mark.slow
def test_pages_of_who_signed_in_and_of_staff_who_match_can_be_read_by_everybody(
    page: Page, page_of: Callable[[str], Page], at_home: Provider, city: Mapping[str, Actor], tmp_path: Path
) -> None:
    faults: list[str] = []
    seen: dict[str, str] = {}

    look = partial(looked, page, seen, faults)
    page.goto("/my/back/?state=x&code=y", timeout=60_000)  # the first page of a fresh server
    look("refused")
    come_in(page, "moved")
    look("waits")
    come_in_anew(page, "protected")
    come_in_anew(page, "wife")
    page.goto("/my/mandates/")
    page.get_by_role("button", name="コードを作る").click()
    look("code")
    code = page.locator(".mdg-slip__code").inner_text()
    come_in_anew(page, "head")
    look("home")
    page.goto("/my/mandates/ask/")
    page.get_by_label("代理の方のコード").fill("AAAAA-AAAAA")
    page.get_by_label("委任").check()
    page.get_by_label("いつまで").fill("来年")
    page.get_by_role("button", name="代理を頼む").click()
    look("ask-with-faults")
    asks(code)
    disclose(
        actor=city["clerk_hana"], purpose=Purpose.COUNTER_CASE, resident_nos=[cast.RESIDENTS["head"].resident_no],
        audience=Audience.CLERK, case=None, screen="case", now=timezone.now(),
    )  # fmt: skip
    for name in ("mandates", "seen", "mail"):
        page.goto(f"/my/{name}/")
        look(name)
    page.goto("/my/?language=vi")
    look("home-vi")
    page.get_by_role("button", name="Đăng xuất").first.click()
    look("sign-in-vi")
    assert page.locator("html").get_attribute("lang") == "vi", "the language is kept when somebody signs out"
    at_the_office(page_of("reviewer_jiro"), look)
    assert faults == [], "\n".join(faults)
    assert html_faults(seen, tmp_path) == []


def looked(page: Page, seen: dict[str, str], faults: list[str], name: str) -> None:
    """Look at the page as it stands, large and small, and keep it."""
    for size in (DESKTOP, PHONE):
        page.set_viewport_size(size)  # type: ignore[arg-type]  # two numbers
        shot(page, f"my-{name}-{size['width']}")
        faults.extend(f"{name} {one}" for one in accessibility_faults(page))
        wide = page.evaluate("document.scrollingElement.scrollWidth - document.scrollingElement.clientWidth")
        faults.extend([f"{name} is {wide} px too wide"] if wide > 0 else [])
    seen[name] = page.content()


def at_the_office(page: Page, look: Callable[[str], None]) -> None:
    """What a reviewer sees of somebody in doubt."""
    page.goto("/office/matches/")
    look("matches")
    page.get_by_role("link", name=cast.RESIDENTS["twin_one"].name.name).click()
    look("match")
    page.goto("/office/mandates/")
    look("office-mandates")


def asks(code: str) -> None:
    """The head of the household asks whoever made this code to act for them."""
    mandates.ask(
        principal_no=cast.RESIDENTS["head"].resident_no, code=code.replace("-", ""), kind=MandateKind.FAMILY,
        procedures=(), ends_on=timezone.localdate(), by=SELF, now=timezone.now(),
    )  # fmt: skip


def come_in_anew(page: Page, role: str) -> None:
    page.context.clear_cookies()
    come_in(page, role)
