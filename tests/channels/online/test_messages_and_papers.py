"""What departments wrote and decided, as their resident sees it; and whether a paper is valid, as anybody may ask."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone
from pypdf import PdfReader
from tests.cast import NOW, RESIDENTS, TODAY
from tests.personas import SELF, sign_in
from tests.rooms.cases.deciding import GRANT, REVOKE, Widowed, account_of, signed_by_widow

from madoguchi.audit.entries import Actor
from madoguchi.audit.models import EntryRow
from madoguchi.cases.desk_tables import MessageReadRow, NoticeAddressRow, ResultPaperRow, TaskMessageRow
from madoguchi.cases.messages.writing import ask_resident
from madoguchi.cases.rulings.deciding import propose
from madoguchi.residents import mandates
from madoguchi.residents.mandates import MandateKind

Staff = Mapping[str, Actor]
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("procedures", "residents")]
LANGUAGES = ("ja-easy", "en", "zh-Hans", "vi", "pt-BR", "es")
JAPANESE_ALONE = re.compile(r"<[^>]*lang=\"ja\"[^>]*>[^<]*")


@pytest.fixture
def there(city: Staff) -> Widowed:
    return signed_by_widow(city)


@pytest.fixture
def widow(there: Widowed) -> Client:
    browser = Client()
    sign_in(browser, there.account)
    return browser


def asked(there: Widowed, city: Staff) -> None:
    ask_resident(
        task=there.by_one, text="領収書の写しを送ってください。", answer_by=TODAY + timedelta(days=7),
        by=city["officer_nhi"], now=NOW,
    )  # fmt: skip


def granted(there: Widowed, city: Staff) -> ResultPaperRow:
    propose(task=there.by_one, said=GRANT, by=city["officer_nhi"], now=NOW, version=None)
    return ResultPaperRow.objects.latest("pk")


def text(answer: HttpResponse) -> str:
    return answer.content.decode()


def test_a_question_is_found_read_and_answered(city: Staff, there: Widowed, widow: Client) -> None:
    url = f"/my/cases/{there.case}/messages/"
    assert "まだ何も届いていません" in text(widow.get("/my/messages/"))
    asked(there, city)
    assert "新しいお知らせ 1件" in text(widow.get("/my/messages/"))
    page = text(widow.get(url))
    assert "領収書の写しを送ってください。" in page
    assert "令和8年11月16日" in page
    assert MessageReadRow.objects.count() == 1
    assert "国保 四郎" not in page, "no member of staff is named to a resident"
    assert (
        widow.post(url, {"act": "answer", "task": there.by_one, "text": "郵便で送りました。"}).status_code
        == 302
    )
    assert "郵便で送りました。" in text(widow.get(url))
    assert TaskMessageRow.objects.filter(side="resident").count() == 1


def test_every_reading_is_written_down_as_ones_own(city: Staff, there: Widowed, widow: Client) -> None:
    granted(there, city)
    for path in ("messages/", f"cases/{there.case}/messages/", f"cases/{there.case}/documents/1/"):
        before = EntryRow.objects.filter(activity="read", person_key=there.widow, purpose="own").count()
        assert widow.get(f"/my/{path}").status_code == 200
        after = EntryRow.objects.filter(activity="read", person_key=there.widow, purpose="own").count()
        assert after == before + 1, path


def test_a_task_of_somebody_elses_thread_is_not_answered(city: Staff, there: Widowed, widow: Client) -> None:
    posted = {"act": "answer", "task": 10**6, "text": "x"}
    assert widow.post(f"/my/cases/{there.case}/messages/", posted).status_code == 404
    assert EntryRow.objects.filter(activity="refused", body__needed="own").count() == 1
    assert not TaskMessageRow.objects.exists()


def test_nobody_else_of_the_household_opens_it(city: Staff, there: Widowed) -> None:
    granted(there, city)
    browser = Client()
    sign_in(browser, account_of("leap_day"))
    for path in ("messages/", "documents/1/"):
        assert browser.get(f"/my/cases/{there.case}/{path}").status_code == 404
    assert EntryRow.objects.filter(activity="refused", body__needed="own").count() == 2


@pytest.mark.parametrize(
    ("covers", "status"), [((), 200), (("high-cost-heirs",), 200), (("nhi-enrol",), 404)]
)
def test_an_agent_sees_what_the_mandate_is_for(
    covers: tuple[str, ...], status: int, city: Staff, there: Widowed
) -> None:
    asked(there, city)
    agent = account_of("mother_of_twins")
    now = timezone.now()
    code = mandates.make_code(account=agent, by=SELF, now=now)
    made = mandates.ask(
        principal_no=there.widow, code=code, kind=MandateKind.ENTRUSTED, procedures=covers,
        ends_on=timezone.localdate() + timedelta(days=9), by=SELF, now=now,
    )  # fmt: skip
    mandates.take_on(mandate=made, account=agent, by=SELF, now=now)
    browser = Client()
    sign_in(browser, agent)
    url = f"/my/cases/{there.case}/messages/"
    assert browser.get(url).status_code == 404, "not before acting for her"
    browser.post(f"/my/mandates/{made}/", {"act": "begin"})
    assert browser.get(url).status_code == status
    if status == 200:
        browser.post(url, {"act": "answer", "task": there.by_one, "text": "代わりに送ります。"})
        assert TaskMessageRow.objects.get(side="resident").mandate == made
        assert EntryRow.objects.filter(person_key=there.widow, purpose="mandate").exists()
        mandates.end(mandate=made, account=agent, resident_no="", by=SELF, now=timezone.now())
        assert browser.get(url).status_code == 404, "at once, when it ends"


def test_the_paper_is_downloaded_and_a_later_decision_shows(
    city: Staff, there: Widowed, widow: Client
) -> None:
    paper = granted(there, city)
    answer = widow.get(f"/my/cases/{there.case}/documents/1/")
    assert "attachment" in answer["Content-Disposition"]
    said = "".join(one.extract_text() for one in PdfReader(BytesIO(answer.content)).pages)
    assert paper.number in said
    url = f"/my/cases/{there.case}/messages/"
    assert "認められました" in text(widow.get(url))
    assert "あとの決定で変わりました" not in text(widow.get(url))
    propose(task=there.by_one, said=REVOKE, by=city["officer_nhi"], now=NOW, version=None)
    assert "あとの決定で変わりました" in text(widow.get(url))
    assert widow.get(f"/my/cases/{there.case}/documents/3/").status_code == 404


def test_the_address_for_mails_is_ones_own(city: Staff, there: Widowed, widow: Client, settings: Any) -> None:
    settings.MAIL_READY = True
    url = f"/my/cases/{there.case}/messages/"
    refused = widow.post(url, {"act": "notice", "address": "sakura"})
    assert (refused.status_code, "メールアドレスの形" in text(refused)) == (422, True)
    assert widow.post(url, {"act": "notice", "address": "sakura@example.jp"}).status_code == 302
    assert NoticeAddressRow.objects.get().account == there.account
    assert "sakura@example.jp" in text(widow.get(url))
    assert "sakura" not in str(list(EntryRow.objects.values_list("body", flat=True)))


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_sentence_of_ours_is_left_in_japanese(
    language: str, city: Staff, there: Widowed, widow: Client, settings: Any
) -> None:
    settings.MAIL_READY = True
    asked(there, city)
    granted(there, city)
    for path in ("/my/messages/", f"/my/cases/{there.case}/messages/", "/check/"):
        page = text(widow.get(f"{path}?language={language}"))
        assert 'lang="ja"' in page or path == "/check/"
        if language == "ja-easy":
            continue
        main = page.split("<main", 1)[1].split("</main>")[0]
        left = re.sub(r"<nav.*?</nav>", "", JAPANESE_ALONE.sub("", main), flags=re.S)
        if language != "zh-Hans":
            assert re.findall(r"[ぁ-んァ-ヶ一-龠]+", left) == [], path


# Whether a paper is valid.


def check(number: str, code: str) -> HttpResponse:
    return Client().post("/check/", {"number": number, "code": code})  # type: ignore[return-value]  # the stubs' own class


def test_anybody_who_holds_the_paper_learns_whether_it_stands(city: Staff, there: Widowed) -> None:
    paper = granted(there, city)
    assert paper.number in text(Client().get(f"/check/{paper.number}/"))
    page = text(check(paper.number, paper.code))
    assert "有効です" in page
    for word in ("髙橋", "さくら", "高額", "承認", there.widow, there.case):
        assert word not in page, word
    propose(task=there.by_one, said=REVOKE, by=city["officer_nhi"], now=NOW, version=None)
    assert "取り消されました" in text(check(paper.number, paper.code))


def test_codes_are_not_tried_for_long(city: Staff, there: Widowed) -> None:
    paper = granted(there, city)
    tried = [check(paper.number, "WRONGONE").status_code for _ in range(6)]
    assert tried == [404] * 5 + [429]
    assert check(paper.number, paper.code).status_code == 429, "the right one, too, for a while"


def test_the_right_code_is_no_guess(city: Staff, there: Widowed) -> None:
    paper = granted(there, city)
    assert [check(paper.number, paper.code).status_code for _ in range(8)] == [200] * 8


def test_what_is_not_there_and_what_is_not_right_look_alike(city: Staff, there: Widowed) -> None:
    paper = granted(there, city)
    pages = {
        re.sub(r"csrfmiddlewaretoken\" value=\"\w+|value=\"\w*\"", "", text(check(number, code)))
        for number, code in ((paper.number, "AAAAAAAA"), ("AAAAAAAA", paper.code))
    }
    assert len(pages) == 1
    assert RESIDENTS["wife"].name.name not in str(pages)
