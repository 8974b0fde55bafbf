"""The counter's screens for people without a 住民票 (E41): let in, never asked why, and told of each procedure."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

import pytest
from django.http import HttpResponse
from django.test import Client
from tests.cast import NOW, PLANTED, PLANTED_ADDRESS, RESIDENTS
from tests.house.walk import said
from tests.rooms.cases.test_who_may_file import came
from tests.rooms.cases.walking import answered, seen, sign, visited, without_record

from madoguchi.audit.entries import Actor
from madoguchi.audit.models import EntryRow
from madoguchi.cases.models import TaskRow
from madoguchi.cases.record import ADDRESS_KEPT_OFF, HEAD, PLACE_OF_STAY
from madoguchi.cases.states import CaseStatus, VisitorKind
from madoguchi.cases.unregistered import NAME_UNKNOWN
from madoguchi.connect.operations import approve_and_create
from madoguchi.procedures.situation import EventKind

Staff = Mapping[str, Actor]
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("procedures", "residents")]
TWO_LINES = {
    "form-TOTAL_FORMS": "2",
    "form-INITIAL_FORMS": "1",
    "form-MIN_NUM_FORMS": "0",
    "form-MAX_NUM_FORMS": "20",
}
PERSON = {"form-0-name": "花", "form-0-birth": "H2.5.2", "form-0-sex": "female", "form-0-relationship": HEAD}
# Whoever has no 住民票 is not asked why, and no screen guesses it.
REASONS = re.compile("DV|暴力|ホームレス|路上|無戸籍|不法|オーバーステイ|住所不定|借金|在留資格がない")


@pytest.fixture
def browser(signed_in: Callable[[str], Client]) -> Client:
    return signed_in("clerk_hana")


def text(answer: HttpResponse) -> str:
    return answer.content.decode()


def opened(browser: Client, event: EventKind = EventKind.none) -> str:
    answer = browser.post("/cases/open/", {"event": event.value, "practice": ""})
    return str(answer["Location"]).split("/")[2]


def entered(browser: Client, **more: str) -> tuple[str, HttpResponse]:
    case = opened(browser)
    posted = {**TWO_LINES, **PERSON, "place_of_stay": "親類の家", "go": "next", **more}
    return case, browser.post(f"/cases/{case}/unregistered/", posted)


def test_e41_the_way_leads_from_the_start_to_the_tasks_of_the_departments(
    browser: Client, city: Staff
) -> None:
    case = opened(browser)
    assert f"/cases/{case}/unregistered/" in text(browser.get(f"/cases/{case}/start/"))
    page = text(browser.get(f"/cases/{case}/unregistered/"))
    assert "わけは聞かず" in page
    child = {
        "form-1-name_unknown": "on",
        "form-1-sex": "male",
        "form-1-relationship": "子",
        "form-1-birth": "R6.8.1",
    }
    answer = browser.post(
        f"/cases/{case}/unregistered/", {**TWO_LINES, **PERSON, **child, "place_of_stay": "", "go": "next"}
    )
    assert answer["Location"] == f"/cases/{case}/event/"
    page = text(browser.get(f"/cases/{case}/event/"))
    assert "花（代表の方）、" in page, "whoever is in no register heads no household in it"
    assert NAME_UNKNOWN in page
    answer = browser.post(f"/cases/{case}/event/", {"claimant": "p1"})
    assert answer["Location"] == f"/cases/{case}/visitor/"
    assert "通知は送りません" in text(browser.get(f"/cases/{case}/visitor/"))
    visited(case, city["clerk_hana"])
    answered(case, city["clerk_hana"])
    assert browser.get(f"/cases/{case}/hearing/").status_code == 200
    sign(case, city["clerk_hana"])
    done = text(browser.get(f"/cases/{case}/done/"))
    assert "住民記録には載せません" in done
    assert "住民記録に登録" not in done
    approve_and_create(case=case, by=city["reviewer_jiro"], now=NOW, version=None)
    assert CaseStatus.CLOSED.label in text(browser.get("/cases/"))


@pytest.mark.parametrize("event", [event for event in EventKind if event is not EventKind.none])
def test_a_notice_that_changes_the_register_has_no_such_entry(browser: Client, event: EventKind) -> None:
    case = opened(browser, event)
    start = browser.get(f"/cases/{case}/start/", follow=True)
    assert "unregistered" not in text(start)
    assert browser.get(f"/cases/{case}/unregistered/")["Location"] == f"/cases/{case}/"


def test_no_screen_asks_or_guesses_why(browser: Client, city: Staff) -> None:
    case = without_record(city["clerk_hana"], keep_off=True)
    visited(case, city["clerk_hana"])
    for name in ("start", "unregistered", "event", "visitor", "check", "display", "find"):
        page = text(browser.get(f"/cases/{case}/{name}/", follow=True))
        assert REASONS.findall(re.sub("<[^>]+>", " ", page)) == [], name


def test_whoever_is_found_in_no_register_is_not_sent_away(browser: Client) -> None:
    case = opened(browser)
    page = text(browser.post(f"/cases/{case}/find/", {"kana": "ナイヒト"}))
    assert "見つかりませんでした" in page
    assert f"/cases/{case}/unregistered/" in page


def test_a_line_says_who_it_is_or_that_nobody_knows(browser: Client) -> None:
    _, answer = entered(browser, **{"form-0-name": ""})
    assert "「氏名が分からない」にしるしを" in text(answer)
    assert 'value="親類の家"' in text(answer), "what was typed stays"
    _, answer = entered(browser, **{"form-0-name": "", "form-0-birth": "", "form-0-sex": ""})
    assert "一人以上入れてください" in text(answer)
    assert "移る人" not in text(answer)
    _, answer = entered(browser, **{"form-0-birth": "R9.1.1"})
    assert "今日より後" in text(answer)


def test_more_lines_keep_what_was_typed(browser: Client) -> None:
    _, answer = entered(browser, go="more")
    assert text(answer).count('class="mdg-person"') == 4
    assert 'value="親類の家"' in text(answer)
    assert 'value="花"' in text(answer)


def test_the_list_says_of_each_procedure_what_holds_without_a_record(browser: Client, city: Staff) -> None:
    case = without_record(city["clerk_hana"])
    visited(case, city["clerk_hana"])
    answered(case, city["clerk_hana"])
    page = text(browser.get(f"/cases/{case}/check/"))
    assert "住民票がなくても受けられます。認定は、保護者の居住地の市町村が行います" in page, (
        "保育, with a source"
    )
    assert "住民票がなくても受けられる見込みです。お子さんに住民票がないときは" in page, (
        "児童手当, unverified"
    )
    assert "住民票が要る手続きです。この市の住民基本台帳に載っている方が登録するものです。" in page, (
        "印鑑登録"
    )
    assert "住民票がないときの扱いは担当課が確かめます。" in page
    for name in ("予防接種・乳幼児健診", "母子健康手帳", "生活保護の相談・申請", "小中学校への入学"):
        assert name in page, "there by place of stay, though no event decides it"
    assert "certificate-" not in page
    assert "<td>代表の方</td>" in page
    nursery = text(browser.get(f"/cases/{case}/procedures/nursery/p2/"))
    assert "住民票がないとき" in nursery
    assert "住民票がなくても受けられます" in text(browser.get(f"/cases/{case}/hearing/"))


def test_nobody_with_a_record_reads_of_it(browser: Client) -> None:
    case = opened(browser)
    browser.post(f"/cases/{case}/choose/", {"resident": RESIDENTS["head"].resident_no})
    assert "住民票がな" not in text(browser.get(f"/cases/{case}/check/"))
    assert f"/cases/{case}/unregistered/" in text(browser.get(f"/cases/{case}/event/")), "one may be added"


def test_a_department_is_told_and_sees_where_they_stay(
    browser: Client, city: Staff, signed_in: Callable[[str], Client]
) -> None:
    case = without_record(city["clerk_hana"], place="親類の家")
    visited(case, city["clerk_hana"])
    answered(case, city["clerk_hana"])
    browser.post(f"/cases/{case}/check/", {"go": "save", "apply": "child-allowance-claim:household"})
    sign(case, city["clerk_hana"])
    task = TaskRow.objects.get(case__public_id=case, procedure="child-allowance-claim")
    page = text(signed_in("officer_child").get(f"/desk/{task.pk}/"))
    assert "この市に住民票のない方です" in page
    assert "親類の家" in page


def test_e41_the_box_keeps_the_place_off_every_screen_paper_and_search(
    browser: Client, city: Staff, signed_in: Callable[[str], Client]
) -> None:
    clerk = city["clerk_hana"]
    case, _ = entered(browser, place_of_stay=PLANTED_ADDRESS, keep_off="yes")
    assert seen(case, clerk).record.value(ADDRESS_KEPT_OFF) is True
    assert seen(case, clerk).record.text(PLACE_OF_STAY) == PLANTED_ADDRESS
    page = text(browser.get(f"/cases/{case}/event/"))
    assert 'name="keep_address_off" value="yes" checked' in page
    browser.post(f"/cases/{case}/event/", {"keep_address_off": "yes", "hold_post": "yes"})
    came(case, clerk, VisitorKind.AGENT)
    answered(case, clerk)
    before = (
        "start", "unregistered", "event", "find", "visitor", "hearing", "check", "sign", "display", "history", "journey",
        "facts/place_of_stay/event", "papers/guide.pdf", "papers/confirmation.pdf", "papers/sheets.pdf",
        "procedures/nursery/p1",
    )  # fmt: skip
    shown = [said(browser.get(_url(case, name), follow=True)) for name in before]
    assert "見つかりませんでした" in text(browser.post(f"/cases/{case}/find/", {"address": "蛍沢七丁目"}))
    sign(case, clerk)
    shown += [
        said(browser.get(_url(case, name), follow=True))
        for name in ("done", "correct", "papers/confirmation.pdf")
    ]
    shown.append(said(signed_in("reviewer_jiro").get(f"/reviews/{case}/")))
    for task in TaskRow.objects.filter(case__public_id=case, department="childcare"):
        shown.append(said(signed_in("officer_child").get(f"/desk/{task.pk}/")))
    rows = EntryRow.objects.values_list("activity", "person_key", "body")
    shown.append(" ".join(map(str, rows)))
    assert [page for page in shown if any(word in page for word in PLANTED)] == []


def _url(case: str, name: str) -> str:
    return f"/cases/{case}/{name}" + ("" if name.endswith(".pdf") else "/")
