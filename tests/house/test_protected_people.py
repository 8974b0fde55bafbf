"""Where a protected person lives is found nowhere, and finding it is what these tests can do (支援措置)."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest
from django.test import Client
from tests.cast import NOW, PLANTED, PLANTED_ADDRESS, PLANTED_BUILDING, RESIDENTS, certificate
from tests.house.walk import said
from tests.rooms.cases.walking import opened, visited

from madoguchi.audit.entries import Actor
from madoguchi.audit.models import EntryRow
from madoguchi.cases import opening

Staff = Mapping[str, Actor]
PROTECTED = RESIDENTS["protected"]


def planted_in(text: str) -> list[str]:
    return [word for word in PLANTED if word in text]


def with_the_protected(by: Actor) -> str:
    """A case into which the protected person was brought from the register, and which asks to keep it off."""
    case = opened(by)
    opening.begin_from_certificate(
        case=case,
        certificate=certificate(new_address=PLANTED_ADDRESS, new_building=PLANTED_BUILDING),
        by=by,
        now=NOW,
    )
    opening.join_household(case=case, number=PROTECTED.household_no, by=by, now=NOW)
    movers = [f"p{n}" for n in range(1, 6)]
    opening.set_who_moves(
        case=case,
        moving=frozenset(movers),
        relationships=dict.fromkeys(movers, "同居人"),
        claimant="p1",
        keep_address_off=False,
        by=by,
        now=NOW,
        version=None,
    )
    return case


def visited_by_another(case: str, by: Actor) -> None:
    from madoguchi.cases.states import IdentityDocument, VisitorKind

    opening.set_visitor(
        case=case,
        kind=VisitorKind.AGENT,
        person="",
        name="代理 良子",
        phone="",
        documents=frozenset({IdentityDocument.PASSPORT}),
        proof_seen=True,
        unproved=False,
        by=by,
        now=NOW,
        version=None,
    )


@pytest.mark.django_db
def test_nothing_of_the_address_is_in_the_audit(
    city: Staff, procedures: str, residents: Mapping[str, str]
) -> None:
    with_the_protected(city["clerk_hana"])
    rows = EntryRow.objects.values_list("activity", "person_key", "body")
    assert planted_in(" ".join(map(str, rows))) == []


@pytest.mark.django_db
def test_a_search_finds_them_by_name_without_an_address_and_not_by_address(
    city: Staff, procedures: str, residents: Mapping[str, str], signed_in: Callable[[str], Client]
) -> None:
    browser = signed_in("clerk_hana")
    case = opened(city["clerk_hana"])
    by_name = said(browser.post(f"/cases/{case}/find/", {"name": "守田 雪"}))
    assert PROTECTED.resident_no in by_name
    assert planted_in(by_name) == []
    by_address = said(browser.post(f"/cases/{case}/find/", {"address": "蛍沢七丁目"}))
    assert PROTECTED.resident_no not in by_address


@pytest.mark.django_db
def test_a_paper_that_the_person_signs_carries_it(
    city: Staff, procedures: str, residents: Mapping[str, str], signed_in: Callable[[str], Client]
) -> None:
    clerk = city["clerk_hana"]
    case = with_the_protected(clerk)
    visited(case, clerk)
    answer = signed_in("clerk_hana").get(f"/cases/{case}/papers/confirmation.pdf")
    assert planted_in(said(answer)) != []
