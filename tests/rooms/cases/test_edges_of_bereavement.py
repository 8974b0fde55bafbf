"""After a death four people may each do their part: nobody is taken for another (E51), and a day may be 推定 (E19)."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from tests.cast import NOW
from tests.rooms.cases.test_every_event import opened, said
from tests.rooms.cases.walking import answered, seen, visited

from madoguchi.audit.entries import Actor
from madoguchi.cases import sheets
from madoguchi.cases.household_notice import Bereaved
from madoguchi.cases.sheet_facts import PapersOfCase, facts_for_sheets
from madoguchi.papers.facts import Name
from madoguchi.procedures.situation import EventKind

Staff = Mapping[str, Actor]
pytestmark = pytest.mark.django_db
HOST, HEIR, CLAIMANT = "葬儀 喪主男", "相続 代表子", "年金 請求美"


@pytest.fixture
def clerk(city: Staff, procedures: str, residents: Mapping[str, str]) -> Actor:
    return city["clerk_hana"]


def printed(case: str, by: Actor, key: str) -> str:
    """The name in a box of the sheet; empty: to be written by hand."""
    known = facts_for_sheets(PapersOfCase(case, actor=by, now=NOW), None).known.get((key, ""))
    value = "" if known is None else known.value
    return value.text if isinstance(value, Name) else str(value)


def test_e51_who_files_holds_the_funeral_inherits_and_claims_are_four_people(clerk: Actor) -> None:
    case = opened(EventKind.death, clerk)
    said(EventKind.death, case, clerk, bereaved=Bereaved(HOST, HEIR, CLAIMANT))
    visited(case, clerk, person="p2")
    answered(case, clerk)
    boxes = ("notifier.name", "event.funeral_host", "event.heir_representative", "event.pension_claimant")
    assert [printed(case, clerk, key) for key in boxes] == ["髙橋 さくら", HOST, HEIR, CLAIMANT]
    assert sheets.all_sheets(case=case, actor=clerk, now=NOW).pages >= 1


def test_e51_nobody_is_taken_for_another_when_nothing_was_said(clerk: Actor) -> None:
    case = opened(EventKind.death, clerk)
    said(EventKind.death, case, clerk, bereaved=Bereaved(funeral_host=HOST))
    visited(case, clerk, person="p2")
    answered(case, clerk)
    assert printed(case, clerk, "event.funeral_host") == HOST
    assert printed(case, clerk, "event.heir_representative") == ""
    assert printed(case, clerk, "event.pension_claimant") == ""


def test_e51_who_was_named_by_mistake_can_be_taken_out_again(clerk: Actor) -> None:
    case = opened(EventKind.death, clerk)
    said(EventKind.death, case, clerk, bereaved=Bereaved(HOST, HEIR, CLAIMANT))
    said(EventKind.death, case, clerk, bereaved=Bereaved(HOST, "", CLAIMANT))
    assert seen(case, clerk).record.text("heir_representative") == ""
    assert seen(case, clerk).record.text("pension_claimant") == CLAIMANT
