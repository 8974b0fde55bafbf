"""The booking pages over HTTP: one press one booking, 409 for what is full, nobody opens a booking of somebody else."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from tests import cast

from madoguchi.booking import reserving
from madoguchi.booking.models import BookingRow, SlotRow, WaitingRow
from madoguchi.booking.offering import Offer
from madoguchi.booking.trials import TRIALS_AT_A_BOOKING

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("offered")]
TIMES = "/book/at/main/moving/2026-11-10/"
MAIL = "resident@example.jp"


@pytest.fixture(autouse=True)
def _now(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    """Pages ask the clock; here it stands at the cast's own moment."""
    monkeypatch.setattr(timezone, "now", lambda: cast.NOW)
    settings.MAIL_READY = True


def mark(browser: Client, url: str = TIMES) -> str:
    return str(browser.get(url).context["press"])


def press(browser: Client, quarter: int = 36, url: str = TIMES, said: str = "") -> Any:
    return browser.post(url, {"press": said or mark(browser, url), "quarter": str(quarter)})


def booked(browser: Client, quarter: int = 36, contact: str = "") -> BookingRow:
    number = press(browser, quarter).headers["Location"].split("/")[3]
    browser.post(f"/book/mine/{number}/contact/", {"contact": contact, "book": "yes"})
    return BookingRow.objects.get(number=number)


def test_a_visit_is_booked_with_three_choices_and_two_presses() -> None:
    browser = Client()
    assert "引越し" in browser.get("/book/").content.decode()
    month = browser.get("/book/at/main/moving/?month=2026-11").content.decode()
    assert f'href="{TIMES}"' in month
    assert "令和8年11月（2026年）" in month
    assert "23日 勤労感謝の日" in month
    held = press(browser)
    assert (held.status_code, BookingRow.objects.get().state) == (302, "held")
    checked = browser.post(held.headers["Location"], {"contact": MAIL})
    assert "この内容で予約しますか" in checked.content.decode()
    assert BookingRow.objects.get().state == "held"
    done = browser.post(held.headers["Location"], {"contact": MAIL, "book": "yes"}, follow=True)
    row = BookingRow.objects.get()
    assert (row.state, row.contact, row.quarters) == ("confirmed", MAIL, 2)
    page = done.content.decode()
    assert row.code in page
    assert row.number in page
    assert "data:image/svg+xml" in page
    assert MAIL not in page


def test_a_double_click_and_a_post_that_comes_again_are_one_booking() -> None:
    browser = Client()
    said = mark(browser)
    answers = {press(browser, said=said).headers["Location"] for _ in range(3)}
    assert len(answers) == BookingRow.objects.count() == 1
    number = BookingRow.objects.get().number
    for _ in range(2):
        browser.post(f"/book/mine/{number}/contact/", {"contact": "", "book": "yes"})
    press(browser, said=said)
    assert BookingRow.objects.get().state == "confirmed"
    assert sum(SlotRow.objects.values_list("used", flat=True)) == 2


def test_the_same_page_in_another_browser_is_another_booking() -> None:
    """A page that was left open on a shared machine opens nothing of whoever was there before."""
    one, other = Client(), Client()
    said = mark(one)
    press(one, said=said)
    assert press(other, said=said).status_code == 409
    assert press(other, 40, said=said).status_code == 302
    assert BookingRow.objects.count() == 2


def test_who_goes_back_and_chooses_another_time_holds_that_one_only() -> None:
    browser = Client()
    said = mark(browser)
    press(browser, 36, said=said)
    press(browser, 40, said=said)
    assert dict(SlotRow.objects.filter(used__gt=0).values_list("quarter", "used")) == {40: 1, 41: 1}


def test_a_full_time_is_409_and_says_that_nothing_was_taken() -> None:
    press(Client())
    late = press(Client())
    assert late.status_code == 409
    assert "たったいま埋まりました" in late.content.decode()
    assert BookingRow.objects.count() == 1


def test_a_hold_that_is_over_is_said_and_the_way_on_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    browser = Client()
    url = press(browser).headers["Location"]
    later = cast.NOW + timedelta(minutes=11)
    monkeypatch.setattr(timezone, "now", lambda: later)
    reserving.expire(now=later)
    answer = browser.post(url, {"contact": "", "book": "yes"}, follow=True)
    assert "期限切れ" in answer.content.decode()
    assert "予約を取り直す" in answer.content.decode()
    assert not BookingRow.objects.filter(state="confirmed").exists()


def test_the_length_of_a_hold_is_a_setting(settings: Any) -> None:
    settings.HOLD_MINUTES = 3
    press(Client())
    assert BookingRow.objects.get().held_until == cast.NOW + timedelta(minutes=3)


@pytest.mark.parametrize("page", ["", "contact/", "change/", "cancel/", "yoyaku.ics"])
def test_nobody_opens_a_booking_of_somebody_else(page: str) -> None:
    row = booked(Client())
    stranger = Client()
    for answer in (
        stranger.get(f"/book/mine/{row.number}/{page}"),
        stranger.post(f"/book/mine/{row.number}/{page}"),
    ):
        assert answer.status_code == 404
        assert row.code not in answer.content.decode()
    row.refresh_from_db()
    assert row.state == "confirmed"


def test_number_and_digits_open_it_and_wrong_digits_do_not_say_why() -> None:
    row = booked(Client())
    wrong = f"{(int(row.code) + 1) % 10_000:04d}"
    other = Client()
    said = {
        other.post("/book/find/", {"number": number, "code": code}).context["problems"][0]
        for number, code in ((row.number, wrong), ("ZZZZ2222", row.code), (row.number, ""))
    }
    assert len(said) == 1
    answer = other.post("/book/find/", {"number": row.number.lower(), "code": row.code})
    assert answer.headers["Location"] == f"/book/mine/{row.number}/"
    assert other.get(f"/book/mine/{row.number}/").status_code == 200


def test_after_a_few_wrong_digits_even_the_right_ones_wait_in_any_browser() -> None:
    row = booked(Client())
    wrong = f"{(int(row.code) + 1) % 10_000:04d}"
    for _ in range(TRIALS_AT_A_BOOKING):
        assert Client().post("/book/find/", {"number": row.number, "code": wrong}).status_code == 404
    assert Client().post("/book/find/", {"number": row.number, "code": row.code}).status_code == 429
    assert (
        Client().get(f"/book/open/{row.number}/{reserving.look(number=row.number).secret}/").status_code
        == 302
    )


def test_the_link_leads_to_an_address_without_a_secret_and_tells_no_referrer() -> None:
    row = booked(Client())
    secret = reserving.look(number=row.number).secret
    answer = Client().get(f"/book/open/{row.number}/{secret}/")
    assert answer.headers["Location"] == f"/book/mine/{row.number}/"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    wrong = Client().get(f"/book/open/{row.number}/{secret[:-1]}x/")
    assert (wrong.status_code, wrong.headers["Referrer-Policy"]) == (404, "no-referrer")


def test_a_change_into_a_full_time_is_409_and_the_booking_stays() -> None:
    browser = Client()
    row = booked(browser, 36)
    booked(Client(), 40)
    url = f"/book/mine/{row.number}/change/?day=2026-11-10"
    answer = browser.post(url, {"quarter": "40"})
    assert answer.status_code == 409
    assert "いまの予約はそのままです" in answer.content.decode()
    assert browser.post(url, {"quarter": "44"}).status_code == 302
    row.refresh_from_db()
    assert (row.quarter, row.sequence) == (44, 1)


def test_the_calendar_file_follows_the_booking() -> None:
    browser = Client()
    row = booked(browser)
    url = f"/book/mine/{row.number}/yoyaku.ics"
    first = browser.get(url)
    assert "text/calendar" in first.headers["Content-Type"]
    assert b"METHOD:PUBLISH" in first.content
    browser.post(f"/book/mine/{row.number}/cancel/")
    assert b"METHOD:CANCEL" in browser.get(url).content
    assert "予約を取り直す" in browser.get(f"/book/mine/{row.number}/").content.decode()


def test_a_bundle_is_one_visit_of_all_its_parts(offered: Offer) -> None:
    browser = Client()
    url = TIMES + "?with=insurance&with=children"
    press(browser, 36, url)
    row = BookingRow.objects.get()
    assert list(row.parts.order_by("order").values_list("service", flat=True)) == [
        "moving",
        "insurance",
        "children",
    ]
    assert row.quarters == 5
    assert "長すぎます" in browser.get("/book/at/main/moving/?with=bereavement&with=registry&with=insurance&with=cards&with=children&with=papers&with=papers").content.decode()  # fmt: skip


def test_who_waits_is_put_on_the_list_once_and_a_wrong_address_is_said() -> None:
    booked(Client())
    SlotRow.objects.update(seats=0, beyond=0, used=0)
    browser = Client()
    assert "キャンセル待ち" in browser.get(TIMES).content.decode()
    assert browser.post(TIMES, {"wait": "yes", "contact": "no address"}).status_code == 422
    assert browser.post(TIMES, {"wait": "yes", "contact": MAIL}).status_code == 200
    assert browser.post(TIMES, {"wait": "yes", "contact": MAIL}).status_code == 409
    assert WaitingRow.objects.count() == 1


def test_without_a_mail_server_no_address_is_asked_for(settings: Any) -> None:
    settings.MAIL_READY = False
    browser = Client()
    url = press(browser).headers["Location"]
    page = browser.get(url).content.decode()
    assert "予約する" in page
    assert 'type="email"' not in page


@pytest.mark.parametrize(
    "url",
    [
        "/book/at/none/moving/", "/book/at/main/none/", "/book/at/main/tax/", "/book/at/main/moving/2026-99-99/",
        "/book/at/main/moving/x/", "/book/at/harbour/registry/", "/book/mine/none/", "/book/at/main/moving/?with=none", "/book/at/main/moving/0001-01-01/",
        "/book/at/main/moving/9999-12-31/",
    ],
)  # fmt: skip
def test_what_is_not_there_is_not_found(url: str) -> None:
    assert Client().get(url).status_code == 404


@pytest.mark.parametrize("quarter", ["", "-1", "96", "99999999999", "３６", "x", "20", "48"])
def test_a_broken_time_is_refused_and_holds_nothing(quarter: str) -> None:
    browser = Client()
    answer = browser.post(TIMES, {"press": mark(browser), "quarter": quarter})
    assert answer.status_code == 409
    assert not BookingRow.objects.filter(state="held").exists()


@pytest.mark.parametrize("day", ["2026-11-08", "2027-01-31", "2200-12-31", "2026-11-23", "2026-12-30"])
def test_a_day_out_of_reach_or_closed_shows_no_time(day: str) -> None:
    answer = Client().get(f"/book/at/main/moving/{day}/")
    assert answer.status_code == 200
    assert "空いている時間はありません" in answer.content.decode()
    assert Client().post(f"/book/at/main/moving/{day}/", {"press": "x", "quarter": "36"}).status_code == 409


@pytest.mark.parametrize("month", ["2026-13", "x", "0000-00", "9999-12", "2020-01"])
def test_a_month_out_of_reach_is_the_nearest_one(month: str) -> None:
    assert Client().get(f"/book/at/main/moving/?month={month}").status_code == 200


def test_today_shows_only_what_is_still_to_come_also_at_midnight(monkeypatch: pytest.MonkeyPatch) -> None:
    page = Client().get("/book/at/main/moving/2026-11-09/").content.decode()
    assert "10:15<" in page
    assert "10:00<" not in page
    monkeypatch.setattr(timezone, "now", lambda: datetime(2026, 11, 9, 15, 0, tzinfo=UTC))  # 0:00 of the 10th
    assert "8:30<" in Client().get(TIMES).content.decode()
    assert "空いている時間はありません" in Client().get("/book/at/main/moving/2026-11-09/").content.decode()


def test_the_pages_show_no_menu_of_staff(signed_in: Callable[[str], Client]) -> None:
    page = signed_in("clerk_hana").get("/book/").content.decode()
    assert "受付一覧" not in page
    assert "サインアウト" not in page


def test_posts_need_the_pages_own_token() -> None:
    strict = Client(enforce_csrf_checks=True)
    assert strict.post(TIMES, {"press": "x", "quarter": "36"}).status_code == 403
    assert not BookingRow.objects.exists()


def test_the_month_takes_as_many_queries_with_many_bookings_as_with_none(
    django_assert_max_num_queries: Any,
) -> None:
    for quarter in (36, 40, 44):
        booked(Client(), quarter)
    with django_assert_max_num_queries(16):
        Client().get("/book/at/main/moving/?month=2026-11")
    with django_assert_max_num_queries(16):
        Client().get(TIMES)
    assert date(2026, 11, 10) == BookingRow.objects.first().day  # type: ignore[union-attr]  # three were booked
