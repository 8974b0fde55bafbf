"""Pages behind forms in every language that is offered, by `make looks`: axe, 320 px, keys, the HTML checker, and how heavy.

Each language is walked once with plain forms (so that JavaScript is off), and what was answered is then looked at in one
browser: its style sheets and fonts come from the server, the page itself is the one that the walk was given.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

import pytest
from django.conf import settings as product
from django.test import Client, override_settings
from django.utils import timezone
from playwright.sync_api import Page
from tests.applying import CLEAN, account_of
from tests.browser_kit import accessibility_faults, html_faults
from tests.cast import NOW
from tests.channels.finding import AtHome, AtMachine
from tests.forms_walked import Walk, until
from tests.personas import browser_of
from tests.rooms.booking.queueing import BRANCH, lay_out
from tests.rooms.cases.walking import begun, ordinary, visited
from tests.rooms.furusato.giving import code_of, given
from tests.rooms.payments.histories import World

from madoguchi.audit.entries import Actor
from madoguchi.booking.models import BookingRow
from madoguchi.booking.tickets.order import QueueRules
from madoguchi.cases import certificate_wishes
from madoguchi.channels.online.apply import views_files
from madoguchi.channels.shared.languages import tag_of
from madoguchi.connect import paying
from madoguchi.procedures.situation import EventKind

pytestmark = [
    pytest.mark.slow,
    pytest.mark.browser,
    pytest.mark.needs("Chromium"),
    pytest.mark.needs("axe"),
    pytest.mark.needs("java"),
    pytest.mark.urls("tests.browser.urls"),
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("procedures_in_languages", "residents", "offered"),
]
LANGUAGES = tuple(code for code, _name in product.LANGUAGES)
LEAST = 60
# The machine asks for the language on its first page.
BEFORE_IT_IS_CHOSEN = {"kiosk-start"}
PHONE, MACHINE = {"width": 320, "height": 640}, {"width": 1080, "height": 1920}
HEAVIEST = 150_000
DAY = "2026-11-10"
# Of the many questions of finding out one in so many is looked at; their pages are alike.
EVERY = 6
WEIGHT = """performance.getEntriesByType('resource')
  .filter(one => !/\\.(woff2?|ttf|otf)$/.test(new URL(one.name).pathname))
  .reduce((sum, one) => sum + one.encodedBodySize, 0)"""
# What can be reached by a key: of radio buttons one of each group.
REACHABLE = """[...document.querySelectorAll('a[href], button, input:not([type=hidden]), select, textarea, summary')]
  .filter(one => !one.disabled && one.checkVisibility({visibilityProperty: true}))
  .filter((one, at, all) => one.type !== 'radio' || all.find(other => other.type === 'radio' && other.name === one.name) === one)
  .length"""
SHOTS = os.environ.get("SHOTS")


@pytest.fixture(autouse=True)
def _now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "now", lambda: NOW)
    monkeypatch.setattr(views_files, "scanner", lambda: CLEAN)
    monkeypatch.setattr(views_files, "files_are_taken", lambda: True)


@pytest.fixture
def paid_at(monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    made = World(Random(1), NOW, well=True)
    monkeypatch.setattr(paying, "provider", lambda: made)
    with override_settings(PAYMENT_PROVIDER="http://127.0.0.1:9", PAYMENT_SECRETS=["secret"]):
        yield made


def finding(walk: Walk) -> None:
    """From the event to the list, and to the number under which it is kept."""
    walk.get("find-start", "/find/")
    home = AtHome(client=walk.client)
    home.begin(EventKind.birth, ("世帯主", "妻"))
    walk.kept("find-people", walk.client.post("/find/people/", {"event": "birth"}))
    walk.kept("find-ask", home.last)
    walk.send("find-problem", wrong=True, go="answer")
    for nth in range(100):
        if not home.answer(lambda ref, one: ordinary(one, ref)):
            break
        if nth % EVERY == 0:
            walk.kept("find-ask", home.last)
    walk.kept("find-list", home.last)
    walk.send("find-kept", go="keep")


def booking(walk: Walk) -> None:
    """From the service to the booking, its change and its end; and a time that is wrong."""
    walk.get("book-start", "/book/")
    walk.get("book-days", "/book/at/main/moving/")
    walk.get("book-times", f"/book/at/main/moving/{DAY}/")
    press = re.findall(r'name="press" value="([^"]+)"', walk.page)[0]
    walk.post("book-contact", walk.url, {"press": press, "quarter": "36"})
    walk.post("book-wrong", walk.url, {"contact": "no address"})
    walk.post("book-done", walk.url, {"contact": "", "book": "yes"})
    row = BookingRow.objects.latest("pk")
    for page in ("change/", f"change/?day={DAY}", "cancel/"):
        walk.get(f"book-{page.split('/')[0]}", f"/book/mine/{row.number}/{page}")
    walk.post("book-cancelled", f"/book/mine/{row.number}/cancel/", {})
    walk.post("book-find-wrong", "/book/find/", {"number": "ZZZZ2222", "code": "0000"})


def applying(walk: Walk) -> None:
    """From consent to the receipt and its status, with an attachment; a correction and the way out."""
    walk.client.cookies = browser_of(account_of("head")).cookies
    walk.get("apply-start", "/my/apply/")
    walk.get("apply-consent", "/my/apply/for/birth/")
    walk.send("apply-ask")
    number = re.findall(r"/my/apply/([^/]+)/", walk.url)[0]
    walk.send("apply-problem", wrong=True, go="answer")
    until(walk, "apply-ask", lambda at: "/choose/" in at.url or "/files/" in at.url or "/check/" in at.url)
    if "/choose/" in walk.url:
        walk.send("apply-files")
    if "/files/" in walk.url:
        walk.send("apply-attached")
    walk.get("apply-check", f"/my/apply/{number}/check/")
    walk.send("apply-undeclared", wrong=True)
    walk.send("apply-receipt")
    walk.get("apply-status", f"/my/cases/{number}/")
    walk.get("apply-correct", f"/my/cases/{number}/correction/")
    walk.get("apply-withdraw", f"/my/cases/{number}/withdraw/")
    walk.get("my-mandate", "/my/mandates/ask/")
    walk.send("my-mandate-wrong", wrong=True)


def giving(walk: Walk) -> None:
    """From the paper to the receipt, the sheet for the post, a change and the way out."""
    given({"寄附番号": "F-0001", "寄附金額": "10000", "寄附日": "2026-11-05"}, now=NOW)
    walk.post("furusato-wrong", "/furusato/", {"number": "F-9999", "code": "00000000"})
    walk.get("furusato-gifts", f"/furusato/open/F-0001/{code_of('F-0001')}/")
    walk.get("furusato-check", "/furusato/check/?gift=F-0001")
    walk.send("furusato-unchecked", wrong=True)
    walk.send("furusato-receipt")
    receipt = walk.url
    for page in ("form", "change", "withdraw"):
        walk.get(f"furusato-{page}", f"{receipt}{page}/")
    walk.get("furusato-change-again", f"{receipt}change/")
    walk.send("furusato-change-wrong", wrong=True)


def paying_fees(walk: Walk, city: Mapping[str, Actor]) -> None:
    """From number and digits to what is to be paid, and wrong ones."""
    clerk = city["clerk_hana"]
    case = begun(clerk)
    visited(case, clerk)
    certificate_wishes.request_certificates(
        case=case, copies={"resident_record": 2}, fees={"resident_record": 300}, by=clerk, now=NOW
    )
    asked = paying.give_number(case=case, by=clerk, now=NOW)
    walk.post("pay-wrong", "/pay/", {"number": "ZZZZ2222", "code": "0000"})
    walk.post("pay-one", "/pay/", {"number": asked.number, "code": asked.code})


def at_the_machine(walk: Walk, machine: Client) -> None:
    """The keys of the machine: services, a number and a wrong one, a booking; finding out up to its list."""
    walk.client, start = machine, f"/kiosk/{BRANCH}/"
    walk.get("kiosk-start", start)
    walk.post("kiosk-welcome", f"{start}welcome/", {"language": walk.language})
    for page in ("services/", "booked/", "unsure/", "book/", "book/moving/"):
        walk.get(f"kiosk-{page.strip('/').replace('/', '-')}", f"{start}{page}")
    day = re.findall(r'class="mdg-kiosk-pick" href="([^"]+)"', walk.page)[0]
    walk.get("kiosk-times", day)
    press, quarter = (
        re.findall(r'name="press" value="([^"]+)"', walk.page)[0],
        re.findall(r'name="quarter" value="(\d+)"', walk.page)[0],
    )
    walk.post("kiosk-check", day, {"press": press, "quarter": quarter})
    walk.post("kiosk-booked", f"{start}booking/check/", {})
    walk.post("kiosk-wrong", f"{start}booked/", {"code": "0000"})
    walk.post("kiosk-confirm", f"{start}confirm/", {"service": "moving"})
    request = re.findall(r'name="request" value="(\w+)"', walk.page)[0]
    walk.post("kiosk-number", f"{start}issue/", {"service": "moving", "request": request})
    walk.post("kiosk-again", f"{start}welcome/", {"language": walk.language})
    walk.get("kiosk-find", f"{start}find/")
    home = AtMachine(client=machine)
    home.begin(EventKind.birth, ("世帯主", "妻"))
    walk.kept("kiosk-find-people", home.pages[-2])
    for nth in range(100):
        if not home.answer(lambda ref, one: ordinary(one, ref)):
            break
        if nth % EVERY == 0:
            walk.kept("kiosk-find-ask", home.last)
    walk.kept("kiosk-find-list", home.last)


@dataclass
class Looked:
    """One browser that is given the pages of a walk, and what is wrong with them."""

    page: Page
    base: str
    language: str
    faults: list[str] = field(default_factory=list)
    given: str = ""

    def at(self, name: str, text: str) -> None:
        """Look at a page: it says its language, fits, is light, can be read, and every key gets everywhere."""
        machine = name.startswith("kiosk")
        self.page.set_viewport_size(MACHINE if machine else PHONE)
        self.given = text
        self.page.goto(f"{self.base}/walked/{name}/")
        found = accessibility_faults(self.page)
        spoken = "ja" if name in BEFORE_IT_IS_CHOSEN else tag_of(self.language)
        if self.page.get_attribute("html", "lang") != spoken:
            found.append(f"says {self.page.get_attribute('html', 'lang')}")
        wide = self.page.evaluate("document.documentElement.scrollWidth - innerWidth")
        found += [f"{wide} px too wide"] if wide > 0 else []
        heavy = self.page.evaluate(WEIGHT) + len(text.encode())
        found += [f"{heavy} bytes"] if heavy > HEAVIEST else []
        found += [] if machine else self.out_of_reach()
        if SHOTS:
            self.page.screenshot(path=Path(SHOTS) / f"{self.language}-{name}.png", full_page=True)
        self.faults += [f"{self.language} {name}: {one}" for one in found]

    def out_of_reach(self) -> list[str]:
        """Whether Tab comes by everything that can be used, each once, with a mark that can be seen."""
        wanted = self.page.evaluate(REACHABLE)
        self.page.evaluate("document.activeElement?.blur()")
        for _press in range(wanted):
            self.page.keyboard.press("Tab")
            self.page.evaluate("document.activeElement.dataset.reached = 'yes'")
        reached = self.page.evaluate("document.querySelectorAll('[data-reached]').length")
        return [f"{wanted - reached} of {wanted} are reached by no key"] if reached < wanted else []


@pytest.mark.parametrize("language", LANGUAGES)
def test_pages_behind_forms(
    page: Page, live_server: Any, tmp_path: Path, city: Mapping[str, Actor], paid_at: World,
    signed_in: Callable[[str], Client], language: str,
) -> None:  # fmt: skip
    lay_out(rules=QueueRules(only_in_hours=False))
    walk = Walk(language)
    for go in (finding, booking, giving):
        go(walk)
    paying_fees(walk, city)
    applying(walk)
    at_the_machine(walk, signed_in("machine_one"))
    looked = Looked(page, live_server.url, language)
    page.route(
        "**/walked/**",
        lambda route: route.fulfill(body=looked.given, content_type="text/html; charset=utf-8"),
    )
    for name, text in walk.seen.items():
        looked.at(name, text)
    assert len(walk.seen) >= LEAST
    assert looked.faults == []
    assert html_faults(walk.seen, tmp_path) == []
