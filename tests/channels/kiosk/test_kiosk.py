"""The ticket machine, with JavaScript off: from the first touch to the number; slips, slipping fingers, nothing left."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape

import pytest
from django.test import Client
from tests.cast import SETTER
from tests.rooms.booking.queueing import BRANCH

from madoguchi.booking.models import PrintRow, TicketRow
from madoguchi.booking.tickets import days

pytestmark = pytest.mark.django_db
START = f"/kiosk/{BRANCH}/"


def said(answer: object) -> str:
    return unescape(answer.content.decode())


def confirmed(machine: Client, *services: str) -> dict[str, object]:
    """What the page before the number would send."""
    page = said(machine.post(f"{START}confirm/", {"service": list(services)}))
    key = re.search(r'name="request" value="(\w+)"', page)
    assert key is not None
    return {"service": list(services), "request": key[1]}


def test_three_large_choices_at_most_on_every_page(machine: Client) -> None:
    pages = [START, f"{START}services/", f"{START}services/?page=2", f"{START}unsure/"]
    texts = [said(machine.get(page)) for page in pages] + [
        said(machine.post(f"{START}confirm/", {"service": "moving"}))
    ]
    assert [text.count('class="mdg-kiosk-choice"') for text in texts] == [3, 3, 1, 3, 3]


def test_from_the_first_touch_to_the_number(machine: Client) -> None:
    answer = machine.post(f"{START}issue/", confirmed(machine, "moving", "insurance"), follow=True)
    page = said(answer)
    ticket = TicketRow.objects.get()
    assert "A001" in page and " ".join(ticket.code) in page and "つぎにお呼びします" in page
    assert "data:image/svg+xml" in page
    assert "no-store" in answer["Cache-Control"]
    assert [step.service for step in ticket.steps.order_by("order")] == ["moving", "insurance"]


def test_a_finger_that_slips_gets_one_number(machine: Client) -> None:
    sent = confirmed(machine, "moving")
    for _ in range(3):
        machine.post(f"{START}issue/", sent)
    assert TicketRow.objects.count() == 1


def test_nothing_is_left_for_the_next_visitor(machine: Client) -> None:
    machine.post(f"{START}issue/", confirmed(machine, "moving"))
    machine.get(START)
    assert machine.get(f"{START}number/")["Location"] == START
    assert machine.post(f"{START}reprint/")["Location"] == START


def test_care_is_asked_for_without_a_word_about_why(machine: Client) -> None:
    machine.post(f"{START}issue/", {**confirmed(machine, "moving"), "care": "yes"})
    assert TicketRow.objects.get().priority == "care"


def test_whoever_does_not_know_gets_a_number_for_the_general_counter(machine: Client) -> None:
    page = said(machine.get(f"{START}unsure/"))
    assert 'name="service" value="moving"' in page


def test_after_the_last_ticket_the_machine_says_so(machine: Client) -> None:
    from django.utils import timezone

    sent = confirmed(machine, "moving")
    days.last_tickets(branch=BRANCH, by=SETTER, now=timezone.now())
    assert "最後までお呼びします" in said(machine.get(START))
    assert "最後までお呼びします" in said(machine.post(f"{START}issue/", sent))
    assert not TicketRow.objects.exists()


@pytest.mark.parametrize(
    ("mode", "words"),
    [
        ("ready", "番号票をお取りください"),
        ("no_paper", "紙がないため"),
        ("off", "印刷できませんでした"),
        ("cut", "出たか確かめられません"),
    ],
)
def test_the_number_stands_on_the_screen_whatever_the_printer_does(
    machine: Client, printer: Callable[[str], None], mode: str, words: str
) -> None:
    printer(mode)
    page = said(machine.post(f"{START}issue/", confirmed(machine, "moving"), follow=True))
    assert words in page and "A001" in page
    # Looking again prints nothing.
    machine.get(f"{START}number/")
    assert PrintRow.objects.count() == 1


def test_a_reprint_is_asked_for_and_marked(machine: Client, printer: Callable[[str], None]) -> None:
    printer("ready")
    machine.post(f"{START}issue/", confirmed(machine, "moving"))
    assert "番号票をお取りください" in said(machine.post(f"{START}reprint/", follow=True))
    assert list(PrintRow.objects.order_by("pk").values_list("reissued", flat=True)) == [False, True]
    machine.post(f"{START}reprint/")
    assert "これ以上印刷できません" in said(machine.post(f"{START}reprint/"))


def test_the_digits_of_a_booking_are_typed_key_by_key(machine: Client) -> None:
    sent: dict[str, str] = {}
    for key in ("1", "2", "back", "3"):
        page = said(machine.post(f"{START}booked/", {**sent, "key": key}))
        typed = re.search(r'name="typed" value="(\d*)"', page)
        assert typed is not None
        sent = {"typed": typed[1]}
    assert sent == {"typed": "13"}
    for digit in "0123456789":
        assert f'value="{digit}" data-key="{digit}"' in page, "a keyboard at the machine types them too"
    assert 'data-key="Backspace"' in page
    assert "予約が見つかりません" in said(machine.post(f"{START}booked/", {"typed": "999", "key": "9"}))


def test_another_branch_or_an_unknown_one(machine: Client) -> None:
    assert machine.get("/kiosk/nowhere/").status_code == 404
    page = said(machine.get("/kiosk/harbour/unsure/"))
    assert "まだ番号を出していません" in page


def test_the_machine_opens_nothing_else(machine: Client) -> None:
    assert machine.get("/cases/").status_code == 403
    assert machine.get("/calls/").status_code == 403
