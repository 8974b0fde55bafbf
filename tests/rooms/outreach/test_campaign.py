"""A campaign from draft to done: what may follow what, by whom, and that each is offered a thing once."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from tests.cast import NOW, TODAY
from tests.rooms.outreach.campaigning import CARD, MEDICAL, approved, drafted, sent

from madoguchi.audit.entries import Actor, Purpose
from madoguchi.audit.models import EntryRow
from madoguchi.catalogue.queries import current_revision
from madoguchi.outreach import campaigns, making, parts, queries, sampling
from madoguchi.outreach.models import CampaignRow, CampaignStepRow, OfferRow, PartRow
from madoguchi.outreach.states import CAMPAIGN_ACTS, CampaignAct, CampaignState, OfferState, Phase
from madoguchi.outreach.values import CampaignRefused, NoSuchCampaign
from madoguchi.procedures.decisions import Status

Staff = Mapping[str, Actor]
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("register")]


def test_from_draft_to_done(city: Staff, residents: Mapping[str, str]) -> None:
    number = sent(city)
    assert queries.campaign(number).state is CampaignState.DONE
    offered = {row.about: row.resident_no for row in OfferRow.objects.all()}
    assert offered[residents["april_first"]] == residents["head"], "a child's goes to the head of the 世帯"
    assert offered[residents["twin_one"]] == offered[residents["twin_two"]] == residents["mother_of_twins"]
    assert residents["protected_child"] not in offered
    acts = [one.act for one in queries.steps(number)]
    assert acts == ["draft", "count", "counted", "sample", "approve", "send", "finish"]


def test_the_author_does_not_approve(city: Staff) -> None:
    number = drafted(city)
    campaigns.count(campaign=number, by=city["herald_aki"], now=NOW)
    making.go_through(number, clock=lambda: NOW)
    campaigns.sampled(campaign=number, by=city["herald_aki"], now=NOW)
    with pytest.raises(CampaignRefused, match="作った人"):
        campaigns.approve(campaign=number, by=city["herald_aki"], now=NOW)
    with pytest.raises(IntegrityError), transaction.atomic():
        CampaignRow.objects.filter(public_id=number).update(approver=city["herald_aki"].staff_id)
    with pytest.raises(IntegrityError), transaction.atomic():
        CampaignRow.objects.filter(public_id=number).update(state="sending")


def test_every_act_in_every_state(city: Staff) -> None:
    number = approved(city)
    does = {
        CampaignAct.COUNT: campaigns.count, CampaignAct.SAMPLE: campaigns.sampled,
        CampaignAct.APPROVE: campaigns.approve, CampaignAct.SEND: campaigns.send,
    }  # fmt: skip
    for act, do in does.items():
        before, after = CAMPAIGN_ACTS[act]
        for state in CampaignState:
            CampaignRow.objects.filter(public_id=number).update(state=state.value)
            if state in before:
                do(campaign=number, by=city["herald_fuyu"], now=NOW)
                assert queries.campaign(number).state is after
            else:
                with pytest.raises(CampaignRefused):
                    do(campaign=number, by=city["herald_fuyu"], now=NOW)
                assert queries.campaign(number).state is state


def test_stopping_ends_what_is_open_and_lets_it_be_offered_again(city: Staff) -> None:
    number = sent(city)
    with pytest.raises(CampaignRefused):
        campaigns.stop(campaign=number, reason="終わったもの", by=city["herald_aki"], now=NOW)
    number = approved(city, [CARD])
    campaigns.send(campaign=number, by=city["herald_aki"], now=NOW)
    making.go_through(number, clock=lambda: NOW, most=1)
    made = OfferRow.objects.filter(campaign__public_id=number).count()
    with pytest.raises(CampaignRefused, match="理由"):
        campaigns.stop(campaign=number, reason=" ", by=city["herald_aki"], now=NOW)
    campaigns.stop(campaign=number, reason="文が違った", by=city["herald_aki"], now=NOW)
    states = set(OfferRow.objects.filter(campaign__public_id=number).values_list("state", flat=True))
    assert states == {OfferState.ENDED.value} and made
    again = sent(city, [CARD])
    assert OfferRow.objects.filter(campaign__public_id=again, state="open").count() == made


def test_nobody_is_offered_the_same_twice(city: Staff) -> None:
    sent(city)
    first = OfferRow.objects.count()
    other = sent(city)
    assert (
        OfferRow.objects.count() == first and not OfferRow.objects.filter(campaign__public_id=other).exists()
    )
    row = OfferRow.objects.first()
    assert row is not None
    row.pk, row.public_id, row.facts_digest = None, "x", "other facts"
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save(force_insert=True)


def test_a_part_that_is_held_is_taken_over_later_and_closed_once(city: Staff) -> None:
    number = approved(city)
    campaigns.send(campaign=number, by=city["herald_aki"], now=NOW)
    row = CampaignRow.objects.get(public_id=number)
    dead = parts.claim(row, Phase.OFFER, now=NOW)
    assert dead is not None
    assert making.go_through(number, clock=lambda: NOW) == 0, "held by somebody"
    assert OfferRow.objects.count() == 0
    later = NOW + parts.HELD_FOR
    assert making.go_through(number, clock=lambda: later) == 1
    with pytest.raises(parts.PartTakenOver), transaction.atomic():
        parts.finish(dead, {}, now=later)
    assert queries.campaign(number).state is CampaignState.DONE and OfferRow.objects.count()


def test_parts_are_the_whole_register(city: Staff) -> None:
    number = drafted(city)
    with transaction.atomic():
        row = CampaignRow.objects.get(public_id=number)
        parts.lay_out(row, Phase.COUNT, households=2)
    laid = list(PartRow.objects.order_by("number").values_list("first", "before"))
    assert len(laid) > 2 and laid[0][0] == "" and laid[-1][1] == ""
    assert [before for _first, before in laid[:-1]] == [first for first, _before in laid[1:]]
    CampaignRow.objects.filter(pk=row.pk).update(state="counting", revision=current_revision())
    making.go_through(number, clock=lambda: NOW)
    assert parts.tallied(row, Phase.COUNT)[MEDICAL]["optional"] == 3


def test_a_sample_is_written_down_and_shows_reasons(city: Staff, residents: Mapping[str, str]) -> None:
    number = drafted(city)
    campaigns.count(campaign=number, by=city["herald_aki"], now=NOW)
    making.go_through(number, clock=lambda: NOW)
    before = EntryRow.objects.filter(kind="access").count()
    lines = sampling.draw(campaign=number, by=city["herald_aki"], now=NOW)
    assert lines and all(one.because and one.name for one in lines)
    read = set(
        EntryRow.objects.filter(kind="access", purpose=Purpose.OUTREACH.value).values_list(
            "person_key", flat=True
        )
    )
    assert {one.resident_no for one in lines} <= read and EntryRow.objects.filter(
        kind="access"
    ).count() > before


def test_what_is_missing_is_said(city: Staff) -> None:
    good = {
        "title": "名", "procedures": [MEDICAL], "outcomes": [Status.OPTIONAL], "channels": [], "on": TODAY,
        "legal_basis": "", "by": city["herald_aki"], "now": NOW,
    }  # fmt: skip
    for name, bad in (
        ("title", " "), ("title", "あ" * 101), ("procedures", []), ("procedures", ["none"]), ("outcomes", []),
        ("outcomes", [Status.NOT_NEEDED]), ("legal_basis", "あ" * 301), ("by", Actor(None, "だれか", "", "")),
    ):  # fmt: skip
        with pytest.raises(CampaignRefused):
            campaigns.draft(**{**good, name: bad})
    for act in (campaigns.count, campaigns.send, campaigns.approve):
        with pytest.raises(NoSuchCampaign):
            act(campaign="none", by=city["herald_aki"], now=NOW + timedelta(days=1))


def test_steps_are_kept(city: Staff) -> None:
    drafted(city)
    with pytest.raises(Exception, match="書き足すだけ"), transaction.atomic():
        CampaignStepRow.objects.update(reason="x")
