"""What goes beside applying, over the pages and without JavaScript: paying, what stays for the counter, being told by mail."""

from __future__ import annotations

import re
from collections.abc import Iterator
from random import Random
from typing import Any

import pytest
from django.test import Client, override_settings
from django.utils import timezone
from tests.applying import browser_of_role, form_of
from tests.channels.online.test_apply_pages import answered, begun
from tests.rooms.payments.histories import World

from madoguchi.cases.desk_tables import TellingRow
from madoguchi.cases.messages.telling import WORDS_VERSION
from madoguchi.cases.models import HomeCaseRow, HomeFeeRow, PreparedRow
from madoguchi.connect import paying

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("residents", "procedures")]
CLUB = "after-school-club"


@pytest.fixture
def family(residents: object, procedures: str) -> Client:
    return browser_of_role("mother_of_twins")


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    made = World(Random(1), timezone.now(), well=True)
    monkeypatch.setattr(paying, "provider", lambda: made)
    with override_settings(PAYMENT_PROVIDER="http://127.0.0.1:9"):
        yield made


def chosen(browser: Client, number: str) -> None:
    """Whatever may be wished for is wished for."""
    page = browser.get(f"/my/apply/{number}/choose/")
    if page.status_code == 200:
        wanted = re.findall(r'name="wanted" value="([^"]+)"', page.content.decode())
        browser.post(f"/my/apply/{number}/choose/", {"wanted": wanted, **form_of(page)})


def checked(browser: Client, what: str) -> tuple[str, Any]:
    number = begun(browser, what)
    answered(browser, number)
    chosen(browser, number)
    answered(browser, number)  # what only the amount hangs on
    return number, browser.get(f"/my/apply/{number}/check/")


def declared(browser: Client, number: str, page: Any) -> Any:
    return browser.post(f"/my/apply/{number}/check/", {"declared": "yes", **form_of(page)})


def test_from_the_declaration_to_the_money_to_the_receipt(family: Client, world: World) -> None:
    number, page = checked(family, CLUB)
    text = page.content.decode()
    assert "申込みの手数料" in text and "500円" in text and "申請して、支払いへ進む" in text
    to_pay = declared(family, number, page)["Location"]
    assert to_pay.startswith("/pay/")
    assert declared(family, number, page)["Location"] == to_pay, "pressed twice: the same number"
    assert family.get(f"/my/cases/{number}/")["Location"] == f"/my/apply/{number}/", "nothing is filed yet"
    there = family.post(to_pay, {"press": "p"})["Location"]
    world.books.choose(session=there.removeprefix("/s/"), way="card", now=world.now)
    back = family.get(f"{to_pay}back/", follow=True).content.decode()
    assert "支払いが済みました" in back and f"/my/cases/{number}/" in back
    case = family.get(f"/my/cases/{number}/").content.decode()
    assert "受け付けました" in case and "支払いが済みました" in case and "支払いへ進む" not in case
    assert family.get(f"/my/cases/{number}/receipt/").status_code == 200
    assert len(world.books.movements()) == 1


def test_whoever_comes_back_by_themselves_finds_it_filed(family: Client, world: World) -> None:
    """No page of coming back, no webhook: the status page asks the provider."""
    number, page = checked(family, CLUB)
    to_pay = declared(family, number, page)["Location"]
    there = family.post(to_pay, {"press": "p"})["Location"]
    world.books.choose(session=there.removeprefix("/s/"), way="card", now=world.now)
    assert "受け付けました" in family.get(f"/my/cases/{number}/").content.decode()


def test_without_a_provider_it_is_filed_and_paid_at_the_counter(family: Client) -> None:
    number, page = checked(family, CLUB)
    assert "申請のあと、窓口で支払います" in page.content.decode()
    assert declared(family, number, page)["Location"] == f"/my/cases/{number}/receipt/"
    receipt = family.get(f"/my/cases/{number}/receipt/").content.decode()
    assert "まだ支払われていません" in receipt and "支払いへ進む" not in receipt
    assert HomeFeeRow.objects.get().state == "asked"
    assert family.post(f"/my/cases/{number}/pay/").status_code == 409, "a sentence, and no page of paying"


def test_a_move_within_the_city_goes_to_the_counter_with_a_number(family: Client) -> None:
    number = begun(family, "move_within")
    answered(family, number)
    chosen(family, number)
    page = family.get(f"/my/apply/{number}/", follow=True)
    if "/check/" in page.redirect_chain[-1][0]:
        declared(family, number, page)
        page = family.get(f"/my/cases/{number}/receipt/")
    else:
        assert "転居届" in page.content.decode()
        family.post(f"/my/cases/{number}/counter/")
        page = family.get(f"/my/cases/{number}/counter/")
    text = page.content.decode()
    assert "準備の番号" in text and "転居届" in text
    assert PreparedRow.objects.get().event_kind == "move_within"
    family.post(f"/my/cases/{number}/counter/")
    assert PreparedRow.objects.count() == 1, "pressed again: the same number"


def test_every_event_stands_on_the_first_page(family: Client) -> None:
    text = family.get("/my/apply/").content.decode()
    for event in ("move_within", "move_out", "birth", "death", "marriage", "name_change"):
        assert f"/my/apply/for/{event}/" in text
    assert "/my/apply/for/move_in/" not in text and 'href="/find/"' in text
    assert family.get("/my/apply/for/move_in/").status_code == 404
    assert not HomeCaseRow.objects.exists()


def test_being_told_by_mail_is_agreed_to_and_stopped(family: Client, settings: Any) -> None:
    settings.MAIL_READY = True
    assert "/my/mail/" in family.get("/my/").content.decode()
    assert family.post("/my/mail/", {"address": "a@example.jp"}).status_code == 422
    assert family.post("/my/mail/", {"address": "x", "agreed": WORDS_VERSION}).status_code == 422
    assert not TellingRow.objects.exists()
    family.get("/my/?language=vi")
    assert family.post("/my/mail/", {"address": "a@example.jp", "agreed": WORDS_VERSION}).status_code == 302
    row = TellingRow.objects.get()
    assert (row.address, row.language) == ("a@example.jp", "vi")
    family.post("/my/mail/", {"go": "stop"})
    assert not TellingRow.objects.exists()
