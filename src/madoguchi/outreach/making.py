"""Counting and making offers (数える・案内を作る): the background's work, one part of the register after the other.

1. `go_through` claims a part, reads it, decides it, and stores what came of it in one transaction that also closes the part.
2. Ended at any moment, by kill -9 too, a part is either done or as if never begun; whoever comes next takes it over.
3. That nobody is offered the same twice is kept by the database: an offer that is there already is passed over.
4. When all parts are done the campaign goes on: counted, or done.
"""

from __future__ import annotations

import gc
import secrets
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice

from django.db import transaction

from madoguchi.audit.entries import Actor, Purpose
from madoguchi.audit.operations import record_access, record_act
from madoguchi.catalogue.queries import pack_of
from madoguchi.city.queries import open_days, system_actor
from madoguchi.outreach import parts
from madoguchi.outreach.bulk import decided
from madoguchi.outreach.consent import those_who_hold
from madoguchi.outreach.consent_purposes import ConsentPurpose
from madoguchi.outreach.deciding import DecidedFor, facts_for, tax_facts, without_tax
from madoguchi.outreach.entitled import Entitled, entitled_of, store_entitled
from madoguchi.outreach.models import CampaignRow, CampaignStepRow, MessageRow, OfferRow
from madoguchi.outreach.receiving import receiving
from madoguchi.outreach.safe import may_be_offered, may_be_told
from madoguchi.outreach.states import (
    CAMPAIGN_ACTS,
    CampaignAct,
    CampaignState,
    MessageState,
    OfferState,
    Phase,
)
from madoguchi.outreach.values import JAPAN_SYSTEM
from madoguchi.procedures.decisions import Status
from madoguchi.procedures.packs import Pack
from madoguchi.residents.by_household import RegisterHousehold, households_between
from madoguchi.residents.disclosure import JAPAN

RUNNING = {CampaignState.COUNTING: Phase.COUNT, CampaignState.SENDING: Phase.OFFER}
_OPEN = (OfferState.OPEN.value, OfferState.LATER.value)
_AT_ONCE = 2000
# Beside the outcomes in the tally: whoever stands on the list of those who receive it.
RECEIVING = "receiving"
Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class PartDecided:
    """What a part of the register came to: the counts, who is offered what, and everybody entitled (区切りの判定)."""

    tally: dict[str, dict[str, int]]
    offered: tuple[DecidedFor, ...]
    entitled: tuple[Entitled, ...]
    safe: frozenset[str]


def go_through(campaign: str, *, clock: Clock, most: int | None = None) -> int:
    """Do the open parts of a campaign that is counting or sending, at most so many; returns how many."""
    done = 0
    while most is None or done < most:
        row = CampaignRow.objects.filter(public_id=campaign).first()
        phase = RUNNING.get(CampaignState(row.state)) if row is not None else None
        if row is None or phase is None:
            return done
        part = parts.claim(row, phase, now=clock())
        if part is None:
            _go_on(row, phase, now=clock())
            return done
        try:
            with _without_collecting():
                _store(row, phase, part, _decide(row, phase, part, now=clock()), now=clock())
            done += 1
        except parts.PartTakenOver:
            continue
    return done


@contextmanager
def _without_collecting() -> Iterator[None]:
    """Python looks for circles of garbage as it makes objects; a part makes millions, none in circles: a fifth of the time."""
    before = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if before:
            gc.enable()


def running() -> tuple[str, ...]:
    """The campaigns that have something to go through."""
    rows = CampaignRow.objects.filter(state__in=[one.value for one in RUNNING])
    return tuple(rows.order_by("pk").values_list("public_id", flat=True))


def _decide(row: CampaignRow, phase: Phase, part: parts.Part, *, now: datetime) -> PartDecided:
    by = system_actor(JAPAN_SYSTEM)
    found = list(_found(row, part, by=by, now=now))
    today = now.astimezone(JAPAN).date()
    people = list(dict.fromkeys(number for home, _some in found for number in home.numbers))
    safe, receives = may_be_offered(people, on=today), receiving(row.procedures, people)
    wanted = {Status(one) for one in row.outcomes}
    tally: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    offered, everybody = [], []
    for home, some in found:
        for one in some:
            line = entitled_of(home, one, receiving=receives, on=row.on)
            if one.decision.status in wanted:
                everybody.append(line)
            about = home.numbers if one.about.startswith("h") else (one.about,)
            if one.resident_no not in safe or not safe.issuperset(about):
                continue
            if line.receiving:
                tally[one.decision.procedure][RECEIVING] += 1
                continue
            tally[one.decision.procedure][one.decision.status.value] += 1
            offered.append(one)
    chosen = tuple(one for one in offered if one.decision.status in wanted)
    if phase is Phase.OFFER and chosen:
        record_access(
            actor=by, purpose=Purpose.OUTREACH, authority="outreach",
            person_keys=list(dict.fromkeys(one.resident_no for one in chosen)), fields=("facts",), case=None,
            screen="campaign", now=now,
        )  # fmt: skip
    counts = {key: dict(each) for key, each in tally.items()}
    told = frozenset(one.resident_no for one in chosen)
    return PartDecided(counts, chosen, tuple(everybody) if phase is Phase.OFFER else (), told)


def _found(
    row: CampaignRow, part: parts.Part, *, by: Actor, now: datetime
) -> Iterator[tuple[RegisterHousehold, tuple[DecidedFor, ...]]]:
    pack, procedures = pack_of(row.revision), tuple(row.procedures)
    keys, calendar = facts_for(pack, procedures), open_days()
    homes = households_between(part.range, keys=keys, on=row.on, by=by, campaign=row.public_id, now=now)
    today = now.astimezone(JAPAN).date()
    legal, reads_tax = bool(row.legal_basis), bool(keys & tax_facts(pack))
    while block := list(islice(homes, parts.HOUSEHOLDS_IN_A_PART)):
        if reads_tax and not legal:
            block = list(masked(block, pack, on=today))
        yield from decided(block, pack, procedures, keys, on=row.on, calendar=calendar)


def masked(block: Sequence[RegisterHousehold], pack: Pack, *, on: date) -> Iterator[RegisterHousehold]:
    """Households with the tax data of those only who consented by now."""
    for start in range(0, len(block), _AT_ONCE // 4):
        some = block[start : start + _AT_ONCE // 4]
        numbers = [number for home in some for number in home.numbers]
        consented = those_who_hold(numbers, purpose=ConsentPurpose.TAX, on=on)
        for home in some:
            yield without_tax(home, pack, consented=consented, legal_basis=False)


def _store(row: CampaignRow, phase: Phase, part: parts.Part, result: PartDecided, *, now: datetime) -> None:
    """Everything of a part at once, or nothing."""
    with transaction.atomic():
        state = CampaignRow.objects.select_for_update().values_list("state", flat=True).get(pk=row.pk)
        if RUNNING.get(CampaignState(state)) is not phase:
            raise parts.PartTakenOver  # it was stopped meanwhile
        if phase is Phase.OFFER:
            _make_offers(row, result.offered, now=now)
            store_entitled(row, result.entitled, safe=result.safe, now=now)
        parts.finish(part, result.tally, now=now)


def _make_offers(row: CampaignRow, offered: Sequence[DecidedFor], *, now: datetime) -> None:
    for start in range(0, len(offered), _AT_ONCE // 4):
        some = offered[start : start + _AT_ONCE // 4]
        _end_outdated(some, now=now)
        OfferRow.objects.bulk_create(
            (
                OfferRow(
                    public_id=secrets.token_hex(12),
                    campaign=row,
                    resident_no=one.resident_no,
                    about=one.about,
                    procedure=one.decision.procedure,
                    status=one.decision.status.value,
                    facts_digest=one.digest,
                    made_at=now,
                    changed_at=now,
                )
                for one in some
            ),
            ignore_conflicts=True,
        )
        made = OfferRow.objects.filter(campaign=row, resident_no__in={one.resident_no for one in some})
        told = may_be_told(set(made.values_list("resident_no", flat=True)), on=now.astimezone(JAPAN).date())
        MessageRow.objects.bulk_create(
            (
                MessageRow(
                    campaign=row,
                    resident_no=number,
                    key=secrets.token_hex(12),
                    state=MessageState.DUE.value,
                    due_at=now,
                    changed_at=now,
                )
                for number in sorted(told)
            ),
            ignore_conflicts=True,
        )


def _end_outdated(some: Sequence[DecidedFor], *, now: datetime) -> None:
    """An offer still open on facts that changed gives way to the new one."""
    digests = {(one.about, one.decision.procedure): one.digest for one in some}
    held = OfferRow.objects.filter(about__in={about for about, _ in digests}, state__in=_OPEN)
    gone = [
        number
        for number, about, procedure, digest in held.values_list("pk", "about", "procedure", "facts_digest")
        if digests.get((about, procedure), digest) != digest
    ]
    OfferRow.objects.filter(pk__in=gone).update(
        state=OfferState.ENDED.value, later_until=None, changed_at=now
    )


def _go_on(row: CampaignRow, phase: Phase, *, now: datetime) -> None:
    """When every part is done, the campaign goes on; once, whoever comes first."""
    if not parts.all_done(row, phase):
        return
    act = CampaignAct.COUNTED if phase is Phase.COUNT else CampaignAct.FINISH
    before, after = CAMPAIGN_ACTS[act]
    by = system_actor(JAPAN_SYSTEM)
    with transaction.atomic():
        mine = CampaignRow.objects.filter(pk=row.pk, run=row.run, state__in=[one.value for one in before])
        if mine.update(state=after.value, touched_at=now):
            CampaignStepRow.objects.create(
                campaign=row, at=now, act=act.value, state=after.value, staff_name=by.name
            )
            record_act(actor=by, activity=f"campaign_{act.value}", now=now, campaign=row.public_id)
