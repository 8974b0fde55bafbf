"""The demo's past on its pages, said to be invented wherever it is counted; and the lengths of bookings, seen and pinned."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta

import pytest
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.test import Client
from django.utils import timezone
from tests.rooms.booking.planned import offered

from madoguchi.audit.entries import Actor
from madoguchi.audit.models import EntryRow
from madoguchi.booking.levelling.officers import officers
from madoguchi.booking.models import InventedDayRow, LearnedWaitsRow, PinnedLengthRow, TicketRow
from madoguchi.booking.waits.kept import as_kept
from madoguchi.booking.waits.learned import LearnedWaits
from madoguchi.city.models import StaffMember
from madoguchi.config import demo, demo_city
from madoguchi.insight.experience import by_persona, experiences

pytestmark = pytest.mark.django_db
SignedIn = Callable[[str], Client]
INVENTED = "実演のために作った架空の来庁"
COUNTED = (
    "/office/levelling/",
    "/office/levelling/arrivals/",
    "/office/levelling/lengths/",
    "/office/insight/",
    "/accuracy/",
)
LENGTHS = "/office/levelling/lengths/?branch=main"


def said(answer: HttpResponseBase) -> str:
    assert isinstance(answer, HttpResponse)
    return answer.content.decode()


def learned(minutes: float, people: int) -> None:
    """What main had learned this morning of the removals."""
    state = LearnedWaits(
        minutes={("moving", "move-in"): minutes}, calls={}, people={("moving", "move-in"): people}
    )
    day = timezone.localdate()
    LearnedWaitsRow.objects.create(branch="main", day=day, state=as_kept(state), made_at=timezone.now())


def test_the_demo_begins_with_a_past_and_every_page_that_counts_it_says_that_it_is_invented() -> None:
    now = timezone.now()
    demo_city.build(residents=0, now=now, past_weeks=2)
    assert TicketRow.objects.filter(live=False).count() > 100
    assert not TicketRow.objects.filter(day__gte=timezone.localdate(now)).exists()
    assert {one.persona.endswith("（架空の例）") for one in by_persona(experiences(now=now))} == {True}
    assert all(one.before and one.after for one in by_persona(experiences(now=now)))
    assert officers("main") and officers("north")
    dx = Client()
    dx.force_login(StaffMember.objects.get(username="dx"), "django.contrib.auth.backends.ModelBackend")
    for page in COUNTED:
        answer = dx.get(page)
        assert answer.status_code == 200 and INVENTED in said(answer), page
    for name, empty in (
        ("/accuracy/", "まだ出せる数字がありません"),
        ("/office/levelling/", "実績がまだありません"),
    ):
        assert empty not in said(dx.get(name))


def test_a_city_without_invented_days_says_nothing_of_them(
    city: Mapping[str, Actor], signed_in: SignedIn
) -> None:
    offered()
    dx = signed_in("dx_mio")
    assert [page for page in COUNTED if INVENTED in said(dx.get(page))] == []
    InventedDayRow.objects.create(branch="main", day=timezone.localdate() - timedelta(days=3))
    assert [page for page in COUNTED if INVENTED not in said(dx.get(page))] == []
    assert INVENTED not in said(dx.get("/office/levelling/?branch=north"))
    assert INVENTED not in said(dx.get("/office/levelling/officers/"))  # it shows no figures


@pytest.mark.parametrize("weeks", ["-1", "14"])
def test_a_past_is_of_a_few_weeks(weeks: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert demo.main(["--past", weeks]) == 2
    assert "0から13まで" in capsys.readouterr().err


def test_where_a_length_comes_from_is_seen_and_the_declared_one_can_be_pinned(
    city: Mapping[str, Actor], signed_in: SignedIn
) -> None:
    offer = offered()
    declared = offer.service("move-in").minutes
    dx = signed_in("dx_mio")
    assert f"市の設定 {declared}分" in said(dx.get(LENGTHS)) and "実績から" not in said(dx.get(LENGTHS))
    learned(declared + 3.4, 180)
    words = f"市の設定 {declared}分 / 実績から {declared + 4}分（n=180）"
    assert words in said(dx.get(LENGTHS))
    assert words in said(signed_in("clerk_hana").get("/bookings/new/?branch=main"))
    form = {"branch": "main", "service": "move-in"}
    answer = dx.post("/office/levelling/lengths/", {**form, "pin": "yes"}, follow=True)
    assert f"市の設定 {declared}分（固定） / 実績では {declared + 4}分（n=180）" in said(answer)
    assert f"約{declared}分" in said(signed_in("clerk_hana").get("/bookings/new/?branch=main"))
    assert words in said(dx.post("/office/levelling/lengths/", {**form, "let_go": "yes"}, follow=True))
    assert EntryRow.objects.filter(activity__startswith="length_").count() == 2
    assert dx.post("/office/levelling/lengths/", {**form, "service": "none"}).status_code == 404
    assert signed_in("clerk_hana").post("/office/levelling/lengths/", form).status_code == 403
    assert not PinnedLengthRow.objects.exists()


def test_a_resident_books_in_the_length_that_was_learned(city: Mapping[str, Actor]) -> None:
    declared = offered().service("move-in").minutes
    assert f"約{declared}分" in said(Client().get("/book/"))
    learned(declared + 20, 90)
    assert f"約{declared + 20}分" in said(Client().get("/book/"))
    assert f"約{declared + 20}分" in said(Client().get("/book/at/main/move-in/"))
