"""Boards and phones in a real browser with the real stream process: live, honest when cut off, spoken one after another."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Browser, BrowserContext, Page, expect
from tests.browser.stream_process import StreamProcess, streams
from tests.browser_kit import accessibility_faults, html_faults
from tests.rooms.booking.queueing import Hall, lay_out

from madoguchi.audit.entries import Actor
from madoguchi.booking.tickets.issuing import IssuedTicket
from madoguchi.booking.tickets.order import QueueRules

BEAT = 0.4
STALE = 3.0
SCREENS = (
    "/board/main/",
    "/board/main/desk1/",
    "/congestion/",
    "/congestion/main/",
    "/congestion/main/?language=vi",
    "/accuracy/",
    "/t/",
    "/t/?language=zh-Hans",
    "/t/{secret}/",
    "/t/{secret}/?language=ko",
)
NOTE_SPOKEN = "window.spoken = []; document.addEventListener('board:spoken', (event) => window.spoken.push(event.detail));"
SERVER_CLOCK = """const plain = JSON.parse;
JSON.parse = (text) => { const said = plain(text); if (said?.now) said.now += window.later || 0; return said; };"""
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.needs("Chromium")]


class LiveHall(Hall):
    """A hall whose clock is the real one: the stream process has no other."""

    def later(self, minutes: float = 1) -> Any:
        self.now = timezone.now()
        return self.now

    def next(self, desk: str = "desk1", by: Actor | None = None) -> str | None:
        self.later()
        return super().next(desk, by)


@pytest.fixture
def hall(city: Mapping[str, Actor]) -> Hall:
    lay_out(rules=QueueRules(only_in_hours=False))
    made = LiveHall(now=timezone.now())
    made.open("desk1")
    made.open("desk2")
    return made


@pytest.fixture
def live(hall: Hall, settings: Any) -> Iterator[StreamProcess]:
    with streams(beat_seconds=BEAT) as process:
        settings.STREAM_PORT = process.port
        settings.STALE_SECONDS = STALE
        yield process


@pytest.fixture
def window(chromium: Browser, live_server: Any) -> Iterator[BrowserContext]:
    """A window that may lose its network: what it says about that in its console is right."""
    made = chromium.new_context(
        base_url=live_server.url, locale="ja-JP", viewport={"width": 1366, "height": 900}
    )
    made.add_init_script(NOTE_SPOKEN)
    yield made
    made.close()


def opened(window: BrowserContext, path: str) -> Page:
    page = window.new_page()
    page.set_default_timeout(10_000)
    page.goto(path)
    if page.locator("script[src*='live.js']").count():  # the page of accuracy is not live
        page.wait_for_function(
            "performance.getEntriesByType('resource').some(one => one.name.includes('live.js'))"
        )
    return page


def heard(page: Page, times: int) -> None:
    """Wait until so many calls were spoken to the end. The page's CSP lets no test evaluate while it waits."""
    until = time.monotonic() + 40
    while page.evaluate("window.spoken.length") < times:
        assert time.monotonic() < until, page.evaluate("window.spoken")
        page.wait_for_timeout(100)


def called(page: Page) -> Any:
    return page.locator(".mdg-wall__calls")


def test_a_call_appears_on_the_wall_the_desk_and_the_phone(
    hall: Hall, live: StreamProcess, window: BrowserContext
) -> None:
    own, behind = hall.arrive(), hall.arrive()
    wall = opened(window, "/board/main/")
    booth = opened(window, "/board/main/desk1/")
    phone = opened(window, f"/t/{own.secret}/")
    other = opened(window, f"/t/{behind.secret}/")
    expect(phone.locator(".mdg-phone__headline")).to_have_text("つぎにお呼びします")
    hall.next()
    expect(called(wall)).to_contain_text(own.label)
    expect(booth.locator(".mdg-booth")).to_contain_text("こちらへどうぞ")
    expect(phone.locator(".mdg-phone__headline")).to_contain_text("1番窓口 へお越しください")
    expect(phone.locator("[data-status]")).to_contain_text("お呼びしています")
    expect(phone.get_by_role("button", name="席を離れます")).to_be_hidden()
    expect(other.locator(".mdg-phone__headline")).to_have_text("つぎにお呼びします")


def test_the_keyboard_alone_leaves_the_seat_and_comes_back(
    hall: Hall, live: StreamProcess, window: BrowserContext
) -> None:
    own = hall.arrive()
    phone = opened(window, f"/t/{own.secret}/")
    phone.get_by_role("button", name="席を離れます").focus()
    phone.keyboard.press("Enter")
    expect(phone.locator(".mdg-phone__headline")).to_have_text("順番を止めています")
    phone.get_by_role("button", name="戻りました").focus()
    phone.keyboard.press("Enter")
    expect(phone.locator(".mdg-phone__headline")).to_have_text("つぎにお呼びします")


def test_two_calls_of_one_second_are_spoken_one_after_the_other_and_a_recall_rings_again(
    hall: Hall, live: StreamProcess, window: BrowserContext
) -> None:
    one, two = hall.arrive(), hall.arrive()
    wall = opened(window, "/board/main/")
    expect(wall.get_by_text("音は出ません")).to_be_visible()
    wall.get_by_role("button", name="音を出す").click()
    expect(wall.get_by_text("音が出ます")).to_be_visible()
    hall.next("desk1")
    hall.next("desk2")
    heard(wall, 2)
    hall.later()
    hall.act("recall", one)
    heard(wall, 3)
    first, second, third = wall.evaluate("window.spoken")
    assert "letter-a" in first["phrases"] and f"number-{int(one.label[1:])}" in first["phrases"]
    assert f"number-{int(two.label[1:])}" in second["phrases"]
    assert second["begins"] >= first["ends"]
    assert first["ends"] - first["begins"] > 4000, "a chime and a whole sentence take their time"
    assert third["phrases"][1] == "again"


def test_what_a_board_begins_with_is_shown_and_not_spoken(
    hall: Hall, live: StreamProcess, window: BrowserContext
) -> None:
    hall.arrive()
    hall.next()
    wall = opened(window, "/board/main/")
    wall.get_by_role("button", name="音を出す").click()
    expect(wall.get_by_text("音が出ます")).to_be_visible()
    time.sleep(BEAT * 4)
    assert wall.evaluate("window.spoken") == []


@pytest.mark.parametrize("how", ["cut", pytest.param("killed", marks=pytest.mark.slow)])
def test_a_board_that_is_cut_off_says_so_and_comes_back_right_without_old_calls(
    how: str, hall: Hall, live: StreamProcess, window: BrowserContext
) -> None:
    before, during, after = hall.arrive(), hall.arrive(), hall.arrive()
    wall = opened(window, "/board/main/")
    wall.get_by_role("button", name="音を出す").click()
    hall.next("desk1")
    expect(called(wall)).to_contain_text(before.label)
    heard(wall, 1)
    sign = wall.get_by_role("alert")
    expect(sign).to_be_hidden()
    live.freeze() if how == "cut" else live.kill()
    window.set_offline(True)
    begin = time.monotonic()
    expect(sign).to_contain_text("表示が止まっています", timeout=STALE * 1000 + 3000)
    assert time.monotonic() - begin <= STALE + 2
    _call_long_ago(hall)
    window.set_offline(False)
    live.thaw() if how == "cut" else live.start()
    expect(sign).to_be_hidden(timeout=20_000)
    expect(called(wall)).to_contain_text(during.label)
    assert [one["serial"] for one in wall.evaluate("window.spoken")][1:] == [], "the old call is not spoken"
    expect(called(wall)).not_to_contain_text(after.label)


def _call_long_ago(hall: Hall) -> None:
    """A call that was made while the board was away, half a minute ago."""
    from tests.rooms.booking.queueing import BRANCH, officer

    from madoguchi.booking.tickets import calling

    past = timezone.now() - timedelta(seconds=30)
    calling.call_next(branch=BRANCH, desk="desk2", by=officer(2), now=past)


def test_when_only_the_streams_are_away_the_page_asks_for_itself(
    hall: Hall, live: StreamProcess, window: BrowserContext
) -> None:
    own = hall.arrive()
    wall = opened(window, "/board/main/")
    live.kill()
    hall.next()
    expect(called(wall)).to_contain_text(own.label, timeout=STALE * 1000 + 2000)
    expect(wall.get_by_role("alert")).to_be_hidden()


def test_a_board_left_on_reads_itself_anew_at_night(
    hall: Hall, live: StreamProcess, window: BrowserContext
) -> None:
    wall = window.new_page()
    wall.clock.install()
    wall.add_init_script(SERVER_CLOCK)
    wall.goto("/board/main/")
    wall.evaluate("window.begun = 'in the evening'")
    wall.clock.fast_forward(7 * 3600 * 1000)
    for hour in (1, 4, 3):  # the hour that the server says
        told = timezone.localtime().replace(hour=hour, minute=5)
        wall.evaluate(f"window.later = {(told - timezone.localtime()).total_seconds() * 1000}")
        wall.wait_for_timeout(3 * BEAT * 1000)
        if hour == 3:
            break
        wall.clock.run_for(30_000)
        assert wall.evaluate("window.begun") == "in the evening", f"not at {hour} o'clock"
    with wall.expect_navigation():
        wall.clock.run_for(11_000)
    assert wall.evaluate("window.begun ?? 'anew'") == "anew"


def test_without_javascript_a_phone_does_everything(chromium: Browser, live_server: Any, hall: Hall) -> None:
    own = hall.arrive()
    plain = chromium.new_context(base_url=live_server.url, java_script_enabled=False, locale="ja-JP")
    page = plain.new_page()
    page.goto("/t/")
    page.get_by_label("番号").first.fill(own.label)
    page.get_by_label("4桁の数字").fill(own.code)
    page.get_by_role("button", name="見る").click()
    expect(page.locator(".mdg-phone__headline")).to_have_text("つぎにお呼びします")
    page.get_by_role("button", name="席を離れます").click()
    expect(page.locator(".mdg-phone__headline")).to_have_text("順番を止めています")
    hall.later()
    page.get_by_role("link", name="表示を新しくする").click()
    expect(page.get_by_role("button", name="戻りました")).to_be_visible()
    assert page.locator("noscript meta[http-equiv=refresh]").count() == 1 or "refresh" in page.content()
    plain.close()


def a_full_hall(hall: Hall) -> IssuedTicket:
    """Called, served, waiting, missed."""
    numbers = [hall.arrive() for _ in range(14)]
    hall.next("desk1")
    hall.act("not_here", numbers[0])
    hall.next("desk1")
    hall.act("start", numbers[1])
    hall.next("desk2")
    return numbers[5]


@pytest.mark.needs("axe")
@pytest.mark.slow
@pytest.mark.parametrize("width", [320, 1366])
def test_axe_finds_nothing_and_nothing_is_cut_off(width: int, hall: Hall, window: BrowserContext) -> None:
    own = a_full_hall(hall)
    faults = []
    for path in SCREENS:
        page = opened(window, path.format(secret=own.secret))
        page.set_viewport_size({"width": width, "height": 640})
        faults += [f"{path} {one}" for one in accessibility_faults(page)]
        over = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        faults += [f"{path} is {over} px too wide"] if over > 0 else []
        page.close()
    assert faults == [], "\n".join(faults)


@pytest.mark.needs("axe")
def test_axe_finds_nothing_on_a_board_that_stands_still(hall: Hall, window: BrowserContext) -> None:
    a_full_hall(hall)
    page = opened(window, "/board/main/")
    page.evaluate(
        "document.querySelector('[data-stale]').hidden = false; document.querySelector('.mdg-board').dataset.stopped = 'yes'"
    )
    assert accessibility_faults(page) == []


@pytest.mark.needs("java")
@pytest.mark.slow
def test_the_html_is_valid(hall: Hall, tmp_path: Path) -> None:
    own = a_full_hall(hall)
    pages = {path: Client().get(path.format(secret=own.secret)).content.decode() for path in SCREENS}
    pages |= {"large": Client().get(f"/t/{own.secret}/?large=1").content.decode()}
    assert html_faults(pages, tmp_path) == []


def test_whoever_wants_less_motion_gets_none(hall: Hall, window: BrowserContext) -> None:
    a_full_hall(hall)
    page = opened(window, "/board/main/")
    moves = "getComputedStyle(document.querySelector('[data-new]')).animationName"
    assert page.evaluate(moves) == "mdg-called"
    page.emulate_media(reduced_motion="reduce")
    assert page.evaluate(moves) == "none"
