"""Coverage and visits as pages and files: only what may be shown, plans without names, lists for whoever may open them."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from re import DOTALL, findall, sub

import openpyxl
import pytest
from django.http import HttpResponse
from django.test import Client, override_settings
from django.utils import timezone
from tests.cast import RESIDENTS
from tests.rooms.insight.counted import counted, towns_file
from tests.unit.insight.attacking import invented, places

from madoguchi.audit.entries import Actor
from madoguchi.audit.models import EntryRow
from madoguchi.insight import tasks
from madoguchi.insight.coverage.tables import KINDS
from madoguchi.insight.models import CoverageDayRow, OutingRow, OutingStepRow, OutingTourRow
from madoguchi.insight.outings import plans
from madoguchi.insight.outings.ways import OutingBudget
from madoguchi.residents import card_counts
from madoguchi.residents.operations import register
from madoguchi.residents.people import RegisterEntry

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("city")]
SignedIn = Callable[[str], Client]
HERE = places(12, 2)
GIVEN = {
    "area": "市内", "start": "", "visit_on": "R8.12.10", "stops": "3", "minutes": "300", "stay": "30", "reach_km": "0.5",
    "speed_kmh": "30", "detour": "1.3",
}  # fmt: skip


@pytest.fixture(autouse=True)
def here(tmp_path: Path) -> Iterator[None]:
    with override_settings(DISTRICTS=towns_file(tmp_path, HERE)):
        yield


@pytest.fixture
def day() -> CoverageDayRow:
    return counted(timezone.localdate(), invented(4, HERE, 3000), HERE)


def said(answer: HttpResponse, status: int = 200) -> str:
    assert answer.status_code == status
    return answer.content.decode()


def cells(page: str) -> list[list[str]]:
    """The cells of the first table of a page."""
    (rows,) = findall(r'<table class="mdg-figures">.*?<tbody>(.*?)</tbody>', page, DOTALL)
    return [
        [sub("<.*?>", "", cell).strip() for cell in findall(r"<t[hd].*?</t[hd]>", row, DOTALL)]
        for row in findall(r"<tr>.*?</tr>", rows, DOTALL)
    ]


@pytest.mark.parametrize("by", list(KINDS))
def test_page_csv_and_excel_say_the_same_and_nothing_small(
    by: str, day: CoverageDayRow, signed_in: SignedIn
) -> None:
    dx = signed_in("dx_mio")
    page = cells(said(dx.get("/office/coverage/", {"by": by})))
    on_page = [row[1:] if by == "district" else row for row in page]
    answer = dx.get("/office/coverage/table.csv", {"by": by})
    in_csv = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))[1:]
    assert [row[:4] for row in on_page] == [row[:4] for row in in_csv]
    book = openpyxl.load_workbook(io.BytesIO(dx.get("/office/coverage/table.xlsx").content))
    sheet = book.worksheets[list(KINDS).index(by)]
    in_book = [
        ["" if cell is None else str(cell) for cell in row] for row in sheet.iter_rows(values_only=True)
    ]
    assert [row[:4] for row in in_book[-len(in_csv) :]] == [row[:4] for row in in_csv]
    kept = {str(number) for number in day.numbers.values() if number is not None} | {"—"}
    assert {cell for row in in_csv for cell in row[1:4]} <= kept
    assert all(cell == "—" or int(cell) >= 10 for row in in_csv for cell in row[1:4])
    assert any(cell == "—" for row in in_csv for cell in row[1:4]) or by == "age"


def test_charts_and_maps_are_said_in_words_and_need_nothing_from_outside(
    day: CoverageDayRow, signed_in: SignedIn
) -> None:
    page = said(signed_in("dx_mio").get("/office/coverage/"))
    drawings = findall(r"<svg.*?</svg>", page, DOTALL)
    assert len(drawings) == 2  # a map of the one area, and the bars
    for one in drawings:
        assert 'role="img"' in one and "<title" in one and "<desc" in one
        assert "style=" not in one and "<script" not in one and "href" not in one
    assert page.count('class="mdg-map__disc"') == 12


def test_the_line_over_the_days_is_drawn_from_what_is_shown(day: CoverageDayRow, signed_in: SignedIn) -> None:
    dx = signed_in("dx_mio")
    assert "うつりかわり" not in said(dx.get("/office/coverage/"))
    counted(timezone.localdate() - timedelta(days=40), invented(9, HERE, 2500), HERE)
    page = said(dx.get("/office/coverage/"))
    assert "うつりかわり" in page and "mdg-chart__steps" in page
    for row in CoverageDayRow.objects.all():
        assert f"{100 * row.numbers['all:w'] / row.numbers['all:n']:.1f}%" in page


def test_counting_is_asked_for_and_done_once(signed_in: SignedIn, residents: Mapping[str, str]) -> None:
    dx = signed_in("dx_mio")
    assert "まだ数えていません" in said(dx.get("/office/coverage/"))
    assert dx.get("/office/coverage/table.csv").status_code == 404
    assert "数え始めました" in said(dx.post("/office/coverage/count/", follow=True))
    tasks.count_cards_today.func(1, "推進 澪", "", "", "")
    tasks.count_cards_today.func(1, "推進 澪", "", "", "")
    assert CoverageDayRow.objects.count() == 1
    assert "もう数えてあります" in said(dx.post("/office/coverage/count/", follow=True))


def test_a_file_that_leaves_is_written_down(day: CoverageDayRow, signed_in: SignedIn) -> None:
    signed_in("dx_mio").get("/office/coverage/table.xlsx")
    entry = EntryRow.objects.filter(activity="coverage_exported").get()
    assert entry.body == {"day": day.day.isoformat(), "format": "xlsx"}


def test_a_visit_is_planned_looked_at_and_made(day: CoverageDayRow, signed_in: SignedIn) -> None:
    dx = signed_in("dx_mio")
    asked = dx.post("/office/visits/plan/", GIVEN)
    number = OutingRow.objects.get().pk
    assert (asked.status_code, asked.headers["Location"]) == (302, f"/office/visits/{number}/")
    assert "計算しています" in said(dx.get(f"/office/visits/{number}/"))
    plans.make_outing(outing=number, now=timezone.now(), effort=0.2)
    found = plans.outing(number)
    page = said(dx.get(f"/office/visits/{number}/"))
    assert all(stop.town.name in page for stop in found.stops)
    assert (f"<strong>{found.reach}人</strong>" in page) is (found.reach is not None)
    rows = list(
        csv.reader(io.StringIO(dx.get(f"/office/visits/{number}/stops.csv").content.decode("utf-8-sig")))
    )
    assert [row[1] for row in rows[1:]] == [stop.town.name for stop in found.stops]
    assert dx.get(f"/office/visits/{number}/stops.xlsx").status_code == 200
    assert dx.get(f"/office/visits/{number}/stops.exe").status_code == 404
    assert "「行った」にしました" in said(
        dx.post(f"/office/visits/{number}/end/", {"done": "1"}, follow=True)
    )
    assert "もう終わっている" in said(dx.post(f"/office/visits/{number}/end/", {"done": "1"}), 422)
    assert "行った" in said(dx.get("/office/visits/"))


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"stops": "0"}, "回る場所の数は1から12"), ({"minutes": "²"}, "出発から帰るまでの分は60から600"),
        ({"reach_km": "1.2.3"}, "歩いて来られる距離"), ({"area": "月"}, "方面か出発する町"), ({"start": "月"}, "方面か出発する町"),
        ({"visit_on": "きのう"}, "直すところ"), ({"visit_on": "昭和10年月日不詳"}, "行く日を、日まで"),
    ],
)  # fmt: skip
def test_what_cannot_be_planned_is_said_and_kept(
    wrong: dict[str, str], sentence: str, day: CoverageDayRow, signed_in: SignedIn
) -> None:
    page = said(signed_in("dx_mio").post("/office/visits/plan/", GIVEN | wrong), 422)
    assert sentence in page
    (name,) = wrong
    assert name == "area" or f'value="{wrong[name]}"' in page
    assert not OutingRow.objects.exists()


def test_without_a_counted_day_nothing_is_planned(signed_in: SignedIn) -> None:
    dx = signed_in("dx_mio")
    assert "まだ人数を数えていません" in said(dx.get("/office/visits/"))
    assert "先に数えてください" in said(dx.post("/office/visits/plan/", GIVEN), 422)


def a_list(day: CoverageDayRow) -> int:
    """A plan that serves the town where two of the cast live, without a card; one of them protected."""
    town = next(iter(HERE))
    for name, later in (("head", 1), ("protected", 2)):
        one = RESIDENTS[name]
        entry = RegisterEntry(
            one.resident_no, one.name, one.birth, one.sex, one.relationship, one.household_no, f"まど県まどか市{town}{later}番地",
            facts={"has_card": False},
        )  # fmt: skip
        register(
            entries=[entry],
            source="住民記録",
            as_of=timezone.localdate(),
            now=timezone.now() + timedelta(minutes=later),
        )
    row = OutingRow.objects.create(
        day=day, visit_on=timezone.localdate(), asked_at=timezone.now(), asked_by="推進 澪", area="市内", start=town,
        budget={name: getattr(OutingBudget(), name) for name in plans.LIMITS},
    )  # fmt: skip
    OutingTourRow.objects.create(
        outing=row,
        stops=[town],
        covered=[town],
        minutes=60,
        reach=None,
        of_bound=100,
        found_at=timezone.now(),
    )
    return row.pk


def test_a_list_is_opened_by_whoever_may_and_nobody_else(
    day: CoverageDayRow, signed_in: SignedIn, residents: Mapping[str, str]
) -> None:
    number = a_list(day)
    officer, dx = signed_in("herald_aki"), signed_in("dx_mio")
    assert "名簿を開く" in said(officer.get("/office/visits/lists/"))
    before = EntryRow.objects.filter(purpose="visit").count()
    assert dx.post(f"/office/visits/{number}/list/").status_code == 403
    assert officer.get(f"/office/visits/{number}/list/").status_code == 405
    assert officer.get("/office/coverage/").status_code == 403
    assert EntryRow.objects.filter(purpose="visit").count() == before
    page = said(officer.post(f"/office/visits/{number}/list/"))
    assert RESIDENTS["head"].name.name in page
    OutingStepRow.objects.create(outing_id=number, step="dropped", at=timezone.now(), by="")
    assert officer.post(f"/office/visits/{number}/list/").status_code == 404
    assert officer.post("/office/visits/999999/list/").status_code == 404


def test_a_protected_person_is_not_on_the_list_and_nothing_says_so(
    day: CoverageDayRow, signed_in: SignedIn, residents: Mapping[str, str]
) -> None:
    number = a_list(day)
    page = said(signed_in("herald_aki").post(f"/office/visits/{number}/list/"))
    assert RESIDENTS["head"].name.name in page
    assert RESIDENTS["protected"].name.name not in page
    assert "支援措置" not in page
    assert not EntryRow.objects.filter(
        purpose="visit", person_key=RESIDENTS["protected"].resident_no
    ).exists()


def test_without_the_guard_the_protected_person_would_be_on_it(
    day: CoverageDayRow, signed_in: SignedIn, residents: Mapping[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    number = a_list(day)
    monkeypatch.setattr(card_counts, "protected_people", lambda numbers, on: frozenset())
    page = said(signed_in("herald_aki").post(f"/office/visits/{number}/list/"))
    assert RESIDENTS["protected"].name.name in page


def test_the_effect_of_visits_between_two_days(signed_in: SignedIn) -> None:
    dx, today = signed_in("dx_mio"), timezone.localdate()
    assert "集計日が2つ以上" in said(dx.get("/office/coverage/effect/"))
    day = counted(today - timedelta(days=40), invented(4, HERE, 9000), HERE)
    counted(today, invented(4, HERE, 9900), HERE)
    assert "それぞれ4つ以上" in said(dx.get("/office/coverage/effect/"))
    for district in range(5):
        row = OutingRow.objects.create(
            day=day, visit_on=today - timedelta(days=9), asked_at=timezone.now(), asked_by="", area="市内", start="町0の0", budget={}
        )  # fmt: skip
        name = f"町{district}の0"
        OutingTourRow.objects.create(
            outing=row,
            stops=[name],
            covered=[name],
            minutes=9,
            reach=None,
            of_bound=100,
            found_at=timezone.now(),
        )
        OutingStepRow.objects.create(outing=row, step="done", at=timezone.now(), by="")
    page = said(dx.get("/office/coverage/effect/"))
    assert "ポイント</strong>" in page and "95%の区間" in page
    wrong = dx.get("/office/coverage/effect/", {"first": today.isoformat(), "last": today.isoformat()})
    assert "早い日を選んで" in said(wrong, 422)


def test_actors_in_the_list_of_plans_are_those_who_asked(day: CoverageDayRow, signed_in: SignedIn) -> None:
    by = Actor(1, "推進 澪", "", "")
    plans.ask_for_outing(
        area="市内", start="", visit_on=timezone.localdate(), budget=OutingBudget(), by=by, now=timezone.now()
    )
    assert "推進 澪" in said(signed_in("dx_mio").get("/office/visits/"))
