"""Identifiers are counted on everybody: a set is unique if and only if comparing everybody with everybody says so."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from itertools import chain, combinations

import pytest
from django.db import IntegrityError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests import cast
from tests.cast import NOW, TODAY, number

from madoguchi.audit.entries import Actor
from madoguchi.audit.models import EntryRow
from madoguchi.jp.addresses import town_and_lot
from madoguchi.jp.dates import PossibleDays
from madoguchi.jp.names import NameParts
from madoguchi.residents import identifying
from madoguchi.residents.identifiers import CountState, Identifier, SetCount, best_by_size, smallest_sets
from madoguchi.residents.identifying import CountUnderWay, NobodyToCount, ask_for_count, count
from madoguchi.residents.models import IdentifierCountRow
from madoguchi.residents.operations import register
from madoguchi.residents.people import RegisterEntry, ResidentStatus
from madoguchi.residents.telling_apart import CODES, measure

pytestmark = [pytest.mark.django_db, pytest.mark.on_both]
BY = Actor(None, "推進 六花", "", "")
EVERY_SET = [
    frozenset(parts)
    for parts in chain.from_iterable(combinations(Identifier, size) for size in range(1, len(Identifier) + 1))
]
UNKNOWN_DAY = PossibleDays("昭和10年月日不詳", date(1935, 1, 1), date(1935, 12, 31))


def person(serial: int, **more: object) -> RegisterEntry:
    """Somebody of まどか市; everybody is the same but for the number, unless said otherwise."""
    usual = RegisterEntry(
        number(serial), NameParts("窓口 光", "マドグチ ヒカル"), date(2018, 4, 2), "male", "子", "1", "まど県まどか市緑町一丁目2番地"
    )  # fmt: skip
    return replace(usual, **more)  # type: ignore[arg-type]  # what replace takes is checked by the entry itself


people = st.builds(
    person,
    serial=st.just(0),
    name=st.builds(
        NameParts, st.sampled_from(["青木 一", "赤木 二"]), st.sampled_from(["アオキ ハジメ", "アカギ ジ", None])
    ),
    birth=st.sampled_from([date(1980, 1, 1), date(1980, 1, 2), UNKNOWN_DAY]),
    sex=st.sampled_from(["male", "female", ""]),
    household_no=st.sampled_from(["1", "2", "3"]),
    address=st.sampled_from(["まど県まどか市柏台1", "まど県まどか市柏台2", "まど県まどか市緑町1番地", "まど県まどか市緑町一丁目"]),
)  # fmt: skip


def said_of(one: RegisterEntry) -> Mapping[Identifier, str]:
    """What each identifier is for a person, worked out apart from the code under test."""
    town, lot = {
        "まど県まどか市柏台1": ("柏台", "1"),
        "まど県まどか市柏台2": ("柏台", "2"),
        "まど県まどか市緑町1番地": ("緑町", "1"),
        "まど県まどか市緑町一丁目": ("緑町一丁目", ""),
    }[one.address]
    return {
        Identifier.NUMBER: one.resident_no,
        Identifier.HOUSEHOLD: one.household_no,
        Identifier.NAME: one.name.name,
        Identifier.KANA: one.name.kana or "",
        Identifier.BIRTH: "" if isinstance(one.birth, PossibleDays) else one.birth.isoformat(),
        Identifier.SEX: one.sex,
        Identifier.TOWN: town,
        Identifier.LOT: lot,
    }


def by_force(everybody: Sequence[RegisterEntry], of: frozenset[Identifier]) -> tuple[int, int]:
    """Ambiguous and lacking people of a set, by comparing everybody with everybody."""
    told = [[said_of(one)[part] for part in sorted(of, key=lambda part: part.value)] for one in everybody]
    lacking = sum(1 for one in told if "" in one)
    whole = [one for one in told if "" not in one]
    ambiguous = sum(
        1 for at, one in enumerate(whole) if any(one == other for to, other in enumerate(whole) if to != at)
    )
    return ambiguous, lacking


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(drawn=st.lists(people, min_size=1, max_size=9), twins=st.booleans())
def test_a_set_is_unique_if_and_only_if_comparing_everybody_says_so(
    drawn: list[RegisterEntry], twins: bool, city: object
) -> None:
    everybody = [
        replace(one, resident_no=number(at))
        for at, one in enumerate([*drawn, *(drawn[:1] if twins else [])], start=1)
    ]
    with transaction.atomic():
        register(entries=everybody, source="住民記録", as_of=TODAY, now=NOW)
        measured = measure()
        transaction.set_rollback(True)
    found = {one.identifiers: one for one in measured.sets}
    assert measured.residents == len(everybody)
    unique = {of for of in EVERY_SET if by_force(everybody, of) == (0, 0)}
    for of in EVERY_SET:
        if of in found:
            assert (found[of].ambiguous, found[of].lacking) == by_force(everybody, of), of
        else:
            assert any(part < of for part in unique), of
    assert {one.identifiers for one in smallest_sets(measured.sets)} == {
        of for of in unique if not any(other < of for other in unique)
    }
    if twins:
        assert all(Identifier.NUMBER in of for of in unique)


def test_twins_of_one_name_are_told_apart_by_their_number_only(city: object) -> None:
    register(entries=[person(1), person(2), person(3, sex="female")], source="住民記録", as_of=TODAY, now=NOW)
    found = {one.identifiers: one for one in measure().sets}
    everything_else = frozenset(Identifier) - {Identifier.NUMBER}
    assert found[everything_else] == SetCount(everything_else, 2, 1, 0)
    assert found[frozenset({Identifier.NUMBER})].unique


def test_what_a_reader_takes_for_the_same_is_the_same(city: object) -> None:
    register(
        entries=[
            person(
                1,
                name=NameParts("髙橋 太郎", "タカハシ タロウ"),
                address="まど県まどか市柏台三丁目5番地の1 柏ハイツ2号",
            ),
            person(2, name=NameParts("高橋太郎", "たかはし　たろう"), address="まどか市柏台3丁目5-1"),
        ],
        source="住民記録",
        as_of=TODAY,
        now=NOW,
    )
    found = {one.identifiers: one for one in measure().sets}
    for one in (Identifier.NAME, Identifier.KANA, Identifier.TOWN, Identifier.LOT):
        assert found[frozenset({one})].ambiguous == 2, one


@pytest.mark.parametrize(
    ("address", "town", "lot"),
    [
        ("北一条西四丁目18-2 柏台コーポ707号", "北一条西4丁目", "18-2"),
        ("平塚町33番地2 サンライズ椋502号", "平塚町", "33-2"),
        ("柏台5番1号", "柏台", "5-1"),
        ("大字緑町字南９番地の１０", "緑町字南", "9-10"),
        ("緑町", "緑町", ""),
        ("", "", ""),
    ],
)
def test_an_address_in_town_and_lot(address: str, town: str, lot: str) -> None:
    assert town_and_lot(address) == (town, lot)


def test_only_those_who_live_here_now_are_counted(city: object) -> None:
    gone = person(3, status=ResidentStatus.MOVED_OUT)
    register(
        entries=[person(1), person(2, sex="female"), gone], source="住民記録", as_of=TODAY, now=NOW
    )  # fmt: skip
    found = measure()
    assert found.residents == 2
    assert frozenset({Identifier.SEX}) in {one.identifiers for one in found.sets if one.unique}


def test_for_how_many_the_register_holds_a_fact(city: object) -> None:
    facts = {"health_insurance": "nhi"}
    register(
        entries=[
            person(1, facts=facts),
            person(2, sex=""),
            person(3, facts=facts, status=ResidentStatus.MOVED_OUT),
        ],
        source="住民記録",
        as_of=TODAY,
        now=NOW,
    )
    held = measure().held
    assert (held["health_insurance"], held["sex"], held["birth_date"]) == (1, 1, 2)
    assert "pension" not in held


class TestAsking:
    def test_it_is_written_down_before_anything_is_read(
        self, residents: Mapping[str, str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def broken(tell: object) -> None:
            raise RuntimeError("the database went away")

        monkeypatch.setattr(identifying, "measure", broken)
        asked = ask_for_count(by=BY, now=NOW)
        with pytest.raises(RuntimeError):
            count(number=asked, clock=lambda: NOW)
        entry = EntryRow.objects.get(activity="identifiers_counted")
        assert (entry.staff_name, entry.body) == ("推進 六花", {"count": asked})
        failed = identifying.newest()
        assert failed is not None
        assert failed.state is CountState.FAILED
        assert "もう一度数えてください" in failed.sentence
        assert ask_for_count(by=BY, now=NOW) != asked

    def test_one_at_a_time_unless_it_broke_off(self, residents: Mapping[str, str]) -> None:
        first = ask_for_count(by=BY, now=NOW)
        with pytest.raises(CountUnderWay):
            ask_for_count(by=BY, now=NOW + timedelta(minutes=29))
        second = ask_for_count(by=BY, now=NOW + timedelta(minutes=31))
        states = dict(IdentifierCountRow.objects.values_list("pk", "state"))
        assert (states[first], states[second]) == ("failed", "waiting")
        with pytest.raises(IntegrityError), transaction.atomic():
            IdentifierCountRow.objects.create(
                state="waiting", under_way=True, asked_by="x", asked_at=NOW, touched_at=NOW
            )
        with pytest.raises(IntegrityError), transaction.atomic():
            IdentifierCountRow.objects.filter(pk=second).update(state="done", under_way=None)

    def test_a_count_is_made_once(
        self, residents: Mapping[str, str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        asked = ask_for_count(by=BY, now=NOW)
        count(number=asked, clock=lambda: NOW)
        monkeypatch.setattr(identifying, "measure", None)
        count(number=asked, clock=lambda: NOW)
        found = identifying.last_count()
        assert found is not None
        assert (found.state, found.residents) == (CountState.DONE, len(residents))

    def test_an_empty_register_is_not_counted(self, city: object) -> None:
        with pytest.raises(NobodyToCount):
            ask_for_count(by=BY, now=NOW)

    def test_nothing_of_a_person_is_kept(self, residents: Mapping[str, str]) -> None:
        count(number=ask_for_count(by=BY, now=NOW), clock=lambda: NOW)
        kept = repr(list(IdentifierCountRow.objects.values()))
        for one in cast.RESIDENTS.values():
            assert one.name.name not in kept
            assert one.resident_no not in kept
        assert CODES not in connection.introspection.table_names()
        with pytest.raises(Exception, match=CODES), transaction.atomic():
            connection.cursor().execute(f"SELECT 1 FROM {CODES}")


def test_a_larger_set_is_shown_only_when_it_leaves_fewer() -> None:
    name, birth, sex = (frozenset({one}) for one in (Identifier.NAME, Identifier.BIRTH, Identifier.SEX))
    counted = [
        SetCount(name, 10, 4, 0), SetCount(birth, 20, 9, 0), SetCount(name | birth, 4, 2, 0), SetCount(name | sex, 6, 3, 0),
        SetCount(name | birth | sex, 4, 2, 0),
    ]  # fmt: skip
    assert [one.identifiers for one in best_by_size(counted)] == [name, name | birth]
