"""Kinship from 続柄: sure where it is unambiguous, open otherwise."""

import pytest

from madoguchi.procedures.facts import FactRef
from madoguchi.procedures.kinship import chains_of, kinship_of
from madoguchi.procedures.situation import EventKind, PersonFacts, Relation, RelationKind, Situation


def household(*relationships: str | None, relations: tuple[Relation, ...] | None = None) -> Situation:
    people = tuple(
        PersonFacts(f"p{place}", {} if text is None else {"relationship": text})
        for place, text in enumerate(relationships, start=1)
    )
    return Situation(EventKind.move_in, {}, {}, people, relations)


@pytest.mark.parametrize(
    ("text", "chains"),
    [
        ("世帯主", ((),)),
        ("子", (("子",),)),
        ("子の子", (("子", "子"),)),
        ("妻の母", (("妻", "母"),)),
        ("夫(未届)", (("夫（未届）",),)),
        ("妻（未届）", (("妻（未届）",),)),
        ("子（子の夫）", (("子",), ("子", "夫"))),
        ("縁故者", ()),
        ("いとこ", ()),
    ],
)
def test_a_relationship_is_read(text: str, chains: tuple[tuple[str, ...], ...]) -> None:
    assert chains_of(text) == chains


def test_a_family_of_four_is_sure() -> None:
    kinship = kinship_of(household("世帯主", "妻", "子", "妻の子"))
    assert kinship.of("parents", "p3").sure == ("p1", "p2")
    assert kinship.of("parents", "p4").sure == ("p2",)
    assert kinship.of("spouse", "p1").sure == ("p2",)
    assert kinship.of("spouse", "p2").sure == ("p1",)
    assert kinship.of("children", "p2").sure == ("p3", "p4")
    assert kinship.of("guardians", "p3").sure == ("p1", "p2")
    assert kinship.household_children.sure == ("p3", "p4")
    assert kinship.household_children.maybe == ()


def test_a_parent_of_the_head_makes_the_head_a_child() -> None:
    assert kinship_of(household("世帯主", "母")).household_children.sure == ("p1",)


def test_an_unregistered_spouse_is_no_spouse() -> None:
    assert kinship_of(household("世帯主", "妻（未届）")).of("spouse", "p1").sure == ()


def test_a_grandchild_of_two_children_is_open() -> None:
    kinship = kinship_of(household("世帯主", "子", "子", "子の子"))
    parents = kinship.of("parents", "p4")
    assert parents.sure == ()
    assert set(parents.maybe) == {"p2", "p3"}


def test_an_unknown_relationship_leaves_kin_open_and_names_whose() -> None:
    kinship = kinship_of(household("世帯主", None))
    assert kinship.of("parents", "p2").maybe == ("p1",)
    assert kinship.of("parents", "p2").concerned == (FactRef("relationship", "p2"),)


def test_several_lodgers_are_open_among_each_other_and_one_is_not() -> None:
    assert kinship_of(household("世帯主", "同居人")).of("parents", "p2").maybe == ()
    assert kinship_of(household("世帯主", "同居人", "同居人")).of("parents", "p2").maybe != ()


def test_given_relations_are_the_whole_truth() -> None:
    relations = (Relation(RelationKind.parent, "p2", "p1"), Relation(RelationKind.guardian, "p3", "p1"))
    kinship = kinship_of(household("世帯主", "子", "子", relations=relations))
    assert kinship.household_children.sure == ("p2",)
    assert kinship.of("guardians", "p3").sure == ("p1",)
    assert kinship.of("parents", "p3").maybe == ()
