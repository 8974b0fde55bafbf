"""Finding out at the machine: every event on large keys, days by digits, no trace, a list on paper, a number, a ticket."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta
from html import unescape
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone
from tests.cast import NOW
from tests.channels.finding import AtHome, AtMachine, said_in
from tests.channels.online.test_find_pages import FAMILY, PLANTED, everything_stored, planted
from tests.rooms.booking.queueing import BRANCH

from madoguchi.audit.models import EntryRow
from madoguchi.booking.ports import ListSlip, PrintOutcome, SlipGroup, SlipListed, SlipService
from madoguchi.cases.models import PreparedRow
from madoguchi.channels.kiosk import views_find
from madoguchi.channels.shared.answers import field_name
from madoguchi.channels.shared.finding.on_paper import MOST_ON_PAPER, on_paper
from madoguchi.connect.ticket_slip import LONGEST_LIST, picture
from madoguchi.procedures.decisions import Status
from madoguchi.procedures.facts import FactRef
from madoguchi.procedures.situation import EventKind

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("procedures")]
START = f"/kiosk/{BRANCH}/"
MOVE_DAY = FactRef("move_date", "event")


@pytest.fixture(autouse=True)
def _now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "now", lambda: NOW)


def said(answer: Any) -> str:
    return unescape(answer.content.decode())


def listed(at_machine: AtMachine, go: str, press: str = "one") -> Any:
    return at_machine.post(
        f"{START}find/paper/", {"said": said_in(at_machine.last), "go": go, "press": press}
    )


def test_every_page_leads_on_and_is_stored_nowhere(machine: Client) -> None:
    hall = AtMachine(client=machine)
    at = hall.through(EventKind.move_in, FAMILY, planted)
    assert not at.judged.with_status(Status.ASK)
    assert "わたしの手続き" in said(hall.last)
    assert {one.status_code for one in hall.pages} == {200}
    assert all("no-store" in one["Cache-Control"] for one in hall.pages)


def test_one_key_says_that_it_is_true_of_nobody(machine: Client) -> None:
    hall = AtMachine(client=machine)
    hall.begin(EventKind.move_in, FAMILY)
    for _ in range(60):
        if b'value="nobody"' in hall.last.content:
            break
        assert hall.answer(planted)
    at = hall.at()
    assert at.page is not None and len(at.alike) > len(at.page.refs) == 1
    hall.post(f"{START}find/ask/", {"said": said_in(hall.last), "page": at.page.id, "go": "nobody"})
    assert {hall.at().record.value(ref.key, ref.subject) for ref in at.alike} <= {"none", False, frozenset()}


def test_no_trace_is_left_of_a_visit(machine: Client) -> None:
    before = everything_stored()
    hall = AtMachine(client=machine)
    hall.through(EventKind.move_in, ("世帯主",), planted)
    listed(hall, "paper")
    stored = everything_stored()
    assert not any(mark in stored for mark in PLANTED)
    machine.get(START)
    kept = [one.get_decoded() for one in Session.objects.all()]
    assert not [key for one in kept for key in one if key.startswith("kiosk_")]
    new = EntryRow.objects.order_by("-pk")[0]
    assert new.activity == "list_slip_not_printed" and before != stored
    for page in hall.pages:
        links = re.findall(r'(?:href|action|src)="([^"]*)"', said(page))
        assert not any(mark in link for link in links for mark in PLANTED)


def test_what_was_said_is_gone_after_ten_minutes_and_opens_nowhere_else(
    machine: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    hall = AtMachine(client=machine)
    hall.begin(EventKind.move_in, FAMILY)
    text = said_in(hall.last)
    assert AtHome().post("/find/ask/", {"said": text, "go": "back"}).status_code == 422
    monkeypatch.setattr(timezone, "now", lambda: NOW + timedelta(minutes=11))
    for address in ("ask", "list", "paper"):
        page = said(machine.post(f"{START}find/{address}/", {"said": text, "go": "list"}))
        assert "はじめからお願いします" in page


def test_a_day_is_pressed_digit_by_digit(machine: Client) -> None:
    hall = AtMachine(client=machine)
    hall.begin(EventKind.move_in, FAMILY)
    name = field_name(MOVE_DAY)
    keys = {"field": name, "kind": "day", "era": "", "typed": ""}
    for key in ("令和", *"0811"):
        page = said(
            hall.post(
                f"{START}find/ask/", {"said": said_in(hall.last), "page": "move_date", **keys, "key": key}
            )
        )
        keys |= dict(re.findall(r'name="(era|typed)" value="([^"]*)"', page))
    assert keys["era"] == "令和" and keys["typed"] == "0811"
    short = hall.post(
        f"{START}find/ask/", {"said": said_in(hall.last), "page": "move_date", **keys, "go": "answer"}
    )
    assert 'role="alert"' in said(short) and 'value="0811"' in said(short), "what was pressed is still there"
    hall.post(
        f"{START}find/ask/",
        {"said": said_in(hall.last), "page": "move_date", **keys, "typed": "081103", "go": "answer"},
    )
    assert hall.at().record.value("move_date") == date(2026, 11, 3)


def test_today_is_one_key_and_an_age_is_one_press(machine: Client) -> None:
    hall = AtMachine(client=machine)
    hall.begin(EventKind.move_in, FAMILY)
    page = said(hall.post(f"{START}find/ask/", {"said": said_in(hall.last), "page": "move_date", "field": field_name(MOVE_DAY),
                                                "kind": "day", "key": "today"}))  # fmt: skip
    assert 'name="era" value="令和"' in page and 'name="typed" value="081109"' in page
    for _ in range(60):
        at = hall.at()
        assert at.page is not None
        if at.page.refs[0].key == "birth_date":
            break
        hall.answer(planted)
    name = field_name(at.page.refs[0])
    way = {"said": said_in(hall.last), "page": at.page.id, "field": name, "kind": "birth", "key": "bands"}
    assert f'name="{name}-band"' in said(hall.post(f"{START}find/ask/", way))
    hall.post(
        f"{START}find/ask/",
        {"said": said_in(hall.last), "page": at.page.id, "go": "answer", f"{name}-band": "11"},
    )
    born = hall.at().record.value("birth_date", at.page.refs[0].subject)
    assert getattr(born, "text", "") == "75歳以上"


def test_people_are_pressed_taken_back_and_bounded(machine: Client) -> None:
    def people(**sent: object) -> str:
        return said(machine.post(f"{START}find/people/", {"event": "move_in", **sent}))

    assert "妻の父" not in people() and "妻の父" in people(go="every")
    assert people(person=["世帯主"], add="妻").count('name="person"') == 2
    assert people(person=["世帯主", "妻"], go="fewer").count('name="person"') == 1
    assert people(person=["世帯主"], add="王様").count('name="person"') == 1
    assert people(person=["子"] * 40).count('name="person"') == 11
    assert "ひとり以上" in people(go="next")


def test_a_number_is_kept_once_printed_once_and_opens_at_the_counter(
    machine: Client, printer: Callable[[str], None], signed_in: Callable[[str], Client]
) -> None:
    printer("ready")
    hall = AtMachine(client=machine)
    hall.through(EventKind.move_in, FAMILY, planted)
    page = said(listed(hall, "keep"))
    assert "一覧の紙をお取りください" in page
    code = re.search(r"data-code>(\w{4}-\w{4})<", page)
    assert code and "data:image/svg+xml" in page
    again = said(listed(hall, "keep"))
    assert code[1] in again and PreparedRow.objects.count() == 1
    assert EntryRow.objects.filter(activity="list_slip_printed").count() == 1, (
        "a press that arrives twice prints once"
    )
    assert PreparedRow.objects.get().channel == "kiosk"
    taken = signed_in("clerk_hana").post("/cases/prepared/", {"prepared": code[1]})
    assert taken.status_code == 302


@pytest.mark.parametrize("mode", ["no_paper", "cut"])
def test_without_a_printer_the_number_stands_on_the_screen(
    machine: Client, printer: Callable[[str], None], mode: str
) -> None:
    printer(mode)
    hall = AtMachine(client=machine)
    hall.through(EventKind.move_in, ("世帯主",), planted)
    page = said(listed(hall, "keep"))
    outcome = PrintOutcome.NO_PAPER if mode == "no_paper" else PrintOutcome.UNKNOWN
    assert outcome.list_sentence in page and "data-code" in page


def test_a_ticket_for_the_event_is_one_press_away(machine: Client) -> None:
    hall = AtMachine(client=machine)
    hall.begin(EventKind.move_in, FAMILY)
    page = said(hall.post(f"{START}find/ask/", {"said": said_in(hall.last), "go": "list"}))
    assert f'href="{START}confirm/?service=moving"' in page
    assert "番号を取る" in said(machine.get(f"{START}confirm/?service=moving"))
    hall.begin(EventKind.death, FAMILY)
    page = said(hall.post(f"{START}find/ask/", {"said": said_in(hall.last), "go": "list"}))
    assert f'href="{START}services/"' in page


def test_the_list_on_paper_says_everything_or_how_much_it_leaves_out(
    machine: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    hall = AtMachine(client=machine)
    at = hall.through(EventKind.move_in, FAMILY, planted)
    slip = on_paper(at, branch=BRANCH, language="ja", kept=None, now=NOW)
    many = sum(len(group.lines) for group in slip.groups)
    assert slip.left_out == 0 and 5 < many <= MOST_ON_PAPER
    assert not any(mark in repr(slip) for mark in PLANTED)
    assert 800 < picture(slip).height < LONGEST_LIST
    monkeypatch.setattr("madoguchi.channels.shared.finding.on_paper.MOST_ON_PAPER", 3)
    short = on_paper(at, branch=BRANCH, language="ja", kept=None, now=NOW)
    assert (sum(len(group.lines) for group in short.groups), short.left_out) == (3, many - 3)


def test_the_longest_list_fits_on_its_paper() -> None:
    long = SlipService("あ" * 60, "Một thủ tục có tên rất dài " * 6)
    lines = tuple(SlipListed(long, long) for _ in range(MOST_ON_PAPER))
    slip = ListSlip(
        job="1", city="まどか市", branch="本庁", event=long, groups=(SlipGroup(long, lines),), bring=(long,) * 40,
        left_out=1, printed_at=NOW, code="ACDE-FHJK", until=NOW.date(), address="http://localhost/", language="vi",
    )  # fmt: skip
    assert picture(slip).height < LONGEST_LIST


def test_a_press_beyond_three_prints_no_more(machine: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views_find, "print_list", lambda **_more: PrintOutcome.PRINTED)
    hall = AtMachine(client=machine)
    hall.begin(EventKind.move_in, FAMILY)
    hall.post(f"{START}find/ask/", {"said": said_in(hall.last), "go": "list"})
    seen = ["一覧の紙をお取りください" in said(listed(hall, "paper", str(n))) for n in range(5)]
    assert seen == [True, True, True, False, False]
