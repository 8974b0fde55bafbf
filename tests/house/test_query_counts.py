"""How many queries each screen of the counter and of the form review takes, held to a committed number.

A screen that needs more than before is a decision, not an accident: MADOGUCHI_WRITE_BASELINE=1 writes the numbers anew.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests.applying import ALLOWANCE, browser_of_role, form_of
from tests.cast import NOW
from tests.house.walk import AFTER_SIGNING, BEFORE_SIGNING
from tests.personas import browser_of, mandate_of, personas
from tests.rooms.cases.walking import begun, signed, visited

from madoguchi.audit.entries import Actor
from madoguchi.cases.from_home.opening import CONSENT_VERSION
from madoguchi.cases.models import HomeCaseRow
from madoguchi.residents import identifying

BASELINE = Path(__file__).with_name("query_counts.json")
MOST = 60
FORM_REVIEW = tuple(
    f"office/form-review/{screen}"
    for screen in ("", "sheets/nhi-enrol/", "identifiers/", "assumptions/", "print/", "book.xlsx")
)

OF_RESIDENTS = ("my/", "my/seen/", "my/mandates/", "my/mandates/ask/")


def counted(case: str, addresses: tuple[str, ...], browser: Client) -> dict[str, int]:
    counts = {}
    for address in addresses:
        url = f"/{address.format(case=case)}"
        browser.get(url)
        with CaptureQueriesContext(connection) as queries:
            browser.get(url)
        counts[address] = len([one for one in queries if "SAVEPOINT" not in one["sql"]])
    return counts


@pytest.mark.django_db
def test_no_screen_takes_more_queries_than_it_did(
    city: Mapping[str, Actor], procedures: str, signed_in: Callable[[str], Client]
) -> None:
    clerk = city["clerk_hana"]
    browser = signed_in("clerk_hana")
    case = begun(clerk)
    visited(case, clerk)
    found = {f"before/{address}": n for address, n in counted(case, BEFORE_SIGNING, browser).items()}
    found |= {f"after/{address}": n for address, n in counted(signed(clerk), AFTER_SIGNING, browser).items()}
    held(found)


@pytest.mark.django_db
def test_the_form_review_takes_no_more_queries_than_it_did(
    procedures: str, residents: Mapping[str, str], signed_in: Callable[[str], Client]
) -> None:
    by = Actor(None, "推進 澪", "", "")
    identifying.count(number=identifying.ask_for_count(by=by, now=NOW), clock=lambda: NOW)
    held(counted("", FORM_REVIEW, signed_in("dx_mio")))


@pytest.mark.django_db
def test_the_residents_own_pages_take_no_more_queries_than_they_did(residents: Mapping[str, str]) -> None:
    people = personas(3)
    for one in people:
        mandate_of(one, people, NOW)
    held(counted("", OF_RESIDENTS, browser_of(people[0])))


@pytest.mark.django_db
def test_an_answer_from_home_takes_no_more_queries_than_it_did(
    residents: Mapping[str, str], procedures: str
) -> None:
    browser, what = browser_of_role("head"), f"/my/apply/for/{ALLOWANCE}/"
    browser.post(what, {"agreed": CONSENT_VERSION, **form_of(browser.get(what))})
    address = f"my/apply/{HomeCaseRow.objects.latest('pk').number}/"
    found = {"my/apply/{number}/": counted("", (address,), browser)[address]}
    said = {**form_of(browser.get(f"/{address}")), "go": "unknown"}
    with CaptureQueriesContext(connection) as queries:
        assert browser.post(f"/{address}", said).status_code == 302
    found["my/apply/{number}/ answered"] = len([one for one in queries if "SAVEPOINT" not in one["sql"]])
    held(found)


def held(found: Mapping[str, int]) -> None:
    """Hold these counts to the committed ones, or write them."""
    baseline = json.loads(BASELINE.read_text(encoding="utf-8"))
    if os.environ.get("MADOGUCHI_WRITE_BASELINE") == "1":
        baseline |= found
        BASELINE.write_text(json.dumps(baseline, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    assert {address: n for address, n in found.items() if n > baseline.get(address, 0)} == {}
    assert max(found.values()) <= MOST


@pytest.mark.django_db
def test_the_list_takes_as_many_queries_for_ten_cases_as_for_one(
    city: Mapping[str, Actor], procedures: str, signed_in: Callable[[str], Client]
) -> None:
    browser = signed_in("clerk_hana")
    begun(city["clerk_hana"])
    one = counted("", ("cases/",), browser)
    for _ in range(9):
        begun(city["clerk_hana"])
    assert counted("", ("cases/",), browser) == one
