"""How long a booking is made (予約の長さ): the minutes that the city declares, until the office's own days say better.

1. What was learned of a service in a lane (`waits.learned`: few calls lean on the declared minutes) is rounded up to whole
   minutes; it is never shorter than `SHORTEST_MINUTES`, unless the city declares less. On the first day of an office nothing is learned: as declared.
2. A member of staff may hold a service of a branch to the declared minutes (固定); that counts until it is let go.
3. A visit is the sum of its parts, rounded up to whole quarter-hours (`booked.quarters_for`), which is the grid of the seats.
Only bookings yet to be made follow. One that was made keeps its length, also when it is moved to another time.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum

from django.db import transaction
from django.db.models import Max, Q
from django.utils.translation import gettext as _

from madoguchi.audit.entries import Actor
from madoguchi.audit.operations import record_act
from madoguchi.booking.models import LearnedWaitsRow, PinnedLengthRow
from madoguchi.booking.offering import NotOffered, Offer
from madoguchi.booking.services import QUARTER_MINUTES, Service
from madoguchi.booking.waits.learned import JAPAN

SHORTEST_MINUTES = 5


class LengthSource(Enum):
    """Where a length comes from (長さの出どころ)."""

    DECLARED = "declared"
    LEARNED = "learned"
    PINNED = "pinned"


@dataclass(frozen=True, slots=True)
class ServiceLength:
    """How long a service of a branch is booked for (用件の予約の長さ), and why.

    `learned`: minutes as learned, not rounded, and `people`: how many served ones that rests on; None and 0 before the first.
    """

    service: str
    declared: int
    learned: float | None
    people: int
    pinned: bool

    @property
    def source(self) -> LengthSource:
        """Where the minutes come from."""
        if self.pinned:
            return LengthSource.PINNED
        return LengthSource.DECLARED if self.learned is None or not self.people else LengthSource.LEARNED

    @property
    def minutes(self) -> int:
        """The minutes that a booking is given."""
        if self.source is not LengthSource.LEARNED or self.learned is None:
            return self.declared
        return max(min(SHORTEST_MINUTES, self.declared), up(self.learned))

    @property
    def factor(self) -> float:
        """How much longer (or shorter) than declared this service takes here; 1 while that is not used."""
        if self.source is not LengthSource.LEARNED or self.learned is None:
            return 1.0
        return self.learned / self.declared

    @property
    def quarters(self) -> int:
        """How many quarter-hours such a visit takes by itself."""
        return max(1, -(-self.minutes // QUARTER_MINUTES))

    @property
    def sentence(self) -> str:
        """Where the minutes come from, for staff."""
        said = {"declared": self.declared, "minutes": self.minutes, "n": self.people}
        match self.source:
            case LengthSource.DECLARED:
                return _("市の設定 %(declared)d分") % said
            case LengthSource.LEARNED:
                return _("市の設定 %(declared)d分 / 実績から %(minutes)d分（n=%(n)d）") % said
            case LengthSource.PINNED:
                if self.learned is None or not self.people:
                    return _("市の設定 %(declared)d分（固定）") % said
                said["learned"] = up(self.learned)
                return _("市の設定 %(declared)d分（固定） / 実績では %(learned)d分（n=%(n)d）") % said


def lengths(*, branch: str, offered: Offer, now: datetime) -> dict[str, ServiceLength]:
    """The length of every service in a branch; one that the branch does not serve is as declared."""
    return lengths_everywhere(branches=(branch,), offered=offered, now=now)[branch]


def lengths_everywhere(
    *, branches: tuple[str, ...], offered: Offer, now: datetime
) -> dict[str, dict[str, ServiceLength]]:
    """The lengths in several branches, with as many queries as for one."""
    learned, pinned = _learned(branches, now), _pinned(branches)
    return {
        branch: {
            one.key: _length(offered, branch, one, learned.get(branch, {}), pinned)
            for one in offered.services
        }
        for branch in branches
    }


def offered_with(offered: Offer, found: Mapping[str, ServiceLength]) -> Offer:
    """The same offer with these minutes in the place of the declared ones, for whoever makes a booking."""
    services = tuple(
        replace(one, minutes=found[one.key].minutes) if one.key in found else one for one in offered.services
    )
    return replace(offered, services=services)


def pin(*, branch: str, service: str, offered: Offer, by: Actor, now: datetime) -> None:
    """Hold a service of a branch to the declared minutes; pinning it again changes nothing.

    Raises NoSuchService, NotOffered.
    """
    offered.lane_of(branch, offered.service(service).key)
    with transaction.atomic():
        _row, made = PinnedLengthRow.objects.get_or_create(
            branch=branch, service=service, defaults={"by": by.staff_id, "at": now}
        )
        if made:
            record_act(actor=by, activity="length_pinned", now=now, at_branch=branch, service=service)


def let_go(*, branch: str, service: str, by: Actor, now: datetime) -> None:
    """Let a service of a branch follow what is learned again."""
    with transaction.atomic():
        if PinnedLengthRow.objects.filter(branch=branch, service=service).delete()[0]:
            record_act(actor=by, activity="length_let_go", now=now, at_branch=branch, service=service)


def _length(
    offered: Offer,
    branch: str,
    service: Service,
    learned: Mapping[tuple[str, str], tuple[float, int]],
    pinned: frozenset[tuple[str, str]],
) -> ServiceLength:
    try:
        lane = offered.lane_of(branch, service.key).key
    except NotOffered:
        return ServiceLength(service.key, service.minutes, None, 0, pinned=False)
    minutes, people = learned.get((lane, service.key), (None, 0))
    held = (branch, service.key) in pinned
    return ServiceLength(service.key, service.minutes, minutes if people else None, people, pinned=held)


def _learned(branches: tuple[str, ...], now: datetime) -> dict[str, dict[tuple[str, str], tuple[float, int]]]:
    """Minutes and people by lane and service, of each branch's newest version of today or before."""
    rows = LearnedWaitsRow.objects.filter(branch__in=branches, day__lte=now.astimezone(JAPAN).date())
    newest = Q(pk__in=[])
    for branch, day in rows.values_list("branch").annotate(newest=Max("day")):
        newest |= Q(branch=branch, day=day)
    found: dict[str, dict[tuple[str, str], tuple[float, int]]] = {}
    kept = LearnedWaitsRow.objects.filter(newest).values_list("branch", "state__minutes", "state__people")
    for branch, minutes, people in kept:
        counted = {(lane, service): count for lane, service, count in people or ()}
        found[branch] = {
            (lane, service): (float(learned), counted.get((lane, service), 0))
            for lane, service, learned, _calls in minutes or ()
        }
    return found


def _pinned(branches: tuple[str, ...]) -> frozenset[tuple[str, str]]:
    return frozenset(PinnedLengthRow.objects.filter(branch__in=branches).values_list("branch", "service"))


def up(minutes: float) -> int:
    """Whole minutes, upwards; what is whole but for the last bit of a division stays."""
    return math.ceil(round(minutes, 6))
