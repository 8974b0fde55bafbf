"""Paying as a resident does, without JavaScript: by number and digits, to the provider's page, back, and what is said then."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from random import Random

import pytest
from django.conf import settings
from django.test import Client, RequestFactory, override_settings
from django.utils import timezone
from tests.cast import NOW
from tests.rooms.cases.walking import begun, visited
from tests.rooms.payments.histories import World

from madoguchi.audit.entries import Actor
from madoguchi.audit.models import EntryRow
from madoguchi.cases import certificate_payments, certificate_wishes, closing
from madoguchi.cases.certificate_payments import NothingToPay
from madoguchi.cases.certificate_wishes import CertificatesArePaid
from madoguchi.cases.states import PayState
from madoguchi.channels.online.paying_here import send_to_pay
from madoguchi.connect import paying
from madoguchi.payments import asking
from madoguchi.payments.models import EventRow, PayableRow, PaymentRow
from madoguchi.payments.signing import sign
from madoguchi.payments.values import Asked

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("procedures")]
PAGES, SECRET = "http://127.0.0.1:9", "a secret of the test"
FEES = {"resident_record": 300}
CLERK = Actor(None, "窓口", "", "")


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """A provider on whose line nothing goes wrong."""
    made = World(Random(1), timezone.now(), well=True)
    monkeypatch.setattr(paying, "provider", lambda: made)
    with override_settings(PAYMENT_PROVIDER=PAGES, PAYMENT_SECRETS=[SECRET]):
        yield made


@pytest.fixture
def case(city: Mapping[str, Actor]) -> str:
    """A case in which two copies of the 住民票 are asked for."""
    clerk = city["clerk_hana"]
    made = begun(clerk)
    visited(made, clerk)
    certificate_wishes.request_certificates(
        case=made, copies={"resident_record": 2}, fees=FEES, by=clerk, now=NOW
    )
    return made


@pytest.fixture
def asked(case: str, world: World, city: Mapping[str, Actor]) -> Asked:
    """The number that was given out for it."""
    return paying.give_number(case=case, by=city["clerk_hana"], now=NOW)


def opened(asked: Asked) -> Client:
    browser = Client()
    answer = browser.post("/pay/", {"number": asked.number.lower(), "code": asked.code})
    assert answer["Location"] == f"/pay/{asked.number}/"
    return browser


def state_of(case: str) -> PayState | None:
    bill = certificate_payments.bill_of(case=case)
    return bill.state if bill else None


def test_from_the_number_to_paid(case: str, asked: Asked, world: World) -> None:
    browser = opened(asked)
    page = browser.get(f"/pay/{asked.number}/").content.decode()
    assert "600円を支払う" in page and "住民票の写し 2通" in page
    there = browser.post(f"/pay/{asked.number}/", {"press": "p"})["Location"]
    again = browser.post(f"/pay/{asked.number}/", {"press": "p"})["Location"]
    assert there == again, "pressed twice: the same session"
    world.books.choose(session=there.removeprefix("/s/"), way="card", now=world.now)
    page = browser.get(f"/pay/{asked.number}/back/", follow=True).content.decode()
    assert "支払いが済みました" in page and "円を支払う" not in page
    assert state_of(case) is PayState.PAID
    receipt = browser.get(f"/pay/{asked.number}/receipt/").content.decode()
    assert "600円" in receipt and "令和" in receipt and asked.number in receipt
    assert browser.post(f"/pay/{asked.number}/", {"press": "q"}).status_code == 409
    assert len(world.books.movements()) == 1


def test_the_message_before_the_redirect_is_as_good(case: str, asked: Asked, world: World) -> None:
    browser = opened(asked)
    there = browser.post(f"/pay/{asked.number}/", {"press": "p"})["Location"]
    world.books.choose(session=there.removeprefix("/s/"), way="shop", now=world.now)
    one = world.books.due_events(now=world.now)[0]
    for _time in range(2):
        signature = sign(one.body, secret=SECRET, at=timezone.now())
        answer = Client(enforce_csrf_checks=True).post(
            "/pay/hook/", one.body, "application/json", headers={"Madoguchi-Signature": signature}
        )
        assert json.loads(answer.content) == {"taken": True}
    assert state_of(case) is PayState.PAID
    assert EventRow.objects.count() == 1


def test_a_message_without_a_signature_or_an_old_one_is_refused(asked: Asked) -> None:
    body = b'{"event": "e", "record": {}}'
    old = sign(body, secret=SECRET, at=timezone.now() - timedelta(minutes=6))
    for signature, status in (("", 401), (old, 401), (sign(body, secret="guess", at=timezone.now()), 401)):
        headers = {"Madoguchi-Signature": signature}
        assert Client().post("/pay/hook/", body, "application/json", headers=headers).status_code == status
    good = {"Madoguchi-Signature": sign(body, secret=SECRET, at=timezone.now())}
    assert Client().post("/pay/hook/", body, "application/json", headers=good).status_code == 400
    assert not EventRow.objects.exists()


def test_no_answer_is_said_and_nothing_is_lost(case: str, asked: Asked, world: World) -> None:
    browser = opened(asked)
    world.well, world.chance = False, _Always(0.05)
    answer = browser.post(f"/pay/{asked.number}/", {"press": "p"})
    assert answer.status_code == 503
    assert "まだ支払われていません" in answer.content.decode()
    assert PaymentRow.objects.count() == 1
    world.well = True
    browser.post(f"/pay/{asked.number}/", {"press": "p"})
    assert PaymentRow.objects.count() == 1


class _Always(Random):
    def __init__(self, drawn: float) -> None:
        super().__init__(1)
        self.drawn = drawn

    def random(self) -> float:
        return self.drawn


def test_another_s_number_is_not_found_and_digits_are_not_tried_for_ever(asked: Asked) -> None:
    browser = Client()
    for path in ("", "receipt/"):
        assert browser.get(f"/pay/{asked.number}/{path}").status_code == 404
    assert f'value="{asked.number}"' in browser.get(f"/pay/{asked.number}/back/").content.decode()
    wrong = "0000" if asked.code != "0000" else "1111"
    statuses = [browser.post("/pay/", {"number": asked.number, "code": wrong}).status_code for _ in range(6)]
    assert statuses == [404] * 5 + [429]
    assert browser.post("/pay/", {"number": asked.number, "code": asked.code}).status_code == 429


def test_other_copies_are_another_number_and_the_old_one_ends(
    case: str, asked: Asked, city: Mapping[str, Actor]
) -> None:
    clerk = city["clerk_hana"]
    browser = opened(asked)
    certificate_wishes.request_certificates(
        case=case, copies={"resident_record": 3}, fees=FEES, by=clerk, now=NOW
    )
    assert browser.post(f"/pay/{asked.number}/", {"press": "p"}).status_code == 409
    newer = paying.give_number(case=case, by=clerk, now=NOW)
    assert (newer.number != asked.number, newer.payable.yen) == (True, 900)


def test_what_is_paid_stays_as_it_is_and_a_withdrawn_case_gives_back(
    case: str, asked: Asked, world: World, city: Mapping[str, Actor]
) -> None:
    clerk = city["clerk_hana"]
    browser = opened(asked)
    there = browser.post(f"/pay/{asked.number}/", {"press": "p"})["Location"]
    closing.withdraw(case=case, reason="やめた", by=clerk, now=NOW, version=None)
    world.books.choose(session=there.removeprefix("/s/"), way="wallet", now=world.now)
    page = browser.get(f"/pay/{asked.number}/back/", follow=True).content.decode()
    assert "お金をお返しします" in page
    paying.care(now=timezone.now())
    assert "お返ししました" in browser.get(f"/pay/{asked.number}/").content.decode()
    assert [one[2] for one in world.books.movements()] == ["capture", "refund"]


def test_copies_do_not_change_once_they_are_paid(
    case: str, asked: Asked, world: World, city: Mapping[str, Actor]
) -> None:
    browser = opened(asked)
    there = browser.post(f"/pay/{asked.number}/", {"press": "p"})["Location"]
    world.books.choose(session=there.removeprefix("/s/"), way="wallet", now=world.now)
    browser.get(f"/pay/{asked.number}/back/")
    with pytest.raises(CertificatesArePaid):
        certificate_wishes.request_certificates(
            case=case, copies={"resident_record": 1}, fees=FEES, by=city["clerk_hana"], now=NOW
        )


def test_nothing_to_pay_is_said(city: Mapping[str, Actor], world: World) -> None:
    clerk = city["clerk_hana"]
    with pytest.raises(NothingToPay):
        paying.give_number(case=begun(clerk), by=clerk, now=NOW)


@override_settings(PAYMENT_PROVIDER="")
def test_without_a_provider_nothing_is_offered(case: str, city: Mapping[str, Actor]) -> None:
    with pytest.raises(paying.NotPaidHere):
        paying.give_number(case=case, by=city["clerk_hana"], now=NOW)


def test_the_counter_gives_the_number_and_sees_that_it_is_paid(
    case: str, world: World, signed_in: Callable[[str], Client]
) -> None:
    clerk = signed_in("clerk_hana")
    page = clerk.get(f"/cases/{case}/payment/").content.decode()
    assert "支払い用の番号を渡す" in page and "600円" in page
    page = clerk.post(f"/cases/{case}/payment/", follow=True).content.decode()
    assert "支払い待ちです" in page
    asked = asking.look_at(number=PayableRow.objects.get().number)
    assert asked.number in page and asked.code in page
    browser = opened(asked)
    there = browser.post(f"/pay/{asked.number}/", {"press": "p"})["Location"]
    world.books.choose(session=there.removeprefix("/s/"), way="wallet", now=world.now)
    browser.get(f"/pay/{asked.number}/back/")
    assert "支払い済み" in clerk.get(f"/cases/{case}/payment/").content.decode()


def test_money_is_taken_at_the_counter_only_when_nobody_paid_already(
    case: str, asked: Asked, world: World, signed_in: Callable[[str], Client]
) -> None:
    clerk, browser = signed_in("clerk_hana"), opened(asked)
    there = browser.post(f"/pay/{asked.number}/", {"press": "p"})["Location"]
    page = clerk.post(f"/cases/{case}/payment/", {"act": "end"}, follow=True).content.decode()
    assert "支払い用の番号を渡す" in page
    assert [one[3] for one in world.books.sessions()] == ["failed"], "whoever is just paying is stopped"
    assert browser.post(f"/pay/{asked.number}/", {"press": "q"}).status_code == 409
    newer = opened(paying.give_number(case=case, by=CLERK, now=NOW))
    number = PayableRow.objects.latest("pk").number
    there = newer.post(f"/pay/{number}/", {"press": "p"})["Location"]
    world.books.choose(session=there.removeprefix("/s/"), way="wallet", now=world.now)
    answer = clerk.post(f"/cases/{case}/payment/", {"act": "end"})
    assert answer.status_code == 409 and "済んでいます" in answer.content.decode()
    assert state_of(case) is PayState.PAID


def test_whoever_asks_for_another_s_number_is_written_down(asked: Asked) -> None:
    before = EntryRow.objects.filter(activity="refused").count()
    for number in (asked.number, "NOSUCH22"):
        assert Client().get(f"/pay/{number}/").status_code == 404
    assert EntryRow.objects.filter(activity="refused").count() == before + 2


@pytest.mark.parametrize("length", ["", "x", "-5", "64001", "9" * 30])
def test_a_message_of_whatever_length_is_no_error(length: str, asked: Asked) -> None:
    answer = Client().generic("POST", "/pay/hook/", b"x", CONTENT_LENGTH=length)
    assert answer.status_code in (401, 413)


def test_whoever_is_known_is_sent_to_pay_without_typing_and_back(asked: Asked) -> None:
    request = RequestFactory().get("/")
    browser = Client()
    request.session = browser.session
    answer = send_to_pay(request, asked.number, home="/my/cases/7/")
    request.session.save()
    browser.cookies[settings.SESSION_COOKIE_NAME] = str(request.session.session_key)
    page = browser.get(answer["Location"]).content.decode()
    assert "600円を支払う" in page and 'href="/my/cases/7/"' in page


def test_the_language_stays_over_the_provider_and_back(asked: Asked, world: World) -> None:
    browser = opened(asked)
    page = browser.get(f"/pay/{asked.number}/?language=en")
    assert page["Content-Language"] == "en"
    assert "Pay 600 yen" in page.content.decode() and '<h1 lang="ja">' in page.content.decode()
    there = browser.post(f"/pay/{asked.number}/", {"press": "p"})["Location"]
    world.books.choose(session=there.removeprefix("/s/"), way="wallet", now=world.now)
    back = browser.get(f"/pay/{asked.number}/back/", follow=True).content.decode()
    assert "Payment is complete" in back and "支払いが済みました" not in back
    receipt = browser.get(f"/pay/{asked.number}/receipt/").content.decode()
    assert "令和" not in receipt
    refused = browser.post(f"/pay/{asked.number}/", {"press": "q"})
    assert "You need not pay again" in refused.content.decode()
    assert 'lang="ja"' in browser.get(f"/pay/{asked.number}/?language=ja-easy").content.decode()
