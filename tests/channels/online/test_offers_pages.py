"""What the city offers, as residents see it: two presses, a no that is remembered, consents, letters, and nobody else's."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

import pytest
from django.test import Client
from django.utils import timezone
from tests.cast import NOW, SETTER
from tests.personas import SignedInPersona, browser_of, entry_of, personas
from tests.rooms.outreach.campaigning import MEDICAL, SEAL, sent

from madoguchi.audit.entries import Actor
from madoguchi.audit.models import EntryRow
from madoguchi.cases import prepared
from madoguchi.outreach import letters, offers, sending
from madoguchi.outreach.models import AnswerRow, ConsentRow, ContactRow, OfferRow
from madoguchi.outreach.states import OfferChannel
from madoguchi.residents.operations import add_fact, register
from madoguchi.residents.sheltering import protect

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("procedures")]
Staff = Mapping[str, Actor]


@pytest.fixture
def people(city: Staff, procedures: str) -> Sequence[SignedInPersona]:
    """Three residents, each offered something that is done at the counter."""
    found = personas(3)
    sent(city, [SEAL], channels=(OfferChannel.LETTER,))
    return found


def number_of(person: SignedInPersona) -> str:
    return offers.offers_of(resident_no=person.resident_no)[0].number


def test_used_in_two_presses(people: Sequence[SignedInPersona], city: Staff) -> None:
    one = people[0]
    browser = browser_of(one)
    assert "使える手続き" in browser.get("/my/").content.decode()
    page = browser.get("/my/offers/").content.decode()
    (address,) = re.findall(r'href="(/my/offers/[0-9a-f]{24}/)"', page)
    shown = browser.get(address).content.decode()  # the first press
    assert "あなたに案内する理由" in shown and "もう分かっていること" in shown and "窓口の予約" not in shown
    used = browser.post(address, {"answer": "use"}).content.decode()  # the second
    code = re.search(r'mdg-slip__code">([0-9A-Z-]+)<', used)
    assert code is not None and "「使う」を受け付けました" in used
    again = browser.post(address, {"answer": "use"}).content.decode()
    assert code[1] in again, "the same offer keeps its number"
    case = prepared.take(code=code[1], by=city["clerk_hana"], now=timezone.now())
    assert case
    assert [row.answer for row in AnswerRow.objects.all()] == ["use"]


def test_a_no_and_a_later(people: Sequence[SignedInPersona]) -> None:
    browser = browser_of(people[0])
    address = f"/my/offers/{number_of(people[0])}/"
    assert browser.post(address, {"answer": "later", "days": "7"}).status_code == 302
    assert "あとで" in browser.get(address).content.decode()
    browser.post(address, {"answer": "refuse"})
    page = browser.get(address).content.decode()
    assert 'value="use"' in page and 'value="refuse"' not in page
    for junk in ("", "no", "\x00"):
        assert browser.post(address, {"answer": junk}).status_code == 302
    assert OfferRow.objects.get(public_id=number_of(people[0])).state == "refused"


def test_somebody_elses_is_not_found_and_written_down(people: Sequence[SignedInPersona]) -> None:
    theirs, browser = number_of(people[1]), browser_of(people[0])
    for url in (f"/my/offers/{theirs}/", "/my/offers/none/", f"/my/offers/{'0' * 24}/"):
        assert browser.get(url).status_code == 404
        assert browser.post(url, {"answer": "refuse"}).status_code == 404
    assert EntryRow.objects.filter(activity="refused", body__needed="own").count() == 6
    assert OfferRow.objects.get(public_id=theirs).state == "open"
    assert Client().get(f"/my/offers/{theirs}/").status_code == 302


def test_consents_are_given_and_taken_back(people: Sequence[SignedInPersona], settings: object) -> None:
    settings.MAIL_READY = True  # type: ignore[attr-defined]  # pytest-django's
    browser, number = browser_of(people[0]), people[0].resident_no
    url = "/my/offers/how/"
    assert browser.post(url, {"purpose": "email", "act": "give", "place": "x"}).status_code == 422
    assert browser.post(url, {"purpose": "sms", "act": "give", "place": "09012345678"}).status_code == 422
    assert browser.post(url, {"purpose": "none"}).status_code == 422
    browser.post(url, {"purpose": "email", "act": "give", "place": "a@example.jp"})
    browser.post(url, {"purpose": "tax", "act": "give"})
    assert "a@example.jp" in browser.get(url).content.decode()
    browser.post(url, {"purpose": "email", "act": "withdraw"})
    browser.post(url, {"purpose": "letter", "act": "withdraw"})
    page = browser.get(url).content.decode()
    assert "a@example.jp" not in page and "手紙は届きません" in page and "取り下げました" in page
    assert not ContactRow.objects.exists() and ConsentRow.objects.filter(resident_no=number).count() == 4
    assert EntryRow.objects.filter(kind="access", person_key=number, body__screen="offers_how").exists()


def test_a_letters_code_says_which_procedure_and_no_more(
    people: Sequence[SignedInPersona], city: Staff
) -> None:
    sending.send_due(ports={}, link="", now=NOW)
    batch = letters.hand_over(by=city["herald_aki"], now=NOW)
    rows = {row[4]: row for row in csv.reader(io.StringIO(batch.content.decode("utf-8-sig")))}
    one = entry_of(people[0].place)
    code, birth = rows[one.name.name][6], str(one.birth)
    stranger = Client()
    assert stranger.get("/my/offers/letter/").status_code == 200
    assert stranger.post("/my/offers/letter/", {"code": code, "birth": "R1.5.1"}).status_code == 404
    assert stranger.post("/my/offers/letter/", {"code": "x", "birth": ""}).status_code == 422
    page = stranger.post("/my/offers/letter/", {"code": code, "birth": birth}).content.decode()
    assert "印鑑登録" in page and 'value="refuse"' not in page
    for hidden in (one.name.name, one.address, one.resident_no, "理由:"):
        assert hidden not in page
    said = {"code": code, "birth": birth, "offer": number_of(people[0])}
    stranger.post("/my/offers/letter/", {**said, "answer": "refuse"})
    assert OfferRow.objects.get(public_id=number_of(people[0])).state == "open"
    stranger.post("/my/offers/letter/", {**said, "answer": "later"})
    assert OfferRow.objects.get(public_id=number_of(people[0])).state == "later"
    stranger.post("/my/offers/letter/", {**said, "offer": number_of(people[1]), "answer": "use"})
    assert OfferRow.objects.get(public_id=number_of(people[1])).state == "open"
    used = stranger.post("/my/offers/letter/", {**said, "answer": "use"}).content.decode()
    assert "mdg-slip__code" in used and one.name.name not in used


def test_a_protected_person_is_told_on_their_own_page_once_it_is_safe(
    people: Sequence[SignedInPersona], city: Staff
) -> None:
    """Their account stops with the protection; nothing is there to open until those who handle it have looked."""
    protect(resident_no=people[2].resident_no, begins_on=NOW.date(), ends_on=None, by=SETTER, now=NOW)
    answer = browser_of(people[2]).get("/my/offers/")
    assert answer.status_code == 302 and answer["Location"] == "/my/"
    sending.send_due(ports={}, link="", now=NOW)
    batch = letters.hand_over(by=city["herald_aki"], now=NOW)
    assert batch.letters == 2 and entry_of(2).address not in batch.content.decode()


def test_two_presses_lead_into_the_application(city: Staff, procedures: str) -> None:
    """Where it may be filed from home, 使う opens the application itself; what is looked up stands beside the button."""
    one = personas(1)[0]
    child = replace(
        entry_of(1), household_no=entry_of(0).household_no, relationship="子", birth=date(2020, 4, 1),
        address=entry_of(0).address,
    )  # fmt: skip
    register(entries=[child], source="住民記録", as_of=NOW.date(), now=NOW)
    add_fact(
        resident_no=child.resident_no, key="health_insurance", value="nhi", valid_from=date(2026, 4, 1),
        as_of=date(2026, 4, 1), source="試験", by=SETTER, now=NOW,
    )  # fmt: skip
    sent(city, [MEDICAL], channels=())
    browser, address = browser_of(one), f"/my/offers/{number_of(one)}/"
    page = browser.get(address).content.decode()
    assert "市が調べること" in page
    agreed = re.search(r'name="agreed" value="([^"]+)"', page)
    assert agreed is not None
    assert browser.post(address, {"answer": "use"}).status_code == 422, (
        "nothing is looked up without the consent"
    )
    assert OfferRow.objects.get(resident_no=one.resident_no).state == "open"
    said = {"answer": "use", "agreed": agreed[1]}
    opened = [browser.post(address, said)["Location"] for _ in range(2)]
    assert opened[0] == opened[1] and opened[0].startswith("/my/apply/")
    assert browser.get(opened[0], follow=True).status_code == 200
