"""When every fact is known nothing is open; and learning a fact never turns a settled row."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from madoguchi.jp.open_days import OpenDays
from madoguchi.procedures.decide import decide
from madoguchi.procedures.decisions import Decision, Status
from madoguchi.procedures.facts import FactDefinition, FactRef, FactType, Holder, Value
from madoguchi.procedures.loader import national_pack
from madoguchi.procedures.situation import EventKind, PersonFacts, Situation

ON = date(2026, 11, 9)
MOVED = date(2026, 11, 5)
FAMILY = {"p1": "世帯主", "p2": "妻", "p3": "子", "p4": "母"}
KINDS = [
    EventKind.move_in,
    EventKind.move_in_abroad,
    EventKind.marriage,
    EventKind.divorce,
    EventKind.name_change,
]
DATES = st.integers(0, 100 * 365).map(lambda days: MOVED - timedelta(days=days))


def values_of(definition: FactDefinition) -> st.SearchStrategy[Value]:
    codes = [choice.code for choice in definition.choices]
    match definition.type:
        case FactType.BOOLEAN:
            return st.booleans()
        case FactType.DATE:
            return DATES
        case FactType.NUMBER:
            return st.integers(0, 10_000_000)
        case FactType.CHOICE:
            return st.sampled_from(codes)
        case FactType.CHOICES:
            return st.frozensets(st.sampled_from(codes), max_size=3)
        case _:
            raise AssertionError(definition.key)


def facts(holder: Holder, skipped: tuple[str, ...] = ()) -> st.SearchStrategy[Mapping[str, Value]]:
    return st.fixed_dictionaries(
        {
            definition.key: values_of(definition)
            for definition in national_pack().vocabulary
            if definition.holder is holder and definition.key not in skipped
        }
    )


def people() -> st.SearchStrategy[tuple[PersonFacts, ...]]:
    each = facts(Holder.PERSON, ("relationship", "death_date"))
    return st.tuples(*(each for _ in FAMILY)).map(
        lambda all_values: tuple(
            PersonFacts(name, {**values, "relationship": relationship})
            for (name, relationship), values in zip(FAMILY.items(), all_values, strict=True)
        )
    )


@st.composite
def complete(draw: st.DrawFn) -> Situation:
    kind = draw(st.sampled_from(KINDS))
    event = {**draw(facts(Holder.EVENT, ("birth_date", "death_date"))), "move_date": MOVED}
    household = draw(facts(Holder.HOUSEHOLD))
    return Situation(kind, event, household, draw(people()), None, "p1", ON)


def outcomes(situation: Situation) -> tuple[Decision, ...]:
    return decide(national_pack(), situation, on=ON, open_days=OpenDays())


@settings(max_examples=40, deadline=None)
@given(situation=complete())
def test_nothing_is_open_when_everything_is_known(situation: Situation) -> None:
    assert [
        (one.law_id, one.subject, one.missing) for one in outcomes(situation) if one.status is Status.ASK
    ] == []


@settings(max_examples=40, deadline=None)
@given(situation=complete(), data=st.data())
def test_what_is_settled_stays_settled(situation: Situation, data: st.DataObject) -> None:
    person = data.draw(st.sampled_from(situation.people))
    keys = sorted(key for key in person.values if key != "relationship")
    forgotten = data.draw(st.sets(st.sampled_from(keys), min_size=1, max_size=4))
    before = outcomes(without(situation, person, forgotten))
    after = {(one.procedure, one.subject): one.status for one in outcomes(situation)}
    turned = [
        (one.law_id, one.subject, one.status, after[one.procedure, one.subject])
        for one in before
        if one.status is not Status.ASK and after[one.procedure, one.subject] is not one.status
    ]
    assert turned == []


def without(situation: Situation, person: PersonFacts, forgotten: set[str]) -> Situation:
    kept = {key: value for key, value in person.values.items() if key not in forgotten}
    people = tuple(PersonFacts(one.id, kept) if one is person else one for one in situation.people)
    return Situation(
        situation.event,
        situation.event_values,
        situation.household_values,
        people,
        situation.relations,
        situation.claimant,
        situation.notified_on,
    )


@pytest.mark.parametrize("key", ["health_insurance", "pension", "care_level", "moves"])
def test_an_open_row_names_the_fact_it_needs(key: str, decided: Any) -> None:
    known: dict[str, Any] = {
        "id": "p1",
        "relationship": "世帯主",
        "birth_date": date(1960, 5, 2) if key == "care_level" else date(1984, 5, 2),
        "moves": True,
        "health_insurance": "nhi",
        "pension": "1",
        "care_level": "none",
    }
    del known[key]
    rows = {"health_insurance": "H01", "pension": "N01", "care_level": "K02", "moves": "H01"}
    row = decided(known)[rows[key], "p1"]
    assert row.status is Status.ASK
    assert FactRef(key, "p1") in row.missing
