"""Letters go once each and never tell in a log to whom; a freed seat is offered to the first who waits; addresses go."""

from __future__ import annotations

import logging
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, timedelta
from smtplib import SMTPServerDisconnected
from typing import Any
from urllib.request import urlopen

import pytest
from django.core import mail
from tests import cast
from tests.rooms.booking.offered import offered as small

from madoguchi.audit.entries import Actor
from madoguchi.audit.models import EntryRow
from madoguchi.booking import reserving
from madoguchi.booking.booked import MOST_LIVING, Booked, NotInReach, TooMany, VisitPart, owner_of
from madoguchi.booking.models import BookingRow, CodeTrialRow, NoticeRow, SlotRow, WaitingRow
from madoguchi.booking.offering import Offer
from madoguchi.booking.reminders import Letters, erase_contacts, send_due
from madoguchi.booking.reserving_states import BookingState
from madoguchi.booking.slots import NotOpenThen
from madoguchi.booking.trials import (
    TRIAL_SPAN,
    TRIALS_AT_A_BOOKING,
    TooManyTries,
    that_was_right,
    try_booking,
)
from madoguchi.booking.upkeep import keep_up
from madoguchi.booking.waiting_list import OFFER_MINUTES, WaitsAlready, offer_free_seats, wait_for

pytestmark = pytest.mark.django_db
TUESDAY, NINE = date(2026, 11, 10), 36
SHORT = (VisitPart("papers", 15),)
LETTERS = Letters("yoyaku@city.example", "https://yoyaku.city.example")
MAIL = "resident@example.jp"


@pytest.fixture
def one_seat(city: Mapping[str, Actor]) -> Offer:
    return small(1)


def booked(offer: Offer, quarter: int = NINE, contact: str = MAIL, day: date = TUESDAY) -> Booked:
    held = reserving.hold(
        offered=offer, branch="main", parts=SHORT, day=day, quarter=quarter, owner=f"o{quarter}{day}",
        request=f"r{quarter}{day}{contact}", channel="web", now=cast.NOW,
    )  # fmt: skip
    return reserving.confirm(number=held.number, contact=contact, now=cast.NOW)


def subjects() -> list[str]:
    return [str(one.subject).partition("（")[0].partition("】")[2] for one in mail.outbox]


def test_each_state_is_written_of_once(one_seat: Offer) -> None:
    made = booked(one_seat)
    assert send_due(letters=LETTERS, now=cast.NOW) == (1, 0)
    assert send_due(letters=LETTERS, now=cast.NOW) == (0, 0)
    reserving.change(offered=one_seat, number=made.number, day=TUESDAY, quarter=NINE + 4, now=cast.NOW)
    send_due(letters=LETTERS, now=cast.NOW)
    reserving.cancel(number=made.number, now=cast.NOW)
    send_due(letters=LETTERS, now=cast.NOW)
    assert send_due(letters=LETTERS, now=cast.NOW) == (0, 0)
    assert subjects() == ["予約を受けました", "予約の時間を変えました", "予約を取り消しました"]
    assert {tuple(one.to) for one in mail.outbox} == {(MAIL,)}


def test_a_letter_has_the_link_and_the_digits_and_its_subject_tells_no_service(one_seat: Offer) -> None:
    made = booked(one_seat)
    send_due(letters=LETTERS, now=cast.NOW)
    letter = mail.outbox[0]
    assert f"{LETTERS.address}/book/open/{made.number}/{made.secret}/" in letter.body
    assert made.code in letter.body
    assert "令和8年11月10日（火）午前9時" in letter.subject
    for word in ("証明書", made.code, made.number, made.secret):
        assert word not in letter.subject


def test_a_visit_is_remembered_the_day_before_and_not_when_it_was_just_booked(one_seat: Offer) -> None:
    far = booked(one_seat, day=date(2026, 11, 12))
    send_due(letters=LETTERS, now=cast.NOW)
    assert send_due(letters=LETTERS, now=far.starts - timedelta(hours=25)) == (0, 0)
    assert send_due(letters=LETTERS, now=far.starts - timedelta(hours=24)) == (1, 0)
    assert send_due(letters=LETTERS, now=far.starts - timedelta(hours=1)) == (0, 0)
    assert subjects()[-1] == "予約の日が近づきました"
    booked(one_seat, quarter=NINE + 1)  # tomorrow, booked today: its letter is reminder enough
    send_due(letters=LETTERS, now=cast.NOW + timedelta(hours=1))
    assert subjects()[-1] == "予約を受けました"


def test_an_office_may_remember_by_a_part_of_an_hour(one_seat: Offer) -> None:
    soon = booked(one_seat)
    letters = replace(LETTERS, remind_hours=1.5)
    send_due(letters=letters, now=cast.NOW)
    assert send_due(letters=letters, now=soon.starts - timedelta(minutes=91)) == (0, 0)
    assert send_due(letters=letters, now=soon.starts - timedelta(minutes=90)) == (1, 0)


def test_who_gave_no_address_gets_no_letter(one_seat: Offer) -> None:
    booked(one_seat, contact="")
    assert send_due(letters=LETTERS, now=cast.NOW) == (0, 0)


def test_a_letter_that_could_not_be_sent_is_tried_again_and_no_log_tells_the_address(
    one_seat: Offer, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    booked(one_seat)

    def away(*args: Any, **options: Any) -> int:
        raise SMTPServerDisconnected(f"no {MAIL}")

    with monkeypatch.context() as patch:
        patch.setattr("django.core.mail.EmailMessage.send", away)
        assert send_due(letters=LETTERS, now=cast.NOW) == (0, 1)
        assert send_due(letters=LETTERS, now=cast.NOW + timedelta(minutes=1)) == (0, 0)
        later = cast.NOW
        for _ in range(6):
            later += timedelta(minutes=30)
            send_due(letters=LETTERS, now=later)
        assert NoticeRow.objects.get().tries == 5
    assert MAIL not in caplog.text
    NoticeRow.objects.update(tries=1)
    assert send_due(letters=LETTERS, now=later + timedelta(minutes=30)) == (1, 0)


def test_the_address_is_in_no_line_of_the_audit_and_goes_when_the_days_are_over(one_seat: Offer) -> None:
    made = booked(one_seat)
    send_due(letters=LETTERS, now=cast.NOW)
    assert not [one for one in EntryRow.objects.all() if "resident" in str(one.body)]
    assert erase_contacts(days=30, now=made.starts + timedelta(days=30)) == 0
    assert erase_contacts(days=30, now=made.starts + timedelta(days=31)) == 1
    assert BookingRow.objects.get().contact == ""


def test_a_contact_counts_however_many_browsers_book_with_it(one_seat: Offer) -> None:
    for quarter in range(NINE, NINE + MOST_LIVING):
        booked(one_seat, quarter)
    held = reserving.hold(
        offered=one_seat, branch="main", parts=SHORT, day=TUESDAY, quarter=NINE + 6, owner="another browser",
        request="x", channel="web", now=cast.NOW,
    )  # fmt: skip
    with pytest.raises(TooMany):
        reserving.confirm(number=held.number, contact=MAIL.upper(), now=cast.NOW)
    assert (
        reserving.confirm(number=held.number, contact="other@example.jp", now=cast.NOW).state
        is BookingState.CONFIRMED
    )


def waits(offer: Offer, contact: str, minutes: int = 0) -> None:
    wait_for(
        offered=offer,
        branch="main",
        parts=SHORT,
        day=TUESDAY,
        contact=contact,
        now=cast.NOW + timedelta(minutes=minutes),
    )


def fill(offer: Offer) -> Booked:
    """Book the one free time; every other seat of the day is taken."""
    made = booked(offer, contact="")
    SlotRow.objects.exclude(quarter=NINE).filter(seats=1).update(used=1)
    return made


def test_a_freed_seat_is_offered_to_the_first_who_waits_and_then_to_the_next(one_seat: Offer) -> None:
    taken = fill(one_seat)
    waits(one_seat, "first@example.jp")
    waits(one_seat, "second@example.jp", 1)
    with pytest.raises(WaitsAlready):
        waits(one_seat, "FIRST@example.jp", 2)
    assert offer_free_seats(offered=one_seat, now=cast.NOW) == 0
    reserving.cancel(number=taken.number, now=cast.NOW)
    assert offer_free_seats(offered=one_seat, now=cast.NOW) == 1
    assert offer_free_seats(offered=one_seat, now=cast.NOW) == 0
    send_due(letters=LETTERS, now=cast.NOW)
    assert (mail.outbox[-1].to, subjects()[-1]) == (["first@example.jp"], "席が空きました")
    later = cast.NOW + timedelta(minutes=OFFER_MINUTES)
    did = keep_up(letters=LETTERS, contact_days=30, now=later)
    assert (did.expired, did.offered, did.sent) == (1, 1, 1)
    assert mail.outbox[-1].to == ["second@example.jp"]
    number = BookingRow.objects.get(contact="second@example.jp").number
    assert reserving.confirm(number=number, now=later).state is BookingState.CONFIRMED
    assert BookingRow.objects.get(number=number).owner == owner_of("second@example.jp")
    assert not WaitingRow.objects.exclude(contact="").exists()


@pytest.mark.parametrize("day", [date(2026, 11, 14), date(2026, 11, 23), date(2026, 11, 8), date(2027, 3, 1)])
def test_nobody_waits_for_a_day_that_is_closed_past_or_too_far(one_seat: Offer, day: date) -> None:
    with pytest.raises((NotOpenThen, NotInReach)):
        wait_for(offered=one_seat, branch="main", parts=SHORT, day=day, contact=MAIL, now=cast.NOW)
    assert not WaitingRow.objects.exists()


def test_nobody_is_offered_a_seat_of_a_day_that_is_over(one_seat: Offer) -> None:
    taken = fill(one_seat)
    waits(one_seat, "first@example.jp")
    reserving.cancel(number=taken.number, now=cast.NOW)
    assert offer_free_seats(offered=one_seat, now=taken.starts + timedelta(days=1)) == 0
    assert WaitingRow.objects.get().contact == ""


def test_digits_are_tried_a_few_times_only_and_each_booking_by_itself(one_seat: Offer) -> None:
    for _ in range(TRIALS_AT_A_BOOKING):
        try_booking(number="A", now=cast.NOW)
    with pytest.raises(TooManyTries):
        try_booking(number="A", now=cast.NOW)
    for _ in range(3 * TRIALS_AT_A_BOOKING):
        try_booking(number="B", now=cast.NOW)
        that_was_right(number="B", now=cast.NOW)
    later = cast.NOW + TRIAL_SPAN
    try_booking(number="A", now=later)
    assert CodeTrialRow.objects.count() == 1


@pytest.fixture
def twin() -> Iterator[tuple[int, str]]:
    """The simulated mail server as the demo starts it: a process of its own."""
    words = [sys.executable, "-m", "madoguchi.connect.twins.mail_server", "--port", "0", "--page", "0"]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        port, page = process.stdout.readline().split()
        yield int(port), f"http://127.0.0.1:{page}/"
        process.terminate()


def test_a_real_mail_server_takes_the_letter_and_shows_it(
    one_seat: Offer, twin: tuple[int, str], settings: Any
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", twin[0]
    made = booked(one_seat)
    assert send_due(letters=LETTERS, now=cast.NOW) == (1, 0)
    page = urlopen(twin[1], timeout=10).read().decode()
    assert "【まどか市】予約を受けました" in page
    assert made.code in page
    urlopen(f"{twin[1]}refuse", data=b"", timeout=10).close()
    reserving.cancel(number=made.number, now=cast.NOW)
    assert send_due(letters=LETTERS, now=cast.NOW) == (0, 1)
    urlopen(f"{twin[1]}take", data=b"", timeout=10).close()
    assert send_due(letters=LETTERS, now=cast.NOW + timedelta(minutes=30)) == (1, 0)


def test_a_mail_server_that_is_away_is_waited_for(one_seat: Offer, settings: Any) -> None:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        free = one.getsockname()[1]
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", free
    booked(one_seat)
    assert send_due(letters=LETTERS, now=cast.NOW) == (0, 1)
