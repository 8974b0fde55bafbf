"""Applying from home as it is used: a first-time resident on a phone of 360 px, by keyboard, without JavaScript; by axe."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Locator, Page
from tests.applying import ALLOWANCE, applicant_of, picture, submitted
from tests.browser_kit import accessibility_faults, html_faults
from tests.cast import RESIDENTS
from tests.personas import browser_of
from tests.signing import CLIENT, SECRET, _key, persona_of

from madoguchi.audit.entries import Actor
from madoguchi.cases import reviewing
from madoguchi.cases.models import CaseRow, HomeCaseRow
from madoguchi.city.models import StaffMember
from madoguchi.connect.twins.identity_provider import Provider, ProviderServer
from madoguchi.connect.twins.virus_scanner import ScannerTwin

pytestmark = [
    pytest.mark.browser,
    pytest.mark.urls("tests.browser.urls"),
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("procedures", "residents"),
]
PHONE = {"width": 360, "height": 740}
MOST_SCREENS, MOST_TABS = 8, 80
LOOKED_AT = {
    *(f"my:apply{name}" for name in ("", "_begin", "_ask", "_change", "_choose", "_files", "_check")),
    "my:case", "my:case_counter", "my:receipt", "my:withdraw", "my:wish",
}  # fmt: skip
TYPED = 'input:not([type]), input[type="text"], input[type="number"], input[type="search"], textarea'
SHOTS = os.environ.get("SHOTS")


@pytest.fixture
def provider(live_server: Any, settings: Any) -> Iterator[Provider]:
    """The sign-in's twin, which sends back to this server."""
    people = (persona_of(RESIDENTS["head"], "head"),)
    made = Provider(CLIENT, SECRET, f"{live_server.url}/my/back/", people, key=_key(1), other_key=_key(2))
    server = ProviderServer(0, made, slow_seconds=0.4)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    settings.OIDC_ISSUER, settings.OIDC_CLIENT_ID, settings.OIDC_CLIENT_SECRET = made.issuer, CLIENT, SECRET
    settings.OIDC_KEY_FILE, settings.PUBLIC_ADDRESS = "", live_server.url
    yield made
    server.shutdown()
    server.server_close()


@pytest.fixture
def scanner(settings: Any, tmp_path: Path) -> Iterator[ScannerTwin]:
    """The virus scanner's twin."""
    twin = ScannerTwin(0)
    threading.Thread(target=twin.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    settings.VIRUS_SCANNER, settings.ATTACHMENTS_FOLDER = twin.here, tmp_path / "attachments"
    yield twin
    twin.shutdown()
    twin.server_close()


@pytest.fixture
def phone(chromium: Browser, live_server: Any) -> Iterator[Page]:
    """A phone of 360 px with JavaScript off."""
    window = chromium.new_context(
        base_url=live_server.url, locale="ja-JP", viewport=PHONE, java_script_enabled=False
    )
    opened = window.new_page()
    opened.set_default_timeout(60_000)
    yield opened
    window.close()


def shot(page: Page, name: str) -> None:
    if SHOTS:
        page.screenshot(path=Path(SHOTS) / f"{name}.png", full_page=True)


def tab_to(page: Page, wanted: Locator) -> None:
    """By the Tab key alone."""
    for _tab in range(MOST_TABS):
        if wanted.evaluate("one => one === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"no way to {wanted} by keyboard on {page.url}")


def press(page: Page, wanted: Locator, key: str = "Enter") -> None:
    tab_to(page, wanted)
    if key == "Enter":
        with page.expect_navigation():
            page.keyboard.press(key)
    else:
        page.keyboard.press(key)


def _one_chosen(phone: Page) -> None:
    """An answer by keys: the next of a list, or the last of two."""
    for select in phone.locator("select").all():
        tab_to(phone, select)
        phone.keyboard.press("ArrowDown")
    radios = phone.locator("input[type=radio]")
    if radios.count():
        no = phone.locator("input[type=radio][value=no]")
        press(phone, radios.first, " ")
        if no.count():
            phone.keyboard.press("ArrowDown")


@pytest.mark.needs("Chromium")
def test_a_first_time_resident_claims_the_allowance_on_a_phone(
    phone: Page, provider: Provider, scanner: ScannerTwin, live_server: Any
) -> None:
    """At most eight screens from the sign-in to the receipt, nothing typed, by keyboard, without JavaScript."""
    screens: list[str] = []
    to_type = 0

    def arrived(name: str) -> None:
        nonlocal to_type
        assert phone.url.startswith(live_server.url)
        screens.append(phone.inner_text("h1"))
        to_type += phone.locator(TYPED).count()
        width = phone.locator("html").bounding_box()
        assert width is not None
        assert width["width"] <= PHONE["width"]
        shot(phone, f"claim-{len(screens)}-{name}")

    phone.goto(f"/my/apply/for/{ALLOWANCE}/")
    arrived("sign-in")
    press(phone, phone.get_by_role("link", name="デジタル認証アプリでサインイン"))
    assert phone.url.startswith(provider.issuer)
    phone.locator("button").first.click()
    phone.wait_for_url(f"**/my/apply/for/{ALLOWANCE}/")
    arrived("consent")
    press(phone, phone.get_by_role("button", name="同意して始める"))
    while "/files/" not in phone.url:
        arrived("question")
        assert len(screens) < MOST_SCREENS
        _one_chosen(phone)
        press(phone, phone.get_by_role("button", name="つぎへ"))
    arrived("files")
    file = phone.locator("input[type=file]").first
    tab_to(phone, file)
    file.set_input_files({"name": "口座.png", "mimeType": "image/png", "buffer": picture()})
    press(phone, phone.get_by_role("button", name="つけて、つぎへ"))
    arrived("check")
    press(phone, phone.get_by_role("checkbox"), " ")
    press(phone, phone.get_by_role("button", name="申請する", exact=True))
    arrived("receipt")
    assert screens[-1] == "申請を受け付けました", screens
    assert len(screens) <= MOST_SCREENS, screens
    assert to_type == 0, "nothing is to be typed that the city knows, and here nothing at all"
    home = HomeCaseRow.objects.get()
    assert home.submitted_at is not None
    assert scanner.scanned == 1
    assert home.number in phone.inner_text("main").replace("-", "")
    press(phone, phone.get_by_role("link", name="申請の状況を見る"))
    assert "受け付けました" in phone.inner_text("main")


@dataclass
class Looked:
    """The pages that were looked at, at three widths, and what was wrong with them."""

    page: Page
    faults: list[str] = field(default_factory=list)
    seen: dict[str, str] = field(default_factory=dict)

    def look(self, name: str) -> None:
        for width in (360, 320, 1280):
            self.page.set_viewport_size({"width": width, "height": 740})
            wide = self.page.evaluate("document.scrollingElement.scrollWidth")
            self.faults.extend([f"{name} is {wide} px at {width}"] if wide > width else [])
            shot(self.page, f"{name}-{width}")
        self.faults.extend(f"{name}: {one}" for one in accessibility_faults(self.page))
        self.seen[name] = self.page.content()


@pytest.mark.needs("Chromium")
@pytest.mark.needs("axe")
@pytest.mark.needs("java")
@pytest.mark.slow
def test_every_screen_can_be_read_by_everybody(
    page: Page, scanner: ScannerTwin, live_server: Any, tmp_path: Path
) -> None:
    page.set_default_timeout(60_000)
    who = applicant_of("head")
    cookie = browser_of(applicant_persona(who.account, who.principal_no)).cookies["sessionid"]
    page.context.add_cookies([{"name": "sessionid", "value": cookie.value, "url": live_server.url}])
    looked = Looked(page)
    _begun_and_answered(page, looked)
    _chosen_and_attached(page, looked)
    _checked_and_followed(page, looked)
    number = submitted(who, now=timezone.now())
    reviewer = StaffMember.objects.get(username="reviewer_jiro")
    by = Actor(reviewer.pk, reviewer.display_name, "main", "desk3")
    case = CaseRow.objects.get(home__number=number).public_id
    reviewing.send_back(case=case, note="口座の写真をつけてください", by=by, now=timezone.now(), version=None)
    page.goto(f"/my/cases/{number}/")
    looked.look("sent-back")
    page.goto("/my/")
    looked.look("home")
    assert looked.faults == []
    assert html_faults(looked.seen, tmp_path) == []
    assert "files" in looked.seen


def _begun_and_answered(page: Page, looked: Looked) -> None:
    page.goto("/my/apply/")
    looked.look("start")
    page.get_by_role("link", name="赤ちゃんが生まれた").click()
    looked.look("begin")
    page.get_by_role("button", name="同意して始める").click()
    looked.look("ask-day")
    page.get_by_role("button", name="つぎへ").click()
    looked.look("ask-problem")
    page.locator("select").first.select_option("令和")
    today = timezone.localdate()
    for part, value in (("y", today.year - 2018), ("m", today.month), ("d", today.day)):
        page.locator(f"input[name$='-{part}']").fill(str(value))
    page.get_by_role("button", name="つぎへ").click()
    looked.look("ask-name")
    page.locator(TYPED).first.fill("髙橋 新")
    page.get_by_role("button", name="つぎへ").click()
    for _question in range(30):
        if not page.get_by_role("button", name="わからない").count():
            break
        radios, selects = page.locator("input[type=radio]"), page.locator("select")
        for select in selects.all():
            select.select_option(index=1)
        if radios.count():
            radios.first.check()
        go = "つぎへ" if radios.count() or selects.count() else "わからない"
        page.get_by_role("button", name=go, exact=True).click()


def _chosen_and_attached(page: Page, looked: Looked) -> None:
    if "/choose/" in page.url:
        looked.look("choose")
        for box in page.locator("input[type=checkbox]").all():
            box.check()
        page.get_by_role("button", name="つぎへ").click()
    if "/files/" in page.url:
        page.locator("input[type=file]").first.set_input_files(
            {"name": "x.png", "mimeType": "image/png", "buffer": picture()}
        )
        page.get_by_role("button", name="つけて、つぎへ").click()
        page.goto(page.url.replace("check", "files"))
        looked.look("files")
        page.get_by_role("link", name="いまはつけずに、つぎへ").click()


def _checked_and_followed(page: Page, looked: Looked) -> None:
    looked.look("check")
    page.locator(".mdg-apply__change a").first.click()
    looked.look("change")
    page.get_by_role("link", name="変えずにもどる").click()
    page.get_by_role("checkbox").check()
    page.get_by_role("button", name="申請する", exact=True).click()
    looked.look("receipt")
    page.get_by_role("link", name="申請の状況を見る").click()
    looked.look("case")
    page.get_by_role("link", name="窓口で行う手続き").click()
    looked.look("counter")
    page.get_by_role("link", name="申請の状況を見る").click()
    page.get_by_role("link", name="訂正を申し出る").click()
    looked.look("wish")
    page.get_by_role("textbox").fill("口座を変えました")
    page.get_by_role("button", name="申し出る", exact=True).click()
    page.get_by_role("link", name="取り下げる").click()
    looked.look("withdraw")


def applicant_persona(account: int, number: str) -> Any:
    from tests.personas import SignedInPersona

    return SignedInPersona(0, number, account)
