"""The pages of levelling and 実績, each by whoever may open it: what they take, what they give out, and how many queries."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Mapping
from datetime import timedelta
from xml.etree import ElementTree

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from tests.rooms.booking.planned import SIX, offered, past, people
from tests.rooms.insight.test_journeys import a_ticket

from madoguchi.audit.entries import Actor
from madoguchi.audit.models import EntryRow
from madoguchi.booking.levelling import history, operations
from madoguchi.booking.levelling.officers import officers
from madoguchi.booking.models import ArrivalRow, ProposalRow
from madoguchi.channels.backoffice.levelling.common import next_open_day
from madoguchi.city.models import StaffMember
from madoguchi.insight.models import ExperienceRow, PressRow

pytestmark = pytest.mark.django_db
SignedIn = Callable[[str], Client]
PERIOD = "first=R8.11.1&last=R8.11.30"


@pytest.fixture
def office(city: Mapping[str, Actor]) -> None:
    offered()
    past(last=timezone.localdate() - timedelta(days=1), weeks=4)
    people(*SIX)


def said(answer: object) -> str:
    return answer.content.decode()  # type: ignore[attr-defined]  # of a test's client


def test_an_empty_city_is_told_what_to_do_next(city: Mapping[str, Actor], signed_in: SignedIn) -> None:
    dx = signed_in("dx_mio")
    assert "窓口の列がまだありません" in said(dx.get("/office/levelling/"))
    assert "窓口の列がまだありません" in said(dx.get("/office/levelling/officers/"))
    assert "ひな形に入れて" in said(dx.get("/office/levelling/arrivals/"))
    assert "期間を長くしてください" in said(dx.get("/office/insight/"))
    assert "見直しの前とあとに1回ずつ" in said(dx.get("/office/experience/"))
    offered()
    assert "来庁の実績がまだありません" in said(dx.get("/office/levelling/"))


def test_from_the_demand_to_an_adopted_roster(office: None, signed_in: SignedIn) -> None:
    dx = signed_in("dx_mio")
    day = next_open_day(timezone.localdate())
    page = said(dx.get("/office/levelling/?branch=main"))
    assert "引越しの窓口" in page and "5日のうち4日が入る幅" in page and "先週の同じ曜日" in page
    answer = dx.post("/office/levelling/propose/", {"branch": "main", "day": day.isoformat(), "target": "10"})
    number = ProposalRow.objects.get().pk
    assert answer["Location"] == f"/office/levelling/proposals/{number}/"
    assert "順番を待っています" in said(dx.get(answer["Location"]))
    again = dx.post("/office/levelling/propose/", {"branch": "main", "day": day.isoformat()}, follow=True)
    assert "この日の案を作っています" in said(again)
    operations.make_proposal(proposal=number, clock=timezone.now, runs=4, effort=0.3)
    page = said(dx.get(answer["Location"]))
    assert "この案に決める" in page and "いまの席数での待ち" in page and "窓口 花" in page
    book = dx.get(f"/office/levelling/proposals/{number}/book.xlsx").content
    assert openpyxl.load_workbook(io.BytesIO(book)).sheetnames[0] == "配置表"
    adopted = dx.post(f"/office/levelling/proposals/{number}/adopt/", follow=True)
    assert "この日の配置に決まっています" in said(adopted)
    assert EntryRow.objects.get(activity="levelling_adopted").body == {"branch": "main", "proposal": number}


def test_an_edited_book_becomes_a_proposal_and_a_broken_one_says_why(
    office: None, signed_in: SignedIn
) -> None:
    dx = signed_in("dx_mio")
    day = next_open_day(timezone.localdate())
    dx.post("/office/levelling/propose/", {"branch": "main", "day": day.isoformat()})
    number = ProposalRow.objects.get().pk
    operations.make_proposal(proposal=number, clock=timezone.now, runs=4, effort=0.3)
    book = dx.get(f"/office/levelling/proposals/{number}/book.xlsx").content
    address = f"/office/levelling/proposals/{number}/book/"
    answer = dx.post(address, {"file": SimpleUploadedFile("a.xlsx", book)})
    assert answer["Location"] == f"/office/levelling/proposals/{number + 1}/"
    opened = openpyxl.load_workbook(io.BytesIO(book))
    for cell in opened["配置表"][2][2:]:
        cell.value = "引越しの窓口"
    out = io.BytesIO()
    opened.save(out)
    broken = dx.post(address, {"file": SimpleUploadedFile("a.xlsx", out.getvalue())})
    assert broken.status_code == 422 and "3時間より長く続けて" in said(broken) and "昼休み" in said(broken)
    assert dx.post(address, {"file": SimpleUploadedFile("a.xlsx", b"PK\x03\x04")}).status_code == 422
    assert dx.post(address).status_code == 422


def test_demand_as_files(office: None, signed_in: SignedIn) -> None:
    dx = signed_in("dx_mio")
    csv = dx.get("/office/levelling/demand.csv?branch=main").content.decode("utf-8-sig").splitlines()
    assert csv[0].startswith("日付,窓口の列,時刻") and len(csv) == 1 + 5 * 2 * 35
    book = openpyxl.load_workbook(io.BytesIO(dx.get("/office/levelling/demand.xlsx").content))
    assert book.active is not None and book.active.max_row == len(csv)
    assert dx.get("/office/levelling/demand.exe").status_code == 404


def test_arrivals_are_taken_in_from_the_template(office: None, signed_in: SignedIn) -> None:
    dx = signed_in("dx_mio")
    ArrivalRow.objects.all().delete()
    template = dx.get("/office/levelling/arrivals/template.xlsx?branch=main").content
    answer = dx.post(
        "/office/levelling/arrivals/", {"branch": "main", "file": SimpleUploadedFile("a.xlsx", template)}
    )
    assert "2行のうち2行を取り込みました" in said(answer)
    assert ArrivalRow.objects.count() == 2
    assert dx.post("/office/levelling/arrivals/", {"branch": "main"}).status_code == 422
    assert dx.post(
        "/office/levelling/arrivals/", {"branch": "main", "file": SimpleUploadedFile("a.csv", b"a,b")}
    ).status_code == 422  # fmt: skip
    assert "0個の15分" in said(
        dx.post("/office/levelling/arrivals/", {"branch": "main", "tickets": "yes"}, follow=True)
    )


def test_skills_and_hours_are_set(office: None, signed_in: SignedIn) -> None:
    dx = signed_in("dx_mio")
    hana = StaffMember.objects.get(username="clerk_hana").pk
    form = {
        "branch": "main",
        f"lanes-{hana}": ["moving", "nowhere"],
        f"begins-{hana}": "36",
        f"ends-{hana}": "52",
    }
    assert dx.post("/office/levelling/officers/", form).status_code == 302
    (one,) = officers("main")
    assert (one.lanes, one.begins, one.ends, one.lunch) == (frozenset({"moving"}), 36, 52, False)
    wrong = dx.post("/office/levelling/officers/", {**form, f"ends-{hana}": "36"})
    assert wrong.status_code == 422 and "逆になっています" in said(wrong)
    assert officers("main") == (one,)


def test_the_page_takes_as_many_queries_for_a_long_past_as_for_a_short_one(
    office: None, signed_in: SignedIn
) -> None:
    dx = signed_in("dx_mio")

    def counted() -> int:
        dx.get("/office/levelling/?branch=main")
        with CaptureQueriesContext(connection) as queries:
            dx.get("/office/levelling/?branch=main")
        return len([one for one in queries if "SAVEPOINT" not in one["sql"]])

    before = counted()
    past(last=timezone.localdate() - timedelta(days=1), weeks=20)
    assert history.known("main")[0].days > 80
    assert counted() == before <= 60


def test_the_report_takes_as_many_queries_for_many_visits_as_for_few(
    office: None, signed_in: SignedIn
) -> None:
    dx = signed_in("dx_mio")

    def counted() -> int:
        with CaptureQueriesContext(connection) as queries:
            dx.get(f"/office/insight/?{PERIOD}")
        return len([one for one in queries if "SAVEPOINT" not in one["sql"]])

    a_ticket("t-0")
    counted()
    before = counted()
    for number in range(1, 30):
        a_ticket(f"t-{number}", late=number * 10)
    assert counted() == before <= 40


def test_visits_leave_as_files_and_that_is_written_down(office: None, signed_in: SignedIn) -> None:
    for number in range(6):
        a_ticket(f"t-{number}", late=number * 10)
    dx = signed_in("dx_mio")
    page = said(dx.get(f"/office/insight/?{PERIOD}&by=lane"))
    assert "引越しの窓口" in page and "17（17）" in page
    xes = dx.get(f"/office/insight/visits.xes?{PERIOD}")
    assert len(list(ElementTree.fromstring(xes.content))) > 6 and xes["Cache-Control"] == "no-store"
    ocel = json.loads(dx.get(f"/office/insight/visits.ocel.json?{PERIOD}").content)
    assert len(ocel["events"]) == 42
    assert EntryRow.objects.filter(activity="journeys_exported").count() == 2
    assert dx.get("/office/insight/report.xlsx?" + PERIOD).content[:2] == b"PK"
    assert dx.get(f"/office/insight/visits.pdf?{PERIOD}").status_code == 404
    long = "first=H1.1.8&last=R8.11.30"
    assert "93日まで" in said(dx.get(f"/office/insight/?{long}"))
    assert dx.get(f"/office/insight/visits.xes?{long}").status_code == 404
    assert dx.get("/office/insight/?first=きのう").status_code == 422


def test_a_visit_is_played_without_javascript(office: None, signed_in: SignedIn) -> None:
    dx = signed_in("dx_mio")
    empty = dx.post("/office/experience/begin/", {"persona": ""})
    assert empty.status_code == 422 and "だれの役か" in said(empty)
    assert "練習の受付が" in said(dx.post("/office/experience/begin/", {"persona": "x", "case": "A001"}))
    begun = dx.post("/office/experience/begin/", {"persona": "4人家族の転入", "round": "after"})
    address = begun["Location"]
    for number, pressed in enumerate(("wait", "question", "end")):
        answer = dx.post(f"{address}press/", {"pressed": pressed, "key": f"k{number}", "ago_ms": "0"})
        assert answer["Location"] == address
    refused = dx.post(f"{address}press/", {"pressed": "talk", "key": "k9", "ago_ms": "0"})
    assert refused.status_code == 422 and "終わっています" in said(refused)
    by_script = {"HTTP_ACCEPT": "application/json"}
    assert (
        dx.post(f"{address}press/", {"pressed": "x", "key": "k", "ago_ms": "0"}, **by_script).status_code
        == 409
    )
    assert (
        dx.post(f"{address}press/", {"pressed": "sheet", "key": "s", "ago_ms": "-1"}, **by_script).status_code
        == 409
    )
    dx.post(f"{address}act/", {"notes": "記入台が遠い"})
    page = said(dx.get(address))
    assert "記入台が遠い" in page and "練習です。来庁の実績には入りません" in page
    assert "4人家族の転入" in said(dx.get("/office/experience/"))
    assert dx.get("/office/experience/book.xlsx").content[:2] == b"PK"
    dx.post(f"{address}act/", {"undo": "yes"})
    assert PressRow.objects.exclude(undone_at=None).get().pressed == "end"
    dx.post(f"{address}act/", {"drop": "yes"})
    assert dx.get(address).status_code == 404 and ExperienceRow.objects.count() == 1
