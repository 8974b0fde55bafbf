"""The booking pages at home in the languages of visitors: whole, kept from page to page, and Japanese only where it says so."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings as configured
from django.test import Client
from django.utils import timezone
from tests import cast

from madoguchi.booking import reserving
from madoguchi.booking.models import BookingRow, SlotRow, WaitingRow
from madoguchi.booking.trials import TRIALS_AT_A_BOOKING
from madoguchi.channels.shared.languages import EASY, tag_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("offered")]
OTHERS = [code for code, _name in configured.LANGUAGES if code not in ("ja", EASY)]
TIMES, HERE = "/book/at/main/moving/2026-11-10/", "/book/at/main/moving/"
MAIL = "resident@example.jp"
LONG = "&".join(
    f"with={one}" for one in ("bereavement", "registry", "insurance", "cards", "children", "papers")
)
KANA, KANJI = "ぁ-んァ-ヶ", "一-龥"
# What says itself in Japanese: names marked as such, and the links to other languages in their own script.
ASIDE = re.compile(r'<(\w+) [^>]*lang="(?:ja|zh-Hans|ko)"[^>]*>.*?</\1>')
SPOKEN = re.compile(r'(?:alt|aria-label|abbr|title|placeholder)="([^"]*)"')


@pytest.fixture(autouse=True)
def _now(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    monkeypatch.setattr(timezone, "now", lambda: cast.NOW)
    settings.MAIL_READY = True


def japanese_in(page: str, code: str) -> list[str]:
    """What a page says in Japanese without saying so: on it, in its title, and to whoever has it read aloud."""
    text = ASIDE.sub("", page.partition("<title>")[2])
    words = re.sub(r"<[^>]*>", " ", text) + " ".join(SPOKEN.findall(text))
    signs = KANA if code == "zh-Hans" else KANA + KANJI
    return [word for word in words.split() if re.search(f"[{signs}]", word)]


def held(browser: Client, quarter: int = 36) -> str:
    said = browser.get(TIMES).context["press"]
    return str(browser.post(TIMES, {"press": said, "quarter": str(quarter)}).headers["Location"])


def booked(browser: Client, quarter: int = 36) -> BookingRow:
    url = held(browser, quarter)
    browser.post(url, {"contact": "", "book": "yes"})
    return BookingRow.objects.get(number=url.split("/")[3])


def pages_of_choosing(browser: Client) -> list[Any]:
    pages = [browser.get(f"/book/{one}") for one in ("", "find/", "open/NONE2222/x/")]
    pages += [
        browser.get(f"{HERE}?{asked}") for asked in ("month=2026-11", "month=2027-01", "with=insurance", LONG)
    ]
    pages += [browser.get(TIMES), browser.post(TIMES, {"press": "x", "quarter": "x"})]
    wrong = {"number": "ZZZZ2222", "code": "0000"}
    return pages + [browser.post("/book/find/", wrong) for _ in range(TRIALS_AT_A_BOOKING + 1)]


def pages_of_a_booking(browser: Client) -> list[Any]:
    url = held(browser)
    pages = [
        browser.get(url),
        browser.post(url, {"contact": "no address"}),
        browser.post(url, {"contact": MAIL}),
    ]
    browser.post(url, {"contact": MAIL, "book": "yes"})
    mine = url.removesuffix("contact/")
    change = f"{mine}change/?day=2026-11-10"
    pages += [
        browser.get(mine),
        browser.get(f"{mine}change/"),
        browser.get(change),
        browser.get(f"{mine}cancel/"),
    ]
    booked(Client(), 44)
    pages.append(browser.post(change, {"quarter": "44"}))
    browser.post(f"{mine}cancel/")
    pages.append(browser.get(mine))
    arrived = booked(browser, 40)
    BookingRow.objects.filter(pk=arrived.pk).update(state="arrived")
    mine = f"/book/mine/{arrived.number}/"
    return [*pages, browser.get(mine), browser.post(f"{mine}cancel/")]


def pages_of_waiting(browser: Client) -> list[Any]:
    SlotRow.objects.update(seats=0, beyond=0, used=0)
    wait = {"wait": "yes", "contact": MAIL}
    pages = [browser.get(TIMES), browser.post(TIMES, {**wait, "contact": "x"})]
    return pages + [browser.post(TIMES, wait) for _ in range(2)]


def test_a_refusal_is_said_with_its_figure(client: Client) -> None:
    page = client.get(f"{HERE}?{LONG}&language=en").content.decode()
    assert re.search(r"takes about \d{3} minutes, which is too long for one visit", page)


@pytest.mark.parametrize("code", OTHERS)
def test_every_page_is_in_the_language_that_was_chosen(client: Client, code: str) -> None:
    first = client.get(f"/book/?language={code}")
    pages = [first, *pages_of_choosing(client), *pages_of_a_booking(client), *pages_of_waiting(client)]
    assert {page.status_code for page in pages} == {200, 404, 409, 422, 429}
    for page in pages:
        text = page.content.decode()
        assert f'<html lang="{tag_of(code)}">' in text
        assert page.headers["Content-Language"] == tag_of(code)
        assert japanese_in(text, code) == []


def test_who_reads_vietnamese_books_a_visit_and_the_booking_knows_it(client: Client) -> None:
    client.get("/book/?language=vi")
    assert "Chuyển nhà" in client.get("/book/").content.decode()
    assert "Thứ 2" in client.get(f"{HERE}?month=2026-11").content.decode()
    page = client.post(held(client), {"contact": MAIL}).content.decode()
    assert "Đặt lịch" in page
    assert "Ngày 10 tháng 11 năm 2026 (Thứ 3) 09:00" in page
    row = booked(client, 44)
    assert (row.state, row.language) == ("confirmed", "vi")
    mine = client.get(f"/book/mine/{row.number}/").content.decode()
    assert row.code in mine
    assert "Đã có lịch hẹn" in mine
    calendar = client.get(f"/book/mine/{row.number}/yoyaku.ics")
    assert "Mã lịch hẹn" in calendar.content.decode()
    assert calendar.headers["Content-Language"] == "vi"


def test_whoever_waits_is_known_by_the_language_too(client: Client) -> None:
    client.get("/book/?language=pt-BR")
    booked(client)
    pages_of_waiting(client)
    assert WaitingRow.objects.get().language == "pt-BR"


def test_a_booking_whose_hold_is_over_says_so(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    client.get("/book/?language=en")
    url = held(client)
    later = cast.NOW + timedelta(minutes=11)
    monkeypatch.setattr(timezone, "now", lambda: later)
    reserving.expire(now=later)
    page = client.post(url, {"contact": "", "book": "yes"}, follow=True).content.decode()
    assert "Expired" in page
    assert japanese_in(page, "en") == []


def test_yasashii_nihongo_is_japanese_in_short_words(client: Client) -> None:
    page = client.get("/book/?language=ja-easy").content.decode()
    assert '<html lang="ja">' in page
    assert "名前も 聞きません" in page
    assert "引っ越し（住む ところを 変える）" in page
    assert "2026年11月" in client.get(f"{HERE}?month=2026-11").content.decode()
    assert 'lang="ja">本庁' not in page


def test_the_links_keep_what_the_address_asks_for(client: Client) -> None:
    page = client.get(f"{HERE}?with=insurance&language=en&month=2026-11").content.decode()
    assert 'href="?language=vi&amp;with=insurance&amp;month=2026-11" lang="vi"' in page
    strange = client.get(HERE, {"month": '"><b>&language=en'}).content.decode()
    assert 'href="?language=vi&amp;month=%22%3E%3Cb%3E%26language%3Den"' in strange
    assert '<html lang="en">' in strange


def test_the_language_of_the_browser_until_one_is_chosen(client: Client) -> None:
    vietnamese = {"accept-language": "vi,en;q=0.5"}
    assert '<html lang="vi">' in client.get("/book/", headers=vietnamese).content.decode()
    assert '<html lang="ja">' in client.get("/book/?language=ja", headers=vietnamese).content.decode()
    assert '<html lang="ja">' in client.get("/book/find/", headers=vietnamese).content.decode()
    assert '<html lang="ja">' in client.get("/book/?language=klingon%00").content.decode()


def test_where_staff_are_signed_in_the_pages_are_in_japanese(signed_in: Callable[[str], Client]) -> None:
    page = signed_in("clerk_hana").get("/book/?language=en").content.decode()
    assert '<html lang="ja">' in page
    assert "窓口の予約" in page
