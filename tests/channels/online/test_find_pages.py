"""Finding out at home: every event by plain forms, nothing kept unless wished, and nothing that can be tampered with."""

from __future__ import annotations

import logging
import re
from datetime import date, timedelta
from html import unescape

import pytest
from django.apps import apps
from django.db import models
from django.test import Client
from django.utils import timezone
from django.utils.translation import gettext
from tests.cast import NOW
from tests.channels.finding import AtHome, fields_of, said_in
from tests.rooms.cases.walking import ordinary

from madoguchi.cases import prepared
from madoguchi.cases.at_home import MOST_PEOPLE_AT_HOME
from madoguchi.cases.models import CaseRow, PreparedRow
from madoguchi.channels.shared.finding.days import BANDS, born_in, read_day
from madoguchi.channels.shared.languages import speaking
from madoguchi.jp.dates import PossibleDays, age_on
from madoguchi.procedures.decisions import Status
from madoguchi.procedures.facts import FactDefinition, FactRef, Value
from madoguchi.procedures.situation import EventKind

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("procedures")]
FAMILY = ("世帯主", "妻", "子")
# Days that nobody else in these tests was born on or moved on: where they are found, it came from an answer.
BORN, MOVED = date(1973, 2, 13), date(2026, 11, 3)
# As a file, a row, a page and a letter would write them; the bare year stands in many a random number.
PLANTED = (
    "1973-02-13",
    "(1973, 2, 13",
    "1973年",
    "昭和48",
    "48-2-13",
    "2026-11-03",
    "(2026, 11, 3",
    "令和8年11月3日",
)


@pytest.fixture(autouse=True)
def _now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "now", lambda: NOW)


def planted(ref: FactRef, definition: FactDefinition) -> Value:
    if ref.key == "birth_date" and ref.subject != "event":
        return BORN
    if ref.key == "moves":
        return True
    return MOVED if ref.key == "move_date" else ordinary(definition, ref)


def everything_stored() -> str:
    """All that the database holds, as text."""
    found = []
    for model in apps.get_models():
        if model._meta.label != "catalogue.RevisionRow":
            found.append(repr(list(models.QuerySet(model).values_list())))
    return "".join(found)


@pytest.mark.parametrize("event", list(EventKind))
def test_every_event_leads_to_a_list_by_plain_forms(event: EventKind) -> None:
    home = AtHome()
    at = home.through(event, FAMILY[:2] if event is EventKind.birth else FAMILY, planted)
    page = home.last.content.decode()
    assert {one.status_code for one in home.pages} == {200}
    assert "わたしの手続き" in page
    for one in at.judged.with_status(Status.MUST, Status.ASK, Status.OPTIONAL):
        assert at.judged.pack.procedure(one.procedure).name in page
    assert not [one for one in at.judged.decisions if one.status is Status.ASK]


def test_nothing_is_kept_on_the_way_and_nothing_stands_in_an_address_cookie_session_or_log(
    caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    before = everything_stored()
    home = AtHome()
    home.client.get("/find/")
    home.through(EventKind.move_in, ("世帯主",), planted)
    assert everything_stored() == before
    assert set(home.client.cookies) <= {"csrftoken"}
    assert not any(mark in everything_stored() for mark in PLANTED)
    assert not any(mark in caplog.text + "".join(capfd.readouterr()) for mark in PLANTED)
    for page in home.pages:
        text = page.content.decode()
        assert not any(
            mark in link for link in re.findall(r'(?:href|action|src)="([^"]*)"', text) for mark in PLANTED
        )
        assert "no-store" not in page["Cache-Control"], "the browser's way back shows the page again"


def test_what_is_kept_on_wish_cannot_be_read_without_the_code_and_the_qr_has_the_code_alone() -> None:
    home = AtHome()
    home.through(EventKind.move_in, ("世帯主",), planted)
    answer = home.post("/find/keep/", {"said": said_in(home.last)}).content.decode()
    code = re.search(r'href="(/find/number/(\w{4}-\w{4})/)"', answer)
    assert code and answer.count(code[2]) == 2, "on the sheet, and in the way to the number's own page"
    assert (
        "令和8年11月23日まで使えます" in answer
        and "data:image/svg+xml" in answer
        and "わたしの手続き" in answer
    )
    page = home.client.get(code[1]).content.decode()
    assert code[2] in page
    assert "令和8年11月23日まで使えます" in page
    assert not any(mark in page + everything_stored() for mark in PLANTED)
    again = home.post("/find/keep/", {"said": said_in(home.pages[-2])})
    assert code[1] in again.content.decode(), "pressed twice, the same number"
    assert PreparedRow.objects.count() == 1
    home.post(f"{code[1]}drop/", {})
    assert PreparedRow.objects.count() == 0
    assert home.client.get(code[1]).status_code == 404


def test_what_was_changed_or_left_too_long_is_refused_kindly(monkeypatch: pytest.MonkeyPatch) -> None:
    home = AtHome()
    home.begin(EventKind.move_in, FAMILY)
    said = said_in(home.last)
    middle = len(said) // 2
    broken = [
        said[:middle] + ("A" if said[middle] != "A" else "B") + said[middle + 1 :],
        said[:-4],
        "",
        "x" * 40_000,
        "あ",
    ]
    for one in broken:
        answer = home.post("/find/ask/", {"said": one, "go": "back"})
        assert answer.status_code == 422
        assert "はじめからやり直してください" in answer.content.decode()
        assert home.post("/find/keep/", {"said": one}).status_code == 422
    monkeypatch.setattr(timezone, "now", lambda: NOW + timedelta(hours=4))
    answer = home.post("/find/ask/", {"said": said, "go": "back"})
    assert answer.status_code == 422
    assert "時間がたったため" in answer.content.decode()
    assert PreparedRow.objects.count() == 0


def test_a_page_of_the_machine_opens_nothing_at_home_and_the_other_way_round() -> None:
    from madoguchi.cases.sealed import SealBroken, seal, unseal

    for purpose, other in (("find", "kiosk"), ("kiosk", "find")):
        text = seal({"a": 1}, purpose=purpose, now=NOW)
        with pytest.raises(SealBroken):
            unseal(text, purpose=other, now=NOW, longest=timedelta(hours=1))


def test_one_step_back_leads_to_the_page_before_and_at_last_to_the_people() -> None:
    home = AtHome()
    home.begin(EventKind.move_in, FAMILY)
    first = home.at().page
    home.answer(planted)
    second = home.at().page
    assert first is not None and second is not None and first.id != second.id
    home.post("/find/ask/", {"said": said_in(home.last), "go": "back"})
    assert home.at().page == first
    home.post("/find/ask/", {"said": said_in(home.last), "go": "back"})
    assert "関わる方を選んでください" in home.last.content.decode()
    assert home.last.content.decode().count(" selected") == 3


def test_the_list_can_be_seen_before_everything_is_answered() -> None:
    home = AtHome()
    home.begin(EventKind.move_in, FAMILY)
    home.post("/find/ask/", {"said": said_in(home.last), "go": "list"})
    page = home.last.content.decode()
    assert "要確認" in page
    assert "質問にもどる" in page


def test_no_answer_and_no_day_are_told_in_words_and_lose_nothing() -> None:
    home = AtHome()
    home.begin(EventKind.move_in, FAMILY)
    said = home.said()
    for fields in ({}, {"answer-event-move_date-y": "8", "answer-event-move_date-m": "13", "answer-event-move_date-d": "1",
                        "answer-event-move_date-era": "令和"}):  # fmt: skip
        home.post("/find/ask/", {"said": said_in(home.last), "page": "move_date", "go": "answer", **fields})
        assert home.last.status_code == 422
        assert home.said() == said
    home.post("/find/ask/", {"event": "move_in", "person": ["", ""], "go": "begin"})
    assert "ひとり以上" in home.last.content.decode()
    home.post("/find/ask/", {"event": "move_in", "person": ["子"] * (MOST_PEOPLE_AT_HOME + 1), "go": "begin"})
    assert home.last.status_code == 422


def test_codes_are_not_guessed() -> None:
    def tried(browser: Client) -> int:
        return browser.get("/find/number/3467-9ACD/").status_code

    browser = Client()
    browser.get("/find/number/")
    seen = [tried(browser) for _ in range(prepared.TRIES_OF_ONE + 2)]
    assert seen == [404] * prepared.TRIES_OF_ONE + [429] * 2
    many = []
    for n in range(prepared.TRIES_FROM_AN_ADDRESS):
        browser.cookies["csrftoken"] = f"another{n}"  # who changes the cookie is counted by address
        many.append(tried(browser))
    assert many[-1] == 429
    assert many.count(404) < prepared.TRIES_FROM_AN_ADDRESS


def test_a_rule_that_nobody_checked_is_not_told_as_law() -> None:
    home = AtHome()
    at = home.through(EventKind.move_in, FAMILY, planted)
    doubtful = [
        one
        for one in at.judged.with_status(Status.MUST, Status.OPTIONAL)
        if not all(r.verified for r in one.because)
    ]
    page = home.last.content.decode()
    assert doubtful
    assert page.count("未確認") >= len({one.procedure for one in doubtful})
    laws = {r.law for one in doubtful for r in one.because if not r.verified}
    sure = {r.law for one in at.judged.decisions for r in one.because if r.verified}
    assert not [law for law in laws - sure if law and f"<small>{law}</small>" in page]


@pytest.mark.parametrize("number", range(len(BANDS)))
def test_a_band_is_exactly_the_days_on_which_one_was_born_to_be_of_that_age(number: int) -> None:
    today = NOW.date()
    days = born_in(str(number), today=today)
    assert isinstance(days, PossibleDays)
    first, last = BANDS[number]
    assert (age_on(days.latest, today), age_on(days.earliest, today)) == (first, last)
    assert age_on(days.earliest - timedelta(days=1), today) == last + 1
    assert days.latest == today or age_on(days.latest + timedelta(days=1), today) == first - 1


def test_a_birthday_is_read_in_every_era_and_in_western_years() -> None:
    ways = {("昭和", "59"), ("西暦", "1984")}
    for era, year in ways:
        fields = {"b-era": era, "b-y": year, "b-m": "5", "b-d": "2", "b-band": "3"}
        assert read_day(fields, "b", "", today=NOW.date(), with_band=True) == date(1984, 5, 2)
    assert read_day({}, "b", "", today=NOW.date(), with_band=True) is None


def test_a_page_stays_light() -> None:
    home = AtHome()
    home.through(EventKind.move_in, ("世帯主", "妻", "子", "子", "母"), planted)
    heaviest = max(len(page.content) for page in home.pages)
    assert heaviest < 100_000
    assert len(said_in(home.last)) < 8_000
    assert CaseRow.objects.count() == 0


@pytest.mark.parametrize("code", ["ja-easy", "en", "zh-Hans", "vi", "pt-BR"])
def test_a_language_is_spoken_from_the_first_page_to_the_list(
    procedures_in_languages: str, code: str
) -> None:
    home = AtHome()
    assert f"?language={code}" in home.client.get("/find/").content.decode()
    home.post("/find/people/", {"event": "move_in", "language": code})
    home.post("/find/ask/", {"event": "move_in", "language": code, "person": ["世帯主", "子"], "go": "begin"})
    for _ in range(3):
        page = home.at().page
        assert page is not None
        home.post("/find/ask/", {"said": said_in(home.last), "language": code, **fields_of(page, planted)})
    home.post("/find/ask/", {"said": said_in(home.last), "language": code, "go": "list"})
    if code not in ("ja-easy", "zh-Hans"):
        assert [text for page in home.pages for text in japanese_in(page.content.decode())] == []
    note = "この文は本製品の訳です。このことばを話す人の確認は、まだ受けていません。正しい意味は日本語の文が決めます。"
    assert translated(note, code) in unescape(home.last.content.decode())


def japanese_in(page: str) -> list[str]:
    """What stays Japanese without being marked so; the Japanese name of a procedure in brackets is meant to."""
    main = re.sub(r"<(\w+)[^>]*lang=\"ja\".*?</\1>", "", page[page.index("<main") :], flags=re.S)
    found = re.findall(r">([^<>]+)<", main)
    return [one for one in found if re.search("[ぁ-ん]", one) and not re.search(r"\([^)]*[ぁ-ん]", one)]


def translated(japanese: str, code: str) -> str:
    with speaking(code):
        return gettext(japanese)


def test_a_language_without_its_questions_is_not_offered() -> None:
    page = Client().get("/find/?language=vi").content.decode()
    assert '<html lang="ja">' in page and "?language=vi" not in page
