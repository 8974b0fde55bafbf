"""The office in which a visit is made from the booking to the end, its browsers, and what is looked at on every page."""

from __future__ import annotations

import html
import os
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from urllib.request import urlopen
from zoneinfo import ZoneInfo

from playwright.sync_api import Browser, Page, ViewportSize, expect
from tests.browser_kit import accessibility_faults
from tests.journeys.demo_server import chromium, demo, madoguchi, told
from tests.journeys.test_by_keys_alone import CERTIFICATE, tab_to

from madoguchi.config.demo_city import PASSWORD, STAFF

JAPAN = ZoneInfo("Asia/Tokyo")
PHONE: ViewportSize = {"width": 390, "height": 844}
DESK: ViewportSize = {"width": 1440, "height": 900}
MACHINE: ViewportSize = {"width": 1080, "height": 1920}
MAIL = "shigeru@example.jp"
# The visit lies in the next half hour, whenever that is: this office is open all of today, on a Sunday in the night too.
RECEPTION = """
[[service]]
key = "moving"
name = "引越し（転入・転居・転出）"
minutes = 10
letter = "A"
department = "citizens"
event = "move_in"

[[service]]
key = "insurance"
name = "国民健康保険・年金"
minutes = 5
letter = "D"
department = "insurance"

[[lane]]
branch = "main"
key = "residents"
name = "住民異動・戸籍"
services = ["moving"]
desks = ["desk1", "desk2"]

[[lane]]
branch = "main"
key = "insurance"
name = "保険年金・こども"
services = ["insurance"]
desks = ["desk3", "desk4"]
officers_come = true

[[hours]]
lanes = ["main/residents", "main/insurance"]
days = ["月", "火", "水", "木", "金"]
begins = 08:30:00
ends = 17:15:00
desks = 2
seats = 2

[[opening]]
lanes = ["main/residents", "main/insurance"]
day = {today}
begins = 00:00:00
ends = 23:45:00
desks = 2
seats = 2

[[rules]]
branches = ["main"]
early_minutes = 60
only_in_hours = false
"""
PATIENCE = 60_000  # milliseconds; a busy machine is no fault


@dataclass(slots=True)
class Visit:
    """The office, the browsers in it, and what is looked at on every page on the way."""

    base: str
    home: Path
    browser: Browser
    faults: list[str] = field(default_factory=list)
    looked_at: int = 0
    tray: str = ""
    letters: int = 0

    def window(self, size: ViewportSize, who: str = "") -> Page:
        """A browser of its own; `who` signs in by keys."""
        page = self.browser.new_context(locale="ja-JP", viewport=size).new_page()
        page.set_default_timeout(PATIENCE)
        if who:
            page.goto(f"{self.base}/staff/login/")
            page.keyboard.type(who)
            tab_to(page, "#id_password")
            page.keyboard.type(PASSWORD)
            with page.expect_navigation():
                page.keyboard.press("Enter")
        return page

    def look(self, page: Page, name: str) -> None:
        """Axe, and the name of every control that the keyboard reaches."""
        self.faults += [f"{name} {one}" for one in accessibility_faults(page)]
        reached = focusable(page)
        self.faults += [f"{name} a {role} without a name" for role, said in reached if not said]
        self.looked_at += 1
        if folder := os.environ.get("MADOGUCHI_PICTURES"):
            page.screenshot(path=Path(folder) / f"visit-{self.looked_at:02d}-{name}.png", full_page=True)

    def letter(self, subject: str) -> str:
        """The letter with this subject, as soon as the mail server has it."""
        until = time.monotonic() + 60
        while time.monotonic() < until:
            with urlopen(self.tray, timeout=10) as answer:
                page = answer.read().decode()
            for article in re.findall(r"<article>.*?</article>", page, re.S):
                if subject in article.partition("</h2>")[0]:
                    self.letters += 1
                    return html.unescape(re.sub(r"<[^>]+>", "", article))
            time.sleep(0.2)
        raise AssertionError(f"no letter says {subject}")


def focusable(page: Page) -> list[tuple[str, str]]:
    """Role and name of all that can have the focus, as the browser tells it to a screen reader."""
    session = page.context.new_cdp_session(page)
    nodes = session.send("Accessibility.getFullAXTree")["nodes"]
    session.detach()
    found = []
    for node in nodes:
        ways = {one["name"]: one["value"].get("value") for one in node.get("properties", [])}
        role = node.get("role", {}).get("value", "")
        if not node.get("ignored") and ways.get("focusable") and role != "RootWebArea":
            found.append((role, node.get("name", {}).get("value", "").strip()))
    return [one for one in found if one[0] != "main"]  # where the skip link leads


@contextmanager
def office(home: Path, *, today: datetime) -> Iterator[Visit]:
    """The demo with its worker and its mail server, open for bookings all of today."""
    with demo(home, more={"MADOGUCHI_UPKEEP_SECONDS": "1"}) as base, chromium() as browser:
        plan = home.parent / "reception.toml"
        plan.write_text(RECEPTION.format(today=today.date()), encoding="utf-8")
        madoguchi(home, "reception", "apply", str(plan))
        expect.set_options(timeout=PATIENCE)
        made = Visit(base, home, browser)
        made.tray = told(home, r"(http://127\.0\.0\.1:\d+)/  実演用のメール")
        yield made
        expect.set_options(timeout=5_000)


def go(page: Page, selector: str, key: str = "Enter") -> None:
    """Tab to a control and press a key that leads to another page."""
    tab_to(page, selector)
    with page.expect_navigation():
        page.keyboard.press(key)


def key(page: Page, name: str) -> None:
    """Press a key of the desk that leads to the page anew."""
    with page.expect_navigation():
        page.keyboard.press(name)


def at_a_desk(visit: Visit, who: str, desk: str) -> Page:
    """Sign in, go to the calls, open a desk."""
    page = visit.window(DESK, who)
    go(page, "nav a[href='/calls/']")
    tab_to(page, "#desk")
    for _ in range(10):
        if page.evaluate("document.activeElement.value") == desk:
            break
        page.keyboard.press("ArrowDown")
    assert page.evaluate("document.activeElement.value") == desk
    visit.look(page, f"desk-closed-{who}")
    go(page, "button[name=act][value=open]")
    return page


def no_name_on(page: Page) -> None:
    """Numbers and places: no visitor, no member of staff, no address of anybody."""
    shown = page.content()
    for word in (MAIL, *(text for _field, text in CERTIFICATE), *(one.name for one in STAFF)):
        assert word not in shown


def write_journey(visit: Visit, counts: dict[str, float], steps: int) -> None:
    lines = [
        "# 予約から終わりまでの道のり / A visit from the booking to the end",
        "",
        "引越しと国民健康保険を、家からスマートフォンで予約し、二人の担当が一つの席で受け付ける。数は記録された出来事から数えたもの。",
        "`MADOGUCHI_WRITE_JOURNEYS=1 make test` writes this page anew.",
        "",
        "| 数えたもの | 数 | 目標 |",
        "|---|---|---|",
        f"| 待ち（呼ばれるまで） waits | {counts['waits']:.0f} | 用件の数 2 |",
        f"| 席の移動 moves | {counts['moves']:.0f} | 0 |",
        f"| 質問 questions | {counts['questions']:.0f} | 12 以下 |",
        f"| 窓口で来た人が書いた文字 characters written by the resident at the counter | {counts['characters']:.0f} | 0 |",
        f"| 署名 signatures | {counts['signatures']:.0f} | 1 |",
        f"| 二度聞いたこと asked twice | {counts['asked_again']:.0f} | 0 |",
        f"| 届いたメール letters | {visit.letters} | 2（控えと前のお知らせ） |",
        f"| 記録された出来事 recorded steps | {steps} | － |",
        "",
        f"途中の {visit.looked_at} 画面を axe で調べ、キーボードで届くものすべてに読み上げの名前があるかを確かめた。見つかったもの {len(visit.faults)}。",
        "マウスは一度も使っていない。待ちの分は試験の中では数十秒なので、ここには書かない。",
        "",
    ]
    page = Path(__file__).resolve().parents[2] / "docs" / "journey-visit.md"
    page.write_text("\n".join(lines), encoding="utf-8")
