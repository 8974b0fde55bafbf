"""Going through the register part by part (区切って通す): claimed, done once, taken over when whoever held it is gone.

1. `lay_out` cuts the register for one run; a second time it finds what is there.
2. `claim` takes one open part for a while; nobody else gets it before that is over.
3. `finish` closes it in the transaction in which its work was stored, and only by whoever holds it still.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from madoguchi.outreach.models import CampaignRow, PartRow
from madoguchi.outreach.states import Phase
from madoguchi.residents.by_household import HouseholdRange, household_ranges

HELD_FOR = timedelta(minutes=10)
# Beginning a part costs as much as deciding a thousand households.
HOUSEHOLDS_IN_A_PART = 20_000


class PartTakenOver(RuntimeError):
    """Somebody else does this part by now: nothing of ours is stored."""


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the register that we hold (区切り)."""

    row: int
    range: HouseholdRange
    holder: str


def lay_out(campaign: CampaignRow, phase: Phase, *, households: int = HOUSEHOLDS_IN_A_PART) -> None:
    """Cut the register for this run of a campaign; in the caller's transaction, with the campaign locked."""
    if PartRow.objects.filter(campaign=campaign, phase=phase.value, run=campaign.run).exists():
        return
    PartRow.objects.bulk_create(
        PartRow(
            campaign=campaign,
            phase=phase.value,
            run=campaign.run,
            number=number,
            first=part.first,
            before=part.before,
        )
        for number, part in enumerate(household_ranges(households=households))
    )


def claim(campaign: CampaignRow, phase: Phase, *, now: datetime) -> Part | None:
    """Take an open part that nobody holds; None when there is none."""
    rows = PartRow.objects.filter(
        campaign=campaign, phase=phase.value, run=campaign.run, done_at__isnull=True
    )
    free = Q(held_until__isnull=True) | Q(held_until__lte=now)
    holder = secrets.token_hex(8)
    for number in list(rows.filter(free).order_by("number").values_list("pk", flat=True)):
        taken = PartRow.objects.filter(free, pk=number, done_at__isnull=True)
        if taken.update(holder=holder, held_until=now + HELD_FOR):
            row = PartRow.objects.get(pk=number)
            return Part(number, HouseholdRange(row.first, row.before), holder)
    return None


def finish(part: Part, tally: dict[str, dict[str, int]], *, now: datetime) -> None:
    """Close a part with what was counted, in the caller's transaction. Raises PartTakenOver."""
    assert transaction.get_connection().in_atomic_block
    mine = PartRow.objects.filter(pk=part.row, holder=part.holder, done_at__isnull=True)
    if not mine.update(done_at=now, held_until=None, tally=tally):
        raise PartTakenOver


def all_done(campaign: CampaignRow, phase: Phase) -> bool:
    """Whether every part of this run is done."""
    rows = PartRow.objects.filter(campaign=campaign, phase=phase.value, run=campaign.run)
    return rows.exists() and not rows.filter(done_at__isnull=True).exists()


def percent(campaign: CampaignRow, phase: Phase) -> int:
    """How far it is, in parts and not in people."""
    rows = PartRow.objects.filter(campaign=campaign, phase=phase.value, run=campaign.run)
    total = rows.count()
    return rows.filter(done_at__isnull=False).count() * 100 // total if total else 0


def tallied(campaign: CampaignRow, phase: Phase) -> dict[str, dict[str, int]]:
    """Everything that the parts counted, added up: by procedure, by outcome."""
    total: dict[str, dict[str, int]] = {}
    rows = PartRow.objects.filter(
        campaign=campaign, phase=phase.value, run=campaign.run, done_at__isnull=False
    )
    for tally in rows.values_list("tally", flat=True):
        for procedure, counts in tally.items():
            held = total.setdefault(procedure, {})
            for outcome, number in counts.items():
                held[outcome] = held.get(outcome, 0) + number
    return total
