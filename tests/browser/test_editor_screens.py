"""The editor's screens with a draft in them: axe finds nothing, nothing is cut off, the HTML is valid."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.test import Client
from playwright.sync_api import Page
from tests.browser_kit import html_faults, reading_faults

from madoguchi.audit.entries import Actor
from madoguchi.catalogue.drafts import operations as drafts
from madoguchi.catalogue.queries import current_revision
from madoguchi.connect import editing
from madoguchi.procedures.editing.layers import procedure_values, with_procedure

pytestmark = [
    pytest.mark.browser,
    pytest.mark.urls("tests.browser.urls"),
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("procedures", "residents"),
]
BY, NOW = Actor(1, "推進 澪", "", ""), datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
# Of one draft; the rule of nhi-enrol holds ages, lists, counts of people and an "or".
SCREENS = (
    "", "new/", "of/nhi-enrol/", "of/nhi-enrol/rules/0/must/", "of/senior-pass/rules/0/optional/",
    "of/nhi-enrol/examples/?household=elderly", "settings/", "questions/", "sheets/nhi-enrol/", "languages/",
    "languages/en/", "of/senior-pass/languages/ja-easy/",
)  # fmt: skip


@pytest.fixture
def draft() -> int:
    """A draft with a change that does not pass the tests, beside one that was dropped."""
    drafts.drop(number=drafts.begin(title="やめた下書き", by=BY, now=NOW), by=BY, now=NOW)
    number = drafts.begin(title="令和9年4月", by=BY, now=NOW)
    found = drafts.draft(number)
    assert found is not None
    values = procedure_values(found.layers, "senior-pass") | {"name": "外出支援券", "example": []}
    layer = with_procedure(found.layers, "senior-pass", values)
    drafts.keep(number=number, version=found.version, layer=layer, what="名前を直す", by=BY, now=NOW)
    assert not editing.run_tests(draft=number, by=BY, now=NOW).passed
    return number


def addresses(draft: int, revision: str = "one") -> list[str]:
    """Every screen of the editor, the draft's with the draft's number."""
    return [
        "/office/editor/",
        "/office/editor/compare/",
        "/office/editor/packs/",
        f"/office/editor/revisions/{revision}/back/",
        *(f"/office/editor/{draft}/{screen}" for screen in SCREENS),
    ]


@pytest.mark.needs("Chromium")
@pytest.mark.needs("axe")
@pytest.mark.slow
def test_a_screen_of_the_editor_can_be_read_by_everybody(draft: int, page_of: Callable[[str], Page]) -> None:
    page, faults = page_of("dx_mio"), []
    for url in addresses(draft, current_revision()):
        faults += reading_faults(page, url)
    assert faults == [], "\n".join(faults)


@pytest.mark.needs("java")
@pytest.mark.slow
def test_the_html_of_the_editor_is_valid(
    draft: int, signed_in: Callable[[str], Client], tmp_path: Path
) -> None:
    pages = {
        url: signed_in("dx_mio").get(url).content.decode() for url in addresses(draft, current_revision())
    }
    faults = html_faults(pages, tmp_path)
    assert faults == [], "\n".join(faults)
