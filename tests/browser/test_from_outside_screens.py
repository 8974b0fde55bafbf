"""The screens of interpreters and contractors, and of one's own sessions, with something in them: axe finds nothing, the HTML is valid."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import Page
from tests.browser_kit import accessibility_faults, html_faults
from tests.rooms.cases.walking import answer_once, begun

from madoguchi.audit.entries import Actor
from madoguchi.cases.interpreting import call_interpreter
from madoguchi.cases.preparing import begin_preparing
from madoguchi.procedures.situation import EventKind

pytestmark = [
    pytest.mark.browser,
    pytest.mark.urls("tests.browser.urls"),
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("procedures"),
]
LOOKED_AT = {
    "counter:interpreter", "counter:interpreted", "counter:interpreted_case", "counter:preparations", "counter:preparing",
    "city_sessions",
}  # fmt: skip
SHOTS = os.environ.get("SHOTS")


@pytest.mark.slow
@pytest.mark.needs("Chromium")
@pytest.mark.needs("axe")
def test_screens_of_people_from_outside(
    city: Mapping[str, Actor], page_of: Callable[[str], Page], tmp_path: Path
) -> None:
    hana, now, seen, faults = city["clerk_hana"], timezone.now(), {}, []
    case = begun(hana)
    for _ in range(3):
        answer_once(case, hana)
    call_interpreter(case=case, interpreter=city["interpreter_lin"].staff_id or 0, by=hana, now=now)
    prepared = begin_preparing(event=EventKind.move_in, by=city["contract_shita"], now=now)
    for who, paths in {
        "clerk_hana": (f"/cases/{case}/interpreter/", "/staff/sessions/"),
        "interpreter_lin": ("/interpreting/", f"/interpreting/{case}/"),
        "contract_shita": ("/preparing/", f"/preparing/{prepared}/"),
    }.items():
        page = page_of(who)
        page.set_default_timeout(60_000)
        for path in paths:
            page.goto(path)
            faults += [f"{path}: {one}" for one in accessibility_faults(page)]
            seen[path] = page.content()
            if SHOTS:
                name = path.replace(case, "case").replace(prepared, "case").strip("/").replace("/", "-")
                page.screenshot(path=Path(SHOTS) / f"{name}.png", full_page=True)
    assert faults == []
    assert html_faults(seen, tmp_path) == []
