"""Which counts of a campaign are out (出した件数): settled when somebody first looks, kept, and never to be subtracted from each other.

1. A row of counts goes out as `small_counts.rows` allows: nothing below ten, nor what could be worked out within the row.
2. What was found in the register is counted once a campaign and run. A count that is one to nine away from one that is out of the same procedure, from
   any campaign of any day, is hidden: the difference would tell of fewer than ten people.
3. What became of offers and messages moves with each answer. A row of it is made anew as a whole, and only when every count of it is the same as, or ten
   or more away from, each that is out; until then the row that is out stays, with its moment.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from django.db import IntegrityError, transaction

from madoguchi.outreach.models import CampaignRow
from madoguchi.outreach.shown_tables import ShownCountsRow
from madoguchi.small_counts.rows import Row, close, published


class CountedOf(Enum):
    """What a row counts (件数の種類)."""

    FOUND = "found"
    OFFERS = "offers"
    MESSAGES = "messages"


@dataclass(frozen=True, slots=True)
class ShownCounts:
    """A row of counts that is out, and since when (出した件数); None: hidden."""

    cells: Row
    since: datetime


def found(campaign: CampaignRow, procedure: str, cells: Sequence[int], *, now: datetime) -> ShownCounts:
    """What the register holds, as it went out for this run of the campaign; settled now where nobody has looked yet."""
    rows = ShownCountsRow.objects.filter(kind=CountedOf.FOUND.value, procedure=procedure)
    before = rows.filter(campaign=campaign, turn=campaign.run).first()
    if before is not None:
        return _shown(before)
    near = close(cells, [_cells(one) for one in rows])
    made = (CountedOf.FOUND, campaign, procedure, campaign.run)
    return _out(made, published(cells, near=near), now)


def moving(
    kind: CountedOf, campaign: CampaignRow, procedure: str, cells: Sequence[int], *, now: datetime
) -> ShownCounts:
    """What became of offers or messages: made anew where nobody can subtract a small count, else as it is out."""
    rows = list(
        ShownCountsRow.objects.filter(kind=kind.value, campaign=campaign, procedure=procedure).order_by(
            "turn"
        )
    )
    if rows and (close(cells, map(_cells, rows)) or published(cells) == _cells(rows[-1])):
        return _shown(rows[-1])
    return _out((kind, campaign, procedure, len(rows)), published(cells), now)


def _out(made: tuple[CountedOf, CampaignRow, str, int], cells: Row, now: datetime) -> ShownCounts:
    kind, campaign, procedure, turn = made
    one = {"kind": kind.value, "campaign": campaign, "procedure": procedure, "turn": turn}
    try:
        with transaction.atomic():
            return _shown(ShownCountsRow.objects.create(**one, cells=list(cells), shown_at=now))
    except IntegrityError:  # somebody else looked in the same moment; theirs is out
        return _shown(ShownCountsRow.objects.get(**one))


def _cells(row: ShownCountsRow) -> Row:
    return tuple(row.cells)


def _shown(row: ShownCountsRow) -> ShownCounts:
    return ShownCounts(_cells(row), row.shown_at)
