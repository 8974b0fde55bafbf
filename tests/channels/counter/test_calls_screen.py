"""The desk that calls, with JavaScript off: a morning by its buttons, a colleague's number, the case, the end of the day."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.db.models import F
from django.test import Client
from django.utils import timezone
from tests.cast import NOW, SETTER
from tests.rooms.booking.queueing import BRANCH, lay_out

from madoguchi.audit.entries import Actor
from madoguchi.booking.tickets import issuing, queries
from madoguchi.booking.tickets.days import set_rules
from madoguchi.booking.tickets.order import QueueRules
from madoguchi.booking.tickets.states import StepState
from madoguchi.cases.models import CaseRow

Browsers = Callable[[str], Client]
pytestmark = pytest.mark.django_db


@pytest.fixture
def hana(procedures: str, signed_in: Browsers) -> Client:
    """A clerk whose desk is open; numbers at any hour of the clock on the wall."""
    lay_out(rules=QueueRules(only_in_hours=False))
    browser = signed_in("clerk_hana")
    browser.post("/calls/desk/", {"act": "open", "desk": "main/desk1"})
    return browser


def come(*services: str) -> issuing.IssuedTicket:
    return issuing.issue(branch=BRANCH, services=services or ("moving",), by=SETTER, now=timezone.now())


def state_of(one: issuing.IssuedTicket) -> StepState:
    view = queries.ticket_by_id(branch=BRANCH, ticket=one.ticket, now=timezone.now())
    assert view.now is not None
    return view.now.state


def press(browser: Client, one: issuing.IssuedTicket, act: str) -> str:
    page = browser.get("/calls/").content.decode()
    action = f"/calls/{one.ticket}/act/"
    version = re.search(rf'{action}.*?name="version" value="(\d+)"', page, re.S)
    answer = browser.post(action, {"act": act, "version": version[1] if version else ""}, follow=True)
    return str(answer.content.decode())


def test_a_number_is_called_served_and_sent_on_by_buttons_alone(hana: Client) -> None:
    one = come("moving", "insurance")
    page = hana.post("/calls/next/", follow=True).content.decode()
    assert "A001" in page and "呼出し中" in page
    press(hana, one, "recall")
    press(hana, one, "start")
    assert state_of(one) is StepState.SERVING
    page = press(hana, one, "finish")
    assert "空いています" in page
    assert state_of(one) is StepState.WAITING


def test_nobody_due_is_said_and_an_unknown_number_too(hana: Client) -> None:
    assert "いま呼び出せる方はいません" in hana.post("/calls/next/", follow=True).content.decode()
    assert "Z9" in hana.post("/calls/number/", {"number": "z9"}, follow=True).content.decode()


def test_a_number_is_called_as_it_is_spoken(hana: Client) -> None:
    come()
    second = come()
    hana.post("/calls/number/", {"number": "a2"})
    assert state_of(second) is StepState.CALLED


def test_a_button_of_an_old_screen_is_told_and_does_nothing(hana: Client, signed_in: Browsers) -> None:
    one = come()
    hana.post("/calls/next/")
    answer = hana.post(f"/calls/{one.ticket}/act/", {"act": "start", "version": "0"}, follow=True)
    assert "先に動きました" in answer.content.decode()
    assert state_of(one) is StepState.CALLED


def test_who_signs_out_leaves_the_number_to_a_colleague(hana: Client, signed_in: Browsers) -> None:
    one = come()
    hana.post("/calls/next/")
    hana.post("/staff/logout/")
    taro = signed_in("clerk_taro")
    taro.post("/calls/desk/", {"act": "open", "desk": "main/desk2"})
    assert "引き継ぐ" in taro.get("/calls/").content.decode()
    assert "A001" in press(taro, one, "take_over")
    assert state_of(one) is StepState.CALLED
    press(taro, one, "start")
    assert state_of(one) is StepState.SERVING


def test_the_case_opens_with_the_call_and_is_the_same_the_second_time(
    hana: Client, city: Mapping[str, Actor]
) -> None:
    one = come("moving")
    hana.post("/calls/next/")
    first = hana.post(f"/calls/{one.ticket}/case/")
    again = hana.post(f"/calls/{one.ticket}/case/")
    case = CaseRow.objects.get()
    assert first["Location"] == again["Location"] == f"/cases/{case.public_id}/"
    assert (case.ticket, case.desk, case.event_kind) == (one.ticket, "desk1", "move_in")
    assert f"受付 {case.number} を開く" in hana.get("/calls/").content.decode()


def test_a_service_without_notification_opens_no_case(hana: Client) -> None:
    one = come("certificates")
    hana.post("/calls/next/")
    assert "受付は開きません" in hana.post(f"/calls/{one.ticket}/case/", follow=True).content.decode()
    assert not CaseRow.objects.exists()


def test_send_on_add_and_cancel_a_service(hana: Client) -> None:
    one = come("moving")
    hana.post("/calls/next/")
    press(hana, one, "start")
    hana.post(f"/calls/{one.ticket}/send/", {"act": "add", "service": "children"})
    assert "このあと" in hana.get("/calls/").content.decode()
    hana.post(f"/calls/{one.ticket}/send/", {"act": "cancel", "service": "children"})
    hana.post(f"/calls/{one.ticket}/send/", {"act": "transfer", "service": "insurance"})
    view = queries.ticket_by_id(branch=BRANCH, ticket=one.ticket, now=NOW)
    assert [(line.service, line.state) for line in view.steps] == [
        ("insurance", StepState.WAITING),
        ("children", StepState.DROPPED),
    ]


def test_staff_give_a_number_to_whoever_cannot_use_the_machine(hana: Client) -> None:
    page = hana.post("/calls/give/", {"service": "moving", "care": "yes"}, follow=True).content.decode()
    assert "番号 A001 を出しました" in page and "配慮が要る方" in page


def test_the_page_that_looks_by_itself_does_not_prolong_the_session(hana: Client) -> None:
    def some_minutes_pass() -> None:
        Session.objects.update(expire_date=F("expire_date") - timedelta(minutes=5))

    some_minutes_pass()
    assert "sessionid" in hana.get("/calls/").cookies
    some_minutes_pass()
    assert "sessionid" not in hana.get("/calls/?live=1").cookies


def test_the_page_that_looks_by_itself_gets_nothing_until_something_happened(hana: Client) -> None:
    def ask() -> str:
        found = re.search(r'data-hx-get="([^"]+)"', hana.get("/calls/").content.decode())
        assert found is not None
        return found[1]

    same = [hana.get(ask()).status_code for _ in range(2)]  # the minute may turn between the two
    assert 204 in same
    asked = ask()
    come()
    assert "A001" in hana.get(asked).content.decode()


def test_ticket_of_another_branch_is_not_found(hana: Client) -> None:
    set_rules(branch="north", rules=QueueRules(only_in_hours=False), by=SETTER, now=NOW)
    theirs = issuing.issue(branch="north", services=("moving",), by=SETTER, now=timezone.now())
    for address in ("act", "send", "case"):
        sent = {"act": "transfer" if address == "send" else "call", "service": "moving"}
        assert hana.post(f"/calls/{theirs.ticket}/{address}/", sent).status_code == 404


def test_the_end_of_the_day_on_one_page(hana: Client) -> None:
    first, second = come(), come()
    hana.post("/calls/next/")
    page = hana.get("/calls/day/", {"first": first.label, "second": second.label}).content.decode()
    assert "同じ列では早い方を先に呼びます" in page
    assert "発券を終わりました" in hana.post("/calls/day/act/", {"act": "last"}, follow=True).content.decode()
    assert (
        "最後までお呼びします"
        in hana.post("/calls/give/", {"service": "moving"}, follow=True).content.decode()
    )
    page = hana.post("/calls/day/act/", {"act": "close"}, follow=True).content.decode()
    assert "まだ 1 人が窓口で" in page
    press(hana, first, "leave")
    page = hana.post("/calls/day/act/", {"act": "close"}, follow=True).content.decode()
    assert "終わりにした番号: 1" in page


def test_numbers_for_a_cut_line_are_set_aside_printed_and_entered_once(hana: Client) -> None:
    page = hana.post(
        "/calls/day/act/", {"act": "reserve", "letter": "A", "count": "3"}, follow=True
    ).content.decode()
    assert all(label in page for label in ("A001", "A002", "A003"))
    slip = {"act": "merge", "number": "a002", "at": "0:05", "service": "moving"}
    assert "A002 を列に入れました" in hana.post("/calls/day/act/", slip, follow=True).content.decode()
    assert "もう取り込まれています" in hana.post("/calls/day/act/", slip, follow=True).content.decode()
