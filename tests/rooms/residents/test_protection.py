"""支援措置: a protected person's whereabouts appear nowhere, and nothing shows that they are protected."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from madoguchi.audit.entries import Actor, Purpose
from madoguchi.audit.models import EntryRow
from madoguchi.jp.names import NameParts
from madoguchi.residents import disclosure, search
from madoguchi.residents.disclosure import disclose, household_members
from madoguchi.residents.models import Protection
from madoguchi.residents.operations import register
from madoguchi.residents.people import DisclosedPerson, RegisterEntry, SearchTerms
from madoguchi.residents.protection import NEVER_SHOWN, Audience, may_show_address
from madoguchi.residents.sheltering import lift_protection, protect

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
TODAY = date(2026, 11, 23)
CLERK = Actor(1, "窓口 花子", "main", "desk-1")
SECRET = "まどか市秘密台九丁目9-9"
SHELTERED = RegisterEntry(
    "1000000012",
    NameParts("窓野 桜", "マドノ サクラ"),
    date(1990, 1, 2),
    "female",
    "世帯主",
    "5001",
    SECRET,
    "000-0909",
)
CHILD = replace(
    SHELTERED, resident_no="1000000020", name=NameParts("窓野 葵", "マドノ アオイ"), relationship="子"
)
NEXT_DOOR = replace(
    SHELTERED, resident_no="1000000039", name=NameParts("柏 香", "カシワ カオリ"), household_no="5002"
)
ORDINARY = replace(
    SHELTERED,
    resident_no="1000000047",
    name=NameParts("窓野 茂", "マドノ シゲ"),
    household_no="5003",
    address="まどか市柏台一丁目1-1",
)
HOMELESS = replace(ORDINARY, resident_no="1000000055", household_no="5004", address="", postal_code="")


@pytest.fixture
def people(city: None) -> None:
    register(
        entries=[SHELTERED, CHILD, NEXT_DOOR, ORDINARY, HOMELESS], source="住民記録", as_of=TODAY, now=NOW
    )


@pytest.fixture
def protected(people: None) -> None:
    begin(SHELTERED)


def begin(person: RegisterEntry, *, provisional: bool = False, together: tuple[str, ...] = ()) -> None:
    protect(
        resident_no=person.resident_no,
        begins_on=date(2026, 4, 1),
        ends_on=date(2027, 3, 31),
        by=CLERK,
        now=NOW,
        provisional=provisional,
        together=together,
    )


def read(person: RegisterEntry, audience: Audience = Audience.CLERK) -> DisclosedPerson:
    (found,) = disclose(
        actor=CLERK,
        purpose=Purpose.COUNTER_CASE,
        resident_nos=[person.resident_no],
        audience=audience,
        case="case-1",
        screen="test",
        now=NOW,
    )
    return found


@pytest.mark.parametrize(
    "audience", [one for one in Audience if one not in (Audience.SHEET_TO_SELF, Audience.EMERGENCY)]
)
def test_the_address_is_withheld_from_every_audience_but_ones_own_sheet(
    protected: None, audience: Audience
) -> None:
    assert not may_show_address(SHELTERED.resident_no, audience=audience, on=TODAY)
    assert read(SHELTERED, audience).address is None
    assert read(SHELTERED, audience).postal_code is None
    assert SECRET not in repr(read(SHELTERED, audience)) and "秘密台" not in repr(read(SHELTERED, audience))


def test_ones_own_sheet_carries_the_address(protected: None) -> None:
    assert read(SHELTERED, Audience.SHEET_TO_SELF).address == SECRET


@pytest.mark.parametrize("audience", [one for one in Audience if one not in NEVER_SHOWN])
def test_others_are_shown_as_before(protected: None, audience: Audience) -> None:
    assert read(ORDINARY, audience).address == ORDINARY.address


@pytest.mark.parametrize("other", [CHILD, NEXT_DOOR], ids=["same household", "same address"])
def test_whoever_lives_with_them_is_shielded_too(protected: None, other: RegisterEntry) -> None:
    assert read(other).address is None


def test_those_protected_together_stay_so_when_they_live_elsewhere(people: None) -> None:
    begin(SHELTERED, together=(ORDINARY.resident_no,))
    assert read(ORDINARY).address is None


def test_provisional_protection_holds_as_well(people: None) -> None:
    begin(SHELTERED, provisional=True)
    assert read(SHELTERED).address is None


@pytest.mark.parametrize(
    ("on", "shown"), [(date(2026, 3, 31), True), (date(2026, 4, 1), False), (date(2028, 1, 1), False)]
)
def test_it_begins_on_its_day_and_does_not_end_by_itself(protected: None, on: date, shown: bool) -> None:
    assert may_show_address(SHELTERED.resident_no, audience=Audience.CLERK, on=on) is shown


def test_it_ends_when_it_is_lifted(protected: None) -> None:
    lift_protection(resident_no=SHELTERED.resident_no, on=TODAY, by=CLERK, now=NOW)
    assert read(SHELTERED).address == SECRET


def test_what_is_withheld_looks_like_what_is_not_known(protected: None) -> None:
    hidden, unknown = read(SHELTERED), read(HOMELESS)
    assert (hidden.address, hidden.postal_code) == (unknown.address, unknown.postal_code) == (None, None)
    words = repr(hidden).lower()
    assert not any(word in words for word in ("protect", "支援", "handling", "withheld", "hidden"))
    assert set(hidden.facts) == set(unknown.facts)


def found(**terms: object) -> list[str]:
    result = search.search(
        terms=SearchTerms(**terms),  # type: ignore[arg-type]  # keywords vary by test
        actor=CLERK,
        purpose=Purpose.COUNTER_CASE,
        case=None,
        now=NOW,
    )
    assert "秘密台" not in repr(result)
    assert "柏台" not in repr(result)
    return [hit.resident_no for hit in result.hits]


def test_a_search_never_finds_them_by_address_and_always_by_name(protected: None) -> None:
    assert found(address="秘密台") == [] == found(address="秘密台", kana="マドノ")
    assert found(address="柏台") == [ORDINARY.resident_no]
    assert {SHELTERED.resident_no, ORDINARY.resident_no} <= set(found(kana="マドノ"))


def test_hits_have_the_same_shape_for_everybody(protected: None) -> None:
    result = search.search(
        terms=SearchTerms(kana="マドノ"), actor=CLERK, purpose=Purpose.COUNTER_CASE, case=None, now=NOW
    )
    assert {tuple(hit.__slots__) for hit in result.hits} == {
        ("resident_no", "name", "kana", "birth", "relationship")
    }


def test_a_full_page_of_them_does_not_hide_others(people: None) -> None:
    many = [
        replace(
            SHELTERED,
            resident_no=str(2_000_000_000 + index),
            household_no=str(6000 + index),
            address="まどか市柏台九丁目1-1",
        )
        for index in range(30)
    ]
    last = replace(ORDINARY, resident_no="3000000000", household_no="7000", address="まどか市柏台九丁目2-1")
    register(entries=[*many, last], source="住民記録", as_of=TODAY, now=NOW)
    begin(many[0])
    assert found(address="柏台9丁目") == [last.resident_no]


@pytest.mark.parametrize("person", [SHELTERED, ORDINARY])
def test_reading_them_takes_the_same_steps(protected: None, person: RegisterEntry) -> None:
    with CaptureQueriesContext(connection) as ordinary:
        read(ORDINARY)
    with CaptureQueriesContext(connection) as asked:
        read(person)
    assert len(asked) == len(ordinary)


def test_every_reading_is_written_down_before_it_is_given_out(
    people: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    began = EntryRow.objects.filter(kind="access").count()
    household_members(
        household_no="5001",
        actor=CLERK,
        purpose=Purpose.COUNTER_CASE,
        audience=Audience.CLERK,
        case="case-1",
        screen="test",
        now=NOW,
    )
    found(kana="マドノ シゲ")
    written = list(
        EntryRow.objects.filter(kind="access").order_by("id")[began:].values_list("person_key", "case")
    )
    assert written[:2] == [(SHELTERED.resident_no, "case-1"), (CHILD.resident_no, "case-1")]
    assert {key for key, _ in written[2:]} == {ORDINARY.resident_no, HOMELESS.resident_no}

    def refuse(**_: object) -> None:
        raise RuntimeError("the audit is full")

    for room in (disclosure, search):
        monkeypatch.setattr(room, "record_access", refuse)
    with pytest.raises(RuntimeError, match="audit is full"):
        read(ORDINARY)
    with pytest.raises(RuntimeError, match="audit is full"):
        found(kana="マドノ")


@pytest.fixture
def everything_logged(caplog: pytest.LogCaptureFixture) -> Iterator[pytest.LogCaptureFixture]:
    with caplog.at_level(logging.INFO):
        yield caplog


def test_nothing_personal_is_logged(protected: None, everything_logged: pytest.LogCaptureFixture) -> None:
    read(SHELTERED)
    found(name="窓野 桜")
    assert not any(
        word in everything_logged.text for word in ("窓野", "マドノ", "秘密台", SHELTERED.resident_no)
    )


@pytest.mark.parametrize("audience", sorted(NEVER_SHOWN, key=lambda one: one.value))
def test_no_list_search_board_or_log_carries_anybodys_address(people: None, audience: Audience) -> None:
    assert read(ORDINARY, audience).address is None
    assert not may_show_address(ORDINARY.resident_no, audience=audience, on=TODAY)


def test_a_member_of_the_household_is_shielded_at_whatever_address(protected: None) -> None:
    register(
        entries=[replace(CHILD, address="まどか市秘密台九丁目9-9 別棟")],
        source="住民記録",
        as_of=TODAY,
        now=NOW,
    )
    assert read(CHILD).address is None
    assert found(address="秘密台九丁目9-9別棟") == []


def test_somebody_protected_who_is_not_on_the_register_is_not_shown_either(people: None) -> None:
    begin(SHELTERED)
    Protection.objects.update(resident_no="9999999993")
    assert not may_show_address("9999999993", audience=Audience.CLERK, on=TODAY)
