"""A campaign from draft to done (案内の一生), in the order in which it happens.

1. `draft`: which procedures, which outcomes, as of which day, by which ways, and on which basis tax data is used, if at all.
2. `count`: the whole register is gone through in the background; `queries.counts` shows how many, small numbers hidden.
3. `sample`: a few people with reasons, each reading written down. 4. `approve`: by somebody who is not the author.
5. `send`: offers are made in the background. 6. `stop`: at any time; what is open ends, what was answered stays.
What may follow what is one table (`states.CAMPAIGN_ACTS`); each act is compare-and-set, so two at once are one.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction

from madoguchi.audit.entries import Actor
from madoguchi.audit.operations import record_act
from madoguchi.catalogue.queries import current, current_revision
from madoguchi.outreach import parts
from madoguchi.outreach.models import CampaignRow, CampaignStepRow, EntitledRow, MessageRow, OfferRow
from madoguchi.outreach.states import (
    CAMPAIGN_ACTS,
    CampaignAct,
    MessageState,
    OfferChannel,
    OfferState,
    Phase,
)
from madoguchi.outreach.values import CampaignRefused, NoSuchCampaign
from madoguchi.procedures.decisions import Status
from madoguchi.procedures.situation import EventKind

LONGEST_TITLE = 100
LONGEST_BASIS = 300
LONGEST_REASON = 300
OFFERABLE = (Status.MUST, Status.OPTIONAL, Status.ASK)


def draft(
    *, title: str, procedures: Sequence[str], outcomes: Sequence[Status], channels: Sequence[OfferChannel], on: date,
    legal_basis: str, by: Actor, now: datetime,
) -> str:  # fmt: skip
    """Write a campaign down; returns its number. Raises CampaignRefused with what is missing."""
    clean = title.strip()
    known = {one.id for one in current().procedures_of(EventKind.none)}
    chosen = tuple(dict.fromkeys(procedures))
    if not clean or len(clean) > LONGEST_TITLE:
        raise CampaignRefused(f"案内の名前を、{LONGEST_TITLE}字までで入れてください。")
    if not chosen or not known.issuperset(chosen):
        raise CampaignRefused("案内する手続きを、一覧から1つ以上選んでください。")
    if not outcomes or not set(OFFERABLE).issuperset(outcomes):
        raise CampaignRefused("案内する判定（必要・任意・要確認）を、1つ以上選んでください。")
    if len(legal_basis) > LONGEST_BASIS:
        raise CampaignRefused(f"税の情報を使う根拠は、{LONGEST_BASIS}字までにしてください。")
    if by.staff_id is None:
        raise CampaignRefused("案内は、サインインした職員が作ります。")
    with transaction.atomic():
        row = CampaignRow.objects.create(
            public_id=secrets.token_hex(8), title=clean, procedures=list(chosen),
            outcomes=[one.value for one in OFFERABLE if one in outcomes],
            channels=[one.value for one in OfferChannel if one in channels], on=on, legal_basis=legal_basis.strip(),
            author=by.staff_id, author_name=by.name, made_at=now, touched_at=now,
        )  # fmt: skip
        _step(row, "draft", row.state, by=by, now=now)
    return row.public_id


def count(*, campaign: str, by: Actor, now: datetime) -> None:
    """Begin to count, by the procedures as published now. Raises NoSuchCampaign, CampaignRefused."""
    with transaction.atomic():
        row = _locked(campaign)
        row.run, row.revision = row.run + 1, current_revision()
        _done(row, CampaignAct.COUNT, by=by, now=now)
        parts.lay_out(row, Phase.COUNT)


def sampled(*, campaign: str, by: Actor, now: datetime) -> None:
    """Note that the sample was looked at. Raises NoSuchCampaign, CampaignRefused."""
    with transaction.atomic():
        _done(_locked(campaign), CampaignAct.SAMPLE, by=by, now=now)


def approve(*, campaign: str, by: Actor, now: datetime) -> None:
    """A second person approves what was counted and sampled. Raises NoSuchCampaign, CampaignRefused."""
    with transaction.atomic():
        row = _locked(campaign)
        if by.staff_id is None or by.staff_id == row.author:
            raise CampaignRefused("作った人は承認できません。ほかの職員に頼んでください。")
        if row.revision != current_revision():
            raise CampaignRefused("数えたあとで手続台帳が変わりました。もう一度数えてから承認してください。")
        row.approver, row.approver_name = by.staff_id, by.name
        _done(row, CampaignAct.APPROVE, by=by, now=now)


def send(*, campaign: str, by: Actor, now: datetime) -> None:
    """Begin to make the offers. Raises NoSuchCampaign, CampaignRefused."""
    with transaction.atomic():
        row = _locked(campaign)
        if row.revision != current_revision():
            raise CampaignRefused(
                "承認のあとで手続台帳が変わりました。この案内は止めて、作り直してください。"
            )
        _done(row, CampaignAct.SEND, by=by, now=now)
        parts.lay_out(row, Phase.OFFER)


def stop(*, campaign: str, reason: str, by: Actor, now: datetime) -> None:
    """Stop it: nothing more is made or sent, and what is open ends. Raises NoSuchCampaign, CampaignRefused."""
    clean = reason.strip()
    if not clean or len(clean) > LONGEST_REASON:
        raise CampaignRefused(f"止める理由を、{LONGEST_REASON}字までで入れてください。")
    with transaction.atomic():
        row = _locked(campaign)
        _done(row, CampaignAct.STOP, by=by, now=now, reason=clean)
        OfferRow.objects.filter(
            campaign=row, state__in=(OfferState.OPEN.value, OfferState.LATER.value)
        ).update(state=OfferState.ENDED.value, later_until=None, changed_at=now)
        MessageRow.objects.filter(campaign=row, state=MessageState.DUE.value).update(
            state=MessageState.WITHHELD.value, reason="stopped", changed_at=now
        )
        EntitledRow.objects.filter(campaign=row, look_at__isnull=False).update(look_at=None)


def _locked(campaign: str) -> CampaignRow:
    row = CampaignRow.objects.select_for_update().filter(public_id=campaign).first()
    if row is None:
        raise NoSuchCampaign
    return row


def _done(row: CampaignRow, act: CampaignAct, *, by: Actor, now: datetime, reason: str = "") -> None:
    before, after = CAMPAIGN_ACTS[act]
    if row.state not in {one.value for one in before}:
        raise CampaignRefused("いまの状態ではできません。画面を開き直して、状態を確かめてください。")
    row.state, row.touched_at = after.value, now
    row.save()
    _step(row, act.value, row.state, by=by, now=now, reason=reason)
    record_act(actor=by, activity=f"campaign_{act.value}", now=now, campaign=row.public_id)


def _step(row: CampaignRow, act: str, state: str, *, by: Actor, now: datetime, reason: str = "") -> None:
    CampaignStepRow.objects.create(
        campaign=row, at=now, act=act, state=state, staff_id=by.staff_id, staff_name=by.name, reason=reason
    )
