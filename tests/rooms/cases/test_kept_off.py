"""The address of somebody protected is in nothing that a case makes (支援措置); taking the guard away, it is found."""

from __future__ import annotations

from collections.abc import Mapping
from io import BytesIO

import pytest
from pypdf import PdfReader
from tests.cast import NOW, PLANTED, PLANTED_ADDRESS, PLANTED_BUILDING, TODAY, certificate
from tests.rooms.cases.test_living_together import moving
from tests.rooms.cases.test_who_may_file import came
from tests.rooms.cases.walking import opened, seen, sign, visited

from madoguchi.audit.entries import Actor, Purpose
from madoguchi.cases import closing, opening, queries, sheets
from madoguchi.cases.acting import find_case
from madoguchi.cases.record import comes_together, read_record
from madoguchi.cases.states import VisitorKind
from madoguchi.residents.protection import ALLOWED_WHEN_PROTECTED, Audience

Staff = Mapping[str, Actor]
MOVERS = ("p1", "p2", "p3", "p4", "p5")


def planted_in(text: str) -> list[str]:
    return [word for word in PLANTED if word in text]


def with_the_protected(by: Actor, resident: str) -> str:
    """A move to the planted address, with the protected person of the register among those who move."""
    case = opened(by)
    opening.begin_from_certificate(
        case=case,
        certificate=certificate(new_address=PLANTED_ADDRESS, new_building=PLANTED_BUILDING),
        by=by,
        now=NOW,
    )
    opening.add_residents(case=case, resident_nos=[resident], staying=False, by=by, now=NOW)
    moving(case, by, *MOVERS, "p6", p6="同居人")
    return case


def words_of(pdf: bytes) -> str:
    return "".join(page.extract_text() for page in PdfReader(BytesIO(pdf)).pages)


def made(case: str, by: Actor) -> dict[str, str]:
    """Everything that the room gives out of a case except the record itself, as text."""
    papers = (sheets.guide, sheets.confirmation, sheets.all_sheets)
    out = {paper.__name__: words_of(paper(case=case, actor=by, now=NOW).pdf) for paper in papers}
    out["worklist"] = repr(queries.worklist(branch="main", now=NOW))
    out["history"] = repr(queries.history(case=case))
    out["reviews"] = repr(queries.waiting_for_review(actor=by))
    out["tasks"] = repr([queries.department_tasks(departments=(one,)) for one in ("insurance", "citizens")])
    out["titles"] = repr(sheets.sheet_titles(case=case))
    return out


def leaks(found: Mapping[str, str]) -> set[str]:
    return {where for where, text in found.items() if planted_in(text)}


@pytest.mark.django_db
@pytest.mark.parametrize("kind", [None, VisitorKind.AGENT, VisitorKind.HOUSEHOLD, VisitorKind.LEGAL])
def test_nothing_made_for_another_carries_it(
    kind: VisitorKind | None, city: Staff, procedures: str, residents: Mapping[str, str]
) -> None:
    """Before anybody came, for an agent, and for somebody of the household: default deny."""
    clerk = city["clerk_hana"]
    case = with_the_protected(clerk, residents["protected"])
    if kind is not None:
        came(case, clerk, kind, person="p1" if kind is VisitorKind.HOUSEHOLD else "")
    assert leaks(made(case, clerk)) == set()


@pytest.mark.django_db
def test_without_the_guard_it_is_found(
    city: Staff, procedures: str, residents: Mapping[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "protected_people", lambda numbers, *, on: frozenset())
    clerk = city["clerk_hana"]
    case = with_the_protected(clerk, residents["protected"])
    came(case, clerk, VisitorKind.AGENT)
    assert {"confirmation", "all_sheets"} <= leaks(made(case, clerk))


@pytest.mark.django_db
def test_the_one_who_signs_for_themselves_gets_their_own_address(
    city: Staff, procedures: str, residents: Mapping[str, str]
) -> None:
    clerk = city["clerk_hana"]
    case = with_the_protected(clerk, residents["protected"])
    visited(case, clerk, person="p6")
    sign(case, clerk)
    found = leaks(made(case, clerk))
    assert "confirmation" in found
    assert found.isdisjoint({"worklist", "history", "reviews", "tasks", "titles"})


@pytest.mark.django_db
def test_asking_for_it_is_enough_without_any_register(city: Staff, procedures: str) -> None:
    """Somebody from another city who is protected there: the wish alone keeps the address off (E48)."""
    clerk = city["clerk_hana"]
    case = opened(clerk)
    opening.begin_from_certificate(
        case=case,
        certificate=certificate(new_address=PLANTED_ADDRESS, new_building=PLANTED_BUILDING),
        by=clerk,
        now=NOW,
    )
    assert seen(case, clerk).address_shown
    opening.set_who_moves(
        case=case, moving=frozenset(MOVERS), relationships={}, claimant=None, keep_address_off=True, by=clerk,
        now=NOW, version=None,
    )  # fmt: skip
    came(case, clerk, VisitorKind.AGENT)
    assert not seen(case, clerk).address_shown
    assert leaks(made(case, clerk)) == set()


@pytest.mark.django_db
@pytest.mark.parametrize("audience", Audience)
def test_every_audience_has_an_answer_and_it_is_no_unless_it_is_their_own_paper(
    audience: Audience, city: Staff, procedures: str, residents: Mapping[str, str]
) -> None:
    clerk = city["clerk_hana"]
    case = with_the_protected(clerk, residents["protected"])
    record = read_record(find_case(case))
    assert "p6" in comes_together(record)
    shown = queries.address_may_appear(record, audience=audience, on=TODAY)
    assert shown is (audience in ALLOWED_WHEN_PROTECTED)


@pytest.mark.django_db
def test_reading_a_case_is_written_down_with_its_purpose_and_without_its_values(
    city: Staff, procedures: str, residents: Mapping[str, str]
) -> None:
    from madoguchi.audit.models import EntryRow

    clerk = city["officer_nhi"]
    case = with_the_protected(city["clerk_hana"], residents["protected"])
    queries.case_view(case=case, actor=clerk, purpose=Purpose.DEPARTMENT_TASK, screen="task", now=NOW)
    rows = EntryRow.objects.filter(staff_id=clerk.staff_id, person_key=residents["protected"])
    assert [row.purpose for row in rows] == [Purpose.DEPARTMENT_TASK.value]
    assert (
        planted_in(" ".join(map(str, EntryRow.objects.values_list("activity", "person_key", "body")))) == []
    )
    with pytest.raises(closing.NobodyCame):
        sign(case, city["clerk_hana"])
