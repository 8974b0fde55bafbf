"""Disposal as it is used by two members of staff: the list, the proposal, the approval, the bar, the certificate."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import Page
from tests.browser_kit import accessibility_faults, html_faults
from tests.cast import NOW
from tests.rooms.disposal.planting import at, five_years
from tests.rooms.disposal.test_classes import ticket

from madoguchi.audit.entries import Actor
from madoguchi.booking.models import TicketRow
from madoguchi.disposal.erasing import go_on
from madoguchi.disposal.holds import place_hold
from madoguchi.disposal.periods import set_periods
from madoguchi.disposal.values import HoldReason, RecordClass

pytestmark = [
    pytest.mark.browser,
    pytest.mark.urls("tests.browser.urls"),
    pytest.mark.django_db(transaction=True),
]
LOOKED_AT = {"backoffice:disposal", "backoffice:disposal_one", "backoffice:disposal_certificate"}
SHOTS = os.environ.get("SHOTS")
LONG_AGO = date(2019, 5, 7)


@pytest.mark.needs("Chromium")
@pytest.mark.needs("axe")
@pytest.mark.needs("java")
def test_two_members_of_staff_dispose(
    city: Mapping[str, Actor], page_of: Callable[[str], Page], tmp_path: Path
) -> None:
    for nth in range(1, 9):
        ticket(nth, ended=LONG_AGO)
    TicketRow.objects.update(day=LONG_AGO)
    faults, seen, by = list[str](), dict[str, str](), city["systems_saki"]

    def look(page: Page, name: str) -> None:
        if SHOTS:
            page.screenshot(path=f"{SHOTS}/{name}.png", full_page=True)
        seen[name] = page.content()
        faults.extend(f"{name} {one}" for one in accessibility_faults(page))

    saki = page_of("systems_saki")
    saki.goto("/office/disposal/")
    look(saki, "disposal-empty")
    set_periods(periods=[five_years(RecordClass.TICKETS)], by=by, now=NOW)
    place_hold(
        record_class=RecordClass.TICKETS, number="A008", day=LONG_AGO, reason=HoldReason.DISCLOSURE, note="第12号",
        by=by, now=at(LONG_AGO),
    )  # fmt: skip
    saki.goto("/office/disposal/")
    look(saki, "disposal-due")
    saki.get_by_role("button", name="廃棄の伺いを作る").click()
    look(saki, "disposal-own-proposal")
    address = saki.url
    ren = page_of("auditor_ren")
    ren.goto(address)
    look(ren, "disposal-to-approve")
    ren.get_by_label("元にもどせないことを確かめました").check()
    ren.get_by_role("button", name="承認して消し始める").click()
    assert "消しています" in ren.inner_text("main")
    look(ren, "disposal-running")
    while go_on(now=timezone.now()).gone:
        pass
    ren.get_by_role("link", name="廃棄証明を開く").click()  # the page brings itself up to date
    look(ren, "disposal-certificate")
    ren.goto("/office/disposal/")
    look(ren, "disposal-log")
    assert faults == []
    assert html_faults(seen, tmp_path) == []
