"""Whose whereabouts may be protected has no address on any page, and nothing of a donor is in the audit."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import pytest
from tests.cast import PLANTED_ADDRESS, RESIDENTS
from tests.rooms.furusato.giving import (
    DESK,
    DONOR,
    HOME,
    MOVED,
    NOW,
    PAPER,
    TARO,
    applied,
    change,
    given,
    three,
)

from madoguchi.audit.models import EntryRow
from madoguchi.furusato import desk
from madoguchi.furusato.deciding import papers_came
from madoguchi.furusato.models import ApplicationRow, GiftRow
from madoguchi.furusato.queries import gifts_of, receipt_of
from madoguchi.furusato.same_donor import vouch
from madoguchi.furusato.values import (
    NewParticulars,
    Reader,
)
from madoguchi.residents.accounts.facts import ClaimedFacts
from madoguchi.residents.sheltering import protect

db = pytest.mark.django_db


@db
def test_a_newer_address_than_the_papers_is_shown_to_the_donor_only() -> None:
    three()
    given({"住所": MOVED.address})
    (seen,) = gifts_of(reader=Reader(("F-0001",)), by=DONOR, now=NOW)
    assert seen.address is None
    moved = ClaimedFacts(TARO.name, MOVED.address, TARO.birth, TARO.sex)
    vouch(account=1, facts=moved, by=DONOR, now=NOW)
    (seen,) = gifts_of(reader=Reader((), 1), by=DONOR, now=NOW)
    assert seen.address == MOVED.address


@db
@pytest.mark.parametrize(
    "said",
    [
        {"氏名": "守田 雪", "生年月日": "1992-01-15", "住所": HOME},
        {"氏名": "守田 雪", "生年月日": "", "住所": HOME},
        {
            "氏名": "別 人",
            "生年月日": "1970-01-01",
            "住所": "まど県まどか市蛍沢7-31-88 かくれみのハイツ707号室",
        },
    ],
)
def test_whoever_may_be_protected_has_no_address_anywhere(
    said: Mapping[str, str], city: object, residents: object
) -> None:
    numbers = three(**said)
    receipt = applied(*numbers)
    change(NewParticulars("守田 雪", "", "", PLANTED_ADDRESS, date(2026, 11, 1)), receipt=receipt)
    shown = gifts_of(reader=PAPER, by=DONOR, now=NOW)
    found = receipt_of(receipt=receipt, reader=PAPER, by=DONOR, now=NOW)
    assert {one.address for one in shown} == {found.address} == {None}
    for row in ApplicationRow.objects.all():
        papers_came(application=row.pk, on=date(2026, 11, 9), by=DESK, now=NOW)
    lines = desk.notice(year=2026, by=DESK, now=NOW)
    assert [(one.address, one.municipality, one.withheld) for one in lines] == [("", "", True)] * 3
    gift, (application,) = desk.gift(number="F-0001", by=DESK, now=NOW)
    assert gift.address is None and application.changes[0].address == ""


@db
def test_a_change_to_where_somebody_protected_lives_is_withheld(city: object, residents: object) -> None:
    receipt = applied(*three())
    change(
        NewParticulars("寄附 太郎", "", "", RESIDENTS["protected"].address, date(2026, 11, 1)),
        receipt=receipt,
    )
    _gift, (application,) = desk.gift(number="F-0001", by=DESK, now=NOW)
    assert application.changes[0].address == ""


@db
def test_a_namesake_born_on_another_day_is_not_withheld(city: object, residents: object) -> None:
    three(氏名="守田 雪", 生年月日="1950-01-01")
    assert {one.address for one in gifts_of(reader=PAPER, by=DONOR, now=NOW)} == {HOME}
    number = RESIDENTS["head"].resident_no
    three_of_head = {"氏名": "髙橋 太郎", "生年月日": "1984-05-02", "寄附番号": "H-1"}
    given(three_of_head)
    head = Reader(("H-1",))
    assert gifts_of(reader=head, by=DONOR, now=NOW)[0].address == HOME
    protect(resident_no=number, begins_on=NOW.date(), ends_on=None, by=DESK, now=NOW)
    assert gifts_of(reader=head, by=DONOR, now=NOW)[0].address is None


@db
def test_nothing_of_a_donor_is_in_the_audit() -> None:
    receipt = applied(*three())
    change(receipt=receipt)
    gifts_of(reader=PAPER, by=DONOR, now=NOW)
    text = " ".join(map(str, EntryRow.objects.values_list("activity", "person_key", "body")))
    assert "太郎" not in text and "新宿" not in text and "大阪" not in text
    assert GiftRow.objects.count() == 3
