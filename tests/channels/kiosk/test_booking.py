"""A later visit booked at the machine: held, confirmed, printed once; nothing is kept by whoever walks away."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from tests.rooms.booking.queueing import BRANCH

from madoguchi.booking import reserving
from madoguchi.booking.booked import secret_of
from madoguchi.booking.models import BookingRow, PrintRow, SlotRow
from madoguchi.booking.trials import MOST_AT_A_MACHINE

pytestmark = pytest.mark.django_db
START = f"/kiosk/{BRANCH}/"


def said(answer: Any) -> str:
    return unescape(answer.content.decode())


def first_day(machine: Client) -> str:
    """The address of the first day that can be booked."""
    found = re.search(r'class="mdg-kiosk-pick" href="([^"]+)"', said(machine.get(f"{START}book/moving/")))
    assert found is not None
    return found[1]


def wanted(machine: Client, address: str, nth: int = 0) -> dict[str, str]:
    """What the press of a time on this page would send."""
    page = said(machine.get(f"{address}?all=yes"))
    press = re.search(r'name="press" value="([^"]+)"', page)
    assert press is not None
    return {"press": press[1], "quarter": re.findall(r'name="quarter" value="(\d+)"', page)[nth]}


def held(machine: Client, nth: int = 0) -> Any:
    address = first_day(machine)
    return machine.post(address, wanted(machine, address, nth))


def booked(machine: Client) -> Any:
    held(machine)
    return machine.post(f"{START}booking/check/", follow=True)


def used() -> int:
    return sum(SlotRow.objects.values_list("used", flat=True))


def test_from_the_service_to_the_slip(machine: Client) -> None:
    assert 'href="/kiosk/main/book/"' in said(machine.get(START))
    assert said(machine.get(f"{START}book/")).count('class="mdg-kiosk-choice"') == 3
    address = first_day(machine)
    quiet = said(machine.get(address))
    assert quiet.count('class="mdg-kiosk-choice"') == 3, "the quiet times come first"
    assert "ほとんど待たない見込み" in quiet and "ほかの時間も見る" in quiet
    page = said(booked(machine))
    row = BookingRow.objects.get()
    assert (row.state, row.channel, row.contact) == ("confirmed", "kiosk", "")
    assert row.number in page and " ".join(row.code) in page and "data:image/svg+xml" in page
    assert secret_of(row.number) not in page, "the secret is in the QR code only"


def test_a_service_without_bookings_or_of_elsewhere_is_not_there(machine: Client) -> None:
    assert machine.get(f"{START}book/nothing/").status_code == 404
    assert machine.get(f"{START}book/moving/2026-13-01/").status_code == 404
    assert machine.get("/kiosk/harbour/book/moving/").status_code == 404


def test_the_same_press_is_one_booking(machine: Client) -> None:
    address = first_day(machine)
    sent = wanted(machine, address)
    for _ in range(3):
        machine.post(address, sent)
    assert BookingRow.objects.count() == 1
    for _ in range(3):
        machine.post(f"{START}booking/check/")
    assert BookingRow.objects.get().state == "confirmed"


def test_a_time_that_was_taken_meanwhile_is_said_and_nothing_is_held(machine: Client) -> None:
    address = first_day(machine)
    sent = wanted(machine, address)
    held(machine)
    row = BookingRow.objects.get()
    reserving.confirm(number=row.number, now=timezone.now())
    answer = machine.post(address, {**sent, "press": "another"})
    assert answer.status_code == 409 and "たったいま埋まりました" in said(answer)
    assert BookingRow.objects.count() == 1
    assert machine.post(address, {"press": "x", "quarter": "no"}).status_code == 409


def test_another_time_lets_the_one_before_go(machine: Client) -> None:
    held(machine)
    before = used()
    held(machine, 6)
    assert used() == before
    assert sorted(BookingRow.objects.values_list("state", flat=True)) == ["cancelled", "held"]


def test_whoever_walks_away_keeps_no_seat(machine: Client) -> None:
    held(machine)
    assert used() > 0
    machine.get(START)
    assert used() == 0
    assert machine.get(f"{START}booking/check/")["Location"] == START


def test_a_hold_that_is_over_is_said(machine: Client) -> None:
    held(machine)
    reserving.expire(now=timezone.now() + timedelta(minutes=11))
    page = said(machine.post(f"{START}booking/check/"))
    assert "仮におさえた時間が過ぎた" in page and not PrintRow.objects.exists()


def test_a_confirmed_booking_stays_and_its_page_does_not(machine: Client) -> None:
    booked(machine)
    machine.get(START)
    assert BookingRow.objects.get().state == "confirmed"
    assert machine.get(f"{START}booking/done/")["Location"] == START
    assert machine.post(f"{START}booking/reprint/")["Location"] == START


def test_one_machine_makes_no_more_bookings_than_visitors_do(machine: Client) -> None:
    for nth in range(MOST_AT_A_MACHINE + 1):
        machine.get(START)
        address = first_day(machine)
        machine.post(address, wanted(machine, address))
        answer = machine.post(f"{START}booking/check/", follow=True)
        assert ("予約が続いたため" in said(answer)) is (nth == MOST_AT_A_MACHINE)
    assert BookingRow.objects.filter(state="confirmed").count() == MOST_AT_A_MACHINE
    assert not BookingRow.objects.filter(state="held").exists()


@pytest.mark.parametrize(
    ("mode", "words"),
    [
        ("ready", "予約の控えをお取りください"),
        ("no_paper", "紙がないため控えは出ません"),
        ("off", "印刷できませんでした"),
        ("cut", "控えが出たか確かめられません"),
    ],
)
def test_number_and_digits_stand_on_the_screen_whatever_the_printer_does(
    machine: Client, printer: Callable[[str], None], mode: str, words: str
) -> None:
    printer(mode)
    page = said(booked(machine))
    row = BookingRow.objects.get()
    assert words in page and row.number in page and " ".join(row.code) in page
    machine.get(f"{START}booking/done/")
    machine.post(f"{START}booking/check/")
    assert PrintRow.objects.count() == 1, "it is never printed again by itself"


def test_a_reprint_is_asked_for_marked_and_limited(machine: Client, printer: Callable[[str], None]) -> None:
    printer("ready")
    booked(machine)
    for _ in range(2):
        assert "お取りください" in said(machine.post(f"{START}booking/reprint/", follow=True))
    assert list(PrintRow.objects.order_by("pk").values_list("reissued", flat=True)) == [False, True, True]
    assert "これ以上印刷できません" in said(machine.post(f"{START}booking/reprint/"))


def test_the_whole_way_in_another_language(machine: Client) -> None:
    machine.post(f"{START}welcome/", {"language": "en"})
    assert "Quieter times" in said(machine.get(first_day(machine)))
    page = said(booked(machine))
    assert "Your visit is booked" in page and '<html lang="en">' in page
    assert BookingRow.objects.get().language == "en"


def test_the_digits_check_in_at_the_machine(
    machine: Client, signed_in: Callable[[str], Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    booked(machine)
    row = BookingRow.objects.get()
    there = reserving.look(number=row.number).starts - timedelta(minutes=20)
    monkeypatch.setattr(timezone, "now", lambda: there)
    page = said(
        signed_in("machine_one").post(
            f"{START}booked/", {"typed": row.code[:3], "key": row.code[3]}, follow=True
        )
    )
    assert "A001" in page


def test_only_the_machine_books_here(machine: Client, signed_in: Callable[[str], Client]) -> None:
    clerk = signed_in("clerk_hana")
    for page in ("book/", "book/moving/", "booking/check/", "booking/done/", "welcome/"):
        assert clerk.get(START + page).status_code == 403
