"""E49: a department that sends letters is told to ask first, on its own part of the case; not why."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest
from django.test import Client
from tests import cast
from tests.rooms.cases.walking import answered, begun, sign, visited

from madoguchi.audit.entries import Actor
from madoguchi.cases import opening, queries
from madoguchi.cases.models import PersonRow

pytestmark = pytest.mark.django_db
Staff = Mapping[str, Actor]
WORDS = "郵便を送らないでください"


def task_page(case: str, browser: Client) -> str:
    (task,) = [
        one
        for one in queries.department_tasks(departments=frozenset({"insurance"}))
        if one.case == case and one.procedure == "nhi-enrol"
    ][:1]
    return browser.get(f"/desk/{task.id}/").content.decode()


def signed(by: Actor, *, hold_post: bool) -> str:
    case = begun(by)
    opening.set_who_moves(
        case=case, moving=frozenset(f"p{n}" for n in range(1, 6)), relationships={}, claimant="p1",
        keep_address_off=False, hold_post=hold_post, by=by, now=cast.NOW, version=None,
    )  # fmt: skip
    visited(case, by)
    answered(case, by)
    sign(case, by, now=cast.NOW)
    return case


def test_e49_the_departments_screen_says_that_no_letter_goes_out(
    city: Staff, procedures: str, signed_in: Callable[[str], Client]
) -> None:
    browser = signed_in("officer_nhi")
    assert WORDS not in task_page(signed(city["clerk_hana"], hold_post=False), browser)
    assert WORDS in task_page(signed(city["clerk_hana"], hold_post=True), browser)


def test_e49_of_protected_people_it_says_the_same_and_no_more(
    city: Staff, procedures: str, residents: Mapping[str, str], signed_in: Callable[[str], Client]
) -> None:
    case = signed(city["clerk_hana"], hold_post=False)
    PersonRow.objects.filter(case__public_id=case, ref="p1").update(resident_no=residents["protected"])
    page = task_page(case, signed_in("officer_nhi"))
    assert WORDS in page
    assert "支援措置" not in page and not [word for word in cast.PLANTED if word in page]


def test_the_clerk_ticks_it_on_the_page_of_the_household(
    city: Staff, procedures: str, signed_in: Callable[[str], Client]
) -> None:
    case, browser = begun(city["clerk_hana"]), signed_in("clerk_hana")
    said = {"moves": ["p1", "p2"], "claimant": "p1", "hold_post": "yes", "join": "new"}
    assert browser.post(f"/cases/{case}/household/", said).status_code == 302
    assert (
        'id="hold_post" name="hold_post" value="yes" checked'
        in browser.get(f"/cases/{case}/household/").content.decode()
    )
