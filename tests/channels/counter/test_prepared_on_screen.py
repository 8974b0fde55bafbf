"""Somebody comes with a number: typed or scanned on the list, people named, answers confirmed, and signed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from tests.cast import MOVED_ON, NOW, RESIDENTS, certificate
from tests.rooms.cases.test_prepared import BORN, MOVED, heard_at_home, kept
from tests.rooms.cases.walking import answered, seen, sign, visited

from madoguchi.audit.entries import Actor
from madoguchi.cases import prepared
from madoguchi.cases.models import CaseRow
from madoguchi.cases.prepared_code import grouped
from madoguchi.cases.states import FactSource
from madoguchi.procedures.facts import FactRef
from madoguchi.procedures.situation import EventKind

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("procedures", "residents")]
SignedIn = Callable[[str], Client]


@pytest.fixture(autouse=True)
def _now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "now", lambda: NOW)


@pytest.fixture
def browser(signed_in: SignedIn) -> Client:
    return signed_in("clerk_hana")


def taken(browser: Client, typed: str) -> str:
    answer = browser.post("/cases/prepared/", {"prepared": typed})
    assert answer.status_code == 302, answer.content.decode()[:500]
    return CaseRow.objects.get(public_id=answer["Location"].strip("/").split("/")[-1]).public_id


def test_a_move_in_from_the_number_to_the_signature(browser: Client, city: Mapping[str, Actor]) -> None:
    clerk = city["clerk_hana"]
    code = kept(heard_at_home(EventKind.move_in, **(BORN | MOVED))).code
    case = taken(browser, f"http://testserver/find/number/{grouped(code)}/")
    page = browser.get(f"/cases/{case}/hearing/").content.decode()
    assert "自宅で答えた内容を確かめる" in page
    assert "ご本人が前もって入力" in page
    form = browser.get(f"/cases/{case}/certificate/").content.decode()
    assert 'name="told_of-2" value="p3"' in form
    assert 'value="S59.5.2"' in form
    one, two = certificate().people[:2]
    lines = {
        f"form-{n}-{key}": value
        for n, person in enumerate((one, two))
        for key, value in {"name": person.name, "kana": person.kana, "birth": "S59.5.2", "relationship": person.relationship,
                           "nationality_class": "jp"}.items()
    }  # fmt: skip
    answer = browser.post(f"/cases/{case}/certificate/", {
        "move_date": MOVED_ON.isoformat(), "old_address": "まど県となり市1番地", "new_address": "まど県まどか市本町1番地",
        "form-TOTAL_FORMS": "5", "form-INITIAL_FORMS": "0", "told_of-0": "p1", "told_of-1": "p2", "told_of-2": "p3",
        "form-2-birth": "H30.4.1", "form-2-relationship": "子", "form-2-nationality_class": "jp", **lines,
    })  # fmt: skip
    assert answer.status_code == 302, answer.content.decode()
    record = seen(case, clerk).record
    assert [person.ref for person in record.people] == ["p1", "p2"]
    assert record.text("name", "p1") == one.name
    card = FactRef("has_card", "p1")
    assert record.facts[card].source is FactSource.PREPARED
    browser.post(f"/cases/{case}/household/", {"moves": ["p1", "p2"], "claimant": "p1"})
    visited(case, clerk)
    assert "has_card|p1" in browser.get(f"/cases/{case}/prepared/").content.decode()
    browser.post(f"/cases/{case}/prepared/", {"go": "chosen", "fact": ["has_card|p1"]})
    assert seen(case, clerk).record.facts[card].source is FactSource.SAID
    browser.post(f"/cases/{case}/prepared/", {"go": "all"})
    assert seen(case, clerk).record.to_confirm == ()
    answered(case, clerk)
    sign(case, clerk, now=NOW + timedelta(minutes=5))
    assert prepared.sweep(now=NOW) == 1


def test_a_household_of_the_register_is_matched_by_the_clerk(
    browser: Client, city: Mapping[str, Actor]
) -> None:
    said = heard_at_home(EventKind.move_within, ("世帯主", "妻", "子"), **(BORN | MOVED))
    case = taken(browser, kept(said).code.lower())
    head = RESIDENTS["head"]
    assert browser.get(f"/cases/{case}/start/")["Location"].endswith("/find/")
    page = browser.post(f"/cases/{case}/choose/", {"resident": head.resident_no}).content.decode()
    assert "どなたですか" in page
    assert head.name.name in page
    meant = {"resident": head.resident_no, "meant-p1": head.resident_no, "meant-p2": head.resident_no}
    assert browser.post(f"/cases/{case}/people/", meant).status_code == 422
    answer = browser.post(f"/cases/{case}/people/", meant | {"meant-p2": "not_here", "meant-p3": "not_yet"})
    assert answer["Location"].endswith("/event/")
    record = seen(case, city["clerk_hana"]).record
    assert record.text("name", "p1") == head.name.name
    assert record.unnamed == ("p3",)
    browser.post(f"/cases/{case}/prepared/", {"go": "leave_out", "ref": "p3"})
    assert seen(case, city["clerk_hana"]).record.unnamed == ()
    assert browser.get(f"/cases/{case}/event/").status_code == 200


def test_a_wrong_number_is_told_and_guessing_is_stopped(browser: Client) -> None:
    for _ in range(prepared.TRIES_OF_ONE):
        answer = browser.post("/cases/prepared/", {"prepared": "3467-9ACD"})
        assert answer.status_code == 422
        assert "準備の番号は見つかりません" in answer.content.decode()
    assert browser.post("/cases/prepared/", {"prepared": "3467-9ACD"}).status_code == 429
    assert CaseRow.objects.count() == 0


def test_a_birth_brings_the_child_whom_nobody_has_registered_yet(
    browser: Client, city: Mapping[str, Actor]
) -> None:
    born = {key: value for key, value in BORN.items() if "p3" not in key}
    case = taken(browser, kept(heard_at_home(EventKind.birth, ("世帯主", "妻"), **born)).code)
    head = RESIDENTS["head"].resident_no
    meant = {"resident": head, "meant-p1": head, "meant-p2": "not_here", "meant-p3": "not_yet"}
    browser.post(f"/cases/{case}/people/", meant)
    child = {"child_name": "髙橋 陽", "child_kana": "タカハシ ヒナタ", "child_sex": "female"}
    answer = browser.post(f"/cases/{case}/event/", {"day": MOVED_ON.isoformat(), "claimant": "p1", **child})
    assert answer.status_code == 302
    record = seen(case, city["clerk_hana"]).record
    assert record.text("name", "p3") == "髙橋 陽"
    assert record.unnamed == ()
