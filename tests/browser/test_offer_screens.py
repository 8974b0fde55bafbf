"""使える手続き and 案内 as they are used: on a small phone without JavaScript, with the keyboard, in the office; axe on each."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Page
from tests.browser_kit import accessibility_faults, html_faults
from tests.cast import SETTER
from tests.personas import SignedInPersona, browser_of, personas
from tests.rooms.outreach.campaigning import CARD, SEAL, approved, sent
from tests.rooms.outreach.conftest import register as register_of_facts

from madoguchi.audit.entries import Actor
from madoguchi.city.models import StaffMember
from madoguchi.outreach import finding, offers, reaching, sending, take_up
from madoguchi.outreach.consent import consent
from madoguchi.outreach.consent_purposes import ConsentPurpose
from madoguchi.outreach.reach_states import EntrustedField
from madoguchi.residents.operations import add_fact

pytestmark = [
    pytest.mark.browser,
    pytest.mark.urls("tests.browser.urls"),
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("procedures"),
]
PHONE = {"width": 320, "height": 640}
LOOKED_AT = {
    "offers:offers", "offers:offer", "offers:how", "offers:letter", "backoffice:campaigns", "backoffice:campaign",
    "backoffice:campaign_new", "backoffice:campaign_sample", "backoffice:reaching", "backoffice:reach", "backoffice:reach_round",
    "backoffice:take_up", "backoffice:sheltered_reaching", "backoffice:sheltered_reach", "backoffice:entrusted", "backoffice:entrusted_one",
}  # fmt: skip
register = register_of_facts  # the fixture, under its name
SHOTS = os.environ.get("SHOTS")


@pytest.fixture
def person(city: Mapping[str, Actor]) -> SignedInPersona:
    """A resident without a card, who is offered one, and a seal to register."""
    one, now = personas(1)[0], timezone.now()
    add_fact(
        resident_no=one.resident_no, key="has_card", value=False, valid_from=date(2026, 4, 1), as_of=date(2026, 4, 1),
        source="試験", by=SETTER, now=now,
    )  # fmt: skip
    sent(city, [CARD, SEAL], now=now)
    return one


@pytest.fixture
def phone(chromium: Browser, live_server: Any, person: SignedInPersona) -> Iterator[Page]:
    """A phone of 320 px with JavaScript off, signed in as that resident."""
    window = chromium.new_context(
        base_url=live_server.url, locale="ja-JP", viewport=PHONE, java_script_enabled=False
    )
    held = browser_of(person).cookies["sessionid"].value
    window.add_cookies([{"name": "sessionid", "value": held, "url": live_server.url}])
    yield window.new_page()
    window.close()


def shot(page: Page, name: str) -> None:
    if SHOTS:
        page.screenshot(path=Path(SHOTS) / f"{name}.png", full_page=True)


def fits(page: Page) -> bool:
    box = page.locator("html").bounding_box()
    return box is not None and box["width"] <= PHONE["width"]


@pytest.mark.needs("Chromium")
def test_two_presses_on_a_phone_without_javascript(phone: Page) -> None:
    phone.goto("/my/offers/")
    shot(phone, "offers1-list")
    assert fits(phone)
    phone.get_by_role("link", name="印鑑登録").click()
    shot(phone, "offers2-one")
    assert "あなたに案内する理由" in phone.inner_text("main") and fits(phone)
    phone.get_by_role("button", name="使う", exact=True).press("Enter")
    shot(phone, "offers3-used")
    assert "「使う」を受け付けました" in phone.inner_text("main") and fits(phone)
    phone.goto("/my/offers/how/")
    phone.get_by_role("region", name="税の情報を使うこと").get_by_role("button", name="同意する").click()
    phone.get_by_role("button", name="手紙はいらない").click()
    shot(phone, "offers4-how")
    assert "手紙は届きません" in phone.inner_text("main") and fits(phone)
    phone.goto("/my/offers/letter/")
    shot(phone, "offers5-letter")
    assert fits(phone)


@pytest.mark.slow
@pytest.mark.needs("Chromium")
@pytest.mark.needs("axe")
def test_screens_have_no_faults(
    page: Page,
    live_server: Any,
    person: SignedInPersona,
    city: Mapping[str, Actor],
    page_of: Callable[[str], Page],
    tmp_path: Path,
) -> None:
    page.set_default_timeout(60_000)
    held, seen, faults = browser_of(person).cookies["sessionid"].value, {}, []
    page.context.add_cookies([{"name": "sessionid", "value": held, "url": live_server.url}])

    def look(path: str) -> None:
        page.goto(path)
        faults.extend(f"{path}: {one}" for one in accessibility_faults(page))
        seen[path] = page.content()
        shot(page, path.strip("/").replace("/", "-"))

    number = offers.offers_of(resident_no=person.resident_no)[0].number
    for path in ("", f"{number}/", "how/", "letter/"):
        look(f"/my/offers/{path}")
    done, waiting = sent(city, [CARD], now=timezone.now()), approved(city, [CARD], now=timezone.now())
    page_of("herald_aki")
    for path in ("", "new/", f"{done}/", f"{waiting}/", f"{waiting}/sample/"):
        look(f"/office/campaigns/{path}")
    assert faults == []
    assert html_faults(seen, tmp_path) == []


@pytest.mark.slow
def test_the_screens_of_whoever_goes_and_asks(
    live_server: Any, register: object, city: Mapping[str, Actor], page_of: Callable[[str], Page], tmp_path: Path
) -> None:  # fmt: skip
    """The queue, one person, a round, take-up, those under 支援措置, and what a 民生委員 sees."""
    now, seen, faults = timezone.now(), {}, []
    number = sent(city, [CARD], channels=(), now=now)
    while sending.send_due(ports={}, link="", now=now) != sending.Told():
        pass
    finding.look(now=now)
    take_up.measure(campaign=number, by=city["herald_aki"], now=now)
    ours, theirs = reaching.queue(now=now)[0], reaching.queue(now=now, sheltered=True)[0]
    consent(resident_no=ours.resident_no, purpose=ConsentPurpose.COMMISSIONER, by=city["herald_aki"], now=now)

    def look(page: Page, path: str) -> None:
        page.set_default_timeout(60_000)
        if path:
            page.goto(path)
        faults.extend(f"{path}: {one}" for one in accessibility_faults(page))
        seen[path or page.url] = page.content()
        shot(page, (path or "opened").strip("/").replace("/", "-"))

    page = page_of("herald_aki")
    page.set_default_timeout(60_000)
    for path in ("", f"{ours.number}/", "round/", "take-up/"):
        look(page, f"/office/reaching/{path}")
    page.goto("/office/reaching/round/")
    page.get_by_role("button", name="道順を作る").click()
    look(page, "")
    who = StaffMember.objects.get(username="commissioner_tami").pk
    reaching.entrust(
        number=ours.number, commissioner=who, fields=list(EntrustedField), message="電話をください", days=5, by=city["herald_aki"],
        now=now,
    )  # fmt: skip
    look(page, f"/office/reaching/{ours.number}/?")
    page = page_of("protector_yuki")
    for path in ("", f"{theirs.number}/"):
        look(page, f"/office/sheltered/reaching/{path}")
    page = page_of("commissioner_tami")
    look(page, "/office/entrusted/")
    page.get_by_role("button", name="1人目を開く").click()
    look(page, "")
    assert faults == []
    assert html_faults(seen, tmp_path) == []
