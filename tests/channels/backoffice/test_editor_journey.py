"""A newcomer adds a city procedure with the editor, tests it, a second person publishes it, and it is taken back: no file."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from madoguchi.catalogue import queries

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("procedures", "residents"),
]
NAME = "まどかシニアパスの申請"


def example(page: Page, household: str, name: str, outcome: str, **facts: str) -> None:
    """Put a household together on the page and keep its outcome as an example."""
    page.click("a:text-is('例を作る')")
    page.select_option("#household", household)
    page.click("button:text-is('この世帯にする')")
    for field, value in facts.items():
        box = page.locator(f"[id='x-{field.replace('__', '.')}']")
        if box.evaluate("one => one.tagName") == "SELECT":
            box.select_option(value)
        else:
            box.fill(value)
    page.click("button:text-is('結果を見る')")
    page.wait_for_selector(f"main table tbody tr:has-text('{outcome}') >> nth=0")
    page.fill("#name", name)
    page.click("button:text-is('この結果を例に加える')")


def added(page: Page) -> None:
    """Begin a draft and add a procedure of the city to it, whose condition is: moves, and is 75 or older."""
    page.goto("/office/editor/")
    page.fill("#title", "シニアパス")
    page.click("button:text-is('下書きを始める')")
    page.click("text=市の手続きを加える")
    page.fill("#name", NAME)
    page.fill("#summary", "75歳以上の方がバスに乗れるパスの申請です。")
    page.fill("#law", "まどか市シニアパス要綱")
    page.select_option("#department", "elderly")
    page.select_option("#event", "move_in")
    page.click("button:text-is('加える')")
    page.click("text=任意になる条件を直す")
    page.click("button[value='add-age:c']")
    page.fill("[name='c.1.years']", "75")
    page.fill("#because", "75歳以上の方は申請できます")
    page.fill("#otherwise", "75歳になっていないためです")
    page.wait_for_selector("#side >> text=75歳になる日")
    assert "任意" in page.inner_text("#side tr:has-text('75歳以上の夫婦') >> nth=0")
    page.click("button:text-is('この条件を保存する')")
    assert "75歳になる日（誕生日の前日）以後" in page.inner_text("main")


@pytest.mark.needs("Chromium")
def test_a_newcomer_adds_tests_publishes_and_takes_back(page_of: Callable[[str], Page]) -> None:
    before = queries.current_revision()
    page = page_of("dx_mio")
    added(page)
    # the tests say what is missing, in words
    page.click(".mdg-breadcrumb >> text=シニアパス")
    page.click("button:text-is('試験する')")
    assert "例" in page.inner_text("main")
    assert page.locator("text=公開する >> visible=true").count() == 0
    page.click("text=この手続きを開く >> nth=0")
    example(page, "elderly", "75歳以上の方は申請できる", "任意")
    example(page, "single", "若い方は不要", "不要")
    example(page, "single", "生年月日が分からなければ確かめる", "要確認", p1__birth_date="")
    page.click(".mdg-breadcrumb >> text=シニアパス")
    page.click("button:text-is('試験する')")
    assert "試験に通りました" in page.inner_text("main"), page.inner_text("main")
    address = page.url
    assert page.locator("button[value=publish]").count() == 0, "who wrote it does not publish it"
    assert queries.current_revision() == before
    # the second person
    second = page_of("dx_sora")
    second.goto(address)
    assert NAME in second.inner_text("main")
    second.click("button[value=publish]")
    assert "公開しました" in second.inner_text("main")
    published = queries.current()
    assert published.revision != before
    assert [one.name for one in published.procedures if one.id == "own-1"] == [NAME]
    # and back
    second.goto("/office/editor/")
    second.click(f"a[href$='/revisions/{before}/back/']")
    assert NAME in second.inner_text("main"), "what would change is said before"
    second.click(f"button[value='{before}']")
    assert "前の版にもどしました" in second.inner_text("main")
    assert queries.current_revision() == before
