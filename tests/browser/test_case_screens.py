"""Every screen of a case, in every state a case can be in: axe finds nothing, nothing is cut off, the HTML is valid.

Quick in `make test`: all screens of a case in review, and the HTML of one state of each kind (while hearing, after signing, with a
death); `make looks` sees all of them in all states (marker `slow`).
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Page
from tests.browser_kit import accessibility_faults, html_faults, reading_faults
from tests.cast import NOW
from tests.personas import sign_in
from tests.rooms.cases.deciding import DISMISS, GRANT, HOME, Widowed, signed_by_widow
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
from madoguchi.cases.desk_tables import ResultPaperRow
from madoguchi.cases.letters import print_letter
from madoguchi.cases.messages import writing
from madoguchi.cases.models import TaskRow
from madoguchi.cases.opening import open_case
from madoguchi.cases.roles import say_one_does_all
from madoguchi.cases.states import CaseStatus
from madoguchi.connect.ruling_data import decide
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
# A department's desk with something in it, and what its resident sees of that.
DESK_SCREENS = ("counter:desk", "counter:task", "backoffice:rulings", "backoffice:handling", "my:messages", "my:case_messages",
                "check:start", "check:paper")  # fmt: skip
NARROW, WIDE = {"width": 320, "height": 640}, {"width": 1280, "height": 900}
SHOTS = os.environ.get("SHOTS")
SHOWN_WHOLE = ("bereaved", "half heard", CaseStatus.IN_REVIEW.value)

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


def screens(state: str, case: str) -> Iterator[tuple[str, str]]:
    """Who opens which screen of a case in this state."""
    before = state in ("begun", "half heard", "heard", CaseStatus.HEARING.value)
    early = {
        "opened": EMPTY, "without event": WITHOUT_EVENT, "without record": WITHOUT_RECORD, "bereaved": BEREAVED,
        "widowed": WIDOWED,
    }  # fmt: skip
    for name in early.get(state, BEGUN if before else SIGNED):
        yield CLERK, f"/cases/{case}/{name}/"
    yield CLERK, "/cases/"
    if before or state in early:
        return
    for task in TaskRow.objects.filter(department="insurance", case__public_id=case):
        yield OFFICER, f"/desk/{task.pk}/"
    if state == CaseStatus.IN_REVIEW.value:
        yield REVIEWER, f"/reviews/{case}/"
    yield CLERK, "/letters/"
    yield OFFICER, "/desk/"
    yield REVIEWER, "/reviews/"
    yield SYSTEMS, "/office/changes/"
    yield SYSTEMS, "/office/certificates/"


@pytest.mark.needs("Chromium")
@pytest.mark.needs("axe")
def test_every_screen_of_a_case_in_review_can_be_read_by_everybody(
    city: Staff, page_of: Callable[[str], Page]
) -> None:
    look_at(CaseStatus.IN_REVIEW.value, city, page_of)


@pytest.mark.slow
@pytest.mark.needs("Chromium")
@pytest.mark.needs("axe")
@pytest.mark.parametrize("state", STATES)
def test_all_screens_in_all_states(state: str, city: Staff, page_of: Callable[[str], Page]) -> None:
    look_at(state, city, page_of)


def look_at(state: str, city: Staff, page_of: Callable[[str], Page]) -> None:
    case = brought_there(state, city)
    faults = []
    for username, url in screens(state, case):
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
        for username, url in screens(state, case):
            pages[f"{state} {url}"] = signed_in(username).get(url, follow=True).content.decode()
    faults = html_faults(pages, tmp_path)
    assert faults == [], "\n".join(faults)


def with_something_on_the_desk(city: Staff) -> Widowed:
    """Asked, answered and asked again, decided, proposed; one has passed its day."""
    there, officer = signed_by_widow(city), city[OFFICER]
    now = timezone.now()
    by_two = there.by_two
    TaskRow.objects.filter(pk=by_two).update(made_at=now - timedelta(days=20))
    day = timezone.localdate() + timedelta(days=7)
    text = "領収書の写しを送ってください。\nお名前と日付が見えるようにしてください。"
    writing.ask_resident(task=by_two, text=text, answer_by=day, by=officer, now=now)
    writing.answer_office(
        task=by_two,
        text="送りました。",
        account=there.account,
        mandate="",
        by=HOME,
        now=now,
        person=there.widow,
    )
    writing.ask_resident(task=by_two, text="裏面も送ってください。", answer_by=day, by=officer, now=now)
    decide(task=by_two, said=GRANT, by=officer, now=now, version=None)
    decide(task=there.by_one, said=DISMISS, by=officer, now=now, version=None)
    return there


@pytest.mark.slow
@pytest.mark.needs("Chromium")
@pytest.mark.needs("axe")
def test_a_desk_with_something_on_it_and_what_its_resident_sees(
    city: Staff, page_of: Callable[[str], Page], live_server: Any, tmp_path: Path
) -> None:
    there = with_something_on_the_desk(city)
    paper = ResultPaperRow.objects.get()
    faults: list[str] = []
    seen: dict[str, str] = {}

    def look(page: Page, url: str) -> None:
        answer = page.goto(url)
        assert answer is not None and answer.status == 200, url
        page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true })")
        for size in (WIDE, NARROW):
            page.set_viewport_size(size)  # type: ignore[arg-type]  # two numbers
            if SHOTS:
                name = url.strip("/").replace("/", "-").replace(there.case, "case").split("?")[0]
                page.screenshot(path=f"{SHOTS}/{name}-{size['width']}.png", full_page=True)
            faults.extend(f"{url} {one}" for one in accessibility_faults(page))
            wide = page.evaluate(
                "document.scrollingElement.scrollWidth - document.scrollingElement.clientWidth"
            )
            faults.extend([f"{url} is {wide} px too wide at {size['width']}"] if wide > 0 else [])
        seen[url] = page.content()

    page = page_of(OFFICER)
    for url in ("/desk/", f"/desk/{there.by_two}/", f"/desk/{there.by_one}/"):
        look(page, url)
    assert "期限を過ぎたもの" in seen["/desk/"]
    look(page_of(SYSTEMS), "/office/rulings/")
    look(page_of("dx_mio"), "/office/insight/handling/")
    browser = Client()
    sign_in(browser, there.account)
    page.context.clear_cookies()
    page.context.add_cookies(
        [{"name": "sessionid", "value": browser.cookies["sessionid"].value, "url": live_server.url}]
    )
    for url in ("/my/messages/", f"/my/cases/{there.case}/messages/", f"/check/{paper.number}/"):
        look(page, url)
    page.get_by_label("確認コード").fill(paper.code)
    page.get_by_role("button", name="確かめる").click()
    assert "有効です" in page.inner_text("main")
    faults += accessibility_faults(page)
    look(page, f"/my/cases/{there.case}/messages/?language=vi")
    assert faults == [], "\n".join(faults)
    assert html_faults(seen, tmp_path) == []
