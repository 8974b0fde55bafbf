"""収納: what stands open, refunds by two, the provider's file, files for Excel."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from tests.rooms.payments.histories import World
from tests.rooms.payments.paying import begun, paid, well_world
from tests.rooms.payments.played_with import statement

from madoguchi.connect import paying
from madoguchi.payments.models import PaymentRow, RefundRow
from madoguchi.payments.states import PaymentState, RefundState

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("city")]
SignedIn = Callable[[str], Client]


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    made = well_world()
    made.now = timezone.now()
    monkeypatch.setattr(paying, "provider", lambda: made)
    monkeypatch.setattr(paying, "filing_ports", lambda: made.ports)
    yield made


def text(browser: Client, path: str = "/office/payments/") -> str:
    return browser.get(path).content.decode()


def test_what_stands_open_is_there_until_it_is_put_right(world: World, signed_in: SignedIn) -> None:
    browser = signed_in("cashier_kin")
    assert "まだ取り込んでいません" in text(browser)
    number = begun(world)
    world.books.choose(session=world.books.sessions()[0][1], way="wallet", now=world.now)
    world.desk.paid["case/1"] = ""  # somebody marked it by hand
    assert "支払いの記録なし" in text(browser)
    answer = browser.post("/office/payments/care/", follow=True)
    assert "反映" in answer.content.decode()
    PaymentRow.objects.filter(number=number).update(look_at=timezone.now())
    browser.post("/office/payments/care/")
    assert world.desk.paid == {"case/1": number}
    assert "支払いの記録なし" not in text(browser)


def test_a_refund_is_asked_by_one_and_approved_by_another(world: World, signed_in: SignedIn) -> None:
    number = paid(world)
    kin, gin = signed_in("cashier_kin"), signed_in("cashier_gin")
    page = f"/office/payments/{number}/"
    assert kin.post(page, {"yen": "601", "reason": "r"}).status_code == 422
    assert kin.post(page, {"yen": "x", "reason": "r"}).status_code == 422
    assert kin.post(page, {"yen": "600", "reason": "\0 "}).status_code == 422
    kin.post(page, {"yen": "600", "reason": "1通は要らない\0"})
    refund = RefundRow.objects.get()
    assert refund.reason == "1通は要らない"
    approve = 'value="approve"'
    assert approve not in text(kin) and approve in text(gin)
    kin.post(f"/office/payments/refunds/{refund.pk}/", {"act": "approve"})
    assert RefundRow.objects.get().state == RefundState.ASKED.value
    gin.post(f"/office/payments/refunds/{refund.pk}/", {"act": "approve"})
    assert PaymentRow.objects.get().state == PaymentState.REFUNDED.value
    assert world.desk.paid == {}
    assert "合計はいつも0円です" in text(kin, page)


def test_the_file_of_a_day_is_taken_in_and_differences_are_listed(world: World, signed_in: SignedIn) -> None:
    number = paid(world)
    browser = signed_in("cashier_kin")
    day = world.books.movements()[0][0]
    good = statement(world.books, day)
    for content, says in (
        (good, "1円までぴったり"), (good.replace(b",600", b",500"), number), (b"nonsense", "列は"),
    ):  # fmt: skip
        file = SimpleUploadedFile("day.csv", content)
        page = browser.post("/office/payments/statements/", {"file": file}, follow=True).content.decode()
        assert says in page
    assert browser.post("/office/payments/statements/").status_code == 422


def test_the_list_opens_in_excel(world: World, signed_in: SignedIn) -> None:
    number = paid(world)
    browser = signed_in("cashier_kin")
    book = openpyxl.load_workbook(io.BytesIO(browser.post("/office/payments/list.xlsx").content))
    assert [row[0].value for row in book.active.iter_rows(min_row=2)] == [number]
    csv = browser.post("/office/payments/list.csv").content.decode("utf-8-sig")
    assert csv.splitlines()[1].split(",")[3:5] == ["600", "支払い済み"]
    assert browser.post("/office/payments/list.exe").status_code == 404


@pytest.mark.parametrize("path", ["", "NOSUCH22/"])
def test_only_cashiers_may(signed_in: SignedIn, path: str) -> None:
    assert signed_in("clerk_hana").get(f"/office/payments/{path}").status_code == 403
