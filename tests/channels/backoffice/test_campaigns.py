"""案内 in the office: from the form to what became of it, by two people, small numbers hidden in every file."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Mapping

import openpyxl
import pytest
from django.test import Client
from tests.cast import NOW, PLANTED
from tests.house.walk import said
from tests.rooms.outreach.campaigning import CARD, MEDICAL, sent
from tests.rooms.outreach.conftest import register  # noqa: F401  -- a fixture

from madoguchi.audit.entries import Actor
from madoguchi.audit.models import EntryRow
from madoguchi.outreach import making, sending
from madoguchi.outreach.models import CampaignRow, OfferRow

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("register")]
SignedIn = Callable[[str], Client]
GOOD = {
    "title": "カードの案内", "procedures": [CARD], "outcomes": ["optional"], "channels": ["email", "letter"],
    "on": "R8.11.9", "legal_basis": "",
}  # fmt: skip


def drafted(browser: Client) -> str:
    answer = browser.post("/office/campaigns/new/", GOOD)
    assert answer.status_code == 302, answer.content.decode()
    return str(answer["Location"])


def act(browser: Client, page: str, word: str, **more: str) -> int:
    return browser.post(f"{page}act/", {"act": word, **more}).status_code


def test_from_the_form_to_the_result(signed_in: SignedIn) -> None:
    aki, fuyu = signed_in("herald_aki"), signed_in("herald_fuyu")
    assert "まだありません" in aki.get("/office/campaigns/").content.decode()
    page = drafted(aki)
    assert act(aki, page, "count") == 302
    going = aki.get(page).content.decode()
    number = page.split("/")[-2]
    making.go_through(number, clock=lambda: NOW)
    assert "<progress" in going or "件数" in going
    assert act(aki, page, "approve") == 409
    sample = aki.get(f"{page}sample/").content.decode()
    assert "髙橋" in sample or "双葉" in sample or "山本" in sample
    assert act(aki, page, "sample") == 302
    assert "別の人が、承認します" in aki.get(page).content.decode()
    assert act(aki, page, "approve") == 409
    assert act(fuyu, page, "approve") == act(fuyu, page, "send") == 302
    making.go_through(number, clock=lambda: NOW)
    shown = aki.get(page).content.decode()
    assert "終わりました" in shown and OfferRow.objects.exists()
    assert act(aki, page, "stop", reason="x") == 409
    assert act(aki, page, "none") == 404
    sending.send_due(ports={}, link="", now=NOW)
    file = aki.post("/office/campaigns/letters/")
    assert file["Content-Type"].startswith("text/csv") and "独自様式" in file.content.decode("utf-8-sig")
    assert aki.post("/office/campaigns/letters/", {"code": "x"}).status_code == 422


def test_no_small_number_leaves_by_page_or_file(city: Mapping[str, Actor], signed_in: SignedIn) -> None:
    number = sent(city, [CARD, MEDICAL])
    OfferRow.objects.filter(procedure=MEDICAL).update(state="refused")
    browser = signed_in("herald_aki")
    book = openpyxl.load_workbook(io.BytesIO(browser.get(f"/office/campaigns/{number}/book.xlsx").content))
    cells = [
        cell
        for sheet in book
        for row in sheet.iter_rows(min_row=3, min_col=2, values_only=True)
        for cell in row
    ]
    assert cells and all(not isinstance(cell, int) for cell in cells)
    shown = [int(cell.replace(",", "")) for cell in cells if cell and re.fullmatch(r"[\d,]+", str(cell))]
    assert all(one >= 10 for one in shown)
    page = browser.get(f"/office/campaigns/{number}/").content.decode()
    assert all(int(one) >= 10 for one in re.findall(r"<td>(\d+)</td>", page))


def test_what_is_wrong_with_a_form_is_said(signed_in: SignedIn) -> None:
    browser = signed_in("herald_aki")
    for name, bad in (
        ("title", ""), ("procedures", []), ("procedures", ["none"]), ("outcomes", []), ("on", "x"), ("on", ""),
    ):  # fmt: skip
        assert browser.post("/office/campaigns/new/", {**GOOD, name: bad}).status_code == 422
    assert not CampaignRow.objects.exists()
    assert browser.get("/office/campaigns/none/").status_code == 404


def test_every_page_keeps_the_protected_out(
    city: Mapping[str, Actor], signed_in: SignedIn, residents: Mapping[str, str]
) -> None:
    number, browser = sent(city, [CARD, MEDICAL]), signed_in("herald_aki")
    sending.send_due(ports={}, link="", now=NOW)
    pages = [
        browser.get(f"/office/campaigns/{rest}") for rest in ("", "new/", f"{number}/", f"{number}/sample/")
    ]
    pages += [
        browser.get(f"/office/campaigns/{number}/book.xlsx"),
        browser.post("/office/campaigns/letters/"),
    ]
    words = (*PLANTED, "守田", residents["protected"], residents["protected_child"])
    assert [word for page in pages for word in words if word in said(page)] == []
    assert {page.status_code for page in pages} == {200}
    assert EntryRow.objects.filter(body__screen="campaign_sample").exists()


@pytest.mark.parametrize("path", ["", "new/"])
def test_only_heralds_may(signed_in: SignedIn, path: str) -> None:
    assert signed_in("dx_mio").get(f"/office/campaigns/{path}").status_code == 403
