"""Residents' pages at home in every language that is offered, by `make looks`: axe, 320 px (which is 400 % of 1,280), and how heavy.

A page speaks the language that was asked for, or says in `lang` that it stays Japanese; nothing of it is cut off, and all that
is loaded with it, fonts aside, stays within the weight that a thin line bears.
"""

from __future__ import annotations

from typing import Any

import pytest
from django.conf import settings
from playwright.sync_api import Page
from tests.applying import applicant_of, begun, submitted
from tests.browser_kit import accessibility_faults
from tests.personas import SignedInPersona, browser_of

from madoguchi.booking.offering import Offer
from madoguchi.channels.shared.languages import tag_of

pytestmark = [
    pytest.mark.slow,
    pytest.mark.browser,
    pytest.mark.needs("Chromium"),
    pytest.mark.needs("axe"),
    pytest.mark.urls("tests.browser.urls"),
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("procedures_in_languages", "residents"),
]
LANGUAGES = tuple(code for code, _name in settings.LANGUAGES)
PHONE = {"width": 320, "height": 640}
HEAVIEST = 150_000
FOR_ANYBODY = (
    "/book/", "/book/find/", "/book/at/main/moving/", "/pay/", "/furusato/", "/check/", "/my/sign-in/",
    "/my/offers/letter/", "/feedback/?screen=online:start", "/congestion/", "/congestion/main/", "/t/",
)  # fmt: skip
FOR_RESIDENTS = (
    "/my/", "/my/apply/", "/my/apply/for/birth/", "/my/apply/{begun}/", "/my/cases/{submitted}/",
    "/my/cases/{submitted}/receipt/", "/my/messages/", "/my/mandates/", "/my/mandates/ask/", "/my/seen/", "/my/offers/",
    "/my/offers/how/",
)  # fmt: skip
WEIGHT = """[...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')]
  .filter(one => !/\\.(woff2?|ttf|otf)$/.test(new URL(one.name).pathname))
  .reduce((sum, one) => sum + one.encodedBodySize, 0)"""


def faults_at(page: Page, address: str, language: str) -> list[str]:
    """What is wrong with a page in this language."""
    page.set_viewport_size(PHONE)
    answer = page.goto(f"{address}{'&' if '?' in address else '?'}language={language}")
    assert answer is not None and answer.status == 200, (address, language)
    found = [f"{address} {one}" for one in accessibility_faults(page)]
    if page.get_attribute("html", "lang") != tag_of(language):
        found.append(f"{address} says {page.get_attribute('html', 'lang')}")
    wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    found += [f"{address} is {wide} px too wide"] if wide > 0 else []
    heavy = page.evaluate(WEIGHT)
    return [*found, f"{address} is {heavy} bytes"] if heavy > HEAVIEST else found


@pytest.mark.parametrize("language", LANGUAGES)
def test_pages_for_anybody(page: Page, offered: Offer, language: str) -> None:
    addresses = (*FOR_ANYBODY, "/find/", "/find/number/")
    faults = [one for address in addresses for one in faults_at(page, address, language)]
    assert faults == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_pages_of_whoever_signed_in(page: Page, offered: Offer, live_server: Any, language: str) -> None:
    who = applicant_of("head")
    there = {"begun": begun(who, "birth"), "submitted": submitted(who)}
    cookie = browser_of(SignedInPersona(0, who.principal_no, who.account)).cookies["sessionid"]
    page.context.add_cookies([{"name": "sessionid", "value": cookie.value, "url": live_server.url}])
    faults = [
        one for address in FOR_RESIDENTS for one in faults_at(page, address.format_map(there), language)
    ]
    assert faults == []
