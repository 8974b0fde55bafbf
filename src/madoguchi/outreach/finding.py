"""Finding whoever was not reached (届いていない人を見つける): by the worker, from everybody entitled and from nothing less.

1. `verdict` is the whole rule, without a database: asked in person, looked at again later, or over.
2. `look` goes through those who are due, and opens one piece of work for each person; killed on the way, it goes on.
3. `tidy` ends what is over: an answer came, it is received by now, they moved away, nothing is offered any more; and it takes
   back from a 民生委員 what is past its day.
Whether somebody may stand in a list is asked where lists are shown, not here: a protected person is found too.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

from django.db import transaction

from madoguchi.audit.operations import record_act
from madoguchi.city.queries import system_actor
from madoguchi.outreach.models import (
    EntitledRow,
    EntrustedRow,
    MessageRow,
    OfferRow,
    ReachRow,
    ReachStepRow,
)
from madoguchi.outreach.reach_states import (
    ANSWER_WAITED,
    APPLICATION_WAITED,
    LOOK_AGAIN,
    ReachAct,
    ReachEnd,
    ReachState,
    ReachWhy,
)
from madoguchi.outreach.receiving import listed_on
from madoguchi.outreach.states import CampaignState, MessageState, OfferState
from madoguchi.outreach.values import JAPAN_SYSTEM
from madoguchi.residents.by_household import living_here
from madoguchi.residents.disclosure import JAPAN

AT_ONCE = 2000
TIDIED_AT_ONCE = 500
_TOLD = (MessageState.SENT, MessageState.DELIVERED, MessageState.HANDED_OVER)
_LOST = (MessageState.NO_WAY, MessageState.WITHHELD)


@dataclass(frozen=True, slots=True)
class Standing:
    """What is known of one line: who, and what became of offer and message (いまの様子). None: there is none."""

    adult: bool
    receiving: bool
    offer: OfferState | None = None
    offered_at: datetime | None = None
    later_until: date | None = None
    message: MessageState | None = None
    told_at: datetime | None = None
    listed_on: date | None = None
    stopped: bool = False


@dataclass(frozen=True, slots=True)
class Verdict:
    """What follows for one line (次にすること): staff ask, or it is looked at again, or it is over."""

    why: ReachWhy | None = None
    again: datetime | None = None
    over: ReachEnd | None = None


@dataclass(frozen=True, slots=True)
class Looked:
    """What one round found, in counts (見つけた結果)."""

    looked_at: int
    opened: int


def verdict(one: Standing, *, now: datetime) -> Verdict:
    """What follows for a line as it stands."""
    if one.receiving:
        return Verdict(over=ReachEnd.RECEIVING)
    if one.stopped or one.offer is OfferState.ENDED:
        return Verdict(over=ReachEnd.NOT_ENTITLED)
    if one.offer is OfferState.REFUSED:
        return Verdict(over=ReachEnd.ANSWERED)
    if not one.adult:
        return Verdict(why=ReachWhy.NOBODY)
    if one.offer is None or one.offered_at is None:
        return Verdict(why=ReachWhy.NO_WAY)
    if one.offer is OfferState.USED:
        return _used(one, one.offered_at, now)
    if one.offer is OfferState.LATER and one.later_until is not None:
        return Verdict(again=datetime.combine(one.later_until, time(), JAPAN) + LOOK_AGAIN)
    if one.message in _LOST:
        return Verdict(why=ReachWhy.NO_WAY)
    if one.message is not None and one.message not in _TOLD:
        return Verdict(again=now + LOOK_AGAIN)
    # Without a message it stands on their own page alone.
    over = (one.told_at or one.offered_at) + ANSWER_WAITED
    return Verdict(why=ReachWhy.NO_ANSWER) if over <= now else Verdict(again=over)


def _used(one: Standing, answered: datetime, now: datetime) -> Verdict:
    """使う was pressed: a list of a month later that does not hold them says that it was not gone through with."""
    until = answered.astimezone(JAPAN).date() + APPLICATION_WAITED
    if one.listed_on is not None and one.listed_on >= until:
        return Verdict(why=ReachWhy.NOT_FINISHED)
    return Verdict(again=max(now, answered + APPLICATION_WAITED) + LOOK_AGAIN)


def look(*, now: datetime, most: int = AT_ONCE) -> Looked:
    """One round: those who are due, at most so many."""
    with transaction.atomic():
        due = EntitledRow.objects.select_for_update(of=("self",)).filter(look_at__lte=now)
        rows = list(due.select_related("campaign").order_by("look_at", "pk")[:most])
        asked: dict[str, list[tuple[EntitledRow, ReachWhy]]] = {}
        for row, found in verdicts(rows, now=now):
            if found.why is not None:
                asked.setdefault(row.resident_no, []).append((row, found.why))
            row.look_at = found.again
        EntitledRow.objects.bulk_update(rows, ["look_at"], batch_size=400)
        opened = _open(asked, now=now)
    return Looked(len(rows), opened)


def verdicts(rows: Sequence[EntitledRow], *, now: datetime) -> Iterable[tuple[EntitledRow, Verdict]]:
    """Each line with what follows for it."""
    offers: dict[tuple[str, str], OfferRow] = {}
    found = OfferRow.objects.filter(
        about__in={row.about for row in rows}, procedure__in={row.procedure for row in rows}
    )
    for offer in found.order_by("pk"):
        held = offers.get((offer.about, offer.procedure))
        # One that is there goes before one that has ended.
        if held is None or offer.state != OfferState.ENDED.value or held.state == OfferState.ENDED.value:
            offers[offer.about, offer.procedure] = offer
    told = MessageRow.objects.filter(
        campaign__in={one.campaign_id for one in offers.values()},
        resident_no__in={one.resident_no for one in offers.values()},
    )
    messages = {(one.campaign_id, one.resident_no): one for one in told}
    listed = listed_on({row.procedure for row in rows})
    for row in rows:
        yield row, verdict(_standing(row, offers.get((row.about, row.procedure)), messages, listed), now=now)


def _standing(
    row: EntitledRow,
    offer: OfferRow | None,
    messages: Mapping[tuple[int, str], MessageRow],
    listed: Mapping[str, date],
) -> Standing:
    stopped = row.campaign.state == CampaignState.STOPPED.value
    if offer is None:
        return Standing(row.adult, row.receiving_since is not None, stopped=stopped)
    message = messages.get((offer.campaign_id, offer.resident_no))
    return Standing(
        row.adult, row.receiving_since is not None, OfferState(offer.state), offer.changed_at, offer.later_until,
        MessageState(message.state) if message else None, message.changed_at if message else None,
        listed.get(row.procedure), stopped,
    )  # fmt: skip


def _open(asked: Mapping[str, Sequence[tuple[EntitledRow, ReachWhy]]], *, now: datetime) -> int:
    """One piece of work for each person; what is open already takes the more urgent of both."""
    numbers = list(asked)
    held = {
        row.resident_no: row
        for start in range(0, len(numbers), 900)
        for row in ReachRow.objects.filter(resident_no__in=numbers[start : start + 900]).exclude(
            state=ReachState.ENDED.key
        )
    }
    new: list[ReachRow] = []
    for number, lines in asked.items():
        need = max(row.need for row, _why in lines)
        deadline = min((row.deadline for row, _why in lines if row.deadline), default=None)
        if number in held:
            row = held[number]
            row.need, row.deadline = max(row.need, need), _earlier(row.deadline, deadline)
            row.save(update_fields=["need", "deadline"])
            continue
        why = min((one for _row, one in lines), key=list(ReachWhy).index)
        new.append(
            ReachRow(
                public_id=secrets.token_hex(10), resident_no=number, why=why.key, need=need, deadline=deadline,
                opened_at=now, changed_at=now, looked_at=now,
            )
        )  # fmt: skip
    ReachRow.objects.bulk_create(new, ignore_conflicts=True, batch_size=500)
    return len(new)


def _earlier(one: date | None, other: date | None) -> date | None:
    return min((day for day in (one, other) if day is not None), default=None)


def tidy(*, now: datetime, most: int = TIDIED_AT_ONCE) -> int:
    """End what is over, of those not looked at for a day; returns how many ended."""
    _take_back(now=now)
    rows = list(
        ReachRow.objects.exclude(state=ReachState.ENDED.key)
        .filter(looked_at__lte=now - LOOK_AGAIN)
        .order_by("looked_at")[:most]
    )
    return sum(tidied(row, now=now) for row in rows)


def tidied(row: ReachRow, *, now: datetime) -> bool:
    """Whether the work for somebody was ended because nothing is left to ask."""
    over = _over(row, now=now)
    with transaction.atomic():
        mine = ReachRow.objects.filter(pk=row.pk, changed_at=row.changed_at).exclude(
            state=ReachState.ENDED.key
        )
        if over is None:
            mine.update(looked_at=now)
            return False
        if not mine.update(state=ReachState.ENDED.key, ended=over.key, changed_at=now, looked_at=now):
            return False
        EntrustedRow.objects.filter(reach=row, ended_at__isnull=True).update(ended_at=now)
        ReachStepRow.objects.create(
            reach=row, at=now, act=ReachAct.END.key, state=ReachState.ENDED.key, note=over.label, staff_name=JAPAN_SYSTEM
        )  # fmt: skip
    return True


def lines_of(resident_no: str, *, now: datetime) -> list[tuple[EntitledRow, Verdict]]:
    """What somebody may have, with what follows for each; of several campaigns for the same, the newest."""
    rows = EntitledRow.objects.filter(resident_no=resident_no).select_related("campaign").order_by("pk")
    newest = {(row.about, row.procedure): row for row in rows}
    return list(verdicts(list(newest.values()), now=now))


def _over(row: ReachRow, *, now: datetime) -> ReachEnd | None:
    if not living_here([row.resident_no]):
        return ReachEnd.GONE
    found = [one for _row, one in lines_of(row.resident_no, now=now)]
    if any(one.why is not None for one in found):
        return None
    ends = [one.over for one in found if one.over is not None]
    if not found:
        return ReachEnd.NOT_ENTITLED
    if len(ends) < len(found):  # 使う or あとで was pressed: an answer
        return ReachEnd.ANSWERED
    return min(ends, key=list(ReachEnd).index)


def _take_back(*, now: datetime) -> None:
    today, by = now.astimezone(JAPAN).date(), system_actor(JAPAN_SYSTEM)
    over = EntrustedRow.objects.filter(ended_at__isnull=True, until__lt=today).select_related("reach")
    for one in over[:TIDIED_AT_ONCE]:
        with transaction.atomic():
            if not EntrustedRow.objects.filter(pk=one.pk, ended_at__isnull=True).update(ended_at=now):
                continue
            mine = ReachRow.objects.filter(pk=one.reach_id, state=ReachState.ENTRUSTED.key)
            mine.update(state=ReachState.TRYING.key, changed_at=now, again_on=None)
            ReachStepRow.objects.create(
                reach=one.reach, at=now, act=ReachAct.TAKE_BACK.key, state=ReachState.TRYING.key, note="期限が過ぎました",
                staff_name=by.name,
            )  # fmt: skip
            record_act(actor=by, activity="reach_take_back", now=now, reach=one.reach.public_id)
