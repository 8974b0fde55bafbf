"""Going and asking: contacts, hand-over with consent and an end, two offices, take-up, and everybody planted found."""

from __future__ import annotations

import io
import random
from collections.abc import Mapping
from datetime import timedelta

import pytest
from django.db import transaction
from tests.cast import NOW, PLANTED, PLANTED_ADDRESS, SETTER, TODAY
from tests.rooms.outreach.campaigning import CARD, MEDICAL, sent

from madoguchi.audit.entries import Actor
from madoguchi.audit.models import EntryRow
from madoguchi.catalogue.queries import current
from madoguchi.city.models import StaffMember
from madoguchi.city.queries import open_days, system_actor
from madoguchi.outreach import entrusted, finding, letters, reaching, receiving, sending, take_up
from madoguchi.outreach.consent import consent, withdraw
from madoguchi.outreach.consent_purposes import ConsentPurpose
from madoguchi.outreach.deciding import decisions_of, facts_for
from madoguchi.outreach.models import EntitledRow, OfferRow, ReachRow, ReachStepRow
from madoguchi.outreach.offers import answer
from madoguchi.outreach.reach_states import EntrustedField, ReachAct, ReachBy, ReachEnd, ReachState
from madoguchi.outreach.states import Answer, OfferChannel
from madoguchi.procedures.decisions import Status
from madoguchi.residents.by_household import HouseholdRange, households_between
from madoguchi.residents.load import load_population
from madoguchi.residents.protection import protected_people
from madoguchi.residents.sheltering import protect

Staff = Mapping[str, Actor]
pytestmark = [pytest.mark.django_db]
OWN = Actor(None, "ご本人", "", "")
LETTER = (OfferChannel.LETTER,)
LATER = NOW + timedelta(days=15)


def told(staff: Staff, procedures: list[str], **more: object) -> str:
    """A campaign by letter, every letter handed over."""
    number = sent(staff, procedures, channels=LETTER, **more)
    while sending.send_due(ports={}, link="", now=NOW) != sending.Told():
        pass
    while letters.waiting():
        letters.hand_over(by=staff["herald_aki"], now=NOW)
    return number


def found(*, now: object = LATER) -> None:
    while finding.look(now=now).looked_at:
        pass


def number_of(resident_no: str) -> str:
    return str(ReachRow.objects.get(resident_no=resident_no).public_id)


def tami(staff: Staff) -> Actor:
    row = StaffMember.objects.get(username="commissioner_tami")
    return Actor(row.pk, row.display_name, "", "")


def test_no_answer_is_asked_contacted_and_over_when_they_answer(
    city: Staff, register: Mapping[str, str]
) -> None:
    told(city, [MEDICAL])
    finding.look(now=NOW)
    assert not reaching.queue(now=NOW), "an answer is waited for first"
    found()
    head, by = register["head"], city["herald_aki"]
    lines = reaching.queue(now=LATER)
    assert head in {one.resident_no for one in lines} and "髙橋" not in repr(lines)
    number = number_of(head)
    for act, way in ((ReachAct.MISSED, ReachBy.CALL), (ReachAct.SPOKE, ReachBy.VISIT)):
        reaching.contacted(
            number=number, act=act, way=way, note="", again_on=TODAY + timedelta(days=20), by=by, now=LATER
        )
    assert head not in {one.resident_no for one in reaching.queue(now=LATER)}, "not before the day agreed on"
    assert head in {one.resident_no for one in reaching.queue(now=LATER, everybody=True)}
    seen = reaching.opened(number=number, by=by, screen="t", now=LATER)
    assert [step.act for step in seen.steps] == [ReachAct.SPOKE, ReachAct.MISSED] and seen.procedures == (
        MEDICAL,
    )
    assert EntryRow.objects.filter(purpose="outreach", staff_name="案内 秋").exists(), (
        "read, and written down as read"
    )
    with pytest.raises(Exception, match="書き足すだけ"), transaction.atomic():
        ReachStepRow.objects.update(note="x")
    for offer in OfferRow.objects.filter(resident_no=head):
        answer(number=offer.public_id, resident_no=head, said=Answer.REFUSE, by=OWN, now=LATER)
    assert finding.tidy(now=LATER + timedelta(days=2)) == 1
    assert ReachRow.objects.get(resident_no=head).ended == ReachEnd.ANSWERED.key


def test_handed_over_only_with_consent_only_what_was_chosen_and_only_until_the_day(
    city: Staff, register: Mapping[str, str]
) -> None:
    told(city, [MEDICAL])
    found()
    head, by, who = register["head"], city["herald_aki"], tami(city)
    number = number_of(head)

    def hand_over(*fields: EntrustedField, days: int = 10) -> str:
        return reaching.entrust(
            number=number, commissioner=who.staff_id or 0, fields=(EntrustedField.NAME, *fields), message="電話をください",
            days=days, by=by, now=LATER,
        )  # fmt: skip

    with pytest.raises(reaching.ReachRefused, match="同意"):
        hand_over()
    with pytest.raises(reaching.ReachRefused, match="話せた"):
        reaching.consented(number=number, by=by, now=LATER)
    reaching.contacted(
        number=number, act=ReachAct.SPOKE, way=ReachBy.CALL, note="", again_on=None, by=by, now=LATER
    )
    reaching.consented(number=number, by=by, now=LATER)
    with pytest.raises(reaching.ReachRefused, match="日まで"):
        hand_over(days=31)
    one = hand_over(EntrustedField.MESSAGE)
    (line,) = entrusted.entrusted_to(who, now=LATER)
    person = entrusted.open_entrusted(number=one, by=who, screen="t", now=LATER)
    assert person.name == "髙橋 太郎" and person.message == "電話をください"
    assert person.address is None and person.age is None, "not chosen"
    other = Actor((who.staff_id or 0) + 999, "ほか", "", "")
    for by_whom, now in ((other, LATER), (who, LATER + timedelta(days=11))):
        with pytest.raises(reaching.NoSuchReach):
            entrusted.open_entrusted(number=line.number, by=by_whom, screen="t", now=now)
    withdraw(resident_no=head, purpose=ConsentPurpose.COMMISSIONER, by=OWN, now=LATER)
    assert entrusted.entrusted_to(who, now=LATER) == ()
    consent(resident_no=head, purpose=ConsentPurpose.COMMISSIONER, by=OWN, now=LATER)
    protect(resident_no=register["wife"], begins_on=TODAY, ends_on=None, by=SETTER, now=LATER)
    assert entrusted.entrusted_to(who, now=LATER) == (), "whoever lives with them is protected alike"
    assert finding.tidy(now=LATER + timedelta(days=11)) == 0
    assert ReachRow.objects.get(resident_no=head).state == ReachState.TRYING.key, (
        "past its day it is ours again"
    )


def test_a_report_ends_the_hand_over(city: Staff, register: Mapping[str, str]) -> None:
    told(city, [MEDICAL])
    found()
    head, who = register["head"], tami(city)
    consent(resident_no=head, purpose=ConsentPurpose.COMMISSIONER, by=OWN, now=NOW)
    one = reaching.entrust(
        number=number_of(head), commissioner=who.staff_id or 0, fields=list(EntrustedField), message="x", days=5,
        by=city["herald_aki"], now=LATER,
    )  # fmt: skip
    entrusted.report(number=one, act=ReachAct.SPOKE, note="元気でした", by=who, now=LATER)
    assert ReachRow.objects.get(resident_no=head).state == ReachState.REACHED.key
    with pytest.raises(reaching.NoSuchReach):
        entrusted.report(number=one, act=ReachAct.SPOKE, note="", by=who, now=LATER)


def test_two_offices_never_see_one_another_s_people(city: Staff, register: Mapping[str, str]) -> None:
    """Planted: the protected one. She is found, but only whoever handles 支援措置 sees it, and nobody visits her."""
    told(city, [CARD, MEDICAL])
    found()
    mori, by = register["protected"], city["herald_aki"]
    ours, theirs = reaching.queue(now=LATER), reaching.queue(now=LATER, sheltered=True)
    assert mori in {one.resident_no for one in theirs} and mori not in repr(ours)
    assert not {one.resident_no for one in ours} & {one.resident_no for one in theirs}
    number = number_of(mori)
    for act in (
        lambda: reaching.opened(number=number, by=by, screen="t", now=LATER),
        lambda: reaching.end(number=number, reason=ReachEnd.HELPED, note="", by=by, now=LATER),
        lambda: reaching.opened(number=ours[0].number, by=by, screen="t", now=LATER, sheltered=True),
    ):
        with pytest.raises(reaching.NoSuchReach):
            act()
    seen = reaching.opened(number=number, by=by, screen="t", now=LATER, sheltered=True)
    assert seen.person.address is None and not seen.may_entrust and PLANTED_ADDRESS not in repr(seen)
    with pytest.raises(reaching.ReachRefused, match="訪問しません"):
        reaching.contacted(
            number=number, act=ReachAct.MISSED, way=ReachBy.VISIT, note="", again_on=None, by=by, now=LATER, sheltered=True
        )  # fmt: skip
    assert not [word for word in PLANTED if word in repr(ours)]


def test_a_list_of_who_receives_is_taken_whole_or_not_at_all(
    city: Staff, register: Mapping[str, str]
) -> None:
    by, twin = city["herald_aki"], register["twin_one"]
    for content, what in (
        ("名前\n山本\n", "見出し"),
        ("宛名番号\n=1+1\n", "2行目"),
        ("宛名番号\n", "だれも"),
    ):
        with pytest.raises(receiving.ReceivingListRefused, match=what):
            receiving.read_list(io.BytesIO(content.encode()))
    numbers = receiving.read_list(io.BytesIO(f"宛名番号,氏名\n{twin},x\n{twin},x\n".encode("cp932")))
    assert receiving.take_list(procedure=MEDICAL, as_of=TODAY, numbers=numbers, by=by, now=NOW) == 1
    with pytest.raises(receiving.ReceivingListRefused, match="もっと新しい"):
        receiving.take_list(procedure=MEDICAL, as_of=TODAY, numbers=numbers, by=by, now=NOW)
    told(city, [MEDICAL])
    assert not OfferRow.objects.filter(about=twin).exists(), "nobody is asked for what they have"
    assert EntitledRow.objects.get(about=twin).receiving_since == TODAY


def test_take_up_is_measured_once_a_day_and_tells_nothing_small(
    city: Staff, register: Mapping[str, str]
) -> None:
    number, by = told(city, [MEDICAL]), city["herald_aki"]
    take_up.measure(campaign=number, by=by, now=NOW)
    with pytest.raises(take_up.MeasuredAlready):
        take_up.measure(campaign=number, by=by, now=NOW)
    (one,) = take_up.measured(number)
    assert one.whole.entitled is None and one.whole.share is None, "four children are a small count"


@pytest.mark.parametrize(
    "many", [pytest.param(250, id="quick"), pytest.param(5_000, marks=pytest.mark.slow, id="whole")]
)
def test_everybody_who_was_planted_is_found(city: Staff, register: Mapping[str, str], many: int) -> None:
    """An invented city in which it is known who does not have what is theirs: outreach finds all of them, and nobody else."""
    load_population(residents=many, seed=11, on=TODAY, by=SETTER, now=NOW)
    chance, pack, by = random.Random(5), current(), city["herald_aki"]
    procedures, wanted = ("child-allowance-claim", MEDICAL), {Status.MUST, Status.OPTIONAL, Status.ASK}
    # The truth, one household at a time, without the query: who may have it, and whom one asks about it.
    truth: dict[tuple[str, str], tuple[str, tuple[str, ...]]] = {}
    for home in households_between(
        HouseholdRange("", ""),
        keys=facts_for(pack, procedures),
        on=TODAY,
        by=system_actor("検算"),
        campaign="t",
        now=NOW,
    ):
        for one in decisions_of(home, pack, procedures, on=TODAY, calendar=open_days()):
            members = home.numbers if one.about.startswith("h") else (one.about,)
            asked = one.resident_no or members[0]
            if one.decision.status in wanted:
                truth[one.decision.procedure, one.about] = (asked, members)
    takers = {key for key in sorted(truth) if chance.random() < 0.7}
    for procedure in procedures:
        numbers = [chance.choice(truth[key][1]) for key in sorted(takers) if key[0] == procedure]
        receiving.take_list(procedure=procedure, as_of=TODAY, numbers=numbers, by=by, now=NOW)
    number = told(city, list(procedures), outcomes=sorted(wanted, key=lambda one: one.value))
    missing = {key: asked for key, (asked, _members) in truth.items() if key not in takers}
    answered = set()
    for offer in OfferRow.objects.order_by("pk"):
        if chance.random() < 0.2:
            answer(number=offer.public_id, resident_no=offer.resident_no, said=Answer.REFUSE, by=OWN, now=NOW)
            answered.add((offer.procedure, offer.about))
    found()
    expected = {asked for key, asked in missing.items() if key not in answered}
    protected = protected_people(expected, on=TODAY)
    ours = {one.resident_no for one in reaching.queue(now=LATER, most=10**6)}
    theirs = {one.resident_no for one in reaching.queue(now=LATER, sheltered=True, most=10**6)}
    assert ours == expected - protected and theirs == protected
    assert len(expected) > many // 40 and answered and protected
    rows = EntitledRow.objects.filter(campaign__public_id=number)
    assert rows.count() == len(truth), "the denominator is everybody"
    assert rows.filter(receiving_since__isnull=False).count() == len(takers)
