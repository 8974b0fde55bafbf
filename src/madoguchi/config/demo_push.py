"""The push of the demo (案内と、届いていない方): a campaign that was sent three weeks ago, and who did not answer. Invented."""

from __future__ import annotations

import random
from contextlib import suppress
from datetime import datetime, timedelta

from madoguchi.audit.entries import Actor
from madoguchi.cases.acting import civil_day
from madoguchi.catalogue.queries import current
from madoguchi.city.models import StaffMember
from madoguchi.city.queries import open_days
from madoguchi.outreach import (
    campaigns,
    finding,
    letters,
    making,
    queries,
    reaching,
    receiving,
    sending,
    take_up,
)
from madoguchi.outreach.deciding import decisions_of, facts_for
from madoguchi.outreach.offers import answer
from madoguchi.outreach.reach_states import ReachAct, ReachBy
from madoguchi.outreach.states import Answer, OfferChannel
from madoguchi.procedures.decisions import Status
from madoguchi.residents.by_household import HouseholdRange, households_between

PROCEDURES = ("child-allowance-claim", "child-medical")
AGO = timedelta(days=21)
RECEIVE, ANSWERED = 0.93, 0.4


def make_push(*, seed: int, by: Actor, now: datetime) -> None:
    """Lists of who receives, a campaign by two people, letters, answers of some, and the queue of the others."""
    chance, then = random.Random(seed), now - AGO
    author, other = (
        Actor(one.pk, one.display_name, "", "")
        for one in StaffMember.objects.filter(username__in=("herald", "herald2")).order_by("username")
    )
    _lists(chance, by=by, then=then)
    number = campaigns.draft(
        title="児童手当と子どもの医療費", procedures=PROCEDURES, outcomes=[Status.MUST, Status.OPTIONAL],
        channels=[OfferChannel.LETTER], on=civil_day(then), legal_basis="", by=author, now=then,
    )  # fmt: skip
    campaigns.count(campaign=number, by=author, now=then)
    making.go_through(number, clock=lambda: then)
    campaigns.sampled(campaign=number, by=author, now=then)
    campaigns.approve(campaign=number, by=other, now=then)
    campaigns.send(campaign=number, by=other, now=then)
    making.go_through(number, clock=lambda: then)
    while sending.send_due(ports={}, link="", now=then) != sending.Told():
        pass
    while letters.waiting():
        letters.hand_over(by=author, now=then)
    _answers(number, chance, now=now)
    finding.look(now=now)
    for line in reaching.queue(now=now)[:2]:
        reaching.contacted(
            number=line.number,
            act=ReachAct.MISSED,
            way=ReachBy.CALL,
            note="",
            again_on=None,
            by=author,
            now=now,
        )
    with suppress(take_up.NothingToMeasure):
        take_up.measure(campaign=number, by=author, now=now)


def _lists(chance: random.Random, *, by: Actor, then: datetime) -> None:
    """Most of those who may have something have it already."""
    pack, day = current(), civil_day(then)
    found: dict[str, list[str]] = {procedure: [] for procedure in PROCEDURES}
    homes = households_between(
        HouseholdRange("", ""), keys=facts_for(pack, PROCEDURES), on=day, by=by, campaign="demo", now=then
    )
    for home in homes:
        for one in decisions_of(home, pack, PROCEDURES, on=day, calendar=open_days()):
            who = home.numbers[0] if one.about.startswith("h") else one.about
            if chance.random() < RECEIVE:
                found[one.decision.procedure].append(who)
    for procedure, numbers in found.items():
        if numbers:
            receiving.take_list(procedure=procedure, as_of=day, numbers=numbers, by=by, now=then)


def _answers(campaign: str, chance: random.Random, *, now: datetime) -> None:
    for offer, resident in queries.offered(campaign):
        if chance.random() < ANSWERED:
            answer(
                number=offer, resident_no=resident, said=Answer.REFUSE,
                by=Actor(None, "ご本人", "", ""), now=now - timedelta(days=10),
            )  # fmt: skip
