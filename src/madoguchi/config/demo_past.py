"""The demo's past (実演の過去): weeks of tickets, officers who know their lanes, and played visits. All of it invented."""

from __future__ import annotations

import gc
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, time, timedelta
from random import Random

from madoguchi.audit.entries import Actor
from madoguchi.booking.levelling.officers import USUAL_BEGINS, USUAL_ENDS, set_officers
from madoguchi.booking.levelling.roster import Officer
from madoguchi.booking.offering import Offer, offer
from madoguchi.booking.past.keeping import invent_past
from madoguchi.booking.tickets.queue import JAPAN, civil_day
from madoguchi.city.models import StaffMember
from madoguchi.city.queries import open_days, seat_of
from madoguchi.insight import experience
from madoguchi.insight.stopwatch import Phase, Pressed, Round, Tally

BOOKED_ONLY = frozenset({("main", "bereavement")})
PLAYED_DAYS = {Round.BEFORE: 40, Round.AFTER: 12}  # how many days ago, or the open day before
PLAYED_AT = (time(9, 30), time(14))
PERSONAS = ("5人家族の転入（架空の例）", "80歳の夫を亡くした妻（架空の例）")
# What an invented visit is played as: what was pressed, how many minutes it lasted, before and after.
BEFORE: tuple[tuple[Pressed, float], ...] = (
    (Phase.WAIT, 14), (Phase.WALK, 1.5), (Tally.COUNTER, 0), (Phase.WRITE, 9), (Tally.SHEET, 0),
    (Phase.TALK, 7), (Tally.QUESTION, 0), (Tally.QUESTION, 0), (Phase.WALK, 2), (Tally.COUNTER, 0), (Phase.WAIT, 11),
    (Phase.WRITE, 8), (Tally.SHEET, 0), (Phase.TALK, 8), (Tally.REPEAT, 0), (Phase.END, 0),
)  # fmt: skip
AFTER: tuple[tuple[Pressed, float], ...] = (
    (Phase.WAIT, 6), (Phase.WALK, 1), (Tally.COUNTER, 0), (Phase.TALK, 11), (Tally.QUESTION, 0), (Phase.WRITE, 0.7),
    (Phase.END, 0),
)  # fmt: skip


def make_past(*, weeks: int, seed: int, by: Actor, now: datetime) -> int:
    """Give まどか市 a past of so many weeks; returns how many tickets. None at all for 0 weeks."""
    if weeks <= 0:
        return 0
    offered, members = offer(), list(StaffMember.objects.order_by("pk"))
    with _no_garbage():
        made = invent_past(
            offered=offered,
            weeks=weeks,
            seed=seed,
            at_desk=_Desks(members).at,
            by=by,
            now=now,
            booked_only=BOOKED_ONLY,
        )
    _officers(offered, members, by, now)
    _played(members, Random(seed), now)
    return made.tickets


@contextmanager
def _no_garbage() -> Iterator[None]:
    """Tens of thousands of rows live until they are written: looking for garbage among them takes a fifth of the time."""
    looking = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if looking:
            gc.enable()


class _Desks:
    """Who sits at a desk: whoever's seat it is, else a colleague without a sign-in of their own."""

    def __init__(self, members: Sequence[StaffMember]) -> None:
        self._there: dict[tuple[str, str], Actor] = {}
        for member in members:
            seat = seat_of(member)
            if seat is not None:
                place = (seat.branch, seat.desk)
                self._there[place] = Actor(member.pk, member.display_name, *place)

    def at(self, branch: str, desk: str) -> Actor:
        place = (branch, desk)
        return self._there.setdefault(place, Actor(None, "窓口の職員（架空）", branch, desk))


def _officers(offered: Offer, members: Sequence[StaffMember], by: Actor, now: datetime) -> None:
    """Who can sit where: everybody with a seat at a counter, and the departments' officers at their own lane."""
    departments = {one.key: one.department for one in offered.services}
    for branch in dict.fromkeys(lane.branch for lane in offered.lanes):
        given: dict[int, Officer | None] = {}
        for member in members:
            seat = seat_of(member)
            own = member.department.key if member.department else ""
            lanes = {
                lane.key
                for lane in offered.lanes_at(branch)
                if (seat is not None and seat.branch == branch)
                or (seat is None and branch == "main" and own in {departments[one] for one in lane.services})
            }
            if lanes and own:
                given[member.pk] = Officer(
                    str(member.pk), member.display_name, frozenset(lanes), USUAL_BEGINS, USUAL_ENDS, True
                )
        if given:
            set_officers(branch=branch, given=given, by=by, now=now)


def _played(members: Sequence[StaffMember], random: Random, now: datetime) -> None:
    """Played visits of two personas, before and after."""
    observer = next(one for one in members if one.username == "dx")
    by = Actor(observer.pk, observer.display_name, "main", "")
    calendar = open_days()
    for of_round, presses in ((Round.BEFORE, BEFORE), (Round.AFTER, AFTER)):
        day = civil_day(now) - timedelta(days=PLAYED_DAYS[of_round])
        for persona in PERSONAS:
            while not calendar.is_open(day):
                day -= timedelta(days=1)
            for hour in PLAYED_AT:
                at = datetime.combine(day, hour, tzinfo=JAPAN)
                number = experience.begin(persona=persona, of_round=of_round, case_number="", by=by, now=at)
                for place, (pressed, minutes) in enumerate(presses):
                    experience.press(
                        experience=number, pressed=pressed.value, key=f"demo-{place}", ago_ms=0, now=at
                    )
                    at += timedelta(minutes=minutes * random.uniform(0.75, 1.3), seconds=1)
                experience.note(experience=number, notes="実演のために作った例です（架空）。")
            day -= timedelta(days=1)
