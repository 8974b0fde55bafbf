"""届いていない方 in the office: the queue, one person, a round, a hand-over to a 民生委員, take-up, and who may see what."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from tests.cast import NOW, PLANTED, RESIDENTS
from tests.house.walk import said
from tests.rooms.outreach.campaigning import CARD, MEDICAL, sent
from tests.rooms.outreach.conftest import register as register_of_facts

from madoguchi.audit.entries import Actor
from madoguchi.city.models import StaffMember
from madoguchi.outreach import finding, sending
from madoguchi.outreach.models import EntrustedRow, ReachRow

pytestmark = [pytest.mark.django_db]
register = register_of_facts  # the fixture, under its name
SignedIn = Callable[[str], Client]


@pytest.fixture
def waiting(city: Mapping[str, Actor], register: Mapping[str, str]) -> str:
    """A campaign by mail whom nobody gave an address for: everybody waits for staff. Its number."""
    number = sent(city, [CARD, MEDICAL], channels=())
    while sending.send_due(ports={}, link="", now=NOW) != sending.Told():
        pass
    finding.look(now=NOW)
    return number


def page_of(resident_no: str) -> str:
    return f"/office/reaching/{ReachRow.objects.get(resident_no=resident_no).public_id}/"


def test_from_the_queue_to_a_report(waiting: str, register: Mapping[str, str], signed_in: SignedIn) -> None:
    aki, tami = signed_in("herald_aki"), signed_in("commissioner_tami")
    head = register["head"]
    queue = said(aki.get("/office/reaching/"))
    assert head in queue and "髙橋" not in queue and register["protected"] not in queue
    page = page_of(head)
    shown = said(aki.get(page))
    assert "髙橋 太郎" in shown and "知らせる手段がない" in shown and "まだ連絡していません" in shown
    assert aki.post(f"{page}act/", {"do": "contact"}).status_code == 422
    bad = aki.post(
        f"{page}act/",
        {"do": "contact", "act": "missed", "way": "call", "again_on": "R8.13.40", "note": "またかける"},
    )
    assert bad.status_code == 422 and "またかける" in said(bad), "what was typed is not lost"
    assert aki.post(f"{page}act/", {"do": "entrust", "commissioner": "1"}).status_code == 422
    good = {"do": "contact", "act": "spoke", "way": "call", "again_on": "", "note": "夕方がよい"}
    assert aki.post(f"{page}act/", good).status_code == 302
    assert aki.post(f"{page}act/", {"do": "consent"}).status_code == 302
    who = StaffMember.objects.get(username="commissioner_tami").pk
    given = {
        "do": "entrust",
        "commissioner": who,
        "fields": ["address", "message"],
        "message": "電話をください",
        "days": "14",
    }
    assert aki.post(f"{page}act/", given).status_code == 302
    assert "引き継いだ民生委員" in said(aki.get(page))
    listed = said(tami.get("/office/entrusted/"))
    assert "1人目を開く" in listed and "髙橋" not in listed
    number = EntrustedRow.objects.get().public_id
    opened = said(tami.post(f"/office/entrusted/{number}/"))
    assert (
        "髙橋 太郎" in opened and "電話をください" in opened and "児童" not in opened and "医療" not in opened
    )
    assert aki.post(f"/office/entrusted/{number}/").status_code == 403, "not even the officer opens it there"
    assert tami.get("/office/reaching/").status_code == 403
    assert tami.post(f"/office/entrusted/{number}/report/", {"act": "x"}).status_code == 422
    assert (
        tami.post(f"/office/entrusted/{number}/report/", {"act": "spoke", "note": "元気でした"}).status_code
        == 302
    )
    assert tami.post(f"/office/entrusted/{number}/").status_code == 404
    assert "元気でした" in said(aki.get(page))
    assert aki.post(f"{page}act/", {"do": "end", "reason": "helped"}).status_code == 302
    assert "もう一度始める" in said(aki.get(page))
    assert aki.post(f"{page}act/", {"do": "reopen"}).status_code == 302
    assert aki.post(f"{page}act/", {"do": "none"}).status_code == 404


def test_those_under_protection_are_another_office_s(
    waiting: str, register: Mapping[str, str], signed_in: SignedIn
) -> None:  # fmt: skip
    aki, yuki = signed_in("herald_aki"), signed_in("protector_yuki")
    mori = register["protected"]
    page = page_of(mori)
    assert aki.get(page).status_code == aki.post(f"{page}act/", {"do": "consent"}).status_code == 404
    assert (
        yuki.get("/office/reaching/").status_code == aki.get("/office/sheltered/reaching/").status_code == 403
    )
    assert mori in said(yuki.get("/office/sheltered/reaching/"))
    theirs = page.replace("/office/", "/office/sheltered/")
    shown = said(yuki.get(theirs))
    assert "訪問" not in shown.split("連絡を記録する")[1].split("メモ")[0] and not [
        word for word in PLANTED if word in shown
    ]
    assert yuki.post(f"{theirs}act/", {"do": "entrust"}).status_code == 404
    assert yuki.post(f"{theirs}act/", {"do": "contact", "act": "spoke", "way": "visit"}).status_code == 422
    assert yuki.post(f"{theirs}act/", {"do": "contact", "act": "spoke", "way": "counter"}).status_code == 302


def test_a_round_goes_to_doors_in_order(
    waiting: str, signed_in: SignedIn, settings: Any, tmp_path: Path
) -> None:
    aki, area = signed_in("herald_aki"), "東"
    # The towns of the cast, where their addresses say.
    names = dict.fromkeys(
        re.split(r"[0-9一二三四五六七八九〇]", one.address.partition("まどか市")[2])[0]
        for one in RESIDENTS.values()
    )
    there = [name for name in names if name]
    lines = [f"{name},地区,{area},{35 + place / 100:.2f},139.0" for place, name in enumerate(there)]
    settings.DISTRICTS = tmp_path / "towns.csv"
    settings.DISTRICTS.write_text("\n".join(["町名,地区,方面,緯度,経度", *lines]))
    assert "道順を作る" in said(aki.get("/office/reaching/round/"))
    good = {"area": area, "start": "", "doors": "3", "minutes": "240", "stay": "20"}
    shown = said(aki.post("/office/reaching/round/", good))
    assert "訪ねる方" in shown and sum(town in shown for town in there) and "svg" in shown
    for wrong in ({"doors": "0"}, {"minutes": "x"}, {"area": "ない"}):
        assert aki.post("/office/reaching/round/", {**good, **wrong}).status_code == 422


def test_take_up_from_a_list_to_a_file(
    waiting: str, register: Mapping[str, str], signed_in: SignedIn
) -> None:
    aki, page = signed_in("herald_aki"), "/office/reaching/take-up/"
    assert "まだ測っていません" in said(aki.get(page))
    file = SimpleUploadedFile("list.csv", f"宛名番号\n{register['twin_one']}\n".encode())
    posted = {"procedure": MEDICAL, "as_of": "R8.11.9", "list": file}
    assert aki.post(f"{page}act/", posted).status_code == 302
    assert aki.post(f"{page}act/", {**posted, "list": SimpleUploadedFile("x.csv", b"x")}).status_code == 422
    assert aki.post(f"{page}act/", {"procedure": MEDICAL, "as_of": "R8"}).status_code == 422
    assert aki.post(f"{page}act/", {"measure": waiting}).status_code == 302
    assert aki.post(f"{page}act/", {"measure": waiting}).status_code == 422
    assert aki.post(f"{page}act/", {"measure": "none"}).status_code == 404
    shown = said(aki.get(page))
    assert "（10未満など）" in shown and "きょうは測ってあります" in shown and "svg" in shown
    csv = aki.get(f"{page}{waiting}.csv").content.decode("utf-8-sig")
    assert "権利のある方" in csv and all(
        not cell.strip().isdigit() or int(cell) >= 10
        for line in csv.splitlines()[1:]
        for cell in line.split(",")[3:5]
    )
    assert (
        aki.get(f"{page}{waiting}.xlsx").status_code == 200
        and aki.get(f"{page}{waiting}.pdf").status_code == 404
    )


@pytest.mark.parametrize(
    "path", ["reaching/", "reaching/round/", "reaching/take-up/", "sheltered/reaching/", "entrusted/"]
)
def test_others_may_not(city: object, signed_in: SignedIn, path: str) -> None:
    assert signed_in("clerk_hana").get(f"/office/{path}").status_code == 403
