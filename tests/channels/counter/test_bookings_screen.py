"""Bookings at the counter: for a caller, beyond the seats only with the flag, a day's list without names."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from tests import cast

from madoguchi.audit.models import EntryRow
from madoguchi.booking.models import BookingRow, SlotRow

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("offered")]
NEW = "/bookings/new/?branch=main&service=moving&day=2026-11-10"
SignedIn = Callable[[str], Client]


@pytest.fixture(autouse=True)
def _now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "now", lambda: cast.NOW)


def book(browser: Client, said: str = "a", **more: Any) -> Any:
    return browser.post(NEW, {"press": said, "quarter": "36", **more})


def test_a_caller_gets_number_and_digits_and_it_is_written_who_booked(signed_in: SignedIn) -> None:
    browser = signed_in("clerk_hana")
    answer = browser.post(NEW, {"press": "a", "quarter": "36"}, follow=True)
    row = BookingRow.objects.get()
    assert (row.state, row.channel) == ("confirmed", "phone")
    assert row.code in answer.content.decode()
    assert row.number in answer.content.decode()
    written = EntryRow.objects.filter(activity__in=("booking_held", "booking_confirmed"))
    assert {one.staff_id for one in written} == {row.by}


def test_a_double_press_of_staff_is_one_booking(signed_in: SignedIn) -> None:
    browser = signed_in("clerk_hana")
    assert len({book(browser).headers["Location"] for _ in range(2)}) == BookingRow.objects.count() == 1


def test_beyond_the_seats_needs_the_flag_and_shows_it(signed_in: SignedIn) -> None:
    browser = signed_in("clerk_hana")
    book(browser)
    assert book(browser, "b").status_code == 409
    assert browser.post(NEW, {"press": "c", "over": "36"}).status_code == 409
    assert browser.post(NEW, {"press": "d", "over": "36", "beyond": "yes"}).status_code == 302
    assert BookingRow.objects.filter(beyond=True).count() == 1
    assert SlotRow.objects.get(lane__key="residents", lane__branch="main", quarter=36).beyond == 1
    page = browser.get("/bookings/?day=2026-11-10").content.decode()
    assert "枠を超えた予約 1件" in page


def test_the_flag_does_not_turn_a_free_time_into_one_beyond(signed_in: SignedIn) -> None:
    book(signed_in("clerk_hana"), beyond="yes")
    assert not BookingRow.objects.get().beyond


def test_staff_change_and_cancel(signed_in: SignedIn) -> None:
    browser = signed_in("clerk_hana")
    url = book(browser).headers["Location"]
    book(browser, "b", quarter="40")
    assert browser.post(f"{url}?change=yes&day=2026-11-10", {"quarter": "40"}).status_code == 409
    assert browser.post(f"{url}?change=yes&day=2026-11-10", {"quarter": "44"}).status_code == 302
    browser.post(url, {"act": "cancel"})
    assert sorted(BookingRow.objects.values_list("state", "quarter")) == [
        ("cancelled", 44),
        ("confirmed", 40),
    ]


def test_a_number_is_found_and_one_that_is_not_there_is_said(signed_in: SignedIn) -> None:
    browser = signed_in("clerk_hana")
    url = book(browser).headers["Location"]
    assert browser.get(f"/bookings/?q={url.split('/')[3].lower()}").headers["Location"] == url
    assert "見つかりません" in browser.get("/bookings/?q=NOTTHERE").content.decode()


def test_the_list_is_that_of_ones_own_building_and_takes_no_more_queries_for_more(
    signed_in: SignedIn, django_assert_max_num_queries: Any
) -> None:
    book(signed_in("clerk_hana"))
    number = BookingRow.objects.get().number
    assert number not in signed_in("clerk_north").get("/bookings/?day=2026-11-10").content.decode()
    browser = signed_in("clerk_hana")
    for quarter in (40, 44, 56):
        book(browser, f"q{quarter}", quarter=str(quarter))
    with django_assert_max_num_queries(22):
        page = browser.get("/bookings/?day=2026-11-10").content.decode()
    assert page.count("予約済み") == 4


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31", "2026-02-30", "x"])
def test_a_day_that_nobody_books_is_today(day: str, signed_in: SignedIn) -> None:
    assert signed_in("clerk_hana").get(f"/bookings/?day={day}").status_code == 200
    assert signed_in("clerk_hana").get(f"/bookings/new/?service=moving&day={day}").status_code == 200


def test_officers_of_a_department_do_not_book(signed_in: SignedIn) -> None:
    assert signed_in("officer_nhi").get("/bookings/").status_code == 403
