"""Every screen of a case, in every state a case can be in: axe finds nothing, nothing is cut off, the HTML is valid.

Quick in `make test`: all screens in one state of each kind (while hearing, after signing, with a death), and where the
people or the letter are others, the screens that show it; `make looks` sees all of them in all states (marker `slow`).
The HTML of all is checked always.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from django.test import Client
from playwright.sync_api import Page
from tests.browser_kit import html_faults, reading_faults
from tests.cast import NOW
from tests.rooms.cases.walking import (
    answer_once,
    answered,
    begun,
    bereaved,
    brought_to,
    opened,
    publish_with_a_bus_pass,
    unproved,
    visited,
    widowed,
    without_record,
)

from madoguchi.audit.entries import Actor
from madoguchi.cases.letters import print_letter
from madoguchi.cases.models import TaskRow
from madoguchi.cases.opening import open_case
from madoguchi.cases.roles import say_one_does_all
from madoguchi.cases.states import CaseStatus
from madoguchi.procedures.situation import EventKind

Staff = Mapping[str, Actor]
CLERK, REVIEWER, OFFICER, SYSTEMS = "clerk_hana", "reviewer_jiro", "officer_nhi", "systems_saki"
EMPTY = ("start", "find", "certificate")
BEGUN = (
    "start", "find", "certificate", "household", "visitor", "hearing", "check", "sign", "display", "history",
    "journey", "revision", "facts/health_insurance/p1", "procedures/move-in-notice/household", "procedures/nhi-enrol/p1",
)  # fmt: skip
BEREAVED = (
    "find",
    "event",
    "visitor",
    "hearing",
    "check",
    "sign",
    "display",
    "procedures/nhi-funeral/household",
)
WITHOUT_EVENT = ("start", "find", "unregistered")
WITHOUT_RECORD = (
    "unregistered", "event", "visitor", "hearing", "check", "sign", "display", "facts/place_of_stay/event",
    "procedures/nursery/p2",
)  # fmt: skip
WIDOWED = ("check", "roles", "procedures/nhi-funeral/household")
SIGNED = ("hearing", "done", "correct", "display", "history", "journey")
STATES = (
    "opened",
    "without event",
    "without record",
    "bereaved",
    "begun",
    "half heard",
    "heard",
    "widowed",
    "unproved",
    *(status.value for status in CaseStatus),
)
ALIKE = {
    "start", "find", "certificate", "visitor", "display", "history", "journey", "revision", "facts/health_insurance/p1",
    "procedures/move-in-notice/household", "procedures/nhi-enrol/p1",
}  # fmt: skip
SHOWN_WHOLE = ("bereaved", "half heard", CaseStatus.IN_REVIEW.value)
SHOWN_IN_PART = ("without record", "widowed", "unproved", CaseStatus.REGISTERED.value)

pytestmark = [
    pytest.mark.browser,
    pytest.mark.urls("tests.browser.urls"),
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("procedures", "residents"),
]


def brought_there(state: str, city: Staff) -> str:
    """A case in this state."""
    clerk = city[CLERK]
    if state == "opened":
        return opened(clerk)
    if state == "without event":
        return open_case(event=EventKind.none, by=clerk, now=NOW)
    if state == "without record":
        case = without_record(clerk)
        visited(case, clerk)
        return case
    if state == "bereaved":
        return bereaved(clerk)
    if state == "widowed":
        case = widowed(clerk)
        say_one_does_all(case=case, by=clerk, now=NOW)
        return case
    if state == "unproved":
        case = unproved(clerk)
        print_letter(case=case, destination_checked=False, by=clerk, now=NOW)
        return case
    if state in ("begun", "half heard", "heard"):
        case = begun(clerk)
        visited(case, clerk)
        if state == "half heard":
            answer_once(case, clerk, unknown=True)
            answer_once(case, clerk)
        if state == "heard":
            answered(case, clerk)
            with TemporaryDirectory() as folder:
                publish_with_a_bus_pass(Path(folder))
        return case
    return brought_to(CaseStatus(state), clerk, city[REVIEWER])


def screens(state: str, case: str, *, whole: bool) -> Iterator[tuple[str, str]]:
    """Who opens which screen of a case in this state; not `whole`: only those that show the state."""
    before = state in ("begun", "half heard", "heard", CaseStatus.HEARING.value)
    early = {
        "opened": EMPTY, "without event": WITHOUT_EVENT, "without record": WITHOUT_RECORD, "bereaved": BEREAVED,
        "widowed": WIDOWED,
    }  # fmt: skip
    for name in early.get(state, BEGUN if before else SIGNED):
        if whole or name not in ALIKE:
            yield CLERK, f"/cases/{case}/{name}/"
    if whole:
        yield CLERK, "/cases/"
    if before or state in early:
        return
    for task in TaskRow.objects.filter(department="insurance", case__public_id=case):
        yield OFFICER, f"/desk/{task.pk}/"
    if state == CaseStatus.IN_REVIEW.value:
        yield REVIEWER, f"/reviews/{case}/"
    if whole:
        yield CLERK, "/letters/"
        yield OFFICER, "/desk/"
        yield REVIEWER, "/reviews/"
        yield SYSTEMS, "/office/changes/"
        yield SYSTEMS, "/office/certificates/"


@pytest.mark.needs("Chromium")
@pytest.mark.needs("axe")
@pytest.mark.parametrize("state", SHOWN_WHOLE + SHOWN_IN_PART)
def test_a_screen_can_be_read_by_everybody(state: str, city: Staff, page_of: Callable[[str], Page]) -> None:
    look_at(state, city, page_of, whole=state in SHOWN_WHOLE)


@pytest.mark.slow
@pytest.mark.needs("Chromium")
@pytest.mark.needs("axe")
@pytest.mark.parametrize("state", STATES)
def test_all_screens_in_all_states(state: str, city: Staff, page_of: Callable[[str], Page]) -> None:
    look_at(state, city, page_of, whole=True)


def look_at(state: str, city: Staff, page_of: Callable[[str], Page], *, whole: bool) -> None:
    case = brought_there(state, city)
    faults = []
    for username, url in screens(state, case, whole=whole):
        faults += reading_faults(page_of(username), url)
    assert faults == [], "\n".join(faults)


@pytest.mark.needs("java")
@pytest.mark.parametrize(
    "states", [SHOWN_WHOLE, pytest.param(STATES, marks=pytest.mark.slow)], ids=["shown whole", "all"]
)
def test_the_html_of_every_screen_is_valid(
    states: tuple[str, ...], city: Staff, signed_in: Callable[[str], Client], tmp_path: Path
) -> None:
    pages = {}
    for state in states:
        case = brought_there(state, city)
        for username, url in screens(state, case, whole=True):
            pages[f"{state} {url}"] = signed_in(username).get(url, follow=True).content.decode()
    faults = html_faults(pages, tmp_path)
    assert faults == [], "\n".join(faults)
