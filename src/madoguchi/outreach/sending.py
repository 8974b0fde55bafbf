"""Telling people (知らせる): one message for each person and campaign, by one way after the other.

1. A message that is due is claimed by one process; what its process did not finish is due again after a while.
2. At that moment everything is asked anew: living here, protection, the offers and whether they still hold, consent to the way.
3. Consent is asked once more as the last thing before the call. Nothing is sent while a transaction is open.
4. A try that failed comes again after 5 and 30 minutes, 2, 8 and 24 hours (`states.RETRY_AFTER`), then the next way is taken;
   after the last way somebody goes and asks (`finding`).
Where it goes stands in the envelope and nowhere else: no log, no audit. What is sent says that there is something, never what.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.db.models import F

from madoguchi.audit.entries import Actor, Purpose
from madoguchi.catalogue.queries import current
from madoguchi.city.queries import profile, system_actor
from madoguchi.outreach.consent import contacts, holds
from madoguchi.outreach.consent_purposes import OF_CHANNEL
from madoguchi.outreach.deciding import facts_for
from madoguchi.outreach.entitled import look_now
from madoguchi.outreach.models import CampaignRow, MessageRow, OfferRow, ReceiptRow
from madoguchi.outreach.offers import still_holds
from madoguchi.outreach.ports import MessagePorts, OfferNote, Receipt, ReceiptKind, SendOutcome
from madoguchi.outreach.safe import may_be_told
from madoguchi.outreach.states import (
    CHANNEL_ORDER,
    CLAIM_LASTS,
    RETRY_AFTER,
    CampaignState,
    MessageState,
    OfferChannel,
    OfferState,
)
from madoguchi.outreach.values import JAPAN_SYSTEM
from madoguchi.residents.by_household import household_of
from madoguchi.residents.disclosure import JAPAN

AT_ONCE = 200
TOLD = (CampaignState.SENDING.value, CampaignState.DONE.value)


@dataclass(frozen=True, slots=True)
class Told:
    """What one round of telling did, in counts (知らせた結果)."""

    sent: int = 0
    again: int = 0
    to_print: int = 0
    withheld: int = 0
    no_way: int = 0


def send_due(*, ports: MessagePorts, link: str, now: datetime, most: int = AT_ONCE) -> Told:
    """Send what is due, at most so many."""
    counts = dict.fromkeys(Told.__dataclass_fields__, 0)
    rows = MessageRow.objects.filter(state=MessageState.DUE.value, due_at__lte=now).order_by("due_at", "pk")
    for number in list(rows.values_list("pk", flat=True)[:most]):
        mine = MessageRow.objects.filter(pk=number, state=MessageState.DUE.value, due_at__lte=now)
        if mine.update(due_at=now + CLAIM_LASTS):
            row = MessageRow.objects.select_related("campaign").get(pk=number)
            counts[_tell(row, ports, link, now)] += 1
    return Told(**counts)


def take_receipts(*, ports: MessagePorts, now: datetime) -> int:
    """Store what the other sides say of messages, each once; returns how many were new."""
    new = 0
    for channel, port in ports.items():
        seen = []
        for one in port.receipts():
            with transaction.atomic():
                if _is_new(channel, one, now):
                    new += 1
                    _heard(one.key, one.kind, now)
            seen.append(one.number)
        port.taken(seen)
    return new


def reopen_later(*, now: datetime) -> int:
    """What was put off until today is open again, and told of once more; returns how many."""
    today, count = now.astimezone(JAPAN).date(), 0
    rows = OfferRow.objects.filter(state=OfferState.LATER.value, later_until__lte=today)
    for row in rows[:AT_ONCE]:
        with transaction.atomic():
            mine = OfferRow.objects.filter(pk=row.pk, state=OfferState.LATER.value)
            if mine.update(state=OfferState.OPEN.value, later_until=None, changed_at=now):
                MessageRow.objects.filter(campaign=row.campaign_id, resident_no=row.resident_no).update(
                    state=MessageState.DUE.value, channel="", tried=[], tries=0, due_at=now, changed_at=now,
                    key=secrets.token_hex(12), reason="",
                )  # fmt: skip
                count += 1
    return count


def open_offers(row: MessageRow, *, by: Actor, now: datetime) -> tuple[OfferRow, ...]:
    """The offers of a message that hold now; those that do not hold any more are ended."""
    rows = OfferRow.objects.filter(
        campaign=row.campaign_id, resident_no=row.resident_no, state=OfferState.OPEN.value
    ).select_related("campaign")
    offers, pack = list(rows), current()
    if not offers:
        return ()
    known = tuple(one.procedure for one in offers if pack.has_procedure(one.procedure))
    today = now.astimezone(JAPAN).date()
    home = household_of(
        row.resident_no, keys=facts_for(pack, known), on=today, by=by, purpose=Purpose.OUTREACH,
        screen="campaign_sending", now=now,
    )  # fmt: skip
    hold = [one for one in offers if home is not None and still_holds(home, one, pack, today) is not None]
    gone = {one.pk for one in offers} - {one.pk for one in hold}
    OfferRow.objects.filter(pk__in=gone, state=OfferState.OPEN.value).update(
        state=OfferState.ENDED.value, changed_at=now
    )
    return tuple(hold)


def note_of(*, offers: int, link: str) -> OfferNote:
    """What is sent: no name, no procedure."""
    city = profile().name
    lines = [
        f"{city}から、使える手続きのお知らせです（{offers}件）。",
        "内容は、わたしのページにサインインすると見られます。使う・使わないは、そこで選べます。",
        *([link] if link else []),
        "",
        "このお知らせを止めるときは、わたしのページの「知らせ方」で変えられます。",
        "市が、このお知らせで口座の番号や暗証番号を聞くことはありません。",
    ]
    return OfferNote(f"【{city}】使える手続きのお知らせ", "\n".join(lines) + "\n")


def may_go_on(row: MessageRow, *, on: date) -> bool:
    """Whether anything may be sent for this message at all: the campaign goes on, and the person may be told."""
    state = CampaignRow.objects.values_list("state", flat=True).get(pk=row.campaign_id)
    return state in TOLD and row.resident_no in may_be_told([row.resident_no], on=on)


def _tell(row: MessageRow, ports: MessagePorts, link: str, now: datetime) -> str:
    today, by = now.astimezone(JAPAN).date(), system_actor(JAPAN_SYSTEM)
    if not may_go_on(row, on=today):
        return _ended(row, MessageState.WITHHELD, "not_told", now)
    offers = open_offers(row, by=by, now=now)
    if not offers:
        return _ended(row, MessageState.WITHHELD, "nothing_open", now)
    channel = _way(row, ports, on=today)
    if channel is None:
        return _ended(row, MessageState.NO_WAY, "no_way", now)
    if channel.value != row.channel:
        row.channel, row.tries, row.key = channel.value, 0, secrets.token_hex(12)
        MessageRow.objects.filter(pk=row.pk).update(channel=row.channel, tries=0, key=row.key)
    if channel is OfferChannel.LETTER:
        return _ended(row, MessageState.TO_PRINT, "", now)
    place = contacts(resident_no=row.resident_no).get(channel, "")
    note = note_of(offers=len(offers), link=link)
    # The last thing before the call: what was taken back a moment ago is not sent.
    if not (place and holds(resident_no=row.resident_no, purpose=OF_CHANNEL[channel], on=today)):
        return _again_at_once(row, now)
    outcome = ports[channel].send(key=row.key, place=place, note=note)
    return _after(row, outcome, now)


def _way(row: MessageRow, ports: MessagePorts, *, on: date) -> OfferChannel | None:
    """The first way that the campaign uses, that is there, that is consented to, and that did not fail before."""
    allowed = set(row.campaign.channels)
    places = contacts(resident_no=row.resident_no)
    for channel in CHANNEL_ORDER:
        if channel.value not in allowed or channel.value in row.tried:
            continue
        there = channel is OfferChannel.LETTER or (channel in ports and bool(places.get(channel)))
        if there and holds(resident_no=row.resident_no, purpose=OF_CHANNEL[channel], on=on):
            return channel
    return None


def _after(row: MessageRow, outcome: SendOutcome, now: datetime) -> str:
    if outcome is SendOutcome.ACCEPTED:
        return _ended(row, MessageState.SENT, "", now)
    if outcome is SendOutcome.REFUSED or row.tries >= len(RETRY_AFTER):
        return next_way(row, reason=outcome.value, now=now)
    MessageRow.objects.filter(pk=row.pk).update(
        tries=F("tries") + 1, due_at=now + RETRY_AFTER[row.tries], changed_at=now, reason=outcome.value
    )
    return "again"


def next_way(row: MessageRow, *, reason: str, now: datetime) -> str:
    """This way has failed for good: the next one is due at once."""
    MessageRow.objects.filter(pk=row.pk).update(
        state=MessageState.DUE.value, tried=[*row.tried, row.channel], channel="", tries=0, due_at=now, changed_at=now,
        reason=reason, key=secrets.token_hex(12), batch="",
    )  # fmt: skip
    return "again"


def _again_at_once(row: MessageRow, now: datetime) -> str:
    MessageRow.objects.filter(pk=row.pk).update(due_at=now, changed_at=now)
    return "again"


def _ended(row: MessageRow, state: MessageState, reason: str, now: datetime) -> str:
    if state in (MessageState.NO_WAY, MessageState.WITHHELD):  # staff look at it now
        look_now(campaign=row.campaign_id, resident_no=row.resident_no, now=now)
    MessageRow.objects.filter(pk=row.pk).update(state=state.value, reason=reason, changed_at=now)
    return state.value


def _heard(key: str, kind: ReceiptKind, now: datetime) -> None:
    """A key is of one message and one way, also where one gateway serves several."""
    row = MessageRow.objects.select_for_update().filter(key=key).first()
    if row is None or row.state not in (MessageState.SENT.value, MessageState.DUE.value):
        return
    if kind is ReceiptKind.DELIVERED:
        _ended(row, MessageState.DELIVERED, "", now)
    else:
        next_way(row, reason=kind.value, now=now)


def _is_new(channel: OfferChannel, receipt: Receipt, now: datetime) -> bool:
    """Store a receipt; False when it is there already."""
    try:
        with transaction.atomic():
            ReceiptRow.objects.create(
                channel=channel.value,
                receipt=receipt.number,
                key=receipt.key,
                kind=receipt.kind.value,
                at=now,
            )
    except IntegrityError:
        return False
    return True
