"""A newcomer adds a procedure of the city with the editor alone, a second person publishes it, a clerk's case shows it.

まどか市 電動生ごみ処理機 購入補助: a question of its own, a condition in blocks, a deadline, what to bring, an amount, an
example for each outcome, its sentences in English; then it is taken back in one click. The case that began meanwhile keeps
its revision. No file is touched.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page
from tests.journeys.demo_server import chromium, demo
from tests.journeys.test_family_of_five_moves_in import TODAY, signed_in

from madoguchi.jp.wareki import format_wareki_short

pytestmark = [pytest.mark.slow, pytest.mark.browser, pytest.mark.needs("Chromium")]
NAME = "まどか市 電動生ごみ処理機 購入補助"
QUESTION = "電動生ごみ処理機を買いましたか"
MOVED = TODAY - timedelta(days=3)
ENGLISH = {
    NAME: "Madoka City: subsidy for electric food-waste composters",
    "電動生ごみ処理機を買った方に、買った額の一部を補助します。": "The city refunds part of the price of an electric composter.",
    "電動生ごみ処理機を買った方は申請できます": "You may apply because you bought a composter",
    "電動生ごみ処理機を買っていないためです": "You did not buy a composter",
    "買う前の申請はできません。": "You cannot apply before you buy it.",
    "領収書": "Receipt",
    "機種の分かるもの": "Something that shows the model",
}


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    home = tmp_path_factory.mktemp("demo") / "home"
    with demo(home) as address:
        yield address, home / "madoguchi.sqlite3"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as one:
        yield one


def current(database: Path) -> str:
    with closing(sqlite3.connect(database)) as open_:
        sql = "SELECT r.revision FROM catalogue_currentrow c JOIN catalogue_revisionrow r ON r.id = c.revision_id"
        return str(open_.execute(sql).fetchone()[0])


def ask_it(page: Page, draft: str) -> None:
    """A question that no register can answer."""
    page.goto(f"{draft}questions/")
    page.click("summary:has-text('市の質問を加える')")
    page.fill("#own-label", "電動生ごみ処理機の購入")
    page.fill("#own-question", QUESTION)
    page.fill("#own-why", "購入の補助を申請できるかが決まります")
    page.click("button:text-is('この質問を加える')")
    assert "電動生ごみ処理機の購入" in page.inner_text("main table")


def add_it(page: Page, draft: str) -> str:
    """The procedure with its condition, deadline, amount and what to bring; returns its address."""
    page.goto(draft)
    page.click("text=市の手続きを加える")
    page.fill("#name", NAME)
    page.fill("#summary", "電動生ごみ処理機を買った方に、買った額の一部を補助します。")
    page.fill("#law", "まどか市電動生ごみ処理機購入補助要綱（架空）")
    page.select_option("#department", "environment")
    page.select_option("#event", "move_in")
    page.select_option("#per", "household")
    page.fill("#tell", "買う前の申請はできません。")
    page.click("button:text-is('加える')")
    address = page.url
    page.click("text=任意になる条件を直す")
    page.click("button[value='add-fact:c']")
    page.focus("[name='c.1.fact']")
    page.select_option("[name='c.1.fact']", label="世帯: 電動生ごみ処理機の購入")
    page.wait_for_selector("#side >> text=世帯の「電動生ごみ処理機の購入」がはい")
    assert page.evaluate("document.activeElement.name") == "c.1.fact", "the keyboard stays where it was"
    assert "要確認" in page.inner_text("#side tr:has-text('若い単身の方')"), "nobody has been asked yet"
    page.fill("#because", "電動生ごみ処理機を買った方は申請できます")
    page.fill("#otherwise", "電動生ごみ処理機を買っていないためです")
    page.click("button:text-is('この条件を保存する')")
    page.fill("#bring", "領収書\n機種の分かるもの")
    page.fill("#days-0", "90")
    page.fill("#yen-0", "20000")
    page.click("button:text-is('保存する')")
    assert "下書きに保存しました" in page.inner_text("main")
    return address


def example(page: Page, address: str, bought: str, name: str, outcome: str) -> None:
    page.goto(f"{address}examples/?household=family")
    box = page.locator("select[name^='household.']")
    box.select_option(label=bought)
    page.click("button:text-is('結果を見る')")
    page.wait_for_selector(f"main table tbody tr:has-text('{outcome}')")
    page.fill("#name", name)
    page.click("button:text-is('この結果を例に加える')")
    assert name in page.inner_text("main")


def run_its_tests(page: Page, draft: str) -> str:
    page.goto(draft)
    page.click("button:text-is('試験する')")
    return page.inner_text("main")


def translate(page: Page, address: str) -> None:
    """English for every sentence but one is not English yet."""
    page.goto(f"{address}languages/en/")
    labels = {one.inner_text(): str(one.get_attribute("for")) for one in page.locator("main th label").all()}
    assert labels.keys() == ENGLISH.keys()
    for japanese, text in ENGLISH.items():
        if japanese != "領収書":
            page.fill(f"#{labels[japanese]}", text)
    page.click("button:text-is('保存する')")
    assert "まだの文が1あります" in page.inner_text("main")
    assert page.locator("section[lang=en]").count() == 0
    page.fill(f"#{labels['領収書']}", ENGLISH["領収書"])
    page.click("button:text-is('保存する')")
    assert ENGLISH[NAME] in page.inner_text("section[lang=en]")


def arrives(browser: Browser, base: str, name: str) -> Page:
    """Somebody moves in alone; the clerk is at the hearing."""
    page = signed_in(browser, base, "clerk")
    page.goto(f"{base}/cases/")
    page.click("button[data-key=n]")
    page.click("a[data-key='1']")
    said = {
        "move_date": format_wareki_short(MOVED), "planned_move_out_date": format_wareki_short(MOVED),
        "old_address": "埼玉県深谷市本住町1番地", "new_address": "まど県まどか市緑町3丁目30番8号", "old_head": name,
    }  # fmt: skip
    for key, value in said.items():
        page.fill(f"#id_{key}", value)
    page.fill("#id_form-0-name", name)
    page.fill("#id_form-0-kana", "マドベ ハル")
    page.fill("#id_form-0-birth", "平成10年5月2日")
    for key, value in {"sex": "female", "relationship": "世帯主", "nationality_class": "jp"}.items():
        page.select_option(f"#id_form-0-{key}", value)
    page.click("button[value=next]")
    page.wait_for_url("**/household/")
    page.click("main form button[data-variant=primary]")
    page.wait_for_url("**/visitor/")
    page.check("#kind-self")
    page.select_option("#id_person", "p1")
    page.check("#document-my_number_card")
    page.click("main form button[data-variant=primary]")
    page.wait_for_url("**/hearing/")
    return page


def answer(page: Page, *, most: int = 20) -> bool:
    """Answer "I do not know" until our question comes, and that with yes; says whether it came."""
    for _turn in range(most):
        if not page.locator("input[name=prompt]").count():
            return False
        title = page.locator("#prompt-title").inner_text()
        ours = title == QUESTION
        if ours:
            page.check(".mdg-counter__prompt input[type=radio][value=yes]")
        page.click(f".mdg-counter__prompt button[value={'answer' if ours else 'unknown'}]")
        page.wait_for_function(
            "(title) => document.querySelector('#prompt-title')?.innerText !== title", arg=title
        )
        if ours:
            return True
    raise AssertionError("too many questions")


def test_a_newcomer_adds_a_procedure_and_it_is_taken_back(city: tuple[str, Path], browser: Browser) -> None:
    base, database = city
    before = current(database)
    page = signed_in(browser, base, "dx")
    page.goto(f"{base}/office/editor/")
    page.fill("#title", "生ごみ処理機の補助")
    page.click("button:text-is('下書きを始める')")
    draft = page.url
    ask_it(page, draft)
    address = add_it(page, draft)
    assert "例がありません" in run_its_tests(page, draft), "the tests say what is missing"
    example(page, address, "はい", "買った世帯は申請できる", "任意")
    example(page, address, "いいえ", "買っていない世帯は不要", "不要")
    example(page, address, "わからない", "聞くまでは要確認", "要確認")
    translate(page, address)
    assert "試験に通りました" in run_its_tests(page, draft)
    assert page.locator("button[value=publish]").count() == 0, "who wrote it is not offered to publish it"
    publishes_nothing_alone(page, draft)
    assert current(database) == before
    published(browser, draft)
    assert current(database) != before
    old = case_shows_it(browser, base)
    taken_back(browser, base, before)
    assert current(database) == before
    new = arrives(browser, base, "窓辺 夏")
    assert NAME not in (new.text_content("main") or ""), "new cases do not know it any more"
    assert not answer(new), "and do not ask for it"
    clerk = signed_in(browser, base, "clerk")
    clerk.goto(old)
    assert NAME in clerk.inner_text(".mdg-counter__procedures"), "the old case keeps its revision"


def publishes_nothing_alone(page: Page, draft: str) -> None:
    """The same person sends what the button would send."""
    page.goto(draft)
    token = page.locator("input[name=csrfmiddlewaretoken]").first.input_value()
    version = page.locator("input[name=version]").first.input_value()
    refused = page.request.post(
        f"{draft}act/", form={"csrfmiddlewaretoken": token, "version": version, "act": "publish"}, headers={"Referer": draft}
    )  # fmt: skip
    assert refused.status == 409
    assert "書いた人は公開できません" in refused.text()


def published(browser: Browser, draft: str) -> None:
    second = signed_in(browser, draft.split("/office/")[0], "dx2")
    second.goto(draft)
    assert NAME in second.inner_text("main")
    assert QUESTION in second.inner_text("main")
    second.click("button[value=publish]")
    assert "公開しました" in second.inner_text("main")


def case_shows_it(browser: Browser, base: str) -> str:
    """The clerk asks the city's question; the procedure is there with deadline, amount and English; returns its address."""
    page = arrives(browser, base, "窓辺 春")
    assert NAME in page.inner_text(".mdg-counter__procedures")
    assert answer(page), "the city's own question is asked"
    row = page.locator("li[data-status=optional]", has_text=NAME)
    assert row.locator(".mdg-by").count() == 1, "the deadline stands beside the name"
    row.locator("summary").click()
    assert "20,000円" in row.inner_text()
    assert "領収書" in row.inner_text()
    hearing = page.url
    row.locator("a").click()
    page.click("summary:text-is('英語')")
    assert ENGLISH[NAME] in page.inner_text("section[lang=en]")
    assert ENGLISH["領収書"] in page.inner_text("section[lang=en]")
    return hearing


def taken_back(browser: Browser, base: str, before: str) -> None:
    second = signed_in(browser, base, "dx2")
    second.goto(f"{base}/office/editor/")
    second.click(f"a[href$='/revisions/{before}/back/']")
    assert NAME in second.inner_text("main"), "what it changes is said before"
    second.click(f"button[value='{before}']")
    assert "前の版にもどしました" in second.inner_text("main")
    # and there is a way back from it, which is gone too
    second.click("button:text-is('もどしたのを取り消す')")
    assert "前の版にもどしました" in second.inner_text("main")
    second.click("button:text-is('もどしたのを取り消す')")


def test_a_condition_is_put_together_and_tried_without_javascript(
    city: tuple[str, Path], browser: Browser
) -> None:
    base, _database = city
    page = signed_in(browser, base, "dx", scripts=False)
    page.goto(f"{base}/office/editor/")
    page.fill("#title", "JavaScript なし")
    page.click("button:text-is('下書きを始める')")
    page.goto(f"{page.url}of/water-start/rules/0/must/")
    elderly = "#side tr:has-text('75歳以上の夫婦')"
    before = page.inner_text(elderly)
    page.click("button[value='add-age:c']")
    page.fill("[name$='.years']", "75")
    page.select_option("[name$='.age']", label="歳になる日（誕生日の前日）より前")
    page.click("button[value='try']")
    assert "75歳になる日（誕生日の前日）より前" in page.inner_text("#side")
    assert "不要" in page.inner_text(elderly) != before, "the claimant is too old now"
    page.click("button[value='add-fact:c']")
    last = page.locator("select[name$='.fact']").last
    name = str(last.get_attribute("name"))
    last.select_option(label="請求者: 健康保険")
    page.click("button[value='try']")
    page.check(f"[name='{name.removesuffix('fact')}v'][value=nhi]")
    page.click("button[value='try']")
    assert "請求者の健康保険が「国民健康保険」である" in page.inner_text("#side")
