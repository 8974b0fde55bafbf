"""Offers as residents see and answer them: 使う, 使わない, あとで."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

import pytest
from tests.cast import NOW, RESIDENTS, SETTER, TODAY
from tests.rooms.outreach.campaigning import CARD, MEDICAL, Tray, sent

from madoguchi.audit.entries import Actor, Purpose
from madoguchi.audit.models import EntryRow
from madoguchi.outreach import campaigns, making, offers, sending
from madoguchi.outreach.consent import consent, withdraw
from madoguchi.outreach.consent_purposes import ConsentPurpose
from madoguchi.outreach.models import AnswerRow, MessageRow, OfferRow
from madoguchi.outreach.ports import WhereToApply
from madoguchi.outreach.states import Answer, OfferState
from madoguchi.outreach.values import NoSuchOffer, Offer
from madoguchi.procedures.decisions import Status
from madoguchi.residents import operations
from madoguchi.residents.people import ResidentStatus

Staff = Mapping[str, Actor]
pytestmark = [pytest.mark.django_db]
OWN = Actor(None, "ご本人", "", "")
LATER = NOW + timedelta(days=1)


@dataclass
class Door:
    """A door that notes what it opened."""

    opened: list[tuple[str, tuple[str, ...]]] = field(default_factory=list)

    def open(
        self, *, offer: str, procedure: str, resident_no: str, people: tuple[str, ...], now: datetime
    ) -> WhereToApply:
        self.opened.append((procedure, people))
        return WhereToApply(address=f"/apply/{offer}/")


def fact(number: str, key: str, value: object, now: datetime = NOW) -> None:
    operations.add_fact(
        resident_no=number,
        key=key,
        value=value,
        valid_from=TODAY,
        as_of=TODAY,
        source="試験",
        by=SETTER,
        now=now,
    )


def one_of(number: str) -> Offer:
    return offers.offers_of(resident_no=number)[0]


def said(number: str, answer: Answer, **more: int) -> OfferState:
    offer = one_of(number).number
    return offers.answer(number=offer, resident_no=number, said=answer, by=OWN, now=NOW, **more)


def test_why_and_what_is_known(city: Staff, register: Mapping[str, str]) -> None:
    sent(city)
    head = register["head"]
    seen = offers.explain(number=one_of(head).number, resident_no=head, by=OWN, purpose=Purpose.OWN, now=NOW)
    assert seen.still and seen.because and seen.about == "子" and not seen.missing
    assert "1" in dict(seen.known).values()
    assert EntryRow.objects.filter(kind="access", purpose=Purpose.OWN.value, person_key=head).exists()


def test_somebody_elses_is_not_there(city: Staff, register: Mapping[str, str]) -> None:
    sent(city)
    theirs = one_of(register["head"]).number
    for act in (
        lambda: offers.explain(
            number=theirs, resident_no=register["wife"], by=OWN, purpose=Purpose.OWN, now=NOW
        ),
        lambda: offers.answer(
            number=theirs, resident_no=register["wife"], said=Answer.REFUSE, by=OWN, now=NOW
        ),
    ):
        with pytest.raises(NoSuchOffer):
            act()


def test_a_refusal_is_remembered_until_the_facts_change(city: Staff, register: Mapping[str, str]) -> None:
    wife = register["wife"]
    sent(city, [CARD])
    assert said(wife, Answer.REFUSE) is OfferState.REFUSED
    for key, value in (
        (None, None),
        ("income_yen", 5),
        ("has_card", True),
    ):  # the second decides nothing here
        if key is not None:
            fact(wife, key, value)
        sent(city, [CARD], now=LATER)
        assert [one.state for one in offers.offers_of(resident_no=wife)] == [OfferState.REFUSED], key
    fact(wife, "has_card", False)
    sent(city, [CARD], now=LATER)
    assert [one.state for one in offers.offers_of(resident_no=wife)] == [OfferState.REFUSED], "as it was"


def test_a_change_of_what_decided_asks_again(city: Staff, register: Mapping[str, str]) -> None:
    head = register["head"]
    sent(city)
    assert said(head, Answer.REFUSE) is OfferState.REFUSED
    fact(register["april_first"], "health_insurance", "employee_dependent")
    sent(city, now=LATER)
    assert [one.state for one in offers.offers_of(resident_no=head)] == [OfferState.OPEN, OfferState.REFUSED]


def test_later_comes_back_on_its_day(city: Staff, register: Mapping[str, str]) -> None:
    head = register["head"]
    sent(city)
    sending.send_due(ports={}, link="", now=NOW)
    assert said(head, Answer.LATER, later_days=7) is OfferState.LATER
    assert one_of(head).later_until == TODAY + timedelta(days=7)
    assert sending.reopen_later(now=NOW + timedelta(days=6)) == 0
    assert sending.reopen_later(now=NOW + timedelta(days=7)) == 1
    assert one_of(head).state is OfferState.OPEN
    assert MessageRow.objects.get(resident_no=head).state == "due"


def test_using_opens_the_application_and_may_follow_a_no(city: Staff, register: Mapping[str, str]) -> None:
    head, door = register["head"], Door()
    sent(city)
    said(head, Answer.REFUSE)
    for _again in range(2):
        where = offers.use(
            number=one_of(head).number, resident_no=head, door=door, by=OWN, purpose=Purpose.OWN, now=NOW
        )
    assert where.address and door.opened[0] == (MEDICAL, ("世帯主", "妻", "子", "子"))
    assert [row.answer for row in AnswerRow.objects.order_by("pk")] == ["refuse", "use"]
    assert one_of(head).state is OfferState.USED
    said(head, Answer.REFUSE)
    assert one_of(head).state is OfferState.USED, "an application is taken back where it is"


def test_what_does_not_hold_any_more_is_not_opened(city: Staff, register: Mapping[str, str]) -> None:
    head = register["head"]
    sent(city)
    number = one_of(head).number
    fact(register["april_first"], "health_insurance", "welfare")
    assert not offers.explain(number=number, resident_no=head, by=OWN, purpose=Purpose.OWN, now=NOW).still
    with pytest.raises(NoSuchOffer):
        offers.use(number=number, resident_no=head, door=Door(), by=OWN, purpose=Purpose.OWN, now=NOW)


def test_tax_data_only_with_consent_or_a_stated_basis(city: Staff, register: Mapping[str, str]) -> None:
    free = ["resident-tax-free"]
    alone, other = register["birth_unknown"], register["long_name"]
    for number in (alone, other):
        fact(number, "income_yen", 0)
    sent(city, free)
    assert not OfferRow.objects.exists()
    consent(resident_no=alone, purpose=ConsentPurpose.TAX, by=OWN, now=NOW)
    sent(city, free)
    assert set(OfferRow.objects.values_list("resident_no", flat=True)) == {alone}
    withdraw(resident_no=alone, purpose=ConsentPurpose.TAX, by=OWN, now=NOW)
    assert not offers.explain(
        number=one_of(alone).number, resident_no=alone, by=OWN, purpose=Purpose.OWN, now=NOW
    ).still
    mail = Tray()
    sending.send_due(ports={}, link="", now=NOW)
    assert not mail.sent and MessageRow.objects.get(resident_no=alone).state == "withheld"
    sent(city, free, legal_basis="まどか市個人番号利用条例 第4条（架空）")
    assert OfferRow.objects.filter(resident_no=other, state="open").exists()


def test_whoever_moved_away_or_died_is_offered_nothing(city: Staff, register: Mapping[str, str]) -> None:
    for role, status in (("mother_of_twins", ResidentStatus.DEAD), ("long_name", ResidentStatus.MOVED_OUT)):
        gone = replace(RESIDENTS[role], status=status, reason="x")
        operations.register(entries=[gone], source="住民記録", as_of=TODAY, now=NOW)
    sent(city, [CARD, MEDICAL])
    told = set(OfferRow.objects.values_list("resident_no", flat=True))
    assert not told & {register["mother_of_twins"], register["long_name"]}
    assert register["twin_one"] not in told, (
        "a child of whom nobody adult is left: staff find them, not a letter"
    )


def test_ask_is_offered_only_where_the_campaign_says_so(city: Staff, register: Mapping[str, str]) -> None:
    sent(city, ["child-allowance-claim"])
    assert not OfferRow.objects.exists()
    sent(city, ["child-allowance-claim"], outcomes=[Status.ASK])
    head = register["head"]
    seen = offers.explain(number=one_of(head).number, resident_no=head, by=OWN, purpose=Purpose.OWN, now=NOW)
    assert seen.still and seen.missing
    assert OfferRow.objects.filter(resident_no=head).count() == 1


def test_a_campaign_may_look_ahead(city: Staff, register: Mapping[str, str]) -> None:
    """Decided for a day to come, it still holds when it is sent before that day."""
    procedure, head = "late-elderly-at-75", register["head"]
    old = replace(RESIDENTS["head"], birth=date(1952, 3, 1), moved_on=TODAY)
    operations.register(entries=[old], source="住民記録", as_of=TODAY, now=NOW)
    number = campaigns.draft(
        title="75歳", procedures=[procedure], outcomes=[Status.MUST, Status.OPTIONAL, Status.ASK], channels=[],
        on=date(2027, 1, 10), legal_basis="", by=city["herald_aki"], now=NOW,
    )  # fmt: skip
    campaigns.count(campaign=number, by=city["herald_aki"], now=NOW)
    making.go_through(number, clock=lambda: NOW)
    campaigns.sampled(campaign=number, by=city["herald_aki"], now=NOW)
    campaigns.approve(campaign=number, by=city["herald_fuyu"], now=NOW)
    campaigns.send(campaign=number, by=city["herald_aki"], now=NOW)
    making.go_through(number, clock=lambda: NOW)
    (mine,) = [one for one in offers.offers_of(resident_no=head) if one.procedure == procedure]
    seen = offers.explain(number=mine.number, resident_no=head, by=OWN, purpose=Purpose.OWN, now=NOW)
    assert seen.still
