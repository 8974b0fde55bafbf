"""The desk that calls and the ticket machine in a browser: axe, size, valid HTML, keys alone, an idle machine."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Page
from tests.browser_kit import accessibility_faults, html_faults
from tests.cast import SETTER
from tests.rooms.booking.queueing import BRANCH, lay_out

from madoguchi.booking.tickets import calling, desks, issuing
from madoguchi.booking.tickets.order import QueueRules
from madoguchi.booking.tickets.states import Priority
from madoguchi.city.models import StaffMember

UPRIGHT, ACROSS = {"width": 1080, "height": 1920}, {"width": 1280, "height": 800}
START = f"/kiosk/{BRANCH}/"
KIOSK = (
    *("", "welcome/", "services/", "unsure/", "booked/", "confirm/?service=moving&service=insurance"),
    *("book/", "book/moving/", "book/moving/{day}/", "book/moving/{day}/?all=yes", "booking/check/"),
    *("booking/done/", "number/"),
)
LONGEST_WORDS = ("vi", "pt-BR", "es")
DESK = ("/calls/", "/calls/day/?first=A001&second=A003")
pytestmark = [
    pytest.mark.browser,
    pytest.mark.urls("tests.browser.urls"),
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("procedures"),
]


@pytest.fixture
def hall(city: object) -> list[issuing.IssuedTicket]:
    """A hall with people of every line, one on hold, one missed, a colleague who serves."""
    lay_out(rules=QueueRules(only_in_hours=False))
    now = timezone.now()
    made = []
    for services in (("moving", "insurance"), ("certificates",), ("moving",), ("moving", "children")):
        made.append(issuing.issue(branch=BRANCH, services=services, by=SETTER, now=now))
    made.append(
        issuing.issue(branch=BRANCH, services=("moving",), by=SETTER, now=now, priority=Priority.CARE)
    )
    made.append(issuing.issue(branch=BRANCH, services=("insurance",), by=SETTER, now=now))
    from madoguchi.audit.entries import Actor

    taro = Actor(StaffMember.objects.get(username="clerk_taro").pk, "窓口 太郎", BRANCH, "desk2")
    desks.open_desk(branch=BRANCH, desk="desk2", lanes=["residents"], by=taro, now=now)
    for act in (calling.not_here, calling.start):
        called = calling.call_next(branch=BRANCH, desk="desk2", by=taro, now=now)
        assert called is not None
        act(branch=BRANCH, ticket=called.ticket, desk="desk2", by=taro, now=now)
    calling.hold(branch=BRANCH, ticket=made[2].ticket, by=SETTER, now=now)
    return made


def looked_at(page: Page, name: str) -> None:
    """Keep a picture for a person to look at, where the folder for it is given."""
    folder = os.environ.get("MADOGUCHI_PICTURES")
    if folder:
        page.screenshot(path=str(Path(folder) / f"{name}.png"), full_page=True)


def take_number(page: Page) -> None:
    page.goto(START)
    page.get_by_role("link", name="予約なし").click()
    page.get_by_role("button", name="住所の変更").click()
    page.get_by_role("button", name="番号を取る").first.click()
    page.wait_for_url(f"**{START}number/")


def speak(page: Page, code: str) -> None:
    """Choose a language as a visitor does."""
    page.goto(START)
    page.locator(f"button[name=language][value={code}]").click()
    page.wait_for_url(f"**{START}welcome/")


def go_to(page: Page, address: str) -> None:
    """Open a page of the machine as somebody who came this far."""
    if address == "number/":
        page.goto(f"{START}confirm/?service=moving")
        page.locator("button[data-main]").click()
        page.wait_for_url(f"**{START}number/")
        return
    if address == "booking/check/":
        page.goto(f"{START}book/moving/")
        page.locator(".mdg-kiosk-pick").first.click()
        page.locator("button.mdg-kiosk-choice").first.click()
        page.wait_for_url(f"**{START}booking/check/")
        return
    if address == "booking/done/":
        page.locator("button[data-main]").click()
        page.wait_for_url(f"**{START}booking/done/")
        return
    if "{day}" in address:
        page.goto(f"{START}book/moving/")
        link = page.locator(".mdg-kiosk-pick").first.get_attribute("href") or ""
        address = address.format(day=link.rstrip("/").rsplit("/", 1)[1])
    page.goto(START + address)


@pytest.mark.needs("Chromium")
@pytest.mark.needs("axe")
@pytest.mark.parametrize(
    ("size", "language"),
    [
        (ACROSS, LONGEST_WORDS[0]),
        # the rest by `make looks`
        *(pytest.param(ACROSS, one, marks=pytest.mark.slow) for one in ("ja", *LONGEST_WORDS[1:])),
        pytest.param(UPRIGHT, "ja", marks=pytest.mark.slow),
        pytest.param(UPRIGHT, "zh-Hans", marks=pytest.mark.slow),
    ],
)
def test_every_page_of_the_machine_is_clean_and_fits(
    page_of: Callable[[str], Page], hall: list[issuing.IssuedTicket], size: dict[str, int], language: str
) -> None:
    page = page_of("machine_one")
    page.set_viewport_size(size)
    page.goto("/kiosk/")
    assert accessibility_faults(page) == []
    for address in KIOSK:
        if address and language != "ja" and page.url.endswith(START):
            speak(page, language)
        go_to(page, address)
        assert accessibility_faults(page) == [], address
        over = page.evaluate(
            "[document.documentElement.scrollWidth - innerWidth, document.documentElement.scrollHeight - innerHeight]"
        )
        name = address.strip("/").replace("/", "-").replace("{day}", "day").replace("?", "-") or "start"
        looked_at(page, f"kiosk-{size['width']}-{language}-{name}")
        assert over[0] <= 0 and over[1] <= 0, (address, over)
        small = page.evaluate(
            "[...document.querySelectorAll('main a, main button, footer a, footer button')]"
            ".filter(one => one.getBoundingClientRect().height < 64).map(one => one.textContent)"
        )
        assert small == []


@pytest.mark.needs("Chromium")
def test_a_visit_is_booked_by_keys_alone(
    page_of: Callable[[str], Page], hall: list[issuing.IssuedTicket]
) -> None:
    page = page_of("machine_one")
    page.goto(START)

    def press(name: str) -> None:
        for _ in range(40):
            page.keyboard.press("Tab")
            if page.evaluate("document.activeElement.textContent").strip().startswith(name):
                outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
                assert outline != "none", name
                with page.expect_navigation():
                    page.keyboard.press("Enter")
                return
        raise AssertionError(f"no key leads to {name}")

    press("English")
    press("Book a visit for another day")
    press("住所の変更")
    first = page.locator(".mdg-kiosk-pick").first.inner_text().splitlines()[0]
    press(first)
    press(page.locator(".mdg-kiosk-choice").first.inner_text().splitlines()[0])
    press("Book")
    assert page.url.endswith("booking/done/")
    assert "Your visit is booked" in page.locator("h1").inner_text()


@pytest.mark.needs("Chromium")
def test_an_idle_machine_goes_back_and_has_forgotten(
    page_of: Callable[[str], Page], hall: list[issuing.IssuedTicket]
) -> None:
    page = page_of("machine_one")
    page.clock.install()
    take_number(page)
    number = page.locator(".mdg-kiosk-number").inner_text()
    page.clock.run_for(20_000)
    assert page.locator(".mdg-kiosk-number").inner_text() == number
    page.mouse.click(5, 400)
    page.clock.run_for(20_000)
    assert page.url.endswith("number/"), "a touch begins the time anew"
    page.clock.run_for(15_000)
    page.wait_for_url(f"**{START}")
    page.goto(f"{START}number/")
    assert page.url.endswith(START)


@pytest.mark.needs("Chromium")
def test_a_finger_that_comes_down_twice_or_stays_gives_one_number(
    page_of: Callable[[str], Page], hall: list[issuing.IssuedTicket]
) -> None:
    from madoguchi.booking.models import TicketRow

    before = TicketRow.objects.count()
    page = page_of("machine_one")
    page.goto(f"{START}confirm/?service=moving")
    button = page.get_by_role("button", name="番号を取る").first
    box = button.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 20, box["y"] + 20)
    page.mouse.down()
    page.mouse.move(5, 5)
    page.mouse.up()
    assert TicketRow.objects.count() == before, "a finger that slides off presses nothing"
    button.dblclick(delay=10)
    page.wait_for_url(f"**{START}number/")
    assert TicketRow.objects.count() == before + 1


@pytest.mark.slow
@pytest.mark.needs("Chromium")
@pytest.mark.needs("axe")
def test_the_desk_is_clean_in_every_state_and_fits_at_twice_the_size(
    page_of: Callable[[str], Page], hall: list[issuing.IssuedTicket]
) -> None:
    page = page_of("clerk_hana")
    for state, keys in (("closed", ""), ("free", "o"), ("called", "n"), ("serving", "s")):
        page.goto("/calls/")
        if keys:
            with page.expect_navigation():
                page.keyboard.press(keys)
        assert accessibility_faults(page) == [], state
        looked_at(page, f"calls-{state}")
        page.set_viewport_size({"width": 720, "height": 450})
        wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        looked_at(page, f"calls-{state}-small")
        assert wide <= 0, state
        page.set_viewport_size({"width": 1366, "height": 900})
    page.goto(DESK[1])
    assert accessibility_faults(page) == []
    looked_at(page, "calls-day")


@pytest.mark.needs("Chromium")
def test_a_number_from_call_to_end_by_keys_alone(
    page_of: Callable[[str], Page], hall: list[issuing.IssuedTicket]
) -> None:
    page = page_of("clerk_hana")
    page.goto("/calls/")
    number = page.locator(".mdg-calls__number")
    for key, state in (("o", None), ("n", "呼出し中"), ("r", "呼出し中"), ("s", "対応中")):
        with page.expect_navigation():
            page.keyboard.press(key)
        if state:
            assert state in page.locator(".mdg-calls__now").inner_text()
    assert number.inner_text() == "A002"
    with page.expect_navigation():
        page.keyboard.press("f")
    assert "空いています" in page.locator(".mdg-calls__now").inner_text()
    page.keyboard.press("/")
    page.keyboard.type("a3")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert number.inner_text() == "A003"
    with page.expect_navigation():
        page.keyboard.press("h")
    assert "A003" in page.locator("#queue").inner_text()


@pytest.mark.needs("Chromium")
def test_the_queue_is_new_by_itself_and_what_is_being_typed_stays(
    page_of: Callable[[str], Page], hall: list[issuing.IssuedTicket]
) -> None:
    page = page_of("clerk_hana")
    page.goto("/calls/")
    page.keyboard.press("o")
    page.wait_for_selector("#number")
    page.keyboard.press("/")
    page.keyboard.type("a")
    new = issuing.issue(branch=BRANCH, services=("moving",), by=SETTER, now=timezone.now())
    page.wait_for_selector(f"#queue >> text={new.label}", timeout=9_000)
    assert page.locator("#number").input_value() == "a"
    assert page.evaluate("document.activeElement.id") == "number"


@pytest.mark.needs("java")
@pytest.mark.slow
def test_the_html_is_valid(
    signed_in: Callable[[str], Client], hall: list[issuing.IssuedTicket], tmp_path: Path
) -> None:
    machine, clerk = signed_in("machine_one"), signed_in("clerk_hana")
    machine.post(f"{START}welcome/", {"language": "vi"})
    day = (
        machine.get(f"{START}book/moving/").content.decode().split('mdg-kiosk-pick" href="')[1].split("/")[5]
    )
    pages = {
        one: machine.get(START + one.format(day=day), follow=True).content.decode() for one in KIOSK[1:-1]
    }
    pages["start"] = machine.get(START).content.decode()
    sent = {"service": "moving", "request": "a" * 32}
    pages["number"] = machine.post(f"{START}issue/", sent, follow=True).content.decode()
    pages["closed"] = clerk.get("/calls/").content.decode()
    clerk.post("/calls/desk/", {"act": "open", "desk": "main/desk1"})
    pages["free"] = clerk.get("/calls/").content.decode()
    pages["called"] = clerk.post("/calls/next/", follow=True).content.decode()
    clerk.post("/calls/day/act/", {"act": "reserve", "letter": "A", "count": "3"})
    pages["day"] = clerk.get(DESK[1]).content.decode()
    faults = html_faults(pages, tmp_path)
    assert faults == [], "\n".join(faults)
