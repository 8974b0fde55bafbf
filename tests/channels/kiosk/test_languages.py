"""The machine in the visitor's language: chosen on its first page, gone at the next start, on the ticket and its slip."""

from __future__ import annotations

import re
from dataclasses import replace
from html import unescape
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from tests.cast import NOW, SETTER
from tests.rooms.booking.queueing import BRANCH

from madoguchi.booking.models import EstimateRow, TicketRow
from madoguchi.booking.offering import offer, set_offer
from madoguchi.booking.tickets import issuing

pytestmark = pytest.mark.django_db
START = f"/kiosk/{BRANCH}/"
CODES = [code for code, _name in settings.LANGUAGES]


def said(answer: Any) -> str:
    return unescape(answer.content.decode())


def chosen(machine: Client, code: str) -> str:
    return said(machine.post(f"{START}welcome/", {"language": code}, follow=True))


def numbered(machine: Client) -> Any:
    page = said(machine.post(f"{START}confirm/", {"service": "moving"}))
    key = re.search(r'name="request" value="(\w+)"', page)
    assert key is not None
    return machine.post(f"{START}issue/", {"service": "moving", "request": key[1]}, follow=True)


def test_the_first_page_offers_every_language_in_its_own_script(machine: Client) -> None:
    page = said(machine.get(START))
    for code, name in settings.LANGUAGES:
        assert f'value="{code}"' in page and f">{name}</button>" in page
    assert '<html lang="ja">' in page and 'lang="vi"' in page


@pytest.mark.parametrize(
    ("code", "tag", "words"),
    [
        ("en", "en", "Welcome. Do you have a booking?"),
        ("zh-Hans", "zh-Hans", "欢迎。您有预约吗？"),
        ("es", "es", "Bienvenido. ¿Tiene reserva?"),
        ("vi", "vi", "Xin chào. Bạn có đặt lịch không?"),
        ("pt-BR", "pt-BR", "Bem-vindo. Você tem agendamento?"),
        ("ja-easy", "ja", "こんにちは。予約が ありますか"),
    ],
)
def test_a_language_is_pressed_and_every_page_speaks_it(
    machine: Client, code: str, tag: str, words: str
) -> None:
    page = chosen(machine, code)
    assert words in page and f'<html lang="{tag}">' in page
    assert f'<html lang="{tag}">' in said(machine.get(f"{START}services/"))
    page = said(numbered(machine))
    assert f'<html lang="{tag}">' in page and "あなたの番号" not in page
    assert TicketRow.objects.get().language == code


def test_a_language_in_preparation_can_be_looked_at(machine: Client, settings: Any) -> None:
    """Its screens are there, for those who speak it to read; what is not offered is Japanese."""
    assert '<html lang="ja">' in chosen(machine, "ko")
    settings.LANGUAGES = [*settings.LANGUAGES, ("ko", "한국어")]
    page = chosen(machine, "ko")
    assert "어서 오세요. 예약하셨습니까?" in page and '<html lang="ko">' in page


def test_the_next_visitor_finds_it_in_japanese(machine: Client) -> None:
    chosen(machine, "en")
    assert '<html lang="ja">' in said(machine.get(START))
    assert '<html lang="ja">' in said(machine.get(f"{START}services/"))


def test_a_language_that_is_not_offered_is_japanese(machine: Client) -> None:
    assert '<html lang="ja">' in chosen(machine, "xx")


def test_what_the_browser_prefers_decides_nothing_at_the_machine(machine: Client) -> None:
    assert '<html lang="ja">' in said(machine.get(START, headers={"accept-language": "en"}))


def test_a_service_is_called_as_the_city_says_and_else_in_japanese_marked_so(machine: Client) -> None:
    known = offer()
    first = replace(known.services[0], names=(("en", "Change <of> address"),))
    set_offer(offer=replace(known, services=(first, *known.services[1:])), by=SETTER, now=NOW)
    chosen(machine, "en")
    page = machine.get(f"{START}services/").content.decode()
    assert "Change &lt;of&gt; address" in page
    assert '<span lang="ja">証明書</span>' in page
    chosen(machine, "ja-easy")
    assert '<span lang="ja">' not in machine.get(f"{START}services/").content.decode()


def test_a_reason_is_said_in_the_language(machine: Client) -> None:
    chosen(machine, "en")
    page = said(machine.post(f"{START}booked/", {"typed": "999", "key": "9"}))
    assert "No booking was found." in page and "予約が見つかりません" not in page


def test_the_wait_stands_on_the_screen_as_it_was_told_at_issue(machine: Client) -> None:
    for _ in range(6):
        issuing.issue(branch=BRANCH, services=["moving"], by=SETTER, now=NOW)
    page = said(numbered(machine))
    told = EstimateRow.objects.order_by("told_at").last()
    assert told is not None and told.number == 1
    found = re.search(r"待ち時間 およそ\d+〜\d+分（\d\d:\d\d 現在）", page)
    assert found is not None
    assert found[0] in said(machine.get(f"{START}number/"))
    assert EstimateRow.objects.count() == 1, "looking again tells nothing new"
