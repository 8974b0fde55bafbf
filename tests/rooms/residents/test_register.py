"""The register keeps its history, and tells people apart."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from madoguchi.audit.entries import Actor, Purpose
from madoguchi.jp.dates import PossibleDays
from madoguchi.jp.names import NameParts
from madoguchi.residents.disclosure import disclose, household_members, living_with
from madoguchi.residents.models import ResidentRecord
from madoguchi.residents.operations import add_fact, register
from madoguchi.residents.people import RegisterEntry, ResidentStatus, SearchTerms
from madoguchi.residents.protection import Audience
from madoguchi.residents.search import search

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
TODAY = date(2026, 11, 23)
CLERK = Actor(1, "窓口 花子", "main", "desk-1")

TARO = RegisterEntry(
    "1000000000012",
    NameParts("髙橋 太郎", "タカハシ タロウ"),
    date(1984, 5, 2),
    "male",
    "世帯主",
    "500001",
    "まどか市柏台三丁目5-1",
)
pytestmark = pytest.mark.on_both
HANA = RegisterEntry(
    "1000000000020",
    NameParts("髙橋 花", "タカハシ ハナ"),
    date(2018, 4, 1),
    "female",
    "子",
    "500001",
    "まどか市柏台三丁目5-1",
)


def stored(*entries: RegisterEntry) -> None:
    register(entries=entries, source="住民記録", as_of=TODAY, now=NOW)


def found(**terms: object) -> list[str]:
    result = search(
        terms=SearchTerms(**terms),
        actor=CLERK,
        purpose=Purpose.COUNTER_CASE,
        case=None,
        now=NOW,  # type: ignore[arg-type]  # keywords vary by test
    )
    return [hit.resident_no for hit in result.hits]


@pytest.mark.django_db
def test_a_change_adds_a_row_and_the_old_one_stays() -> None:
    stored(TARO)
    stored(replace(TARO, address="まどか市柏台四丁目1-1"))
    rows = list(
        ResidentRecord.objects.order_by("history_no").values_list("history_no", "is_current", "address")
    )
    assert rows == [(1, False, "まどか市柏台三丁目5-1"), (2, True, "まどか市柏台四丁目1-1")]


@pytest.mark.django_db
def test_the_database_refuses_to_overwrite_a_row() -> None:
    stored(TARO)
    with pytest.raises(DatabaseError, match="書き換えません"), transaction.atomic():
        ResidentRecord.objects.update(address="別の住所")


@pytest.mark.django_db
@pytest.mark.parametrize(
    "broken",
    [
        {"birth_earliest": date(1984, 5, 3)},
        {"status": "lost"},
        {"history_no": 1},
        {"history_no": None, "is_current": True},
        {"resident_no": ""},
        {"name": ""},
    ],
)
def test_the_database_refuses_what_cannot_be(broken: dict[str, object]) -> None:
    stored(TARO)
    row = ResidentRecord.objects.get()
    row.pk, row.history_no, row.is_current = None, 2, False
    for name, value in broken.items():
        setattr(row, name, value)
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save(force_insert=True)


@pytest.mark.django_db
def test_only_one_row_of_a_person_is_current() -> None:
    stored(TARO)
    row = ResidentRecord.objects.get()
    row.pk, row.history_no = None, 2
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save(force_insert=True)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "terms",
    [
        {"number": "１００００００００００１２"},
        {"kana": "たかはし"},
        {"kana": "ﾀｶﾊｼ ﾀﾛｳ"},
        {"name": "高橋太郎"},
        {"birth": date(1984, 5, 2)},
        {"address": "柏台3丁目5"},
        {"kana": "タカハシ", "birth": date(1984, 5, 2), "address": "柏台三丁目", "name": "高橋"},
    ],
)
def test_a_person_is_found_by_what_a_clerk_hears(terms: dict[str, object], city: None) -> None:
    stored(TARO, HANA)
    assert TARO.resident_no in found(**terms)


@pytest.mark.django_db
def test_terms_are_joined_by_and(city: None) -> None:
    stored(TARO, HANA)
    assert found(kana="タカハシ", birth=date(2018, 4, 1)) == [HANA.resident_no]
    assert found(kana="タカハシ", birth=date(2018, 4, 2)) == []


@pytest.mark.django_db
def test_a_birth_date_in_doubt_is_found_on_each_possible_day() -> None:
    stored(replace(TARO, birth=PossibleDays("昭和10年月日不詳", date(1935, 1, 1), date(1935, 12, 31))))
    assert found(birth=date(1935, 7, 1)) == [TARO.resident_no]
    assert found(birth=date(1936, 1, 1)) == []


@pytest.mark.django_db
def test_twins_are_told_apart_by_number_relationship_and_kana() -> None:
    first = replace(HANA, name=NameParts("髙橋 双葉", "タカハシ フタバ"))
    second = replace(first, resident_no="1000000000039", name=NameParts("髙橋 双葉", "タカハシ モロハ"))
    stored(TARO, first, second)
    hits = search(
        terms=SearchTerms(name="高橋双葉", birth=date(2018, 4, 1)),
        actor=CLERK,
        purpose=Purpose.COUNTER_CASE,
        case=None,
        now=NOW,
    ).hits
    assert [(hit.resident_no, hit.kana) for hit in hits] == [
        (first.resident_no, "タカハシ フタバ"),
        (second.resident_no, "タカハシ モロハ"),
    ]
    (read,) = disclose(
        actor=CLERK,
        purpose=Purpose.COUNTER_CASE,
        resident_nos=[second.resident_no],
        audience=Audience.CLERK,
        case=None,
        screen="test",
        now=NOW,
    )
    assert read.resident_no == second.resident_no


@pytest.mark.django_db
def test_a_later_fact_stands_beside_the_earlier_one() -> None:
    stored(TARO)
    for year, value in ((2025, "student"), (2026, "employed")):
        add_fact(
            resident_no=TARO.resident_no,
            key="employment",
            value=value,
            source="課税",
            valid_from=date(year, 4, 1),
            as_of=date(year, 4, 1),
            by=CLERK,
            now=NOW,
        )
    for now, value in ((NOW, "employed"), (datetime(2025, 6, 1, tzinfo=UTC), "student")):
        (person,) = household_members(
            household_no="500001",
            actor=CLERK,
            purpose=Purpose.COUNTER_CASE,
            audience=Audience.CLERK,
            case=None,
            screen="test",
            now=now,
        )
        assert person.facts["employment"].value == value
        assert person.facts["employment"].source == "課税"


@pytest.mark.django_db
@pytest.mark.parametrize("code", ["male", "female", "unspecified"])
def test_every_code_of_sex_that_a_rule_may_ask_for_fits_into_the_register(code: str) -> None:
    register(entries=[replace(TARO, sex=code)], source="住民記録", as_of=TODAY, now=NOW)
    assert ResidentRecord.objects.get(is_current=True).sex == code


@pytest.mark.django_db
def test_who_lives_with_somebody_is_told_by_numbers_and_nobody_of_who_is_gone() -> None:
    stored(TARO, HANA, replace(HANA, resident_no="1000000000038", household_no="500002"))
    assert sorted(living_with(TARO.resident_no)) == [TARO.resident_no, HANA.resident_no]
    stored(replace(HANA, status=ResidentStatus.MOVED_OUT))
    assert living_with(TARO.resident_no) == (TARO.resident_no,)
    assert living_with(HANA.resident_no) == living_with("9") == ()
