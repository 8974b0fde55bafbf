"""P7: in which order, how often and in which pieces it arrives does not matter.

Histories of a branch and the centre that work on the same cases; what the branch did arrives in any pieces, any order, twice, before
and after the centre acts. In every second one the centre acts before anything arrives: then it has to end the same as when everything
arrives at once. The control takes what arrives as it arrives.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from proofs.databases import on, sqlite
from proofs.frame import Proof, Result
from proofs.going_on import going_on


def quick(own: Path) -> Result:
    return on(sqlite(own), own, played, 60)


def full(own: Path) -> Result:
    return on(sqlite(own), own, played, 10_000)


def control(own: Path) -> Result:
    return on(sqlite(own), own, played, 40, "as_it_comes")


def played(own: Path, histories: str, without: str = "") -> Result:
    """So many histories on this database; `without`: the function here that takes the guard out."""
    from django.utils import timezone
    from tests.rooms.cases import line_cut_histories

    from madoguchi.audit.entries import Actor
    from madoguchi.city.models import StaffMember
    from madoguchi.city.queries import seat_of
    from proofs import counter_day

    counter_day.build(own)
    member, now = StaffMember.objects.get(username="clerk2"), timezone.now()
    seat = seat_of(member)
    assert seat is not None
    by = Actor(member.pk, member.display_name, seat.branch, seat.desk)
    if without:
        {"as_it_comes": as_it_comes, "overwritten": overwritten}[without]()

    def one(number: int) -> list[str]:
        try:
            return list(line_cut_histories.wrong_with(number, by=by, now=now))
        except Exception as error:
            if not without:
                raise
            return [f"{type(error).__name__}"]

    return going_on(own, "histories", int(histories), one)


def as_it_comes() -> None:
    """The guard taken out: an act is done when it arrives, whether its turn has come or not, and again when it comes again."""
    from madoguchi.cases.line_cut import merging
    from madoguchi.cases.line_cut.values import BranchAct, CentreCase

    def all_of_them(case: CentreCase, received: Iterable[BranchAct]) -> tuple[BranchAct, ...]:
        return tuple(received)

    merging.in_turn = all_of_them


def overwritten() -> None:
    """The guard taken out: what comes last holds."""
    from dataclasses import replace

    from madoguchi.cases.line_cut import merging

    merge = merging.merge
    merging.merge = lambda case, received: merge(replace(case, own={}), received)


PROOF = Proof("P7", "The order of syncing and a flapping line do not matter", quick, full, control)
