"""One visit for several procedures (ライフイベントの一括予約): officers come to one booth one after the other.

What the pre-check decided comes in as services with minutes; equal ones are joined, the first stays first, and the visit
is as long as all of them. What was learned of a service's minutes takes the place of what the office declared: for a
bundle of procedures, their minutes are stretched as much as the service is longer than declared (`lengths`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

from madoguchi.booking.booked import BookingRefused, VisitPart
from madoguchi.booking.lengths import SHORTEST_MINUTES, LengthSource, ServiceLength, up
from madoguchi.booking.offering import Offer

LONGEST_VISIT_MINUTES = 180


class VisitTooLong(BookingRefused):
    """More than can be done in one visit."""

    SENTENCE: ClassVar[str] = (
        "合わせて%(minutes)s分かかる見込みで、1回の来庁には長すぎます。用件を2回に分けて予約してください。"
    )

    def __init__(self, minutes: int) -> None:
        self.minutes = minutes
        super().__init__(self.SENTENCE % {"minutes": minutes})


def minutes_of(*, offered: Offer, service: str, learned: Mapping[str, int] = {}) -> int:
    """How long a service takes at the desk: learned, else as declared. Raises NoSuchService."""
    return learned.get(service) or offered.service(service).minutes


def visit_of(
    *, offered: Offer, services: Sequence[str], learned: Mapping[str, int] = {}
) -> tuple[VisitPart, ...]:
    """The parts of a visit for these services, each once, in this order. Raises NoSuchService, VisitTooLong."""
    once = tuple(dict.fromkeys(services))
    return _in_reach(
        tuple(VisitPart(one, minutes_of(offered=offered, service=one, learned=learned)) for one in once)
    )


def bundle(
    *, decided: Sequence[tuple[str, int]], lengths: Mapping[str, ServiceLength] = {}
) -> tuple[VisitPart, ...]:
    """The parts of a visit for what a pre-check decided: (service, declared minutes), as often as there are procedures.

    `lengths`: of the branch where they come; a service that is not among them is as declared. Raises VisitTooLong.
    """
    minutes: dict[str, int] = {}
    for service, needed in decided:
        minutes[service] = minutes.get(service, 0) + needed
    return _in_reach(
        tuple(
            VisitPart(service, _stretched(needed, lengths.get(service)))
            for service, needed in minutes.items()
        )
    )


def _stretched(needed: int, length: ServiceLength | None) -> int:
    if length is None or length.source is not LengthSource.LEARNED:
        return needed
    return max(min(SHORTEST_MINUTES, needed), up(needed * length.factor))


def _in_reach(parts: tuple[VisitPart, ...]) -> tuple[VisitPart, ...]:
    needed = sum(part.minutes for part in parts)
    if needed > LONGEST_VISIT_MINUTES:
        raise VisitTooLong(needed)
    return parts
