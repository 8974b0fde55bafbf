"""Finding out as it is done: on a phone of 320 px without JavaScript, by keys alone, at the machine, and on to the clerk's case."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Error, Page
from tests.browser_kit import accessibility_faults, html_faults
from tests.rooms.booking.queueing import BRANCH, lay_out

from madoguchi.booking.tickets.order import QueueRules
from madoguchi.cases.models import CaseRow, PreparedRow

pytestmark = [
    pytest.mark.browser,
    pytest.mark.urls("tests.browser.urls"),
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("procedures_in_languages"),
]
PHONE = {"width": 320, "height": 640}
UPRIGHT, ACROSS = {"width": 1080, "height": 1920}, {"width": 1280, "height": 800}
LOOKED_AT = {
    "find:start", "find:people", "find:ask", "find:keep", "find:enter", "find:number", "find:drop",
    "kiosk:find", "kiosk:find_people", "kiosk:find_ask", "kiosk:find_list", "kiosk:find_paper",
    "counter:prepared", "counter:name_people",
}  # fmt: skip
SHOTS = os.environ.get("SHOTS")
MACHINE = f"/kiosk/{BRANCH}/"
MOST_QUESTIONS = 90
OVER = (
    "[document.documentElement.scrollWidth - innerWidth, document.documentElement.scrollHeight - innerHeight]"
)
SMALL = (
    "[...document.querySelectorAll('main a, main button, main label, footer a, footer button')]"
    ".filter(one => one.getBoundingClientRect().height < 64).map(one => one.textContent)"
)
KIND = (
    "document.querySelector('[name=kind]')?.value || (document.querySelector('[type=hidden][value=no]') ? 'several' : "
    "document.querySelector('[type=checkbox]') ? 'check' : String(document.querySelectorAll('.mdg-kiosk-pick').length))"
)


@pytest.fixture
def phone(chromium: Browser, live_server: Any) -> Iterator[Page]:
    """A phone of 320 px with JavaScript off."""
    window = chromium.new_context(
        base_url=live_server.url, locale="ja-JP", viewport=PHONE, java_script_enabled=False
    )
    opened = window.new_page()
    opened.set_default_timeout(15_000)
    yield opened
    window.close()


def shot(page: Page, name: str, *, whole: bool = True) -> None:
    if SHOTS:
        page.screenshot(path=Path(SHOTS) / f"{name}.png", full_page=whole)


@dataclass
class Looked:
    """What was seen on the way, and what is wrong with it."""

    page: Page
    named: str
    fitting: bool = False
    seen: dict[str, str] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)

    def __call__(self, name: str) -> None:
        """Look at the page as it stands; `fitting`: nothing has to be scrolled, and every key is for a whole finger."""
        self.faults.extend(f"{name}: {fault}" for fault in accessibility_faults(self.page))
        self.seen[name] = self.page.content()
        shot(self.page, f"{self.named}-{name}", whole=not self.fitting)
        if self.fitting:
            over = self.page.evaluate(OVER)
            self.faults.extend([f"{name} is too large by {over}"] if max(over) > 0 else [])
            self.faults.extend(f"{name}: too small: {one}" for one in self.page.evaluate(SMALL))


def fits(page: Page) -> bool:
    """Whether nothing has to be scrolled sideways."""
    box = page.locator("html").bounding_box()
    return box is not None and box["width"] <= PHONE["width"]


def said_of_the_question(page: Page) -> str:
    return page.locator("h1").inner_text()


def answer_at_home(page: Page) -> None:
    """Answer the question on screen: days and birthdays by what stands there, everything else as the first key offers."""
    for day in page.locator("fieldset:has(select[name$='-era'])").all():
        band = day.locator("select[name$='-band']")
        if band.count():
            band.select_option("7")
            continue
        day.locator("select[name$='-era']").select_option("令和")
        for part, value in (("y", "8"), ("m", "11"), ("d", "5")):
            day.locator(f"input[name$='-{part}']").fill(value)
    for group in page.locator("fieldset:has(input[type=radio])").all():
        group.locator("input[type=radio]").first.check()
    for one in page.locator("select:not([name$='-era']):not([name$='-band'])").all():
        one.select_option(index=1)
    quick = page.locator("button[name=go][value=none]")
    if not page.locator("input:checked, fieldset select, .mdg-field select").count() and quick.count():
        quick.click()
    elif (
        page.locator("input[type=number], .mdg-field input.mdg-input").count()
        and not page.locator("fieldset").count()
    ):
        page.locator("button[value=unknown]").click()
    else:
        page.locator("button[value=answer]").click()


def to_the_list(page: Page, look: Callable[[str], None] | None = None) -> int:
    """From the first question to the list; how many questions there were."""
    for number in range(MOST_QUESTIONS):
        if said_of_the_question(page) == "わたしの手続き":
            return number
        if look is not None and number < 3:
            look(f"ask{number}")
        answer_at_home(page)
    raise AssertionError("it does not end")


def begin_at_home(page: Page) -> None:
    page.goto("/find/")
    page.get_by_role("button", name="引っ越してきた ほかの市区町村から").click()
    page.get_by_label("2人目").select_option("妻")
    page.get_by_label("3人目").select_option("子")
    page.get_by_role("button", name="つぎへ").click()


@pytest.mark.needs("Chromium")
def test_from_the_phone_without_javascript_to_the_number(phone: Page) -> None:
    loaded: list[str] = []
    phone.on("request", lambda asked: loaded.append(asked.url))
    phone.goto("/find/", wait_until="networkidle")
    assert [one for one in loaded if "biz-ud" in one] == [], "phones read their own font"
    shot(phone, "find-320-start")
    assert fits(phone)
    phone.get_by_role("button", name="引っ越してきた ほかの市区町村から").click()
    shot(phone, "find-320-people")
    assert fits(phone)
    phone.get_by_label("2人目").select_option("妻")
    phone.get_by_label("3人目").select_option("子")
    phone.get_by_role("button", name="つぎへ").click()

    def look(name: str) -> None:
        shot(phone, f"find-320-{name}")
        assert fits(phone), name

    to_the_list(phone, look)
    look("list")
    assert PreparedRow.objects.count() == 0
    phone.get_by_role("button", name="窓口に持っていく").click()
    look("kept")
    code = phone.locator(".mdg-find__code").inner_text()
    assert re.fullmatch(r"\w{4}-\w{4}", code) and PreparedRow.objects.count() == 1
    phone.goto("/find/number/")
    look("enter")
    phone.get_by_label("準備の番号").fill(code.lower())
    phone.get_by_role("button", name="開く").click()
    look("number")
    phone.get_by_role("link", name="預けた内容を消す").click()
    look("drop")
    phone.get_by_role("button", name="消す").click()
    look("dropped")
    assert PreparedRow.objects.count() == 0


def press(page: Page, name: str) -> None:
    """Go on by Tab to what is called so, and press Enter."""
    for _ in range(80):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent.trim()").startswith(name):
            assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") != "none", name
            with page.expect_navigation():
                page.keyboard.press("Enter")
            return
    raise AssertionError(f"no key leads to {name}")


def type_into(page: Page, ending: str, text: str) -> None:
    """Go on by Tab to the field whose name ends so, and type."""
    for _ in range(30):
        page.keyboard.press("Tab")
        if (page.evaluate("document.activeElement.name") or "").endswith(ending):
            page.keyboard.type(text)
            return
    raise AssertionError(f"no key leads to {ending}")


def printed(page: Page, name: str) -> None:
    page.emulate_media(media="print")
    shot(page, name)
    page.emulate_media(media="screen")


@pytest.mark.needs("Chromium")
@pytest.mark.needs("axe")
def test_by_keys_alone_from_the_list_to_the_clerks_case(
    page: Page, page_of: Callable[[str], Page], residents: object, tmp_path: Path
) -> None:
    look = Looked(page, "find")
    page.goto("/find/")
    look("start")
    press(page, "引っ越してきた")
    look("people")
    press(page, "つぎへ")
    look("first")
    for ending, part in (("-y", "8"), ("-m", "11"), ("-d", "5")):
        type_into(page, ending, part)
    press(page, "つぎへ")
    look("question")
    press(page, "ここまでの答えで一覧を見る")
    look("list")
    printed(page, "find-print")
    press(page, "窓口に持っていく")
    look("kept")
    printed(page, "find-print-kept")
    code = page.locator(".mdg-find__code").inner_text()
    for address in (f"number/{code}/", f"number/{code}/drop/", "number/"):
        page.goto(f"/find/{address}")
        look(address.replace(code, "code").replace("/", "-"))
    case = taken_by_the_clerk(page_of("clerk_hana"), code)
    page.goto(f"/cases/{case}/prepared/")
    assert "ご本人が前もって入力" in page.content()
    look("counter-prepared")
    page.get_by_role("button", name="すべて確かめた").click()
    page.goto(f"/cases/{case}/prepared/")
    assert "確かめるものはありません" in page.content()
    assert look.faults == []
    assert html_faults(look.seen, tmp_path) == []


def taken_by_the_clerk(page: Page, code: str) -> str:
    """Type the number on the list of cases; the case that opens."""
    page.goto("/cases/")
    page.get_by_label("準備の番号").fill(code)
    with page.expect_navigation():
        page.keyboard.press("Enter")
    return str(CaseRow.objects.get().public_id)


@pytest.mark.needs("Chromium")
@pytest.mark.needs("axe")
def test_the_clerk_says_who_was_meant(
    page_of: Callable[[str], Page], residents: dict[str, str], phone: Page
) -> None:
    phone.goto("/find/")
    phone.get_by_role("button", name="市の中で引っ越した 同じ市の中の、別の家へ").click()
    phone.get_by_label("2人目").select_option("妻")
    phone.get_by_role("button", name="つぎへ").click()
    to_the_list(phone)
    phone.get_by_role("button", name="窓口に持っていく").click()
    code = phone.locator(".mdg-find__code").inner_text()
    page = page_of("clerk_hana")
    case = taken_by_the_clerk(page, code)
    page.goto(f"/cases/{case}/find/")
    page.get_by_label("氏名", exact=False).first.fill("髙橋")
    page.keyboard.press("Enter")
    page.locator("form[action$='/choose/'] button").first.click()
    shot(page, "find-counter-name")
    assert "どなたですか" in page.locator("h1").inner_text()
    assert accessibility_faults(page) == []
    page.get_by_role("button", name="この人たちで進む").click()
    page.goto(f"/cases/{case}/prepared/")
    assert page.get_by_text("前もって", exact=False).count()
    shot(page, "find-counter-prepared-within")
    assert accessibility_faults(page) == []


@pytest.mark.needs("Chromium")
@pytest.mark.slow
@pytest.mark.needs("axe")
@pytest.mark.parametrize(
    ("size", "language"),
    [(UPRIGHT, "ja"), *((ACROSS, one) for one in ("vi", "ja", "pt-BR", "zh-Hans"))],
)
def test_the_machine_is_clean_and_fits_and_forgets(
    page_of: Callable[[str], Page], size: dict[str, int], language: str, tmp_path: Path
) -> None:
    lay_out(rules=QueueRules(only_in_hours=False))
    page = page_of("machine_one")
    page.set_viewport_size(size)
    look = Looked(page, f"find-kiosk-{size['width']}-{language}", fitting=True)
    page.goto(MACHINE)
    page.locator(f"button[name=language][value={language}]").click()
    look("welcome")
    page.locator(f"a[href='{MACHINE}find/']").click()
    look("start")
    page.locator("button[value=move_in]").click()
    page.locator("button[value='世帯主']").click()
    page.locator("button[value='妻']").click()
    look("people")
    page.locator("button[value=every]").click()
    look("every")
    page.locator("button[value='妻の母']").click()
    page.locator("button[value=next]").click()
    assert {"day", "birth", "bands", "several"} <= to_the_list_at_the_machine(page, look)
    look("list")
    page.locator("button[value=keep]").click()
    look("paper")
    assert re.fullmatch(r"\w{4}-\w{4}", page.locator("[data-code]").inner_text())
    page.goto(MACHINE)
    with pytest.raises(Error, match="ERR_CACHE_MISS"):
        page.go_back()  # the browser has kept no page of the visit
    assert look.faults == []
    assert html_faults(look.seen, tmp_path) == []


def to_the_list_at_the_machine(page: Page, look: Looked) -> set[str]:
    """Press a key on every page until the list is there; which kinds of pages there were, each looked at once."""
    kinds: set[str] = set()

    def once(kind: str) -> None:
        if kind not in kinds:
            look(f"ask-{kind}")
            kinds.add(kind)

    for _ in range(MOST_QUESTIONS):
        if page.locator("#list").count():
            return kinds
        kind = page.evaluate(KIND)
        once(kind)
        if kind == "day":
            page.locator("button[value=today]").click()
            once("today")
            page.locator("button[data-main]").click()
        elif kind == "birth":
            page.locator("button[value=bands]").click()
            once("bands")
            page.locator(".mdg-kiosk-pick").nth(7).click()
        elif kind == "several":
            page.locator("label.mdg-kiosk-pick").first.click()
            page.locator("button[data-main]").click()
        else:
            keys = (
                "button[value=nobody]",
                "button[value=none]",
                "button.mdg-kiosk-pick",
                "button[value=unknown]",
            )
            page.locator(next(one for one in keys if page.locator(one).count())).first.click()
    raise AssertionError("it does not end")


@pytest.mark.needs("Chromium")
def test_a_machine_left_at_a_question_goes_back_to_its_start(page_of: Callable[[str], Page]) -> None:
    lay_out(rules=QueueRules(only_in_hours=False))
    page = page_of("machine_one")
    page.clock.install()
    page.goto(f"{MACHINE}find/")
    page.locator("button[value=move_in]").click()
    page.locator("button[value='世帯主']").click()
    page.locator("button[value=next]").click()
    page.clock.run_for(80_000)
    assert page.locator("#question").count()
    page.clock.run_for(15_000)
    page.wait_for_url(f"**{MACHINE}")
