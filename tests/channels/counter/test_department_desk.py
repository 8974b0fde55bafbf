"""The department's desk: by which day, who waits for whom, writing to the resident, deciding, and the paper of a decision."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import timedelta
from io import BytesIO

import pytest
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone
from pypdf import PdfReader
from tests.cast import NOW
from tests.rooms.cases.deciding import DISMISS, MAYOR, Widowed, signed_by_widow

from madoguchi.audit.entries import Actor
from madoguchi.audit.models import EntryRow
from madoguchi.cases.desk_tables import ResultPaperRow, RulingRow, TaskMessageRow
from madoguchi.cases.models import TaskRow
from madoguchi.city.authority import Role
from madoguchi.city.operations import add_staff

Staff = Mapping[str, Actor]
SignedIn = Callable[[str], Client]
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("procedures", "residents")]
OFFICER = "officer_nhi"


@pytest.fixture
def there(city: Staff) -> Widowed:
    return signed_by_widow(city)


def text(answer: HttpResponse) -> str:
    return answer.content.decode()


def came(task: int, days_ago: int) -> None:
    """The task came to the department so many days ago, as the office's clock has it."""
    TaskRow.objects.filter(pk=task).update(made_at=timezone.now() - timedelta(days=days_ago))


@pytest.mark.parametrize(
    ("days_ago", "word"), [(0, "期限内"), (12, "もうすぐ"), (14, "今日まで"), (15, "期限を過ぎた")]
)
def test_the_day_stands_on_the_list_with_a_word_beside_its_colour(
    days_ago: int, word: str, there: Widowed, signed_in: SignedIn
) -> None:
    came(there.by_two, days_ago)
    page = text(signed_in(OFFICER).get("/desk/"))
    assert f">{word}</span>" in page
    assert ("期限を過ぎたもの" in page) is (word == "期限を過ぎた")


def test_the_nearest_day_comes_first_and_what_has_none_last(there: Widowed, signed_in: SignedIn) -> None:
    came(there.by_two, 20)
    page = text(signed_in(OFFICER).get("/desk/"))
    assert page.index("葬祭費") < page.index("高額療養費")


def test_as_many_queries_for_many_tasks_as_for_few(
    there: Widowed, signed_in: SignedIn, django_assert_max_num_queries: Callable[..., object]
) -> None:
    browser = signed_in(OFFICER)
    browser.get("/desk/")
    with django_assert_max_num_queries(30):  # type: ignore[attr-defined]  # pytest-django's own
        browser.get("/desk/")


def test_asking_back_is_seen_on_the_list_until_it_is_answered(there: Widowed, signed_in: SignedIn) -> None:
    browser = signed_in(OFFICER)
    posted = {"act": "ask", "text": "領収書の写しを送ってください。", "answer_by": "2999-01-01"}
    refused = browser.post(f"/desk/{there.by_one}/message/", posted)
    assert refused.status_code == 422
    assert "1年以内" in text(refused)
    assert "領収書の写しを" in text(refused), "what was written stays"
    posted["answer_by"] = str(timezone.localdate() + timedelta(days=7))
    assert browser.post(f"/desk/{there.by_one}/message/", posted).status_code == 302
    assert "ご本人の答え待ち" in text(browser.get("/desk/"))
    page = text(browser.get(f"/desk/{there.by_one}/"))
    assert "領収書の写しを" in page
    assert "まだ読まれていません" in page


def test_another_department_neither_reads_nor_writes_nor_decides(there: Widowed, signed_in: SignedIn) -> None:
    browser = signed_in(OFFICER)
    browser.post(f"/desk/{there.by_one}/message/", {"act": "tell", "text": "国保だけのこと"})
    browser.post(f"/desk/{there.by_one}/ruling/", {"act": "decide", "kind": "granted"})
    other = signed_in("officer_child")
    before = EntryRow.objects.filter(activity="refused").count()
    assert other.get(f"/desk/{there.by_one}/").status_code == 404
    assert other.get(f"/desk/{there.by_one}/papers/1.pdf").status_code == 404
    for part, posted in (
        ("message", {"act": "tell", "text": "x"}),
        ("ruling", {"act": "decide", "kind": "dismissed", "reason": "x", "objection": MAYOR}),
    ):
        answer = other.post(f"/desk/{there.by_one}/{part}/", posted)
        assert answer.status_code == 404
        assert "国保だけのこと" not in text(answer)
    assert EntryRow.objects.filter(activity="refused").count() == before + 4
    assert (TaskMessageRow.objects.count(), RulingRow.objects.count()) == (1, 1)
    own = TaskRow.objects.filter(case__public_id=there.case, department="childcare").first()
    assert own is not None
    assert "国保だけのこと" not in text(other.get(f"/desk/{own.pk}/"))


def test_reading_a_thread_is_written_down(there: Widowed, signed_in: SignedIn) -> None:
    browser = signed_in(OFFICER)
    browser.post(f"/desk/{there.by_one}/message/", {"act": "tell", "text": "受け取りました。"})
    browser.get(f"/desk/{there.by_one}/")
    read = EntryRow.objects.filter(activity="read", person_key=there.widow, case=there.case)
    assert read.filter(body__fields=["messages"]).exists()


def test_a_dismissal_wants_its_reason_and_is_told_on_paper(there: Widowed, signed_in: SignedIn) -> None:
    browser, url = signed_in(OFFICER), f"/desk/{there.by_one}/ruling/"
    posted = {"act": "decide", "kind": "dismissed", "reason": "", "objection": MAYOR}
    refused = browser.post(url, posted)
    assert (refused.status_code, "行政手続法第8条" in text(refused)) == (422, True)
    posted["reason"] = DISMISS.reason
    assert browser.post(url, posted).status_code == 302
    page = text(browser.get(f"/desk/{there.by_one}/"))
    assert "却下" in page
    answer = browser.get(f"/desk/{there.by_one}/papers/1.pdf")
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    said = "".join(one.extract_text() for one in PdfReader(BytesIO(answer.content)).pages).replace("\n", "")
    paper = ResultPaperRow.objects.get()
    for words in (
        DISMISS.reason,
        "審査請求",
        MAYOR,
        "3か月以内",
        paper.number,
        "髙橋 さくら",
        "本製品の独自様式",
    ):
        assert words in said, words
    assert "柏台" not in said


def test_no_kind_chosen_is_answered_with_a_sentence(there: Widowed, signed_in: SignedIn) -> None:
    answer = signed_in(OFFICER).post(f"/desk/{there.by_one}/ruling/", {"act": "decide"})
    assert (answer.status_code, "選んでください" in text(answer)) == (422, True)


def test_two_persons_on_the_screen(city: Staff, there: Widowed, signed_in: SignedIn) -> None:
    add_staff(
        username="officer_two", password="もりのくまさんとおどる2026", display_name="国保 七緒", roles=(Role.OFFICER,),
        department="insurance", branch=None, desk=None, by=city["clerk_hana"], now=NOW,
    )  # fmt: skip
    first, second = signed_in(OFFICER), signed_in("officer_two")
    url = f"/desk/{there.by_two}/"
    first.post(f"{url}ruling/", {"act": "decide", "kind": "granted"})
    own = text(first.get(url))
    assert "あなたが出した案です" in own
    assert 'value="approve"' not in own
    assert first.post(f"{url}ruling/", {"act": "approve"}).status_code == 422
    assert "もう一人の確認待ち" in text(second.get("/desk/"))
    assert second.post(f"{url}ruling/", {"act": "approve"}).status_code == 302
    assert "もう一人の確認待ち" not in text(second.get("/desk/"))
    assert ResultPaperRow.objects.count() == 1


def test_an_old_screen_decides_nothing(there: Widowed, signed_in: SignedIn) -> None:
    browser = signed_in(OFFICER)
    TaskRow.objects.filter(pk=there.by_one).update(version=5)
    answer = browser.post(
        f"/desk/{there.by_one}/ruling/", {"act": "decide", "kind": "granted", "version": "4"}
    )
    assert answer.status_code == 422
    assert not RulingRow.objects.exists()


def test_the_systems_section_hands_decisions_over(there: Widowed, signed_in: SignedIn) -> None:
    browser = signed_in("systems_saki")
    assert "決定はまだありません" in text(browser.get("/office/rulings/"))
    signed_in(OFFICER).post(f"/desk/{there.by_one}/ruling/", {"act": "decide", "kind": "granted"})
    page = text(browser.get("/office/rulings/"))
    assert "高額療養費" in page
    assert "髙橋" not in page
    (body,) = json.loads(browser.post("/office/rulings/download.json").content)
    assert body["resident_no"] == there.widow
    assert browser.post("/office/rulings/download.json").status_code == 302
    assert browser.post("/office/rulings/download.csv", {"again": "yes"})["Content-Type"].startswith(
        "text/csv"
    )


def test_the_figures_are_a_page_and_a_file(there: Widowed, signed_in: SignedIn) -> None:
    browser = signed_in("dx_mio")
    page = browser.get("/office/insight/handling/?first=2026-11-01&last=2026-11-30")
    assert (page.status_code, "処理の実績" in text(page)) == (200, True)
    assert "nhi-funeral" not in text(page)
    assert browser.get("/office/insight/handling/?first=x").status_code == 422
    book = browser.get("/office/insight/handling.xlsx?first=2026-11-01&last=2026-11-30")
    assert book.content[:2] == b"PK"
    assert browser.get("/office/insight/handling.xlsx?first=2020-01-01&last=2026-11-30").status_code == 404
