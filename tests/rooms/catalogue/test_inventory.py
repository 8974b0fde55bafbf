"""A survey is taken in whole or not at all, every row counted; the city's list is kept, scored, planned and in Excel."""

from __future__ import annotations

import io
from datetime import date, timedelta

import openpyxl
import pyarrow
import pyarrow.parquet
import pytest
from django.db import IntegrityError, transaction
from tests.rooms.catalogue.surveys import BY, NOW, numbered, parquet_of, taken

from madoguchi.catalogue.inventory import city_list, national, settings
from madoguchi.catalogue.inventory.city_book import BookRefused, book_of, take_book_in
from madoguchi.catalogue.inventory.city_entries import CityEntry, Online
from madoguchi.catalogue.inventory.city_list import CityListError, CityQuery
from madoguchi.catalogue.inventory.ease import Criterion, definition_as_data, shipped
from madoguchi.catalogue.inventory.models import NationalProcedureRow, SurveyRow, SurveyState, SurveyUploadRow
from madoguchi.catalogue.inventory.national import NationalQuery
from madoguchi.catalogue.inventory.plan import Quarter
from madoguchi.catalogue.inventory.survey_file import SHIPPED
from madoguchi.catalogue.inventory.taking_in import (
    SurveyRefused,
    SurveyUnderWay,
    import_survey,
    receive_survey,
    show_survey,
    take_survey_in,
)

pytestmark = [pytest.mark.django_db, pytest.mark.on_both]


def test_every_row_is_stored_or_refused() -> None:
    survey = national.survey(
        taken(numbered("1"), numbered("2", NAME=""), numbered("1"), numbered("3", VOLUME="?"))
    )
    assert survey is not None
    assert (survey.rows_in, survey.stored, survey.refused) == (4, 1, 3)
    assert [line for line, _ in national.refusals(survey.id)] == [2, 3, 4]
    assert "1行目にもあります" in national.refusals(survey.id)[1][1]
    with pytest.raises(IntegrityError), transaction.atomic():
        SurveyRow.objects.update(stored=2)


def test_a_survey_that_breaks_off_leaves_nothing() -> None:
    first = taken(numbered("1"))
    content = SHIPPED.read_bytes()
    broken = content[:600_000] + bytes(1000) + content[601_000:]
    with pytest.raises(SurveyRefused, match="壊れて"):
        import_survey(title="x", file_name="x", stream=io.BytesIO(broken), by=BY, clock=lambda: NOW)
    assert NationalProcedureRow.objects.count() == 1
    shown = national.current_survey()
    assert shown is not None
    assert shown.id == first
    assert national.surveys()[0].state is SurveyState.FAILED


def test_the_worker_takes_in_what_was_received_and_forgets_the_file() -> None:
    content = parquet_of(numbered("1"), numbered("2")).getvalue()
    number = receive_survey(title="令和7年度", file_name="a.parquet", content=content, by=BY, now=NOW)
    with pytest.raises(SurveyUnderWay, match="令和7年度"):
        receive_survey(title="x", file_name="x", content=content, by=BY, now=NOW)
    assert national.current_survey() is None
    take_survey_in(survey=number, clock=lambda: NOW)
    take_survey_in(survey=number, clock=lambda: NOW)  # a task may come twice
    found = national.survey(number)
    assert found is not None
    assert (found.stored, found.percent, found.current, found.under_way) == (2, 100, True, False)
    assert not SurveyUploadRow.objects.exists()


def test_an_import_that_died_is_put_aside_after_a_while() -> None:
    receive_survey(title="止まった", file_name="x", content=b"x", by=BY, now=NOW)
    later = NOW + timedelta(minutes=31)
    receive_survey(title="次", file_name="x", content=b"x", by=BY, now=later)
    assert [one.state for one in national.surveys()] == [SurveyState.WAITING, SurveyState.FAILED]


def test_a_file_that_is_no_survey_says_so_on_its_page() -> None:
    number = receive_survey(title="x", file_name="x.csv", content=b"a,b\n1,2\n", by=BY, now=NOW)
    take_survey_in(survey=number, clock=lambda: NOW)
    found = national.survey(number)
    assert found is not None
    assert found.state is SurveyState.FAILED
    assert "見出し" in found.sentence


def test_an_earlier_year_can_be_shown_again() -> None:
    first, second = taken(numbered("1"), title="令和6年度"), taken(numbered("2"), title="令和7年度")
    assert [one.number for one in national.find(NationalQuery(), 1).lines] == ["2"]
    show_survey(survey=first, by=BY, now=NOW)
    assert [one.number for one in national.find(NationalQuery(), 1).lines] == ["1"]
    assert second != first
    with pytest.raises(LookupError):
        show_survey(survey=999, by=BY, now=NOW)


def test_a_search_finds_short_names_any_width_and_all_words() -> None:
    taken(
        numbered("1", LAW="国民健康保険法施行規則", NAME="資格取得の届出"),
        numbered("2", LAW="戸籍法", NAME="出生の届出", ONLINE="1 実施済"),
        numbered(
            "3", LAW="地方税法", NAME="100%の％届", KIND="2-1 申請等に基づく処分通知等", OFFICE="都道府県庁"
        ),
    )

    def found(words: str = "", **more: str | bool) -> list[str]:
        query = NationalQuery(words=words, **more)  # type: ignore[arg-type]  # each test names its own choice
        return [one.number for one in national.find(query, 1).lines]

    assert found("国保 資格") == ["1"]
    assert found("ｼｭﾂｾｲ") == []
    assert found("出生 戸籍") == ["2"]
    assert found("%") == ["3"]
    assert found("_") == []
    assert found(online="1") == ["2"]
    assert found(kind="2-1") == ["3"]
    assert found(at_city=True) == ["1", "2"]
    assert found(receiver="local") == ["1", "2", "3"]
    assert national.find(NationalQuery(), 99).page == 1


def listed(share: float | None = 0.001) -> tuple[city_list.CityLine, ...]:
    return city_list.lines(settings.definition(), share)


def test_procedures_go_from_the_survey_to_the_list_once_with_their_estimate() -> None:
    taken(numbered("9062", VOLUME="4473575"), numbered("2", VOLUME="0"))
    assert city_list.add_from_survey(numbers=("9062", "2", "none"), by=BY, now=NOW) == (2, 1)
    assert city_list.add_from_survey(numbers=("9062",), by=BY, now=NOW) == (0, 1)
    first, second = listed()
    assert (first.entry.number, first.volume, first.estimated) == ("M-0001", 4474, True)
    assert (second.volume, second.estimated) == (None, False)  # 0 may mean "not counted"
    assert first.saved_hours(60) == 4474
    assert listed(None)[0].volume is None


def test_a_change_of_somebody_else_is_not_overwritten() -> None:
    number = city_list.save(entry=CityEntry("", "印鑑登録"), version=None, by=BY, now=NOW)
    city_list.save(entry=CityEntry(number, "印鑑の登録"), version=1, by=BY, now=NOW)
    with pytest.raises(CityListError, match="先に直しました"):
        city_list.save(entry=CityEntry(number, "別"), version=1, by=BY, now=NOW)
    with pytest.raises(CityListError, match="もう使われて"):
        city_list.save(entry=CityEntry(number, "別"), version=None, by=BY, now=NOW)
    assert listed()[0].entry.name == "印鑑の登録"


def test_what_is_taken_off_comes_back() -> None:
    number = city_list.save(entry=CityEntry("", "印鑑登録"), version=None, by=BY, now=NOW)
    city_list.set_removed(number=number, removed=True, by=BY, now=NOW)
    assert listed() == ()
    city_list.set_removed(number=number, removed=False, by=BY, now=NOW)
    assert len(listed()) == 1


def test_two_that_are_the_same_are_named() -> None:
    for name, department in [("犬の登録", "環境課"), ("犬の 登録", "環境課"), ("犬の登録", "市民課")]:
        city_list.save(entry=CityEntry("", name, department), version=None, by=BY, now=NOW)
    assert [[one.entry.number for one in group] for group in city_list.doubles(listed())] == [
        ["M-0001", "M-0002"]
    ]
    assert len(city_list.narrowed(listed(), CityQuery(words="犬", department="市民課"))) == 1


def test_the_list_goes_through_excel_and_back_unchanged() -> None:
    taken(*[numbered(str(at), NAME=f"届出{at}", VOLUME=str(at)) for at in range(1, 30)])
    city_list.add_from_survey(numbers=[str(at) for at in range(1, 30)], by=BY, now=NOW)
    city_list.save(
        entry=CityEntry("", "=1+1", volume=3, features={Criterion.FEE: "yes"}, online=Online.DONE), version=None, by=BY, now=NOW
    )  # fmt: skip
    content = book_of(listed(), {"M-0001": Quarter(2026, 4)}, 60)
    report = take_book_in(stream=io.BytesIO(content), dry_run=False, by=BY, now=NOW)
    assert (report.rows_in, report.unchanged, report.refused) == (30, 30, ())


def test_excel_changes_adds_and_refuses_row_by_row() -> None:
    for name in ("印鑑登録", "犬の登録", "水道の使用開始"):
        city_list.save(entry=CityEntry("", name, volume=5), version=None, by=BY, now=NOW)
    book = openpyxl.load_workbook(io.BytesIO(book_of(listed(), {}, 60)))
    sheet = book["手続き一覧"]
    sheet["C2"] = "市民課"
    sheet["H3"] = "たくさん"
    sheet["A4"] = "M-0001"
    sheet["B5"] = "新しい手続き"
    made = io.BytesIO()
    book.save(made)

    def take(dry_run: bool) -> tuple[int, ...]:
        made.seek(0)
        report = take_book_in(stream=made, dry_run=dry_run, by=BY, now=NOW)
        assert "3行目" in report.refused[0]
        assert "2行目にもあります" in report.refused[1]
        return report.rows_in, report.new, report.changed, report.unchanged, len(report.refused)

    assert take(True) == (4, 1, 1, 0, 2)
    assert len(listed()) == 3
    assert take(False) == (4, 1, 1, 0, 2)
    assert {one.entry.number: one.entry.department for one in listed()}["M-0001"] == "市民課"
    assert len(listed()) == 4


def test_a_column_that_the_file_has_not_stays_as_it_was() -> None:
    city_list.save(entry=CityEntry("", "印鑑登録", volume=5, note="大切"), version=None, by=BY, now=NOW)
    content = "手続番号,手続名,年間件数\nM-0001,印鑑登録,\n".encode()
    report = take_book_in(stream=io.BytesIO(content), dry_run=False, by=BY, now=NOW)
    (line,) = listed()
    assert report.changed == 1
    assert (line.entry.volume, line.entry.note) == (None, "大切")
    with pytest.raises(BookRefused, match="見出し"):
        take_book_in(stream=io.BytesIO(b"a,b\n1,2\n"), dry_run=True, by=BY, now=NOW)
    with pytest.raises(BookRefused, match="2つ以上"):
        take_book_in(stream=io.BytesIO("手続名,手続名\na,b\n".encode()), dry_run=True, by=BY, now=NOW)


def test_another_definition_counts_at_once_and_the_first_can_come_back() -> None:
    city_list.save(entry=CityEntry("", "印鑑登録"), version=None, by=BY, now=NOW)
    before = listed()[0].ease.step
    data = definition_as_data(shipped())
    for step, upto in zip(data["step"], (90, 91, 92), strict=False):
        step["upto"] = upto
    settings.set_definition(data=data, by=BY, now=NOW)
    assert (before, listed()[0].ease.step) == (3, 1)
    settings.go_back_to_definition(number=0, by=BY, now=NOW)
    assert listed()[0].ease.step == before
    assert len(settings.definitions()) == 2
    with pytest.raises(LookupError):
        settings.go_back_to_definition(number=999, by=BY, now=NOW)


def test_the_newest_plan_counts() -> None:
    assert settings.plan() is None
    for days in (10, 20):
        settings.adopt_plan(
            quarters={"M-0001": Quarter(2027, 1)}, days_a_quarter=days, first=Quarter(2026, 3), by=BY, now=NOW
        )
    plan = settings.plan()
    assert plan is not None
    assert (plan.days_a_quarter, plan.quarters) == (20, {"M-0001": Quarter(2027, 1)})


def test_what_is_online_is_counted_since_when() -> None:
    city_list.save(
        entry=CityEntry("", "印鑑登録", online=Online.DONE, online_since=date(2026, 4, 1)), version=None, by=BY, now=NOW
    )  # fmt: skip
    assert city_list.done_on(listed()) == {"M-0001": date(2026, 4, 1)}


def test_our_procedures_are_linked_to_rows_that_the_shipped_survey_has() -> None:
    from madoguchi.procedures.loader import national_pack

    numbers = set(pyarrow.parquet.read_table(SHIPPED, columns=["手続ID"])["手続ID"].to_pylist())
    pack = national_pack()
    assert [one for one in national.links() if not pack.has_procedure(one)] == []
    assert [n for found in national.links().values() for n in found if n not in numbers] == []
    assert "move-in-notice" in national.linked_to("9062")
