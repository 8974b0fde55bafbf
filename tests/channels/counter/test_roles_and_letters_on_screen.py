"""E49, E50 and E51 as a clerk meets them: one prompt, a page for four people, a mark without a reason, a list without names."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest
from django.test import Client
from tests.cast import FIVE, NOW
from tests.rooms.cases.walking import answered, begun, seen, sign, unproved, visited, widowed

from madoguchi.audit.entries import Actor
from madoguchi.cases.models import LetterRow, TaskRow
from madoguchi.cases.roles import RoleHolder, holder_of, how_said
from madoguchi.procedures.packs import FilingRole

Staff = Mapping[str, Actor]
pytestmark = pytest.mark.django_db
MARK = "郵便の送り先を確かめる"


@pytest.fixture
def browser(signed_in: Callable[[str], Client], procedures: str, residents: Mapping[str, str]) -> Client:
    return signed_in("clerk_hana")


def test_e51_nobody_is_ticked_before_it_was_said_and_the_pad_waits(browser: Client, city: Staff) -> None:
    clerk = city["clerk_hana"]
    case = widowed(clerk)
    page = browser.get(f"/cases/{case}/check/").content.decode()
    assert "どの手続きも同じ方ですか" in page
    (radio,) = [
        part.split(">")[0] for part in page.split("<input") if 'id="one-for-all"' in part.split(">")[0]
    ]
    assert "checked" not in radio
    answer = browser.post(
        f"/cases/{case}/check/", {"go": "sign", "version": seen(case, clerk).header.version}
    )
    assert answer.status_code == 200 and "まだ聞いていません" in answer.content.decode()
    answer = browser.post(f"/cases/{case}/check/", {"go": "sign", "one_for_all": "yes"})
    assert answer["Location"].endswith("/sign/")


def test_e51_where_they_differ_a_page_asks_one_by_one(browser: Client, city: Staff) -> None:
    clerk = city["clerk_hana"]
    case = widowed(clerk)
    answer = browser.post(f"/cases/{case}/check/", {"go": "sign", "one_for_all": "no"})
    assert answer["Location"].endswith("/roles/")
    assert not how_said(seen(case, clerk).record), "looking at the page says nothing"
    posted = {
        "version": seen(case, clerk).header.version,
        "funeral_host-who": "other",
        "funeral_host-name": "佐藤 次郎",
        "funeral_host-relationship": "弟",
        "pension_claimant-who": "p2",
        "heir_representative-who": "open",
    }
    assert browser.post(f"/cases/{case}/roles/", posted).status_code == 302
    record = seen(case, clerk).record
    assert holder_of(record, FilingRole.FUNERAL_HOST) == RoleHolder("佐藤 次郎", relationship="弟")
    assert holder_of(record, FilingRole.HEIR_REPRESENTATIVE) is None
    page = browser.get(f"/cases/{case}/check/").content.decode()
    assert "佐藤 次郎" in page and "funeral" not in page.split("<form")[0], (
        "no key of ours stands on the screen"
    )
    refused = browser.post(f"/cases/{case}/roles/", {**posted, "pension_claimant-who": "p1", "version": ""})
    assert refused.status_code == 200 and "手続きをする方に選べない人です" in refused.content.decode()


def test_e51_of_a_move_nothing_is_asked(browser: Client, city: Staff) -> None:
    case = begun(city["clerk_hana"])
    assert "どの手続きも同じ方ですか" not in browser.get(f"/cases/{case}/check/").content.decode()


def test_e49_the_list_of_a_department_shows_the_mark_of_a_case_without_a_reason(
    city: Staff, procedures: str, signed_in: Callable[[str], Client]
) -> None:
    clerk = city["clerk_hana"]
    held, plain = begun(clerk), begun(clerk)
    browser = signed_in("clerk_hana")
    moves = [one.ref for one in seen(held, clerk).record.people]
    browser.post(
        f"/cases/{held}/household/", {"moves": moves, "claimant": "p1", "hold_post": "yes", "join": "new"}
    )
    for one in (held, plain):
        visited(one, clerk)
        answered(one, clerk)
        sign(one, clerk, now=NOW)
    page = signed_in("officer_nhi").get("/desk/").content.decode()
    tasks = TaskRow.objects.filter(case__public_id=held, department="insurance").count()
    assert tasks and page.count(MARK) == tasks
    assert "支援措置" not in page


def test_e50_the_list_names_nobody_and_leads_from_print_to_sent(browser: Client, city: Staff) -> None:
    clerk = city["clerk_hana"]
    case = unproved(clerk)
    record = seen(case, clerk).record
    page = browser.get("/letters/").content.decode()
    assert record.text("old_address") not in page and record.text("new_address") not in page
    assert not [one for one in FIVE if one.name in page]
    early = browser.post(f"/letters/{case}/sent/", follow=True).content.decode()
    assert "まだ印刷していません" in early
    assert browser.get(f"/letters/{case}/print/").status_code == 405, "to print is an act, never a link"
    answer = browser.post(f"/letters/{case}/print/")
    assert answer["Content-Type"] == "application/pdf" and answer["Cache-Control"] == "no-store"
    assert (
        "送ったことを書きとめました" in browser.post(f"/letters/{case}/sent/", follow=True).content.decode()
    )
    assert LetterRow.objects.get(case__public_id=case).sent_by == clerk.name
    assert browser.post("/letters/nobody/sent/").status_code == 404


@pytest.mark.parametrize("username", ["officer_nhi", "auditor_ren", "nobody_yet"])
def test_e50_letters_are_the_counters(
    username: str, city: Staff, procedures: str, signed_in: Callable[[str], Client]
) -> None:
    case = unproved(city["clerk_hana"])
    stranger = signed_in(username)
    assert stranger.get("/letters/").status_code == 403
    assert stranger.post(f"/letters/{case}/print/").status_code == 403
