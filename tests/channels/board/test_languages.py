"""Boards, phones and the congestion pages in the languages of visitors."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone
from tests.cast import NOW, SETTER
from tests.rooms.booking.queueing import Hall

from madoguchi.booking.offering import offer, set_offer
from madoguchi.booking.tickets import calling
from madoguchi.channels.board.pictures import Watch, WatchKind, look, picture, pictures
from madoguchi.channels.board.stream_paths import path_of
from madoguchi.channels.shared.languages import tag_of

pytestmark = pytest.mark.django_db


def get(path: str, accepts: str = "") -> Any:
    return Client().get(path, headers={"accept-language": accepts} if accepts else {})


def text(answer: Any) -> str:
    return str(answer.content.decode())


@pytest.mark.parametrize("path", ["/congestion/", "/congestion/main/", "/t/"])
@pytest.mark.parametrize("code", [code for code, _name in settings.LANGUAGES])
def test_a_public_page_speaks_what_its_address_asks_for(hall: Hall, path: str, code: str) -> None:
    page = text(get(f"{path}?language={code}"))
    assert f'<html lang="{tag_of(code)}">' in page
    for one, name in settings.LANGUAGES:
        assert f'lang="{tag_of(one)}"' in page and f">{name}</a>" in page


@pytest.mark.parametrize(
    ("accepts", "tag"),
    [
        ("vi-VN,vi;q=0.9,en;q=0.8", "vi"),
        ("zh-CN,zh;q=0.9", "zh-Hans"),
        ("pt-PT", "pt-BR"),
        ("fr,en;q=0.5", "en"),
        ("ja,en;q=0.5", "ja"),
        ("fr", "ja"),
        ("", "ja"),
    ],
)
def test_without_a_wish_the_browser_decides(hall: Hall, accepts: str, tag: str) -> None:
    assert f'<html lang="{tag}">' in text(get("/congestion/main/", accepts))


@pytest.mark.parametrize("path", ["/board/main/", "/board/main/desk1/", "/accuracy/", "/reserve/"])
def test_what_everybody_sees_together_stays_japanese(hall: Hall, path: str) -> None:
    answer = get(path, "en")
    if answer.status_code == 200:
        assert '<html lang="ja">' in text(answer)


def test_the_wall_says_its_fixed_phrases_in_a_second_language_too(hall: Hall) -> None:
    hall.arrive()
    hall.next()
    page = text(get("/board/main/"))
    for tag, words in (
        ("en", "Now calling"),
        ("zh-Hans", "正在叫号"),
        ("es", "Llamando"),
        ("vi", "Đang gọi"),
    ):
        assert re.search(f'<span lang="{tag}"( hidden)?>{words}</span>', page)
    shown = re.search(r"<small class=\"mdg-tongues\" data-tongues>(.*?)</small>", page)
    assert shown is not None
    assert shown[1].count("<span") - shown[1].count("hidden") == 1, "one at a time"
    booth = text(get("/board/main/desk1/"))
    assert '<span lang="en">Please come here</span>' in booth


def test_a_city_with_japanese_only_shows_no_other(hall: Hall, settings: Any) -> None:
    settings.LANGUAGES = [("ja", "日本語")]
    assert "data-tongues" not in text(get("/board/main/"))
    assert "mdg-tongue-links" not in text(get("/congestion/?language=en"))


def test_a_phone_speaks_the_language_of_its_ticket_and_another_when_asked(hall: Hall) -> None:
    one = hall.arrive()
    calling.edit(branch="main", ticket=one.ticket, language="en", by=SETTER, now=hall.now)
    page = text(get(f"/t/{one.secret}/"))
    assert '<html lang="en">' in page and "You are next" in page
    assert "?language=en" in page.split('data-live="')[1].split('"')[0]
    assert "Sắp đến lượt bạn" in text(get(f"/t/{one.secret}/?language=vi"))
    hall.next()
    assert "Counter 1" in text(get(f"/t/{one.secret}/"))
    answer = Client().post(f"/t/{one.secret}/away/?language=es")
    assert answer.status_code == 409 and '<html lang="es">' in text(answer)


def test_names_are_the_citys_or_japanese_marked_so(hall: Hall) -> None:
    known = offer()
    lane = replace(known.lanes[0], names=(("en", "Residents"),))
    set_offer(offer=replace(known, lanes=(lane, *known.lanes[1:])), by=SETTER, now=NOW)
    page = text(get("/congestion/main/?language=en"))
    assert "<h3>Residents</h3>" in page
    assert '<h3><span lang="ja">保険の窓口</span></h3>' in page


def test_a_stream_sends_what_the_page_of_the_language_shows(hall: Hall) -> None:
    hall.arrive()
    watches = [Watch("main", WatchKind.CONGESTION, language=code) for code in ("ja", "en", "zh-Hans")]
    made = pictures(look(branch="main", now=timezone.now()), watches)
    assert len({one.html for one in made.values()}) == 3
    assert made[watches[1]].html == picture(watches[1], now=timezone.now())[0].html
    assert path_of(watches[0]).endswith("/main/") and path_of(watches[2]).endswith("?language=zh-Hans")


def test_a_call_is_spoken_besides_in_the_visitors_language(hall: Hall) -> None:
    for code, spoken, words in (
        ("ja-easy", "", ""),
        ("zh-Hans", "zh", "A002 号，请到 1号窗口。"),
        ("pt-BR", "pt", "Senha A003, venha ao local Balcão 1."),
    ):
        one = hall.arrive()
        calling.edit(branch="main", ticket=one.ticket, language=code, by=SETTER, now=hall.now)
        hall.next()
        call = next(
            call
            for call in picture(Watch("main", WatchKind.WALL), now=hall.now)[0].calls
            if call.label == one.label
        )
        assert (call.language, call.words) == (spoken, words)
        hall.act("start", one)
        hall.act("finish", one)
