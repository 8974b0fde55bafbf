"""Asking for a proposal, having the worker make it, taking a table back in, and adopting one (平準化の案)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction

from madoguchi.audit.entries import Actor
from madoguchi.audit.operations import record_act
from madoguchi.booking.hours import quarters_of
from madoguchi.booking.levelling import history
from madoguchi.booking.levelling.desks import WaitTarget
from madoguchi.booking.levelling.from_tickets import take_tickets_in
from madoguchi.booking.levelling.officers import officers
from madoguchi.booking.levelling.proposing import (
    LaneQuestion,
    LevellingQuestion,
    NothingToPlan,
    learned_service,
    plan_day,
)
from madoguchi.booking.levelling.roster import EFFORT, NobodyThere, NotFoundInTime, Roster, faults
from madoguchi.booking.levelling.simulation import RUNS
from madoguchi.booking.levelling.written import read, roster_read, roster_written, written
from madoguchi.booking.models import ProposalRow, ProposalState
from madoguchi.booking.offering import Offer, offer
from madoguchi.booking.services import Lane
from madoguchi.city.queries import open_days, system_actor
from madoguchi.jp.open_days import OpenDays

JAPAN = ZoneInfo("Asia/Tokyo")
BROKEN_OFF_AFTER = timedelta(minutes=30)
FARTHEST = timedelta(days=62)
RECENT = timedelta(days=31)
BROKEN_OFF = "途中で止まったため、取りやめました。もう一度案を作ってください。"

Clock = Callable[[], datetime]


class ProposalUnderWay(RuntimeError):
    """A proposal for that day is being made."""

    def __init__(self) -> None:
        super().__init__("この日の案を作っています。できあがってから、もう一度作ってください。")


class NotThisDay(ValueError):
    """A day that is over, or too far off."""

    def __init__(self) -> None:
        super().__init__(f"きょうから{FARTHEST.days}日先までの日を選んでください。")


class NotReady(ValueError):
    """Only a finished proposal with a roster can be adopted or edited."""

    def __init__(self) -> None:
        super().__init__("この案には配置表がありません。できあがった案を選んでください。")


class RulesBroken(ValueError):
    """A table breaks rules."""

    def __init__(self, sentences: tuple[str, ...]) -> None:
        self.sentences = sentences
        super().__init__(" ".join(sentences))


def ask_for_proposal(
    *,
    branch: str,
    day: date,
    target_minutes: int,
    by: Actor,
    now: datetime,
    given: Roster | None = None,
    based_on: int | None = None,
) -> int:
    """Ask for a proposal; the worker makes it. Returns its number. Raises NotThisDay, ProposalUnderWay, NothingToPlan."""
    today = now.astimezone(JAPAN).date()
    if not today <= day <= today + FARTHEST:
        raise NotThisDay
    if not any(_planned(offer(), branch, lane, day, open_days()) for lane in offer().lanes_at(branch)):
        raise NothingToPlan
    with transaction.atomic():
        under_way = ProposalRow.objects.select_for_update().filter(
            branch=branch, day=day, state__in=(ProposalState.WAITING, ProposalState.WORKING)
        )
        for row in under_way:
            if row.touched_at > now - BROKEN_OFF_AFTER:
                raise ProposalUnderWay
            _fail(row, BROKEN_OFF, now)
        made = ProposalRow.objects.create(
            branch=branch,
            day=day,
            target_minutes=target_minutes,
            given=roster_written(given) if given else None,
            based_on_id=based_on,
            asked_by=by.name,
            asked_at=now,
            touched_at=now,
        )
        record_act(actor=by, activity="levelling_asked", now=now, branch=branch, day=day.isoformat())
    return made.pk


def make_proposal(*, proposal: int, clock: Clock, runs: int = RUNS, effort: float = EFFORT) -> None:
    """Make what was asked for; what becomes of it stands in the proposal. Raises nothing that an office can cause."""
    taken = ProposalRow.objects.filter(pk=proposal, state=ProposalState.WAITING).update(
        state=ProposalState.WORKING, percent=1, touched_at=clock()
    )
    if not taken:
        return
    row = ProposalRow.objects.get(pk=proposal)
    finished = False

    def progress(percent: int) -> None:
        ProposalRow.objects.filter(pk=row.pk).update(percent=percent, touched_at=clock())

    try:
        take_recent_tickets_in(row.branch, today=row.asked_at.astimezone(JAPAN).date(), now=clock())
        question = question_for(
            row.branch, row.day, row.target_minutes, roster_read(row.given) if row.given else None
        )
        today = row.asked_at.astimezone(JAPAN).date()
        plan = plan_day(question, open_days(), as_of=today, progress=progress, runs=runs, effort=effort)
        ProposalRow.objects.filter(pk=row.pk).update(
            state=ProposalState.READY, percent=100, plan=written(plan), touched_at=clock()
        )
        finished = True
    except (NothingToPlan, NobodyThere, NotFoundInTime) as error:
        _fail(row, str(error), clock())
        finished = True
    finally:
        if not finished:
            _fail(row, BROKEN_OFF, clock())


def adopt(*, proposal: int, by: Actor, now: datetime) -> None:
    """Make this the plan of its day; one that was adopted before gives way. Raises NotReady, LookupError."""
    with transaction.atomic():
        row = ProposalRow.objects.select_for_update().filter(pk=proposal).first()
        if row is None:
            raise LookupError("その案はありません。")
        if row.plan is None or not row.plan["roster"]:
            raise NotReady
        ProposalRow.objects.filter(branch=row.branch, day=row.day, adopted=True).exclude(pk=row.pk).update(
            adopted=None
        )
        ProposalRow.objects.filter(pk=row.pk, adopted__isnull=True).update(
            adopted=True, adopted_by=by.name, adopted_at=now
        )
        record_act(actor=by, activity="levelling_adopted", now=now, branch=row.branch, proposal=row.pk)


def take_roster_in(*, proposal: int, roster: Roster, by: Actor, now: datetime) -> int:
    """A roster that was edited becomes a proposal of its own, whose effect is run anew. Returns its number.

    Raises NotReady, RulesBroken, LookupError, and what asking raises.
    """
    row = ProposalRow.objects.filter(pk=proposal).first()
    if row is None:
        raise LookupError("その案はありません。")
    if row.plan is None:
        raise NotReady
    broken = faults(read(row.plan).task, roster)
    if broken:
        raise RulesBroken(broken)
    return ask_for_proposal(
        branch=row.branch, day=row.day, target_minutes=row.target_minutes, by=by, now=now, given=roster,
        based_on=row.pk,
    )  # fmt: skip


def take_recent_tickets_in(branch: str, *, today: date, now: datetime) -> int:
    """Keep what the tickets of the last days say, today excepted; returns how many quarter-hours."""
    yesterday = today - timedelta(days=1)
    by = system_actor("平準化")
    return take_tickets_in(branch=branch, first=yesterday - RECENT, last=yesterday, by=by, now=now)


def question_for(
    branch: str, day: date, target_minutes: int, given: Roster | None = None
) -> LevellingQuestion:
    """What is known for a day of a branch."""
    offered, calendar = offer(), open_days()
    lanes = []
    for lane in offered.lanes_at(branch):
        planned = _planned(offered, branch, lane, day, calendar)
        if planned:
            past = history.past_days(branch=branch, lane=lane.key, offered=offered)
            service = learned_service(history.desk_minutes(branch, lane.key), declared_minutes(offered, lane))
            desks = max(len(lane.desks), *planned.values(), 1)
            booked = history.booked_on(branch, lane.key, day)
            lanes.append(LaneQuestion(lane.key, lane.name, past, planned, desks, service, booked))
    return LevellingQuestion(day, tuple(lanes), officers(branch), WaitTarget(target_minutes), given=given)


def declared_minutes(offered: Offer, lane: Lane) -> float:
    """What the office declares for the services of a lane, on their average."""
    minutes = [offered.service(key).minutes for key in lane.services]
    return sum(minutes) / len(minutes) if minutes else 10.0


def _planned(offered: Offer, branch: str, lane: Lane, day: date, calendar: OpenDays) -> dict[int, int]:
    """Desks by quarter-hour as today's hours have them."""
    place = (branch, lane.key)
    found = quarters_of(day, offered.hours.get(place, ()), offered.single_days.get(place, ()), calendar)
    return {one.number: one.desks for one in found if one.desks}


def _fail(row: ProposalRow, sentence: str, now: datetime) -> None:
    ProposalRow.objects.filter(pk=row.pk).exclude(state=ProposalState.READY).update(
        state=ProposalState.FAILED, sentence=sentence[:300], touched_at=now
    )
