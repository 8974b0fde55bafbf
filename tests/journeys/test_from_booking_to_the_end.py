"""One visit from home to the end: booked on a phone, remembered by mail, checked in, called, served by two officers, finished.

Everything runs as in an office: the demo's pages, streams, worker, mail server and ticket printer are processes of their own.
Nobody here touches a mouse: every control is reached by Tab or by its key, and has a name in the tree that screen readers read.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
import zxingcpp
from icalendar import Calendar
from PIL import Image
from playwright.sync_api import Page, expect
from tests.journeys.demo_server import madoguchi, told
from tests.journeys.test_by_keys_alone import from_certificate_to_hearing, hear, sign_on_paper, tab_to
from tests.journeys.visiting import (
    DESK,
    JAPAN,
    MACHINE,
    MAIL,
    PHONE,
    Visit,
    at_a_desk,
    focusable,
    go,
    key,
    no_name_on,
    office,
    write_journey,
)

from madoguchi.insight.xes import NAMESPACE

STEPS = [
    "ticket_issued", "ticket_printed", "ticket_called", "ticket_started", "ticket_case_opened", "ticket_finished",
    "ticket_called", "ticket_started", "ticket_finished",
]  # fmt: skip
XES = {"x": NAMESPACE}
LAST_MINUTE = 23 * 60 + 10  # later than this nothing can be booked that is still today
pytestmark = [
    pytest.mark.browser,
    pytest.mark.needs("Chromium"),
    pytest.mark.needs("axe"),
]


@pytest.fixture(scope="module")
def visit(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Visit]:
    now = datetime.now(JAPAN)
    if now.hour * 60 + now.minute > LAST_MINUTE:
        pytest.skip("the day in Japan is nearly over: no visit of today can be booked any more")
    with office(tmp_path_factory.mktemp("visit") / "home", today=now) as made:
        yield made


def test_a_visit_from_the_booking_to_the_end_by_keys_alone(visit: Visit) -> None:
    mail, starts = booked_at_home(visit)
    code = remembered(visit, mail, starts)
    machine = visit.window(MACHINE, "machine")
    before = somebody_in_need_of_care(visit, machine)
    label, address = checked_in(visit, machine, code)
    clerk = at_a_desk(visit, "clerk", "main/desk1")
    wall, booth, phone = boards(visit, address)
    called(visit, clerk, wall, booth, phone, label=label, before=before, address=address)
    case = received(visit, clerk)
    the_next_officer_comes(visit, clerk, wall, booth, phone, label=label)
    counts = counted(visit, clerk, case)
    steps = in_the_files(visit)
    assert visit.faults == [], "\n".join(visit.faults)
    if os.environ.get("MADOGUCHI_WRITE_JOURNEYS") == "1":
        write_journey(visit, counts, steps)


def test_a_control_without_a_name_is_found(visit: Visit) -> None:
    page = visit.window(PHONE)
    page.set_content("<main><button></button><input><div tabindex=0></div><a href=x>名前</a></main>")
    assert focusable(page) == [("button", ""), ("textbox", ""), ("generic", ""), ("link", "名前")]
    page.context.close()


def booked_at_home(visit: Visit) -> tuple[str, datetime]:
    """On a phone with a keyboard: what for, the day, the time, the address for letters. Returns the letter and the time."""
    page = visit.window(PHONE)
    page.goto(f"{visit.base}/book/")
    visit.look(page, "book-start")
    go(page, "main a[href*='/at/main/moving/']")
    tab_to(page, "main details summary")
    page.keyboard.press("Enter")
    tab_to(page, "#with-insurance")
    page.keyboard.press("Space")
    visit.look(page, "book-days")
    go(page, "main details button")
    today = datetime.now(JAPAN)
    go(page, f"main a[href*='/{today:%Y-%m-%d}/']")
    visit.look(page, "book-times")
    # The next quarter-hour but one: it is still to come, however slow the machine.
    quarter = (today.hour * 60 + today.minute) // 15 + 2
    go(page, f"button[name=quarter][value='{quarter}']")
    tab_to(page, "#contact")
    page.keyboard.type(MAIL)
    visit.look(page, "book-contact")
    go(page, "main form button[data-variant=primary]")
    visit.look(page, "book-check")
    go(page, "button[name=book]")
    expect(page.locator("h1")).to_have_text("予約できています")
    visit.look(page, "book-done")
    page.context.close()
    starts = today.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(minutes=15 * quarter)
    return visit.letter("予約を受けました"), starts


def remembered(visit: Visit, mail: str, starts: datetime) -> str:
    """The letter opens the booking, its calendar file is right, and the reminder goes out at its hour. Returns the digits."""
    assert MAIL in mail
    link, digits = re.search(r"https?://\S+", mail), re.search(r"4桁の数字: (\d{4})", mail)
    assert link and digits
    page = visit.window(PHONE)
    page.goto(link[0])
    tab_to(page, "a[href$='yoyaku.ics']")
    with page.expect_download() as got:
        page.keyboard.press("Enter")
    event: Any = Calendar.from_ical(Path(got.value.path()).read_bytes()).walk("VEVENT")[0]
    assert event["dtstart"].dt == starts and event["dtend"].dt - starts == timedelta(minutes=15)
    assert "引越し" not in str(event["summary"]), "calendars are shared"
    page.context.close()
    due = (starts - datetime.now(JAPAN)).total_seconds() / 3600
    beside = dict(
        one.split("=", 1) for one in told(visit.home, r"別の端末で）: (.*) madoguchi work").split(" ")
    )
    said = madoguchi(visit.home, "work", "--once", more={**beside, "MADOGUCHI_REMIND_HOURS": f"{due:.6f}"})
    assert "送ったメール 1、" in said
    reminder = visit.letter("予約の日が近づきました")
    assert digits[1] in reminder and "発券機" in reminder
    return digits[1]


def somebody_in_need_of_care(visit: Visit, machine: Page) -> str:
    """One who goes before us: a number with care, from the same machine. Returns the number."""
    go(machine, "a[href$='/kiosk/main/']")
    visit.look(machine, "machine-start")
    go(machine, "a[href$='/services/']")
    visit.look(machine, "machine-services")
    go(machine, "button[name=service][value=moving]")
    visit.look(machine, "machine-confirm")
    go(machine, "li:nth-of-type(2) button")
    label = machine.locator(".mdg-kiosk-number").inner_text()
    go(machine, "a.mdg-kiosk-way[data-main]")
    return label


def checked_in(visit: Visit, machine: Page, code: str) -> tuple[str, str]:
    """Four digits at the machine give the number, a printed slip and the link. Returns the number and the link."""
    go(machine, "a[href$='/booked/']")
    visit.look(machine, "machine-digits")
    for typed, digit in enumerate(code, start=1):
        if typed == 1:
            go(machine, f"button[name=key][value='{digit}']")
        else:
            key(machine, digit)
    expect(machine.locator("h1")).to_have_text("あなたの番号")
    expect(machine.locator("[role=status][data-outcome=printed]")).to_be_visible()
    visit.look(machine, "machine-number")
    label = machine.locator(".mdg-kiosk-number").inner_text()
    picture = Image.open(BytesIO(machine.locator(".mdg-kiosk-phone img").screenshot()))
    read = zxingcpp.read_barcode(picture)
    assert read is not None and read.text.startswith(f"{visit.base}/t/")
    go(machine, "a.mdg-kiosk-way[data-main]")
    machine.context.close()
    return label, read.text


def boards(visit: Visit, address: str) -> tuple[Page, Page, Page]:
    """The hall's board, the one over the desk, and the phone with its place, band and people before."""
    pages = []
    for size, url in (
        (DESK, f"{visit.base}/board/main/"), (DESK, f"{visit.base}/board/main/desk1/"), (PHONE, address),
    ):  # fmt: skip
        page = visit.window(size)
        page.goto(url)
        assert page.locator("[role=status]").count(), "a call is told to a screen reader"
        pages.append(page)
    wall, booth, phone = pages
    expect(phone.locator(".mdg-phone__headline")).to_have_text(re.compile("あと 1 人"))
    state = phone.locator(".mdg-phone__state")
    expect(state).to_contain_text(re.compile(r"およそ \d+〜\d+分"))
    expect(state).to_contain_text("引越し（転入・転居・転出）（住民異動・戸籍）")
    expect(state).to_contain_text("このあと: 国民健康保険・年金")
    for page, name in ((wall, "wall"), (booth, "booth"), (phone, "phone")):
        visit.look(page, f"{name}-waiting")
    return wall, booth, phone


def called(
    visit: Visit, clerk: Page, wall: Page, booth: Page, phone: Page, *, label: str, before: str, address: str
) -> None:
    """「つぎを呼ぶ」: first whoever needs care, then us; a phone that was shut or reloaded meanwhile shows it all the same."""
    visit.look(clerk, "desk-free")
    tab_to(phone, "[data-sound]")
    phone.keyboard.press("Enter")
    expect(phone.locator("[data-sound-on]")).to_be_visible()
    key(clerk, "n")
    assert clerk.locator(".mdg-calls__number").inner_text() == before
    key(clerk, "s")
    key(clerk, "f")
    headline = ".mdg-phone__headline"
    expect(phone.locator(headline)).to_have_text("つぎにお呼びします")
    asked: list[str] = []
    phone.on("request", lambda request: asked.append(request.url))
    shut = phone.context.new_page()
    shut.goto(address)
    shut.close()
    again = phone.context.new_page()
    again.goto(address)
    clerk.keyboard.press("n")
    again.reload()
    clerk.wait_for_selector(".mdg-calls__number")
    shut = phone.context.new_page()
    shut.goto(address)
    for page in (phone, again, shut):
        expect(page.locator(headline)).to_have_text("お呼びしています。1番窓口 へお越しください")
    assert address not in asked, "it came by the stream: the page did not ask for itself"
    again.close()
    shut.close()
    expect(phone.locator("[data-status]")).to_contain_text("お呼びしています")
    expect(wall.locator(".mdg-wall__calls")).to_contain_text(label)
    expect(wall.locator("[data-status]")).to_contain_text(label)
    expect(booth.locator(".mdg-booth")).to_contain_text("こちらへどうぞ")
    expect(booth.locator("[data-status]")).to_contain_text(label)
    visit.look(clerk, "desk-called")
    for page, name in ((wall, "wall"), (booth, "booth"), (phone, "phone")):
        visit.look(page, f"{name}-called")
        no_name_on(page)


def received(visit: Visit, clerk: Page) -> str:
    """The service begins and the case opens with the call; it is heard and signed. Returns the case's id."""
    key(clerk, "s")
    visit.look(clerk, "desk-serving")
    key(clerk, "c")
    visit.look(clerk, "case-opened")
    from_certificate_to_hearing(clerk)
    assert hear(clerk, answers="none")
    sign_on_paper(clerk)
    return clerk.url.split("/")[4]


def the_next_officer_comes(
    visit: Visit, clerk: Page, wall: Page, booth: Page, phone: Page, *, label: str
) -> None:
    """The clerk is done; the officer of the next service calls and goes to the seat; nobody walks."""
    go(clerk, "nav a[href='/calls/']")
    key(clerk, "f")
    headline = phone.locator(".mdg-phone__headline")
    expect(headline).to_have_text("つぎの担当が 1番窓口 へ来ます。席でお待ちください")
    officer = at_a_desk(visit, "insurance", "main/desk3")
    phone.context.set_offline(True)
    key(officer, "n")
    expect(officer.locator(".mdg-calls__hand")).to_contain_text("1番窓口へ行きます")
    visit.look(officer, "officer-called")
    phone.context.set_offline(False)
    expect(headline).to_have_text("担当が 1番窓口 へ向かっています。席でお待ちください")
    expect(booth.locator(".mdg-booth")).to_contain_text(label)
    key(officer, "s")
    expect(headline).to_contain_text("1番窓口 でご案内しています")
    expect(wall.locator(".mdg-wall__serving")).to_contain_text(label)
    key(officer, "f")
    expect(headline).to_have_text("この番号のご案内は終わりました")
    expect(phone.locator("[data-status]")).to_have_text("この番号のご案内は終わりました")
    expect(wall.locator(".mdg-board__live")).not_to_contain_text(label)
    for page, name in ((wall, "wall"), (booth, "booth"), (phone, "phone")):
        visit.look(page, f"{name}-over")
        no_name_on(page)


def counted(visit: Visit, clerk: Page, case: str) -> dict[str, float]:
    """What the visit cost, on the page of its case and in the office's own files."""
    clerk.goto(f"{visit.base}/cases/{case}/journey/")
    counts = {
        str(cell.get_attribute("data-count")): float(cell.inner_text())
        for cell in clerk.locator("[data-count]").all()
    }
    assert (counts["waits"], counts["moves"], counts["asked_again"]) == (2, 0, 0)
    return counts


def in_the_files(visit: Visit) -> int:
    """The report hides a day of few visits; the log of visits has every step of this one. Returns how many."""
    page = visit.window(DESK, "dx")
    page.goto(f"{visit.base}/office/insight/")
    expect(page.locator("main")).to_contain_text("来庁は5件より少ないため")
    tab_to(page, "a[href*='xes']")
    with page.expect_download() as got:
        page.keyboard.press("Enter")
    log = ElementTree.parse(got.value.path())
    traces = [
        [str(one.get("value")) for one in trace.iterfind(".//x:event/x:string[@key='concept:name']", XES)]
        for trace in log.iterfind(".//x:trace", XES)
    ]
    (own,) = (one for one in traces if "ticket_case_opened" in one)
    assert [one for one in own if one.startswith("ticket_")] == STEPS
    page.context.close()
    return len(own)
