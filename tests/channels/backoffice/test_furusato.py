"""The donation desk: the file comes in, papers are printed, papers come back, the list goes out."""

from __future__ import annotations

import io
from collections.abc import Callable

import openpyxl
import pytest
import zxingcpp
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from PIL import Image
from tests.rooms.furusato.giving import DONOR, code_of, file_of

from madoguchi.audit.models import EntryRow
from madoguchi.furusato.applying import submit
from madoguchi.furusato.changing import tell_change
from madoguchi.furusato.models import ApplicationRow, ChangeRow
from madoguchi.furusato.values import Confirmation, NewParticulars, Reader

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("city")]
SignedIn = Callable[[str], Client]
TODAY = timezone.localdate


def upload(browser: Client, *, go: str = "import", **row: str) -> str:
    content = file_of([{"寄附日": TODAY().isoformat(), **row}, {"寄附番号": "だめ"}]).read()
    file = SimpleUploadedFile("kifu.csv", content)
    answer = browser.post("/office/furusato/take/", {"file": file, "mapping": "standard", "go": go})
    assert answer.status_code == 200
    return answer.content.decode()


def filed() -> None:
    receipt = submit(
        gifts=["F-0001"], confirmed=list(Confirmation), press="x", reader=Reader(("F-0001",)), by=DONOR,
        now=timezone.now(),
    )  # fmt: skip
    new = NewParticulars("寄附 太郎", "", "", "大阪府大阪市北区中之島一丁目3番20号", TODAY())
    tell_change(
        receipt=receipt, what=new, press="y", reader=Reader(("F-0001",)), by=DONOR, now=timezone.now()
    )


def test_a_file_is_tried_then_taken_in(signed_in: SignedIn) -> None:
    browser = signed_in("gifts_midori")
    page = upload(browser, go="try")
    assert "試行の結果" in page and "取り込み 1行" in page and "3行目「寄附番号」" in page
    assert "寄附は1件あります" in upload(browser)
    wrong = browser.post("/office/furusato/take/", {"mapping": "../standard"})
    assert wrong.status_code == 422 and "ファイルを選んでください" in wrong.content.decode()


def test_the_paper_carries_number_and_digits_and_its_qr_opens_the_gift(signed_in: SignedIn) -> None:
    import segno

    browser = signed_in("gifts_midori")
    upload(browser)
    page = browser.get("/office/furusato/gifts/F-0001/paper/").content.decode()
    code = code_of("F-0001")
    assert f"{code[:4]}-{code[4:]}" in page and "寄附 太郎" in page
    rows = browser.post("/office/furusato/papers.csv").content.decode("utf-8-sig").splitlines()
    number, digits, address = rows[1].split(",")
    assert (number, digits) == ("F-0001", code) and "太郎" not in "".join(rows)
    made = io.BytesIO()
    segno.make(address, error="m", micro=False).save(made, kind="png", scale=6, border=4)
    read = zxingcpp.read_barcodes(Image.open(made))[0].text
    opened = Client().get(read.removeprefix("http://testserver"))
    assert opened["Location"] == "/furusato/gifts/"


def test_papers_come_a_change_counts_and_the_list_goes_out(signed_in: SignedIn) -> None:
    browser = signed_in("gifts_midori")
    upload(browser)
    filed()
    page = browser.get("/office/furusato/?state=awaiting").content.decode()
    assert "F-0001" in page and "変更あり" in page and "新宿" not in page, "no address stands in a list"
    detail = browser.get("/office/furusato/gifts/F-0001/").content.decode()
    assert "新宿" in detail and "大阪" in detail
    application, change = ApplicationRow.objects.get(), ChangeRow.objects.get()
    to = f"/office/furusato/applications/{application.pk}/"
    for said, why in (
        ({"on": "いつか"}, "日付として読めません"),
        ({"on": "2020-01-01"}, "届いた日は"),
        ({"on": ""}, "日付"),
    ):
        answer = browser.post(to, {"gift": "F-0001", "act": "papers", **said}, follow=True)
        assert why in answer.content.decode()
    answer = browser.post(to, {"gift": "F-0001", "act": "papers", "on": TODAY().isoformat()}, follow=True)
    assert "書類を受け付けました" in answer.content.decode()
    browser.post(f"/office/furusato/changes/{change.pk}/", {"gift": "F-0001"})
    text = browser.post("/office/furusato/list.csv").content.decode("utf-8-sig")
    assert "独自様式" in text.splitlines()[0]
    assert "大阪府大阪市北区" in text and "新宿" not in text
    book = openpyxl.load_workbook(io.BytesIO(browser.post("/office/furusato/list.xlsx").content))
    assert book.active is not None and book.active.max_row == 3
    assert browser.post("/office/furusato/list.pdf").status_code == 404
    answer = browser.post(
        to, {"gift": "F-0001", "act": "refuse", "reason": "書類が別の方のものです"}, follow=True
    )
    assert "受けられないことにしました" in answer.content.decode()
    assert "大阪" not in browser.post("/office/furusato/list.csv").content.decode("utf-8-sig")
    read = EntryRow.objects.filter(activity="read", purpose="gift").values_list("person_key", flat=True)
    assert set(read) == {"gift/F-0001"}


def test_what_is_not_there_is_not_found(signed_in: SignedIn) -> None:
    browser = signed_in("gifts_midori")
    assert browser.get("/office/furusato/gifts/NONE/").status_code == 404
    assert browser.get("/office/furusato/gifts/NONE/paper/").status_code == 404
    for url in ("/office/furusato/applications/9/", "/office/furusato/changes/9/"):
        assert browser.post(url, {"gift": "＊"})["Location"] == "/office/furusato/"
    assert browser.get("/office/furusato/?year=9999&state=x").status_code == 200
    assert signed_in("officer_nhi").get("/office/furusato/").status_code == 403
