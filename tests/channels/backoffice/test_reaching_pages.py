"""届いていない方 in the office: the queue, one person, a round, a hand-over to a 民生委員, take-up, and who may see what."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from tests.cast import NOW, PLANTED
from tests.house.walk import said
from tests.rooms.outreach.campaigning import CARD, MEDICAL, sent
from tests.rooms.outreach.conftest import register  # noqa: F401  -- a fixture

from madoguchi.audit.entries import Actor
from madoguchi.city.models import StaffMember
from madoguchi.insight.outings.plans import areas
from madoguchi.outreach import finding, reaching, sending
from madoguchi.outreach.models import EntrustedRow, ReachRow
from madoguchi.residents.models import ResidentRecord
from madoguchi.residents.places import towns

pytestmark = [pytest.mark.django_db]
SignedIn = Callable[[str], Client]


@pytest.fixture
def waiting(city: Mapping[str, Actor], register: Mapping[str, str]) -> str:  # noqa: F811
    """A campaign by mail whom nobody gave an address for: everybody waits for staff. Its number."""
    number = sent(city, [CARD, MEDICAL], channels=())
    while sending.send_due(ports={}, link="", now=NOW) != sending.Told():
        pass
    finding.look(now=NOW)
    return number


def page_of(resident_no: str) -> str:
    return f"/office/reaching/{ReachRow.objects.get(resident_no=resident_no).public_id}/"


def test_from_the_queue_to_a_report(waiting: str, register: Mapping[str, str], signed_in: SignedIn) -> None:  # noqa: F811
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
    waiting: str, register: Mapping[str, str], signed_in: SignedIn  # noqa: F811
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
    waiting: str, register: Mapping[str, str], signed_in: SignedIn
) -> None:
    aki, area = signed_in("herald_aki"), areas()[0]
    there = [town.name for town in towns().values() if town.area == area][:3]
    numbers = [one.resident_no for one in reaching.queue(now=NOW)]
    city_name = ResidentRecord.objects.filter(resident_no=numbers[0]).values_list("address", flat=True)[0]
    assert city_name
    for number, town in zip(numbers, there, strict=False):
        ResidentRecord.objects.filter(resident_no=number, is_current=True).update(
            address=f"まど県まどか市{town}1番地"
        )
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
    assert "（10未満など）" in shown and "きょう測る" in shown and "svg" in shown
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
