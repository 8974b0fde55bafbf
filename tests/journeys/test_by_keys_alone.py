"""A whole move-in (転入) by keys alone: no click, no script that moves the focus; Tab, Space, Enter, letters and numbers.

Every control is reached as a clerk reaches it, so a control that Tab does not reach fails the test.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Browser, Page
from tests.journeys.demo_server import chromium, demo

from madoguchi.config.demo_city import PASSWORD
from madoguchi.jp.wareki import format_wareki_short

pytestmark = [pytest.mark.slow, pytest.mark.browser, pytest.mark.needs("Chromium")]
MOST_TABS = 250
MOVED = datetime.now(ZoneInfo("Asia/Tokyo")).date() - timedelta(days=4)  # the demo lives today
CERTIFICATE = (
    ("#id_move_date", format_wareki_short(MOVED)),
    ("#id_old_address", "埼玉県深谷市本住町1番地"),
    ("#id_new_address", "まど県まどか市緑町3丁目30番8号"),
    ("#id_form-0-name", "鍵山 進"),
    ("#id_form-0-kana", "カギヤマ ススム"),
    ("#id_form-0-birth", "S60.1.2"),
)


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with demo(tmp_path_factory.mktemp("keys") / "home") as address:
        yield address


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as one:
        yield one


@pytest.fixture
def page(base: str, browser: Browser) -> Iterator[Page]:
    """The clerk's browser, signed in by keys."""
    window = browser.new_context(locale="ja", viewport={"width": 1440, "height": 900})
    opened = window.new_page()
    opened.set_default_timeout(15_000)
    opened.goto(f"{base}/cases/")
    opened.keyboard.type("clerk")  # the sign-in begins in the name
    tab_to(opened, "#id_password")
    opened.keyboard.type(PASSWORD)
    press(opened, "Enter", f"{base}/cases/")
    yield opened
    window.close()


def press(page: Page, key: str, arrives_at: str) -> None:
    """Press a key that leads to another screen."""
    page.keyboard.press(key)
    page.wait_for_url(arrives_at)


def at(page: Page, selector: str) -> bool:
    """Whether the focus is on this control."""
    return bool(page.evaluate("one => document.activeElement?.matches(one)", selector))


def tab_to(page: Page, selector: str) -> None:
    """Tab until the focus is on the control, and see that its focus shows. Raises AssertionError when Tab never gets there."""
    for _ in range(MOST_TABS):
        if at(page, selector):
            break
        page.keyboard.press("Tab")
    assert at(page, selector), f"Tab does not reach {selector} on {page.url}"
    shown = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert shown != "none", f"the focus on {selector} cannot be seen"


def hear(page: Page, *, answers: str) -> list[str]:
    """Go through the hearing; `answers` says what to press when somebody may have it. Returns the questions."""
    questions: list[str] = []
    while page.locator("input[name=prompt]").count():
        questions.append(page.locator("#prompt-title").inner_text())
        assert len(questions) <= 12, questions
        if page.locator(".mdg-counter__prompt form[data-keys] [data-key='1']").count():
            page.keyboard.press("1")
            page.keyboard.press("Enter")
        elif page.locator("button[value=none]").count() and answers == "none":
            page.keyboard.press("0")
        else:
            page.keyboard.press("9")
        page.wait_for_function(
            "(title) => document.querySelector('#prompt-title')?.innerText !== title", arg=questions[-1]
        )
    return questions


def sign_on_paper(page: Page) -> None:
    """From the end of the hearing over the check page to a signature on paper."""
    press(page, "Enter", "**/check/")
    tab_to(page, "button[value=sign]")
    press(page, "Enter", "**/sign/")
    tab_to(page, "#paper-signed")
    page.keyboard.press("Space")
    tab_to(page, "button[value=paper]")
    press(page, "Enter", "**/done/")


def from_certificate_to_hearing(page: Page) -> None:
    """Copy the certificate of one who moves in, and say that they came themselves, with their card."""
    press(page, "1", "**/certificate/")
    for field, text in CERTIFICATE:
        tab_to(page, field)
        page.keyboard.type(text)
    for field, letter in (
        ("sex", "男"),
        ("relationship", "世"),
        ("health_insurance", "国"),
        ("pension", "第"),
    ):
        tab_to(page, f"#id_form-0-{field}")
        page.keyboard.press("ArrowDown")
        assert page.evaluate("document.activeElement.selectedOptions[0].text").startswith(letter)
    tab_to(page, "button[value=next]")
    press(page, "Enter", "**/household/")
    tab_to(page, "main form button[data-variant=primary]")
    press(page, "Enter", "**/visitor/")
    page.keyboard.press("1")
    tab_to(page, "#id_person")
    page.keyboard.press("ArrowDown")
    tab_to(page, "#document-my_number_card")
    page.keyboard.press("Space")
    tab_to(page, "main form button[data-variant=primary]")
    press(page, "Enter", "**/hearing/")


def test_a_move_in_from_the_certificate_to_the_signature(page: Page) -> None:
    press(page, "n", "**/start/")
    from_certificate_to_hearing(page)
    assert hear(page, answers="none")
    sign_on_paper(page)


def test_a_case_from_the_list_with_a_step_back_and_a_pause(page: Page) -> None:
    page.keyboard.press("/")
    page.keyboard.type("A001")
    page.keyboard.press("Enter")
    page.wait_for_url("**/?q=A001")
    tab_to(page, "tbody a")
    press(page, "Enter", "**/hearing/")
    first = page.locator("#prompt-title").inner_text()
    page.keyboard.press("9")
    page.wait_for_function("t => document.querySelector('#prompt-title')?.innerText !== t", arg=first)
    page.keyboard.press("Backspace")
    page.wait_for_function("t => document.querySelector('#prompt-title')?.innerText === t", arg=first)
    press(page, "p", "**/cases/")
    tab_to(page, "tbody a")
    press(page, "Enter", "**/hearing/")
    assert hear(page, answers="none")[0] == first
    sign_on_paper(page)


def test_the_help_on_keys_opens_and_closes_by_keys(page: Page) -> None:
    page.keyboard.press("?")
    page.wait_for_selector("#keys[open]")
    page.keyboard.press("Escape")
    page.wait_for_selector("#keys:not([open])", state="attached")
