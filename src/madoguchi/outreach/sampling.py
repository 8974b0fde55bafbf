"""A sample with reasons (見本): a few people to whom it would be offered, and why, before anybody approves.

The people are drawn by a digest of the campaign's number and theirs, so that nobody chooses them; each is written down as
read before a name is shown; protected people are never among them.
"""

from __future__ import annotations

import hashlib
from datetime import datetime

from madoguchi.audit.entries import Actor, Purpose
from madoguchi.catalogue.queries import pack_of
from madoguchi.city.queries import open_days
from madoguchi.outreach.bulk import decided
from madoguchi.outreach.deciding import facts_for, tax_facts
from madoguchi.outreach.making import masked
from madoguchi.outreach.models import CampaignRow, PartRow
from madoguchi.outreach.receiving import receiving
from madoguchi.outreach.safe import may_be_told
from madoguchi.outreach.states import Phase
from madoguchi.outreach.values import NoSuchCampaign, SampleLine
from madoguchi.procedures.decisions import Status
from madoguchi.residents.by_household import HouseholdRange, households_between
from madoguchi.residents.disclosure import JAPAN, disclose
from madoguchi.residents.protection import Audience

SAMPLE_SIZE = 10


def draw(*, campaign: str, by: Actor, now: datetime) -> tuple[SampleLine, ...]:
    """Up to ten people of one part of the register, with what they would be offered. Raises NoSuchCampaign."""
    row = CampaignRow.objects.filter(public_id=campaign).first()
    if row is None:
        raise NoSuchCampaign
    found = _lines(row, by=by, now=now)
    today = now.astimezone(JAPAN).date()
    shown = may_be_told({line.resident_no for _digest, line in found}, on=today)
    chosen = [line for _digest, line in sorted(found, key=lambda one: one[0]) if line.resident_no in shown]
    chosen = chosen[:SAMPLE_SIZE]
    people = disclose(
        actor=by, purpose=Purpose.OUTREACH, resident_nos=[one.resident_no for one in chosen], audience=Audience.LIST,
        case=None, screen="campaign_sample", now=now,
    ) if chosen else ()  # fmt: skip
    names = {one.resident_no: one.name.name for one in people}
    return tuple(
        SampleLine(one.resident_no, names[one.resident_no], one.about, one.procedure, one.status, one.because)
        for one in chosen
        if one.resident_no in names
    )


def _lines(row: CampaignRow, *, by: Actor, now: datetime) -> list[tuple[str, SampleLine]]:
    """Everybody of the part that the campaign's number points at and in which there is somebody."""
    wanted = {Status(one) for one in row.outcomes}
    counted = PartRow.objects.filter(campaign=row, phase=Phase.COUNT.value, run=row.run).exclude(tally={})
    several = list(counted.order_by("number").values_list("first", "before"))
    if not several:
        return []
    first, before = several[int(row.public_id, 16) % len(several)]
    pack, procedures = pack_of(row.revision), tuple(row.procedures)
    keys, today = facts_for(pack, procedures), now.astimezone(JAPAN).date()
    homes = list(
        households_between(
            HouseholdRange(first, before), keys=keys, on=row.on, by=by, campaign=row.public_id, now=now
        )
    )
    if keys & tax_facts(pack) and not row.legal_basis:
        homes = list(masked(homes, pack, on=today))
    receives = receiving(procedures, [number for home in homes for number in home.numbers])
    found = []
    for home, some in decided(homes, pack, procedures, keys, on=row.on, calendar=open_days()):
        for one in some:
            of = home.numbers if one.about.startswith("h") else (one.about,)
            has = any((one.decision.procedure, number) in receives for number in of)
            if one.decision.status in wanted and one.resident_no and not has:
                digest = hashlib.sha256(f"{row.public_id}/{row.run}/{one.resident_no}".encode()).hexdigest()
                line = SampleLine(
                    one.resident_no,
                    "",
                    one.about,
                    one.decision.procedure,
                    one.decision.status,
                    one.decision.because,
                )
                found.append((digest, line))
    return found
