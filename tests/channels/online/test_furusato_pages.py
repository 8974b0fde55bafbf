"""ワンストップ特例 as donors use it, without JavaScript: papers, sign-in, the press, and what is not theirs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from django.utils import timezone
from tests.rooms.furusato.giving import PLAIN, code_of, given
from tests.signing import provider_running, sign_in

from madoguchi.audit.models import EntryRow
from madoguchi.connect.twins.identity_provider import Persona, Provider
from madoguchi.furusato.models import ApplicationRow, ChangeRow, GiftRow
from madoguchi.residents.models import AccountRow

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("city")]
NUMBERS = ("F-0001", "F-0002", "F-0003")
BOTH = ["no_tax_return", "at_most_five"]
TARO = Persona("taro", "寄附 太郎", "東京都新宿区西新宿2-8-1", "1984-05-02", "male")


@pytest.fixture(autouse=True)
def gifts(city: object, monkeypatch: pytest.MonkeyPatch) -> None:
    """Three gifts of this year, of a donor who lives elsewhere."""
    monkeypatch.setattr(timezone, "now", lambda: datetime(2026, 11, 27, 3, 0, tzinfo=UTC))
    given(*({"寄附番号": one, "寄附金額": str(10000 * n)} for n, one in enumerate(NUMBERS, start=1)))


@pytest.fixture
def provider(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Provider]:
    monkeypatch.undo()  # tokens are of the day on which the test runs
    today = timezone.localdate()
    GiftRow.objects.update(year=today.year, given_on=today)
    with provider_running(settings, [TARO]) as running:
        yield running


def scan(browser: Client, number: str) -> Any:
    return browser.get(f"/furusato/open/{number}/{code_of(number)}/")


def press_on(browser: Client, url: str) -> str:
    found = re.search(r'name="press" value="([^"]+)"', browser.get(url).content.decode())
    assert found is not None
    return found[1]


def file(browser: Client, *numbers: str, **more: Any) -> Any:
    query = "&".join(f"gift={one}" for one in numbers)
    press = press_on(browser, f"/furusato/check/?{query}")
    return browser.post("/furusato/check/", {"gift": numbers, "confirm": BOTH, "press": press, **more})


def test_three_papers_scanned_and_filed_with_one_press(client: Client) -> None:
    for number in NUMBERS:
        answer = scan(client, number)
        assert (answer.status_code, answer["Location"]) == (302, "/furusato/gifts/")
        assert answer["Referrer-Policy"] == "no-referrer"
    page = client.get("/furusato/gifts/").content.decode()
    assert page.count("checked") == 3
    assert all(word in page for word in ("寄附 太郎", PLAIN["住所"], "10,000円", "令和8年5月5日"))
    check = client.get("/furusato/check/?gift=F-0001&gift=F-0002&gift=F-0003").content.decode()
    assert "3件、合わせて60,000円" in check and "令和9年1月12日" in check
    answer = file(client, *NUMBERS)
    receipt = client.get(answer["Location"]).content.decode()
    assert "書類を送ってください" in receipt and receipt.count("書類を待っています") == 3
    form = client.get(answer["Location"] + "form/").content.decode()
    assert "本製品の独自様式" in form and "個人番号（12けた）" in form and "昭和59年5月2日" in form
    assert "申請済みです" in client.get("/furusato/gifts/").content.decode()


def test_the_number_and_digits_are_typed(client: Client) -> None:
    wrong = client.post("/furusato/", {"number": "F-0001", "code": "00000000"})
    assert wrong.status_code == 404 and "見つかりません" in wrong.content.decode()
    assert client.get("/furusato/open/F-0001/00000000/").status_code == 404
    assert client.get("/furusato/gifts/")["Location"] == "/furusato/"
    right = client.post("/furusato/", {"number": "ｆ-0001", "code": code_of("F-0001")})
    assert right["Location"] == "/furusato/gifts/"
    for _try in range(6):
        stopped = client.post("/furusato/", {"number": "F-0002", "code": "1"})
    assert stopped.status_code == 429 and "止めています" in stopped.content.decode()
    assert EntryRow.objects.filter(activity="gift_not_opened").count() == 7


def test_both_statements_are_needed_and_a_second_press_changes_nothing(client: Client) -> None:
    scan(client, "F-0001")
    refused = file(client, "F-0001", confirm=["no_tax_return"])
    assert refused.status_code == 422 and "2つの確認" in refused.content.decode()
    assert client.get("/furusato/check/").status_code == 422
    first = file(client, "F-0001")
    assert first.status_code == 302
    again = client.post("/furusato/check/", {"gift": ["F-0001"], "confirm": BOTH, "press": "another"})
    assert again.status_code == 409 and "申請済み" in again.content.decode()
    assert ApplicationRow.objects.count() == 1


def test_gifts_of_somebody_else_cannot_be_chosen_by_their_number(client: Client) -> None:
    scan(client, "F-0001")
    answer = client.post("/furusato/check/", {"gift": ["F-0001", "F-0002"], "confirm": BOTH, "press": "x"})
    assert answer.status_code == 409
    assert not ApplicationRow.objects.exists()


def test_anothers_receipt_is_not_found_and_the_attempt_is_written_down(client: Client) -> None:
    scan(client, "F-0001")
    location = file(client, "F-0001")["Location"]
    other = Client()
    scan(other, "F-0002")
    for browser in (Client(), other):
        for page in ("", "form/", "change/", "withdraw/"):
            assert browser.get(location + page).status_code == 404
            assert browser.get(f"/furusato/receipt/RNONE/{page}").status_code == 404
    assert other.post(location + "withdraw/").status_code == 404
    assert EntryRow.objects.filter(activity="refused", body__screen__startswith="furusato:").count() == 17
    client.post("/furusato/end/")
    assert client.get(location).status_code == 404


def test_a_change_and_a_withdrawal(client: Client) -> None:
    scan(client, "F-0001")
    location = file(client, "F-0001")["Location"]
    said = {
        "name": "寄附 太郎",
        "address": "大阪府大阪市北区中之島一丁目3番20号",
        "changed_on": "R8.11.1",
        "press": "x",
    }
    wrong = client.post(location + "change/", {**said, "changed_on": "2026-12-24"})
    assert wrong.status_code == 422 and "今日まで" in wrong.content.decode()
    assert client.post(location + "change/", said).status_code == 302
    assert client.post(location + "change/", said).status_code == 302
    assert ChangeRow.objects.count() == 1
    page = client.get(location).content.decode()
    assert "変更の届出" in page and "大阪" not in page
    assert "申請を取り下げますか" in client.get(location + "withdraw/").content.decode()
    assert client.post(location + "withdraw/").status_code == 302
    page = client.get(location).content.decode()
    assert "取り下げました" in page and "続いている申請はありません" in page
    assert client.get(location + "change/")["Location"] == location


def test_after_the_last_day_a_clear_sentence(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    scan(client, "F-0001")
    scan(client, "F-0002")
    location = file(client, "F-0001")["Location"]
    monkeypatch.setattr(timezone, "now", lambda: datetime(2027, 1, 12, 15, 0, tzinfo=UTC))
    for number in NUMBERS[:2]:
        scan(client, number)
    page = client.get("/furusato/gifts/").content.decode()
    assert "令和9年1月12日で締め切りました" in page and "確定申告" in page
    late = client.post("/furusato/check/", {"gift": ["F-0002"], "confirm": BOTH, "press": "late"})
    assert late.status_code == 409 and "確定申告" in late.content.decode()
    receipt = client.get(location).content.decode()
    assert "締切りを過ぎた" in receipt and "取り下げる" not in receipt
    assert client.get(location + "change/").status_code == 302


def test_signing_in_opens_all_gifts_and_needs_no_papers(provider: Provider, client: Client) -> None:
    wanted = re.search(r'href="(/my/sign-in/[^"]+)"', client.get("/furusato/").content.decode())
    assert wanted is not None
    goal = parse_qs(urlsplit(wanted[1].replace("&amp;", "&")).query)["next"][0]
    assert sign_in(client, "taro", goal=goal)["Location"] == "/furusato/gifts/"
    assert AccountRow.objects.get().resident_no is None, "a donor lives elsewhere"
    page = client.get("/furusato/gifts/").content.decode()
    assert page.count("checked") == 3
    assert "サインインで済んでいます" in client.get("/furusato/check/?gift=F-0001").content.decode()
    answer = file(client, *NUMBERS)
    receipt = client.get(answer["Location"]).content.decode()
    assert "申請が終わりました" in receipt and receipt.count("受け付けました") == 3
    assert set(ApplicationRow.objects.values_list("proof", "state")) == {("sign_in", "received")}
    holder = Client()
    scan(holder, "F-0001")
    refused = holder.post(answer["Location"] + "withdraw/")
    assert refused.status_code == 409 and "同じサインイン" in refused.content.decode()
    client.post("/my/sign-out/")
    assert client.get(answer["Location"]).status_code == 404


def test_in_the_language_of_the_donor(client: Client) -> None:
    page = client.get("/furusato/?language=en")
    assert page["Content-Language"] == "en" and '<html lang="en">' in page.content.decode()
    scan(client, "F-0001")
    text = re.sub(r'<(\w+)[^>]* lang="ja"[^>]*>.*?</\1>', "", client.get("/furusato/gifts/").content.decode())
    assert "2026-05-05" in text
    assert re.findall(r"[぀-ヿ一-鿿]+", text.partition("<main")[2].partition("</main>")[0]) == []
