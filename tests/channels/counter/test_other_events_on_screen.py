"""The first screens of every event: what is asked, in which words, and what happens when something is left out."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

import pytest
from django.http import HttpResponse
from django.test import Client
from tests.cast import MOVED_ON, RESIDENTS
from tests.rooms.cases.walking import seen

from madoguchi.audit.entries import Actor
from madoguchi.cases.household_notice import FROM_REGISTER
from madoguchi.procedures.situation import EventKind

Staff = Mapping[str, Actor]
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("procedures", "residents")]


@pytest.fixture
def browser(signed_in: Callable[[str], Client]) -> Client:
    return signed_in("clerk_hana")


def text(answer: HttpResponse) -> str:
    return answer.content.decode()


def opened(browser: Client, event: EventKind) -> str:
    answer = browser.post("/cases/open/", {"event": event.value, "practice": ""})
    return str(answer["Location"]).split("/")[2]


def found(browser: Client, event: EventKind) -> str:
    case = opened(browser, event)
    answer = browser.post(f"/cases/{case}/choose/", {"resident": RESIDENTS["head"].resident_no})
    assert answer["Location"] == f"/cases/{case}/event/"
    return case


def test_every_event_can_be_chosen(browser: Client) -> None:
    page = text(browser.get("/cases/"))
    assert re.findall(r'<option value="(\w+)"', page) == [event.value for event in EventKind]


@pytest.mark.parametrize("event", sorted(FROM_REGISTER, key=lambda one: one.value))
def test_the_way_leads_from_the_register_over_the_event_to_the_visitor(
    browser: Client, event: EventKind
) -> None:
    case = opened(browser, event)
    if event is EventKind.none:  # here the start page asks: of the register, or without a 住民票
        assert f"/cases/{case}/find/" in text(browser.get(f"/cases/{case}/start/"))
        assert browser.get(f"/cases/{case}/event/")["Location"] == f"/cases/{case}/start/"
    else:
        assert browser.get(f"/cases/{case}/start/")["Location"] == f"/cases/{case}/find/"
        assert browser.get(f"/cases/{case}/event/")["Location"] == f"/cases/{case}/find/"
    assert "転出証明書" not in text(browser.post(f"/cases/{case}/find/", {"kana": "ナイヒト"}))
    case = found(browser, event)
    page = text(browser.get(f"/cases/{case}/event/"))
    assert "髙橋 太郎" in page
    posted = {
        "day": MOVED_ON.isoformat(),
        "concerned": "p1",
        "new_address": "まど県まどか市新町3番地",
        "new_head": "p2" if event is EventKind.death else "",
    }
    assert browser.post(f"/cases/{case}/event/", posted)["Location"] == f"/cases/{case}/visitor/"


def test_what_is_left_out_is_said_and_what_was_typed_stays(browser: Client) -> None:
    case = found(browser, EventKind.death)
    page = text(browser.post(f"/cases/{case}/event/", {"concerned": "p1", "new_head": "p2", "day": ""}))
    assert "日付を入れてください。" in page
    assert re.search(r'value="p1" checked', page)
    assert re.search(r'value="p2" checked', page)


def test_practice_of_another_event_says_what_to_do(browser: Client) -> None:
    answer = browser.post("/cases/open/", {"event": "death", "practice": "yes"}, follow=True)
    assert "届出の種類を「転入」にして練習してください。" in text(answer)


def test_those_from_abroad_are_copied_from_their_passports(browser: Client, city: Staff) -> None:
    case = opened(browser, EventKind.move_in_abroad)
    assert "パスポート・在留カードから" in text(browser.get(f"/cases/{case}/start/"))
    page = text(browser.get(f"/cases/{case}/certificate/"))
    assert "前に住んでいた国・地域" in page
    assert "転出予定日" not in page
    posted = {
        "form-TOTAL_FORMS": "1", "form-INITIAL_FORMS": "0", "go": "next", "move_date": MOVED_ON.isoformat(),
        "old_address": "カナダ", "new_address": "まど県まどか市新町3番地", "form-0-name": "引越 大", "form-0-birth": "1984-05-02",
        "form-0-sex": "male", "form-0-relationship": "世帯主", "form-0-nationality_class": "jp",
    }  # fmt: skip
    assert browser.post(f"/cases/{case}/certificate/", posted)["Location"] == f"/cases/{case}/household/"
    assert seen(case, city["clerk_hana"]).record.text("old_address") == "カナダ"
