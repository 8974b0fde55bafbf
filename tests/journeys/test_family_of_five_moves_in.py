"""A family of five moves in (転入): from the moving-out certificate to the registered change, in a real browser.

What is known beforehand is what the certificate says, nothing else. The list that comes out is the expert's; what the
visit cost the family is read from the journey page, which counts recorded events. The same way is then gone with
JavaScript off.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Browser, Page
from tests.journeys.demo_server import chromium, demo

from madoguchi.cases.states import CaseStatus
from madoguchi.config.demo_city import PASSWORD
from madoguchi.jp.wareki import format_wareki_short
from madoguchi.procedures.loader import NATIONAL_FOLDER, national_pack

pytestmark = [pytest.mark.browser, pytest.mark.needs("Chromium")]
EXPERT = tomllib.loads((NATIONAL_FOLDER / "expert" / "household_of_five.toml").read_text(encoding="utf-8"))
NAMES = {"p1": "窓辺 太郎", "p2": "窓辺 幸子", "p3": "窓辺 双葉", "p4": "窓辺 一樹", "p5": "窓辺 梅"}
KANA = {
    "p1": "マドベ タロウ",
    "p2": "マドベ サチコ",
    "p3": "マドベ フタバ",
    "p4": "マドベ カズキ",
    "p5": "マドベ ウメ",
}
TODAY = datetime.now(ZoneInfo("Asia/Tokyo")).date()  # the demo lives today
MOVED = TODAY - timedelta(days=4)
PEOPLE = EXPERT["situation"]["people"]
TRUTH = {
    f"answer-{one['id']}-{key}": value for one in PEOPLE for key, value in one.items() if key != "id"
} | {f"answer-household-{key}": value for key, value in EXPERT["situation"]["household"].items()}


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with demo(tmp_path_factory.mktemp("demo") / "home") as address:
        yield address


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as one:
        yield one


def signed_in(browser: Browser, base: str, username: str, *, scripts: bool = True) -> Page:
    page = browser.new_context(
        locale="ja", viewport={"width": 1440, "height": 900}, java_script_enabled=scripts
    ).new_page()
    page.set_default_timeout(15_000)
    page.goto(f"{base}/staff/login/")
    page.fill("#id_login", username)
    page.fill("#id_password", PASSWORD)
    page.press("#id_password", "Enter")
    page.wait_for_url("**/*/")
    return page


def copy_certificate(page: Page) -> None:
    """What the certificate says, typed by the clerk; the family writes nothing."""
    move = {
        "move_date": format_wareki_short(MOVED),
        "planned_move_out_date": format_wareki_short(MOVED - timedelta(days=5)),
        "old_address": "埼玉県深谷市本住町1番地",
        "new_address": "まど県まどか市緑町3丁目30番8号",
        "new_building": "まどか荘201号",
        "old_head": NAMES["p1"],
    }
    for key, value in move.items():
        page.fill(f"#id_{key}", value)
    for line, one in enumerate(PEOPLE):
        birth: date = one["birth_date"]
        page.fill(f"#id_form-{line}-name", NAMES[one["id"]])
        page.fill(f"#id_form-{line}-kana", KANA[one["id"]])
        page.fill(f"#id_form-{line}-birth", format_wareki_short(birth))
        for key in ("sex", "relationship", "nationality_class", "health_insurance", "pension"):
            if key in one:
                page.select_option(f"#id_form-{line}-{key}", one[key])
    page.click("button[value=next]")


def answer_everything(page: Page, *, most: int = 12) -> int:
    """Answer what is asked with the truth until nothing is asked; returns how many questions it were."""
    asked = 0
    while page.locator("input[name=prompt]").count():
        asked += 1
        assert asked <= most, "too many questions"
        title = page.locator("#prompt-title").inner_text()
        answer_prompt(page)
        page.wait_for_function(
            "(title) => document.querySelector('#prompt-title')?.innerText !== title", arg=title
        )
    return asked


def answer_prompt(page: Page) -> None:
    for field in page.locator(".mdg-counter__prompt select").all():
        field.select_option(str(TRUTH[field.get_attribute("name") or ""]))
    boxes = page.locator(
        ".mdg-counter__prompt form[data-keys] input[type=radio], .mdg-counter__prompt form[data-keys] input[type=checkbox]"
    )
    picked = 0
    for box in boxes.all():
        if _means(TRUTH[box.get_attribute("name") or ""], box.get_attribute("value") or ""):
            box.check()
            picked += 1
    wanted = "answer" if picked or page.locator(".mdg-counter__prompt select").count() else "none"
    page.click(f".mdg-counter__prompt button[value={wanted}]")


def _means(truth: object, code: str) -> bool:
    if isinstance(truth, bool):
        return code == ("yes" if truth else "no")
    return code in truth if isinstance(truth, list) else code == truth


def shown_list(page: Page) -> set[tuple[str, str, str]]:
    """(row of the law's list, for whom, outcome) for every procedure on the check page."""
    law_ids = {one.name: one.law_id for one in national_pack().procedures}
    refs = {name: ref for ref, name in NAMES.items()}
    found = set()
    for row in page.locator("tr[data-status]").all():
        name = row.locator("th").inner_text().strip()
        people = [one for one in row.locator("td").nth(1).inner_text().strip().split("、") if one]
        for person in people or [""]:
            found.add((law_ids[name], refs.get(person, "household"), row.get_attribute("data-status") or ""))
    for wish in page.locator("section[aria-labelledby=wish-title] fieldset").all():
        name = (wish.locator("legend").evaluate("one => one.firstChild.textContent") or "").strip()
        for label in wish.locator("label").all():
            person = (label.text_content() or "").strip()
            found.add((law_ids[name], refs.get(person, "household"), "optional"))
    return found


def test_the_family_is_asked_little_writes_nothing_signs_once(base: str, browser: Browser) -> None:
    page = signed_in(browser, base, "clerk")
    page.keyboard.press("n")
    page.wait_for_url("**/start/")
    page.click("a[data-key='1']")
    copy_certificate(page)
    page.wait_for_url("**/household/")
    page.click("main form button[data-variant=primary]")
    page.click("button[value=read-card]")
    page.wait_for_selector("#card-title")
    assert page.locator("#id_person").input_value() == "p1", "the card says who came"
    assert page.locator("#document-my_number_card").is_checked()
    page.click("main form button[data-variant=primary]")
    page.wait_for_url("**/hearing/")
    asked = answer_everything(page)
    page.click(".mdg-counter__prompt a.mdg-button")
    page.wait_for_url("**/check/")
    expected = {(one["law_id"], who, one["status"]) for one in EXPERT["expected"] for who in one["subjects"]}
    assert shown_list(page) == expected
    page.click("button[value=sign]")
    sign_on_pad(page)
    page.wait_for_url("**/done/")
    case = page.url.split("/")[4]
    for paper in ("sheets", "guide", "confirmation"):
        made = page.request.get(f"{base}/cases/{case}/papers/{paper}.pdf")
        assert (made.status, made.body()[:5]) == (200, b"%PDF-")
    page.goto(f"{base}/cases/{case}/journey/")
    counts = {
        str(cell.get_attribute("data-count")): float(cell.inner_text())
        for cell in page.locator("[data-count]").all()
    }
    assert counts["questions"] == asked <= 12
    assert (counts["characters"], counts["signatures"], counts["asked_again"], counts["moves"]) == (
        0,
        1,
        0,
        0,
    )
    if os.environ.get("MADOGUCHI_WRITE_JOURNEYS") == "1":
        write_journey(
            counts,
            must=sum(one[2] == "must" for one in expected),
            optional=sum(one[2] == "optional" for one in expected),
        )
    register(browser, base, case)


def sign_on_pad(page: Page) -> None:
    page.wait_for_url("**/sign/")
    pad = page.locator("canvas")
    pad.scroll_into_view_if_needed()
    box = pad.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 60, box["y"] + 60)
    page.mouse.down()
    page.mouse.move(box["x"] + 200, box["y"] + 120, steps=8)
    page.mouse.move(box["x"] + 320, box["y"] + 50, steps=8)
    page.mouse.up()
    page.click("button[value=pad]")


def register(browser: Browser, base: str, case: str) -> None:
    """A second officer approves, the change leaves, the core system's yes closes the case."""
    reviewer = signed_in(browser, base, "reviewer")
    reviewer.goto(f"{base}/reviews/{case}/")
    reviewer.click("button[value=approve]")
    reviewer.wait_for_url("**/reviews/")
    systems = signed_in(browser, base, "systems")
    systems.goto(f"{base}/office/changes/")
    with systems.expect_download() as download:
        systems.locator("form[action*='csv'] button").first.click()
    text = Path(str(download.value.path())).read_text(encoding="utf-8-sig")
    assert all(name in text for name in NAMES.values())
    systems.goto(f"{base}/office/changes/")
    systems.locator("button[value=ok]").click()
    clerk = signed_in(browser, base, "clerk")
    clerk.goto(f"{base}/cases/{case}/done/")
    assert clerk.locator(".mdg-case-head > p").nth(3).inner_text() == CaseStatus.REGISTERED.label


def write_journey(counts: dict[str, float], *, must: int, optional: int) -> None:
    lines = [
        "# 窓口での道のり / Journeys",
        "",
        "国保の5人世帯の転入。分かっているのは転出証明書の記載だけ。数は記録された出来事から数えたもの。",
        "`MADOGUCHI_WRITE_JOURNEYS=1 make test` writes this page anew.",
        "",
        "| 数えたもの | 数 | 目標 |",
        "|---|---|---|",
        f"| 質問 questions | {counts['questions']:.0f} | 12 以下 |",
        f"| 来た人が書いた文字 characters written by the resident | {counts['characters']:.0f} | 0 |",
        f"| 署名 signatures | {counts['signatures']:.0f} | 1 |",
        f"| 二度聞いたこと asked twice | {counts['asked_again']:.0f} | 0 |",
        f"| 席の移動 moves | {counts['moves']:.0f} | 0 |",
        f"| 必要な手続き must (procedure × person) | {must} | 専門の職員の表と同じ |",
        f"| 任意の手続き optional (procedure × person) | {optional} | 専門の職員の表と同じ |",
        "",
    ]
    (Path(__file__).resolve().parents[2] / "docs" / "journeys.md").write_text(
        "\n".join(lines), encoding="utf-8"
    )


def test_the_same_way_works_without_javascript(base: str, browser: Browser) -> None:
    page = signed_in(browser, base, "clerk", scripts=False)
    page.goto(f"{base}/cases/")
    page.click("button[data-key=n]")
    page.click("a[data-key='1']")
    copy_certificate(page)
    page.click("main form button[data-variant=primary]")
    page.check("#kind-self")
    page.select_option("#id_person", "p1")
    page.check("#document-my_number_card")
    page.click("main form button[data-variant=primary]")
    asked = 0
    while page.locator("input[name=prompt]").count():
        asked += 1
        assert asked <= 12
        with page.expect_navigation():  # the next question is another page
            answer_prompt(page)
    page.click(".mdg-counter__prompt a.mdg-button")
    page.click("button[value=sign]")
    page.check("#paper-signed")
    page.click("button[value=paper]")
    assert page.url.endswith("/done/")
