"""Telling people: consent at the very moment, retries as stated, bounces, receipts that come twice, and who is never told."""

from __future__ import annotations

import csv
import io
import random
from collections.abc import Callable, Mapping
from datetime import timedelta

import pytest
from django.core import mail
from django.db import connection, transaction
from tests.cast import NOW, PLANTED, RESIDENTS, SETTER, TODAY
from tests.rooms.outreach.campaigning import CARD, MEDICAL, Tray, sent

from madoguchi.audit.entries import Actor
from madoguchi.outreach import finding, letters, reaching, safe, sampling, sending
from madoguchi.outreach.consent import consent, contacts, holds, ledger, set_contact, withdraw
from madoguchi.outreach.consent_purposes import TEXTS, ConsentPurpose
from madoguchi.outreach.letter_code import code_of, grouped, read
from madoguchi.outreach.mail import MailPort
from madoguchi.outreach.models import ConsentRow, MessageRow, OfferRow
from madoguchi.outreach.ports import OfferNote, Receipt, ReceiptKind, SendOutcome
from madoguchi.outreach.reaching import ReachLine
from madoguchi.outreach.sending import note_of
from madoguchi.outreach.states import RETRY_AFTER, MessageState, OfferChannel
from madoguchi.outreach.values import NoSuchOffer
from madoguchi.residents.sheltering import protect

Staff = Mapping[str, Actor]
pytestmark = [pytest.mark.django_db]
OWN = Actor(None, "ご本人", "", "")
MAIL_ONLY = (OfferChannel.EMAIL,)


def wants_mail(number: str, place: str = "taro@example.jp") -> None:
    set_contact(resident_no=number, channel=OfferChannel.EMAIL, place=place, by=OWN, now=NOW)


def go(port: Tray, *, now: object = NOW) -> sending.Told:
    return sending.send_due(ports={OfferChannel.EMAIL: port}, link="https://x.example/my/offers/", now=now)


def not_reached() -> tuple[ReachLine, ...]:
    """Those whom staff go and ask by now."""
    finding.look(now=NOW)
    return reaching.queue(now=NOW)


def state_of(number: str) -> MessageState:
    return MessageState(MessageRow.objects.get(resident_no=number).state)


def test_mail_goes_to_whoever_wants_it_and_says_nothing_of_them(
    city: Staff, register: Mapping[str, str], settings: object
) -> None:
    head = register["head"]
    wants_mail(head)
    sent(city, channels=MAIL_ONLY)
    told = sending.send_due(
        ports={OfferChannel.EMAIL: MailPort("shiyakusho@example.jp")},
        link="https://x.example/my/offers/",
        now=NOW,
    )
    assert told.sent == 1 and told.no_way == 1 and state_of(head) is MessageState.SENT
    (letter,) = mail.outbox
    assert letter.to == ["taro@example.jp"] and "https://x.example/my/offers/" in letter.body
    for word in ("髙橋", "医療", "児童", "こども", head):
        assert word not in letter.body + letter.subject
    assert sending.send_due(ports={}, link="", now=NOW + timedelta(days=9)).sent == 0
    assert [one.resident_no for one in not_reached()] == [register["mother_of_twins"]]


def test_the_ledger_is_only_added_to(register: Mapping[str, str]) -> None:
    head, tax = register["head"], ConsentPurpose.TAX
    consent(resident_no=head, purpose=tax, by=OWN, now=NOW)
    assert holds(resident_no=head, purpose=tax, on=TODAY)
    assert not holds(resident_no=head, purpose=tax, on=TODAY + timedelta(days=TEXTS[tax].days + 1))
    withdraw(resident_no=head, purpose=tax, by=OWN, now=NOW)
    assert not holds(resident_no=head, purpose=tax, on=TODAY)
    assert [one.given for one in ledger(resident_no=head)] == [False, True]
    with pytest.raises(Exception, match="書き足すだけ"), transaction.atomic():
        ConsentRow.objects.update(given=True)
    consent(resident_no=head, purpose=tax, by=OWN, now=NOW)
    with pytest.raises(Exception, match="書き足すだけ"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM outreach_consentrow")
    assert holds(resident_no=head, purpose=tax, on=TODAY)


def test_consent_to_older_words_does_not_hold(
    register: Mapping[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from dataclasses import replace

    wants_mail(register["head"])
    newer = replace(TEXTS[ConsentPurpose.EMAIL], version=2)
    monkeypatch.setitem(TEXTS, ConsentPurpose.EMAIL, newer)
    assert not holds(resident_no=register["head"], purpose=ConsentPurpose.EMAIL, on=TODAY)


def test_withdrawn_between_order_and_send(city: Staff, register: Mapping[str, str]) -> None:
    head, port = register["head"], Tray()
    wants_mail(head)
    sent(city, channels=MAIL_ONLY)
    withdraw(resident_no=head, purpose=ConsentPurpose.EMAIL, by=OWN, now=NOW)
    go(port)
    assert port.sent == [] and contacts(resident_no=head) == {}
    assert state_of(head) is MessageState.NO_WAY


@pytest.mark.parametrize(
    "flips", [pytest.param(120, id="quick"), pytest.param(100_000, marks=pytest.mark.slow, id="whole")]
)
def test_flips_of_consent_between_order_and_send(
    city: Staff,
    register: Mapping[str, str],
    flips: int,
    monkeypatch: pytest.MonkeyPatch,
    record_property: Callable[[str, object], None],
) -> None:
    """Consent goes on and off at random, before, between and while sending, also of whom it is just being sent to: nothing
    is sent that is not consented to."""
    sent(city, [CARD], channels=MAIL_ONLY)
    people = list(MessageRow.objects.values_list("resident_no", flat=True))
    chance, says, wrong, done = random.Random(7), dict.fromkeys(people, False), [], 0

    def flip() -> None:
        nonlocal done
        number = chance.choice(people)
        says[number] = not says[number]
        if says[number]:
            wants_mail(number, f"{number}@example.jp")
        else:
            withdraw(resident_no=number, purpose=ConsentPurpose.EMAIL, by=OWN, now=NOW)
        done += 1

    class Watching(Tray):
        def send(self, *, key: str, place: str, note: object) -> SendOutcome:
            if not says[place.partition("@")[0]]:
                wrong.append(place)
            flip()  # somebody changes their mind while another's is under way
            self.sent.append((key, place, note))
            return SendOutcome.ACCEPTED

    def worded(*, offers: int, link: str) -> OfferNote:
        if chance.random() < 0.5:  # the way was chosen, and the call comes next
            flip()
        return note_of(offers=offers, link=link)

    monkeypatch.setattr(sending, "note_of", worded)
    port, total = Watching(), 0
    while done < flips:
        MessageRow.objects.update(
            state=MessageState.DUE.value, channel="", tried=[], tries=0, due_at=NOW, reason=""
        )
        for _ in range(chance.randint(1, 12 if flips < 1000 else 600)):
            flip()
        go(port)
        total += len(port.sent)
        port.sent.clear()
    record_property("n", done)
    record_property("losses", len(wrong))
    assert wrong == [] and total


def test_retries_as_stated_then_the_next_way_then_staff(city: Staff, register: Mapping[str, str]) -> None:
    head = register["head"]
    port = Tray([SendOutcome.UNSURE] * 6)
    wants_mail(head)
    sent(city, channels=(OfferChannel.EMAIL, OfferChannel.LETTER))
    now = NOW
    assert go(port).again == 1
    for wait in RETRY_AFTER:
        assert go(port, now=now + wait - timedelta(seconds=1)).again == 0
        now += wait
        assert go(port, now=now).again == 1
    assert len({key for key, _place, _note in port.sent}) == 1, "the same message to the other side"
    assert len(port.sent) == len(RETRY_AFTER) + 1
    assert go(port, now=now).to_print == 1 and state_of(head) is MessageState.TO_PRINT


def test_a_refused_address_is_not_tried_again(city: Staff, register: Mapping[str, str]) -> None:
    port = Tray([SendOutcome.REFUSED])
    wants_mail(register["head"])
    sent(city, channels=MAIL_ONLY)
    go(port)
    assert go(port, now=NOW + timedelta(days=1)).no_way == 1 and len(port.sent) == 1


def test_receipts_count_once(city: Staff, register: Mapping[str, str]) -> None:
    head, port = register["head"], Tray()
    wants_mail(head)
    sent(city, channels=(OfferChannel.EMAIL, OfferChannel.LETTER))
    go(port)
    ((key, _place, _note),) = port.sent
    port.heard = [Receipt("r1", key, ReceiptKind.DELIVERED), Receipt("r2", "nobody", ReceiptKind.BOUNCED)]
    ports = {OfferChannel.EMAIL: port}
    assert sending.take_receipts(ports=ports, now=NOW) == 2
    assert sending.take_receipts(ports=ports, now=NOW) == 0
    assert state_of(head) is MessageState.DELIVERED
    port.heard = [Receipt("r3", key, ReceiptKind.BOUNCED)]
    assert sending.take_receipts(ports=ports, now=NOW) == 1
    assert state_of(head) is MessageState.DELIVERED, "what has arrived does not come back"


def test_a_bounce_goes_to_the_next_way(city: Staff, register: Mapping[str, str]) -> None:
    head, port = register["head"], Tray()
    wants_mail(head)
    sent(city, channels=(OfferChannel.EMAIL, OfferChannel.LETTER))
    go(port)
    port.heard = [Receipt("r1", port.sent[0][0], ReceiptKind.BOUNCED)]
    sending.take_receipts(ports={OfferChannel.EMAIL: port}, now=NOW)
    go(port)
    assert state_of(head) is MessageState.TO_PRINT and len(port.sent) == 1


def test_what_no_longer_holds_is_not_told(city: Staff, register: Mapping[str, str]) -> None:
    from tests.rooms.outreach.test_offers import fact

    head, port = register["head"], Tray()
    wants_mail(head)
    sent(city)
    fact(register["april_first"], "health_insurance", "welfare")
    go(port)
    assert port.sent == [] and state_of(head) is MessageState.WITHHELD
    assert OfferRow.objects.get(resident_no=head).state == "ended"


def test_letters_are_a_file_of_ours(city: Staff, register: Mapping[str, str]) -> None:
    sent(city, channels=(OfferChannel.LETTER,))
    withdraw(resident_no=register["mother_of_twins"], purpose=ConsentPurpose.LETTER, by=OWN, now=NOW)
    go(Tray())
    assert letters.waiting() == 1
    batch = letters.hand_over(by=city["herald_aki"], now=NOW)
    rows = list(csv.reader(io.StringIO(batch.content.decode("utf-8-sig"))))
    assert rows[0] == list(letters.HEADINGS) and len(rows) == 2 and batch.letters == 1
    assert "髙橋 太郎" in rows[1] and RESIDENTS["head"].address in rows[1] and letters.LAYOUT in rows[1]
    assert letters.hand_over(by=city["herald_aki"], now=NOW).letters == 0, "once"
    code = rows[1][letters.HEADINGS.index("番号")]
    opened = letters.opened_by(code=code, birth=RESIDENTS["head"].birth, of="x", now=NOW)
    assert [one.procedure for one in opened.offers] == [MEDICAL]
    for wrong_code, birth in ((code, TODAY), ("AAAA-AAA-AAA", RESIDENTS["head"].birth), ("", TODAY)):
        with pytest.raises(NoSuchOffer):
            letters.opened_by(code=wrong_code, birth=birth, of="y", now=NOW)
    for _ in range(letters.TRIES):
        with pytest.raises((NoSuchOffer, letters.LetterTries)):
            letters.opened_by(code=code, birth=TODAY, of="z", now=NOW)
    with pytest.raises(letters.LetterTries):
        letters.opened_by(code=code, birth=RESIDENTS["head"].birth, of="q", now=NOW)
    assert letters.came_back(code=code, by=city["herald_aki"], now=NOW)
    assert go(Tray()).no_way == 1


def test_a_no_to_letters_after_the_order(city: Staff, register: Mapping[str, str]) -> None:
    sent(city, channels=(OfferChannel.LETTER,))
    go(Tray())
    withdraw(resident_no=register["head"], purpose=ConsentPurpose.LETTER, by=OWN, now=NOW)
    batch = letters.hand_over(by=city["herald_aki"], now=NOW)
    assert batch.letters == 1 and "髙橋 太郎" not in batch.content.decode()
    assert go(Tray()).no_way == 1
    assert register["head"] in {one.resident_no for one in not_reached()}


def test_a_code_is_told_from_a_mistyped_one() -> None:
    code = code_of("a message")
    assert read(grouped(code).lower()) == code == code_of("a message") != code_of("another")
    assert read(code[1] + code[0] + code[2:]) != code or code[0] == code[1]
    assert read("") == read("あ" * 500) == ""


def test_protected_people_are_told_by_no_way(city: Staff, register: Mapping[str, str]) -> None:
    """Planted: the protected one and her child, with every consent there is."""
    planted = (register["protected"], register["protected_child"])
    for number in planted:
        wants_mail(number, "mori@example.jp")
        consent(resident_no=number, purpose=ConsentPurpose.LETTER, by=OWN, now=NOW)
    port, number = Tray(), sent(city, [CARD, MEDICAL])
    go(port)
    batch = letters.hand_over(by=city["herald_aki"], now=NOW)
    sample = sampling.draw(campaign=number, by=city["herald_aki"], now=NOW)
    assert not OfferRow.objects.filter(resident_no__in=planted).exists()
    assert not MessageRow.objects.filter(resident_no__in=planted).exists()
    everything = batch.content.decode() + repr(port.sent) + repr(sample) + repr(not_reached())
    assert not [word for word in (*PLANTED, "守田", "mori@", *planted) if word in everything]


def test_protected_meanwhile(city: Staff, register: Mapping[str, str]) -> None:
    """Protection that begins after the offer: nothing is sent, printed or listed any more, to anybody of the home."""
    head = register["head"]
    wants_mail(head)
    number = sent(city, [CARD, MEDICAL])
    protect(resident_no=register["wife"], begins_on=TODAY, ends_on=None, by=SETTER, now=NOW)
    port = Tray()
    go(port)
    batch = letters.hand_over(by=city["herald_aki"], now=NOW)
    sample = sampling.draw(campaign=number, by=city["herald_aki"], now=NOW)
    everything = batch.content.decode() + repr(port.sent) + repr(sample)
    assert "髙橋" not in everything and RESIDENTS["head"].address not in everything and not port.sent
    assert head not in {one.resident_no for one in not_reached()}


@pytest.mark.parametrize("guard", ["safe.protected_people", "letters.may_go_on"])
def test_without_the_guard_they_would_be(
    city: Staff, register: Mapping[str, str], guard: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The guard of this room taken out, the planted ones appear; that of addresses still keeps paper from them."""
    if guard == "safe.protected_people":
        monkeypatch.setattr(safe, "protected_people", lambda numbers, *, on: frozenset())
        wants_mail(register["protected"], "mori@example.jp")
        port = Tray()
        sent(city, [CARD])
        go(port)
        assert "mori@example.jp" in repr(port.sent)
    else:
        sent(city, [CARD], channels=(OfferChannel.LETTER,))
        go(Tray())
        protect(resident_no=register["wife"], begins_on=TODAY, ends_on=None, by=SETTER, now=NOW)
        monkeypatch.setattr(letters, "may_go_on", lambda row, *, on: True)
        batch = letters.hand_over(by=city["herald_aki"], now=NOW)
        assert RESIDENTS["head"].address not in batch.content.decode()
